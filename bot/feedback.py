"""What customers answered to our surveys is kept: whoever is unhappy gets a person, whoever would
recommend us is thanked, and reasons that we have no name for are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bot import promoters, schedule, words
from bot.facts import HERE
from bot.figures.ranking import OTHER, TOO_MUCH
from bot.models import Answered, Author, Conversation, Promised
from bot.storage import events, handoffs, promises, surveys
from bot.storage import rules as desk
from bot.storage.db import Tx

A_DAY: Final = timedelta(hours=8)  # of open time: within one working day
REFINE: Final = "refine"  # a kind of promise: to look at the choices of a survey
REASONS: Final = 10  # answers, before their choices are judged
YEAR: Final = timedelta(days=365)


async def note(
    tx: Tx, conversation: Conversation, answers: Iterable[Answered], now: datetime
) -> None:
    """Keep the answers; after a low mark somebody is to call within a working day, and supervisors
    are told at once."""
    for each in answers:
        if each.question:
            await surveys.answer(tx, each, now)
        if each.low:
            await _look_after(tx, conversation, each, now)
        survey = await surveys.by_id(tx, each.survey_id)
        if survey is not None:
            await promoters.plan(tx, survey, each.mark, now)
        if survey is not None and survey.kind == "leaving" and each.choice == OTHER:
            await _refine(tx, conversation, each, now)
        if each.ends:
            outcome = "answered" if survey and survey.answered else "declined"
            await surveys.end(tx, each.survey_id, now, outcome)


async def _look_after(tx: Tx, conversation: Conversation, given: Answered, now: datetime) -> None:
    rules = await desk.current(tx)
    survey = await surveys.by_id(tx, given.survey_id)
    helped = await handoffs.of_conversation(tx, survey.conversation_id or 0) if survey else []
    team = helped[-1].team if helped else rules.default_team
    due_at = schedule.add(rules.hours_of(team), now, A_DAY)
    text = words.say("task_low_mark", "vi", mark=given.mark, of=given.of)
    promised = Promised("follow_up", text, due_at)
    message_id = given.message_id
    await promises.add(
        tx, conversation.id, promised, Author.BOT, now, message_id=message_id, team=team
    )
    await events.add(tx, conversation.id, "alarm", None, now)


async def _refine(tx: Tx, conversation: Conversation, given: Answered, now: datetime) -> None:
    """Once a month a task when too many reasons had no name among our choices. What was answered
    before the last one is not counted again: the choices may be others since."""
    month = now.astimezone(HERE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = await promises.last_made(tx, REFINE)
    if last is not None and last >= month:
        return
    since = max(last, now - YEAR) if last else now - YEAR
    named, other = await surveys.chosen(tx, "leaving", OTHER, since)
    if named < REASONS or 100 * other <= TOO_MUCH * named:
        return
    rules = await desk.current(tx)
    due_at = schedule.add(rules.hours_of(rules.default_team), now, 5 * A_DAY)
    promised = Promised(REFINE, words.say("task_refine", "vi", other=other, n=named), due_at)
    await promises.add(
        tx,
        conversation.id,
        promised,
        Author.SYSTEM,
        now,
        message_id=given.message_id,
        team=rules.default_team,
    )
