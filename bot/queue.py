"""The queue: who waits for which team, who is given whom, and what the customer hears meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import assignment, clocks, estimate, routing, schedule, turns, words
from bot.desk_rules import DeskRules
from bot.menu import BACK
from bot.models import Conversation, Customer, Handoff, Status
from bot.moves import MOVES
from bot.storage import agents, conversations, customers, events, handoffs, inbox
from bot.storage import rules as desk
from bot.storage.db import Tx
from bot.turns import Changed
from connectors.base import Button, Json

# Reasons that are our own failure: the customer is told so, honestly.
FAILURES = frozenset(
    {"assistant_failed", "assistant_slow", "assistant_silent", "backend_error", "set_aside"}
)

# Reasons that come before all others, whatever the desk's rules say, and that a person looks at
# in any case.
URGENT = frozenset({"safety", "legal", "scam"})

LATELY: Final = timedelta(days=1)  # of which the wait is told


async def request(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    reason: str,
    summary: str,
    now: datetime,
) -> bool:
    """Find the hand-off its team and its place in the queue, and tell the customer; or give it
    straight to whoever has room.

    Part of the turn's transaction. False, with nothing changed, when somebody was faster.
    """
    if conversation.status is not Status.BOT:
        return False
    if not await conversations.move(tx, conversation, MOVES["request"].after, now):
        return False
    conversation = replace(
        conversation, status=Status.QUEUED, version=conversation.version + 1, assignee_id=None
    )
    rules = await desk.current(tx)
    handoff = await turns.open_handoff(tx, rules, conversation, customer, reason, summary, now)
    await clocks.begin(tx, rules, handoff, now)
    await clocks.queue(tx, rules, handoff, conversation.last_inbound_at or now)
    first = await handoffs.place_of(tx, conversation.id) == 1
    if not (first and await assign_next(tx, rules, conversation, customer, handoff, now)):
        await _tell_place(tx, rules, conversation, customer, handoff, now)
    return True


async def assign_next(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    handoff: Handoff,
    now: datetime,
) -> bool:
    """Give a waiting conversation to an agent who has room; False when there is none. Raises
    Changed."""
    last = await _lately(tx, rules, customer, now)
    chosen = assignment.pick(
        rules.assignment, handoff, customer.channel, await agents.all_of(tx), now, last
    )
    if chosen is None:
        return False
    # Seen again under its lock: another conversation may have taken the room meanwhile.
    agent = await agents.by_id(tx, chosen.user.id, lock=True)
    if agent is None or not assignment.has_room(rules.assignment, agent, customer.channel, now):
        return False
    await turns.assign(tx, rules, conversation, customer, agent.user, now, "assign")
    return True


async def requeue(tx: Tx, conversation: Conversation, why: str, now: datetime) -> None:
    """The agent who has it does not answer: it goes back before all others of its team. The
    customer is told nothing, for they are to hear of the next agent only. Raises Changed."""
    await turns.move(tx, "requeue", conversation, now)
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None:  # a talk that was given away without one
        raise Changed(f"conversation {conversation.id} has no hand-off")
    rules = await desk.current(tx)
    first = await handoffs.front(tx, handoff.team)
    rank = routing.rank_at(rules, handoff.priority, handoff.requested_at)
    if first is not None and first <= rank:
        rank = first - timedelta(seconds=1)
    await handoffs.change(tx, handoff.id, assignee_id=None, queued_at=now, rank_at=rank)
    await clocks.queue(
        tx, rules, replace(handoff, told_at=now), conversation.last_inbound_at or now
    )
    gone = conversation.assignee_id
    await handoffs.tell(tx, handoff.id, "requeued", now, user_id=gone, why=why)
    await events.add(tx, conversation.id, "alarm", None, now)


async def abandon(tx: Tx, conversation: Conversation, customer: Customer, now: datetime) -> None:
    """The customer left before anybody answered: closed, said so, and somebody is to write to
    them. Raises Changed."""
    await turns.move(
        tx,
        "abandon",
        conversation,
        now,
        waiting_since=None,
        resolution="abandoned",
        resolved_at=now,
    )
    await turns.announce(tx, conversation, customer, "abandoned", now)
    await turns.close(tx, conversation, "abandoned", now)
    await events.add(tx, conversation.id, "alarm", None, now)


async def lapse(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """A talk that nobody ends has ended of itself. Raises Changed."""
    await turns.move(tx, "lapse", conversation, now, resolution="idle", resolved_at=now)
    await inbox.clear(tx, conversation.id)
    await turns.close(tx, conversation, "idle", now)


async def heard(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """The customer wrote while a person has the turn: the clocks of the answer run.
    `conversation` is as it was before."""
    if handoff := await handoffs.open_of(tx, conversation.id):
        await clocks.heard(tx, await desk.current(tx), conversation, handoff, now)


async def raise_priority(tx: Tx, conversation_id: int, priority: int, now: datetime) -> None:
    """Make an open hand-off at least this urgent (0 is the most)."""
    handoff = await handoffs.open_of(tx, conversation_id)
    if handoff and priority < handoff.priority:
        rank = routing.rank_at(await desk.current(tx), priority, handoff.requested_at)
        await handoffs.change(tx, handoff.id, priority=priority, rank_at=rank)
        await handoffs.tell(tx, handoff.id, "raised", now, priority=priority)
        await events.add(tx, conversation_id, "alarm", None, now)


async def take_back(tx: Tx, conversation: Conversation, customer: Customer, now: datetime) -> None:
    """Who waits no longer wants a person: they leave the queue and the assistant has the turn. A
    matter that a person looks at in any case stays, and they are told so. Raises Changed."""
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff and handoff.priority == 0:
        await turns.announce(tx, conversation, customer, "kept_in_queue", now)
        return
    await turns.move(tx, "take_back", conversation, now, waiting_since=None)
    await turns.close(tx, conversation, "taken_back", now)
    await turns.announce(tx, conversation, customer, "taken_back", now)


async def tell_place(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """Tell a waiting customer how they stand."""
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff and conversation.status is Status.QUEUED:
        customer = await customers.by_id(tx, conversation.customer_id)
        rules = await desk.current(tx)
        await _tell_place(tx, rules, conversation, customer, handoff, now, again=True)


async def _tell_place(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    handoff: Handoff,
    now: datetime,
    *,
    again: bool = False,
) -> None:
    """The place in the queue and the wait; outside of the hours, when somebody will answer. What
    the customer knows already is not said again."""
    title = words.say("button_bot", customer.locale)
    stays = handoff.reason in URGENT or handoff.priority == 0
    buttons = () if stays else (Button(title, key=BACK.key),)
    hours = rules.hours_of(handoff.team)
    place = await handoffs.place_of(tx, conversation.id)
    if not schedule.is_open(hours, now):
        if again:
            return
        opens = schedule.next_opening(hours, now)
        promised = (await handoffs.open_of(tx, conversation.id) or handoff).respond_by
        say: Json = {
            "opens": words.moment(opens or promised, now, customer.locale),
            "by": words.moment(promised, now, customer.locale),
        }
        key = "out_of_hours_failed" if handoff.reason in FAILURES else "out_of_hours"
        await turns.announce(tx, conversation, customer, key, now, buttons=buttons, **say)
    else:
        minutes = await _wait(tx, rules, handoff, place or 1, now)
        say = {"place": place, **(minutes._asdict() if minutes else {})}
        key = "still_queued" if again else "failed" if handoff.reason in FAILURES else "queued"
        key += "_minutes" if minutes else ""
        await turns.announce(tx, conversation, customer, key, now, buttons=buttons, **say)
    await handoffs.change(tx, handoff.id, told_place=place, told_at=now)


async def _wait(
    tx: Tx, rules: DeskRules, handoff: Handoff, place: int, now: datetime
) -> estimate.Minutes | None:
    working = [
        agent
        for agent in await agents.all_of(tx)
        if handoff.team in agent.teams and assignment.is_online(rules.assignment, agent, now)
    ]
    slots = sum(agent.capacity or rules.assignment.capacity for agent in working)
    return estimate.wait(place, slots, await handoffs.handled(tx, handoff.team, now - LATELY))


async def _lately(tx: Tx, rules: DeskRules, customer: Customer, now: datetime) -> int | None:
    """Who helped this customer last, within the days that the rules say."""
    since = now - rules.assignment.sticky
    helped = await handoffs.of_customer_since(tx, customer.id, since)
    return next((each.assignee_id for each in helped if each.assignee_id and each.closed_at), None)
