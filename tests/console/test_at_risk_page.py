"""The page of customers who may leave."""

from __future__ import annotations

from datetime import timedelta

import scenes
from doubles import NOON

from bot.storage import tables
from bot.storage.db import insert


async def low_mark(db, at=NOON) -> int:
    talk = await scenes.talk(db, "k1", "Ngọc Hà", [("alo", scenes.person())], at)
    async with db.begin() as tx:
        query = tables.conversations.select().where(tables.conversations.c.id == talk)
        customer = (await tx.execute(query)).mappings().one()["customer_id"]
        asked = {"kind": "csat", "customer_id": customer, "conversation_id": talk}
        survey = await insert(tx, tables.surveys, {**asked, "asked_at": at, "ended_at": at})
        answer = {"survey_id": survey, "question": "mark", "mark": 1, "answered_at": at}
        await insert(tx, tables.survey_answers, answer)
    return talk


async def test_a_supervisor_sees_who_why_and_until_when(db, people, visitor) -> None:
    talk = await low_mark(db)

    page = (await (await visitor("mai")).get("/at-risk")).text

    assert "Ngọc Hà" in page
    assert "Chấm 1/5 sau trò chuyện" in page
    assert f'href="/console/transcripts/{talk}"' in page
    assert "Chờ hỏi thăm" in page


async def test_after_a_working_day_it_is_overdue(db, people, visitor, time) -> None:
    await low_mark(db)
    time.now = NOON + timedelta(days=4)
    mai = await visitor("mai")

    assert "risk-overdue" in (await mai.get("/at-risk?state=open")).text
    assert "risk-overdue" not in (await mai.get("/at-risk?why=nps")).text


async def test_agents_do_not_see_the_list(people, visitor) -> None:
    assert (await (await visitor("lan")).get("/at-risk")).status_code == 403
