"""The part of Meta's Graph API that a page's app needs: the page, its people and conversations."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.simulators.base import Json, Lost
from bot.simulators.messenger import limits
from bot.simulators.messenger.limits import GraphError
from bot.simulators.messenger.sending import Sending, recipient

if TYPE_CHECKING:
    from bot.simulators.messenger import MessengerSimulator

PROFILE_CALLS: Final = (10, timedelta(minutes=10))
OK: Final = {"success": True}


class GraphApi:
    """Answers the app's calls."""

    def __init__(self, phones: MessengerSimulator) -> None:
        self.phones = phones
        self.regain_minutes = 0  # what a throttled call is told to wait
        self.profile: Json = {"get_started": {"payload": "GET_STARTED"}}
        self.sending = Sending(phones)
        self._profile_calls: list[Any] = []
        self._edges: dict[tuple[str, str], Callable[[Json], Awaitable[Json]]] = {
            ("POST", "messages"): self.sending.messages,
            ("POST", "message_attachments"): self.sending.attachments,
            ("GET", "messenger_profile"): self._get_profile,
            ("POST", "messenger_profile"): self._set_profile,
            ("DELETE", "messenger_profile"): self._delete_profile,
            ("GET", "subscribed_apps"): self._get_subscribed,
            ("POST", "subscribed_apps"): self._subscribe,
            ("DELETE", "subscribed_apps"): self._unsubscribe,
            ("GET", "thread_owner"): self._thread_owner,
            ("POST", "pass_thread_control"): self._pass_control,
            ("POST", "take_thread_control"): self._take_control,
            ("POST", "release_thread_control"): self._take_control,
            ("POST", "request_thread_control"): self._request_control,
        }

    def routes(self) -> list[BaseRoute]:
        methods = ["GET", "POST", "DELETE"]
        return [
            Route("/media/{name:path}", self._media),
            Route("/{version}/{node}", self._call),
            Route("/{version}/{node}/{edge}", self._call, methods=methods),
        ]

    async def _media(self, request: Request) -> Response:
        found = self.phones.files.get(request.path_params["name"])
        return Response(found[0], media_type=found[1]) if found else Response(status_code=404)

    async def _call(self, request: Request) -> Response:
        node, edge = request.path_params["node"], request.path_params.get("edge", "")
        asked = await _asked(request)
        shown = {k: v.filename if isinstance(v, UploadFile) else v for k, v in asked.items()}
        for secret in ("access_token", "appsecret_proof"):
            shown.pop(secret, None)
        self.phones.calls.append((f"{request.method} {node}/{edge}".rstrip("/"), shown))
        fault = await self.phones.fault()
        if isinstance(fault, Response):
            return fault
        usage = {"x-app-usage": '{"call_count":1,"total_cputime":1,"total_time":1}'}
        try:
            self._let_in(request, asked)
            if edge:
                found = self._edges.get((request.method, edge))
                if found is None or node not in ("me", self.phones.page_id):
                    raise _nothing_there()
                answer = await found(asked)
            else:
                answer = self._node(node, asked)
        except GraphError as error:
            if error.code == 613:
                usage = self._throttled()
            return error.answer(usage)
        return Lost() if fault == "lose" else JSONResponse(answer, headers=usage)

    def _let_in(self, request: Request, asked: Json) -> None:
        """Raises GraphError unless the call has the page's token, and a proof that fits it."""
        token = asked.get("access_token")
        token = token or request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.phones.faults.revoked:
            message = "Error validating access token: The session has been invalidated"
            raise GraphError(message, 190, 460)
        if token != self.phones.secrets["MESSENGER_PAGE_TOKEN"]:
            raise GraphError("Invalid OAuth access token - Cannot parse access token", 190)
        secret = self.phones.secrets["MESSENGER_APP_SECRET"].encode()
        proof = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
        if asked.get("appsecret_proof", proof) != proof:
            raise GraphError("Invalid appsecret_proof provided in the API argument")
        if self.phones.faults.busy > 0:
            self.phones.faults.busy -= 1
            raise GraphError("Calls to this api have exceeded the rate limit", 613)

    def _throttled(self) -> dict[str, str]:
        account = {
            "type": "messenger",
            "call_count": 100,
            "total_cputime": 1,
            "total_time": 1,
            "estimated_time_to_regain_access": self.regain_minutes,
        }
        return {"x-business-use-case-usage": json.dumps({self.phones.page_id: [account]})}

    def _node(self, node: str, asked: Json) -> Json:
        if node in ("me", self.phones.page_id):
            return {"name": self.phones.page_name, "id": self.phones.page_id}
        person = self.phones.people.get(node)
        if person is None:
            raise _nothing_there()
        family, _, given = person.name.rpartition(" ")
        known = {
            "first_name": given,
            "last_name": family,
            "name": person.name,
            "profile_pic": self.phones.address("avatar.png"),
        }
        fields = str(asked.get("fields") or "first_name,last_name,profile_pic").split(",")
        return {name: known[name] for name in fields if name in known} | {"id": node}

    # The page

    async def _get_profile(self, asked: Json) -> Json:
        fields = str(asked.get("fields", "")).split(",")
        found = {name: value for name, value in self.profile.items() if name in fields}
        return {"data": [found] if found else []}

    async def _set_profile(self, asked: Json) -> Json:
        self._count_profile_call()
        names = ("get_started", "greeting", "ice_breakers", "persistent_menu")
        profile = self.profile | {name: asked[name] for name in names if name in asked}
        limits.check_profile(profile)
        self.profile = profile
        return {"result": "success"}

    async def _delete_profile(self, asked: Json) -> Json:
        self._count_profile_call()
        gone = asked.get("fields") or []
        self.profile = {name: value for name, value in self.profile.items() if name not in gone}
        return {"result": "success"}

    def _count_profile_call(self) -> None:
        most, span = PROFILE_CALLS
        now = self.phones.clock()
        self._profile_calls = [at for at in self._profile_calls if now - at < span]
        if len(self._profile_calls) >= most:
            raise GraphError("Calls to this api have exceeded the rate limit", 613)
        self._profile_calls.append(now)

    async def _get_subscribed(self, asked: Json) -> Json:
        fields = sorted(self.phones.subscribed)
        app = {"id": self.phones.app_id, "name": "Carebot", "subscribed_fields": fields}
        return {"data": [app] if fields else []}

    async def _subscribe(self, asked: Json) -> Json:
        fields = asked.get("subscribed_fields")
        if not fields:
            raise GraphError("Param subscribed_fields must be a non-empty list")
        self.phones.subscribed = {*(fields if isinstance(fields, list) else fields.split(","))}
        return OK

    async def _unsubscribe(self, asked: Json) -> Json:
        self.phones.subscribed = set()
        return OK

    # Whose a conversation is

    async def _thread_owner(self, asked: Json) -> Json:
        owner = self.phones.owners.get(str(asked.get("recipient")), self.phones.app_id)
        return {"data": [{"thread_owner": {"app_id": owner}}]}

    async def _pass_control(self, asked: Json) -> Json:
        person = recipient(self.phones, asked)
        self.phones.owners[person.id] = limits.text(
            {"target_app_id": str(asked.get("target_app_id", ""))}, "target_app_id", 40
        )
        return OK

    async def _take_control(self, asked: Json) -> Json:
        self.phones.owners.pop(recipient(self.phones, asked).id, None)
        return OK

    async def _request_control(self, asked: Json) -> Json:
        recipient(self.phones, asked)
        return OK


async def _asked(request: Request) -> Json:
    """The parameters of a call, from its address and its JSON, form or multipart body. In a form,
    objects are JSON. What cannot be read is not there."""
    asked: Json = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        body = _json(await request.body())
        return asked | (body if isinstance(body, dict) else {})
    for name, value in (await request.form()).items():
        is_json = isinstance(value, str) and value[:1] in ("{", "[")
        asked[name] = _json(value) if is_json else value
    return asked


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _nothing_there() -> GraphError:
    message = "Unsupported request. Object does not exist or cannot be loaded"
    return GraphError(message, 100, 33)
