"""Does what is due at the desk: reminders and broken promises, silent agents, customers who left,
and giving whoever waits to whoever has room. Any worker may; whoever is first has done it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bot import assignment, clocks, queue
from bot.desk_rules import DeskRules
from bot.models import Conversation, Customer, Handoff, Status
from bot.storage import agents, conversations, customers, events, handoffs, timers
from bot.storage import rules as desk
from bot.storage.db import Database, DatabaseUnavailable, Tx
from bot.storage.timers import Due
from bot.turns import Changed

log = logging.getLogger(__name__)

T = TypeVar("T")


async def look(db: Database, now: datetime) -> bool:
    """One round. True when something has changed that screens and senders should know."""
    async with db.read() as tx:
        due = await timers.due(tx, now)
        rules = await desk.current(tx)
        left = [
            conversation.id
            for agent in await agents.all_of(tx)
            if agent.load and assignment.is_gone(rules.assignment, agent, now)
            for conversation in await conversations.of_agent(tx, agent.user.id)
            if conversation.waiting_since
        ]
    changed = await _each(db, _ring, due, now)
    changed |= await _each(db, _take_back, left, now)
    async with db.read() as tx:
        helped = await _to_assign(tx, rules, now)
    changed |= await _each(db, _assign, helped, now)
    async with db.read() as tx:
        moved = await _to_tell(tx, now)
    return await _each(db, _tell, moved, now) or changed


async def _each(
    db: Database,
    step: Callable[[Tx, T, datetime], Awaitable[bool]],
    items: Sequence[T],
    now: datetime,
) -> bool:
    """A step for each of them, in its own transaction; nothing when somebody was faster. True when
    something was done."""
    done = False
    for item in items:
        try:
            async with db.begin() as tx:
                done |= await step(tx, item, now)
        except Changed:
            continue
        except DatabaseUnavailable:
            raise
        except Exception:  # one conversation's bug must not keep the others waiting
            log.exception("a step at the desk failed")
    return done


async def _ring(tx: Tx, timer: Due, now: datetime) -> bool:
    """A timer's time has come."""
    found = await conversations.by_id(tx, timer.conversation_id)
    assert found is not None  # foreign key
    # Customer, conversation: whoever locks several does so in this order.
    customer = await customers.lock(tx, found.customer_id)
    conversation = await conversations.by_id(tx, found.id, lock=True)
    if conversation is None or not await timers.take(tx, timer):
        return False
    handoff = await handoffs.open_of(tx, found.id)
    if handoff is not None:
        await _act(tx, timer.kind, conversation, customer, handoff, now)
    return True


async def _act(
    tx: Tx,
    kind: str,
    conversation: Conversation,
    customer: Customer,
    handoff: Handoff,
    now: datetime,
) -> None:
    waits = conversation.status is Status.QUEUED
    match kind:
        case clocks.PLACE:
            await queue.tell_place(tx, conversation, now)
        case clocks.ABANDON | clocks.LEFT:
            if waits and clocks.may_leave(await desk.current(tx), handoff, now):
                await queue.abandon(tx, conversation, customer, handoff, now)
        case clocks.SILENT:
            if not waits:
                await queue.requeue(tx, conversation, "silent", now)
        case promise:
            clock, _, what = promise.partition(".")
            kind = "breached" if what == "breach" else "warned"
            await handoffs.tell(tx, handoff.id, kind, now, user_id=handoff.assignee_id, clock=clock)
            if kind == "breached":
                await handoffs.change(tx, handoff.id, breached_at=handoff.breached_at or now)
            await events.add(tx, conversation.id, "alarm", None, now)


async def _take_back(tx: Tx, conversation_id: int, now: datetime) -> bool:
    """Whoever has gone without saying so keeps nobody waiting."""
    conversation = await conversations.by_id(tx, conversation_id, lock=True)
    if conversation is None or conversation.assignee_id is None or not conversation.waiting_since:
        return False
    rules = await desk.current(tx)
    agent = await agents.by_id(tx, conversation.assignee_id)
    if agent is None or not assignment.is_gone(rules.assignment, agent, now):
        return False
    await queue.requeue(tx, conversation, "offline", now)
    return True


async def _to_assign(tx: Tx, rules: DeskRules, now: datetime) -> list[int]:
    """The conversations that somebody has room for, by the queue's order."""
    everybody = await agents.all_of(tx)
    if not any(assignment.is_online(rules.assignment, agent, now) for agent in everybody):
        return []
    waiting = await handoffs.waiting(tx)
    since = now - rules.assignment.sticky
    lately = await handoffs.helped_by(tx, [each.customer_id for each in waiting], since)
    silent = await handoffs.silent_in(tx, [each.handoff.id for each in waiting])
    return [
        each.handoff.conversation_id
        for each in waiting
        if assignment.pick(
            rules.assignment,
            each.handoff,
            each.channel,
            everybody,
            now,
            lately.get(each.customer_id),
            silent.get(each.handoff.id, ()),
        )
    ]


async def _assign(tx: Tx, conversation_id: int, now: datetime) -> bool:
    conversation = await conversations.by_id(tx, conversation_id, lock=True)
    handoff = await handoffs.open_of(tx, conversation_id)
    if conversation is None or handoff is None or conversation.status is not Status.QUEUED:
        return False
    customer = await customers.by_id(tx, conversation.customer_id)
    rules = await desk.current(tx)
    return await queue.assign_next(tx, rules, conversation, customer, handoff, now)


async def _to_tell(tx: Tx, now: datetime) -> list[int]:
    """The conversations whose place has changed."""
    places: Counter[str] = Counter()
    moved = []
    for handoff, *_ in await handoffs.waiting(tx):
        places[handoff.team] += 1
        if queue.has_moved(handoff, places[handoff.team], now):
            moved.append(handoff.conversation_id)
    return moved


async def _tell(tx: Tx, conversation_id: int, now: datetime) -> bool:
    conversation = await conversations.by_id(tx, conversation_id, lock=True)
    if conversation is None:
        return False
    await queue.tell_place(tx, conversation, now)
    return True
