"""Zalo Official Account, by the Open API v3: one event a webhook, one message a call."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

import httpx

from connectors import errors, payload
from connectors.base import (
    AuthError,
    Button,
    Event,
    File,
    InboundMessage,
    Json,
    OutboundMessage,
    Pace,
    Profile,
    RetryableError,
    SignatureError,
    Tokens,
    Tools,
    UnknownOutcomeError,
    WebhookRequest,
)
from connectors.http import Http, by_status, retry_after
from connectors.zalo import calls, events, fields, uploads
from connectors.zalo.tokens import CONSENT, consent_url, first_tokens, new_verifier, next_tokens

__all__ = ["ZaloOA", "consent_url", "first_tokens", "new_verifier"]

log = logging.getLogger(__name__)

OLDEST: Final = timedelta(hours=2)  # Zalo tries for 1 h 50 min
NEWEST: Final = timedelta(minutes=10)  # ahead of our clock
EARLY: Final = timedelta(hours=12)  # tokens are replaced before they end, when somebody looks
STALE_TOKEN: Final = ("-216", "-220")

_SIGNATURE = re.compile(r"(?:mac=)?([0-9a-f]{64})")


class ZaloOA:
    """An Official Account's channel."""

    name: ClassVar[str] = events.CHANNEL
    settings: ClassVar[Mapping[str, str]] = {
        "ZALO_APP_ID": "",
        "ZALO_APP_SECRET": "",
        "ZALO_OA_ID": "",
        "ZALO_OA_SECRET": "",  # "OA Secret Key" on the console's webhook page
        "ZALO_API_URL": "https://openapi.zalo.me",
        "ZALO_OAUTH_URL": "https://oauth.zaloapp.com",
    }
    pace: ClassVar[Pace] = Pace(per_second=60)  # 4 000 a minute for an app

    def __init__(self, values: Mapping[str, str], tools: Tools) -> None:
        self._values = values
        self._tools = tools
        self._http = Http()

    def verify(self, request: WebhookRequest) -> None:
        """The signature is over the body, its own timestamp, and two secrets; nothing in it keeps
        an event from being sent again, so old ones are refused too."""
        given = _SIGNATURE.fullmatch(request.headers.get("x-zevent-signature", "").strip())
        if given is None:
            raise SignatureError("no signature")
        data = _read(request.body)
        if not isinstance(data, dict):
            raise SignatureError("not an event")
        time = fields.timestamp(data)

        def fits(app: str, secret: str) -> bool:
            signed = self._values[app].encode() + request.body + time.encode("utf-8", "replace")
            due = hashlib.sha256(signed + self._values[secret].encode()).hexdigest()
            return hmac.compare_digest(due, given[1])

        if not fits("ZALO_APP_ID", "ZALO_OA_SECRET"):
            for pair in (
                ("ZALO_APP_ID", "ZALO_APP_SECRET"),
                ("ZALO_OA_ID", "ZALO_OA_SECRET"),
                ("ZALO_OA_ID", "ZALO_APP_SECRET"),
            ):
                if fits(*pair):
                    log.warning("zalo: events are signed with %s and %s: check the settings", *pair)
            raise SignatureError("the signature does not match")
        try:
            age = self._tools.clock() - fields.at(data)
        except fields.Odd as odd:
            raise SignatureError(str(odd)) from odd
        if age > OLDEST or age < -NEWEST:
            raise SignatureError(f"the event is of {age} ago")

    def challenge(self, request: WebhookRequest) -> str | None:
        return "" if request.method in ("GET", "HEAD") else None

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        return events.read(payload.parse(request.body), self._values["ZALO_OA_ID"])

    def render(self, message: OutboundMessage) -> Sequence[Json]:
        return calls.render(message)

    async def deliver(self, recipient_id: str, call: Json) -> str:
        if refused := call.get("refused"):
            raise errors.error(self.name, refused, "Zalo does not carry it")
        message = await self._filled(call)
        if recipient_id.startswith(events.ANONYMOUS):
            _, conversation, person = recipient_id.split(":", 2)
            recipient = {"anonymous_id": person, "conversation_id": conversation}
            path = "/v2.0/oa/message"
        else:
            recipient, path = {"user_id": recipient_id}, "/v3.0/oa/message/cs"
        done = await self._ask("POST", path, json={"recipient": recipient, "message": message})
        if not isinstance(done.get("message_id"), str):
            raise UnknownOutcomeError("taken without a message id")
        return str(done["message_id"])

    async def noticed(self, message: InboundMessage) -> None:
        """Zalo shows neither that a message was seen nor that one is being written."""

    async def fetch(self, url: str) -> File:
        return await self._http.download(url, self._values["ZALO_API_URL"])

    async def profile(self, sender_id: str) -> Profile:
        if sender_id.startswith(events.ANONYMOUS):
            return Profile()
        asked = json.dumps({"user_id": sender_id})
        data = await self._ask("GET", "/v3.0/oa/user/detail", params={"data": asked})
        shared = data.get("shared_info")
        shared = shared if isinstance(shared, dict) else {}
        facts = {key: str(shared[key]) for key in ("name", "phone", "address") if shared.get(key)}
        return Profile(str(data.get("display_name", "")), str(data.get("avatar", "")), facts)

    async def check(self) -> str:
        tokens = await self._tokens()
        if tokens.access_until - self._tools.clock() < EARLY:
            await self._tools.vault.renew(self.name, tokens, self._renewed)
        data = await self._ask("GET", "/v2.0/oa/getoa")
        found = str(data.get("oa_id") or data.get("oaid") or "")
        if found and found != self._values["ZALO_OA_ID"]:
            raise AuthError("consent needed: the tokens are of another account", CONSENT)
        return " · ".join(str(data[key]) for key in ("name", "package_name") if data.get(key))

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None:
        """Zalo takes nothing of it from a program: it is entered by hand."""

    async def close(self) -> None:
        await self._http.close()

    async def _filled(self, call: Json) -> Json:
        """The call's message, with what it shows uploaded."""
        message: Json = copy.deepcopy(call["message"])
        if "image" in call:
            file = await self._tools.read_file(call["image"])
            # Shrinking a photo takes a second or two.
            upload = await asyncio.to_thread(uploads.picture, file)
            element = message["attachment"]["payload"]["elements"][0]
            sent = await self._upload(upload)
            element.update(upload.element, attachment_id=sent["attachment_id"])
        if "file" in call:
            file = await self._tools.read_file(call["file"])
            sent = await self._upload(uploads.document(file, call["name"]))
            message["attachment"]["payload"]["token"] = sent["token"]
        return message

    async def _upload(self, upload: uploads.Upload) -> Json:
        file = {"file": (upload.file.name, upload.file.data, upload.file.mime)}
        try:
            sent = await self._ask("POST", f"/v2.0/oa/upload/{upload.kind}", files=file)
        except UnknownOutcomeError as lost:
            # The customer has got nothing yet.
            raise RetryableError(f"upload: {lost}") from lost
        if not isinstance(sent.get("token" if upload.kind == "file" else "attachment_id"), str):
            raise RetryableError("upload: taken without an id")
        return sent

    async def _ask(self, method: str, path: str, **more: Any) -> Json:
        """One call of the Open API, made again once with new tokens when the old do not count any
        more. Raises DeliveryError."""
        tokens = await self._tokens()
        answer = await self._request(method, path, tokens, **more)
        if _code(answer) in STALE_TOKEN:
            tokens = await self._tools.vault.renew(self.name, tokens, self._renewed)
            answer = await self._request(method, path, tokens, **more)
        data = _read(answer.content)
        code = _code(answer)
        if code == "0":
            found = data.get("data")
            return found if isinstance(found, dict) else {}
        if code:
            raise errors.error(self.name, code, str(data.get("message", "")), retry_after(answer))
        if answer.is_success:
            raise UnknownOutcomeError("an answer that says nothing")
        raise by_status(answer)

    async def _request(self, method: str, path: str, tokens: Tokens, **more: Any) -> httpx.Response:
        url = self._values["ZALO_API_URL"] + path
        return await self._http.request(
            method, url, headers={"access_token": tokens.access}, **more
        )

    async def _tokens(self) -> Tokens:
        tokens = await self._tools.vault.tokens(self.name)
        if tokens is None:
            raise AuthError("consent needed: there are no tokens yet", CONSENT)
        if tokens.access_until <= self._tools.clock():
            return await self._tools.vault.renew(self.name, tokens, self._renewed)
        return tokens

    async def _renewed(self, used: Tokens) -> Tokens:
        return await next_tokens(self._http, self._values, self._tools.clock, used)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(answer: httpx.Response) -> str:
    """Zalo's own: "0" when it was done, "" when the answer has none. Refusals too come with HTTP
    200."""
    data = _read(answer.content)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if isinstance(code, int | str) and not isinstance(code, bool) else ""
