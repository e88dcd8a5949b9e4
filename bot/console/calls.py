"""What the inbox's calls have in common: how their bodies are read, how a refusal is said."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import handoff
from bot.console import words
from bot.console.access import Visit
from connectors.base import Json

TEXT_LIMIT = 4000  # letters


class Invalid(Exception):
    """The call's body is not what the inbox sends; `words` say so to whoever filled in a form."""

    def __init__(self, field: str, words: str = "refused.invalid") -> None:
        super().__init__(field)
        self.words = words


Act = Callable[[Request, Visit, int, Json], Awaitable[Json]]


def calling(act: Act, *, tells: bool = True) -> Callable[[Request, Visit], Awaitable[Response]]:
    """Around every action: read the body, say a refusal in words, wake the others."""

    async def call(request: Request, visit: Visit) -> Response:
        id = request.path_params.get("id", 0)
        try:
            answer = await act(request, visit, id, await body_of(request))
        except Invalid as wrong:
            return problem(visit, 422, wrong.words, "invalid", limit=TEXT_LIMIT)
        except handoff.NotPermitted as refusal:
            text = words.why_not(visit.language, refusal.code)
            return JSONResponse({"code": refusal.code, "text": text}, 409)
        except handoff.Refused as refusal:
            key = f"refused.{refusal.code}"
            known = key if key in words.WORDS else "refused.refused"
            return problem(visit, 409, known, refusal.code, **vars(refusal))
        if tells:
            await request.app.state.live.ring("outbox")
        return JSONResponse({"ok": True, **answer})

    return call


async def body_of(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Invalid("not JSON") from error
    if not isinstance(body, dict):
        raise Invalid("not an object")
    return body


def problem(visit: Visit, status: int, key: str, code: str, **values: object) -> Response:
    text = words.say(visit.language, key, **values)
    return JSONResponse({"code": code, "text": text, **values}, status)


def text_of(body: Json, field: str, limit: int) -> str:
    text = body.get(field)
    if not isinstance(text, str) or not text.strip() or len(text) > limit:
        raise Invalid(field)
    return text.strip()


def client_id_of(body: Json) -> str:
    given = body.get("client_id")
    if not isinstance(given, str) or not 8 <= len(given) <= 48:
        raise Invalid("client_id")
    return given
