"""What a platform told of a message beside its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.menu import BACK, ITEMS
from bot.models import Message

_TITLES = {item.key: item.title for item in (*ITEMS, BACK)}


@dataclass(frozen=True)
class Edit:
    """A wording that a customer has replaced."""

    text: str
    at: datetime  # when it was replaced


@dataclass(frozen=True)
class Told:
    """All that a reader of one message should know."""

    text: str
    app: str  # the channel in whose own app a colleague said it
    begins: bool  # nothing was said: the customer pressed "get started"
    pressed: bool  # a button, whose title the text is
    recalled: bool
    edits: tuple[Edit, ...]  # earlier wordings, the oldest first
    late: datetime | None  # when it was said, if a later one came before it
    reaction: str  # the customer's, to what we said
    in_group: bool
    files_gone: bool = False  # their time was over

    @property
    def instead(self) -> str:
        """What stands where the words would, as in words' `told.…`; "" when there are some."""
        if self.recalled:
            return "recalled"
        if self.begins:
            return "begins"
        if self.files_gone and not self.text:
            return "files_gone"
        return "pressed_one" if self.pressed and not self.text else ""


def of_message(message: Message) -> Told:
    """What is told of a message that was taken back holds no word of it."""
    meta, text = message.meta, message.content.text
    button, recalled = str(meta.get("button", "")), bool(meta.get("recalled"))
    if text in ("", button):  # a menu's key, which Zalo types for the customer
        text = _TITLES.get(button, text)
    return Told(
        text="" if recalled else text,
        app=str(meta.get("app", "")),
        begins=bool(meta.get("begins")) and not text and not message.content.attachments,
        pressed=bool(button) and not recalled,
        recalled=recalled,
        edits=()
        if recalled
        else tuple(
            Edit(each["text"], datetime.fromisoformat(each["at"])) for each in meta.get("edits", ())
        ),
        late=message.sent_at if meta.get("overtaken") else None,
        reaction=str(meta.get("reaction", "")),
        in_group=bool(meta.get("group")),
        files_gone=bool(meta.get("files_gone")) and not message.content.attachments,
    )
