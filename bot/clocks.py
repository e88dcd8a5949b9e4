"""The clocks of a hand-off: what was promised, and what happens when nobody does anything.

A clock is a row (bot.storage.timers), set and dropped in the transaction of what starts and ends
it; bot.keeper does what is due. What is promised and expected counts open time, as the desk's
rules say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import schedule, sla
from bot.desk_rules import DeskRules
from bot.models import Conversation, Handoff, Status
from bot.storage import handoffs, timers
from bot.storage.db import Tx

FIRST: Final = ("first.warn", "first.breach")
NEXT: Final = ("next.warn", "next.breach")
RESOLVE: Final = ("resolve.warn", "resolve.breach")
# When the customer is told their place, has waited too long, has left the page; when the agent has
# been silent for too long.
PLACE, ABANDON, LEFT, SILENT = "place", "abandon", "left", "silent"

AWAY: Final = timedelta(minutes=2)  # without a sign of the customer's page


async def begin(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> Handoff:
    """A hand-off has begun: a person's first reply is promised, and an end. The hand-off as it is
    now."""
    by = await _set(tx, rules, handoff, FIRST, now, rules.sla.first_reply)
    end = await _set(tx, rules, handoff, RESOLVE, now, rules.sla.resolve)
    await handoffs.change(tx, handoff.id, respond_by=by, resolve_by=end)
    return replace(handoff, respond_by=by, resolve_by=end)


async def queue(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    """It waits for a person from now on."""
    await timers.drop(tx, handoff.conversation_id, SILENT)
    await _stay(tx, rules, handoff, now)


async def assign(
    tx: Tx, rules: DeskRules, conversation: Conversation, handoff: Handoff, now: datetime
) -> None:
    """Somebody has it: they must answer soon, if there is something to answer."""
    await timers.drop(tx, conversation.id, PLACE, ABANDON, LEFT)
    if conversation.waiting_since or handoff.first_reply_at is None or handoff.reply_by:
        await _watch(tx, rules, handoff, now)


async def heard(
    tx: Tx, rules: DeskRules, conversation: Conversation, handoff: Handoff, now: datetime
) -> None:
    """The customer wrote while a person has the turn. `conversation` is as it was before."""
    if conversation.status is Status.QUEUED:
        await _stay(tx, rules, handoff, now)
    elif conversation.assignee_id is not None and conversation.waiting_since is None:
        await _watch(tx, rules, handoff, now)
    await owe(tx, rules, handoff, now)


async def owe(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    """It is a person's turn again: the clock of the next reply runs, and that of the end goes
    on."""
    if handoff.first_reply_at is not None and handoff.reply_by is None:
        by = await _set(tx, rules, handoff, NEXT, now, rules.sla.next_reply)
        await handoffs.change(tx, handoff.id, reply_by=by)
    if handoff.resolve_left:  # nothing left: it is known to be late
        left = timedelta(seconds=handoff.resolve_left)
        end = await _set(tx, rules, handoff, RESOLVE, now, rules.sla.resolve, left)
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


async def told(
    tx: Tx, rules: DeskRules, handoff: Handoff, place: int | None, now: datetime
) -> None:
    """The customer was told their place in the queue, or with None that nobody works now: then
    they need not sit and wait, and are not told again before they write."""
    if place is None:
        await timers.drop(tx, handoff.conversation_id, PLACE, ABANDON, LEFT)
    else:
        await timers.put(tx, handoff.conversation_id, PLACE, now + rules.queue.tell_every)
    await handoffs.change(tx, handoff.id, told_place=place, told_at=now)


async def on_page(tx: Tx, conversation_id: int, now: datetime, again_in: timedelta) -> None:
    """Somebody who waits has our page before them, and says so again within that time."""
    await timers.put(tx, conversation_id, LEFT, now + again_in + AWAY)


def may_leave(rules: DeskRules, handoff: Handoff, now: datetime) -> bool:
    """Whether a customer who is silent or away has given up: not once a person has answered, nor
    out of hours, when nobody expects them to sit and wait. A matter of danger stays in any
    case."""
    waits = handoff.first_reply_at is None and handoff.priority > 0
    return waits and schedule.is_open(rules.hours_of(handoff.team), now)


async def _stay(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    """The customer has shown that they wait."""
    await timers.drop(tx, handoff.conversation_id, ABANDON, LEFT)
    hours = rules.hours_of(handoff.team)
    if may_leave(rules, handoff, now):
        leaves = schedule.add(hours, now, rules.queue.abandon_after)
        await timers.put(tx, handoff.conversation_id, ABANDON, leaves)
    if schedule.is_open(hours, now):
        tell = now + rules.queue.tell_every
        await timers.put(tx, handoff.conversation_id, PLACE, tell, unless_set=True)


async def _watch(tx: Tx, rules: DeskRules, handoff: Handoff, now: datetime) -> None:
    hours = rules.hours_of(handoff.team)
    silent = schedule.add(hours, now, rules.assignment.silent_after)
    await timers.put(tx, handoff.conversation_id, SILENT, silent)


async def _set(
    tx: Tx,
    rules: DeskRules,
    handoff: Handoff,
    kinds: tuple[str, str],
    now: datetime,
    target: timedelta,
    left: timedelta | None = None,
) -> datetime:
    """Start a clock, or let it go on with what is `left`. When it ends."""
    clock = sla.deadline(rules.clock_of(handoff.team), now, target, left)
    if clock.warn_at > now:
        await timers.put(tx, handoff.conversation_id, kinds[0], clock.warn_at)
    await timers.put(tx, handoff.conversation_id, kinds[1], clock.by)
    return clock.by
