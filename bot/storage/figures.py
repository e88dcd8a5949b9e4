"""The facts of talks that figures are reckoned from, read at one moment; what is flagged is left
out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, select

from bot.figures.assistant import BotTalk
from bot.figures.facts import Facts, Talk
from bot.figures.figure import Window
from bot.figures.kept import DATA_REQUEST, DataRequest, Due, finish_by
from bot.figures.resolution import Contact
from bot.figures.service import Handed, Said
from bot.models import Author
from bot.storage import reviews
from bot.storage.counted import Row, counts, talks
from bot.storage.db import Tx
from bot.storage.heard import Heard, answers_to_us, counted, said_to_people, turns_of
from bot.storage.tables import (
    complaints,
    conversations,
    handoff_events,
    handoffs,
    promises,
    survey_answers,
    surveys,
)

AROUND: Final = timedelta(days=7)  # in which a customer who comes back comes back
IDLE: Final = timedelta(minutes=30)  # after which a talk with the assistant has ended
UNSOLVED: Final = ("customer_left", "idle", "abandoned")  # resolutions


async def read(tx: Tx, window: Window, now: datetime) -> Facts:
    """What was said and done in the window and in the week after it, as far as it is known."""
    near = and_(
        conversations.c.last_message_at >= window.start,
        conversations.c.created_at < window.end + AROUND,
        counts,
    )
    rows = await talks(tx, near)
    heard = {id: Heard() for id in rows}
    persons = {id: row["person_id"] for id, row in rows.items()}
    inbound = await counted(tx, near, window, persons, heard)
    answers = await answers_to_us(tx, near, window, persons)
    await said_to_people(tx, near, heard)
    await turns_of(tx, near, heard)
    by_talk = await _handoffs(tx, near, heard)
    cases = await _cases(tx, near)
    marks = await _marks(tx, near)
    judged = await reviews.read(tx, near)
    due = await _promises(tx, window)
    asked = await _data_requests(tx, window)
    return Facts(
        talks=tuple(_talk(row, heard[id], by_talk.get(id, ())) for id, row in rows.items()),
        handed=tuple(_handed(row, heard[id]) for id, found in by_talk.items() for row in found),
        contacts=tuple(
            _contact(row, heard[id], by_talk.get(id, ()), cases.get(id, ()))
            for id, row in rows.items()
        ),
        bot_talks=tuple(
            _bot_talk(row, heard[id], by_talk.get(id, ()), marks.get(id), now)
            for id, row in rows.items()
            if heard[id].with_assistant and _ended_at(row, now)
        ),
        turns=tuple(turn for each in heard.values() for turn in each.turns.values()),
        reviewed=tuple(each for found in judged.values() for each in found),
        inbound=tuple(inbound),
        answers=tuple(answers),
        promises=tuple(row for row, _ in due),
        data_requests=tuple(row for row, _ in asked),
        talk_of={
            "handoff": {row["id"]: id for id, found in by_talk.items() for row in found},
            "message": {turn.id: id for id, each in heard.items() for turn in each.turns.values()},
            "promise": {row.id: talk for row, talk in due},
            "data_request": {row.id: talk for row, talk in asked},
        },
    )


async def _handoffs(tx: Tx, near: Any, heard: Mapping[int, Heard]) -> dict[int, list[Row]]:
    """By talk, with the order that the customer had named put into what was heard."""
    query = (
        select(handoffs, handoff_events.c.data)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .outerjoin(
            handoff_events,
            and_(
                handoff_events.c.handoff_id == handoffs.c.id,
                handoff_events.c.kind == "requested",
            ),
        )
        .where(near)
        .order_by(handoffs.c.id)
    )
    found: dict[int, list[Row]] = {}
    for row in (await tx.execute(query)).mappings():
        talk = row["conversation_id"]
        if talk in heard:
            found.setdefault(talk, []).append(row)
            if order := (row["data"] or {}).get("facts", {}).get("order_code"):
                heard[talk].orders.add(str(order))
    return {talk: _once(rows, heard[talk].said) for talk, rows in found.items()}


def _once(handed: Sequence[Row], said: Sequence[Said]) -> list[Row]:
    """A hand-off that was replayed, and asked for again before the assistant had answered, is one:
    people were asked for when they were first."""
    found: list[Row] = []
    for row in handed:
        before = found[-1] if found and found[-1]["outcome"] == "replayed" else None
        if before and not any(
            each.author is Author.BOT and before["closed_at"] < each.at < row["requested_at"]
            for each in said
        ):
            found[-1] = {**row, "requested_at": before["requested_at"]}
        else:
            found.append(row)
    return found


async def _cases(tx: Tx, near: Any) -> dict[int, list[str]]:
    query = (
        select(complaints.c.conversation_id, complaints.c.code)
        .join(conversations, conversations.c.id == complaints.c.conversation_id)
        .where(near)
    )
    found: dict[int, list[str]] = {}
    for talk, code in await tx.execute(query):
        found.setdefault(talk, []).append(f"case:{code}")
    return found


async def _marks(tx: Tx, near: Any) -> dict[int, int]:
    """The worst mark of CSAT, by talk."""
    query = (
        select(surveys.c.conversation_id, func.min(survey_answers.c.mark))
        .join(survey_answers, survey_answers.c.survey_id == surveys.c.id)
        .join(conversations, conversations.c.id == surveys.c.conversation_id)
        .where(near, surveys.c.kind == "csat", survey_answers.c.mark.isnot(None))
        .group_by(surveys.c.conversation_id)
    )
    return {talk: mark for talk, mark in await tx.execute(query)}


async def _promises(tx: Tx, window: Window) -> list[tuple[Due, int]]:
    query = (
        select(promises)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .where(
            counts,
            promises.c.due_at >= window.start,
            promises.c.due_at < window.end,
            promises.c.made_by.in_((Author.BOT.value, Author.AGENT.value)),
        )
    )
    return [
        (
            Due(row["id"], row["due_at"], row["done_at"], row["outcome"] == "dropped"),
            row["conversation_id"],
        )
        for row in (await tx.execute(query)).mappings()
    ]


async def _data_requests(tx: Tx, window: Window) -> list[tuple[DataRequest, int]]:
    """Those of the window: the assistant answers in the same breath with its number and last day,
    a person when they first reply."""
    query = (
        select(promises, handoffs.c.first_reply_at)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .outerjoin(
            handoffs,
            and_(
                handoffs.c.conversation_id == promises.c.conversation_id,
                handoffs.c.reason == DATA_REQUEST,
                handoffs.c.requested_at == promises.c.created_at,
            ),
        )
        .where(
            counts,
            promises.c.kind == DATA_REQUEST,
            promises.c.created_at >= window.start,
            promises.c.created_at < window.end,
        )
        .order_by(promises.c.id)
    )
    found = []
    for row in (await tx.execute(query)).mappings():
        at, by_bot = row["created_at"], row["made_by"] == Author.BOT.value
        answered = at if by_bot else row["first_reply_at"]
        extended = row["due_at"] > finish_by(at)
        request = DataRequest(row["id"], at, answered, row["done_at"], extended)
        found.append((request, row["conversation_id"]))
    return found


def _talk(row: Row, heard: Heard, handed: Iterable[Row]) -> Talk:
    last = list(handed)[-1:]
    return Talk(
        id=row["id"],
        person_id=row["person_id"],
        channel=row["channel"],
        begun_at=row["created_at"],
        is_first=not row["came_back"],
        messages=heard.messages,
        team=last[0]["team"] if last else "",
        agent_id=last[0]["assignee_id"] if last else None,
        topics=frozenset(heard.topics),
    )


def _handed(row: Row, heard: Heard) -> Handed:
    return Handed(
        id=row["id"],
        team=row["team"],
        at=row["requested_at"],
        said=tuple(heard.said),
        accepted_at=row["accepted_at"],
        left_at=row["closed_at"] if row["outcome"] == "abandoned" else None,
    )


def _contact(row: Row, heard: Heard, handed: Iterable[Row], cases: Iterable[str]) -> Contact:
    """Only a talk with people has an end and can be solved here."""
    ends = [each["closed_at"] for each in handed]
    over = bool(ends) and all(ends)
    solved = over and row["resolved_at"] and row["resolution"] not in UNSOLVED
    about = {f"{topic}|{order}" for topic in heard.topics for order in heard.orders or {""}}
    return Contact(
        id=row["id"],
        person_id=row["person_id"],
        begun_at=row["created_at"],
        ended_at=max(ends) if over else None,
        solved=bool(solved),
        matters=frozenset({*about, *cases}),
    )


def _bot_talk(
    row: Row, heard: Heard, handed: Iterable[Row], mark: int | None, now: datetime
) -> BotTalk:
    turns = list(heard.turns.values())
    return BotTalk(
        id=row["id"],
        person_id=row["person_id"],
        begun_at=row["created_at"],
        ended_at=_ended_at(row, now) or now,
        reasons=tuple(each["reason"] for each in handed),
        csat=mark,
        gave_up=bool(turns) and not turns[-1].understood,
    )


def _ended_at(row: Row, now: datetime) -> datetime | None:
    """A talk that lapsed was closed when somebody spoke again, perhaps weeks after it had ended."""
    last: datetime = row["last_message_at"]
    if row["resolution"] == "idle":
        return last
    return row["resolved_at"] or (last if now - last > IDLE else None)
