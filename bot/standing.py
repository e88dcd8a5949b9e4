"""What the database knows of a person that bears on permission.

A reply needs less than what we write of ourselves: `whole` adds consent, complaints, and what we
have sent already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from bot import rulebook
from bot.facts import HERE
from bot.models import Author, Conversation, Customer
from bot.permission import Purpose, Standing, Verdict, Wish, verdict
from bot.storage import (
    complaints,
    consents,
    conversations,
    identities,
    messages,
    outreach,
    preferences,
)
from bot.storage.db import Tx

REMEMBERED: Final = timedelta(days=31)  # longer than any cap counts


async def of(tx: Tx, customer: Customer, conversation: Conversation, now: datetime) -> Standing:
    """How a customer stands; what they wrote in an earlier conversation counts too."""
    last = conversation.last_inbound_at or await conversations.last_inbound_of(tx, customer.id)
    conversation = replace(conversation, last_inbound_at=last)
    return known(customer, conversation, await quota_left(tx, customer.channel, now))


async def whole(
    tx: Tx, customer: Customer, conversation: Conversation | None, now: datetime
) -> Standing:
    """The same with what the person wishes, whether a complaint of theirs is open, and what we have
    written of ourselves, on whatever channel."""
    last = conversation.last_inbound_at if conversation else None
    wishes = await consents.wishes_of(tx, customer.id)
    accounts = await identities.accounts_of(tx, customer.id)
    sent = await outreach.sent_since(tx, accounts, now - REMEMBERED)
    wish = await preferences.of_customer(tx, customer.id)
    return Standing(
        last_inbound_at=last or await conversations.last_inbound_of(tx, customer.id),
        reachable=customer.profile.get("reachable") is not False,
        consents=cast("frozenset[Purpose]", wishes.yes),
        opted_out=cast("frozenset[Purpose]", wishes.no),
        no_need_until=cast("Mapping[Purpose, datetime]", wishes.not_before),
        open_complaint=await complaints.any_open(tx, accounts),
        sent_at=cast("Mapping[Purpose, tuple[datetime, ...]]", sent),
        quota_left=await quota_left(tx, customer.channel, now),
        hours=wish.hours,
        preferred=wish.channel == customer.channel,
    )


def known(customer: Customer, conversation: Conversation, quota_left: int | None) -> Standing:
    """The same, when the channel's quota has been looked up already."""
    return Standing(
        last_inbound_at=conversation.last_inbound_at,
        reachable=customer.profile.get("reachable") is not False,
        quota_left=quota_left,
    )


async def may_reply(
    tx: Tx, customer: Customer, conversation: Conversation, author: Author, now: datetime
) -> Verdict:
    """Whether a reply to a customer may be sent now."""
    wish = Wish(customer.channel, author, "reply", now)
    return verdict(wish, await of(tx, customer, conversation, now))


async def quota_left(tx: Tx, channel: str, now: datetime) -> int | None:
    """How many messages the channel still takes this calendar month; None where it does not
    count."""
    most = rulebook.platform(channel, now).monthly
    if most is None:
        return None
    month = now.astimezone(HERE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return max(0, most - await messages.sent_on(tx, channel, since=month))
