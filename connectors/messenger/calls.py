"""What we say, as calls of Meta's Send API (limits as of v25.0).

A call lacks the recipient. With `file` it is an upload of that file of ours.

- Texts are cut to 2 000 characters, those of a button template to 640.
- Choices are quick replies, 13 at most, of the last call, for the next message wipes them away;
  more are numbered below the text. Titles that are alike once they are cut get numbers too.
- What another message follows at once cannot have quick replies: up to three choices are a button
  template then, more are numbered.
- With a link among at most three buttons, all are a button template. With more buttons, three
  links are, and the choices stay quick replies; more links are written out.
- Cards go ten a carousel. A card with more than three buttons goes on as the next card. Words that
  do not fit into a card, or a card of nothing but a title, are said in the text, and a picture of
  ours, which has no address that Meta could open, is sent before.
- A place or a contact is said in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.base import Attachment, Button, Card, Json, OutboundMessage
from connectors.text import clip, joined, numbered, split, written

TEXT: Final = 2000
TEMPLATE_TEXT: Final = 640
BUTTONS: Final = 3
QUICK: Final = 13
TITLE: Final = 20
CARDS: Final = 10
CARD_LINE: Final = 80
# A template and quick replies cannot stand alone.
PROMPT: Final = "Mời anh/chị chọn ạ:"
MEDIA: Final = {"image": "image", "sticker": "image", "audio": "audio", "video": "video"}


def render(message: OutboundMessage) -> list[Json]:
    """The calls that say a message, in order."""
    links = [button for button in message.buttons if _opens(button)]
    choices = [button for button in message.buttons if not button.url]
    stays = links or message.followed
    shown = [button for button in message.buttons if _is_button(button)] if stays else []
    quick = [] if stays else choices
    if len(shown) > BUTTONS:
        shown, quick = links[:BUTTONS], choices
    titles, listed = _quick_titles(quick)
    if message.followed:
        quick, listed = [], numbered(quick)
    written_out = [b for b in message.buttons if b.url and b not in shown]
    said = [message.text, *(_in_words(card) for card in message.cards)]
    said += [f"{file.name} {_plain(file)}".strip() for file in message.attachments if _plain(file)]
    said += [numbered(written_out), listed]
    parts = _texts(joined(*said), shown)
    files = [file for file in message.attachments if not _plain(file)]
    pictures = [Attachment("image", card.image) for card in message.cards if _is_ours(card.image)]
    bodies = [*parts, *map(_media, [*files, *pictures]), *_carousels(message.cards)]
    if quick and not bodies:
        bodies = [{"message": {"text": PROMPT}}]
    if quick:
        bodies[-1]["message"]["quick_replies"] = [
            {"content_type": "text", "title": title, "payload": button.key}
            for title, button in zip(titles, quick, strict=False)
        ]
    return [_call(message, body) for body in bodies]


def _call(message: OutboundMessage, body: Json) -> Json:
    kind = {"messaging_type": "RESPONSE"}
    if message.tag:
        kind = {"messaging_type": "MESSAGE_TAG", "tag": message.tag}
    if message.reference:
        body["message"]["metadata"] = message.reference
    return {**kind, **body}


def _texts(text: str, buttons: Sequence[Button]) -> list[Json]:
    if not buttons:
        return [{"message": {"text": part}} for part in split(text, TEXT)]
    parts = split(text, TEXT) or [PROMPT]
    *before, last = [*parts[:-1], *split(parts[-1], TEMPLATE_TEXT)]
    template = {"template_type": "button", "text": last, "buttons": [*map(_button, buttons)]}
    return [*({"message": {"text": part}} for part in before), _template(template)]


def _quick_titles(choices: Sequence[Button]) -> tuple[list[str], str]:
    """Titles of the quick replies, and what of the choices has to be written."""
    titles = [clip(button.title, TITLE) for button in choices[:QUICK]]
    lines = [f"{number}. {button.title}" for number, button in enumerate(choices, 1)]
    if len(set(titles)) < len(titles):
        return [clip(line, TITLE) for line in lines[:QUICK]], "\n".join(lines)
    return titles, "\n".join(lines[QUICK:])


def _carousels(cards: Sequence[Card]) -> list[Json]:
    elements = [element for card in cards if not _is_bare(card) for element in _elements(card)]
    return [
        _template({"template_type": "generic", "elements": elements[start : start + CARDS]})
        for start in range(0, len(elements), CARDS)
    ]


def _elements(card: Card) -> list[Json]:
    element: Json = {"title": clip(card.title, CARD_LINE)}
    if card.subtitle:
        element["subtitle"] = clip(card.subtitle, CARD_LINE)
    if card.image and not _is_ours(card.image):
        element["image_url"] = card.image
    buttons = [_button(button) for button in card.buttons if _is_button(button)]
    rows = [buttons[start : start + BUTTONS] for start in range(0, len(buttons), BUTTONS)]
    return [{**element, "buttons": row} for row in rows] or [element]


def _in_words(card: Card) -> str:
    """What of a card has to be said in the text."""
    fits = max(len(card.title), len(card.subtitle)) <= CARD_LINE
    words = written(card) if _is_bare(card) or not fits else ""
    return joined(words, numbered([button for button in card.buttons if not _is_button(button)]))


def _is_bare(card: Card) -> bool:
    """Whether Meta would refuse the card: it wants something beside the title."""
    buttons = any(_is_button(button) for button in card.buttons)
    return not (card.subtitle or buttons or (card.image and not _is_ours(card.image)))


def _button(button: Button) -> Json:
    title = clip(button.title, TITLE)
    if not button.url:
        return {"type": "postback", "title": title, "payload": button.key}
    if button.url.startswith("tel:"):
        return {"type": "phone_number", "title": title, "payload": button.url[len("tel:") :]}
    return {"type": "web_url", "title": title, "url": button.url}


def _media(file: Attachment) -> Json:
    kind = MEDIA.get(file.kind, "file")
    if _is_ours(file.url):
        return {"message": {"attachment": {"type": kind, "payload": {}}}, "file": file.url}
    return {"message": {"attachment": {"type": kind, "payload": {"url": file.url}}}}


def _template(payload: Json) -> Json:
    return {"message": {"attachment": {"type": "template", "payload": payload}}}


def _opens(button: Button) -> bool:
    """Whether Messenger can open what the button is for."""
    return button.url.startswith(("https://", "http://", "tel:"))


def _is_button(button: Button) -> bool:
    return not button.url or _opens(button)


def _is_ours(url: str) -> bool:
    return url.startswith("/")


def _plain(file: Attachment) -> str:
    """What to write for an attachment that Messenger has no form for."""
    if file.kind == "location":
        return f"https://www.google.com/maps?q={file.url.removeprefix('geo:')}"
    return file.url.removeprefix("tel:") if file.kind == "contact" else ""
