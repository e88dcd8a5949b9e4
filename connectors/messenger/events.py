"""What Meta posts to a page's webhook, as events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from connectors.base import (
    Arrival,
    Echo,
    Edit,
    Event,
    InboundMessage,
    Json,
    Notice,
    Reaction,
    Recall,
    Receipt,
    Unread,
    UnreadableError,
)
from connectors.messenger import contents
from connectors.messenger.fields import ShapeError, identity, moment, part, text, word

NAME: Final = "messenger"
GET_STARTED: Final = "GET_STARTED"  # payload of the button that begins a talk, as we set it
POLICY: Final = {
    "warning": "Facebook cảnh báo Trang",
    "block": "Facebook chặn Trang gửi tin",
    "unblock": "Facebook cho Trang gửi tin trở lại",
}


@dataclass(frozen=True)
class Reader:
    """Reads webhooks for one page and one app.

    In `standby` another app has the conversation and ours only listens. Its messages are read as
    any others: what a customer wrote is never lost, and whoever took the conversation has written
    there, which came as an Echo and made it theirs. Handover events themselves change nothing.
    """

    page_id: str
    app_id: str

    def events(self, payload: Json) -> list[Event]:
        """At least one event for every item of the page's entries, one for any other entry. Raises
        UnreadableError."""
        entries = payload.get("entry")
        if payload.get("object") != "page" or not isinstance(entries, list):
            raise UnreadableError("not the events of a page")
        return [event for entry in entries for event in self._entry(entry)]

    def _entry(self, entry: Any) -> list[Event]:
        if not isinstance(entry, dict):
            return [Unread(NAME, "the entry is not an object", _body(entry))]
        if str(entry.get("id")) != self.page_id:
            # All pages of one app share its secret and its webhook.
            return [Unread(NAME, "of another page", _body(entry))]
        found: list[Event] = []
        for name in ("messaging", "standby", "changes"):
            items = entry.get(name, [])
            items = items if isinstance(items, list) else [items]
            for item in items:
                found += [self._unread(name, item, name)] if name == "changes" else self._item(item)
        return found or [Unread(NAME, "nothing in the entry", _body(entry))]

    def _unread(self, reason: str, item: Any, name: str = "messaging") -> Unread:
        return Unread(NAME, reason, _body({"id": self.page_id, name: [item]}))

    def _item(self, item: Any) -> list[Event]:
        readers: dict[str, Callable[[Json, Json], list[Event]]] = {
            "message": self._message,
            "postback": self._postback,
            "message_edit": self._edit,
            "message_unsend": self._recall,
            "reaction": self._reaction,
            "delivery": self._receipt,
            "read": self._receipt,
            "referral": self._arrival,
            "policy_enforcement": self._notice,
            "policy-enforcement": self._notice,  # as older pages spelt it
        }
        try:
            if not isinstance(item, dict):
                raise ShapeError("the item is not an object")
            for kind, read in readers.items():
                if kind in item:
                    return read(item, part(item, kind))
            kinds = sorted(set(item) - {"sender", "recipient", "timestamp"})
            raise ShapeError(f"unknown event: {', '.join(kinds)[:200]}")
        except ShapeError as error:
            return [self._unread(str(error), item)]

    def _message(self, item: Json, message: Json) -> list[Event]:
        if message.get("is_deleted") is True:
            return self._recall(item, message)
        sender, mid, at = identity(part(item, "sender")), identity(message, "mid"), moment(item)
        content = contents.read(message)
        found: list[Event] = [self._unread("unknown attachment", item) for _ in content.unknown]
        if message.get("is_echo") is True or sender == self.page_id:
            return [self._echo(item, message, content), *found]
        button = ""
        if message.get("quick_reply") is not None:
            button = text(part(message, "quick_reply"), "payload")
        if content.text or content.files or button:
            said = InboundMessage(
                NAME,
                mid,
                sender,
                at,
                text=content.text,
                button=button,
                attachments=content.files,
                source=_source(message.get("referral")),
                raw=item,
            )
            return [said, *found]
        return found or [self._unread("nothing in the message", item)]

    def _echo(self, item: Json, message: Json, content: contents.Contents) -> Echo:
        app_id = message.get("app_id")
        ours = None if app_id is None else str(app_id) == self.app_id
        return Echo(
            NAME,
            identity(message, "mid"),
            identity(part(item, "recipient")),
            moment(item),
            text=content.text,
            attachments=content.files,
            # Another app's metadata may look like ours.
            reference="" if ours is False else text(message, "metadata"),
            ours=ours,
        )

    def _postback(self, item: Json, postback: Json) -> list[Event]:
        sender, at = self._customer(item), moment(item)
        payload, title = text(postback, "payload"), text(postback, "title")
        if not payload and not title:
            raise ShapeError("nothing in the postback")  # in standby there is a title only
        mid = text(postback, "mid") or f"{sender}:{item['timestamp']}:{payload}"
        begins = payload == GET_STARTED
        return [
            InboundMessage(
                NAME,
                mid,
                sender,
                at,
                text="" if begins else title,
                button="" if begins else payload,
                source=_source(postback.get("referral")),
                begins=begins,
                raw=item,
            )
        ]

    def _edit(self, item: Json, edit: Json) -> list[Event]:
        return [
            Edit(
                NAME,
                identity(edit, "mid"),
                self._customer(item),
                text(edit, "text"),
                moment(item),
            ),
        ]

    def _recall(self, item: Json, message: Json) -> list[Event]:
        return [Recall(NAME, identity(message, "mid"), self._customer(item), moment(item))]

    def _reaction(self, item: Json, reaction: Json) -> list[Event]:
        taken_back = reaction.get("action") == "unreact"
        emoji = text(reaction, "emoji") or text(reaction, "reaction")
        if not emoji and not taken_back:
            raise ShapeError("the reaction has no emoji")
        return [
            Reaction(
                NAME,
                identity(reaction, "mid"),
                self._customer(item),
                "" if taken_back else emoji,
                moment(item),
            )
        ]

    def _receipt(self, item: Json, receipt: Json) -> list[Event]:
        mids = receipt.get("mids") or []
        if not isinstance(mids, list) or not all(isinstance(mid, str) for mid in mids):
            raise ShapeError("mids is not a list of ids")
        return [
            Receipt(
                NAME,
                self._customer(item),
                seen="read" in item,
                external_ids=(*mids,),
                upto=moment(receipt, "watermark"),
            )
        ]

    def _arrival(self, item: Json, referral: Json) -> list[Event]:
        return [Arrival(NAME, self._customer(item), moment(item), source=_source(referral))]

    def _notice(self, item: Json, policy: Json) -> list[Event]:
        action = text(policy, "action")
        said = f"{POLICY.get(action, action)}: {text(policy, 'reason')}".strip(": ")
        return [Notice(NAME, moment(item), said, stops=action == "block")]

    def _customer(self, item: Json) -> str:
        sender = identity(part(item, "sender"))
        if sender == self.page_id:
            raise ShapeError("done by the page")
        return sender


def _body(entry: Any) -> Json:
    return {"object": "page", "entry": [entry]}


def _source(referral: Any) -> str:
    """Where somebody came from: the ref of a link or a QR code, else the ad, else the kind."""
    if not isinstance(referral, dict):
        return ""
    ad = word(referral, "ad_id")
    return word(referral, "ref") or (f"ad:{ad}" if ad else word(referral, "source"))
