"""Meta's Send API: what may be sent to whom and when, and how it looks on the phone.

Guessed, for Meta does not say: the subcode for a thread that another app has (10/2018300).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from starlette.datastructures import UploadFile

from bot.simulators.base import Bubble, Choice, Json, Person
from bot.simulators.messenger import limits
from bot.simulators.messenger.limits import GraphError

if TYPE_CHECKING:
    from bot.simulators.messenger import MessengerSimulator

DAY: Final = timedelta(hours=24)
WEEK: Final = timedelta(days=7)
TYPING: Final = timedelta(seconds=20)


class Sending:
    """Takes messages to people."""

    def __init__(self, phones: MessengerSimulator) -> None:
        self.phones = phones
        self.uploads: dict[str, str] = {}  # attachment_id: address

    async def messages(self, asked: Json) -> Json:
        person = recipient(self.phones, asked)
        if ("message" in asked) == ("sender_action" in asked):
            raise GraphError("Param message or sender_action must be alone in a call")
        self._allow(person, asked)
        if "sender_action" in asked:
            self._act(person, asked)
            return {"recipient_id": person.id}
        upload = asked.get("filedata")
        limits.check_message(asked["message"], uploaded=isinstance(upload, UploadFile))
        message, attachment_id = asked["message"], ""
        kind = message.get("attachment", {}).get("type")
        if isinstance(upload, UploadFile):
            message["attachment"]["payload"]["url"] = await self._keep(upload, kind)
        elif kind in limits.KINDS:
            payload = message["attachment"]["payload"]
            if "attachment_id" in payload:
                if payload["attachment_id"] not in self.uploads:
                    raise GraphError("Invalid attachment_id")
                payload["url"] = self.uploads[payload["attachment_id"]]
            if payload.get("is_reusable"):
                attachment_id = self._reusable(payload["url"])
        bubble = Bubble(self.phones.new_mid(), "business", self.phones.clock())
        _fill(self.phones.show(person, bubble), message)
        self.phones.echo(person, bubble, message)
        answer = {"recipient_id": person.id, "message_id": bubble.id}
        return answer | ({"attachment_id": attachment_id} if attachment_id else {})

    def _allow(self, person: Person, asked: Json) -> None:
        """Raises GraphError unless the person may be written to now, for this purpose."""
        if person.blocked:
            message = "This person isn't receiving messages from you right now."
            raise GraphError(message, 200, 1545041, 403)
        owner = self.phones.owners.get(person.id, self.phones.app_id)
        if owner != self.phones.app_id:
            message = "Message Not Sent: This Page's other app is controlling the thread."
            raise GraphError(message, 10, 2018300, 403)
        kind, tag = asked.get("messaging_type", "RESPONSE"), asked.get("tag")
        if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
            raise GraphError("Invalid parameter: messaging_type")
        if (kind == "MESSAGE_TAG" and tag not in limits.TAGS) or (tag and kind != "MESSAGE_TAG"):
            raise GraphError("Invalid parameter: tag")
        wrote = person.wrote_at
        age = self.phones.clock() - wrote if wrote else WEEK * 2
        if self.phones.faults.closed:
            age = max(age, DAY * 2)
        if age > (WEEK if kind == "MESSAGE_TAG" else DAY):
            message = "This message is sent outside of allowed window."
            raise GraphError(message, 10, 2018278, 403)

    def _act(self, person: Person, asked: Json) -> None:
        action = asked["sender_action"]
        if action == "typing_on":
            person.typing_until = self.phones.clock() + TYPING
        elif action == "typing_off":
            person.typing_until = None
        elif action == "mark_seen":
            for bubble in person.bubbles:
                bubble.seen = bubble.seen or bubble.by == "customer"
        elif action in ("react", "unreact"):
            mid = limits.text(limits.part(asked.get("payload"), "payload"), "message_id", 200)
            if not any(bubble.id == mid for bubble in person.bubbles):
                raise GraphError("Param message_id is not a message's")
            bubble = self.phones.find(person, mid)
            bubble.reaction = str(asked["payload"].get("reaction", "")) * (action == "react")
        else:
            raise GraphError("Param sender_action is not one")

    async def _keep(self, upload: UploadFile, kind: Any) -> str:
        data, mime = await upload.read(), upload.content_type or ""
        if len(data) > limits.UPLOAD:
            raise GraphError("The file is over 25 MB")
        if kind != "file" and mime.partition("/")[0] != kind:
            raise GraphError(f"Upload attachment failure: {mime} is not {kind}")
        name = f"{self.phones.number()}/{upload.filename or 'file'}"
        self.phones.files[name] = (data, mime)
        return self.phones.address(name)

    def _reusable(self, url: str) -> str:
        attachment_id = str(1_600_000_000_000_000 + self.phones.number())
        self.uploads[attachment_id] = url
        return attachment_id

    async def attachments(self, asked: Json) -> Json:
        message, upload = limits.part(asked.get("message"), "message"), asked.get("filedata")
        limits.check_message(message, uploaded=isinstance(upload, UploadFile))
        attachment = limits.part(message.get("attachment"), "attachment")
        if isinstance(upload, UploadFile):
            return {"attachment_id": self._reusable(await self._keep(upload, attachment["type"]))}
        return {"attachment_id": self._reusable(attachment["payload"]["url"])}


def recipient(phones: MessengerSimulator, asked: Json) -> Person:
    """Whom a call is about. Raises GraphError."""
    person_id = limits.part(asked.get("recipient"), "recipient").get("id")
    if not person_id:
        raise GraphError("Param recipient must have an id")
    person = phones.people.get(str(person_id))
    if person is None:
        raise GraphError("No matching user found", 100, 2018001)
    return person


def _fill(shown: Bubble, message: Json) -> None:
    """What the customer sees of a message."""
    shown.text = message.get("text", "")
    shown.quick = [
        Choice(each.get("title", each["content_type"]), each.get("payload", ""))
        for each in message.get("quick_replies", ())
    ]
    attachment = message.get("attachment", {})
    payload = attachment.get("payload", {})
    if attachment.get("type") == "template":
        shown.text = payload.get("text", "")
        shown.buttons = _choices(payload)
        shown.cards = [
            {
                "title": element["title"],
                "subtitle": element.get("subtitle", ""),
                "picture": element.get("image_url", ""),
                "buttons": _choices(element),
            }
            for element in payload.get("elements", ())
        ]
    elif attachment.get("type") == "image":
        shown.pictures = [payload["url"]]
    elif attachment:
        shown.file = unquote(payload["url"].partition("?")[0].rpartition("/")[2])


def _choices(holder: Json) -> list[Choice]:
    return [
        Choice(button["title"], url=button["url"])
        if button["type"] == "web_url"
        else Choice(button["title"], url=f"tel:{button['payload']}")
        if button["type"] == "phone_number"
        else Choice(button["title"], button["payload"])
        for button in holder.get("buttons", ())
    ]
