"""What a pretend Telegram has to tell the bot: by webhook or when asked, as the real server orders
and repeats it (tdlib/telegram-bot-api, WebhookActor)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from bot.simulators.base import Faults, Json
from bot.simulators.telegram_checks import Refusal

log = logging.getLogger(__name__)

LIVES = timedelta(hours=24)
PRESS_LIVES = timedelta(seconds=150)
LONGEST_WAIT = 60.0  # seconds between two tries
WAITING = "Conflict: terminated by other getUpdates request; make sure that only one bot is running"
ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"


@dataclass(frozen=True)
class Update:
    """One thing that happened. What shares a lane is told in order, each when the one before it
    was taken or has expired."""

    id: int
    lane: str
    until: datetime
    body: Json


class Updates:
    """All that the bot has not taken yet. `url` is its webhook, "" without one; `posting` are the
    tasks that post."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        clock: Callable[[], datetime],
        faults: Callable[[], Faults],
        posting: set[asyncio.Task[None]],
    ) -> None:
        self.url = ""
        self.secret = ""
        self.allowed: list[str] = []  # kinds; empty: all that happens here
        self.pending: list[Update] = []
        self.last_error: Json = {}
        self._http = http
        self._clock = clock
        self._faults = faults
        self._posting = posting
        self._lanes: set[str] = set()  # those being posted
        self._id = 633411744
        self._kept: list[Update] = []
        self._poll = asyncio.Event()  # of the request that waits: something came

    def add(self, kind: str, what: Json, lane: str) -> None:
        """Something happened: `kind` as the update's field is called."""
        if self.allowed and kind not in self.allowed:
            return
        self._id += 1
        until = self._clock() + (PRESS_LIVES if kind == "callback_query" else LIVES)
        update = Update(self._id, lane, until, {"update_id": self._id, kind: what})
        faults = self._faults()
        if faults.shuffled > 0:
            faults.shuffled -= 1
            self._kept.append(update)
            return
        for each in (update, *self._kept):
            self.pending.append(each)
            if faults.doubled > 0:
                faults.doubled -= 1
                self.pending.append(each)
        self._kept = []
        self._poll.set()
        self.post()

    def post(self) -> None:
        """Begins to post what is pending, if there is a webhook."""
        for lane in {update.lane for update in self.pending} - self._lanes:
            if self.url:
                self._lanes.add(lane)
                task = asyncio.create_task(self._post_all(lane))
                self._posting.add(task)
                task.add_done_callback(self._posting.discard)

    async def _post_all(self, lane: str) -> None:
        wait = 0.0  # the first repetition is immediate
        try:
            while self.url and (update := self._first(lane)):
                retry_after = await self._post(update)
                if retry_after is None:
                    wait = 0.0
                    if update in self.pending:
                        self.pending.remove(update)
                else:
                    await asyncio.sleep(max(wait, retry_after))
                    wait = min(max(1.0, wait * 2), LONGEST_WAIT)
        finally:
            self._lanes.discard(lane)

    def _first(self, lane: str) -> Update | None:
        now = self._clock()
        self.pending = [update for update in self.pending if update.until > now]
        return next((update for update in self.pending if update.lane == lane), None)

    async def _post(self, update: Update) -> float | None:
        """None when it was taken, else the seconds that the bot asks to wait."""
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        try:
            answer = await self._http.post(
                self.url, content=json.dumps(update.body).encode(), headers=headers
            )
        except httpx.HTTPError as error:
            problem, retry_after = f"Connection failed: {type(error).__name__}", "0"
        else:
            if answer.is_success:
                return None
            problem = f"Wrong response from the webhook: {answer.status_code}"
            retry_after = answer.headers.get("retry-after", "0")
        log.warning("telegram: %s", problem)
        self.last_error = {
            "last_error_date": int(self._clock().timestamp()),
            "last_error_message": problem,
        }
        return float(retry_after) if retry_after.isdigit() else 0.0

    async def take(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """What getUpdates answers. Updates before `offset` are forgotten; a negative one counts
        from the end. Raises Refusal when there is a webhook, or another request takes over."""
        if self.url:
            raise Refusal(409, ACTIVE)
        self._poll.set()
        mine = self._poll = asyncio.Event()
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [update for update in self.pending if update.id >= offset]
        if not self.pending:
            try:
                await asyncio.wait_for(mine.wait(), seconds)
            except asyncio.TimeoutError:
                return []
            if self._poll is not mine:
                raise Refusal(409, WAITING)
        return [update.body for update in self.pending[: max(1, min(limit, 100))]]
