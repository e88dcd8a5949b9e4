"""A pretend Zalo: the Official Account's Open API v3, its OAuth, and people with the app.

As the real one: refusals come with HTTP 200, refresh tokens serve once, a button comes back as a
text, and whatever the account says comes back as an event.
"""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any, ClassVar, Final
from urllib.parse import quote

from PIL import Image, ImageDraw
from starlette.routing import BaseRoute

from bot.simulators.base import Bubble, Json, Person, Simulator
from bot.simulators.zalo.api import OpenApi, milliseconds
from bot.simulators.zalo.consent import Consent

EMOJI: Final = {
    "❤️": "/-heart",
    "👍": "/-strong",
    "😄": ":>",
    "😮": ":o",
    "😢": ":-((",
    "😡": ":-h",
    "": "/-remove",
}


class ZaloSimulator(Simulator):
    """One Official Account and its app. Its webhooks are signed as Zalo's own."""

    name: ClassVar[str] = "zalo"
    title: ClassVar[str] = "Zalo"

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self.consent = Consent(self)
        self.api = OpenApi(self)
        self.files["sticker.png"] = (_smile(), "image/png")

    def routes(self) -> list[BaseRoute]:
        return [*self.consent.routes(), *self.api.routes()]

    def begin(self, name: str) -> Person:
        person = Person(f"{2468458835291 * 10**5 + self.number()}", name)
        self.people[person.id] = person
        return person

    # The phone

    async def act(self, person: Person, act: str, value: Json) -> None:
        doing = getattr(self, f"_act_{act}", None)
        if doing is None:
            raise NotImplementedError(f"{act}: not in Zalo")
        doing(person, **value)

    def _act_say(self, person: Person, text: str) -> None:
        self._said(person, "text", self._bubble(text))

    def _act_press(self, person: Person, bubble: str, title: str) -> None:
        buttons = self._found(person, bubble).buttons
        (choice,) = [each for each in buttons if each.title == title]
        if choice.key:  # the payload is sent and not shown
            self._wrote(person)
            self.tell(person, "user_send_text", {"text": choice.key, "msg_id": self.message_id()})

    def _act_attach(self, person: Person, file: str) -> None:
        data, mime = self.files[file]
        kind = "gif" if mime == "image/gif" else mime.split("/")[0]
        url = self.address(file)
        payload: Json = {"url": url, "thumbnail": url}
        bubble = self._bubble()
        if kind in ("image", "gif"):
            bubble.pictures.append(url)
        else:
            bubble.file = file
        if kind not in ("image", "gif", "audio", "video"):
            kind = "file"
            payload = {
                "size": str(len(data)),
                "name": file,
                "checksum": hashlib.md5(data, usedforsecurity=False).hexdigest(),
                "type": file.rpartition(".")[2],
                "url": url,
            }
        self._said(person, kind, bubble, payload)

    def _act_sticker(self, person: Person) -> None:
        url = self.address("sticker.png")
        payload = {"id": "28a6bcf4e3b10aef53a0", "url": url}
        self._said(person, "sticker", self._bubble(pictures=[url]), payload)

    def _act_place(self, person: Person, latitude: float, longitude: float) -> None:
        where = {"latitude": str(latitude), "longitude": str(longitude)}
        shown = self._bubble(f"📍 {latitude}, {longitude}")
        self._said(person, "location", shown, {"coordinates": where})

    def _act_contact(self, person: Person, phone: str) -> None:
        card = {"phone": phone, "qrCodeUrl": self.address("qr.png")}
        payload = {
            "thumbnail": self.address("avatar.png"),
            "description": json.dumps(card),
            "url": "https://zalo.me/",
        }
        self._said(person, "business_card", self._bubble(person.name), payload)

    def _act_react(self, person: Person, bubble: str, emoji: str) -> None:
        found = self._found(person, bubble)
        found.reaction = emoji
        self.tell(person, "user_reacted_message", {"msg_id": found.id, "react_icon": EMOJI[emoji]})

    def _act_recall(self, person: Person, bubble: str) -> None:
        """The account is not told."""
        self._found(person, bubble).recalled = True

    def _act_see(self, person: Person) -> None:
        unseen = [each for each in person.bubbles if each.by != "customer" and not each.seen]
        for each in unseen:
            each.seen = True
        if unseen:
            ids = [each.id for each in unseen]
            self.tell(person, "user_seen_message", {"msg_ids": ids}, by_account=True)

    def _act_start(self, person: Person, source: str = "") -> None:
        """Taps "Nhắn tin". Zalo does not say from where."""
        self._wrote(person)
        self._post_event(
            {
                "user_id_by_app": f"5{person.id[1:]}",
                "event_name": "user_click_chatnow",
                "oa_id": self.secrets["ZALO_OA_ID"],
                "user_id": person.id,
            }
        )

    def _act_follow(self, person: Person, source: str = "oa_profile") -> None:
        person.blocked = False
        self._wrote(person)
        self._followed(person, "follow", source)

    def _act_block(self, person: Person) -> None:
        person.blocked = True
        self._followed(person, "unfollow", "oa_profile")

    def _act_staff(self, person: Person, text: str) -> None:
        said = self.show(person, Bubble(self.message_id(), "person", self.clock(), text))
        self.tell(person, "oa_send_text", self.echoed(said), by_account=True, by_admin=True)

    def _followed(self, person: Person, event: str, source: str) -> None:
        self._post_event(
            {
                "oa_id": self.secrets["ZALO_OA_ID"],
                "follower": {"id": person.id},
                "user_id_by_app": f"5{person.id[1:]}",
                "event_name": event,
                "source": source,
            }
        )

    def _said(self, person: Person, kind: str, bubble: Bubble, payload: Json | None = None) -> None:
        self._wrote(person)
        self.show(person, bubble)
        text = "" if kind == "location" else bubble.text
        message: Json = {"text": text, "msg_id": bubble.id}
        if payload is not None:
            link = "link" if kind == "business_card" else kind
            message["attachments"] = [{"type": link, "payload": payload}]
        self.tell(person, f"user_send_{kind}", message)

    def _bubble(self, text: str = "", **more: Any) -> Bubble:
        return Bubble(self.message_id(), "customer", self.clock(), text, **more)

    def _wrote(self, person: Person) -> None:
        person.wrote_at = self.clock()
        self.api.replies.pop(person.id, None)

    def _found(self, person: Person, bubble: str) -> Bubble:
        return next(each for each in person.bubbles if each.id == bubble)

    # Webhooks

    def echoed(self, bubble: Bubble) -> Json:
        message: Json = {"text": bubble.text, "msg_id": bubble.id}
        if bubble.pictures:
            message["attachments"] = [
                {"type": "image", "payload": {"thumbnail": url, "url": url}}
                for url in bubble.pictures
            ]
        if bubble.file:
            payload = {"name": bubble.file, "url": self.address(bubble.file)}
            message["attachments"] = [{"type": "file", "payload": payload}]
        return message

    def tell(
        self,
        person: Person,
        event: str,
        message: Json,
        *,
        by_account: bool = False,
        by_admin: bool = False,
    ) -> None:
        """An event of a message: of the person, or of the account towards the person."""
        customer, account = {"id": person.id}, {"id": self.secrets["ZALO_OA_ID"]}
        if person.id.startswith("anon:"):
            _, conversation, anonymous = person.id.split(":", 2)
            customer = {"id": anonymous}
            message = {**message, "conversation_id": conversation}
            event = event.replace("user_send_", "anonymous_send_")
            event = event.replace("oa_send_", "oa_send_anonymous_")
        if by_admin:
            account["admin_id"] = "9100000000000000001"
        sender, recipient = (account, customer) if by_account else (customer, account)
        self._post_event(
            {
                "sender": sender,
                "recipient": recipient,
                "user_id_by_app": f"5{person.id[1:]}",
                "event_name": event,
                "message": message,
            }
        )

    def _post_event(self, event: Json) -> None:
        app, secret = self.secrets["ZALO_APP_ID"], self.secrets["ZALO_OA_SECRET"]
        now = str(milliseconds(self.clock()))
        event = {"app_id": app, **event, "timestamp": now}
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        mac = hashlib.sha256(app.encode() + body + now.encode() + secret.encode()).hexdigest()
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={mac}"}
        self.post(body, headers)

    def message_id(self) -> str:
        return f"{0xB1C2D3E4F5A60000000 + self.number():x}"

    def address(self, name: str) -> str:
        return f"{self.secrets['ZALO_API_URL']}/files/{quote(name)}"


def _smile() -> bytes:
    image = Image.new("RGBA", (120, 120))
    draw = ImageDraw.Draw(image)
    draw.ellipse((6, 6, 114, 114), fill="#ffd43b")
    draw.arc((32, 40, 88, 92), 20, 160, fill="#333333", width=6)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
