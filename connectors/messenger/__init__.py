"""Facebook Messenger: a page's conversations, by Meta's Graph API."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import quote

import httpx

from connectors import errors, payload
from connectors.base import (
    AuthError,
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
    SignatureError,
    Tools,
    UnknownOutcomeError,
    WebhookRequest,
)
from connectors.http import LARGEST, Http, by_status, retry_after
from connectors.messenger import calls
from connectors.messenger.events import GET_STARTED, NAME, Reader

# What the app has to be subscribed to, for events.Reader to miss nothing.
FIELDS: Final = (
    "messages",
    "messaging_postbacks",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
)
GREETING: Final = 160  # characters


class Messenger:
    """One page."""

    name: ClassVar[str] = NAME
    settings: ClassVar[Mapping[str, str]] = {
        "MESSENGER_PAGE_ID": "",
        "MESSENGER_PAGE_TOKEN": "",
        "MESSENGER_APP_ID": "",
        "MESSENGER_APP_SECRET": "",
        "MESSENGER_VERIFY_TOKEN": "",
        "MESSENGER_API_URL": "https://graph.facebook.com",
        "MESSENGER_API_VERSION": "v25.0",
    }
    # Meta takes 300 a second of a page, but 10 with sound or video.
    pace: ClassVar[Pace] = Pace(per_second=100.0)

    def __init__(self, values: Mapping[str, str], tools: Tools) -> None:
        self._page_id = values["MESSENGER_PAGE_ID"]
        self._app_id = values["MESSENGER_APP_ID"]
        self._secret = values["MESSENGER_APP_SECRET"].encode()
        self._verify_token = values["MESSENGER_VERIFY_TOKEN"].encode()
        self._api = values["MESSENGER_API_URL"].rstrip("/")
        self._url = f"{self._api}/{values['MESSENGER_API_VERSION']}"
        token = values["MESSENGER_PAGE_TOKEN"]
        proof = hmac.new(self._secret, token.encode(), hashlib.sha256).hexdigest()
        self._credentials = {"access_token": token, "appsecret_proof": proof}
        self._reader = Reader(self._page_id, self._app_id)
        self._tools = tools
        self._http = Http()

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get("x-hub-signature-256", "").encode("utf-8", "replace")
        due = hmac.new(self._secret, request.body, hashlib.sha256).hexdigest()
        if not self._secret or not hmac.compare_digest(f"sha256={due}".encode(), given):
            raise SignatureError("not signed with the app's secret")

    def challenge(self, request: WebhookRequest) -> str | None:
        if request.query.get("hub.mode") != "subscribe":
            return None
        given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        if not self._verify_token or not hmac.compare_digest(self._verify_token, given):
            raise SignatureError("the verify token is another")
        return request.query.get("hub.challenge", "")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        return self._reader.events(payload.read(request.body))

    def render(self, message: OutboundMessage) -> Sequence[Json]:
        return calls.render(message)

    async def deliver(self, recipient_id: str, call: Json) -> str:
        body = {"recipient": {"id": recipient_id}, **call}
        sent = await self._upload(body) if "file" in call else await self._say(body)
        message_id = sent.get("message_id")
        if not isinstance(message_id, str):
            raise UnknownOutcomeError("taken, without an id")
        return message_id

    async def _say(self, body: Json) -> Json:
        return await self._graph("POST", f"{self._page_id}/messages", json=body)

    async def _upload(self, body: Json) -> Json:
        file = await self._tools.read_file(body.pop("file"))
        if len(file.data) > LARGEST:
            raise PermanentError("the file is over 25 MB")
        return await self._graph(
            "POST",
            f"{self._page_id}/messages",
            data={k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()},
            files={"filedata": (file.name, file.data, file.mime)},
        )

    async def noticed(self, message: InboundMessage) -> None:
        for action in ("mark_seen", "typing_on"):
            await self._say({"recipient": {"id": message.sender_id}, "sender_action": action})

    async def fetch(self, url: str) -> File:
        return await self._http.download(url, self._api)

    async def profile(self, sender_id: str) -> Profile:
        wanted = {"fields": "first_name,last_name,profile_pic"}
        found = await self._graph("GET", quote(sender_id, safe=""), params=wanted)
        facts = {name: str(found[name]) for name in ("first_name", "last_name") if found.get(name)}
        # Family name first, as Vietnamese names are written.
        name = " ".join(facts[part] for part in ("last_name", "first_name") if part in facts)
        return Profile(name, str(found.get("profile_pic") or ""), facts)

    async def check(self) -> str:
        me = await self._graph("GET", "me", params={"fields": "id,name"})
        if str(me.get("id")) != self._page_id:
            raise AuthError(f"the token is for {me.get('name')} ({me.get('id')})")
        apps = await self._graph("GET", f"{self._page_id}/subscribed_apps")
        fields = {
            str(field)
            for app in apps.get("data") or ()
            if str(app.get("id")) == self._app_id
            for field in app.get("subscribed_fields") or ()
        }
        missing = [field for field in FIELDS if field not in fields]
        if not fields:
            health = "chưa đăng ký nhận tin nhắn của Trang"
        elif missing:
            health = f"chưa đăng ký nhận {', '.join(missing)}"
        else:
            health = "đang nhận tin nhắn"
        return f"Trang {me.get('name')}: {health}"

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None:
        """The webhook's address is entered in the app's dashboard: no call sets it."""
        items = [
            {"type": "postback", "title": button.title, "payload": button.key} for button in menu
        ]
        await self._graph(
            "POST", f"{self._page_id}/subscribed_apps", json={"subscribed_fields": list(FIELDS)}
        )
        await self._graph(
            "POST",
            f"{self._page_id}/messenger_profile",
            json={
                "get_started": {"payload": GET_STARTED},
                "greeting": [{"locale": "default", "text": greeting[:GREETING]}],
                "persistent_menu": [{"locale": "default", "call_to_actions": items}],
            },
        )

    async def close(self) -> None:
        await self._http.close()

    async def _graph(self, method: str, path: str, **more: Any) -> Json:
        more["params"] = {**more.get("params", {}), **self._credentials}
        answer = await self._http.request(method, f"{self._url}/{path}", **more)
        try:
            data = answer.json()
        except ValueError:
            data = None
        if answer.is_success and isinstance(data, dict) and "error" not in data:
            return data
        if isinstance(data, dict) and isinstance(data.get("error"), dict):
            raise _refusal(answer, data["error"])
        if answer.is_success:
            raise UnknownOutcomeError("the answer cannot be read")
        raise by_status(answer)


def _refusal(answer: httpx.Response, error: Json) -> DeliveryError:
    code, subcode = str(error.get("code", "")), str(error.get("error_subcode") or "")
    known = errors.meanings(NAME)
    # Some subcodes mean the same under any code.
    name = next(
        (each for each in (f"{code}/{subcode}", subcode) if each in known),
        f"{code}/{subcode}" if subcode else code,
    )
    if errors.meaning(NAME, name) is None and answer.is_server_error:
        return by_status(answer)
    reason = f"{name} {error.get('type', '')}"  # the message may quote what we sent
    return errors.error(NAME, name, reason, _wait(answer))


def _wait(answer: httpx.Response) -> float | None:
    """Seconds until Meta takes calls again, when it says so."""
    try:
        usage = json.loads(answer.headers["x-business-use-case-usage"])
        minutes = [
            float(each["estimated_time_to_regain_access"])
            for account in usage.values()
            for each in account
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        minutes = []
    return max(minutes, default=0) * 60 or retry_after(answer)
