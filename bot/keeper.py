"""Does what is due at the desk: reminders and broken promises, silent agents, customers who left,
and giving whoever waits to whoever has room. Any worker may; whoever is first has done it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from bot import assignment, clocks, queue
from bot.desk_rules import DeskRules
from bot.models import Agent, Handoff, Status
from bot.storage import agents, conversations, customers, events, handoffs, timers
from bot.storage import rules as desk
from bot.storage.db import Database, Tx
from bot.storage.timers import Due
from bot.turns import Changed


async def look(db: Database, now: datetime) -> bool:
    """One round. True when something has changed that screens and senders should know."""
    async with db.read() as tx:
        due = await timers.due(tx, now)
        rules = await desk.current(tx)
        everybody = await agents.all_of(tx)
        waiting = await handoffs.waiting(tx)
    changed = False
    for timer in due:
        changed |= await _done(db, partial(_ring, timer=timer, now=now))
    for agent in everybody:
        if agent.load and assignment.is_gone(rules.assignment, agent, now):
            changed |= await _done(db, partial(_take_back, agent=agent, now=now))
    if any(assignment.has_room(rules.assignment, agent, "", now) for agent in everybody):
        for handoff in waiting:
            changed |= await _done(db, partial(_assign, rules=rules, handoff=handoff, now=now))
    return changed


async def _done(db: Database, step: Callable[[Tx], Awaitable[bool]]) -> bool:
    """One step in its own transaction; nothing when somebody was faster."""
    with contextlib.suppress(Changed):
        async with db.begin() as tx:
            return await step(tx)
    return False


async def _ring(tx: Tx, timer: Due, now: datetime) -> bool:
    """A timer's time has come."""
    found = await conversations.by_id(tx, timer.conversation_id)
    assert found is not None  # foreign key
    # Customer, conversation: whoever locks several does so in this order.
    customer = await customers.lock(tx, found.customer_id)
    conversation = await conversations.by_id(tx, found.id, lock=True)
    handoff = await handoffs.open_of(tx, found.id)
    if conversation is None or handoff is None or not await timers.take(tx, timer):
        return False
    match timer.kind:
        case clocks.PLACE:
            await queue.tell_place(tx, conversation, now)
        case clocks.ABANDON:
            await queue.abandon(tx, conversation, customer, now)
        case clocks.SILENT:
            await queue.requeue(tx, conversation, "silent", now)
        case promise:
            clock, _, what = promise.partition(".")
            kind = "breached" if what == "breach" else "warned"
            await handoffs.tell(tx, handoff.id, kind, now, user_id=handoff.assignee_id, clock=clock)
            if kind == "breached":
                await handoffs.change(tx, handoff.id, breached_at=handoff.breached_at or now)
            await events.add(tx, conversation.id, "alarm", None, now)
    return True


async def _take_back(tx: Tx, agent: Agent, now: datetime) -> bool:
    """Whoever has gone without saying so keeps nobody waiting."""
    waiting = [
        each for each in await conversations.of_agent(tx, agent.user.id) if each.waiting_since
    ]
    for conversation in waiting:
        await queue.requeue(tx, conversation, "offline", now)
    return bool(waiting)


async def _assign(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> bool:
    conversation = await conversations.by_id(tx, handoff.conversation_id, lock=True)
    if conversation is None or conversation.status is not Status.QUEUED:
        return False
    customer = await customers.by_id(tx, conversation.customer_id)
    return await queue.assign_next(tx, rules, conversation, customer, handoff, now)
