"""The card on which two wordings of an answer are compared: begun, refused, stopped, taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, said
from test_people import LOOKS

from bot import clock, conversation
from bot.storage import experiments
from bot.storage import faq_entries as entries
from bot.storage.db import Database
from bot.storage.faq_entries import FaqEntry

LINES = tuple(f"gửi xe ở đâu {n}" for n in ("vậy", "thế shop", "hả em", "đó", "nhỉ"))
PARKING = FaqEntry(0, "faq_gui_xe_2", "Chỗ để xe", LINES, (), "Dạ gửi xe miễn phí ạ.")
SECOND = {"second": "Dạ anh/chị để xe trước cửa ạ.", "most": "100", "until": "2026-12-06"}


@pytest.fixture
async def entry(db: Database, people) -> None:
    async with db.begin() as tx:
        await entries.put(tx, PARKING, None, NOON)


async def send(who, path: str = "", **fields: str):
    form = {"csrf": who.csrf, **fields}
    return await who.http.post(
        f"/console/content/1/wordings{path}", data=form, follow_redirects=True
    )


async def newest(db: Database):
    async with db.read() as tx:
        return await experiments.newest(tx, PARKING.intent)


async def test_an_editor_begins_and_stops_it(visitor, db, entry, people):
    ha = await visitor("ha")

    begun = (await send(ha, **SECOND)).text
    stopped = (await send(ha, "/stop")).text

    assert "Đang so từ 23/11/2026 12:00, đến 06/12/2026" in begun and "Dừng lại" in begun
    assert "Đã dừng, mọi khách nhận câu đang dùng" in stopped
    assert f"{people.ha.name}: bắt đầu" in stopped and f"{people.ha.name}: dừng lại" in stopped
    one = await newest(db)
    assert (one.first, one.second, one.most) == (PARKING.answer, SECOND["second"], 100)


@pytest.mark.parametrize(
    ("changed", "said_of_it"),
    [
        ({"second": " "}, "Bạn viết câu thứ hai"),
        ({"second": PARKING.answer}, "giống hệt"),
        ({"second": "Dạ {gia_ve} ạ"}, "mà cửa hàng không có"),
        ({"most": "19"}, "từ 20 đến 100.000"),
        ({"most": "x"}, "từ 20 đến 100.000"),
        ({"until": "2026-11-22"}, "Chọn một ngày từ hôm nay"),
        ({"until": "2027-11-22"}, "Chọn một ngày từ hôm nay"),
        ({"until": "mai"}, "Chọn một ngày từ hôm nay"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    visitor, db, entry, changed, said_of_it
):
    ha = await visitor("ha")

    page = await send(ha, **SECOND | changed)

    assert page.status_code == 422 and said_of_it in page.text
    assert f"{(SECOND | changed)['second'].strip()}</textarea>" in page.text
    assert await newest(db) is None


async def test_the_second_wording_is_taken_by_a_press_only(visitor, db, entry):
    ha = await visitor("ha")
    await send(ha, **SECOND)

    page = (await send(ha, "/take")).text

    async with db.read() as tx:
        (kept,) = await entries.everything(tx)
    assert kept.answer == SECOND["second"]
    assert "Đã lấy câu thứ hai" in page and (await newest(db)).outcome == "taken"


@pytest.mark.parametrize("how", ["", "/delete"])
async def test_it_ends_when_the_answer_itself_is_changed(visitor, db, entry, how):
    ha = await visitor("ha")
    await send(ha, **SECOND)
    fields = {"title": PARKING.title, "lines": "\n".join(LINES), "version": "1", "insist": "1"}

    form = {"csrf": ha.csrf, **fields, "answer": "Dạ xe máy 5 nghìn ạ."}
    await ha.http.post(f"/console/content/1{how}", data=form)

    assert (await newest(db)).outcome == "changed"


async def seen(db: Database, now, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Customers who were told each wording, and how many of them were helped."""
    shown_at = now - timedelta(days=2)
    async with db.begin() as tx:
        one = await experiments.start(
            tx,
            PARKING.intent,
            PARKING.answer,
            SECOND["second"],
            sum(first[:1] + second[:1]),
            now + timedelta(days=9),
            shown_at,
        )
    n = 0
    for wording, (told, helped) in (("first", first), ("second", second)):
        for place in range(told):
            n += 1
            received = await conversation.receive(db, said("gửi xe", by=f"x{n}"), shown_at)
            async with db.begin() as tx:
                talk = await conversation.conversations.by_id(tx, received.conversation_id)
                await experiments.show(tx, one.id, talk.customer_id, wording, shown_at)
                if place >= helped:
                    await experiments.came_back(tx, talk.customer_id, shown_at + timedelta(hours=1))


async def test_the_result_has_rates_counts_and_intervals(visitor, db, entry):
    await seen(db, NOON, (20, 6), (20, 18))
    ha = await visitor("ha")

    page = (await ha.get("/content/1")).text

    assert "Đã đủ khách" in page
    assert "30\u00a0%" in page and "90\u00a0%" in page and "70\u00a0%–97\u00a0%" in page
    assert "+60 điểm phần trăm (từ +30 đến +77" in page
    assert "Câu thứ hai giúp được nhiều khách hơn." in page


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious(desk, browse, look):
    async with desk.db.begin() as tx:
        await entries.put(tx, PARKING, None, NOON)
    await seen(desk.db, clock.now(), (20, 6), (20, 18))
    page = await browse("ha", "/content/1", bypass_csp=True, **LOOKS[look])
    await page.get_by_text("Thử một cách trả lời khác").click()

    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
