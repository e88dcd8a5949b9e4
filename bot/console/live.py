"""The inbox's live line: what happens in the database, as frames on a WebSocket.

A screen says where it stopped (`after`), gets what it missed, and from then on everything as it
happens. Frames tell the whole of a row and of a message, so that one told twice does no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import standing
from bot.console import alarms, shapes
from bot.console.access import DESK, REVIEW, alerts_for, same_origin, session_of
from bot.live import Stream, Typing
from bot.models import Event, Presence, User
from bot.storage import agents, conversations, desk, events
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.desk import Line
from connectors.base import Json

log = logging.getLogger(__name__)

MISSED_LIMIT = 500  # a screen that missed more reads everything again
KEPT_FRAMES = 1024

HELLO_SECONDS = 10
BEAT_SECONDS = 25

NOT_LOGGED_IN, NOT_OURS = 4401, 4403
GONE = (WebSocketDisconnect, RuntimeError)  # Starlette raises either when the screen has left


class Frame(NamedTuple):
    """What happened, as JSON: `whole` for supervisors and those named, `plain` for the others."""

    whole: str
    plain: str
    for_users: AbstractSet[int]


class Frames:
    """One frame per event, made once however many screens want it, and together with those that
    are wanted at the same time: a reading costs as much for one as for many."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._kept: OrderedDict[int, asyncio.Task[dict[int, Frame]]] = OrderedDict()

    async def of(self, wanted: Sequence[Event]) -> list[Frame]:
        """Those of the events, in their order. Raises DatabaseUnavailable."""
        new = [event for event in wanted if not self._has(event)]
        if new:
            making = asyncio.create_task(self._make(new))
            self._kept.update((event.id, making) for event in new)
        tasks = [self._kept[event.id] for event in wanted]
        while len(self._kept) > KEPT_FRAMES:
            self._kept.popitem(last=False)
        return [
            (await asyncio.shield(task))[event.id]
            for event, task in zip(wanted, tasks, strict=True)
        ]

    def _has(self, event: Event) -> bool:
        task = self._kept.get(event.id)
        failed = task is not None and task.done() and (task.cancelled() or task.exception())
        return task is not None and not failed

    async def _make(self, new: Sequence[Event]) -> dict[int, Frame]:
        now = self._clock()
        async with self._db.read() as tx:
            said = [event.message_id for event in new if event.message_id]
            lines = {line.message.id: line for line in await desk.lines_by_ids(tx, said)}
            entries = await desk.entries(tx, (event.conversation_id for event in new))
            channels = {entry.customer.channel for entry in entries.values()}
            quotas = {each: await standing.quota_left(tx, each, now) for each in channels}
            alarming = {event.conversation_id for event in new if event.kind == "alarm"}
            alarmed = {each: await alarms.of_conversation(tx, each) for each in alarming}
        rows = {
            id: shapes.row(entry, quotas[entry.customer.channel], now, unread=False)
            for id, entry in entries.items()
        }
        return {
            event.id: _frame(
                event,
                rows.get(event.conversation_id),
                lines.get(event.message_id or 0),
                alarmed.get(event.conversation_id) if event.kind == "alarm" else None,
            )
            for event in new
        }


def _frame(event: Event, row: Json | None, line: Line | None, alarm: Json | None) -> Frame:
    for_users: AbstractSet[int] = alarms.told_to(alarm)
    is_whisper = line is not None and "whisper" in line.message.meta
    if line and is_whisper:
        for_users = {line.message.meta["whisper"]}
    plain = {"type": "event", "event": event.id, "conversation": row, "message": None}
    told = shapes.line(line) if line else None
    whole = json.dumps({**plain, "message": told, "alarm": alarm}, ensure_ascii=False)
    if alarm is None and not is_whisper:
        return Frame(whole, whole, for_users)
    return Frame(whole, json.dumps(plain, ensure_ascii=False), for_users)


async def socket(websocket: WebSocket) -> None:
    """The endpoint: `hello` with a cursor comes first, then frames flow."""
    if not same_origin(websocket):
        await websocket.accept()  # a refused handshake would hide the reason from the page
        await websocket.close(NOT_OURS)
        return
    session = await session_of(websocket)
    await websocket.accept()
    if session is None or session.user.role not in DESK:
        await websocket.close(NOT_LOGGED_IN)
        return
    state = websocket.app.state
    if not hasattr(state, "console_frames"):
        state.console_frames = Frames(state.db, state.clock)
    screen = Screen(websocket, state.console_frames, session.user)
    with contextlib.suppress(*GONE, asyncio.TimeoutError, DatabaseUnavailable):
        await screen.run()


class Screen:
    """One open screen."""

    def __init__(self, websocket: WebSocket, frames: Frames, user: User) -> None:
        self._websocket = websocket
        self._frames = frames
        self._user = user
        self._db: Database = websocket.app.state.db

    async def run(self) -> None:
        hello = await asyncio.wait_for(self._hear(), HELLO_SECONDS)
        await self._alive()
        async with self._websocket.app.state.live.subscribe() as stream:
            # Subscribed first, so that nothing falls between what was missed and what comes.
            await self._catch_up(hello.get("after"))
            tasks = [
                asyncio.create_task(self._tell(stream)),
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._beat()),
            ]
            done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            for task in done:
                if task.exception() and not isinstance(task.exception(), GONE):
                    log.warning("console line ends: %r", task.exception())
        with contextlib.suppress(RuntimeError):
            await self._websocket.close(1012)  # come back and resume

    async def _hear(self) -> Json:
        try:
            said = json.loads(await self._websocket.receive_text())
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    async def _catch_up(self, after: object) -> None:
        if isinstance(after, int):
            most = MISSED_LIMIT + events.LOOK_BACK  # of which those looked back at are not missed
            async with self._db.read() as tx:
                missed = await events.after(tx, after, most + 1)
                newest, oldest = await events.newest_id(tx), await events.oldest_id(tx)
            too_many = sum(event.id > after for event in missed) > MISSED_LIMIT
            # Or what was missed is kept no longer, or the database was restored.
            if too_many or not oldest - 1 <= after <= newest:
                await self._websocket.send_json({"type": "reload"})
                return
            await self._show(missed)
        await self._websocket.send_json({"type": "ready"})

    async def _tell(self, stream: Stream) -> None:
        async for item in stream:
            items = [item, *stream.waiting()]
            for each in items:
                if isinstance(each, Typing):  # first: a message ends it
                    await self._websocket.send_json(
                        {"type": "typing", "conversation": each.conversation_id, "who": each.who}
                    )
            await self._show([each for each in items if isinstance(each, Event)])

    async def _show(self, found: Sequence[Event]) -> None:
        for frame in await self._frames.of(found):
            is_told = self._user.role in REVIEW or self._user.id in frame.for_users
            await self._websocket.send_text(frame.whole if is_told else frame.plain)

    async def _listen(self) -> None:
        while True:
            said = await self._hear()
            if said.get("type") == "ping":
                session = await session_of(self._websocket)
                if session is None:
                    await self._websocket.close(NOT_LOGGED_IN)
                    return
                self._user = session.user
                presence = await self._alive()
                told = [each._asdict() for each in await alerts_for(self._websocket, session)]
                await self._websocket.send_json(
                    {"type": "pong", "alerts": told, "presence": presence.value}
                )
            elif said.get("type") == "typing" and isinstance(said.get("conversation"), int):
                await self._typing(said["conversation"])

    async def _beat(self) -> None:
        """Ask for a ping: browsers let the clocks of a page in the background go once a minute,
        but what comes over the line is heard at once."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self._websocket.send_json({"type": "beat"})

    async def _alive(self) -> Presence:
        """The queue gives conversations to agents whose console shows that it lives. Returns
        whether the agent takes any, as they chose, maybe on another screen."""
        async with self._db.begin(durable=False) as tx:
            return await agents.seen(tx, self._user.id, self._websocket.app.state.clock())

    async def _typing(self, conversation_id: int) -> None:
        with contextlib.suppress(DatabaseUnavailable):
            async with self._db.read() as tx:
                conversation = await conversations.by_id(tx, conversation_id)
            if conversation and conversation.assignee_id == self._user.id:
                await self._websocket.app.state.live.typing(conversation_id, "agent")
