"""What we say: written to the transcript and put on its way in one transaction, then delivered."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.models import Author, Content, Conversation, Customer, Delivery, Parcel
from bot.storage import conversations, messages
from bot.storage import outbox as parcels
from bot.storage.db import Database, Tx
from connectors.base import (
    READ_OUR_STORE,
    AuthError,
    Button,
    Channel,
    OutboundMessage,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)

log = logging.getLogger(__name__)

TRIES = 8
LONGEST_WAIT = timedelta(seconds=300)
SEND_SECONDS = parcels.HORIZON.total_seconds() - 15
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
) -> int | None:
    """Write an outgoing message to the transcript and, in the same transaction, to the outbox.

    A button's payload is swapped for an opaque key that means something in this conversation
    only. Returns the message's id, or None when this `client_id` was said before.
    """
    content, payloads = _sealed(content)
    facts = {**(meta or {}), **({"payloads": payloads} if payloads else {})}
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
            tx, message_id, conversation.id, customer.channel, customer.external_id, now
        )
    answered = author in (Author.BOT, Author.AGENT)
    await conversations.spoke(tx, conversation.id, now, answered=answered)
    return message_id


def _sealed(content: Content) -> tuple[Content, dict[str, str]]:
    payloads: dict[str, str] = {}

    def seal(button: Button) -> Button:
        if button.url:
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
    async with db.begin() as tx:
        for orphan in await parcels.orphans(tx, channel, now):
            if await parcels.done(tx, orphan.id):
                await messages.set_delivery(
                    tx, orphan.message_id, Delivery.UNKNOWN, now, error="sender died"
                )
        return await parcels.claim(tx, channel, now, limit)


async def deliver(db: Database, channel: Channel, parcel: Parcel, now: datetime) -> Delivery:
    """Hand one claimed parcel to its platform and write down what became of it.

    Returns the message's delivery state: sent, queued (due later), failed or unknown.
    """
    content = parcel.content
    message = OutboundMessage(
        channel=parcel.channel,
        recipient_id=parcel.recipient_id,
        text=content.text,
        buttons=content.buttons,
        cards=content.cards,
        attachments=content.attachments,
        reference=str(parcel.message_id),
    )
    external_id, error = None, ""
    try:
        external_id = await asyncio.wait_for(channel.send(message), SEND_SECONDS)
        fate = Delivery.SENT
    except AuthError as refusal:
        log.warning("channel %s is paused: %s", parcel.channel, refusal)
        async with db.begin() as tx:
            await parcels.pause(tx, parcel, now + AUTH_PAUSE, str(refusal))
        return Delivery.QUEUED
    except RetryableError as refusal:
        if parcel.attempts < TRIES:
            await _postpone(db, parcel, now, refusal)
            return Delivery.QUEUED
        fate, error = Delivery.FAILED, str(refusal)
    except (UnknownOutcomeError, asyncio.TimeoutError) as silence:
        fate, error = Delivery.UNKNOWN, str(silence) or "no answer in time"
    except PermanentError as refusal:
        fate, error = Delivery.FAILED, str(refusal)
    except Exception as bug:  # a connector's bug must not stop the others' deliveries
        log.exception("message %s on %s: connector failed", parcel.message_id, parcel.channel)
        fate, error = Delivery.UNKNOWN, type(bug).__name__
    async with db.begin() as tx:
        if await parcels.done(tx, parcel.id):
            await messages.set_delivery(
                tx, parcel.message_id, fate, now, external_id=external_id, error=error
            )
    return fate


async def _postpone(db: Database, parcel: Parcel, now: datetime, refusal: RetryableError) -> None:
    wait = min(timedelta(seconds=2**parcel.attempts), LONGEST_WAIT)
    if refusal.retry_after is not None:
        wait = max(wait, timedelta(seconds=refusal.retry_after))
    async with db.begin() as tx:
        await parcels.later(tx, parcel.id, now + wait, str(refusal))
