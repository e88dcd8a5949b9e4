"""A pretend Messenger: people with the app who write to one page, and Meta's webhooks and Graph
API for the page's app.

Guessed, for Meta does not document it for pages: a message that is unsent comes back with
`is_deleted`, as on Instagram.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any, ClassVar, Final
from urllib.parse import quote

from starlette.routing import BaseRoute

from bot.simulators.base import Bubble, Choice, Json, Person, Simulator
from bot.simulators.messenger.api import GraphApi
from bot.simulators.messenger.limits import TEXT

INBOX: Final = 263902037430900  # the app id of Meta's own page inbox
LIKE: Final = 369239263222822
EDITS: Final = 5
FIELDS: Final = {
    "message": "messages",
    "postback": "messaging_postbacks",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "reaction": "message_reactions",
    "message_edit": "message_edits",
    "referral": "messaging_referrals",
    "echo": "message_echoes",
}
REACTIONS: Final = {
    "❤️": "love",
    "😆": "smile",
    "😮": "wow",
    "😢": "sad",
    "😡": "angry",
    "👍": "like",
    "👎": "dislike",
}
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class MessengerSimulator(Simulator):
    """One page and its app, which is subscribed to all its events and has a Get Started button
    from the start."""

    name: ClassVar[str] = "messenger"
    title: ClassVar[str] = "Messenger"

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self.page_id = self.secrets["MESSENGER_PAGE_ID"]
        self.app_id = self.secrets["MESSENGER_APP_ID"]
        self.page_name = "Shop"
        self.subscribed = {*FIELDS.values(), "messaging_handovers", "standby"}
        self.subscribed.add("messaging_policy_enforcement")
        self.owners: dict[str, str] = {}  # who has a conversation, when it is not our app
        self._edits: dict[str, int] = {}
        self.files |= {"avatar.png": (PIXEL, "image/png"), "like.png": (PIXEL, "image/png")}
        self.api = GraphApi(self)

    def routes(self) -> list[BaseRoute]:
        return self.api.routes()

    def begin(self, name: str) -> Person:
        person = Person(str(7_654_321_098_765_432 + 7919 * self.number()), name)
        self.people[person.id] = person
        return person

    # The phone

    async def act(self, person: Person, act: str, value: Json) -> None:
        doing = getattr(self, f"_act_{act}", None)
        if doing is None:
            raise NotImplementedError(f"{act}: not in Messenger")
        doing(person, **value)

    def _act_say(self, person: Person, text: str) -> None:
        if not 0 < len(text) <= TEXT:
            raise ValueError(f"1 to {TEXT} characters")
        self._write(person, Bubble("", "customer", self.clock(), text), text=text)

    def _act_attach(self, person: Person, file: str) -> None:
        url = self.address(file)
        kind = self.files[file][1].partition("/")[0]
        kind = kind if kind in ("image", "audio", "video") else "file"
        bubble = Bubble("", "customer", self.clock())
        if kind == "image":
            bubble.pictures.append(url)
        else:
            bubble.file = file
        self._write(person, bubble, attachments=[{"type": kind, "payload": {"url": url}}])

    def _act_sticker(self, person: Person) -> None:
        url = self.address("like.png")
        payload = {"url": url, "sticker_id": LIKE}
        bubble = Bubble("", "customer", self.clock(), pictures=[url])
        sticker = {"type": "sticker", "payload": payload}
        self._write(person, bubble, sticker_id=LIKE, attachments=[sticker])

    def _act_press(self, person: Person, bubble: str, title: str, key: str = "") -> None:
        found = self.find(person, bubble)
        for choice in found.quick:
            if choice.title == title:
                pressed = Bubble("", "customer", self.clock(), title)
                reply = {"payload": choice.key}
                self._write(person, pressed, text=title, quick_reply=reply)
                return
        on_cards: list[Choice] = [each for card in found.cards for each in card["buttons"]]
        choice = next(
            each
            for each in (*found.buttons, *on_cards)
            if each.title == title and key in ("", each.key)
        )
        if choice.key:
            pressed = self._written(person, Bubble("", "customer", self.clock(), title))
            postback = {"title": title, "payload": choice.key, "mid": pressed.id}
            self.tell(person, "postback", postback)

    def _act_edit(self, person: Person, bubble: str, text: str) -> None:
        found = self.find(person, bubble)
        edits = self._edits[found.id] = self._edits.get(found.id, 0) + 1
        if edits > EDITS:
            raise ValueError(f"a message is edited {EDITS} times at most")
        found.text, found.edited = text, True
        self.tell(person, "message_edit", {"mid": found.id, "text": text, "num_edit": edits})

    def _act_recall(self, person: Person, bubble: str) -> None:
        found = self.find(person, bubble)
        found.recalled = True
        self.tell(person, "message", {"mid": found.id, "is_deleted": True})

    def _act_react(self, person: Person, bubble: str, emoji: str) -> None:
        found = self.find(person, bubble)
        told: Json = {"action": "unreact", "mid": found.id}
        if emoji:
            kind = REACTIONS.get(emoji, "other")
            told = {"action": "react", "emoji": emoji, "reaction": kind, "mid": found.id}
            person.wrote_at = self.clock()
        found.reaction = emoji
        self.tell(person, "reaction", told)

    def _act_see(self, person: Person) -> None:
        unseen = [each for each in person.bubbles if each.by != "customer" and not each.seen]
        for bubble in unseen:
            bubble.seen = True
        if unseen:
            self.tell(person, "read", {"watermark": self._now()})

    def _act_start(self, person: Person, source: str = "") -> None:
        """Opens the conversation, by a link's ref or an ad ("ad:<id>"). The first time, with Get
        Started; later, nothing is told without a source."""
        kind, _, ad = source.partition(":") if source.startswith("ad:") else ("", "", "")
        referral: Json = {"ref": source, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        if kind:
            referral = {"ad_id": ad, "source": "ADS", "type": "OPEN_THREAD"}
        button = self.api.profile.get("get_started")
        if not person.bubbles and button:
            title = "Bắt đầu"
            pressed = self._written(person, Bubble("", "customer", self.clock(), title))
            postback = {"title": title, "payload": button["payload"], "mid": pressed.id}
            self.tell(person, "postback", postback | ({"referral": referral} if source else {}))
        elif source:
            person.wrote_at = self.clock()
            self.tell(person, "referral", referral)

    def _act_block(self, person: Person) -> None:
        """The page is not told: its next message is refused."""
        person.blocked = True

    def _act_staff(self, person: Person, text: str) -> None:
        bubble = self.show(person, Bubble(self.new_mid(), "person", self.clock(), text))
        self._echoed(person, {"mid": bubble.id, "is_echo": True, "app_id": INBOX, "text": text})

    def _write(self, person: Person, bubble: Bubble, **message: Any) -> None:
        self.tell(person, "message", {"mid": self._written(person, bubble).id, **message})

    def _written(self, person: Person, bubble: Bubble) -> Bubble:
        """Puts a person's own bubble on the screen, which opens the window and ends a block."""
        bubble.id, person.wrote_at, person.blocked = self.new_mid(), bubble.at, False
        return self.show(person, bubble)

    # For the API too

    def new_mid(self) -> str:
        return f"m_{secrets.token_urlsafe(64)}"

    def find(self, person: Person, mid: str) -> Bubble:
        return next(bubble for bubble in person.bubbles if bubble.id == mid)

    def address(self, file: str) -> str:
        """Where a file of the platform is."""
        return f"{self.secrets['MESSENGER_API_URL']}/media/{quote(file)}"

    # Webhooks

    def echo(self, person: Person, bubble: Bubble, message: Json) -> None:
        """Tells the app what it has said itself, and that the phone has it."""
        said: Json = {"mid": bubble.id, "is_echo": True, "app_id": int(self.app_id)}
        said |= {name: message[name] for name in ("text", "metadata") if name in message}
        if "attachment" in message:
            said["attachments"] = [message["attachment"]]
        self._echoed(person, said)
        self.tell(person, "delivery", {"mids": [bubble.id], "watermark": self._now()})

    def _echoed(self, person: Person, said: Json) -> None:
        if FIELDS["echo"] in self.subscribed:
            self._post_item(person, {"message": said}, by_page=True)

    def tell(self, person: Person, kind: str, what: Json) -> None:
        """Posts what a person did, if the app is subscribed to that kind."""
        if FIELDS[kind] in self.subscribed:
            self._post_item(person, {kind: what})

    def _post_item(self, person: Person, what: Json, by_page: bool = False) -> None:
        customer, page = {"id": person.id}, {"id": self.page_id}
        sender, recipient = (page, customer) if by_page else (customer, page)
        now = self._now()
        item = {"sender": sender, "recipient": recipient, "timestamp": now, **what}
        ours = self.owners.get(person.id, self.app_id) == self.app_id
        if not ours and "postback" in item:
            item["postback"].pop("payload")
        entry = {"id": self.page_id, "time": now, "messaging" if ours else "standby": [item]}
        # Signed as Meta signs: letters beyond ASCII and slashes escaped.
        body = json.dumps({"object": "page", "entry": [entry]}, separators=(",", ":"))
        raw = body.replace("/", "\\/").encode()
        key = self.secrets["MESSENGER_APP_SECRET"].encode()
        headers = {
            "content-type": "application/json",
            "x-hub-signature": f"sha1={hmac.new(key, raw, hashlib.sha1).hexdigest()}",
            "x-hub-signature-256": f"sha256={hmac.new(key, raw, hashlib.sha256).hexdigest()}",
        }
        self.post(raw, headers)

    def _now(self) -> int:
        return int(self.clock().timestamp() * 1000)
