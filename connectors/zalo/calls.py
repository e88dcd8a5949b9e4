"""Our messages as Zalo's calls.

A call is the `message` of the Open API, and beside it what has to be done first: `image` or `file`
names what is uploaded and then put into it, `refused` says why it cannot be made at all: a code of
connectors/errors/zalo.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.base import Attachment, Button, Json, OutboundMessage
from connectors.text import clip, joined, numbered, split, written
from connectors.zalo.events import PRESSED

TEXT: Final = 2000  # characters
BUTTONS: Final = 5  # of a message
TITLE: Final = 100  # characters of a button
FILE_BYTES: Final = 5 * 1024 * 1024
FILES: Final = (".pdf", ".doc", ".docx", ".csv")
CHOOSE: Final = "Anh/chị chọn giúp em ạ:"  # buttons need a text to stand under


def render(message: OutboundMessage) -> list[Json]:
    """The text first, with the first picture and the buttons; then pictures, cards, files."""
    pictures = [each.url for each in message.attachments if _is_picture(each)]
    others = [each for each in message.attachments if not _is_picture(each)]
    text = joined(message.text, *(_as_text(each) for each in others if _as_text(each)))
    first = _said(text, message.buttons, pictures[0] if pictures else "")
    rest = [
        *(_call("", (), picture) for picture in pictures[1:]),
        *(
            call
            for card in message.cards
            for call in _said(written(card), card.buttons, card.image)
        ),
        *(_filed(each) for each in others if not _as_text(each)),
    ]
    return first + rest if text or pictures else rest + first


def _said(text: str, buttons: Sequence[Button], picture: str) -> list[Json]:
    """A text in parts; the picture and the buttons come with the last."""
    if len(buttons) > BUTTONS:
        text = joined(text, numbered(buttons))
    if buttons and not text:
        text = CHOOSE
    *before, last = split(text, TEXT) or [""]
    calls = [_call(part) for part in before]
    return [*calls, _call(last, buttons[:BUTTONS], picture)] if last or picture else calls


def _call(text: str, buttons: Sequence[Button] = (), picture: str = "") -> Json:
    call: Json = {}
    payload: Json = {}
    if picture:
        element = {"media_type": "image"}
        if picture.startswith(("https://", "http://")):
            element["url"] = picture
        else:
            call["image"] = picture
        payload = {"template_type": "media", "elements": [element]}
    if buttons:
        payload["buttons"] = [_button(button) for button in buttons]
    message: Json = {"text": text} if text else {}
    if payload:
        message["attachment"] = {"type": "template", "payload": payload}
    return {**call, "message": message}


def _button(button: Button) -> Json:
    title = clip(button.title, TITLE)
    if button.url:
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    return {"title": title, "type": "oa.query.hide", "payload": PRESSED + button.key}


def _is_picture(attachment: Attachment) -> bool:
    return attachment.kind in ("image", "sticker")


def _as_text(attachment: Attachment) -> str:
    """A place, a phone number, or the address of what Zalo does not carry; "" for a file that it
    may carry."""
    scheme, _, rest = attachment.url.partition(":")
    if attachment.kind == "location" and scheme == "geo":
        rest = f"https://maps.google.com/?q={rest}"
    elif _refusal(attachment) and scheme in ("https", "http"):
        rest = attachment.url
    elif not (attachment.kind == "contact" and scheme == "tel"):
        return ""
    return f"{attachment.name}: {rest}" if attachment.name else rest


def _refusal(attachment: Attachment) -> str:
    """Why Zalo does not carry it, as far as can be told before it is read."""
    if attachment.kind in ("audio", "video"):
        return attachment.kind
    if not attachment.name.lower().endswith(FILES):
        return "file_type"
    return "file_size" if attachment.size > FILE_BYTES else ""


def _filed(attachment: Attachment) -> Json:
    if refusal := _refusal(attachment):
        return {"refused": refusal}
    message = {"attachment": {"type": "file", "payload": {}}}
    return {"file": attachment.url, "name": attachment.name, "message": message}
