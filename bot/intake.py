"""What platforms tell us: each event is written down with all that follows from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from bot import handoff, logs, unread
from bot.conversation import Received, fetch_files, receive, storable
from bot.metrics import EVENTS, MESSAGES
from bot.models import (
    AT_ONCE,
    Author,
    Content,
    Conversation,
    Customer,
    Debounce,
    Delivery,
    Message,
)
from bot.storage import accounts, conversations, customers, files, inbox, messages
from bot.storage import outbox as parcels
from bot.storage.db import Database, DatabaseUnavailable, Tx
from connectors.base import (
    Arrival,
    Channel,
    DeliveryError,
    Echo,
    Edit,
    Event,
    InboundMessage,
    Notice,
    Reach,
    Reaction,
    Recall,
    Receipt,
    Unread,
)

log = logging.getLogger(__name__)

NOTICE_SECONDS = 5.0
ECHO_AGE = timedelta(hours=2)  # a platform tells us that late what we have said
LONGEST_BODY = 64 * 1024  # characters that are kept of an event we cannot read

_looked_at: WeakKeyDictionary[Database, dict[str, datetime]] = WeakKeyDictionary()  # by channel


class Untaken(Exception):
    """Nothing can be done with the event; the text says why."""


async def take(
    db: Database,
    channel: Channel,
    events: Sequence[Event],
    clock: Callable[[], datetime],
    debounce: Debounce,
) -> list[InboundMessage]:
    """Write down all that a platform tells; answers with the new messages for the assistant.

    When this returns everything is stored for good, what we cannot read too; when it raises
    DatabaseUnavailable the platform should try again: what was stored is known then.
    """
    new = []
    for event in events:
        EVENTS.labels(channel.name, type(event).__name__).inc()
        with logs.traced():
            received = await _take_safely(db, channel.name, event, clock, debounce)
        if received is not None and received.new:
            MESSAGES.labels(channel.name).inc()
            if received.for_bot and isinstance(event, InboundMessage):
                new.append(event)
    await _heard(db, channel.name, clock())
    return new


async def _heard(db: Database, channel: str, now: datetime) -> None:
    """The account is in use. In a crowd nobody looks whether that is written down already."""
    looked_at = _looked_at.setdefault(db, {})
    if channel in looked_at and timedelta(0) <= now - looked_at[channel] < accounts.FRESH:
        return
    async with db.read() as tx:
        known = await accounts.heard_lately(tx, channel, now)
    if not known:
        async with db.begin(durable=False) as tx:
            await accounts.heard(tx, channel, now)
    looked_at[channel] = now


async def take_again(db: Database, events: Sequence[Event], now: datetime) -> bool:
    """Write down events that were kept unread, as far as that can be done now; whether all were.
    What was written down before stays as it is."""
    whole = True
    for event in events:
        if isinstance(event, Unread):
            whole = False
            continue
        if isinstance(event, Notice):
            event = replace(event, stops=False)  # of an account that may be well again
        try:
            with logs.traced():
                await _take(db, event, now, AT_ONCE)
        except DatabaseUnavailable:
            raise
        except Exception:  # as in _take_safely
            log.exception("%s: an event was not taken again", event.channel)
            whole = False
    return whole


def word_of(events: Sequence[Event], new: Sequence[InboundMessage]) -> str:
    """Whom to wake once these events are taken: what waits for nobody may have been answered at
    the door."""
    if new:
        return "inbox"
    written = any(isinstance(event, (InboundMessage, Edit)) for event in events)
    return "outbox" if written else "event"


async def notice(channel: Channel, new: Sequence[InboundMessage]) -> None:
    """Shows the people that we have got what they wrote: soon or not at all."""
    clock = asyncio.get_running_loop().time
    end = clock() + NOTICE_SECONDS
    for message in new:
        try:
            await asyncio.wait_for(channel.noticed(message), end - clock())
        except asyncio.TimeoutError:
            log.info("%s takes too long to show what was seen", channel.name)
            return
        except DeliveryError as error:
            log.info("%s: a message was not shown as seen: %s", channel.name, type(error).__name__)


async def _take_safely(
    db: Database, channel: str, event: Event, clock: Callable[[], datetime], debounce: Debounce
) -> Received | None:
    """One event's bug must not lose the others."""
    try:
        return await _take(db, event, clock(), debounce)
    except DatabaseUnavailable:
        raise
    except Untaken as why:
        return await _take(db, Unread(channel, str(why), event), clock(), debounce)
    except Exception as bug:
        log.exception("%s: an event was not taken", channel)
        return await _take(db, Unread(channel, type(bug).__name__, event), clock(), debounce)


async def _take(db: Database, event: Event, now: datetime, debounce: Debounce) -> Received | None:
    if isinstance(event, InboundMessage):
        return await receive(db, event, now, debounce=debounce)
    if isinstance(event, Edit):
        return await _edit(db, event, now, debounce)
    async with db.begin() as tx:
        if isinstance(event, Recall):
            await _recall(tx, event, now)
        elif isinstance(event, Reaction):
            await _react(tx, event, now)
        elif isinstance(event, Receipt):
            await _note_receipt(tx, event, now)
        elif isinstance(event, Echo):
            await _hear_ourselves(tx, event, now)
        elif isinstance(event, (Reach, Arrival)):
            await _meet(tx, event, now)
        elif isinstance(event, Notice):
            await accounts.warn(tx, event.channel, event.text, now)
            if event.stops:
                await accounts.pause(tx, event.channel, "", event.text, now)
        else:
            log.warning("%s: an event was not read: %s", event.channel, event.reason)
            await _keep(tx, event, now)
    return None


async def _keep(tx: Tx, event: Unread, now: datetime) -> None:
    try:
        body = storable(unread.written(event.raw))[:LONGEST_BODY]
    except RecursionError:  # what a parser still reads may be nested too deeply to be written
        body = ""
    await accounts.keep_unread(tx, event.channel, event.reason, body, now)


async def _theirs(tx: Tx, channel: str, external_id: str) -> Message | None:
    """A customer's message by the platform's id."""
    known = await messages.id_of(tx, channel, external_id)
    message = await messages.by_id(tx, known) if known is not None else None
    return message if message and message.author is Author.CUSTOMER else None


async def _edit(db: Database, event: Edit, now: datetime, debounce: Debounce) -> Received | None:
    """The record changes; nothing is answered twice. An edit that overtook its message is the
    message: when that comes, it is known."""
    if await _rewrite(db, event, now):
        return None
    whole = InboundMessage(
        event.channel, event.external_id, event.sender_id, event.at, text=event.text
    )
    received = await receive(db, whole, now, debounce=debounce)
    if not received.new:  # the message came at this very moment
        await _rewrite(db, event, now)
    return received


async def _rewrite(db: Database, event: Edit, now: datetime) -> bool:
    """False when the message is not here. What was taken back stays so, and so does the latest
    of several edits: platforms promise no order."""
    async with db.begin() as tx:
        await customers.lock_or_create(tx, event.channel, event.sender_id, now)
        message = await _theirs(tx, event.channel, event.external_id)
        if message is None:
            return False
        text, at = storable(event.text), message.meta.get("edited_at")
        late = at is not None and event.at < datetime.fromisoformat(at)
        if text != message.content.text and not late and not message.meta.get("recalled"):
            before = {"text": message.content.text, "at": now.isoformat()}
            await messages.change(
                tx,
                message,
                now,
                content=Content(text, attachments=message.content.attachments),
                meta={
                    "edits": [*message.meta.get("edits", ()), before],
                    "edited_at": event.at.isoformat(),
                },
            )
        return True


async def _recall(tx: Tx, event: Recall, now: datetime) -> None:
    """What a customer takes back is gone here too, and not answered if it still waits."""
    customer = await customers.lock_or_create(tx, event.channel, event.sender_id, now)
    message = await _theirs(tx, event.channel, event.external_id)
    if message is None:
        await _recall_early(tx, event, customer, now)
        return
    await files.delete(tx, [file.url for file in message.content.attachments])
    gone = {"recalled": True, "edits": []}
    await messages.change(tx, message, now, content=Content(), meta=gone)
    await inbox.done(tx, [message.id])


async def _recall_early(tx: Tx, event: Recall, customer: Customer, now: datetime) -> None:
    """A recall that overtook its message stands in its place: when that comes, it is known."""
    colleagues = await messages.id_of(tx, event.channel, event.external_id) is not None
    if colleagues or await messages.of_calls(tx, event.channel, [event.external_id]):
        raise Untaken("recall of what we said")
    conversation = await _talk(tx, customer, now)
    await messages.add(
        tx,
        conversation.id,
        event.channel,
        Author.CUSTOMER,
        Content(),
        now,
        external_id=storable(event.external_id)[:255],
        meta={"recalled": True},
    )


async def _react(tx: Tx, event: Reaction, now: datetime) -> None:
    for message_id in await messages.of_calls(tx, event.channel, [event.external_id]):
        message = await messages.by_id(tx, message_id)
        if message is not None:
            await messages.change(tx, message, now, meta={"reaction": event.emoji})


async def _note_receipt(tx: Tx, event: Receipt, now: datetime) -> None:
    customer = await customers.find(tx, event.channel, event.sender_id)
    if customer is None:
        return
    delivery = Delivery.SEEN if event.seen else Delivery.DELIVERED
    # Before what is known: what ends meanwhile is in both, not in neither.
    sending = await parcels.being_sent(tx, event.channel, event.sender_id)
    known = await messages.of_calls(tx, event.channel, event.external_ids)
    if event.external_ids:
        await messages.reached(tx, customer.id, delivery, now, ids=known)
    elif event.upto is not None:
        await messages.reached(tx, customer.id, delivery, now, before=event.upto)
    if not known:
        # A receipt may overtake the answer to the call that it is for.
        for message_id, _ in sending:
            message = await messages.by_id(tx, message_id)
            if message is not None:
                await messages.change(tx, message, now, meta={"reached": delivery.value})
                meanwhile = await messages.by_id(tx, message_id)
                if meanwhile and meanwhile.delivery is Delivery.SENT:  # that answer has come
                    await messages.reached(tx, customer.id, delivery, now, ids=[message_id])


async def _hear_ourselves(tx: Tx, event: Echo, now: datetime) -> None:
    """Our own words come back, and those of other programs; a person's are a colleague's in the
    platform's own app, and the conversation is theirs from now on (H8)."""
    customer = await customers.lock_or_create(tx, event.channel, event.recipient_id, now)
    if await messages.of_calls(tx, event.channel, [event.external_id]):
        return
    message_id = await _said_by_us(tx, event, customer)
    if message_id is not None:
        await messages.called(tx, event.channel, event.external_id, message_id)
        message = await messages.by_id(tx, message_id)
        if message is not None and message.delivery is Delivery.UNKNOWN:
            await messages.set_delivery(tx, message_id, Delivery.SENT, now)
        return
    if (
        event.ours is not False
        or await messages.id_of(tx, event.channel, event.external_id) is not None
    ):
        return
    conversation = await _talk(tx, customer, now)
    await handoff.step_in(tx, conversation, now)
    message_id = await messages.add(
        tx,
        conversation.id,
        event.channel,
        Author.AGENT,
        Content(storable(event.text), attachments=event.attachments),
        now,
        external_id=event.external_id[:255],
        meta={"app": event.channel},
        delivery=Delivery.SENT,
    )
    assert message_id is not None  # no client_id
    await conversations.spoke(tx, conversation.id, now, answered=True)
    await fetch_files(tx, customer, message_id, event.attachments, now)


async def _talk(tx: Tx, customer: Customer, now: datetime) -> Conversation:
    """The customer's open conversation, begun if there is none."""
    found = await conversations.open_of(tx, customer.id, lock=True)
    return found or await conversations.start(tx, customer.id, now)


async def _said_by_us(tx: Tx, event: Echo, customer: Customer) -> int | None:
    """Which of our messages an echo is of: by the reference it carries, or as one that is being
    sent to this person at this moment, for an echo may overtake the answer to its own call; or as
    one whose answer never came."""
    if event.reference.isdecimal() and event.ours is not False:
        message = await messages.by_id(tx, int(event.reference))
        if message is not None:
            return message.id
    possible = await parcels.being_sent(tx, event.channel, customer.external_id)
    if event.ours is not False:
        possible += await messages.of_unknown_fate(tx, customer.id, event.at - ECHO_AGE)
    for message_id, text in possible:
        if event.text in text if event.text else not text:
            return message_id
    return None


async def _meet(tx: Tx, event: Reach | Arrival, now: datetime) -> None:
    customer = await customers.lock_or_create(tx, event.channel, event.sender_id, now)
    facts: dict[str, Any] = {}
    if event.source:
        facts["source"] = storable(event.source)[:255]
    if isinstance(event, Reach):
        facts["reachable"] = event.reachable
    elif event.facts:
        facts |= {name: storable(value)[:255] for name, value in event.facts.items()}
        facts["shared_at"] = event.at.isoformat()  # they filled in the platform's form
    if facts:
        await customers.merge_profile(tx, customer, facts)
