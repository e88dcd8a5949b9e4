"""Promises: offered after a reply, made by hand and by the assistant, kept from the page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, ScriptedDialogue, answer_all, said
from playwright.async_api import Page, expect
from scenes import person

from bot import clock, conversation, handoff
from bot.models import Author, Content, Promised, Say, Turn
from bot.storage import promises, tables

MINUTES = timedelta(minutes=15)


@pytest.fixture
async def talk(db, people):
    made = await scenes.talk(db, "nga", "Trần Nga", [("cho gặp nhân viên", person())], NOON)
    await handoff.accept(db, made, people.lan, NOON)
    return made


async def promise(db, talk, due_at, *, by=None, text="gọi báo kết quả", team="") -> int:
    async with db.begin() as tx:
        made = await promises.add(
            tx, talk, Promised("callback", text, due_at), Author.AGENT, NOON, user_id=by
        )
        await tx.execute(
            tables.promises.update().where(tables.promises.c.id == made).values(team=team)
        )
    return made


def call_back(due_at: datetime) -> Turn:
    return Turn(
        says=(Say(Content("Dạ em đặt lịch xong rồi ạ")),),
        promised=(Promised("callback", "0900 000 001", due_at),),
        introduced=True,
    )


# --- how they are made


async def test_a_reply_that_promises_a_time_is_told_and_nothing_is_kept_silently(visitor, db, talk):
    lan = await visitor("lan")

    answer = await lan.post(
        f"/api/conversations/{talk}/reply", text="Dạ 15h em gọi lại ạ", client_id="click-0001"
    )

    promised = answer.json()["promised"]
    assert promised == {
        "kind": "callback",
        "text": "Dạ 15h em gọi lại ạ",
        "due_at": "2026-11-23T08:00:00+00:00",
    }
    async with db.read() as tx:
        assert await promises.open_of(tx, None) == []
    saved = await lan.post(
        f"/api/conversations/{talk}/promises", **promised, message=answer.json()["message"]
    )
    assert saved.status_code == 200
    async with db.read() as tx:
        (kept,) = await promises.open_of(tx, None)
    assert (kept.by, kept.due_at) == ("Nguyễn Thị Lan", NOON + timedelta(hours=3))


async def test_a_reply_without_a_promise_offers_none(visitor, talk):
    lan = await visitor("lan")

    answer = await lan.post(
        f"/api/conversations/{talk}/reply", text="Dạ em chào chị", client_id="click-0001"
    )

    assert answer.json()["promised"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_at": "2026-11-23T04:59:00+00:00"},
        {"due_at": "2027-11-23T05:00:00+00:00"},
        {"due_at": "2026-11-23T08:00:00"},
        {"due_at": "chiều nay"},
        {"kind": "wedding"},
        {"text": "  "},
        {"text": "x" * 301},
        {"message": 10_000_000, "kind": ""},
    ],
)
async def test_a_promise_that_makes_no_sense_is_refused(visitor, db, talk, wrong):
    lan = await visitor("lan")
    body = {"kind": "callback", "text": "gọi", "due_at": "2026-11-23T08:00:00Z"}

    answer = await lan.post(f"/api/conversations/{talk}/promises", **{**body, **wrong})

    assert answer.status_code == 422
    async with db.read() as tx:
        assert await promises.open_of(tx, None) == []


async def test_a_time_that_is_over_is_said_so(visitor, talk):
    lan = await visitor("lan")

    answer = await lan.post(
        f"/api/conversations/{talk}/promises",
        kind="callback",
        text="gọi",
        due_at="2026-11-23T04:00:00Z",
    )

    assert answer.json()["text"] == "Giờ hẹn phải ở phía trước, trong vòng 90 ngày."


async def test_what_the_assistant_promises_is_a_row_of_the_teams(db, people):
    due_at = NOON + timedelta(hours=3)
    got = await conversation.receive(db, said("gọi lại cho mình 15h"), NOON)

    await answer_all(db, ScriptedDialogue({"gọi lại cho mình 15h": call_back(due_at)}))

    async with db.read() as tx:
        (made,) = (await promises.open_in(tx, [got.conversation_id]))[got.conversation_id]
    assert (made.made_by, made.user_id, made.due_at) == ("bot", None, due_at)


# --- who sees which


def names(page: str) -> list[str]:
    return [text for text in ("của Lan", "của Hùng", "của trợ lý", "đội khác") if text in page]


async def test_mine_my_teams_and_all(visitor, db, people, talk):
    soon = NOON + timedelta(hours=1)
    other = await scenes.talk(db, "tu", "Tú", [("gặp nhân viên", person())], NOON)
    third = await scenes.talk(db, "an", "An", [("gặp nhân viên", person())], NOON)
    async with db.begin() as tx:
        for user, teams in ((people.lan, ["cskh"]), (people.hung, ["cskh"]), (people.mai, ["x"])):
            change = tables.users.update().where(tables.users.c.id == user.id)
            await tx.execute(change.values(teams=teams))
    await promise(db, talk, soon, by=people.lan.id, text="của Lan")
    await promise(db, other, soon, by=people.hung.id, text="của Hùng")
    await promise(db, talk, soon, text="của trợ lý")  # Lan has the conversation
    await promise(db, third, soon, text="đội khác", team="x")
    lan = await visitor("lan")

    pages = [(await lan.get(f"/today?who={who}")).text for who in ("mine", "team", "all")]

    assert [names(page) for page in pages] == [
        ["của Lan", "của trợ lý"],
        ["của Lan", "của Hùng", "của trợ lý"],
        ["của Lan", "của Hùng", "của trợ lý", "đội khác"],
    ]


async def test_overdue_today_and_later_in_vietnams_days(visitor, db, people, talk, time):
    for hours, text in ((-1, "quá hẹn"), (10, "tối nay"), (13, "sau nửa đêm")):
        await promise(db, talk, NOON + timedelta(hours=hours), by=people.lan.id, text=text)
    lan = await visitor("lan")

    page = (await lan.get("/today")).text

    places = [page.index(each) for each in (
        'id="todo-overdue"', "quá hẹn", 'id="todo-today"', "tối nay",
        'id="todo-later"', "sau nửa đêm",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "01:00 ngày mai" in page
    assert "Trễ 1 giờ" in page


async def test_editors_have_no_such_page(visitor, people):
    ha = await visitor("ha")

    assert (await ha.get("/today")).status_code == 403


# --- kept or not


async def test_the_rate_counts_what_was_marked_in_time(visitor, db, people, talk, time):
    due = [NOON + timedelta(minutes=each) for each in (10, 20, 30, 40)]
    made = [await promise(db, talk, each, by=people.lan.id) for each in due]
    await promise(db, talk, NOON + timedelta(days=2), by=people.lan.id)  # not due yet
    async with db.begin() as tx:
        await promises.finish(tx, made[0], "kept", due[0] + MINUTES)  # in time
        await promises.finish(tx, made[1], "kept", due[1] + MINUTES + timedelta(seconds=1))
        await promises.finish(tx, made[2], "dropped", due[2])
    time.passes(hours=2)
    lan = await visitor("lan")

    page = (await lan.get("/today")).text

    assert "đúng hẹn 1/3 lời hẹn trong 30 ngày qua" in page
    assert "33%" in page


async def test_what_is_done_leaves_the_list_once(visitor, db, people, talk):
    made = await promise(db, talk, NOON + timedelta(hours=1), by=people.lan.id)
    lan, hung = await visitor("lan"), await visitor("hung")

    form = {"csrf": lan.csrf, "outcome": "kept", "who": "team"}
    answer = await lan.http.post(f"/console/today/{made}", data=form)
    again = await hung.post(f"/api/promises/{made}", outcome="dropped")

    assert answer.headers["location"] == "/console/today?who=team"
    assert again.status_code == 200
    async with db.read() as tx:
        row = (await tx.execute(tables.promises.select())).mappings().one()
    assert row["outcome"] == "kept"


async def test_an_unknown_outcome_changes_nothing(visitor, db, people, talk):
    made = await promise(db, talk, NOON + timedelta(hours=1), by=people.lan.id)
    lan = await visitor("lan")

    answer = await lan.post(f"/api/promises/{made}", outcome="forgotten")

    assert answer.status_code == 422
    async with db.read() as tx:
        assert len(await promises.open_of(tx, None)) == 1


async def test_rows_of_the_inbox_carry_the_open_promises(visitor, db, people, talk):
    late = await promise(db, talk, NOON + timedelta(hours=2), by=people.lan.id)
    soon = await promise(db, talk, NOON + timedelta(hours=1), by=people.lan.id)
    lan = await visitor("lan")

    rows = {each["id"]: each for each in (await lan.get("/api/inbox")).json()["conversations"]}

    assert [each["id"] for each in rows[talk]["promises"]] == [soon, late]


# --- in a browser


async def open_talk(page: Page, desk, name: str) -> None:
    await page.goto(f"{desk.url}/inbox#c{desk.talks[name]}")
    await expect(page.locator("#log .line").first).to_be_visible()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_promise_is_offered_saved_shown_to_colleagues_and_done(desk, browse):
    page, colleague = await browse(), await browse("hung")
    await open_talk(page, desk, "thao")
    await open_talk(colleague, desk, "thao")
    await page.fill("#text", "Dạ 9h sáng mai em gọi lại chị ạ")
    await page.locator("#text").press("Control+Enter")

    await expect(page.locator("#offer")).to_contain_text("Đặt lịch hẹn: gọi lại 09:00 ngày mai?")
    await page.get_by_role("button", name="Lưu", exact=True).press("Enter")

    for each in (page, colleague):
        await expect(each.locator(".promises")).to_contain_text("Gọi lại 09:00 ngày mai")
    await expect(page.locator("#offer")).to_be_hidden()
    await expect(page.locator("#text")).to_be_focused()
    await colleague.locator(".promises .link").first.click()
    await expect(page.locator("#panel")).to_contain_text("Chưa hẹn gì.")


@pytest.mark.asyncio(loop_scope="session")
async def test_an_offer_may_be_skipped(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.fill("#text", "Dạ 9h sáng mai em gọi lại chị ạ")
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator("#offer")).to_be_visible()

    await page.get_by_role("button", name="Bỏ qua").click()

    await expect(page.locator("#offer")).to_be_hidden()
    async with desk.db.read() as tx:
        assert await promises.open_of(tx, None) == []


@pytest.mark.asyncio(loop_scope="session")
async def test_a_promise_made_by_hand_is_an_hour_in_vietnam(desk, browse):
    page = await browse(timezone_id="America/New_York")
    await open_talk(page, desk, "thao")
    tomorrow = (clock.now() + timedelta(days=2)).date()

    await page.get_by_role("button", name="Thêm hẹn").click()
    await page.fill("#dialog-promise textarea", "Gọi hỏi thăm loa")
    await page.fill("#dialog-promise [name=due]", f"{tomorrow}T08:30")
    await page.get_by_role("button", name="Lưu", exact=True).click()

    await expect(page.locator(".promises")).to_contain_text("08:30")
    await expect(page.locator(".promises")).to_contain_text("Gọi hỏi thăm loa")
    async with desk.db.read() as tx:
        (made,) = await promises.open_of(tx, None)
    assert f"{made.due_at:%H:%M}" == "01:30"


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_the_page_of_the_day(desk, browse, look):
    now = clock.now()
    for talk, hours in (("thao", -2), ("duc", 1), ("yen", 40)):
        await promise(
            desk.db, desk.talks[talk], now + timedelta(hours=hours), by=desk.people.lan.id
        )
    page = await browse("lan", "/today?who=all", bypass_csp=True, **LOOKS[look])

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
