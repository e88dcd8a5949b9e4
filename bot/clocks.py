"""The clocks of a hand-off: what was promised, and what happens when nobody does anything.

A clock is a row (bot.storage.timers), set and dropped in the transaction of what starts and ends
it; bot.keeper does what is due. All of it counts open time, as the desk's rules say.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot import schedule, sla
from bot.desk_rules import DeskRules
from bot.models import Conversation, Handoff, Status
from bot.schedule import Hours
from bot.storage import handoffs, timers
from bot.storage.db import Tx

FIRST: Final = ("first.warn", "first.breach")
NEXT: Final = ("next.warn", "next.breach")
RESOLVE: Final = ("resolve.warn", "resolve.breach")
PLACE, ABANDON, SILENT = "place", "abandon", "silent"


async def begin(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    """A hand-off has begun: a person's first reply is promised, and an end."""
    hours = rules.clock_of(handoff.team)
    by = await _set(tx, handoff, FIRST, hours, now, rules.sla.first_reply)
    end = await _set(tx, handoff, RESOLVE, hours, now, rules.sla.resolve)
    await handoffs.change(tx, handoff.id, respond_by=by, resolve_by=end)


async def queue(tx: Tx, rules: DeskRules, handoff: Handoff, heard_at: datetime) -> None:
    """It waits for a person. Silence counts from the customer's last message, in open time."""
    hours = rules.hours_of(handoff.team)
    await timers.drop(tx, handoff.conversation_id, SILENT)
    told = handoff.told_at or handoff.requested_at
    await timers.put(
        tx, handoff.conversation_id, PLACE, schedule.add(hours, told, rules.queue.tell_every)
    )
    if handoff.first_reply_at is None:
        leaves = schedule.add(hours, heard_at, rules.queue.abandon_after)
        await timers.put(tx, handoff.conversation_id, ABANDON, leaves)


async def assign(
    tx: Tx, rules: DeskRules, conversation: Conversation, handoff: Handoff, now: datetime
) -> None:
    """Somebody has it: they must answer soon, if there is something to answer."""
    await timers.drop(tx, conversation.id, PLACE, ABANDON)
    if conversation.waiting_since or handoff.first_reply_at is None:
        await _watch(tx, rules, handoff, now)


async def heard(
    tx: Tx, rules: DeskRules, conversation: Conversation, handoff: Handoff, now: datetime
) -> None:
    """The customer wrote while a person has the turn. `conversation` is as it was before."""
    hours = rules.clock_of(handoff.team)
    if conversation.status is Status.QUEUED:
        await queue(tx, rules, handoff, now)
    elif conversation.assignee_id is not None and conversation.waiting_since is None:
        await _watch(tx, rules, handoff, now)
    if handoff.first_reply_at is not None and handoff.reply_by is None:
        by = await _set(tx, handoff, NEXT, hours, now, rules.sla.next_reply)
        await handoffs.change(tx, handoff.id, reply_by=by)
    if handoff.resolve_left is not None:
        left = timedelta(seconds=handoff.resolve_left)
        end = await _set(tx, handoff, RESOLVE, hours, now, left)
        await handoffs.change(tx, handoff.id, resolve_by=end, resolve_left=None)


async def replied(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    """A person has answered: what was promised of replies is kept, and the time to the end stands
    still while we wait for the customer."""
    await timers.drop(tx, handoff.conversation_id, *FIRST, *NEXT, *RESOLVE, SILENT)
    left = handoff.resolve_left
    if handoff.resolve_by is not None:
        hours = rules.clock_of(handoff.team)
        open_time = schedule.between(hours, now, max(now, handoff.resolve_by))
        left = int(open_time.total_seconds())
    await handoffs.change(
        tx,
        handoff.id,
        first_reply_at=handoff.first_reply_at or now,
        reply_by=None,
        resolve_by=None,
        resolve_left=left,
    )


async def end(tx: Tx, conversation_id: int) -> None:
    """Nothing is owed any more."""
    await timers.drop(tx, conversation_id)


async def _watch(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    hours = rules.hours_of(handoff.team)
    silent = schedule.add(hours, now, rules.assignment.silent_after)
    await timers.put(tx, handoff.conversation_id, SILENT, silent)


async def _set(
    tx: Tx,
    handoff: Handoff,
    kinds: tuple[str, str],
    hours: Hours,
    now: datetime,
    target: timedelta,
) -> datetime:
    clock = sla.deadline(hours, now, target)
    await timers.put(tx, handoff.conversation_id, kinds[0], clock.warn_at)
    await timers.put(tx, handoff.conversation_id, kinds[1], clock.by)
    return clock.by
