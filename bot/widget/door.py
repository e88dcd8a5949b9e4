"""What one visitor of the website may do, and what they are told when they may not."""

from __future__ import annotations

import contextlib
import logging
import time
from datetime import datetime, timedelta
from functools import cached_property

from starlette.datastructures import State

from bot import conversation, logs, metrics, queue, words
from bot.models import Author, Customer, Delivery, Event, Message, Status
from bot.storage import (
    conversations,
    customers,
    events,
    handoffs,
    messages,
    releases,
    users,
)
from bot.storage.db import DatabaseUnavailable, Tx
from connectors.base import Json, SignatureError, UnreadableError
from connectors.web_widget import (
    TEXT_LIMIT,
    EmptyError,
    TooLargeError,
    WebWidget,
    client_id_of,
    is_client_id,
)

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between looks whether a bot is there
HISTORY = 50  # messages
CATCH_UP = 200  # events; further back, the history is sent anew
SPEAKERS = {
    Status.BOT: "bot",
    Status.QUEUED: "queue",
    Status.ASSIGNED: "agent",
    Status.RESOLVED: "closed",
}


class Refusal(Exception):
    """What the customer is told instead."""

    def __init__(self, code: str, status: int, **values: object) -> None:
        super().__init__(code)
        self.code, self.status, self.values = code, status, values

    def frame(self, locale: str, client_id: object = None) -> Json:
        key = {"too_large": "too_long", "rate": "too_fast"}.get(self.code, self.code)
        text = words.say(str(self.values.get("words", key)), locale, **self.values)
        frame: Json = {"type": "error", "code": self.code, "text": text}
        return {**frame, "client_id": client_id} if is_client_id(client_id) else frame


class Door:
    """What one visitor may do, over the socket or over HTTP."""

    def __init__(self, state: State, visitor: str, locale: str) -> None:
        self._state = state
        self.visitor = visitor
        self.locale = locale

    @cached_property
    def widget(self) -> WebWidget:
        widget: WebWidget = self._state.widget
        return widget

    @property
    def _now(self) -> datetime:
        now: datetime = self._state.clock()
        return now

    async def customer(self, tx: Tx) -> Customer | None:
        return await customers.find(tx, self.widget.name, self.visitor)

    async def receive(self, frame: Json) -> int:
        """Store a `message` frame and return its id. Raises Refusal."""
        if not await self._state.message_limit.take(self.visitor):
            raise Refusal("rate", 429)
        try:
            inbound, keys = self.widget.read_message(self.visitor, frame, self.locale, self._now)
        except TooLargeError as error:
            raise Refusal("too_large", 413, limit=TEXT_LIMIT) from error
        except EmptyError as error:
            raise Refusal("empty", 422) from error
        except UnreadableError as error:
            raise Refusal("bad_request", 422) from error
        with logs.traced():
            try:
                received = await conversation.receive(
                    self._state.db,
                    inbound,
                    self._now,
                    file_keys=keys,
                    debounce=self._state.settings.debounce,
                )
            except DatabaseUnavailable as error:
                log.warning("a message was not stored: %s", error)
                raise Refusal("unavailable", 503) from error
        if received.new:
            metrics.MESSAGES.labels(self.widget.name).inc()
            self._state.live.belongs(received.conversation_id, (self.widget.name, self.visitor))
            await self._state.live.ring("inbox" if received.for_bot else "event")
            if received.for_bot:
                await self._state.live.typing(received.conversation_id, Author.BOT.value)
        return received.message_id

    async def seen(self, frame: Json) -> None:
        upto = frame.get("message")
        if not isinstance(upto, int) or isinstance(upto, bool) or not 0 < upto < 2**53:
            raise Refusal("bad_request", 422)
        with available():
            async with self._state.db.begin() as tx:
                if customer := await self.customer(tx):
                    await messages.reached(tx, customer.id, Delivery.SEEN, self._now, upto=upto)
        await self._state.live.ring("event")

    async def typing(self) -> None:
        with available():
            async with self._state.db.read() as tx:
                customer = await self.customer(tx)
                open_one = await conversations.open_of(tx, customer.id) if customer else None
            if open_one:
                debounce = self._state.settings.debounce
                await conversation.writes_on(self._state.db, open_one.id, self._now, debounce)
        if open_one:
            await self._state.live.typing(open_one.id, Author.CUSTOMER.value)

    async def waits(self, again_in: float) -> None:
        """The visitor's page is open while they wait for a person; it will say so again within so
        many seconds."""
        with available():
            async with self._state.db.begin(durable=False) as tx:
                customer = await self.customer(tx)
                open_one = await conversations.open_of(tx, customer.id) if customer else None
                if open_one:
                    await queue.on_page(tx, open_one, self._now, timedelta(seconds=again_in))

    async def page(self, frame: Json) -> None:
        """Keep the page the visitor is on, once there is somebody to keep it for."""
        page = frame.get("page")
        if not isinstance(page, dict):
            return
        facts = {
            key: conversation.storable(str(page[key]))[:500]
            for key in ("url", "title")
            if key in page
        }
        with contextlib.suppress(DatabaseUnavailable):
            async with self._state.db.begin() as tx:
                customer = await self.customer(tx)
                if customer and (
                    customer.profile.get("page") != facts or customer.locale != self.locale
                ):
                    await customers.merge_profile(tx, customer, {"page": facts})
                    await customers.change(tx, customer.id, locale=self.locale)

    async def identify(self, frame: Json) -> str:
        """The visitor this one turns out to be; their talk goes with them unless that person
        already has one. Raises Refusal."""
        try:
            visitor = self.widget.identified(frame)
        except SignatureError as error:
            metrics.REFUSED.labels(self.widget.name).inc()
            raise Refusal("bad_hash", 401) from error
        facts = {
            key: conversation.storable(frame[key])[:200]
            for key in ("name", "email")
            if isinstance(frame.get(key), str) and frame[key]
        }
        with available():
            async with self._state.db.begin() as tx:
                anonymous = await self.customer(tx)
                known = await customers.find(tx, self.widget.name, visitor)
                # Only a talk that nobody has signed for goes along: on a shared computer the
                # token may still be the last user's.
                if anonymous and not known and self.widget.is_anonymous(anonymous.external_id):
                    await customers.change(tx, anonymous.id, external_id=visitor)
                customer = await customers.lock_or_create(
                    tx, self.widget.name, visitor, self._now, locale=self.locale
                )
                await customers.merge_profile(tx, customer, {**facts, "verified": True})
                if name := facts.get("name"):
                    await customers.change(tx, customer.id, name=name)
        self.visitor = visitor
        return self.widget.token_for(visitor)

    async def history(self, before: int | None = None) -> Json:
        with available():
            async with self._state.db.read() as tx:
                customer = await self.customer(tx)
                return await self._history(tx, customer, before)

    async def _history(self, tx: Tx, customer: Customer | None, before: int | None) -> Json:
        if customer is None:
            return {"messages": [], "more": False}
        found = await messages.seen_by_customer(tx, customer.id, before=before, limit=HISTORY + 1)
        shown = found[-HISTORY:]
        return {"messages": [_shown(message) for message in shown], "more": len(found) > HISTORY}

    async def catch_up(self, after: int | None) -> tuple[list[Json], int]:
        """Frames for everything after an event, ending with the state, and the new cursor."""
        with available():
            async with self._state.db.read() as tx:
                cursor, oldest = await events.newest_id(tx), await events.oldest_id(tx)
                customer = await self.customer(tx)
                frames: list[Json] = []
                missed: list[Event] = []
                # Before the oldest there were others, which are kept no longer.
                resumes = after is not None and oldest - 1 <= after <= cursor
                if customer and resumes:
                    assert after is not None
                    missed = await events.of_customer_after(tx, customer.id, after, CATCH_UP + 1)
                if not resumes or len(missed) > CATCH_UP:
                    frames.append({"type": "history", **await self._history(tx, customer, None)})
                else:
                    ids = {event.message_id: event.id for event in missed if event.message_id}
                    found = await messages.by_ids(tx, list(ids))
                    frames += [
                        {"type": "message", "event": ids[key], "message": _shown(message)}
                        for key, message in sorted(found.items())
                        if not message.internal
                    ]
                frames.append(await self._state_frame(tx, customer))
                return frames, cursor

    async def state(self) -> Json:
        with available():
            async with self._state.db.read() as tx:
                return await self._state_frame(tx, await self.customer(tx))

    async def bot_ready(self) -> bool:
        """Whether a bot answers. While none does every open page asks: one look serves them all."""
        looked_at, ready = self._state.bot_seen
        if time.monotonic() - looked_at >= LOOK_SECONDS:
            self._state.bot_seen = (time.monotonic(), ready)
            with available():
                async with self._state.db.read() as tx:
                    ready = await releases.bot_ready(tx, self._now - releases.ALIVE)
            self._state.bot_seen = (time.monotonic(), ready)
        return bool(ready)

    async def message(self, message_id: int, event_id: int) -> Json | None:
        """The frame of a message, None when it is not for the customer."""
        with available():
            async with self._state.db.read() as tx:
                found = await messages.by_id(tx, message_id)
        if found is None or found.internal:
            return None
        return {"type": "message", "event": event_id, "message": _shown(found)}

    async def _state_frame(self, tx: Tx, customer: Customer | None) -> Json:
        newest = await conversations.newest_of(tx, customer.id) if customer else None
        state: Json = {
            "speaker": SPEAKERS[newest.status] if newest else "bot",
            "agent": "",
            "place": None,
            "bot_ready": await releases.bot_ready(tx, self._now - releases.ALIVE),
        }
        if newest and newest.status is Status.QUEUED:
            state["place"] = await handoffs.place_of(tx, newest.id)
        if newest and newest.assignee_id and newest.status is Status.ASSIGNED:
            agent = await users.by_id(tx, newest.assignee_id)
            state["agent"] = agent.name if agent else ""
        return {"type": "state", "event": None, "state": state}


class available:
    """Turns a database that is away into what the customer is told."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DatabaseUnavailable):
            raise Refusal("unavailable", 503) from error


def _shown(message: Message) -> Json:
    """A message as the customer's screen draws it."""
    shown: Json = {
        "id": message.id,
        "author": message.author.value,
        "name": message.meta.get("name", ""),
        "at": message.created_at.isoformat(),
        **message.content.as_json(),
    }
    if message.author is Author.CUSTOMER:
        shown["client_id"] = client_id_of(message.external_id or "")
    elif message.delivery:
        shown["delivery"] = message.delivery.value
    return shown


def origin_allowed(state: State, origin: str | None) -> bool:
    """Browsers name the page; what is no browser can write what it likes, so it may come in."""
    allowed = state.settings.widget_origins
    return origin is None or "*" in allowed or origin in allowed
