"""Telegram, by python-telegram-bot: its types read updates, its `Bot` sends.

Bot API 10.1; https://core.telegram.org/bots/api.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

import httpx
from telegram import Bot, BotCommand, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from connectors import errors, payload
from connectors.base import (
    Button,
    DeliveryError,
    Event,
    File,
    InboundMessage,
    Json,
    OutboundMessage,
    Pace,
    PermanentError,
    Profile,
    RetryableError,
    SignatureError,
    Tools,
    UnknownOutcomeError,
    WebhookRequest,
)
from connectors.http import LIMITS
from connectors.telegram import calls, events

logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines show the token

SIGNED: Final = "x-telegram-bot-api-secret-token"
UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL: Final = 25  # seconds
PHOTO: Final = 10 * 1024 * 1024  # bytes; a larger picture travels as a document
DESCRIPTION: Final = 512  # characters
UPLOAD: Final = 50 * 1024 * 1024
STATUS: Final = re.compile(r"\((\d{3})\)")  # at the end of PTB's words for a 5xx


class Telegram:
    """One bot."""

    name: ClassVar[str] = "telegram"
    settings: ClassVar[Mapping[str, str]] = {
        "TELEGRAM_BOT_TOKEN": "",
        "TELEGRAM_POLLING": "no",
        "TELEGRAM_API_URL": "https://api.telegram.org",
    }
    pace: ClassVar[Pace] = Pace(per_second=30, same_person=1.0)

    def __init__(self, values: Mapping[str, str], tools: Tools) -> None:
        self.polls = values["TELEGRAM_POLLING"] == "yes"
        self.username = ""  # known after `check`
        self._token = values["TELEGRAM_BOT_TOKEN"]
        self._api = values["TELEGRAM_API_URL"].rstrip("/")
        self._tools = tools
        self._made: Bot | None = None
        self._requests: tuple[HTTPXRequest, ...] = ()

    @property
    def webhook_secret(self) -> str:
        """What Telegram shows us with every update: made from the token, so nobody has to keep
        it."""
        return hashlib.sha256(b"carebot webhook " + self._token.encode()).hexdigest()

    @property
    def bot(self) -> Bot:
        """PTB's bot, for the running event loop."""
        if self._made is None:
            asking = HTTPXRequest(read_timeout=20, httpx_kwargs={"limits": LIMITS})
            waiting = HTTPXRequest(read_timeout=LONG_POLL + 10)
            self._requests = (asking, waiting)
            self._made = Bot(
                self._token,
                base_url=f"{self._api}/bot",
                base_file_url=f"{self._api}/file/bot",
                request=asking,
                get_updates_request=waiting,
            )
        return self._made

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get(SIGNED, "").encode()
        if not hmac.compare_digest(given, self.webhook_secret.encode()):
            raise SignatureError("the secret is not the one that was set with the webhook")

    def challenge(self, request: WebhookRequest) -> str | None:
        return None

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        return self._read(payload.parse(request.body))

    def _read(self, update: Json) -> list[Event]:
        return events.read(update, self._own_id, self.username, self._tools.clock())

    def render(self, message: OutboundMessage) -> Sequence[Json]:
        return calls.render(message)

    async def deliver(self, recipient_id: str, call: Json) -> str:
        arguments = {**call, "chat_id": recipient_id}
        method = arguments.pop("method")
        if "file" in arguments:
            method = await self._put_file(method, arguments)
        try:
            sent = await self._ask(lambda: self.bot.do_api_request(method, arguments))
        except PermanentError as refusal:
            # Whatever Telegram has against a picture: the words go without it.
            if not refusal.code.startswith("400") or refusal.unreachable or "caption" not in call:
                raise
            words = {"text": call["caption"], "reply_markup": call.get("reply_markup")}
            said = {"chat_id": recipient_id, **{key: words[key] for key in words if words[key]}}
            sent = await self._ask(lambda: self.bot.do_api_request("sendMessage", said))
        return events.message_id(recipient_id, sent["message_id"])

    async def _put_file(self, method: str, arguments: Json) -> str:
        """Puts the bytes where the method wants them; a picture that is too large for one travels
        as a document."""
        url = arguments.pop("file")
        if url.startswith("http"):
            arguments[calls.FIELDS[method]] = url
            return method
        file = await self._tools.read_file(url)
        if len(file.data) > UPLOAD:
            raise errors.error(self.name, "400/file is too big", "over 50 MB")
        if method == "sendPhoto" and len(file.data) > PHOTO:
            method = "sendDocument"
        arguments[calls.FIELDS[method]] = InputFile(file.data, filename=file.name)
        return method

    async def noticed(self, message: InboundMessage) -> None:
        """Frees a pressed button and takes the choice away: it was made. Shows that we write."""
        if message.callback:
            await self._leave(lambda: self.bot.answer_callback_query(message.callback))
            place = message.raw.get("message_id")
            if place:
                await self._leave(
                    lambda: self.bot.edit_message_reply_markup(message.sender_id, place)
                )
        await self._leave(lambda: self.bot.send_chat_action(message.sender_id, "typing"))

    async def _leave(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Makes a call whose failure harms nobody: too late, or nothing to change."""
        try:
            await self._ask(call)
        except DeliveryError as refusal:
            if isinstance(refusal, RetryableError):
                raise

    async def fetch(self, url: str) -> File:
        file = await self._ask(lambda: self.bot.get_file(url.removeprefix(events.FILE)))
        data = await self._ask(file.download_as_bytearray)
        return File(bytes(data), (file.file_path or "").rpartition("/")[2], "")

    async def profile(self, sender_id: str) -> Profile:
        photos = await self._ask(lambda: self.bot.get_user_profile_photos(int(sender_id), limit=1))
        sizes = photos.photos[0] if photos.photos else ()
        return Profile(avatar=f"{events.FILE}{sizes[0].file_id}" if sizes else "")

    async def check(self) -> str:
        me = await self._ask(self.bot.get_me)
        self.username = me.username or ""
        hook = await self._ask(self.bot.get_webhook_info)
        how = "polling" if self.polls else f"webhook {hook.url or '(none set)'}"
        late = f", {hook.pending_update_count} waiting" if hook.pending_update_count else ""
        wrong = f", last error: {hook.last_error_message}" if hook.last_error_message else ""
        return f"@{self.username}, {how}{late}{wrong}"

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None:
        if self.polls:
            await self._ask(self.bot.delete_webhook)
        else:
            await self._ask(
                lambda: self.bot.set_webhook(
                    webhook, secret_token=self.webhook_secret, allowed_updates=list(UPDATES)
                )
            )
        commands = [BotCommand(button.key.lstrip("#"), button.title) for button in menu]
        await self._ask(lambda: self.bot.set_my_commands(commands))
        await self._ask(lambda: self.bot.set_my_description(greeting[:DESCRIPTION]))

    async def poll(self, offset: int) -> tuple[Sequence[Event], int]:
        arguments = {
            "offset": offset,
            "timeout": LONG_POLL,
            "allowed_updates": list(UPDATES),
        }
        # The raw answer: one update that PTB cannot read must not hold back the others.
        updates = await self._ask(lambda: self.bot.do_api_request("getUpdates", arguments))
        found: list[Event] = []
        for update in updates:
            found += self._read(update)
            offset = max(offset, int(update["update_id"]) + 1)
        return found, offset

    async def close(self) -> None:
        for request in self._requests:  # Bot.shutdown does nothing without Bot.initialize
            await request.shutdown()
        self._made, self._requests = None, ()

    @property
    def _own_id(self) -> str:
        return self._token.partition(":")[0]

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Makes a call. Raises DeliveryError."""
        try:
            return await call()
        except RetryAfter as busy:
            wait = busy.retry_after
            seconds = wait if isinstance(wait, (int, float)) else wait.total_seconds()
            raise errors.error(self.name, "429", str(busy), float(seconds)) from busy
        except TelegramError as error:
            raise self._fate_of(error) from error

    def _fate_of(self, error: TelegramError) -> DeliveryError:
        if isinstance(error, ChatMigrated):
            return errors.error(self.name, "400/migrated", str(error))
        if isinstance(error, BadRequest):
            return errors.error(self.name, events.code_of(error.message), error.message)
        if isinstance(error, Forbidden):
            return errors.error(self.name, "403", error.message)
        if isinstance(error, Conflict):
            return errors.error(self.name, "409", error.message)
        if isinstance(error, InvalidToken):
            return errors.error(self.name, "401", error.message)
        if isinstance(error, NetworkError):
            cause = error.__cause__
            if isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)):
                away = not isinstance(cause, httpx.PoolTimeout)
                return RetryableError("no connection to Telegram", everybody=away)
            status = STATUS.search(error.message)
            if cause is None and status and status[1] in ("500", "503"):
                return errors.error(self.name, "500", error.message)
            return UnknownOutcomeError(type(error).__name__)
        return errors.error(self.name, type(error).__name__, error.message)
