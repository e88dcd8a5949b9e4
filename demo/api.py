"""The shop's API: JSON in, JSON out, one POST for each thing that can be asked or done.

    200  the answer
    404  not_found: no such thing, or the digits are not its; which of the two is not told
    409  refused: against the shop's rules; `why` says which
    422  bad_request: not what may be asked; `field` says where. Also a key used for something else
    423  locked: too many wrong tries; `retry_after` seconds

Calls that write take a `requester` and an `idempotency_key`: the same again is answered the same
and written once. A key whose call was refused wrote nothing and may be used for a better one.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.book import Book, Json, Tx
from demo.calls import GETS, POSTS, WRITES, Call
from demo.desk import BadRequest, Desk, Locked, NotFound, Refused, Seeds
from demo.fields import Field

LONGEST_BODY: Final = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json


def routes(seeds: Seeds, book: Book, now: Callable[[], datetime]) -> list[Route]:
    """The API under /api/. `now` is asked at every call."""

    def door(call: Call, method: str) -> Route:
        async def enter(request: Request) -> Response:
            body = await read_body(request) if method == "POST" else b"{}"
            answer = await run_in_threadpool(attend, call, body)
            headers = {"Cache-Control": "no-store"}
            if answer.status == 423:
                headers["Retry-After"] = str(answer.body["retry_after"])
            return JSONResponse(answer.body, answer.status, headers)

        return Route(f"/api/{call.path}", enter, methods=[method])

    def attend(call: Call, body: bytes | None) -> Answer:
        try:
            asked = read(call, body)
            with book.transaction() as tx:
                return once(call, Desk(seeds, tx, now()), asked)
        except BadRequest as bad:
            return Answer(422, {"error": "bad_request", "field": str(bad)})

    return [
        *(door(call, "GET") for call in GETS),
        *(door(call, "POST") for call in POSTS),
    ]


async def read_body(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return body


def read(call: Call, body: bytes | None) -> Json:
    """What is asked, field by field. Raises BadRequest."""
    fields = {**call.fields, **WRITES} if call.writes else call.fields
    try:
        asked: Any = json.loads(body or b"")
    except (ValueError, RecursionError) as exc:
        raise BadRequest("body") from exc
    if not isinstance(asked, dict):
        raise BadRequest("body")
    for name in asked.keys() - fields.keys():
        raise BadRequest(name if name.isascii() and name.isidentifier() else "body")
    return {name: read_field(name, field, asked) for name, field in fields.items()}


def read_field(name: str, field: Field, asked: Json) -> Any:
    if name not in asked and field.default is not ...:
        return field.default
    try:
        return field.read(asked.get(name))
    except ValueError as exc:
        raise BadRequest(name) from exc


def once(call: Call, desk: Desk, asked: Json) -> Answer:
    """The answer; of a call that writes, the one that its key already got."""
    if not call.writes:
        return handle(call, desk, asked)
    name = (call.path, asked["requester"], asked["idempotency_key"])
    mark = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    known = answered(desk.tx, name)
    if known is not None:
        before, answer = known
        if before == mark:
            return answer
        if answer.status == 200:
            raise BadRequest("idempotency_key")
    answer = handle(call, desk, asked)
    if answer.status in (200, 409):
        desk.tx.execute(
            "insert or replace into answered values (?, ?, ?, ?, ?, ?)",
            (*name, mark, answer.status, json.dumps(answer.body)),
        )
    return answer


def answered(tx: Tx, name: tuple[str, str, str]) -> tuple[str, Answer] | None:
    query = (
        "select asked, status, answer from answered where call = ? and requester = ? and key = ?"
    )
    row = tx.execute(query, name).fetchone()
    return (row[0], Answer(row[1], json.loads(row[2]))) if row else None


def handle(call: Call, desk: Desk, asked: Json) -> Answer:
    """Asks whoever answers the call; a no is an answer too, so wrong tries are kept."""
    try:
        return Answer(200, call.answer(desk, asked))
    except NotFound:
        return Answer(404, {"error": "not_found"})
    except Refused as no:
        return Answer(409, {"error": "refused", "why": str(no)})
    except Locked as no:
        return Answer(423, {"error": "locked", "retry_after": no.args[0]})
