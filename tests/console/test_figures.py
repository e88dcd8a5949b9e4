"""The pages of figures: what they show, what stands behind, who may see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, at
from playwright.async_api import expect

from bot.console import numbers, words
from bot.figures.figure import Figure, Window
from bot.storage import tables
from bot.storage.db import insert

TALKS = 31
WINDOW = Window(NOON, NOON + timedelta(days=1))


@pytest.fixture
async def talks(db, people):
    """More than thirty that were handed off; two thirds answered in time, by Lan."""
    async with db.begin() as tx:
        return [await _talk(tx, n, people.lan.id) for n in range(TALKS)]


async def _talk(tx, n: int, agent: int) -> int:
    channel = "zalo" if n < 5 else "web"
    replied = at(900 if n % 3 == 0 else 90)
    times = {"created_at": NOON, "last_message_at": replied}
    customer = await insert(
        tx,
        tables.customers,
        {"channel": channel, "external_id": f"k{n}", "profile": {}, "created_at": NOON},
    )
    values = {"customer_id": customer, "status": "assigned", "assignee_id": agent}
    talk = await insert(tx, tables.conversations, {**values, **times})
    why = {"intent": "ask_price", "answers": [1]}
    for author, meta, moment in (
        ("customer", {}, NOON),
        ("bot", why, at(1)),
        ("agent", {}, replied),
    ):
        said = {"author": author, "meta": meta, "created_at": moment, "content": {"text": "Dạ"}}
        await insert(tx, tables.messages, {"conversation_id": talk, "channel": channel, **said})
    values = {"reason": "customer_request", "team": "cskh", "assignee_id": agent, "skills": []}
    times = {"requested_at": at(2), "respond_by": at(302), "first_reply_at": replied}
    await insert(tx, tables.handoffs, {"conversation_id": talk, **values, **times})
    return talk


def tile(page: str, name: str) -> str:
    """What the tile of a figure says, without its tags."""
    found = re.search(rf"<dt>{re.escape(name)}</dt>(.*?)</div>", page, re.S)
    assert found, page[:500]
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


LEVEL = "Trả lời kịp trong 5 phút"


async def test_a_figure_stands_with_its_n_and_its_interval(visitor, talks, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    page = (await mai.get("/figures")).text

    assert tile(page, LEVEL).startswith("64,5% N = 31 · 95%: 46,9% đến 78,9%")
    assert "Từ 25/10/2026 đến hết 23/11/2026, giờ Việt Nam" in page


async def test_under_thirty_it_is_grey_and_still_there(visitor, talks, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    page = (await mai.get("/figures?channel=zalo")).text

    assert tile(page, LEVEL).startswith("60,0% chưa đủ mẫu N = 5")
    assert re.search(rf'<div class="tile thin">\s*<dt>{LEVEL}', page)


async def test_what_cannot_be_told_says_why(visitor, talks):
    mai = await visitor("mai")

    page = (await mai.get("/figures")).text

    assert tile(page, "NPS (mức sẵn lòng giới thiệu)").startswith("– N = 0 chưa có dữ liệu")


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("channel=web", 26),
        ("team=ky_thuat", 0),
        ("topic=buying", 31),
        ("topic=store", 0),
        ("who=new", 31),
        ("who=returning", 0),
        ("days=7", 31),
        ("from=2026-11-01&to=2026-11-22", 0),
        ("from=2026-11-23&to=2026-11-23", 31),
    ],
)
async def test_the_figures_are_those_of_the_chosen_talks_and_days(visitor, talks, time, query, n):
    time.passes(hours=1)
    mai = await visitor("mai")

    page = (await mai.get(f"/figures?{query}")).text

    assert f"N = {n} " in f"{tile(page, LEVEL)} "


async def test_the_figures_can_be_those_of_one_agent(visitor, talks, people, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    of_lan = (await mai.get(f"/figures?agent={people.lan.id}")).text
    of_hung = (await mai.get(f"/figures?agent={people.hung.id}")).text

    assert "N = 31 " in tile(of_lan, LEVEL) and "N = 0 " in tile(of_hung, LEVEL)


@pytest.mark.parametrize(
    "query", ["from=2026-11-23&to=2026-11-01", "from=abc&to=2026-11-01", "to=2026-11-01"]
)
async def test_days_that_make_no_sense_are_said_and_the_last_thirty_shown(visitor, people, query):
    mai = await visitor("mai")

    page = (await mai.get(f"/figures?{query}")).text

    assert "Khoảng ngày chưa đúng" in page
    assert "Từ 25/10/2026 đến hết 23/11/2026" in page


async def test_the_rows_behind_a_figure_lead_to_their_talks(visitor, talks, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    page = (await mai.get("/figures/service_level?channel=zalo")).text

    linked = re.findall(r'href="/console/transcripts/(\d+)"', page)
    assert sorted(map(int, linked)) == talks[:5]
    assert page.count("<td>Có</td>") == 3 and page.count("<td>Không</td>") == 2
    assert 'href="/console/figures?channel=zalo"' in page


async def test_behind_churn_stand_the_names_of_who_was_lost(visitor, people, db):
    for n in range(1, 9):
        await _person(db, n, 1000, 400, *([10] if n > 2 else []))
    mai = await visitor("mai")

    page = (await mai.get("/figures/churn")).text

    counted = re.findall(r'<a href="/console/people/(\d+)">(K\d)</a></td><td>Có</td>', page)
    assert counted == [("1", "K1"), ("2", "K2")]


async def test_there_is_no_page_of_an_unknown_figure(visitor, people):
    mai = await visitor("mai")

    assert (await mai.get("/figures/luck")).status_code == 404


async def test_the_file_has_the_pages_numbers_thin_ones_too(visitor, talks, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    file = await mai.get("/figures.csv?channel=zalo")

    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "so-lieu-2026-10-25-2026-11-23.csv" in file.headers["content-disposition"]
    lines = {
        line["Số liệu"]: line for line in csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")))
    }
    assert lines[LEVEL] == {
        "Số liệu": LEVEL,
        "Giá trị": "60.0",
        "Đơn vị": "%",
        "N": "5",
        "Cận dưới 95%": "23.1",
        "Cận trên 95%": "88.2",
        "Từ": "2026-10-25T00:00:00+07:00",
        "Đến (không gồm)": "2026-11-24T00:00:00+07:00",
        "Ghi chú": "chưa đủ mẫu",
    }


@pytest.mark.parametrize("path", ["/figures", "/figures.csv", "/figures/nps", "/voice"])
async def test_agents_and_editors_do_not_see_them(visitor, people, path):
    for name in ("lan", "ha"):
        assert (await (await visitor(name)).get(path)).status_code == 403


async def test_every_figure_has_a_name_and_a_meaning_in_words(visitor, talks, time):
    time.passes(hours=1)
    mai = await visitor("mai")

    page = (await mai.get("/figures")).text

    names = set(re.findall(r"/console/figures/(\w+)", page)) - {"csv"}
    assert len(names) > 10
    assert [name for name in names if f"figure.{name}" not in words.WORDS] == []
    assert [name for name in names if f"meaning.{name}" not in words.WORDS] == []


@pytest.mark.parametrize(
    ("unit", "value", "vi", "en"),
    [
        ("percent", "81.2", "81,2%", "81.2%"),
        ("dong", "3888000", "3.888.000\u00a0đ", "3,888,000\u00a0đ"),
        ("seconds", "198.4", "3 phút 18 giây", "3 min 18s"),
        ("points", "-12.5", "−12,5", "−12.5"),
    ],
)
def test_numbers_are_written_as_their_readers_write_them(unit, value, vi, en):
    figure = Figure("aov_mean", unit, WINDOW, Decimal(value), 40)

    assert (numbers.value("vi", figure), numbers.value("en", figure)) == (vi, en)


def test_nps_shows_its_plus():
    assert numbers.value("vi", Figure("nps", "points", WINDOW, Decimal("35.0"), 40)) == "+35,0"


# --- the voice of the customer


async def _person(db, id: int, *bought_days_ago: int) -> None:
    async with db.begin() as tx:
        await insert(
            tx,
            tables.people,
            {"name": f"K{id}", "number": f"K{id}", "fields": {}, "created_at": NOON},
        )
        for n in bought_days_ago:
            moment = NOON - timedelta(days=n)
            values = {"code": f"BT{id}-{n}", "state": "delivered", "items": [], "total": 500_000}
            times = {"ordered_at": moment, "paid_at": moment}
            await insert(tx, tables.orders, {"person_id": id, **values, **times})


def question(page: str, number: int) -> str:
    found = re.search(
        rf'<li class="card question" aria-labelledby="q{number}">(.*?)</li>', page, re.S
    )
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


async def test_what_cannot_be_answered_says_which_data_is_missing(visitor, people):
    mai = await visitor("mai")

    page = (await mai.get("/voice")).text

    assert [("Chưa trả lời được" in question(page, n)) for n in range(1, 9)] == [True] * 8
    assert "Cần đơn hàng đã thanh toán" in question(page, 1)
    assert "khảo sát mong đợi" in question(page, 5)


async def test_the_eight_questions_are_answered_from_the_shops_records(visitor, people, db):
    for n in range(1, 9):  # two of eight are lost
        await _person(db, n, 1000, 400, *([10] if n > 2 else []))
    mai = await visitor("mai")

    page = (await mai.get("/voice")).text

    assert "25,0%" in question(page, 1)
    assert "Từ 2 năm trở lên 100,0%" in question(page, 2)
    assert "cửa hàng chưa đủ tuổi" in question(page, 2)
    assert "500.000" in question(page, 7)
    assert "Còn thiếu 5 khách so với mục tiêu 5" in question(page, 8)
    assert "Khách đã rời đi trong 12 tháng: 2." in question(page, 8)


@pytest.mark.parametrize(
    ("margin", "told"), [("18", "360.000"), ("18,0%", "360.000"), ("", "2.000.000")]
)
async def test_the_lifetime_value_is_told_with_the_margin_or_as_revenue(
    visitor, people, db, margin, told
) -> None:
    for n in range(1, 9):
        await _person(db, n, 1000, 400, *([10] if n > 2 else []))
    mai = await visitor("mai")

    page = (await mai.get(f"/voice?margin={quote(margin)}")).text

    assert told in question(page, 6)
    assert ("đang tính theo doanh thu" in question(page, 6)) is (not margin)


@pytest.mark.parametrize("margin", ["abc", "-5", "0", "101", "1/0"])
async def test_a_margin_that_is_none_is_refused_in_words(visitor, people, margin):
    mai = await visitor("mai")

    page = (await mai.get(f"/voice?margin={margin}")).text

    assert "Biên lợi nhuận phải là số từ 0 đến 100" in page


# --- in a browser


@pytest.mark.asyncio(loop_scope="session")
async def test_charts_are_drawn_above_their_tables(browse) -> None:
    page = await browse("mai", "/figures", row=False)

    chart = page.locator("figure.chart").first
    await expect(chart.locator("canvas")).to_be_visible()
    await chart.locator("summary").click()
    await expect(chart.locator("tbody tr").first).to_be_visible()
    shown = await page.evaluate(
        "Object.values(window.Chart.instances).map(chart => chart.data.labels.length)"
    )
    rows = await page.evaluate(
        "[...document.querySelectorAll('table[data-chart]')].map(t => t.tBodies[0].rows.length)"
    )
    assert shown == rows and rows


@pytest.mark.parametrize("path", ["/figures", "/voice", "/figures/service_level"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_pages_fit_and_everybody_can_read_them(browse, path: str, width: int) -> None:
    page = await browse("mai", path, row=False, viewport={"width": width, "height": 800})

    result = await Axe().run(page)

    assert [each["id"] for each in result.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
