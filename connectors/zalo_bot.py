"""Zalo Bot Platform (bot.zaloplatforms.com): bots that any Zalo account makes. Not the Official
Account. https://bot.zaloplatforms.com/docs; what traffic shows otherwise is said where it matters.

It has no buttons, cards, files, edits or receipts: choices are written as numbers to type, a card
is a picture with words under it. In a group it hands over only what mentions or answers the bot.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, ClassVar, Final

import httpx

from connectors import errors, payload
from connectors.base import (
    Attachment,
    Button,
    DeliveryError,
    Event,
    File,
    InboundMessage,
    Json,
    OutboundMessage,
    Pace,
    Profile,
    SignatureError,
    Tools,
    UnknownOutcomeError,
    Unread,
    WebhookRequest,
)
from connectors.http import TIMEOUT, Http, retry_after
from connectors.text import joined, numbered, split, written

TEXT_LIMIT: Final = 2000  # characters, of a text and of a caption
POLL_SECONDS: Final = 30

# The documentation names the first; other names are published too.
SECRET_HEADERS: Final = (
    "x-bot-api-secret-token",
    "x-zalo-bot-api-secret-token",
    "x-zalo-bot-secret-token",
)
# A gateway that says so cannot tell whether the message behind it was taken.
_UNSURE: Final = frozenset({"408", "502", "504"})


class ZaloBot:
    """The channel of one bot."""

    name: ClassVar[str] = "zalo_bot"
    settings: ClassVar[Mapping[str, str]] = {
        "ZALO_BOT_TOKEN": "",
        "ZALO_BOT_SECRET": "",  # 8 to 256 characters
        "ZALO_BOT_API_URL": "https://bot-api.zaloplatforms.com",
        "ZALO_BOT_POLLING": "no",  # yes: getUpdates, which loses what is lost on its way
    }
    pace: ClassVar[Pace] = Pace(per_second=5.0)  # none is published

    def __init__(self, values: Mapping[str, str], tools: Tools) -> None:
        self.polls = values["ZALO_BOT_POLLING"] == "yes"
        self._secret = values["ZALO_BOT_SECRET"].encode()
        self._api = values["ZALO_BOT_API_URL"].rstrip("/")
        self._token = values["ZALO_BOT_TOKEN"]
        self._http = Http()

    def verify(self, request: WebhookRequest) -> None:
        given = [request.headers[name] for name in SECRET_HEADERS if name in request.headers]
        matches = [
            hmac.compare_digest(each.encode("utf-8", "replace"), self._secret) for each in given
        ]
        if not self._secret or not any(matches):
            raise SignatureError("the secret header is missing or wrong")

    def challenge(self, request: WebhookRequest) -> str | None:
        """There is no handshake, but the platform may look whether somebody answers."""
        return "Success" if request.method == "GET" else None

    def parse(self, request: WebhookRequest) -> list[Event]:
        data = payload.parse(request.body)
        # The documentation wraps the update as {"ok", "result"}; live traffic does not.
        inner = data.get("result")
        return _events(inner if isinstance(inner, dict) else data)

    def render(self, message: OutboundMessage) -> list[Json]:
        """Text with its choices, then cards, then files. The choices count on through the cards:
        a number means one thing in a message. A card's picture that only we can read stays out;
        a file that only we can read is a call that `deliver` refuses."""
        calls = [_say(part) for part in _parts(message.text, numbered(message.buttons))]
        number = 1 + _choices(message.buttons)
        for card in message.cards:
            words = _parts(written(card), numbered(card.buttons, number))
            number += _choices(card.buttons)
            if _is_public(card.image):
                calls.append(_show(card.image, *words[:1]))
                words = words[1:]
            calls += map(_say, words)
        for file in message.attachments:
            if file.kind == "image" or not _is_public(file.url):
                calls.append(_show(file.url))
            else:
                calls.append(_say(f"{file.name}: {file.url}" if file.name else file.url))
        return calls

    async def deliver(self, recipient_id: str, call: Json) -> str:
        if "photo" in call and not _is_public(call["photo"]):
            raise errors.error(
                self.name, "file", "the platform fetches files from public addresses"
            )
        method, body = call["method"], {key: call[key] for key in call if key != "method"}
        answer = await self._call(method, {"chat_id": recipient_id, **body})
        result = answer.get("result")
        return str(result.get("message_id", "")) if isinstance(result, dict) else ""

    async def noticed(self, message: InboundMessage) -> None:
        await self._call("sendChatAction", {"chat_id": message.sender_id, "action": "typing"})

    async def fetch(self, url: str) -> File:
        if not url:
            raise errors.error(self.name, "hidden", "the platform hands over no such files")
        return await self._http.download(url, self._api)

    async def profile(self, sender_id: str) -> Profile:
        """Nothing: a name comes with each message, and more is not told."""
        return Profile()

    async def check(self) -> str:
        me = (await self._call("getMe", {})).get("result")
        names = me if isinstance(me, dict) else {}
        return str(names.get("display_name") or names.get("account_name") or "Zalo Bot")

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None:
        """There is neither a menu nor a greeting to set."""
        if self.polls:
            await self._call("deleteWebhook", {})
        else:
            await self._call("setWebhook", {"url": webhook, "secret_token": self._secret.decode()})

    async def poll(self, offset: int) -> tuple[list[Event], int]:
        """One update at most; there are no offsets, so what is lost on its way is lost."""
        wait = httpx.Timeout(POLL_SECONDS + 10, connect=TIMEOUT.connect)
        try:
            answer = await self._call("getUpdates", {"timeout": str(POLL_SECONDS)}, timeout=wait)
        except DeliveryError as error:
            if error.code == "408":  # nothing came
                return [], offset
            raise
        update = answer.get("result")
        return (_events(update) if isinstance(update, dict) else []), offset

    async def close(self) -> None:
        await self._http.close()

    async def _call(self, method: str, body: Json, **more: Any) -> Json:
        """The answer of a method. Raises DeliveryError, by the table of codes."""
        url = f"{self._api}/bot{self._token}/{method}"
        answer = await self._http.request("POST", url, json=body, **more)
        try:
            data = answer.json()
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and data.get("ok") is True and answer.is_success:
            return data
        # The status may be 200 all the same; a gateway's error is no JSON.
        said = data if isinstance(data, dict) else {}
        code = str(said.get("error_code") or answer.status_code)
        reason = f"{method}: {code} {said.get('description') or ''}".strip()
        if method.startswith("send") and (code in _UNSURE or code == "200"):
            raise UnknownOutcomeError(reason, code)
        raise errors.error(self.name, code, reason, retry_after(answer))


def _events(update: Json) -> list[Event]:
    try:
        message = _message(update)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        return [Unread(ZaloBot.name, str(error), update)]
    return [message] if message else []


def _message(update: Json) -> InboundMessage | None:
    """What a person wrote; None for what a bot wrote. Raises one of _events' errors."""
    event, message = update.get("event_name"), _object(update, "message")
    sender, chat = _object(message, "from"), _object(message, "chat")
    if sender.get("is_bot"):
        return None
    date = message.get("date")
    if isinstance(date, bool) or not isinstance(date, int | float):
        raise TypeError("date is no number")
    text, attachments = _content(event, message)
    return InboundMessage(
        channel=ZaloBot.name,
        external_id=_id(message, "message_id"),
        sender_id=_id(chat, "id"),
        sent_at=datetime.fromtimestamp(date / 1000, timezone.utc),
        text=text,
        attachments=attachments,
        sender_name=_first(sender, "display_name", "name"),
        in_group=chat.get("chat_type") == "GROUP",
        raw=update,
    )


def _content(event: object, message: Json) -> tuple[str, tuple[Attachment, ...]]:
    # Documentation and live traffic call the picture's field differently.
    if event in ("message.text.received", "message.link.received"):
        if not (text := _first(message, "text")):
            raise ValueError("text without text")
        return text, ()
    if event == "message.image.received":
        attachment = Attachment("image", _first(message, "photo_url", "photo"))
    elif event == "message.sticker.received":
        attachment = Attachment("sticker", _first(message, "url"), _first(message, "sticker"))
    elif event == "message.voice.received":
        attachment = Attachment("audio", _first(message, "voice_url", "voice"))
    elif event == "message.unsupported.received":
        # A document, a place, a contact…: that it was sent is all that we are told.
        attachment = Attachment("file", "")
    else:
        raise ValueError("unknown event")
    return _first(message, "caption"), (attachment,)


def _object(data: Json, key: str) -> Json:
    value = data.get(key)
    if not isinstance(value, dict):
        raise TypeError(f"{key} is no object")
    return value


def _id(data: Json, key: str) -> str:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise TypeError(f"{key} is no id")
    return str(value)


def _first(data: Json, *keys: str) -> str:
    """The first text among these fields, "" without one."""
    values = (data.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value), "")


def _parts(text: str, choices: str) -> list[str]:
    return split(joined(text, choices), TEXT_LIMIT)


def _choices(buttons: Sequence[Button]) -> int:
    return sum(not button.url for button in buttons)


def _is_public(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _say(text: str) -> Json:
    return {"method": "sendMessage", "text": text}


def _show(photo: str, *caption: str) -> Json:
    return {"method": "sendPhoto", "photo": photo, **({"caption": caption[0]} if caption else {})}
