"""What we say: written to the transcript and put on its way in one transaction, then delivered."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot import logs, standing
from bot.menu import MENU
from bot.metrics import DELIVERED, DELIVERIES
from bot.models import Author, Content, Conversation, Customer, Delivery, Parcel
from bot.permission import Verdict
from bot.storage import accounts, conversations, customers, messages
from bot.storage import outbox as parcels
from bot.storage.db import Database, DatabaseUnavailable, Tx
from connectors.base import (
    READ_OUR_STORE,
    AuthError,
    Button,
    Channel,
    DeliveryError,
    OutboundMessage,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)

log = logging.getLogger(__name__)

TRIES = 8
LONGEST_WAIT = timedelta(seconds=300)
SEND_SECONDS = 45.0  # after which a platform's silence is final
DIED = "sender died"
PERMISSION = "permission:"  # in an error's code: one of permission.REASONS follows
AUTH_PAUSE = timedelta(seconds=60)


async def say(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    author: Author,
    content: Content,
    now: datetime,
    *,
    user_id: int | None = None,
    meta: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    secret: str = "",
) -> int | None:
    """Write an outgoing message to the transcript and, in the same transaction, to the outbox.

    A button's payload is swapped for an opaque key that means something in this conversation
    only. A `secret` stands where the text has HIDDEN, for the platform and nobody else: it cannot
    be said where customers read our own store. Returns the message's id,
    or None when this `client_id` was said before.
    """
    content, payloads = _sealed(content)
    facts = {
        **(meta or {}),
        **({"payloads": payloads} if payloads else {}),
        **({"trace": trace} if (trace := logs.trace()) else {}),
    }
    stays = customer.channel in READ_OUR_STORE
    message_id = await messages.add(
        tx,
        conversation.id,
        customer.channel,
        author,
        content,
        now,
        user_id=user_id,
        meta=facts,
        client_id=client_id,
        delivery=Delivery.SENT if stays else Delivery.QUEUED,
    )
    if message_id is None:
        return None
    if not stays:
        await parcels.add(
            tx,
            message_id,
            conversation.id,
            customer.channel,
            customer.external_id,
            now,
            secret=secret,
        )
    answered = author in (Author.BOT, Author.AGENT)
    await conversations.spoke(tx, conversation.id, now, answered=answered)
    return message_id


def _sealed(content: Content) -> tuple[Content, dict[str, str]]:
    payloads: dict[str, str] = {}

    def seal(button: Button) -> Button:
        if button.url or button.key in MENU:  # the same everywhere, and no secret
            return button
        key = secrets.token_urlsafe(9)
        payloads[key] = button.key
        return replace(button, key=key)

    sealed = replace(
        content,
        buttons=tuple(seal(button) for button in content.buttons),
        cards=tuple(
            replace(card, buttons=tuple(seal(button) for button in card.buttons))
            for card in content.cards
        ),
    )
    return sealed, payloads


async def claim(db: Database, channel: str, now: datetime, limit: int) -> list[Parcel]:
    """Begin up to `limit` deliveries on a channel. What a dead sender left behind is marked
    unknown: the platform may have taken it, and twice is worse than shown to an agent."""
    async with db.read() as tx:
        if not await parcels.any_due(tx, channel, now):
            return []
    async with db.begin() as tx:
        for orphan in await parcels.orphans(tx, channel, now):
            if await parcels.done(tx, orphan.id):
                await messages.set_delivery(
                    tx, orphan.message_id, Delivery.UNKNOWN, now, error=DIED
                )
                DELIVERIES.labels(channel, Delivery.UNKNOWN.value).inc()
                with logs.traced(orphan.trace):
                    log.warning("delivery ended", extra=_facts(orphan, Delivery.UNKNOWN, DIED))
        return await parcels.claim(tx, channel, now, limit)


async def at_once(recipient_id: str) -> None:
    """The pace of a platform that does not mind."""


async def deliver(
    db: Database,
    channel: Channel,
    parcel: Parcel,
    now: datetime,
    pace: Callable[[str], Awaitable[None]] = at_once,
) -> Delivery:
    """Hand one claimed parcel to its platform and write down what became of it.

    A message may take several calls, each after `pace`: one that is accepted is noted, so that a
    later try goes on after it. Returns the message's delivery state: sent, queued (due later),
    failed or unknown.
    """
    watch = asyncio.get_running_loop().time
    with logs.traced(parcel.trace):
        began = watch()
        log.info("delivery tried", extra=_facts(parcel))
        fate, code = await _deliver(db, channel, parcel, now, pace)
        took = watch() - began
        ended = {**_facts(parcel, fate, code), "ms": round(1000 * took)}
        log.info("delivery ended", extra=ended)
    DELIVERIES.labels(parcel.channel, fate.value).inc()
    if fate is Delivery.SENT:
        waited = (now - parcel.said_at).total_seconds()
        DELIVERED.labels(parcel.channel).observe(waited + took)
    return fate


def _facts(parcel: Parcel, fate: Delivery | None = None, code: str = "") -> dict[str, Any]:
    """A delivery as the log tells it."""
    return {
        "conversation": parcel.conversation_id,
        "messages": [parcel.message_id],
        "channel": parcel.channel,
        "attempt": parcel.attempts,
        **({"fate": fate.value} if fate else {}),
        **({"code": code} if code else {}),
    }


async def _deliver(
    db: Database,
    channel: Channel,
    parcel: Parcel,
    now: datetime,
    pace: Callable[[str], Awaitable[None]],
) -> tuple[Delivery, str]:
    """What became of it, and the code of what went wrong."""
    fate, refusal, last = Delivery.SENT, DeliveryError(""), None
    try:
        verdict, followed = await _verdict(db, parcel, now)
        if verdict.kind == "wait" and verdict.until:
            async with db.begin() as tx:
                await parcels.later(tx, parcel.id, verdict.until, verdict.reason)
            return Delivery.QUEUED, f"{PERMISSION}{verdict.reason}"
        last = await _call(db, channel, parcel, verdict, followed, now, pace)
    except AuthError as error:
        log.warning("channel %s is paused: %s", parcel.channel, error)
        async with db.begin() as tx:
            await parcels.pause(tx, parcel, now + AUTH_PAUSE, str(error))
            await accounts.pause(tx, parcel.channel, error.code or "auth", str(error), now)
        return Delivery.QUEUED, error.code or "auth"
    except RetryableError as error:
        if parcel.attempts < TRIES:
            await _postpone(db, parcel, now, error)
            return Delivery.QUEUED, error.code
        fate, refusal = Delivery.FAILED, error
    except UnknownOutcomeError as error:
        fate, refusal = Delivery.UNKNOWN, error
    except asyncio.TimeoutError:
        fate, refusal = Delivery.UNKNOWN, DeliveryError("no answer in time")
    except DeliveryError as error:
        fate, refusal = Delivery.FAILED, error
    except DatabaseUnavailable:
        raise
    except Exception as bug:  # a connector's bug must not stop the others' deliveries
        log.exception("message %s on %s: connector failed", parcel.message_id, parcel.channel)
        fate, refusal = Delivery.UNKNOWN, DeliveryError(type(bug).__name__)
    async with db.begin() as tx:
        if last is not None:
            await messages.called(tx, parcel.channel, last, parcel.message_id)
            await accounts.resume(tx, parcel.channel)
            await accounts.delivered(tx, parcel.channel, now)
        if await parcels.done(tx, parcel.id) or await _unknown(tx, parcel):
            await messages.set_delivery(
                tx, parcel.message_id, fate, now, error=str(refusal), code=refusal.code
            )
    if isinstance(refusal, PermanentError) and refusal.unreachable:
        async with db.begin() as tx:
            await _lost_touch(tx, parcel, now)
    return fate, refusal.code


async def check(db: Database, channel: Channel, now: datetime, seconds: float) -> None:
    """Ask a platform whether it still knows us: pause the channel when it does not, and let it go
    on when it does again. A platform that is away changes nothing."""
    try:
        await asyncio.wait_for(channel.check(), seconds)
    except AuthError as error:
        log.warning("channel %s is paused: %s", channel.name, error)
        async with db.begin() as tx:
            await accounts.pause(tx, channel.name, error.code or "auth", str(error), now)
    except (DeliveryError, asyncio.TimeoutError) as error:
        log.info("%s does not say how it stands: %s", channel.name, type(error).__name__)
    else:
        async with db.begin() as tx:
            if await accounts.resume(tx, channel.name, signed_in=True):
                await parcels.hurry(tx, channel.name, now)


async def _verdict(db: Database, parcel: Parcel, now: datetime) -> tuple[Verdict, bool]:
    """Whether it may still be said, for a window may have closed while it waited; and whether
    more is to be said right after it."""
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, parcel.conversation_id)
        assert conversation is not None  # foreign key
        customer = await customers.by_id(tx, conversation.customer_id)
        author = Author.AGENT if parcel.author is Author.AGENT else Author.BOT
        verdict = await standing.may_reply(tx, customer, conversation, author, now)
        return verdict, await parcels.followed(tx, parcel)


async def _call(
    db: Database,
    channel: Channel,
    parcel: Parcel,
    verdict: Verdict,
    followed: bool,
    now: datetime,
    pace: Callable[[str], Awaitable[None]],
) -> str | None:
    """The calls that say the message, from the first that was not accepted yet. Each but the last
    is noted; the last one's id is for the caller to note with the message's end."""
    if verdict.kind != "send":
        raise PermanentError(verdict.reason, f"{PERMISSION}{verdict.reason}")
    content = parcel.content
    calls = channel.render(
        OutboundMessage(
            channel=parcel.channel,
            recipient_id=parcel.recipient_id,
            text=content.text,
            buttons=content.buttons,
            cards=content.cards,
            attachments=content.attachments,
            reference=str(parcel.message_id),
            tag=verdict.tag,
            followed=followed,
        )
    )
    if not calls:
        raise PermanentError("nothing in it that this platform can show", "empty")
    clock = asyncio.get_running_loop().time
    began, external_id = clock(), None
    for number, call in enumerate(calls, start=1):
        if number <= parcel.calls_done:
            continue
        await pace(parcel.recipient_id)
        delivering = channel.deliver(parcel.recipient_id, call)
        external_id = await asyncio.wait_for(delivering, SEND_SECONDS)
        if number < len(calls):
            present = now + timedelta(seconds=clock() - began)
            async with db.begin() as tx:
                await messages.called(tx, parcel.channel, external_id, parcel.message_id)
                await parcels.call_done(tx, parcel.id, number, present + parcels.HORIZON)
    return external_id


async def _unknown(tx: Tx, parcel: Parcel) -> bool:
    """Whether somebody took this sender for dead, as when a clock was set forward."""
    message = await messages.by_id(tx, parcel.message_id)
    return message is not None and message.delivery is Delivery.UNKNOWN


async def _lost_touch(tx: Tx, parcel: Parcel, now: datetime) -> None:
    customer = await customers.lock_or_create(tx, parcel.channel, parcel.recipient_id, now)
    await customers.merge_profile(tx, customer, {"reachable": False})


async def _postpone(db: Database, parcel: Parcel, now: datetime, refusal: RetryableError) -> None:
    wait = min(timedelta(seconds=2**parcel.attempts), LONGEST_WAIT)
    if refusal.retry_after is not None:
        wait = max(wait, timedelta(seconds=refusal.retry_after))
    async with db.begin() as tx:
        if refusal.everybody:
            await parcels.pause(tx, parcel, now + wait, str(refusal))
        else:
            await parcels.later(tx, parcel.id, now + wait, str(refusal))
