"""What is inside a Messenger message: words, files, and what we do not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from connectors.base import Attachment, Json
from connectors.messenger.fields import text, word

MEDIA: Final[dict[str, Literal["image", "audio", "video", "file", "sticker"]]] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "file": "file",
    "sticker": "sticker",
}
LINKS: Final = ("fallback", "reel", "ig_reel", "post", "ig_post")


@dataclass(frozen=True)
class Contents:
    """The words of a message, its files, and its attachments of unknown kinds as they came."""

    text: str
    files: tuple[Attachment, ...]
    unknown: tuple[Any, ...]


def read(message: Json) -> Contents:
    """Links and products that somebody shares are words too. Raises ShapeError when the text is
    none."""
    written = text(message, "text")
    words, unknown = [written], []
    files: dict[str, Attachment] = {}
    attachments = message.get("attachments") or []
    for each in attachments if isinstance(attachments, list) else [attachments]:
        attachment = each if isinstance(each, dict) else {}
        payload = attachment.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        kind, url = word(attachment, "type"), word(payload, "url")
        link = url or word(attachment, "url")
        template = _template(payload) if kind == "template" else None
        if kind in MEDIA and url:
            # A sticker came as an image, then as both, and since September 2026 as a sticker.
            sticker = payload.get("sticker_id")
            known = Attachment("sticker" if sticker else MEDIA[kind], url)
            files.setdefault(str(sticker or url), known)
        elif kind in LINKS and link:
            if link not in written:
                words += [word(payload, "title") or word(attachment, "title"), link]
        elif template:
            words += template.words
            files |= {picture: Attachment("image", picture) for picture in template.pictures}
        else:
            unknown.append(each)
    return Contents("\n".join(filter(None, words)), (*files.values(),), (*unknown,))


class _Template(NamedTuple):
    words: list[str]
    pictures: list[str]


def _template(payload: Json) -> _Template | None:
    """A product that a customer shares, or the buttons and cards that the page sent."""
    product = payload.get("product")
    elements = (product if isinstance(product, dict) else payload).get("elements")
    words, pictures = [word(payload, "text")], []
    for element in elements if isinstance(elements, list) else ():
        if isinstance(element, dict):
            words += [word(element, "title"), word(element, "subtitle")]
            pictures.append(word(element, "image_url"))
    return _Template(words, [*filter(None, pictures)]) if any(words) else None
