"""What travels with messages, as screens show it: a page of ours asks no other host for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.console import words
from bot.conversation import FETCHED, attachment_of
from bot.models import Author, Message, StoredFile
from connectors.base import Attachment, Json

MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"
_PHONE = re.compile(r"tel:(\+?\d{3,15})")


@dataclass(frozen=True)
class Shown:
    """One attachment. `state` is "ready"; "pending" while it is fetched from the platform; "lost"
    when it could not be had."""

    kind: str
    state: str
    url: str  # what a link may open; "" without one
    name: str  # "" without one: the kind's own word stands for it
    detail: str = ""  # a contact's number, a place's degrees

    @property
    def is_ours(self) -> bool:
        return self.url.startswith("/files/")

    def as_json(self) -> Json:
        return {
            "kind": self.kind,
            "state": self.state,
            "url": self.url,
            "name": self.name,
            "detail": self.detail,
        }


def of_message(message: Message) -> list[Shown]:
    """In the message's order."""
    theirs = message.author is Author.CUSTOMER or "app" in message.meta
    return [_shown(file, theirs) for file in message.content.attachments]


def of_file(file: StoredFile) -> Shown:
    """A file of our own store."""
    sent = attachment_of(file.key, file.name, file.mime, file.size)
    return Shown(sent.kind, "ready", sent.url, sent.name)


def label(language: str, shown: Shown) -> str:
    """An attachment in words, where its picture is not shown."""
    kind = words.name_of(language, "attachment", shown.kind)
    if shown.state != "ready":
        what = f"{kind.lower()} {shown.name}".strip()
        return words.say(language, f"attachment.{shown.state}", what=what)
    if shown.kind == "sticker":
        return shown.name or f"[{kind}]"
    return shown.name or (shown.kind == "location" and shown.detail) or kind


def _shown(file: Attachment, theirs: bool) -> Shown:
    if file.kind == "location":
        return _place(file)
    if file.kind == "contact":
        found = _PHONE.fullmatch(re.sub(r"[\s.()-]", "", file.url))
        number = found[1] if found else ""
        url = f"tel:{number}" if number else ""
        return Shown(file.kind, "ready", url, file.name, _dial(number))
    if file.kind == "sticker":
        # A name in Latin letters is the platform's id for it.
        name = "" if file.name.isascii() else file.name
        return Shown(file.kind, "ready", file.url if file.url.startswith("/files/") else "", name)
    if not file.url:
        return Shown(file.kind, "lost", "", file.name)
    if theirs and file.kind in FETCHED and not file.url.startswith("/files/"):
        return Shown(file.kind, "pending", "", file.name)
    return Shown(file.kind, "ready", file.url, file.name)


def _place(file: Attachment) -> Shown:
    try:
        lat, lon = (float(each) for each in file.url.removeprefix("geo:").split(","))
    except ValueError:
        lat = lon = float("nan")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return Shown("location", "ready", "", file.name)
    degrees = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
    return Shown(
        "location", "ready", MAP.format(**degrees), file.name, "{lat}, {lon}".format(**degrees)
    )


def _dial(number: str) -> str:
    """A number as people write it: +84901234567 is 0901 234 567 in Vietnam."""
    if found := re.fullmatch(r"\+84(\d{3})(\d{3})(\d{3})", number):
        return f"0{found[1]} {found[2]} {found[3]}"
    return number
