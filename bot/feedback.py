"""What customers answered to our surveys is kept, and whoever is unhappy gets a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bot import schedule, words
from bot.models import Answered, Author, Conversation, Promised
from bot.storage import events, handoffs, promises, surveys
from bot.storage import rules as desk
from bot.storage.db import Tx

A_DAY: Final = timedelta(hours=8)  # of open time: within one working day


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
        if each.ends:
            survey = await surveys.by_id(tx, each.survey_id)
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
