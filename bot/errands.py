"""Getting what a platform only gives for a while: files that travelled with messages, and who
people are."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from bot import uploads
from bot.conversation import attachment_of, storable
from bot.models import Customer, Errand, Message, StoredFile
from bot.storage import customers, files, messages
from bot.storage import errands as rows
from bot.storage.db import Database, DatabaseUnavailable, Tx
from connectors.base import Attachment, Channel, DeliveryError, File, PermanentError, Profile

log = logging.getLogger(__name__)

TRIES = 5
FETCH_SECONDS = rows.LEASE.total_seconds() - 15


async def run(db: Database, channel: Channel, errand: Errand, now: datetime) -> None:
    """Get what the errand is for and write it down; a failure is tried again later, and in the
    end the message says why its file is missing. Raises DatabaseUnavailable."""
    try:
        if errand.attempts > TRIES:
            raise PermanentError("whoever began it died of it")
        if errand.message_id is None:
            profile = await asyncio.wait_for(_profile(channel, db, errand), FETCH_SECONDS)
            picture = await _picture(channel, profile)
            async with db.begin() as tx:
                if customer := await _end(tx, errand):
                    await _learn(tx, errand, customer, profile, picture, now)
        else:
            file = await asyncio.wait_for(channel.fetch(errand.url), FETCH_SECONDS)
            mime, data = await asyncio.to_thread(uploads.examine, file.data)
            async with db.begin() as tx:
                if await _end(tx, errand):
                    await _put(tx, errand, file._replace(data=data, mime=mime), now)
    except DatabaseUnavailable:
        raise
    except Exception as refusal:  # a bug, too, must have an end
        if not isinstance(refusal, (DeliveryError, uploads.RefusedFile, asyncio.TimeoutError)):
            log.exception("errand on %s failed", errand.channel)
        final = isinstance(refusal, (PermanentError, uploads.RefusedFile))
        async with db.begin() as tx:
            if not final and errand.attempts < TRIES:
                await rows.later(tx, errand.id, now + timedelta(seconds=2**errand.attempts))
            elif await _end(tx, errand):
                await _give_up(tx, errand, refusal, now)


async def _end(tx: Tx, errand: Errand) -> Customer | None:
    """The errand has an end; None when somebody else already ended it. Until the transaction
    ends nobody else changes what belongs to the customer."""
    customer = await customers.lock(tx, errand.customer_id)
    return customer if await rows.done(tx, errand.id) else None


async def _profile(channel: Channel, db: Database, errand: Errand) -> Profile:
    async with db.read() as tx:
        customer = await customers.by_id(tx, errand.customer_id)
    return await channel.profile(customer.external_id)


async def _picture(channel: Channel, profile: Profile) -> File | None:
    if not profile.avatar:
        return None
    try:
        file = await asyncio.wait_for(channel.fetch(profile.avatar), FETCH_SECONDS)
        mime, data = await asyncio.to_thread(uploads.examine, file.data)
    except (DeliveryError, uploads.RefusedFile, asyncio.TimeoutError) as refusal:
        log.info("no picture of a person on %s: %s", channel.name, type(refusal).__name__)
        return None
    return File(data, "avatar", mime) if mime.startswith("image/") else None


async def _learn(
    tx: Tx,
    errand: Errand,
    customer: Customer,
    profile: Profile,
    picture: File | None,
    now: datetime,
) -> None:
    facts = {name: storable(value)[:255] for name, value in profile.facts.items()}
    if picture:
        was = str(customer.profile.get("avatar", ""))
        kept = await files.by_key(tx, was.removeprefix("/files/"))
        if kept is None or kept[1] != picture.data:
            await files.delete(tx, [was])
            facts["avatar"] = (await _store(tx, errand, picture, None, now)).url
    if facts:
        await customers.merge_profile(tx, customer, facts)
    if profile.name and profile.name != customer.name:
        await customers.change(tx, customer.id, name=storable(profile.name)[:255])


async def _put(tx: Tx, errand: Errand, file: File, now: datetime) -> None:
    message, was = await _waiting(tx, errand)
    if was is not None:
        stored = await _store(tx, errand, file, message.conversation_id, now, was.name)
        await _replace(tx, message, errand.place, stored, now)


async def _store(
    tx: Tx, errand: Errand, file: File, conversation_id: int | None, now: datetime, name: str = ""
) -> Attachment:
    stored = StoredFile(
        key=secrets.token_urlsafe(24),
        conversation_id=conversation_id,
        name=uploads.safe_name(name or file.name, file.mime),
        mime=file.mime,
        size=len(file.data),
        created_at=now,
    )
    await files.add(tx, stored, file.data, errand.customer_id)
    return attachment_of(stored.key, stored.name, stored.mime, stored.size)


async def _give_up(tx: Tx, errand: Errand, refusal: Exception, now: datetime) -> None:
    log.warning("errand on %s given up: %s", errand.channel, type(refusal).__name__)
    if errand.message_id is None:
        return
    message, was = await _waiting(tx, errand)
    if was is not None:
        await _replace(tx, message, errand.place, replace(was, url=""), now)


async def _waiting(tx: Tx, errand: Errand) -> tuple[Message, Attachment | None]:
    """The errand's message and its file there; None when it was taken back meanwhile."""
    assert errand.message_id is not None
    message = await messages.by_id(tx, errand.message_id)
    assert message is not None  # foreign key
    there = message.content.attachments
    return message, there[errand.place] if errand.place < len(there) else None


async def _replace(tx: Tx, message: Message, place: int, file: Attachment, now: datetime) -> None:
    there = list(message.content.attachments)
    there[place] = file
    content = replace(message.content, attachments=tuple(there))
    await messages.change(tx, message, now, content=content)
