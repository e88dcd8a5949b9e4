"""The care calendar: who is written what of ourselves, when, and whether it may go."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from cares import DAY, HOUR, complain, order, says, somebody
from doubles import NOON, said
from playwright.async_api import expect

from bot import care, clock, conversation, permission
from bot.console import words
from bot.models import Delivery
from bot.storage import outreach, tables
from bot.storage.db import Database

OURS = "too_late no_longer with_person talking in_form asked_already failed".split()  # noqa: SIM905


async def planned(db: Database, customer: int, kind: str = "thanks", **values: object) -> int:
    """One row of the calendar, due in an hour but for the values given."""
    usual = {"due_at": NOON + HOUR, "purpose": "care", "about": {"item": "tai nghe"}}
    given = usual | values
    async with db.begin() as tx:
        key = f"{kind}:{given['due_at']}:{customer}"
        purpose, due_at, about = given.pop("purpose"), given.pop("due_at"), given.pop("about")
        assert await outreach.plan(tx, kind, key, purpose, customer, due_at, NOON, about=about)
        made = (await tx.execute(tables.outreach.select())).mappings().all()[-1]["id"]
        if given:
            change = tables.outreach.update().where(tables.outreach.c.id == made)
            await tx.execute(change.values(**given))
    return made


async def row(db: Database, made: int):
    async with db.read() as tx:
        query = tables.outreach.select().where(tables.outreach.c.id == made)
        return (await tx.execute(query)).mappings().one()


async def change(visitor, made: int, **form: str):
    return await visitor.http.post(
        f"/console/care/{made}", data={"csrf": visitor.csrf, **form}, follow_redirects=True
    )


async def lines(visitor, query: str = "") -> list[list[str]]:
    file = (await visitor.get(f"/care.csv{query}")).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(file)))[1:]


async def standing(visitor, query: str = "") -> list[str]:
    return [each[-1] for each in await lines(visitor, query)]


# --- what it tells


@pytest.mark.parametrize("reason", [*permission.REASONS, *OURS])
def test_every_reason_is_said(reason):
    assert f"unsent.{reason}" in words.WORDS


@pytest.mark.parametrize(
    "kind", [*care.steps(), "csat", "reminder", "birthday", "festival", "share"]
)
def test_every_kind_has_a_name(kind):
    assert f"outreach.{kind}" in words.WORDS


async def test_a_delivered_order_is_in_the_calendar_day_by_day(visitor, db, people):
    person, customer = await somebody(db)
    await order(db, person)
    await says(db, customer, "yes")
    await care.plan(db, NOON)
    mai = await visitor("mai")

    page = (await mai.get("/care")).text

    for text in (
        "Hôm nay, thứ Hai 23/11/2026",
        "Thứ Ba 24/11/2026",
        "Trần Thị Lan",
        "tai nghe Bống Air 2 · đơn BT26110145",
    ):
        assert text in page
    assert await lines(mai) == [
        [at, "Trần Thị Lan", "Website", kind, "tai nghe Bống Air 2 · đơn BT26110145",
         "Chờ gửi", "Gửi được"]
        for at, kind in (
            ("23/11/2026 14:00", "Cảm ơn sau khi giao"),
            ("24/11/2026 12:00", "Hỏi thăm khi mới dùng"),
            ("26/11/2026 12:00", "Khảo sát sau mua"),
            ("07/12/2026 12:00", "Tin ưu đãi sau mua"),
            ("23/12/2026 12:00", "Khảo sát mức hài lòng"),
            ("22/01/2027 12:00", "Hỏi điều khách mong đợi"),
        )
    ]  # fmt: skip


async def test_the_care_that_comes_late_says_who_why_and_whether_it_may_go(visitor, db, people):
    person, _ = await somebody(db)
    lost = NOON - 150 * DAY
    ends = NOON - 12 * HOUR + 60 * DAY
    await order(db, person, paid_at=lost, delivered_at=lost, warranty_until=ends)
    async with db.begin() as tx:
        values = {"code": "SC1024", "person_id": person, "item": "loa Bống Vang", "state": "ready"}
        moments = {"received_at": NOON - 9 * DAY, "promised_at": NOON - DAY}
        await tx.execute(tables.repairs.insert().values(**values, **moments))
    await care.plan(db, NOON)

    told = [[each[0], *each[3:5], each[6]] for each in await lines(await visitor("mai"))]

    assert told == [
        ["25/11/2026 12:00", "Nhắc nhận máy đã sửa", "loa Bống Vang · phiếu SC1024", "Gửi được"],
        ["24/12/2026 12:00", "Hỏi lý do khách rời đi", "tai nghe Bống Air 2 · đơn BT26110145",
         "Sẽ không gửi: khách chưa đồng ý nhận loại tin này"],
        ["01/01/2027 10:00", "Nhắc sắp hết bảo hành", "tai nghe Bống Air 2 · đơn BT26110145",
         "Gửi được"],
    ]  # fmt: skip


async def test_what_may_not_go_says_why(visitor, db, people):
    person, customer = await somebody(db)
    await planned(db, customer, "news", purpose="promotion")
    await planned(db, customer, "thanks", due_at=NOON + 11 * HOUR, about={})
    mai = await visitor("mai")

    before = await standing(mai)
    await complain(db, person)
    after = await standing(mai)

    # An order that nobody knows is no reason to write.
    assert before == ["Sẽ không gửi: việc đã thay đổi"] * 2
    assert after == before


async def test_permission_is_asked_for_the_moment_at_which_it_is_due(visitor, db, people):
    _, customer = await somebody(db)
    await planned(db, customer, "greeting", due_at=NOON + 11 * HOUR)
    await planned(db, customer, "offer", due_at=NOON + 12 * HOUR, purpose="promotion")
    mai = await visitor("mai")

    assert await standing(mai) == [
        "Sẽ lùi tới 24/11/2026 07:00: giờ nghỉ ban đêm",
        "Sẽ không gửi: khách chưa đồng ý nhận loại tin này",
    ]


async def test_what_ended_says_how(visitor, db, people):
    _, customer = await somebody(db)
    for kind, values in (
        ("a", {"state": "sent", "ended_at": NOON}),
        ("b", {"state": "refused", "reason": "open_complaint"}),
        ("c", {"state": "cancelled", "reason": "no_longer"}),
        ("d", {"state": "cancelled", "user_id": people.mai.id}),
        ("e", {"state": "held_out"}),
    ):
        await planned(db, customer, kind, **values)
    mai = await visitor("mai")

    assert await standing(mai) == [
        "Đã gửi lúc 23/11/2026 12:00",
        "Không gửi: khách có khiếu nại chưa xong",
        "Đã bỏ: việc đã thay đổi",
        "Lê Mai đã huỷ",
        "Không gửi, để đo hiệu quả chiến dịch",
    ]
    assert len(await standing(mai, "?state=sent")) == 1
    assert len(await standing(mai, "?kind=b")) == 1
    assert await standing(mai, "?from=2026-11-24") == []


async def test_what_the_platform_refused_is_told_with_its_code(visitor, db, people):
    _, customer = await somebody(db, channel="zalo")
    made = await planned(db, customer, state="sent", ended_at=NOON)
    received = await conversation.receive(db, said("alo", by="lan", channel="zalo"), NOON)
    async with db.begin() as tx:
        failed = {"delivery": Delivery.FAILED.value, "meta": {"error_code": "-213"}}
        this = tables.messages.c.id == received.message_id
        await tx.execute(tables.messages.update().where(this).values(**failed))
        sent = {"message_id": received.message_id, "conversation_id": received.conversation_id}
        this = tables.outreach.c.id == made
        await tx.execute(tables.outreach.update().where(this).values(**sent))
    mai = await visitor("mai")

    page = (await mai.get("/care")).text

    assert 'class="failure"' in page and "-213" in page


async def test_a_formula_in_a_name_is_only_words_in_the_file(visitor, db, people):
    _, customer = await somebody(db)
    await planned(db, customer, about={"item": "=HYPERLINK(1)"})
    mai = await visitor("mai")

    (only,) = await lines(mai)

    assert only[4] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("query", ["?from=hôm-nay", "?to=2026-13-01", "?page=x", "?state=none"])
async def test_what_makes_no_sense_is_left_out(visitor, db, people, query):
    _, customer = await somebody(db)
    await planned(db, customer)
    mai = await visitor("mai")

    page = await mai.get(f"/care{query}")

    assert page.status_code == 200 and "1 tin" in page.text


async def test_a_long_calendar_has_pages(visitor, db, people):
    _, customer = await somebody(db)
    for place in range(101):
        await planned(db, customer, due_at=NOON + place * timedelta(minutes=1))
    mai = await visitor("mai")

    first, second = [(await mai.get(f"/care?page={each}")).text for each in (1, 2)]

    assert [first.count("care-item"), second.count("care-item")] == [100, 1]
    assert "page=2" in first and "page=1" in second


@pytest.mark.parametrize("who", ["lan", "ha"])
async def test_it_is_for_supervisors(visitor, people, who):
    visit = await visitor(who)

    assert [(await visit.get(each)).status_code for each in ("/care", "/care.csv")] == [403, 403]


# --- changing it


async def test_one_that_waits_is_moved(visitor, db, people):
    _, customer = await somebody(db)
    made = await planned(db, customer)
    mai = await visitor("mai")

    page = await change(mai, made, do="move", at="2026-11-25T08:30", state="waiting")

    moved = await row(db, made)
    assert moved["due_at"] == datetime.fromisoformat("2026-11-25T08:30+07:00")
    assert moved["user_id"] == people.mai.id
    assert "Đã dời giờ gửi." in page.text and "Lê Mai đã dời giờ" in page.text
    assert page.url.params["state"] == "waiting"


@pytest.mark.parametrize("at", ["2026-11-23T11:59", "2027-11-23T08:00", "", "mai"])
async def test_a_time_that_makes_no_sense_moves_nothing(visitor, db, people, at):
    _, customer = await somebody(db)
    made = await planned(db, customer)
    mai = await visitor("mai")

    page = await change(mai, made, do="move", at=at)

    assert (await row(db, made))["due_at"] == NOON + HOUR
    assert "Giờ mới phải ở phía trước" in page.text


async def test_a_cancelled_one_tells_who_did_it(visitor, db, people):
    _, customer = await somebody(db)
    made = await planned(db, customer)
    mai = await visitor("mai")

    await change(mai, made, do="cancel")

    ended = await row(db, made)
    assert (ended["state"], ended["user_id"]) == ("cancelled", people.mai.id)


async def test_what_was_sent_cannot_be_cancelled(visitor, db, people):
    _, customer = await somebody(db)
    made = await planned(db, customer, state="sent", ended_at=NOON)
    mai = await visitor("mai")

    page = await change(mai, made, do="cancel")

    assert (await row(db, made))["state"] == "sent"
    assert "không còn chờ gửi" in page.text


async def test_a_form_without_its_token_changes_nothing(visitor, db, people):
    _, customer = await somebody(db)
    made = await planned(db, customer)
    mai = await visitor("mai")

    answer = await mai.http.post(f"/console/care/{made}", data={"do": "cancel"})

    assert answer.status_code == 403
    assert (await row(db, made))["state"] == "waiting"


# --- in a browser


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


async def some_of_everything(db: Database) -> list[int]:
    now = clock.now()
    person, customer = await somebody(db, wrote_at=now - DAY)
    _, other = await somebody(db, "hoa-zalo", "zalo", wrote_at=now - DAY)
    await order(db, person, delivered_at=now)
    await care.plan(db, now)
    return [
        await planned(db, other, "greeting", due_at=now + 2 * DAY, about={}),
        await planned(db, other, "sent", due_at=now, state="sent", ended_at=now),
        await planned(db, customer, "b", due_at=now, state="refused", reason="open_complaint"),
    ]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_message_is_cancelled_with_the_keyboard(desk, browse):
    made, *_ = await some_of_everything(desk.db)
    page = await browse("mai", "/care?kind=greeting")

    await page.locator(".care-change summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Huỷ tin này").press("Enter")

    await expect(page.locator(".care-done")).to_have_text("Đã huỷ, tin này sẽ không gửi.")
    await expect(page.locator(".care-standing")).to_have_text("Lê Mai đã huỷ")
    assert (await row(desk.db, made))["state"] == "cancelled"


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_in_the_calendar(desk, browse, look):
    await some_of_everything(desk.db)
    page = await browse("mai", "/care", bypass_csp=True, **LOOKS[look])
    await page.locator(".care-change summary").first.click()

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
