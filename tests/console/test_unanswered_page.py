"""The page of questions that were asked in vain: read, decided on by one key each, exported."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, ScriptedDialogue, answer_all, said
from playwright.async_api import Page, expect
from test_people import LOOKS

from bot import clock, conversation
from bot.console.words import moment
from bot.models import Content, Say, Turn
from bot.storage import faq_entries as entries
from bot.storage import unanswered as rows
from bot.storage.db import Database
from bot.storage.faq_entries import FaqEntry

PATH = "/content/unanswered"
WHY = {"response": "utter_fallback", "intent": "nlu_fallback", "runner_up": "ask_installment"}
LOST = Turn(says=(Say(Content("Dạ em chưa hiểu ạ"), WHY),), introduced=True)
RENTS = ("có cho thuê máy chiếu không", "shop co cho thue may chieu k", "thuê máy chiếu đi tiệc")


async def asks(db: Database, text: str, by: str, then=NOON, channel: str = "web") -> None:
    await conversation.receive(db, said(text, by=by, sent_at=then, channel=channel), then)
    await answer_all(db, ScriptedDialogue({text: LOST}), then)


@pytest.fixture
async def asked(db, people):
    """Three who want to rent, one who wants a job."""
    for n, text in enumerate(RENTS):
        await asks(db, text, f"khach{n}", NOON - timedelta(hours=3 - n))
    await asks(db, "có tuyển thợ sửa máy không, sđt em 0912345678", "khach9", NOON)


def ids_of(page: str) -> str:
    found = re.search(r'name="ids" value="([\d,]+)"', page)
    assert found, page[-3000:]
    return found[1]


async def decide(who, verdict: str, ids: str, **more: str):
    form = {"csrf": who.csrf, "verdict": verdict, "ids": ids, **more}
    return await who.http.post(f"/console{PATH}", data=form, follow_redirects=True)


async def verdicts(db: Database) -> list[str]:
    async with db.read() as tx:
        return [each.verdict for each in await rows.since(tx, NOON - timedelta(days=9))]


async def own(db: Database) -> list[FaqEntry]:
    async with db.read() as tx:
        return await entries.everything(tx)


async def test_an_editor_reads_what_was_asked_and_by_how_many(visitor, asked):
    ha = await visitor("ha")

    page = (await ha.get(f"{PATH}?order=big")).text

    assert "3 tin nhắn của 3 khách" in page and "Còn 2 ý chưa xử lý" in page
    assert "thuê máy chiếu đi tiệc" in page
    assert "Đúng là “Trả góp”" in page


async def test_the_newest_comes_first_and_tells_no_phone(visitor, asked):
    ha = await visitor("ha")

    page = (await ha.get(PATH)).text

    assert "1 tin nhắn của 1 khách" in page
    assert "có tuyển thợ sửa máy không" in page and "0912345678" not in page


async def test_a_supervisor_reads_but_does_not_decide(visitor, db, asked):
    mai = await visitor("mai")

    page = (await mai.get(PATH)).text
    refused = await decide(mai, "skipped", "1")

    assert "Mở hội thoại gần nhất" in page and 'value="skipped"' not in page
    assert refused.status_code == 403 and set(await verdicts(db)) == {""}


async def test_an_agent_does_not_read_it(visitor, asked):
    lan = await visitor("lan")

    assert (await lan.get(PATH)).status_code == 403


@pytest.mark.parametrize("verdict", ["skipped", "out_of_scope"])
async def test_what_is_set_aside_is_gone_until_somebody_new_asks(visitor, db, asked, verdict):
    ha = await visitor("ha")
    page = (await ha.get(f"{PATH}?order=big")).text

    after = (await decide(ha, verdict, ids_of(page))).text
    await asks(db, RENTS[1], "khach0", NOON)
    same = (await ha.get(PATH)).text
    await asks(db, RENTS[0], "khach5", NOON)
    new = (await ha.get(PATH)).text

    assert "Còn 1 ý" in after and "Còn 1 ý" in same and "Còn 2 ý" in new
    assert f"Đã xử lý {moment(NOON)}, nay có khách mới hỏi" in new


async def test_the_guess_becomes_more_ways_of_asking_a_topic_of_the_files(visitor, db, asked):
    ha = await visitor("ha")
    page = (await ha.get(f"{PATH}?order=big")).text

    await decide(ha, "accept", ids_of(page), guess="ask_installment")

    (entry,) = await own(db)
    assert (entry.intent, entry.answer) == ("ask_installment", "")
    assert set(entry.lines) == set(RENTS)
    assert sorted(await verdicts(db)) == ["", "example", "example", "example"]
    content = (await ha.get("/content")).text
    assert "Chỉ thêm cách hỏi" in content or "chỉ thêm cách hỏi" in content


async def test_a_topic_that_only_has_more_ways_is_changed_without_an_answer(visitor, db, asked):
    ha = await visitor("ha")
    page = (await ha.get(f"{PATH}?order=big")).text
    await decide(ha, "accept", ids_of(page), guess="ask_installment")

    form = (await ha.get("/content/1")).text
    fields = {"title": "Trả góp", "lines": RENTS[0], "version": "1", "csrf": ha.csrf}
    answer = await ha.http.post("/console/content/1", data=fields)

    assert 'name="answer"' not in form
    assert answer.status_code == 303
    assert (await own(db))[0].lines == (RENTS[0],)


async def test_it_is_added_to_an_entry_by_its_name_however_typed(visitor, db, asked):
    ha = await visitor("ha")
    lines = tuple(f"thuê đồ {n}" for n in range(5))
    async with db.begin() as tx:
        await entries.put(
            tx, FaqEntry(0, "faq_thue", "Cho thuê máy", lines, (), "Dạ có ạ."), 1, NOON
        )
    page = (await ha.get(f"{PATH}?order=big")).text

    await decide(ha, "relabel", ids_of(page), topic="cho thue may")

    (entry,) = await own(db)
    assert set(entry.lines) == {*lines, *RENTS} and entry.version == 2


async def test_a_name_that_is_none_changes_nothing(visitor, db, asked):
    ha = await visitor("ha")
    page = (await ha.get(f"{PATH}?order=big")).text

    answer = await decide(ha, "relabel", ids_of(page), topic="hư không")

    assert answer.status_code == 409 and "Chưa có câu hỏi nào tên như vậy" in answer.text
    assert await own(db) == [] and set(await verdicts(db)) == {""}


async def test_a_draft_has_the_ways_of_asking_and_settles_them_when_it_is_kept(visitor, db, asked):
    ha = await visitor("ha")
    page = (await ha.get(f"{PATH}?order=big")).text
    ids = ids_of(page)

    form = (await ha.get(f"{PATH}/{ids.split(',')[0]}/draft?order=big")).text
    assert all(line in form for line in RENTS) and f'name="settles" value="{ids}"' in form
    assert set(await verdicts(db)) == {""}

    lines = "\n".join([*RENTS, "máy chiếu cho mướn hông", "mướn projector 1 buổi"])
    fields = {"title": "Cho thuê máy chiếu", "lines": lines, "answer": "Dạ chưa ạ."}
    await ha.http.post("/console/content/new", data={"csrf": ha.csrf, "settles": ids, **fields})

    assert (await own(db))[0].title == "Cho thuê máy chiếu"
    assert sorted(await verdicts(db)) == ["", "faq", "faq", "faq"]


async def test_the_file_has_a_line_for_each(visitor, asked):
    mai = await visitor("mai")

    file = (await mai.get(f"{PATH}.csv?order=big")).text.splitlines()

    assert len(file) == 3 and file[0].startswith("\ufeffCâu mẫu,")
    assert ",3,3," in file[1] and "0912345678" not in file[2]


@pytest.mark.parametrize("query", ["days=x", "days=99999", "order=up", "item=99999999999999999999"])
async def test_an_odd_address_shows_the_usual(visitor, asked, query):
    ha = await visitor("ha")

    assert "Còn 2 ý" in (await ha.get(f"{PATH}?{query}")).text


async def test_when_nothing_is_open_the_page_says_so(visitor, people):
    ha = await visitor("ha")

    assert "Không còn câu nào" in (await ha.get(PATH)).text


FRUIT = """dưa lê mít cam chanh bưởi táo nho dừa xoài ổi mận đào hồng sấu nhãn vải quýt roi sung
khế bơ chuối dứa thanhlong cócnon mướp bầu bí cải rau hành""".split()  # noqa: SIM905


@pytest.mark.asyncio(loop_scope="session")
async def test_a_key_a_decision(desk, browse):
    """All are taken as guessed, out of scope, or skipped by one key; one is named by hand."""
    now = clock.now()
    for n, (one, other) in enumerate(zip(FRUIT[::2], FRUIT[1::2], strict=True)):
        await asks(desk.db, f"{one} {other}", f"k{n}", now)
    page = await browse("ha", f"{PATH}?days=1")

    async def left() -> int:
        told = await page.locator(".unanswered-list > p").inner_text()
        return int(re.findall(r"\d+", told)[0])

    open_ones = await left()
    assert open_ones >= len(FRUIT) // 2
    await page.keyboard.press("5")
    await page.keyboard.type("Giao ngoài giờ")
    await page.keyboard.press("Enter")
    for n in range(open_ones - 1, 1, -1):
        await expect(page.get_by_text(f"Còn {n} ý")).to_be_visible()
        await page.wait_for_load_state()
        await page.keyboard.press("134"[n % 3])
    await expect(page.get_by_text("Còn 1 ý")).to_be_visible()

    async with desk.db.read() as tx:
        found = [each.verdict for each in await rows.since(tx, now - timedelta(hours=1))]
    assert {*found} == {"", "example", "out_of_scope", "skipped"}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious(desk, browse, look):
    for n, text in enumerate((*RENTS, "có tuyển thợ sửa máy không")):
        await asks(desk.db, text, f"khach{n}", clock.now() - timedelta(minutes=n))
    page: Page = await browse("ha", f"{PATH}?order=big", bypass_csp=True, **LOOKS[look])

    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
