"""How a message is said on Telegram.

Texts in parts of 4096; buttons one to a row under the last part; a card is a picture with a caption
and buttons; a file travels by its kind. Nothing is marked up: a stray "_" would be an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.base import Attachment, Button, Card, Json, OutboundMessage
from connectors.text import joined, split, utf16, written

TEXT: Final = 4096  # UTF-16 units
CAPTION: Final = 1024
CHOOSE: Final = "Anh/chị chọn giúp em nhé:"  # over buttons that come without a text
# Where a method takes its file.
FIELDS: Final = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
}


def render(message: OutboundMessage) -> list[Json]:
    """The calls of a message, without the chat: texts, cards, files."""
    text = message.text or (CHOOSE if message.buttons else "")
    calls: list[Json] = [{"method": "sendMessage", "text": part} for part in _parts(text, TEXT)]
    if calls:
        calls[-1] |= _keyboard(message.buttons)
    for card in message.cards:
        calls += _card(card)
    return [*calls, *map(_file, message.attachments)]


def _parts(text: str, limit: int) -> list[str]:
    return split(text, limit, utf16)


def _keyboard(buttons: Sequence[Button]) -> Json:
    rows = [
        [
            {"text": button.title, "url": button.url}
            if button.url
            else {"text": button.title, "callback_data": button.key}
        ]
        for button in buttons
    ]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _card(card: Card) -> list[Json]:
    caption = written(card)
    if not card.image:
        parts: list[Json] = [{"method": "sendMessage", "text": p} for p in _parts(caption, TEXT)]
    else:
        head, *rest = _parts(caption, CAPTION) or [""]
        if rest:  # too long for a caption: the words follow the picture
            head, rest = "", _parts(caption, TEXT)
        picture = {"method": "sendPhoto", "file": card.image, **({"caption": head} if head else {})}
        parts = [picture, *({"method": "sendMessage", "text": part} for part in rest)]
    parts[-1] |= _keyboard(card.buttons)
    return parts


def _file(file: Attachment) -> Json:
    if not file.url.startswith(("http", "/")):
        return {"method": "sendMessage", "text": joined(file.name, file.url)}
    method = {"image": "sendPhoto", "video": "sendVideo", "audio": "sendAudio"}.get(
        file.kind, "sendDocument"
    )
    if file.mime == "audio/ogg":
        method = "sendVoice"
    return {"method": method, "file": file.url}
