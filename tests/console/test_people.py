"""The supervisor's pages of people: found, read, linked and merged, each with its way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from books import customer, order, person
from doubles import NOON, said
from playwright.async_api import expect

from bot import clock, conversation, identity
from bot.models import Proved
from bot.storage import customers, identities, people, tables
from bot.storage.db import insert


async def press(who, id: int, what: str, other: int):
    return await who.http.post(
        f"/console/people/{id}/{what}", data={"csrf": who.csrf, "other": other}
    )


async def of(db, customer_id: int) -> int | None:
    async with db.read() as tx:
        return await identities.person_of(tx, customer_id)


async def shown(who, path: str) -> str:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


# --- the list


async def test_people_are_found_without_accents_and_by_any_number(visitor, db, people) -> None:
    await person(db, "Nguyễn Thị Hoà", phone="0912345678", number="KH1")
    await person(db, "Đỗ Đức", phone="0987654321")
    mai = await visitor("mai")

    pages = {
        text: await shown(mai, f"/people?text={text}") for text in ("hoa", "0987 654 321", "x")
    }

    assert ["Nguyễn Thị Hoà" in page for page in pages.values()] == [True, False, False]
    assert ["Đỗ Đức" in page for page in pages.values()] == [False, True, False]
    assert "Không tìm thấy ai" in pages["x"]


async def test_a_list_goes_on_where_it_ended(visitor, db, people) -> None:
    for n in range(51):
        await person(db, f"Khách số {n:02d}.")
    mai = await visitor("mai")

    first = await shown(mai, "/people?text=khach")
    second = await shown(mai, "/people?text=khach&before=2")

    assert "before=2" in first
    assert ("số 00." in first, "số 01." in first) == (False, True)
    assert ("số 00." in second, "số 01." in second) == (True, False)


async def test_agents_and_editors_have_no_such_page(visitor, db, people) -> None:
    hoa = await person(db, "Hoa")
    for name in ("lan", "ha"):
        who = await visitor(name)
        for path in ("/people", f"/people/{hoa}", "/imports", "/imports/orders.csv"):
            assert (await who.get(path)).status_code == 403


# --- one person


async def test_a_person_is_shown_with_all_that_happened(visitor, db, people) -> None:
    hoa = await person(db, "Hoa", phone="0912345678", birthday="15/8 âm lịch", company="Bống")
    goods = [{"name": "quạt trần", "quantity": 2}]
    await order(db, hoa, "BT1", NOON - timedelta(days=1), items=goods, total=1_290_000)
    got = await conversation.receive(db, said("quạt kêu to quá", by="nga"), NOON)
    async with db.begin() as tx:
        nga = await customers.find(tx, "web", "nga")
        await identity.prove(tx, nga, Proved("BT1", "5678"), NOON)
        repair = {"code": "SC1", "person_id": hoa, "state": "ready", "item": "quạt"}
        await insert(tx, tables.repairs, {**repair, "received_at": NOON})
        mine = {"customer_id": nga.id, "purpose": "survey", "said": "yes"}
        await insert(tx, tables.consents, {**mine, "created_at": NOON})
        asked = {"customer_id": nga.id, "kind": "csat", "asked_at": NOON, "ended_at": NOON}
        await insert(tx, tables.surveys, {**asked, "outcome": "declined"})
    mai = await visitor("mai")

    page = await shown(mai, f"/people/{hoa}")

    for words in (
        "0912\xa0345\xa0678", "15/8 âm lịch", "Đặt đơn BT1", "2 quạt trần · 1.290.000 đ",
        "quạt kêu to quá", f"/console/transcripts/{got.conversation_id}", "Gửi sửa, phiếu SC1",
        "Đồng ý nhận tin: khảo sát", "Từ chối mức hài lòng", "Xác nhận tài khoản Khách #",
        "khách tự chứng minh", "Khách báo đúng mã đơn và số điện thoại",
    ):  # fmt: skip
        assert words in page, words


async def test_the_history_goes_on_where_it_ended(visitor, db, people) -> None:
    hoa = await person(db, "Hoa")
    for n in range(60):
        await order(db, hoa, f"BT{n:02d}")
    mai = await visitor("mai")
    first = await shown(mai, f"/people/{hoa}")

    more = first.split('rel="next" href="/console')[1].split('"')[0].replace("&amp;", "&")
    second = await shown(mai, more)

    codes = [f"BT{n:02d}" for n in range(60)]
    assert [code for code in codes if f"{code}</b>" in first] == codes[10:]
    assert [code for code in codes if f"{code}</b>" in second] == codes[:10]


@pytest.mark.parametrize("after", ["x", "2026~order~1", "~~", "2026-11-23T00:00:00~order.paid~1"])
async def test_a_page_that_was_made_up_is_the_first(visitor, db, people, after: str) -> None:
    hoa = await person(db, "Hoa")
    await order(db, hoa, "BT1")
    mai = await visitor("mai")

    assert "BT1" in await shown(mai, f"/people/{hoa}?after={after}")


async def test_nobody_has_no_page(visitor, people) -> None:
    mai = await visitor("mai")

    assert (await mai.get("/people/77")).status_code == 404


# --- who is who


async def test_a_suggestion_is_confirmed_and_let_go_again(visitor, db, people) -> None:
    hoa = await person(db, "Hoa", phone="0912345678")
    await conversation.receive(db, said("0912 345 678", by="nga", sender_name="Nga"), NOON)
    async with db.read() as tx:
        nga = (await customers.find(tx, "web", "nga")).id
    mai = await visitor("mai")
    assert "Chỉ là gợi ý" in await shown(mai, f"/people/{hoa}")

    linked = await press(mai, hoa, "link", nga)
    after_link = await of(db, nga)
    await press(mai, hoa, "unlink", nga)

    assert (linked.status_code, after_link, await of(db, nga)) == (303, hoa, None)
    page = await shown(mai, f"/people/{hoa}")
    assert page.index("Gỡ tài khoản Nga") < page.index("Xác nhận tài khoản Nga")
    assert page.count("Lê Mai thực hiện") == 2


async def test_two_records_are_merged_and_split_again(visitor, db, people) -> None:
    hoa, again = await person(db, "Hoa", phone="0912345678"), await person(db, "Chị Hoa")
    await order(db, again, "BT9")
    mai = await visitor("mai")
    assert "Gộp hồ sơ Chị Hoa vào đây" in await shown(mai, f"/people/{hoa}?find=hoa")

    await press(mai, hoa, "merge", again)
    together = await shown(mai, f"/people/{hoa}")
    moved = await mai.get(f"/people/{again}")
    await press(mai, hoa, "split", again)

    assert "BT9" in together and "Tách hồ sơ Chị Hoa" in together
    assert moved.headers["location"] == f"/console/people/{hoa}"
    assert "BT9" not in await shown(mai, f"/people/{hoa}")
    assert "BT9" in await shown(mai, f"/people/{again}")


async def test_what_cannot_be_done_is_said_in_words(visitor, db, people) -> None:
    hoa, lan, duc = [await person(db, name) for name in ("Hoa", "Lan", "Đức")]
    nga = await customer(db, "nga")
    mai = await visitor("mai")
    await press(mai, hoa, "link", nga)
    await press(mai, lan, "merge", duc)

    answers = [
        await press(mai, lan, "link", nga),
        await press(mai, hoa, "merge", lan),
        await press(mai, hoa, "split", duc),
        await press(mai, lan, "unlink", nga),
        await press(mai, hoa, "merge", 10_000),
    ]

    assert [each.status_code for each in answers] == [409] * 5
    for answer, words in zip(
        answers,
        ("xác nhận là người khác", "hồ sơ khác gộp vào", "vừa được", "vừa được", "Không còn hồ sơ"),
        strict=True,
    ):
        assert words in answer.text
    assert await of(db, nga) == hoa


@pytest.mark.parametrize("other", ["", "x", "-1", "9" * 30])
async def test_a_form_that_we_did_not_make_is_nothing(visitor, db, people, other: str) -> None:
    hoa = await person(db, "Hoa")
    mai = await visitor("mai")

    assert (await press(mai, hoa, "merge", other)).status_code == 404


# --- beside the conversation


async def test_the_card_shows_our_own_records_of_who_is_proved(visitor, db, people) -> None:
    hoa = await person(db, "Nguyễn Hoa", phone="0912345678")
    goods = [{"name": "quạt trần", "quantity": 2}]
    await order(db, hoa, "BT1", items=goods, total=1_290_000, state="delivered")
    got = await conversation.receive(db, said("alo", by="nga"), NOON)
    lan = await visitor("lan")
    card = f"/api/conversations/{got.conversation_id}/card"
    before = (await lan.get(card)).json()
    async with db.begin() as tx:
        nga = await customers.find(tx, "web", "nga")
        await identity.prove(tx, nga, Proved("BT1", "5678"), NOON)

    after = (await lan.get(card)).json()

    assert before == {"state": "off"}
    assert (after["state"], after["name"], after["phone"]) == ("known", "Nguyễn Hoa", "0912345678")
    assert after["orders"] == [
        {
            "code": "BT1",
            "status": "Đã giao",
            "date": "2026-11-23",
            "total": 1_290_000,
            "items": ["quạt trần × 2"],
        }
    ]


async def test_a_transcript_leads_to_who_wrote_it(visitor, db, people) -> None:
    hoa = await person(db, "Hoa")
    got = await conversation.receive(db, said("alo", by="nga"), NOON)
    mai = await visitor("mai")
    transcript = f"/transcripts/{got.conversation_id}"
    before = await shown(mai, transcript)
    async with db.read() as tx:
        nga = await customers.find(tx, "web", "nga")
    await press(mai, hoa, "link", nga.id)

    after = await shown(mai, transcript)

    link = f'href="/console/people/{hoa}"'
    assert (link in before, link in after) == (False, True)


# --- in the browser

LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


async def books(desk) -> int:
    """A customer with a history; the person's id."""
    now = clock.now()
    hoa = await person(
        desk.db, "Trần Thị Thảo", phone="0912345678", number="KH00012", email="thao@nha.vn"
    )
    await person(desk.db, "Thảo Trần", phone="0912345678")
    merged = await person(desk.db, "Chị Thảo (Zalo)", phone="0938765432")
    goods = [{"name": "loa kéo", "quantity": 1}, {"name": "micro không dây", "quantity": 2}]
    days = timedelta(days=1)
    bought = {"paid_at": now - 8 * days, "delivered_at": now - 7 * days, "state": "delivered"}
    await order(desk.db, hoa, "BT26110145", now - 9 * days, items=goods, total=3_490_000, **bought)
    await order(desk.db, merged, "BT26100012", now - 30 * days, total=290_000)
    async with desk.db.begin() as tx:
        complaint = {"code": "KN0001", "person_id": hoa, "cause": "loa bị rè"}
        await insert(tx, tables.complaints, {**complaint, "opened_at": now - 2 * days})
        talk = desk.talks["thao"]
        found = tables.conversations.select().where(tables.conversations.c.id == talk)
        thao = (await tx.execute(found)).mappings().one()["customer_id"]
        await identity.prove(tx, await customers.by_id(tx, thao), Proved("BT26110145", "5678"), now)
        await identity.merge(tx, merged, hoa, desk.people.mai, now)
    return hoa


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_the_pages_of_people(desk, browse, look) -> None:
    hoa = await books(desk)
    page = await browse("mai", "/people", bypass_csp=True, **LOOKS[look])
    for where in ("/people", f"/people/{hoa}", f"/people/{hoa}?find=thao"):
        await page.goto(f"{desk.url}{where}")

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        found = (await Axe().run(page)).response["violations"]
        bad = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert bad == [], where


@pytest.mark.asyncio(loop_scope="session")
async def test_a_person_is_found_and_merged_by_the_keyboard_alone(desk, browse) -> None:
    await books(desk)
    page = await browse("mai", "/people")

    await page.get_by_role("searchbox").focus()
    await page.keyboard.type("kh00012")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Trần Thị Thảo").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Gộp hồ sơ Thảo Trần vào đây").first.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Tách hồ sơ Thảo Trần")).to_be_visible()
    async with desk.db.read() as tx:
        (found,) = await people.search(tx, "kh00012", before=None, limit=9)
        assert len(await people.records_of(tx, found.person.id)) == 3
