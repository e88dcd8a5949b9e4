"""How Slack is heard: by HTTP or on a line of Socket Mode, the same."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from connectors.base import Json, SignatureError, UnreadableError, WebhookRequest

log = logging.getLogger(__name__)
BOLT_LOG: Final = logging.getLogger("slack_bolt")
BOLT_LOG.setLevel(logging.ERROR)  # below, it shows what people write

UNSET: Final = "-"
ANY: Final = re.compile(".*")

Hear = Callable[[Json], Awaitable[None]]


class Answer(NamedTuple):
    """What an HTTP request of Slack's is answered with."""

    status: int
    body: str
    mime: str


def by_socket(values: Mapping[str, str]) -> bool:
    """Whether Slack is to be heard by Socket Mode."""
    return values["SLACK_APP_TOKEN"] != UNSET


class Ear:
    """Hears what happens in the workspace. `hear` keeps a payload: Slack is answered when it
    returns, and tells again when it raises."""

    def __init__(self, values: Mapping[str, str], hear: Hear) -> None:
        self.by_socket = by_socket(values)
        self._token = values["SLACK_BOT_TOKEN"]
        self._secret = values["SLACK_SIGNING_SECRET"]
        self._app_token = values["SLACK_APP_TOKEN"]
        self._api = values["SLACK_API_URL"]
        self._hear = hear
        self._app = self._bolt()
        self._line: AsyncSocketModeHandler | None = None
        self._opening: asyncio.Task[None] | None = None

    def _bolt(self) -> AsyncApp:
        async def authorize(**context: Any) -> AuthorizeResult:
            # Bolt's own asks Slack who we are before it answers.
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=self._token)

        async def take(body: Json, ack: AsyncAck, context: AsyncBoltContext) -> None:
            try:
                await self._hear(body)
            except Exception as error:
                context["failure"] = error  # Bolt answers 500 and keeps it to itself
                raise
            await ack()

        async def failed(error: Exception) -> None:
            log.warning("Slack will tell an event again: %s", type(error).__name__)

        app = AsyncApp(
            logger=BOLT_LOG,
            authorize=authorize,
            process_before_response=True,  # what is not stored yet is not acknowledged
            request_verification_enabled=False,  # `verify` has: Bolt would first read the body
            ignoring_self_events_enabled=False,  # `told` does; Bolt would have to ask who we are
        )
        app.error(failed)
        app.event(ANY)(take)
        app.action(ANY)(take)
        return app

    def verify(self, request: WebhookRequest) -> None:
        """Raise SignatureError unless Slack sent this within five minutes."""
        secret = self._secret
        try:
            genuine = secret != UNSET and SignatureVerifier(secret).is_valid(
                request.body,
                request.headers.get("x-slack-request-timestamp"),
                request.headers.get("x-slack-signature"),
            )
        except (ValueError, TypeError):  # it trips over what is no number, no UTF-8, no ASCII
            genuine = False
        if not genuine:
            raise SignatureError("not signed with this app's secret, or too old")

    async def answer(self, request: WebhookRequest) -> Answer:
        """Hear a verified request. Raises UnreadableError, and what `hear` raises."""
        try:
            asked = AsyncBoltRequest(body=request.body.decode(), headers=dict(request.headers))
            given = await self._app.async_dispatch(asked)
        except Exception as error:  # whatever Bolt trips over in an odd body
            raise UnreadableError(f"{type(error).__name__} in a payload") from error
        if failure := asked.context.get("failure"):
            raise failure
        if given.status != 200:
            raise UnreadableError("a payload of another kind")
        mime = given.headers.get("content-type", ["text/plain"])[0]
        return Answer(given.status, given.body or "", mime)

    @property
    def listens(self) -> bool:
        """There is a line of Socket Mode, or one is being opened."""
        return self._line is not None

    def listen(self) -> None:
        """Open a line of Socket Mode, trying until there is one; it mends itself. What comes is
        heard as by `answer`."""
        client = AsyncWebClient(base_url=self._api)
        self._line = AsyncSocketModeHandler(self._app, self._app_token, web_client=client)
        self._opening = asyncio.create_task(self._line.client.connect())  # type: ignore[no-untyped-call]

    async def hang_up(self) -> None:
        """Close the line if there is one."""
        if self._line is not None and self._opening is not None:
            line, self._line = self._line, None
            self._opening.cancel()
            await line.client.close()  # type: ignore[no-untyped-call]
