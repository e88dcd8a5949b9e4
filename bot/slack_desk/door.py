"""Slack's door: verified, kept, acknowledged; the process that serves Slack does the rest."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.metrics import REFUSED
from bot.storage import accounts
from bot.web_io import BodyTooLarge, read_body, webhook_request
from connectors.base import SignatureError, UnreadableError
from connectors.slack import Ear

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # bytes


def route(ear: Ear) -> Route:
    """/slack/events: events and presses, both."""

    async def events(request: Request) -> Response:
        """200 when it is kept, 401 when Slack did not send it, 503 (and it tells it again) when
        the database is away."""
        state = request.app.state
        try:
            seen = webhook_request(request, await read_body(request, LARGEST))
            ear.verify(seen)
            answer = await ear.answer(seen)
        except BodyTooLarge:
            return PlainTextResponse("The body is too large.", 413)
        except SignatureError as forgery:
            REFUSED.labels("slack").inc()
            log.warning("/slack/events refused: %s", forgery)
            return PlainTextResponse("The signature is not right.", 401)
        except UnreadableError as error:
            log.warning("slack: an event was not read: %s", error)
            body = seen.body.decode("utf-8", "replace")
            async with state.db.begin() as tx:
                await accounts.keep_unread(tx, "slack", str(error), body, state.clock())
            return PlainTextResponse("ok")
        return Response(answer.body, answer.status, media_type=answer.mime)

    return Route("/slack/events", events, methods=["POST"])
