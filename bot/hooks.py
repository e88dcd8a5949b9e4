"""The door for the shop's own software: it tells what happened to customers, orders, repairs and
complaints, signed (docs/records.md). An event is taken in whole or not at all, and once."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot import imports
from bot.metrics import REFUSED
from bot.records import KINDS, Kind, Problem, read
from bot.storage import ledger
from bot.storage.db import Database
from bot.web_io import BodyTooLarge, read_body
from connectors.base import Json

log = logging.getLogger(__name__)

LARGEST: Final = 1024 * 1024  # bytes
MOST: Final = 500  # records of one event
SKEW: Final = 300  # seconds that clocks may be apart
SIGNATURE: Final = "X-Carebot-Signature"
_SIGNED: Final = re.compile(r"t=(?P<t>\d{1,12}),v1=(?P<v1>[0-9a-f]{64})")


class Refused(Exception):
    """The event cannot be taken; the answer says why."""

    def __init__(self, status: int, code: str, text: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(code)
        self.status, self.code, self.text, self.problems = status, code, text, problems


def routes() -> list[BaseRoute]:
    return [Route("/hooks/records", records, methods=["POST"])]


async def records(request: Request) -> Response:
    """POST /hooks/records: 200 when all of the event is stored, or was before."""
    state = request.app.state
    secret = state.settings.records_secret
    try:
        if not secret:
            raise Refused(404, "off", "RECORDS_SECRET is not set.")
        try:
            body = await read_body(request, LARGEST)
        except BodyTooLarge as error:
            text = f"More than {LARGEST} bytes: send several events."
            raise Refused(413, "too_large", text) from error
        now = state.clock()
        verify(secret, request.headers.get(SIGNATURE, ""), body, now)
        told = await take(state.db, body, now)
    except Refused as refusal:
        if refusal.status == 401:
            REFUSED.labels("records").inc()
        log.warning("records refused: %s", refusal.code)
        problems = [_shape(each) for each in refusal.problems]
        answer = {"error": refusal.code, "text": refusal.text}
        return JSONResponse(
            {**answer, **({"problems": problems} if problems else {})}, refusal.status
        )
    return JSONResponse(told)


def sign(secret: str, body: bytes, at: int) -> str:
    """The header's value for a body sent at that second since 1970."""
    return f"t={at},v1={_mac(secret, body, str(at))}"


def _mac(secret: str, body: bytes, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(secret: str, header: str, body: bytes, now: datetime) -> None:
    """Raises Refused unless the body was signed with the secret, within five minutes of now."""
    given = _SIGNED.fullmatch(header)
    if given is None:
        raise Refused(401, "unsigned", f"{SIGNATURE} is missing, or not t=<seconds>,v1=<hex>.")
    if not hmac.compare_digest(_mac(secret, body, given["t"]), given["v1"]):
        raise Refused(401, "signature", "The signature is not of this body and time.")
    if abs(now.timestamp() - int(given["t"])) > SKEW:
        raise Refused(401, "time", f"Signed more than {SKEW} seconds from now: look at the clock.")


async def take(db: Database, body: bytes, now: datetime) -> Json:
    """Write an event's records, once. Raises Refused, and then nothing is written."""
    event_id, kind, rows = _event(body)
    digest = hashlib.sha256(body).hexdigest()
    given = [read(kind, each, line, now, {}) for line, each in enumerate(rows, 1)]
    async with db.begin() as tx:
        await ledger.alone(tx)
        if known := await ledger.told_before(tx, event_id):
            if known.name != digest:
                raise Refused(409, "id_used", "Another event had this id.")
            return {"id": event_id, **known.counts, "repeated": True}
        plan = await imports.plan(tx, kind, given, now)
        if plan.problems:
            text = "Nothing was written: see the problems."
            raise Refused(422, "invalid", text, plan.problems)
        await imports.take_in(tx, plan, digest, None, now, key=event_id)
    return {"id": event_id, **plan.counts, "repeated": False}


def _event(body: bytes) -> tuple[str, Kind, list[dict[str, Any]]]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not_json", "The body is not JSON in UTF-8.") from error
    if not isinstance(event, dict) or not event.keys() <= {"id", "kind", "records"}:
        raise Refused(422, "event", "An event is an object with id, kind and records.")
    event_id, kind, rows = event.get("id"), event.get("kind"), event.get("records")
    if not isinstance(event_id, str) or not re.fullmatch(r"[!-~]{1,128}", event_id):
        raise Refused(422, "event", "id is 1 to 128 printable letters without spaces.")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refused(422, "event", f"kind is one of {', '.join(KINDS)}.")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise Refused(422, "event", "records is a list of objects.")
    if not 0 < len(rows) <= MOST:
        raise Refused(422, "event", f"records are 1 to {MOST}.")
    return event_id, KINDS[kind], rows


def _shape(problem: Problem) -> Json:
    return {"record": problem.line, "field": problem.field, "code": problem.code}
