"""Supervisors say how long data is kept, hold what must stay, and see what went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import clock, conversation, retention, shelf_life
from bot.storage import messages, rules
from bot.storage import retention as storage

LOOKS = {
    "phone": {"viewport": {"width": 360, "height": 780}},
    "dark": {"color_scheme": "dark"},
}
LONG_AGO = NOON - timedelta(days=800)
PAGE = "/console/rules/retention"


@pytest.fixture
async def talk(db, people):
    await conversation.receive(db, said("máy hỏng", by="nga", sent_at=LONG_AGO), LONG_AGO)
    await answer_all(db, ScriptedDialogue(), LONG_AGO)


async def post(who, path: str, **form: str):
    return await who.http.post(path, data={"csrf": who.csrf, **form}, follow_redirects=True)


async def night(db, key: str = "") -> None:
    await retention.run(db, lambda: NOON, None, key=key)


async def left(db) -> int:
    async with db.read() as tx:
        return len(await messages.of_conversation(tx, 1))


async def test_days_are_saved_and_told_in_the_history(visitor, db, people):
    mai = await visitor("mai")
    days = {kind: str(number) for kind, number in shelf_life.default().items()}

    answer = await post(mai, PAGE, **{**days, "files": "200"}, upon="0")

    assert answer.status_code == 200
    async with db.read() as tx:
        assert (await rules.current(tx)).retention == {**shelf_life.default(), "files": 200}
    history = (await mai.http.get("/console/rules/history")).text
    assert "Ảnh và tệp" in history and "200 ngày" in history


async def test_days_that_are_too_few_are_refused_at_their_field(visitor, db, people):
    mai = await visitor("mai")
    days = {kind: str(number) for kind, number in shelf_life.default().items()}

    answer = await post(mai, PAGE, **{**days, "transcripts": "30"}, upon="0")

    assert answer.status_code == 422
    assert 'id="problem-retention.transcripts"' in answer.text
    async with db.read() as tx:
        assert (await rules.current(tx)).retention == shelf_life.default()


async def test_a_talk_is_held_on_its_page_and_let_go_again(visitor, db, talk, people):
    mai = await visitor("mai")
    page = await post(mai, "/console/transcripts/1/hold", reason="Đang kiện", what="talk")
    assert "Đang kiện" in page.text and "Đang kiện" in (await mai.http.get(PAGE)).text
    await night(db)
    assert await left(db) == 2

    await post(mai, "/console/holds/1/release", next="/console/transcripts/1")
    await night(db, "next")

    assert await left(db) == 0


async def test_agents_hold_nothing(visitor, db, talk, people):
    lan = await visitor("lan")

    answer = await post(lan, "/console/transcripts/1/hold", reason="x", what="talk")

    assert answer.status_code == 403
    async with db.read() as tx:
        assert await storage.open_holds(tx) == []


async def test_a_talk_whose_words_are_gone_says_so(visitor, db, talk, people):
    await night(db)
    mai = await visitor("mai")

    page = (await mai.http.get("/console/transcripts/1")).text

    assert "đã xoá 23/11/2026 12:00 vì hết hạn lưu giữ" in page
    assert (await mai.http.get("/console/api/conversations/1")).json()["messages"] == []
    for path in ("/console/transcripts", "/console/inbox", "/console/transcripts/1.json"):
        assert (await mai.http.get(path)).status_code == 200


async def test_the_page_tells_what_went(visitor, db, talk, people):
    await night(db)
    mai = await visitor("mai")

    page = (await mai.http.get(PAGE)).text

    assert "Nội dung trò chuyện: 1" in page and "Tin nhắn: 2" in page


async def test_figures_say_when_words_they_are_counted_from_are_gone(visitor, db, talk, people):
    await night(db)
    mai = await visitor("mai")
    day = LONG_AGO.date()
    window = f"from={day - timedelta(days=2)}&to={day + timedelta(days=2)}"

    then = (await mai.http.get(f"/console/figures?{window}")).text
    now = (await mai.http.get("/console/figures")).text

    assert "1 cuộc trò chuyện trong những ngày này đã hết hạn lưu giữ" in then
    assert "hết hạn lưu giữ" not in now


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_where_data_is_kept(desk, browse, look):
    await conversation.receive(desk.db, said("máy hỏng", by="nga"), clock.now())
    async with desk.db.begin() as tx:
        await storage.hold(tx, 1, 1, "Đang kiện", desk.people.mai.id, clock.now())
    page = await browse("mai", "/rules/retention", bypass_csp=True, **LOOKS[look])
    for path in ("rules/retention", "transcripts/1"):
        await page.goto(f"{desk.url}/{path}")

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = (await Axe().run(page)).response["violations"]
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert serious == []
