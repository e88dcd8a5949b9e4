"""The pretend Telegram: the Bot API as a customer-care bot uses it. `telegram_phone` is the app in
a person's hand."""

from __future__ import annotations

import re
import secrets as randoms
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.simulators import telegram_checks as checks
from bot.simulators import telegram_phone as phone
from bot.simulators.base import Bubble, Choice, Json, Lost, Person, Simulator
from bot.simulators.parameters import logged, parameters
from bot.simulators.telegram_checks import Refusal, bad
from bot.simulators.telegram_files import Files
from bot.simulators.telegram_phone import BOT, GROUP
from bot.simulators.telegram_updates import Updates

TYPING = timedelta(seconds=5)
ACTIONS = ("typing", "upload_photo", "upload_document", "upload_video", "upload_voice")


class TelegramSimulator(Simulator):
    """A bot of Telegram's. Its webhook is set from the start; `deleteWebhook` turns to polling.

    The connector has no setting for the webhook's secret, it makes one from the token: who starts
    the simulator gives it as TELEGRAM_WEBHOOK_SECRET, or calls `setWebhook`. The token begins with
    the bot's id, as real ones do: 700000001.
    """

    name: ClassVar[str] = "telegram"
    title: ClassVar[str] = "Telegram"

    def __init__(
        self,
        webhook: str,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
        http: httpx.AsyncClient,
    ) -> None:
        super().__init__(webhook, secrets, clock, http)
        self.updates = Updates(http, clock, lambda: self.faults, self._posting)
        self.updates.url = webhook
        self.updates.secret = secrets.get("TELEGRAM_WEBHOOK_SECRET", "")
        self.kept = Files(self.files, http)
        self.messages: dict[tuple[int, int], Json] = {}  # by chat and message, as Telegram shows it
        self.members: list[str] = []  # who has spoken in the group
        self.presses: dict[str, datetime] = {}  # callback queries, when they were made
        self.avatars: dict[str, bytes] = {}  # by person
        self.told: Json = {}  # what the bot has set: commands, descriptions
        self._methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getme": self._get_me,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "sendphoto": lambda body: self._send_file(body, "photo"),
            "senddocument": lambda body: self._send_file(body, "document"),
            "sendvoice": lambda body: self._send_file(body, "voice"),
            "sendvideo": lambda body: self._send_file(body, "video"),
            "sendmediagroup": self._send_album,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "answercallbackquery": self._answer_press,
            "getfile": self._get_file,
            "getuserprofilephotos": self._profile_photos,
            "setmycommands": self._set_commands,
            "setmydescription": lambda body: self._describe(body, "description", 512),
            "setmyshortdescription": lambda body: self._describe(body, "short_description", 120),
        }

    def begin(self, name: str) -> Person:
        person = Person(str(153341073 + self.number()), name)
        self.people[person.id] = person
        return person

    async def act(self, person: Person, act: str, value: Json) -> None:
        """As in the base class, and group_say {text, mention}: said in a group that the bot is
        in, and reads all of."""
        phone.act(self, person, act, value)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/bot{token}/{method}", self._api, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download),
        ]

    async def _api(self, request: Request) -> Response:
        method, body = request.path_params["method"], await parameters(request)
        self.calls.append((method, logged(body)))
        fault = await self.fault()
        if isinstance(fault, Response):
            return fault
        try:
            self._let_in(request.path_params["token"])
            if method.lower() not in self._methods:
                raise Refusal(404, "Not Found: method not found")
            result = await self._methods[method.lower()](body)
        except Refusal as refusal:
            said = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
            if refusal.parameters:
                said["parameters"] = refusal.parameters
            return JSONResponse(said, refusal.code)
        return Lost() if fault == "lose" else JSONResponse({"ok": True, "result": result})

    def _let_in(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if self.faults.revoked or token != self.secrets["TELEGRAM_BOT_TOKEN"]:
            raise Refusal(401, "Unauthorized")
        if self.faults.busy > 0:
            self.faults.busy -= 1
            raise Refusal(429, "Too Many Requests: retry after 7", retry_after=7)

    async def _get_me(self, body: Json) -> Json:
        may = {"can_join_groups": True, "can_read_all_group_messages": True}
        return {**BOT, **may, "supports_inline_queries": False}

    # Updates

    async def _set_webhook(self, body: Json) -> bool:
        url, secret = (
            checks.value(body, "url", str, ""),
            checks.value(body, "secret_token", str, ""),
        )
        place = httpx.URL(url)
        # The real one takes https on these ports only; here, ourselves too.
        ours = place.host in ("127.0.0.1", "localhost")
        if url and not ours and place.scheme != "https":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if url and not ours and (place.port or 443) not in (80, 88, 443, 8443):
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch(r"[\w-]{0,256}", secret, re.ASCII):
            raise bad("secret token contains unallowed characters")
        self._set(body, url, secret)
        return True

    async def _delete_webhook(self, body: Json) -> bool:
        self._set(body, "", "")
        return True

    def _set(self, body: Json, url: str, secret: str) -> None:
        updates = self.updates
        updates.url, updates.secret = url, secret
        updates.allowed = checks.value(body, "allowed_updates", list, updates.allowed)
        if checks.value(body, "drop_pending_updates", bool, False):
            updates.pending.clear()
        updates.post()

    async def _webhook_info(self, body: Json) -> Json:
        updates = self.updates
        return {
            "url": updates.url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
            "allowed_updates": updates.allowed,
            **updates.last_error,
        }

    async def _get_updates(self, body: Json) -> list[Json]:
        self.updates.allowed = checks.value(body, "allowed_updates", list, self.updates.allowed)
        offset, limit = checks.value(body, "offset", int, 0), checks.value(body, "limit", int, 100)
        return await self.updates.take(offset, limit, checks.value(body, "timeout", int, 0))

    # Messages

    async def _send_message(self, body: Json) -> Json:
        said = checks.text(body)
        checks.value(body, "link_preview_options", dict)
        return self._sent(body, {"text": said}, text=said)

    async def _send_chat_action(self, body: Json) -> bool:
        _, people = self._chat(body)
        if checks.value(body, "action", str, "") not in ACTIONS:
            raise bad("wrong parameter action in request")
        for person in people:
            person.typing_until = self.clock() + TYPING
        return True

    def _sent(self, body: Json, content: Json, **shown: Any) -> Json:
        markup, (chat, people) = checks.keyboard(body), self._chat(body)
        now = self.clock()
        message = self.message(BOT, chat, now, **content)
        if "inline_keyboard" in markup:
            message["reply_markup"] = markup
        for person in people:
            bubble = Bubble(str(message["message_id"]), "business", now, **shown)
            bubble.buttons, bubble.quick = _choices(markup, "inline_"), _choices(markup, "")
            self.show(person, bubble)
        return message

    def message(self, sender: Json, chat: Json, now: datetime, **content: Any) -> Json:
        """A new message as Telegram shows it, and keeps it."""
        number = 1000 + self.number()
        made: Json = {
            "message_id": number,
            "from": sender,
            "chat": chat,
            "date": int(now.timestamp()),
            **content,
        }
        self.messages[chat["id"], number] = made
        return made

    def _chat(self, body: Json) -> tuple[Json, list[Person]]:
        """The chat that is meant, and who reads it. Raises Refusal when the bot may not write."""
        chat_id = str(body.get("chat_id", ""))
        if chat_id == str(GROUP["id"]):
            return GROUP, [self.people[each] for each in self.members]
        person = self.people.get(chat_id)
        if person is None:
            raise bad("chat not found")
        if person.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if person.wrote_at is None:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return phone.chat_of(person), [person]

    # Changes

    async def _edit_text(self, body: Json) -> Json:
        return self._edit(body, checks.text(body))

    async def _edit_markup(self, body: Json) -> Json:
        return self._edit(body, None)

    def _edit(self, body: Json, said: str | None) -> Json:
        markup, (chat, people) = checks.keyboard(body), self._chat(body)
        number = checks.value(body, "message_id", int, 0)
        message = self.messages.get((chat["id"], number))
        if message is None:
            raise bad("message to edit not found")
        if message["from"] != BOT:
            raise bad("message can't be edited")
        if said in (None, message.get("text")) and markup == message.get("reply_markup", {}):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        if said is not None:
            message |= {"text": said, "edit_date": int(self.clock().timestamp())}
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        for bubble in (each for person in people for each in person.bubbles):
            if bubble.id == str(number):
                bubble.text = said or bubble.text
                bubble.buttons = _choices(markup, "inline_")
        return message

    async def _answer_press(self, body: Json) -> bool:
        made = self.presses.get(checks.value(body, "callback_query_id", str, ""))
        if made is None or self.clock() - made > timedelta(minutes=15):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(checks.value(body, "text", str, "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        return True

    # Files

    async def _send_file(self, body: Json, kind: str) -> Json:
        said, what = checks.caption(body), await self.kept.given(body, kind, body.get(kind))
        return self._sent(body, _captioned(what, said), text=said, **_shown(what))

    async def _send_album(self, body: Json) -> list[Json]:
        media = checks.value(body, "media", list, [])
        if not 2 <= len(media) <= 10:
            raise bad("wrong number of items in the media group: 2 to 10 are allowed")
        album = str(randoms.randbits(53))
        found: list[tuple[str, Json]] = []
        for item in media:
            kind = item.get("type", "")
            if kind not in ("photo", "video", "document", "audio"):
                raise bad("can't parse InputMedia: wrong type")
            found.append(
                (checks.caption(item), await self.kept.given(body, kind, item.get("media")))
            )
        return [
            self._sent(
                {"chat_id": body.get("chat_id")},
                {"media_group_id": album, **_captioned(what, said)},
                text=said,
                **_shown(what),
            )
            for said, what in found
        ]

    async def _get_file(self, body: Json) -> Json:
        return self.kept.place(checks.value(body, "file_id", str, ""))

    async def _download(self, request: Request) -> Response:
        found = self.kept.at(request.path_params["path"])
        if request.path_params["token"] != self.secrets["TELEGRAM_BOT_TOKEN"] or found is None:
            return Response(status_code=404)
        return Response(found, media_type="application/octet-stream")

    async def _profile_photos(self, body: Json) -> Json:
        picture = self.avatars.get(str(body.get("user_id")))
        photos = [self.kept.keep("photo", picture, "", "image/jpeg")["photo"]] if picture else []
        return {"total_count": len(photos), "photos": photos}

    # The bot's own page

    async def _set_commands(self, body: Json) -> bool:
        commands = checks.value(body, "commands", list, [])
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", each.get("command", "")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(each.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.told["commands"] = commands
        return True

    async def _describe(self, body: Json, key: str, limit: int) -> bool:
        said = checks.value(body, key, str, "")
        if len(said) > limit:
            raise bad(f"BOT_{key.upper()}_TOO_LONG")
        self.told[key] = said
        return True


def _choices(markup: Json, prefix: str) -> list[Choice]:
    return [
        Choice(button, "")
        if isinstance(button, str)
        else Choice(button["text"], button.get("callback_data", ""), button.get("url", ""))
        for row in markup.get(f"{prefix}keyboard", [])
        for button in row
    ]


def _captioned(what: Json, said: str) -> Json:
    return {**what, **({"caption": said} if said else {})}


def _shown(what: Json) -> Json:
    """How a file stands on the screen."""
    ((kind, made),) = what.items()
    if kind == "photo":
        return {"pictures": [made[-1]["file_id"]]}
    return {"file": str(made.get("file_name", kind))}
