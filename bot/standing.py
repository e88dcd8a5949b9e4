"""What the database knows of a person that bears on permission.

A reply needs less than what we write of ourselves: `whole` adds consent, complaints, and what we
have sent already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from bot.storage.consents import Wishes
from bot.storage.db import Tx
from bot.storage.preferences import Preference

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
    accounts = await identities.accounts_of(tx, customer.id)
    return _standing(
        customer,
        last or await conversations.last_inbound_of(tx, customer.id),
        (await consents.wishes(tx, [accounts]))[customer.id],
        await outreach.sent_since(tx, accounts, now - REMEMBERED),
        open_complaint=await complaints.any_open(tx, accounts),
        quota_left=await quota_left(tx, customer.channel, now),
        preference=await preferences.of_customer(tx, customer.id),
    )


async def of_people(
    tx: Tx, groups: Sequence[Sequence[Customer]], now: datetime
) -> dict[int, Standing]:
    """The same of many customers at once, by their id: a group is everybody who is one person. A
    handful of questions, however many they are."""
    groups = [group for group in groups if group]
    everybody = [customer.id for group in groups for customer in group]
    last = await conversations.last_inbound_of_each(tx, everybody)
    wishes = await consents.wishes(tx, [[each.id for each in group] for group in groups])
    sent_to = await outreach.sent_to(tx, everybody, now - REMEMBERED)
    complained = await complaints.open_among(tx, everybody)
    preferred = await preferences.of_customers(tx, everybody)
    channels = {customer.channel for group in groups for customer in group}
    quotas = {channel: await quota_left(tx, channel, now) for channel in channels}
    found = {}
    for group in groups:
        sent: dict[str, tuple[datetime, ...]] = {}
        for purpose, at in (each for customer in group for each in sent_to.get(customer.id, ())):
            sent[purpose] = (*sent.get(purpose, ()), at)
        is_open = any(customer.id in complained for customer in group)
        for customer in group:
            found[customer.id] = _standing(
                customer,
                last.get(customer.id),
                wishes[customer.id],
                sent,
                open_complaint=is_open,
                quota_left=quotas[customer.channel],
                preference=preferred.get(customer.id, preferences.ANY),
            )
    return found


def _standing(
    customer: Customer,
    last_inbound_at: datetime | None,
    wishes: Wishes,
    sent: Mapping[str, tuple[datetime, ...]],
    *,
    open_complaint: bool,
    quota_left: int | None,
    preference: Preference,
) -> Standing:
    return Standing(
        last_inbound_at=last_inbound_at,
        reachable=customer.profile.get("reachable") is not False,
        consents=cast("frozenset[Purpose]", wishes.yes),
        opted_out=cast("frozenset[Purpose]", wishes.no),
        no_need_until=cast("Mapping[Purpose, datetime]", wishes.not_before),
        open_complaint=open_complaint,
        sent_at=cast("Mapping[Purpose, tuple[datetime, ...]]", sent),
        quota_left=quota_left,
        hours=preference.hours,
        preferred=preference.channel == customer.channel,
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
