"""The steps by which a conversation changes hands, whoever moves it. Each is part of its caller's
transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import clocks, outbox, pack, routing, words
from bot.address import addressed
from bot.desk_rules import DeskRules
from bot.models import Author, Content, Conversation, Customer, Handoff, User
from bot.moves import MOVES
from bot.routing import Case
from bot.storage import agents, conversations, events, handoffs, inbox, trackers
from bot.storage import rules as desk
from bot.storage.db import Tx
from connectors.base import Button

REPEATED: Final = timedelta(days=7)  # within which the same matter counts as asked again
# What a move is called once it has happened.
PAST: Final = {
    "assign": "assigned",
    "accept": "accepted",
    "take_over": "taken_over",
    "reassign": "reassigned",
}


class Refused(Exception):
    """The action cannot be done now; `code` says why, in a word."""

    code = "refused"


class Changed(Refused):
    """Somebody changed the conversation at the same moment: look again."""

    code = "changed"


async def move(
    tx: Tx, name: str, conversation: Conversation, now: datetime, **values: object
) -> None:
    move = MOVES[name]
    if conversation.status not in move.before or not await conversations.move(
        tx,
        conversation,
        move.after,
        now,
        **values,  # type: ignore[arg-type]
    ):
        raise Changed(f"conversation {conversation.id} has changed")


async def open_handoff(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    reason: str,
    summary: str,
    now: datetime,
) -> Handoff:
    """A new hand-off, with its team and its place."""
    case = Case(
        reason=reason,
        text=summary,
        channel=customer.channel,
        language=customer.locale,
        vip=bool(customer.profile.get("vip")),
    )
    matter = routing.route(rules, case).team
    lately = await handoffs.of_customer_since(tx, customer.id, now - REPEATED)
    # Who was given back to the assistant by a replay has not asked twice.
    repeats = 1 + sum(each.team == matter and each.outcome != "replayed" for each in lately)
    found = routing.route(rules, replace(case, repeats=repeats))
    opened = await handoffs.request(
        tx,
        conversation.id,
        reason,
        summary,
        now,
        respond_by=now,
        team=found.team,
        priority=found.priority,
        skills=sorted(found.skills),
        rank_at=routing.rank_at(rules, found.priority, now),
        queued_at=now,
    )
    handoff = await handoffs.open_of(tx, conversation.id)
    assert handoff is not None
    if opened is not None:
        await handoffs.tell(
            tx,
            handoff.id,
            "requested",
            now,
            rules=list(found.rules),
            repeats=repeats,
            facts=pack.facts_of(await trackers.load(tx, conversation.id)),
        )
        if found.priority == 0:
            await events.add(tx, conversation.id, "alarm", None, now)
    return handoff


async def assign(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    user: User,
    now: datetime,
    name: str,
) -> None:
    """Give it to the agent, by the move of this name. Raises Changed."""
    await move(tx, name, conversation, now, assignee_id=user.id)
    await inbox.clear(tx, conversation.id)
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None:
        reason = "taken_over" if name == "take_over" else "agent_joined"
        handoff = await open_handoff(tx, rules, conversation, customer, reason, "", now)
        handoff = await clocks.begin(tx, rules, handoff, now)
    known = await handoffs.last_with(tx, handoff.id) == user.id
    await handoffs.change(
        tx,
        handoff.id,
        assignee_id=user.id,
        accepted_at=handoff.accepted_at or now,
        queued_at=None,
    )
    await agents.given(tx, user.id, now)
    await clocks.assign(tx, rules, conversation, handoff, now)
    await handoffs.tell(tx, handoff.id, PAST[name], now, user_id=user.id)
    if not known:  # else they were away for a moment, of which the customer knows nothing
        await announce(tx, conversation, customer, "accepted", now, agent=user.name)


async def close(
    tx: Tx, conversation: Conversation, outcome: str, now: datetime, by: User | None = None
) -> None:
    await clocks.end(tx, conversation.id)
    if handoff := await handoffs.open_of(tx, conversation.id):
        await handoffs.change(tx, handoff.id, closed_at=now, outcome=outcome, queued_at=None)
        await handoffs.tell(tx, handoff.id, outcome, now, user_id=by.id if by else None)


async def announce(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    key: str,
    now: datetime,
    *,
    buttons: tuple[Button, ...] = (),
    **values: object,
) -> None:
    own = (await desk.current(tx)).words.get(key, {})
    text = words.say(key, customer.locale, own, **values)
    content = Content(addressed(text, customer.profile.get("address")), buttons=buttons)
    await outbox.say(tx, conversation, customer, Author.SYSTEM, content, now, meta={"code": key})
