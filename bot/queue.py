"""The queue: who waits for which team, who is given whom, and what the customer hears meanwhile."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from bot import assignment, clocks, estimate, routing, schedule, turns, words
from bot.desk_rules import DeskRules
from bot.figures.kept import DATA_REQUEST, finish_by
from bot.menu import BACK
from bot.models import Author, Conversation, Customer, Handoff, Promised, Status
from bot.moves import MOVES
from bot.nlu.entities.codes import find_codes
from bot.nlu.entities.reading import Reading
from bot.storage import agents, conversations, customers, events, handoffs, inbox, promises
from bot.storage import rules as desk
from bot.storage.db import Tx
from bot.turns import Changed
from connectors.base import Button, Json

log = logging.getLogger(__name__)

# Reasons that are our own failure: the customer is told so, honestly.
FAILURES = frozenset(
    {"assistant_failed", "assistant_slow", "assistant_silent", "backend_error", "set_aside"}
)

# Reasons that come before all others, whatever the desk's rules say, and that a person looks at
# in any case.
URGENT = frozenset({"safety", "legal", "scam"})

LATELY: Final = timedelta(days=1)  # of which the wait is told
PLACES: Final = 2  # a change of so many is told
NOT_SOONER: Final = timedelta(seconds=30)  # nobody reads a place that changes at every moment


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
    since = conversation.last_inbound_at or now
    # What the assistant said last has not answered them.
    if not await conversations.move(
        tx, conversation, MOVES["request"].after, now, waiting_since=since
    ):
        return False
    conversation = replace(
        conversation,
        status=Status.QUEUED,
        version=conversation.version + 1,
        assignee_id=None,
        waiting_since=since,
    )
    rules = await desk.current(tx)
    handoff = await turns.open_handoff(tx, rules, conversation, customer, reason, summary, now)
    handoff = await clocks.begin(tx, rules, handoff, now)
    await clocks.queue(tx, rules, handoff, now)
    if reason == DATA_REQUEST and not await promises.any_open(tx, customer.id, DATA_REQUEST):
        # Whoever helps is to finish it, long after the talk if need be.
        due = Promised(DATA_REQUEST, words.say("task_data_request", "vi"), finish_by(now))
        await promises.add(tx, conversation.id, due, Author.SYSTEM, now, team=handoff.team)
    if not await assign_next(tx, rules, conversation, customer, handoff, now, in_turn=False):
        await _tell_place(tx, rules, conversation, customer, handoff, now)
    facts = {"conversation": conversation.id, "reason": reason, "team": handoff.team}
    log.info("handed over", extra=facts)
    return True


async def assign_next(
    tx: Tx,
    rules: DeskRules,
    conversation: Conversation,
    customer: Customer,
    handoff: Handoff,
    now: datetime,
    *,
    in_turn: bool = True,
) -> bool:
    """Give a waiting conversation to an agent who has room; False when there is none, or when it
    is not its turn and one ahead of it is to have them. Raises Changed."""
    since = now - rules.assignment.sticky
    last = (await handoffs.helped_by(tx, [customer.id], since)).get(customer.id)
    silent = (await handoffs.silent_in(tx, [handoff.id])).get(handoff.id, ())
    everybody = await agents.all_of(tx)
    chosen = assignment.pick(
        rules.assignment, handoff, customer.channel, everybody, now, last, silent
    )
    if chosen is None:
        return False
    if not in_turn:
        waiting = await handoffs.waiting(tx)
        for each in takewhile(lambda each: each.handoff.id != handoff.id, waiting):
            first = assignment.pick(rules.assignment, each.handoff, each.channel, everybody, now)
            if first is chosen:
                return False
    # Seen again under its lock: another conversation may have taken the room meanwhile.
    agent = await agents.by_id(tx, chosen.user.id, lock=True)
    if agent is None or not assignment.has_room(rules.assignment, agent, customer.channel, now):
        return False
    await turns.assign(tx, rules, conversation, customer, agent.user, now, "assign")
    return True


async def requeue(tx: Tx, conversation: Conversation, why: str, now: datetime) -> None:
    """The agent who has it does not answer: it goes back before all others of its team, but for
    danger. The customer is told nothing, for they are to hear of the next agent only. Raises
    Changed."""
    await turns.move(tx, "requeue", conversation, now)
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None:  # a talk that was given away without one
        raise Changed(f"conversation {conversation.id} has no hand-off")
    rules = await desk.current(tx)
    first = await handoffs.front(tx, handoff.team, min(handoff.priority, 1))
    rank = routing.rank_at(rules, handoff.priority, handoff.requested_at)
    if first is not None and first <= rank:
        rank = first - timedelta(seconds=1)
    await handoffs.change(tx, handoff.id, assignee_id=None, queued_at=now, rank_at=rank)
    await clocks.queue(tx, rules, handoff, now)
    gone = conversation.assignee_id
    await handoffs.tell(tx, handoff.id, "requeued", now, user_id=gone, why=why)
    await events.add(tx, conversation.id, "alarm", None, now)


async def abandon(
    tx: Tx, conversation: Conversation, customer: Customer, handoff: Handoff, now: datetime
) -> None:
    """The customer left before anybody answered: closed, said so, and somebody is to write to
    them within a working day. Raises Changed."""
    hours = (await desk.current(tx)).hours_of(handoff.team)
    tomorrow = now + timedelta(days=1)
    due = schedule.next_opening(hours, tomorrow) or tomorrow
    task = words.say("follow_up", "vi", matter=handoff.summary)
    await promises.add(tx, conversation.id, Promised("follow_up", task, due), Author.SYSTEM, now)
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


async def heard(
    tx: Tx, conversation: Conversation, customer: Customer, text: str, now: datetime
) -> None:
    """The customer wrote while a person has the turn: the clocks of the answer run, and out of
    hours the number to call is noted. `conversation` is as it was before."""
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None:
        return
    rules = await desk.current(tx)
    await clocks.heard(tx, rules, conversation, handoff, now)
    is_open = schedule.is_open(rules.hours_of(handoff.team), now)
    if conversation.status is Status.QUEUED and not is_open:
        contact = phone_in(text)
        if contact and contact != handoff.contact:
            await handoffs.change(tx, handoff.id, contact=contact)
            await turns.announce(tx, conversation, customer, "contact_noted", now, contact=contact)


def phone_in(text: str) -> str:
    """The first Vietnamese mobile number in a text, as 0 and nine digits; "" when there is none."""
    codes = find_codes(Reading(text))
    return next((str(found.value) for found in codes if found.kind == "phone"), "")


async def on_page(tx: Tx, conversation: Conversation, now: datetime, again_in: timedelta) -> None:
    """Who waits has our page before them, and says so again within that time: when they do not,
    they have left."""
    handoff = await handoffs.open_of(tx, conversation.id)
    if handoff is None or conversation.status is not Status.QUEUED:
        return
    if clocks.may_leave(await desk.current(tx), handoff, now):
        await clocks.on_page(tx, conversation.id, now, again_in)


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


def has_moved(handoff: Handoff, place: int, now: datetime) -> bool:
    """Whether somebody who waits should hear of their place now: it is another one than they were
    told, and they were not told just now."""
    if handoff.told_place is None or handoff.told_at is None:
        return False
    return abs(handoff.told_place - place) >= PLACES and now - handoff.told_at >= NOT_SOONER


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
    """The place in the queue and the wait; outside of the hours, when somebody will answer, unless
    somebody works all the same."""
    title = words.say("button_bot", customer.locale)
    stays = handoff.reason in URGENT or handoff.priority == 0
    buttons = () if stays else (Button(title, key=BACK.key),)
    failed = handoff.reason in FAILURES and not again
    slots = await _slots(tx, rules, handoff, now)
    if slots or schedule.is_open(rules.hours_of(handoff.team), now):
        place = await handoffs.place_of(tx, conversation.id)
        handled = await handoffs.handled(tx, handoff.team, now - LATELY)
        at_most = await _at_most(tx, rules, handoff, place or 1, now)
        minutes = estimate.wait(place or 1, slots, handled, at_most)
        say: Json = {"place": place, **(minutes._asdict() if minutes else {})}
        key = "still_queued" if again else "failed" if failed else "queued"
        key += "_minutes" if minutes else ""
    else:
        place = None
        opens, by = _promise(rules, handoff, now)
        say = {
            "opens": words.moment(opens, now, customer.locale),
            "by": words.moment(by, now, customer.locale),
        }
        key = "out_of_hours_failed" if failed else "out_of_hours"
    await turns.announce(tx, conversation, customer, key, now, buttons=buttons, **say)
    await clocks.told(tx, rules, handoff, place, now)


def _promise(rules: DeskRules, handoff: Handoff, now: datetime) -> tuple[datetime, datetime]:
    """Out of hours: when somebody is here again, and by when they answer."""
    opens = schedule.next_opening(rules.hours_of(handoff.team), now) or handoff.respond_by
    return opens, max(handoff.respond_by, opens + rules.sla.first_reply)


async def is_served(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> bool:
    """Whether somebody answers for the team now: in its hours, or out of them all the same."""
    if schedule.is_open(rules.hours_of(handoff.team), now):
        return True
    return await _slots(tx, rules, handoff, now) > 0


async def _slots(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> int:
    """How many conversations those who work for the team now have at once."""
    return sum(
        assignment.capacity_of(rules.assignment, agent)
        for agent in assignment.of_team(await agents.all_of(tx), handoff.team)
        if assignment.is_online(rules.assignment, agent, now)
    )


async def _at_most(
    tx: Tx, rules: DeskRules, handoff: Handoff, place: int, now: datetime
) -> timedelta | None:
    """After which anybody may have it: None when nobody else would have room for so many."""
    room = sum(
        assignment.capacity_of(rules.assignment, agent)
        - assignment.load_of(rules.assignment, agent)
        for agent in await agents.all_of(tx)
        if assignment.is_online(rules.assignment, agent, now)
    )
    waited = now - (handoff.queued_at or now)
    return max(timedelta(), rules.assignment.anyone_after - waited) if room >= place else None
