"""What the database knows of a person that bears on permission.

Consent, opt-out, complaints and what campaigns have sent are the campaigns' to add, with
dataclasses.replace: a reply needs none of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import rulebook
from bot.facts import HERE
from bot.models import Author, Conversation, Customer
from bot.permission import Standing, Verdict, Wish, verdict
from bot.storage import conversations, messages
from bot.storage.db import Tx


async def of(tx: Tx, customer: Customer, conversation: Conversation, now: datetime) -> Standing:
    """How a customer stands; what they wrote in an earlier conversation counts too."""
    last = conversation.last_inbound_at or await conversations.last_inbound_of(tx, customer.id)
    conversation = replace(conversation, last_inbound_at=last)
    return known(customer, conversation, await quota_left(tx, customer.channel, now))


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
