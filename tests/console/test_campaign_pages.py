"""Campaigns in the console: written, looked at, started, paused, measured."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from cares import DAY, HOUR, order, says, somebody
from doubles import NOON
from playwright.async_api import expect

from bot import campaigns, clock
from bot.console import words
from bot.draft import Draft, of_campaign, wrong_with
from bot.storage import campaigns as rows
from bot.storage import tables
from bot.storage.db import Database

FORM = {
    "name": "Tuần lễ âm thanh",
    "purpose": "promotion",
    "text": "Dạ {xung_ho} {khach} ơi, tai nghe đang giảm 10% ạ.",
    "holdout": "10",
    "spent": "500.000",
    "stage": "customer",
    "ordered_after": "01/06/2026",
    "starts_at": "mùng 2 Tết 2027",
    "time": "09:30",
    "channel": "web",
}


async def post(visitor, path: str, **form: str):
    data = {"csrf": visitor.csrf, **form}
    return await visitor.http.post(
        f"/console/campaigns{path}", data=data, follow_redirects=True, timeout=30
    )


async def state(db: Database, campaign_id: int = 1) -> str:
    async with db.read() as tx:
        found = await rows.by_id(tx, campaign_id)
    return found.state if found else ""


async def kept(db: Database) -> list[Draft]:
    async with db.read() as tx:
        return [of_campaign(each) for each in await rows.everything(tx)]


async def test_what_was_written_is_kept_and_looked_at(visitor, db, people):
    mai = await visitor("mai")

    page = await post(mai, "/new", **FORM)

    (draft,) = await kept(db)
    assert (draft.holdout, draft.segment.spent, draft.channels) == (10, 500_000, ("web",))
    assert f"{draft.starts_at:%d/%m/%Y}" == "07/02/2027"
    assert "Xem trước khi gửi" in page.text and "Bản nháp" in page.text
    assert "[QC] Dạ anh/chị Lan ơi, tai nghe đang giảm 10% ạ. Nếu không muốn" in page.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": "Dạ {ten} ơi"}, "Có chỗ điền mà trợ lý không hiểu: {ten}."),
        ({"text": "  "}, "Nội dung đang trống."),
        ({"name": ""}, "Bạn đặt tên"),
        ({"holdout": "50"}, "từ 0 đến 20"),
        ({"holdout": "nhiều"}, "từ 0 đến 20"),
        ({"spent": "năm trăm"}, "Số tiền chưa đúng."),
        ({"ordered_before": "hè"}, "“Đơn gần nhất trước ngày” chưa đúng."),
        ({"starts_at": "sớm"}, "Ngày giờ gửi chưa đúng"),
        ({"time": "sáng"}, "Ngày giờ gửi chưa đúng"),
    ],
)
async def test_what_cannot_be_said_is_not_kept(visitor, db, people, change, told):
    mai = await visitor("mai")

    page = await post(mai, "/new", **{**FORM, **change})

    assert page.status_code == 422 and told in page.text
    assert await kept(db) == []


async def test_the_dry_run_tells_numbers_and_names(visitor, db, people):
    for name in ("lan", "hoa"):
        _, customer = await somebody(db, name, wrote_at=NOON - HOUR)
        if name == "lan":
            await says(db, customer, "yes")
    mai = await visitor("mai")

    page = await post(mai, "/new", name="Tin", purpose="promotion", text="Dạ giảm giá ạ.")

    assert "Trong nhóm có 2 khách" in page.text
    assert "Nhận được trên Website" in page.text
    assert "Không gửi: khách chưa đồng ý nhận loại tin này" in page.text


async def test_start_pause_resume_cancel(visitor, db, people):
    mai = await visitor("mai")
    await post(mai, "/new", **FORM)

    seen = []
    for what in ("start", "pause", "resume", "cancel"):
        await post(mai, "/1/do", do=what)
        seen.append(await state(db))

    assert seen == ["running", "paused", "running", "cancelled"]


async def test_what_sells_is_not_started_for_the_first_day_of_tet(visitor, db, people):
    mai = await visitor("mai")
    await post(mai, "/new", **{**FORM, "starts_at": "mùng 1 Tết 2027"})

    page = await post(mai, "/1/do", do="start")

    assert "Mùng 1 Tết chỉ gửi lời chúc" in page.text
    assert await state(db) == "draft"


async def test_a_second_start_is_told(visitor, db, people):
    mai = await visitor("mai")
    await post(mai, "/new", **FORM)
    await post(mai, "/1/do", do="start")

    page = await post(mai, "/1/do", do="start")

    assert "vừa được người khác đổi trạng thái" in page.text


async def test_a_running_campaign_is_not_rewritten(visitor, db, people):
    mai = await visitor("mai")
    await post(mai, "/new", **FORM)
    await post(mai, "/1/do", do="start")

    await post(mai, "/1", **{**FORM, "text": "Khác"})

    assert [each.text for each in await kept(db)] == [FORM["text"]]


async def test_a_form_without_its_token_starts_nothing(visitor, db, people):
    mai = await visitor("mai")
    await post(mai, "/new", **FORM)

    answer = await mai.http.post("/console/campaigns/1/do", data={"do": "start"})

    assert (answer.status_code, await state(db)) == (403, "draft")


@pytest.mark.parametrize("who", ["lan", "ha"])
async def test_campaigns_are_for_supervisors(visitor, people, who):
    visit = await visitor(who)

    for path in ("/campaigns", "/campaigns/new", "/campaigns/1"):
        assert (await visit.get(path)).status_code == 403


async def test_an_unknown_campaign_is_missing(visitor, people):
    mai = await visitor("mai")

    assert (await mai.get("/campaigns/7")).status_code == 404


async def test_the_effect_is_told_with_its_interval(visitor, db, people):
    async with db.begin() as tx:
        made = await rows.add(tx, Draft("Tin", "care", "Dạ").values, people.mai.id, NOON)
        await rows.move(tx, made, ("draft",), "running", NOON)
    for place in range(20):
        person, customer = await somebody(db, f"k{place}", wrote_at=NOON - HOUR)
        values = {"kind": "campaign", "key": f"campaign:{made}:{person}", "purpose": "care"}
        ended = {"state": "sent" if place % 2 else "held_out", "due_at": NOON, "created_at": NOON}
        async with db.begin() as tx:
            who = {"customer_id": customer, "person_id": person, "campaign_id": made}
            await tx.execute(tables.outreach.insert(), {**values, **ended, **who, "about": {}})
        if place % 2:
            await order(db, person, f"BT{place}", ordered_at=NOON + DAY)
    mai = await visitor("mai")

    page = (await mai.get(f"/campaigns/{made}")).text

    assert "+100.0" in page and "95 %: từ +60.8 đến +100.0 điểm" in page


def test_every_reason_against_a_start_is_said():
    nothing = Draft(purpose="reply", text="{x}", holdout=50)
    codes = {*wrong_with(nothing, NOON), "text", "too_long", "sells", "sales_day", "state"}

    assert [each for each in codes if f"campaign.wrong.{each}" not in words.WORDS] == []


# --- in a browser


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


async def some(db: Database) -> int:
    now = clock.now()
    for name in ("lan", "hoa", "minh"):
        person, customer = await somebody(db, f"c-{name}", wrote_at=now - HOUR)
        await order(db, person, f"BT-{name}", delivered_at=now - DAY)
        if name != "hoa":
            await says(db, customer, "yes")
    draft = Draft("Tuần lễ âm thanh", text=FORM["text"], holdout=10)
    async with db.begin() as tx:
        await rows.add(tx, Draft("Báo giờ Tết", "care", "Dạ").values, None, now)
        return await rows.add(tx, draft.values, None, now)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_campaign_is_written_and_started_with_the_keyboard(desk, browse):
    await some(desk.db)
    page = await browse("mai", "/campaigns/new")

    await page.get_by_label("Tên chiến dịch").fill("Khai trương")
    await page.get_by_label("Nội dung").fill("Dạ {shop} khai trương cửa hàng mới, đang giảm 5% ạ.")
    await page.get_by_role("button", name="Lưu và xem thử").press("Enter")
    await expect(page.locator("#dry")).to_contain_text("Nhận được trên Website")
    await page.get_by_role("button", name="Bắt đầu gửi").press("Enter")

    await expect(page.locator("h1 .tag")).to_have_text("Đang gửi")
    await campaigns.plan(desk.db, clock.now(), "Bống")
    await page.reload()
    await expect(page.locator(".campaign-numbers").first).to_contain_text("Chờ gửi")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_the_campaigns_pages(desk, browse, look):
    made = await some(desk.db)
    page = await browse("mai", "/campaigns", bypass_csp=True, **LOOKS[look])
    for path in ("", f"/{made}?dry=1", f"/{made - 1}"):
        if path == f"/{made - 1}":
            await campaigns.act(desk.db, made - 1, "start", desk.people.mai.id, clock.now())
        await page.goto(f"{desk.url}/campaigns{path}")

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = (await Axe().run(page)).response["violations"]
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert serious == []
