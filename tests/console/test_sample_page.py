"""The page on which a week's sample of answers is judged."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, ScriptedDialogue, answer_all, said
from playwright.async_api import expect
from test_people import LOOKS

from bot import clock, conversation
from bot.models import Content, Say, Turn
from bot.storage import tables

PAGE = "/transcripts/sample"
PRICE = Turn(says=(Say(Content("Dạ máy này giá 5 triệu ạ"), {"intent": "ask_price"}),))


async def some(db, then):
    for each in ("giá sao", "còn hàng không", "ship bao lâu"):
        await conversation.receive(db, said(each, by=each, sent_at=then), then)
        await answer_all(db, ScriptedDialogue({each: PRICE}), then)


@pytest.fixture
async def answered(db, people):
    """Three answers in the week before."""
    await some(db, NOON - timedelta(days=7))


async def judged(db) -> list[tuple[str, int]]:
    query = tables.reviews.select().order_by(tables.reviews.c.message_id)
    async with db.read() as tx:
        return [(row.verdict, row.user_id) for row in await tx.execute(query)]


async def press(who, answer: int, verdict: str, week: str = "2026-11-16"):
    form = {"csrf": who.csrf, "verdict": verdict, "week": week}
    return await who.http.post(f"/console{PAGE}/{answer}", data=form, follow_redirects=True)


def shown_item(page: str) -> int:
    found = re.search(r'action="/console/transcripts/sample/(\d+)"', page)
    assert found, page[:500]
    return int(found[1])


async def test_a_press_is_kept_with_its_author_and_leads_to_the_next(visitor, db, answered, people):
    mai = await visitor("mai")
    first = shown_item((await mai.get(PAGE)).text)

    page = (await press(mai, first, "wrong")).text

    assert await judged(db) == [("wrong", people.mai.id)]
    assert "đã chấm 1/3 câu" in page
    assert shown_item(page) != first


async def test_a_judged_answer_can_be_looked_at_again(visitor, db, answered, people):
    mai = await visitor("mai")
    first = shown_item((await mai.get(PAGE)).text)
    await press(mai, first, "wrong")

    page = (await mai.get(f"{PAGE}?item=1")).text

    assert shown_item(page) == first
    assert f"{people.mai.name} chấm lúc" in page


async def test_when_all_are_judged_the_page_says_so(visitor, db, answered):
    mai = await visitor("mai")
    for _ in range(3):
        await press(mai, shown_item((await mai.get(PAGE)).text), "right")

    assert "chấm xong tuần này" in (await mai.get(PAGE)).text


@pytest.mark.parametrize("verdict", ["", "great", "right'--"])
async def test_an_unknown_verdict_changes_nothing(visitor, db, answered, verdict):
    mai = await visitor("mai")

    await press(mai, shown_item((await mai.get(PAGE)).text), verdict)

    assert await judged(db) == []


async def test_what_is_not_drawn_cannot_be_judged(visitor, db, answered):
    mai = await visitor("mai")
    drawn = shown_item((await mai.get(PAGE)).text)

    answers = [await press(mai, drawn, "right", "2026-11-09"), await press(mai, 1, "right")]

    assert [each.status_code for each in answers] == [404, 404]
    assert await judged(db) == []


@pytest.mark.parametrize("query", ["week=2026-11-17", "week=x", "week=2030-01-07", "item=999999"])
async def test_a_week_or_an_answer_that_is_none_shows_the_last_week(visitor, answered, query):
    mai = await visitor("mai")

    page = (await mai.get(f"{PAGE}?{query}")).text

    assert "Tuần 16/11 – 22/11/2026" in page
    assert "Câu 1" in page


async def test_a_week_without_answers_says_so(visitor, answered):
    mai = await visitor("mai")

    assert "chưa trả lời câu nào" in (await mai.get(f"{PAGE}?week=2026-11-09")).text


async def test_only_supervisors_judge(visitor, answered):
    lan = await visitor("lan")

    assert (await lan.get(PAGE)).status_code == 403


async def last_week(db):
    """Three answers in the last week that is over, by the clock of the browser's desk."""
    await some(db, clock.now() - timedelta(days=7))


@pytest.mark.asyncio(loop_scope="session")
async def test_one_key_judges_and_shows_the_next(desk, browse):
    await last_week(desk.db)
    page = await browse("mai", PAGE)
    await expect(page.get_by_role("heading", name="Câu 1")).to_be_visible()

    await page.keyboard.press("2")
    await expect(page.get_by_role("heading", name="Câu 2")).to_be_visible()
    await page.wait_for_load_state()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("heading", name="Câu 1")).to_be_visible()

    assert await judged(desk.db) == [("wrong", desk.people.mai.id)]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious(desk, browse, look):
    await last_week(desk.db)
    page = await browse("mai", PAGE, bypass_csp=True, **LOOKS[look])
    await page.keyboard.press("1")
    await expect(page.get_by_role("heading", name="Câu 2")).to_be_visible()
    await page.wait_for_load_state()
    await page.goto(f"{desk.url}{PAGE}?item=1")

    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
