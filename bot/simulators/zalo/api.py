"""The Open API v3, as far as customer care needs it: messages, uploads, people, the account."""

from __future__ import annotations

import json
import mimetypes
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.simulators.base import Bubble, Choice, Json, Lost, Person

if TYPE_CHECKING:
    from bot.simulators.zalo import ZaloSimulator

FREE: Final = timedelta(hours=48)
WINDOW: Final = timedelta(days=7)
REPLIES: Final = 8  # what `quota` counts
MB: Final = 1024 * 1024
UPLOADS: Final = {  # kind: bytes, mimes
    "image": (MB, ("image/jpeg", "image/png")),
    "gif": (5 * MB, ("image/gif",)),
    "file": (5 * MB, ()),
}
DOCUMENTS: Final = (".pdf", ".doc", ".docx", ".csv")


class Refusal(Exception):
    """A number and words, which come with HTTP 200."""


class OpenApi:
    """What programs may ask of an Official Account."""

    def __init__(self, zalo: ZaloSimulator) -> None:
        self.zalo = zalo
        self.uploaded: dict[str, str] = {}  # id or token: its name in the simulator's `files`
        self.replies: dict[str, int] = {}  # said to a person since they wrote

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v3.0/oa/message/cs", self._api(self._send), methods=["POST"]),
            Route("/v2.0/oa/message", self._api(self._send), methods=["POST"]),
            Route("/v2.0/oa/upload/{kind}", self._api(self._upload), methods=["POST"]),
            Route("/v3.0/oa/user/detail", self._api(self._detail)),
            Route("/v2.0/oa/getoa", self._api(self._account)),
            Route("/files/{name}", self._file),
        ]

    def _api(self, do: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            fault = await self.zalo.fault()
            if isinstance(fault, Response):
                return fault
            try:
                self._let_in(request)
                data = await do(request)
                answer = {"data": data, "error": 0, "message": "Success"}
            except Refusal as refusal:
                code, words = refusal.args
                answer = {"error": code, "message": words}
            return Lost() if fault == "lose" else JSONResponse(answer)

        return endpoint

    def _let_in(self, request: Request) -> None:
        until = self.zalo.consent.access.get(request.headers.get("access_token", ""))
        if self.zalo.faults.revoked or until is None:
            raise Refusal(-216, "Access token is invalid")
        if until <= self.zalo.clock():
            raise Refusal(-216, "Access token has expired")
        if self.zalo.faults.busy > 0:
            self.zalo.faults.busy -= 1
            raise Refusal(-32, "Application has exceeded the rate limit")

    async def _send(self, request: Request) -> Json:
        try:
            body = json.loads(await request.body())
            recipient, message = body["recipient"], body.get("message", {})
            attachment = message.get("attachment") or {}
            payload = attachment.get("payload") or {}
        except (ValueError, KeyError, AttributeError) as error:
            raise Refusal(-201, "Params is invalid") from error
        self.zalo.calls.append((request.url.path.rpartition("/")[2], body))
        person = self._recipient(recipient)
        kind = self._kind(message, attachment, payload)
        quota = self._quota(person)
        bubble = self._bubble(message, payload)
        self.zalo.show(person, bubble)
        self.zalo.tell(person, f"oa_send_{kind}", self.zalo.echoed(bubble), by_account=True)
        if "user_id" in recipient:
            received = {"msg_id": bubble.id}
            self.zalo.tell(person, "user_received_message", received, by_account=True)
        sent = str(milliseconds(bubble.at))
        whom = {key: value for key, value in recipient.items() if key != "conversation_id"}
        return {"message_id": bubble.id, **whom, "sent_time": sent, "quota": quota}

    def _recipient(self, recipient: Json) -> Person:
        if "anonymous_id" in recipient:
            wanted = f"anon:{recipient.get('conversation_id')}:{recipient['anonymous_id']}"
        else:
            wanted = str(recipient.get("user_id", ""))
        person = self.zalo.people.get(wanted)
        if person is None:
            raise Refusal(-210, "user_id is invalid")
        if person.blocked:
            raise Refusal(-213, "User has not followed OA")
        wrote, now = person.wrote_at, self.zalo.clock()
        if self.zalo.faults.closed or wrote is None or now - wrote > WINDOW:
            raise Refusal(-230, "User has not interacted with the OA in the past 7 days")
        return person

    def _kind(self, message: Json, attachment: Json, payload: Json) -> str:
        """What the message is, once it is within the limits."""
        text = message.get("text", "")
        if not isinstance(text, str) or len(text) > 2000 or not (text or attachment):
            raise Refusal(-201, "Params is invalid: text")
        buttons = payload.get("buttons", [])
        if len(buttons) > 5 or any(len(each["title"]) > 100 for each in buttons):
            raise Refusal(-201, "Params is invalid: buttons")
        if attachment.get("type") == "file":
            if payload.get("token") not in self.uploaded:
                raise Refusal(-100, "Attachment has expired")
            return "file"
        for element in payload.get("elements", []):
            if element.get("media_type") not in ("image", "gif", "sticker"):
                raise Refusal(-233, "Message type is invalid")
            if "url" not in element and element.get("attachment_id") not in self.uploaded:
                raise Refusal(-100, "Attachment has expired")
            return str(element["media_type"])
        if buttons and not text:
            raise Refusal(-201, "Params is invalid: text")
        return "text"

    def _quota(self, person: Person) -> Json:
        assert person.wrote_at is not None  # the window is open
        said = self.replies[person.id] = self.replies.get(person.id, 0) + 1
        free = self.zalo.clock() - person.wrote_at <= FREE
        return {
            "quota_type": "reply" if free else "sub_quota",
            "remain": str(max(0, REPLIES - said)),
            "total": str(REPLIES),
        }

    def _bubble(self, message: Json, payload: Json) -> Bubble:
        pictures, file = [], ""
        for element in payload.get("elements", []):
            pictures.append(
                element.get("url") or self.zalo.address(self.uploaded[element["attachment_id"]])
            )
        if "token" in payload:
            file = self.uploaded[payload["token"]]
        return Bubble(
            id=self.zalo.message_id(),
            by="business",
            at=self.zalo.clock(),
            text=message.get("text", ""),
            buttons=[_choice(button) for button in payload.get("buttons", [])],
            pictures=pictures,
            file=file,
        )

    async def _upload(self, request: Request) -> Json:
        kind = request.path_params["kind"]
        form = await request.form()
        file = form.get("file")
        if kind not in UPLOADS or file is None or isinstance(file, str):
            raise Refusal(-201, "Params is invalid: file")
        data, name = await file.read(), file.filename or ""
        mime = file.content_type or mimetypes.guess_type(name)[0] or ""
        self.zalo.calls.append((f"upload/{kind}", {"name": name, "mime": mime, "size": len(data)}))
        largest, mimes = UPLOADS[kind]
        fits = mime in mimes if mimes else name.lower().endswith(DOCUMENTS)
        if not fits or len(data) > largest:
            raise Refusal(-201, "Params is invalid: file type or size")
        given = secrets.token_urlsafe(40)
        kept = f"{self.zalo.number()}-{name}"
        self.zalo.files[kept] = (data, mime)
        self.uploaded[given] = kept
        return {"token" if kind == "file" else "attachment_id": given}

    async def _detail(self, request: Request) -> Json:
        person = self.zalo.people.get(str(_asked(request).get("user_id", "")))
        if person is None:
            raise Refusal(-210, "user_id is invalid")
        wrote = person.wrote_at or self.zalo.clock()
        return {
            "user_id": person.id,
            "user_id_by_app": f"5{person.id[1:]}",
            "display_name": person.name,
            "user_alias": "",
            "is_sensitive": False,
            "user_is_follower": not person.blocked,
            "user_last_interaction_date": wrote.strftime("%d/%m/%Y"),
            "avatar": "",
            "avatars": {"120": "", "240": ""},
            "tags_and_notes_info": {"tag_names": [], "notes": []},
            "shared_info": {"name": "", "phone": 0, "address": ""},
        }

    async def _account(self, request: Request) -> Json:
        return {
            "oaid": self.zalo.secrets["ZALO_OA_ID"],
            "name": "Cửa hàng",
            "description": "",
            "oa_alias": "",
            "is_verified": True,
            "oa_type": 2,
            "cate_name": "Thương mại",
            "num_follower": len(self.zalo.people),
            "avatar": "",
            "cover": "",
            "package_name": "Gói Nâng cao",
            "package_valid_through_date": "31/12/2099",
            "linked_ZCA": "",
        }

    async def _file(self, request: Request) -> Response:
        kept = self.zalo.files.get(request.path_params["name"])
        return Response(kept[0], media_type=kept[1]) if kept else Response(status_code=404)


def _asked(request: Request) -> Json:
    """The arguments of a GET call: JSON in one parameter."""
    try:
        data = json.loads(request.query_params.get("data", ""))
    except ValueError as error:
        raise Refusal(-201, "Params is invalid: data") from error
    return data if isinstance(data, dict) else {}


def _choice(button: Json) -> Choice:
    payload = button.get("payload", "")
    if button.get("type") in ("oa.query.hide", "oa.query.show"):
        return Choice(button["title"], key=str(payload))
    return Choice(button["title"], url=str(payload.get("url", "")))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
