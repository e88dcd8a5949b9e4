"""Slack, where agents work: slack-bolt hears (ear.py), slack_sdk speaks.

https://docs.slack.dev; facts measured with slack-bolt 1.30 and slack_sdk 3.47.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final, cast

import aiohttp
import httpx
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from connectors import errors
from connectors.base import (
    DeliveryError,
    File,
    Json,
    Pace,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)
from connectors.http import LARGEST, TIMEOUT, by_status
from connectors.slack.ear import UNSET, Ear, by_socket
from connectors.slack.events import Deleted, Edited, Pressed, SlackFile, ThreadReply, Told, told
from connectors.slack.text import escape, mentioned, plain

__all__ = [
    "UNSET",
    "Deleted",
    "Ear",
    "Edited",
    "Pressed",
    "Slack",
    "SlackFile",
    "ThreadReply",
    "Told",
    "escape",
    "mentioned",
    "plain",
    "told",
]

CALL_SECONDS: Final = 15
FILE_SECONDS: Final = 60.0
EVENT_TYPE: Final = "carebot"  # of the metadata that our messages carry


class Slack:
    """One app in one workspace, with one channel for the hand-offs."""

    name: ClassVar[str] = "slack"
    # Of the signing secret (HTTP) and the app's token (Socket Mode) one is enough.
    settings: ClassVar[Mapping[str, str]] = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CHANNEL": "",
        "SLACK_SIGNING_SECRET": UNSET,
        "SLACK_APP_TOKEN": UNSET,
        "SLACK_LANGUAGE": "vi",
        "SLACK_API_URL": "https://slack.com/api/",
    }
    pace: ClassVar[Pace] = Pace(per_second=20, same_person=1.0)  # a message a second in a channel

    def __init__(self, values: Mapping[str, str]) -> None:
        self.channel = values["SLACK_CHANNEL"]
        self.by_socket = by_socket(values)
        self._token = values["SLACK_BOT_TOKEN"]
        self._api = httpx.URL(values["SLACK_API_URL"])
        # The default client posts a message again when the answer to it is lost.
        self._client = AsyncWebClient(
            self._token,
            str(self._api),
            timeout=CALL_SECONDS,
            retry_handlers=[],
        )

    async def post(
        self,
        text: str,
        *,
        reference: str,
        thread: str | None = None,
        blocks: list[Json] | None = None,
    ) -> str:
        """Say something in the channel or in a thread; returns its ts. `find` knows it by its
        `reference`. Raises DeliveryError."""
        said = await self._ask(
            "chat.postMessage",
            {
                "text": text,
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"reference": reference}},
                "unfurl_links": False,
                "unfurl_media": False,
                **({"thread_ts": thread} if thread else {}),
                **({"blocks": blocks} if blocks else {}),
            },
        )
        return str(said["ts"])

    async def find(self, reference: str, *, since: datetime, thread: str | None) -> str | None:
        """The ts of what `post` said under this reference, after all. Raises DeliveryError."""
        method = "conversations.replies" if thread else "conversations.history"
        asked = {
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": "200",
            **({"ts": thread} if thread else {}),
        }
        while True:
            page = await self._ask(method, asked, reading=True)
            for message in page["messages"]:
                payload = (message.get("metadata") or {}).get("event_payload", {})
                if payload.get("reference") == reference:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
            asked["cursor"] = cursor

    async def update(self, ts: str, text: str, blocks: list[Json]) -> None:
        """Put something else in a message's place. Raises DeliveryError."""
        await self._ask("chat.update", {"ts": ts, "text": text, "blocks": blocks})

    async def whisper(self, user_id: str, text: str, thread: str) -> None:
        """Say something that only one person sees. Raises DeliveryError."""
        said = {"user": user_id, "text": text, "thread_ts": thread}
        await self._ask("chat.postEphemeral", said)

    async def react(self, ts: str, emoji: str) -> None:
        """Put an emoji, by its name, on a message. Raises DeliveryError."""
        try:
            await self._ask("reactions.add", {"timestamp": ts, "name": emoji})
        except PermanentError as refusal:
            if refusal.code != "already_reacted":
                raise

    async def fetch(self, url: str) -> File:
        """A file that somebody posted. Raises DeliveryError."""
        place = httpx.URL(url)
        slacks = place.scheme == "https" and f".{place.host}".endswith(".slack.com")
        ours = (place.scheme, place.host, place.port) == (
            self._api.scheme,
            self._api.host,
            self._api.port,
        )
        if not (slacks or ours):  # nobody else is shown our token
            raise PermanentError("the file is not at Slack", "not_at_slack")
        try:
            return await asyncio.wait_for(self._download(place), FILE_SECONDS)
        except (httpx.HTTPError, asyncio.TimeoutError) as error:
            raise RetryableError(f"{type(error).__name__} while fetching a file") from error

    async def _download(self, place: httpx.URL) -> File:
        token = {"Authorization": f"Bearer {self._token}"}
        async with (
            httpx.AsyncClient(timeout=TIMEOUT) as client,
            client.stream("GET", place, headers=token) as answer,
        ):
            if answer.status_code != 200:  # without the right it leads to a log-in page
                raise by_status(answer)
            data = bytearray()
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > LARGEST:
                    raise PermanentError("the file is too large", "too_large")
        return File(bytes(data), place.path.rpartition("/")[2], "")

    async def check(self) -> str:
        """Whom Slack takes us for, in a few words. Raises DeliveryError."""
        me = await self._ask("auth.test", {}, reading=True)
        how = "Socket Mode" if self.by_socket else "HTTP"
        return f"{me['user']} in {me['team']}, channel {self.channel}, {how}"

    async def _ask(self, method: str, arguments: Json, *, reading: bool = False) -> Json:
        """Call a method once, about our channel. Raises DeliveryError."""
        given = {"channel": self.channel, **arguments}
        try:
            # Methods that read take no JSON.
            answer = await self._client.api_call(
                method, data=given if reading else None, json=None if reading else given
            )
        except SlackApiError as refusal:
            raise _fate(refusal) from refusal
        except aiohttp.ClientConnectorError as error:
            raise RetryableError(f"{method}: no connection to Slack") from error
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise UnknownOutcomeError(f"{method}: {type(error).__name__}") from error
        return cast(Json, answer.data)


def _fate(refusal: SlackApiError) -> DeliveryError:
    answer = refusal.response
    said = getattr(answer, "data", None)
    if not isinstance(said, dict) or "error" not in said:  # a gateway's words, or cut off
        return UnknownOutcomeError("the answer cannot be read")
    code = str(said["error"])
    wait = str(answer.headers.get("Retry-After", ""))
    reason = json.dumps({key: said[key] for key in ("error", "needed") if key in said})
    return errors.error(Slack.name, code, reason, float(wait) if wait.isdecimal() else None)
