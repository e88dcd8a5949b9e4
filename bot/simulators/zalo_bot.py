"""The pretend Zalo Bot Platform: its API, its limits, and a person in the Zalo app who writes to
the bot.

What the platform does not publish is guessed: which code stands for a person who never wrote (400)
and for a used-up month (429). Errors have their code as HTTP status too, but an idle poll is 200.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.simulators.base import Bubble, Json, Lost, Person, Simulator
from bot.simulators.parameters import logged, parameters

BOT = {
    "id": "1459232241454765289",
    "account_name": "bot.VDKyGxQvc",
    "account_type": "BASIC",
    "can_join_groups": False,
    "display_name": "Bot Shop",
}
TEXT_LIMIT = 2000
USERS = 50
MESSAGES_A_MONTH = 3000
TYPING = timedelta(seconds=5)
STICKER = "bfe458bf64fa8da4d4eb"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Refusal(Exception):
    """An answer with ok: false."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


class ZaloBotSimulator(Simulator):
    """A Zalo Bot. Its webhook is set from the start; `deleteWebhook` turns to polling."""

    name: ClassVar[str] = "zalo_bot"
    title: ClassVar[str] = "Zalo Bot"

    def __init__(
        self,
        webhook: str,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
        http: httpx.AsyncClient,
    ) -> None:
        super().__init__(webhook, secrets, clock, http)
        self.secret = secrets["ZALO_BOT_SECRET"]
        self.users: list[str] = []  # who has written to the bot: nobody else can be written to
        self.group = _new_id()
        self.members: list[str] = []  # who has spoken to the bot in the group
        self.sent: dict[str, int] = {}  # messages of the bot, by month
        self.updates: asyncio.Queue[Json] = asyncio.Queue()
        self._set_at = clock()
        self._methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendSticker": self._send_sticker,
            "sendChatAction": self._send_chat_action,
        }

    # The API

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/bot{token}/{method}", self._api, methods=["GET", "POST"]),
            Route("/files/{name}", self._file),
        ]

    async def _api(self, request: Request) -> Response:
        method, body = request.path_params["method"], await parameters(request)
        self.calls.append((method, logged(body)))
        fault = await self.fault()
        if isinstance(fault, Response):
            return fault
        try:
            self._let_in(request.path_params["token"])
            if method not in self._methods:
                raise Refusal(404, "Not Found")
            result = await self._methods[method](body)
        except Refusal as refusal:
            status = 200 if refusal.code == 408 else refusal.code
            said = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
            return JSONResponse(said, status)
        if fault == "lose":
            return Lost()
        return JSONResponse({"ok": True} if result is None else {"ok": True, "result": result})

    def _let_in(self, token: str) -> None:
        if self.faults.revoked or token != self.secrets["ZALO_BOT_TOKEN"]:
            raise Refusal(401, "Unauthorized")
        if self.faults.busy > 0:
            self.faults.busy -= 1
            raise Refusal(429, "Too Many Requests")

    async def _file(self, request: Request) -> Response:
        found = self.files.get(request.path_params["name"])
        return Response(found[0], media_type=found[1]) if found else Response(status_code=404)

    async def _get_me(self, body: Json) -> Json:
        return BOT

    async def _get_updates(self, body: Json) -> Json:
        if self.webhook:
            raise Refusal(400, "Bad Request: a webhook is set")
        try:
            return await asyncio.wait_for(self.updates.get(), float(body.get("timeout") or 30))
        except asyncio.TimeoutError:
            raise Refusal(408, "Request timeout") from None
        except ValueError:
            raise Refusal(400, "Bad Request: timeout is invalid") from None

    async def _set_webhook(self, body: Json) -> Json:
        secret = _text(body, "secret_token")
        try:
            url = httpx.URL(_text(body, "url"))
        except httpx.InvalidURL:
            raise Refusal(400, "Bad Request: url is invalid") from None
        # The real one takes https only; here, ourselves too.
        if url.scheme != "https" and url.host not in ("127.0.0.1", "localhost"):
            raise Refusal(400, "Bad Request: url is not https")
        if not 8 <= len(secret) <= 256:
            raise Refusal(400, "Bad Request: secret_token has 8 to 256 characters")
        self.webhook, self.secret, self._set_at = str(url), secret, self.clock()
        return self._webhook()

    async def _delete_webhook(self, body: Json) -> Json:
        self.webhook, self._set_at = "", self.clock()
        return self._webhook()

    async def _webhook_info(self, body: Json) -> Json:
        if not self.webhook:
            raise Refusal(404, "Not Found")
        return self._webhook()

    def _webhook(self) -> Json:
        return {"url": self.webhook, "updated_at": _millis(self._set_at)}

    async def _send_message(self, body: Json) -> Json:
        return self._sent(body, text=_limited(_text(body, "text")))

    async def _send_photo(self, body: Json) -> Json:
        photo = _text(body, "photo")
        if not photo.startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: photo is not a URL")
        caption = _limited(_text(body, "caption")) if body.get("caption") else ""
        return self._sent(body, text=caption, pictures=[photo])

    async def _send_sticker(self, body: Json) -> Json:
        return self._sent(body, file=_text(body, "sticker"))

    async def _send_chat_action(self, body: Json) -> None:
        people = self._readers(body)
        if _text(body, "action") != "typing":
            raise Refusal(400, "Bad Request: action is invalid")
        for person in people:
            person.typing_until = self.clock() + TYPING

    def _sent(self, body: Json, **shown: Any) -> Json:
        people, now = self._readers(body), self.clock()
        month = f"{now:%Y-%m}"
        if self.sent.get(month, 0) >= MESSAGES_A_MONTH:
            raise Refusal(429, "Too Many Requests: quota exceeded")
        self.sent[month] = self.sent.get(month, 0) + 1
        bubble_id = _new_id()
        for person in people:
            self.show(person, Bubble(bubble_id, "business", now, **shown))
        return {"message_id": bubble_id, "date": _millis(now)}

    def _readers(self, body: Json) -> list[Person]:
        """Who reads what is said to this chat. Raises Refusal when the bot may not write to it."""
        chat = _text(body, "chat_id")
        ids = self.members if chat == self.group else [chat] if chat in self.users else []
        people = [self.people[each] for each in ids if not self.people[each].blocked]
        if not people:
            raise Refusal(400, "Bad Request: chat_id is invalid")
        return people

    # The phone

    def begin(self, name: str) -> Person:
        person = Person(_new_id(), name)
        self.people[person.id] = person
        return person

    async def act(self, person: Person, act: str, value: Json) -> None:
        """As in the base class, and group_say {text, mention}: in the group, where the platform
        hands over only what mentions the bot."""
        now = self.clock()
        bubble = Bubble(_new_id(), "customer", now)
        if act == "say":
            bubble.text = value["text"]
            self._write(person, bubble, "text", text=bubble.text)
        elif act == "attach":
            self._attach(person, bubble, value)
        elif act == "sticker":
            bubble.file = STICKER
            self.files[STICKER] = (PIXEL, "image/png")
            self._write(person, bubble, "sticker", sticker=STICKER, url=self._url(STICKER))
        elif act == "place":
            bubble.text = f"{value['latitude']}, {value['longitude']}"
            self._write(person, bubble, "unsupported")
        elif act == "contact":
            bubble.text = value["phone"]
            self._write(person, bubble, "unsupported")
        elif act == "group_say":
            bubble.text = value["text"]
            if value.get("mention"):
                bubble.text = f"@{BOT['display_name']} {bubble.text}"
                self._write(person, bubble, "text", chat=self.group, text=bubble.text)
            else:
                self.show(person, bubble)
        elif act == "see":
            for each in person.bubbles:
                each.seen = each.seen or each.by != "customer"
        elif act in ("block", "follow"):
            person.blocked = act == "block"  # the bot is not told
        elif act in ("react", "recall"):
            found = next(each for each in person.bubbles if each.id == value["bubble"])
            found.reaction = value.get("emoji", found.reaction)
            found.recalled = found.recalled or act == "recall"  # the bot is told neither
        else:
            raise NotImplementedError(f"Zalo Bot: {act}")

    def _attach(self, person: Person, bubble: Bubble, value: Json) -> None:
        name = value["file"]
        mime = self.files[name][1]
        bubble.text = value.get("text", "")
        if mime.startswith("image/"):
            bubble.pictures = [name]
            caption = {"caption": bubble.text} if bubble.text else {}
            self._write(person, bubble, "image", photo_url=self._url(name), **caption)
        else:
            bubble.file = name
            voice = {"voice_url": self._url(name)} if mime == "audio/aac" else {}
            self._write(person, bubble, "voice" if voice else "unsupported", **voice)

    def _write(
        self, person: Person, bubble: Bubble, kind: str, *, chat: str = "", **what: str
    ) -> None:
        """Shows what a person does, and tells the bot, unless it has its 50 users already."""
        self.show(person, bubble)
        person.wrote_at = bubble.at
        known = self.members if chat else self.users
        if person.id not in known:
            if not chat and len(self.users) >= USERS:
                return
            known.append(person.id)
        self._tell(
            {
                "event_name": f"message.{kind}.received",
                "message": {
                    "from": {"id": person.id, "display_name": person.name, "is_bot": False},
                    "chat": {
                        "id": chat or person.id,
                        "chat_type": "GROUP" if chat else "PRIVATE",
                    },
                    **what,
                    "message_id": bubble.id,
                    "date": _millis(bubble.at),
                },
            }
        )

    def _tell(self, update: Json) -> None:
        if not self.webhook:
            self.updates.put_nowait(update)
            return
        # As in live traffic; the documentation has {"ok", "result"} around it.
        headers = {"Content-Type": "application/json", "X-Bot-Api-Secret-Token": self.secret}
        self.post(json.dumps(update, ensure_ascii=False).encode(), headers)

    def _url(self, name: str) -> str:
        return f"{self.secrets['ZALO_BOT_API_URL'].rstrip('/')}/files/{quote(name)}"


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Refusal(400, f"Bad Request: {key} is missing")
    return value


def _limited(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise Refusal(400, "Bad Request: text is too long")
    return text


def _new_id() -> str:
    return secrets.token_hex(10)


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
