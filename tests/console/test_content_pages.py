"""The pages of the assistant's content: written, refused, tried, published, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, said
from playwright.async_api import Page

from bot import conversation, training
from bot.authored import Authored
from bot.storage import audit, releases, thumbs, trials
from bot.storage import faq_entries as rows
from bot.storage.db import Database
from bot.storage.faq_entries import FaqEntry

ROOT = Path(__file__).parents[2]
SERIOUS = ("serious", "critical")
LINES = [
    "dắt chó vô cửa hàng được không shop",
    "em mang mèo theo có sao hông",
    "tiệm có cho thú cưng vào ko",
    "cho cún vào trong đc k ạ",
    "đem theo thú cưng tới mua đồ được chứ",
]
PETS = {"title": "Thú cưng", "lines": "\r\n".join(LINES), "answer": "Dạ có ạ.", "checks": ""}


async def send(who, path: str, **fields: str):
    return await who.http.post(f"/console{path}", data={"csrf": who.csrf, **fields})


async def kept(db: Database) -> list[FaqEntry]:
    async with db.read() as tx:
        return await rows.everything(tx)


async def tried(db: Database, state: str = "passed", **report: object) -> int:
    """A trial of what is written now, which has ended so."""
    content = training.fingerprint(ROOT, Authored(await kept(db)))
    async with db.begin() as tx:
        assert await trials.ask(tx, None, NOON)
        begun = await trials.claim(tx, NOON)
        assert begun is not None
        name = f"trial-{begun.id}.tar.gz"
        model = await releases.store(tx, name, content, b"model", NOON)
        found = {"met": state == "passed", "missed": [], "figures": [], **report}
        await trials.end(tx, begun.id, state, found, NOON, model.id)
    return model.id


async def in_use(db: Database) -> int | None:
    async with db.read() as tx:
        current = await releases.current(tx)
    return current and current.id


async def test_an_editor_writes_a_question(visitor, db, people):
    ha = await visitor("ha")

    answer = await send(ha, "/content/new", **PETS)

    assert answer.status_code == 303
    (entry,) = await kept(db)
    assert (entry.intent, entry.lines) == ("faq_thu_cung", tuple(LINES))
    page = (await ha.get("/content")).text
    assert "Thú cưng" in page and "5 cách hỏi" in page and "Thử bản mới" in page


async def test_what_is_wrong_is_said_and_what_was_typed_stays(visitor, db, people):
    ha = await visitor("ha")

    few = PETS | {"lines": "dắt chó theo", "answer": "Dạ {gia_ve} ạ."}
    page = await send(ha, "/content/new", **few)

    assert page.status_code == 422
    assert "ít nhất 5 cách hỏi" in page.text and "{gia_ve}" in page.text
    assert "dắt chó theo</textarea>" in page.text
    assert await kept(db) == []


async def test_a_line_of_another_matter_is_refused_and_a_near_one_wants_a_word(visitor, db, people):
    ha = await visitor("ha")
    await send(ha, "/content/new", **PETS)

    same = PETS | {"title": "Đậu xe", "lines": PETS["lines"].replace("tiệm", "Tiệm")}
    refused = await send(ha, "/content/new", **same, insist="1")
    near = same | {"lines": "\n".join(f"{line} vậy ạ" for line in LINES)}
    warned = await send(ha, "/content/new", **near)
    insisted = await send(ha, "/content/new", **near, insist="1")

    assert refused.status_code == 422 and "trùng hẳn" in refused.text
    assert warned.status_code == 422 and "Vẫn lưu" in warned.text
    assert insisted.status_code == 303
    assert [entry.title for entry in await kept(db)] == ["Thú cưng", "Đậu xe"]


async def test_two_editors_do_not_overwrite_each_other(visitor, db, people):
    ha, quan = await visitor("ha"), await visitor("quan")
    await send(ha, "/content/new", **PETS)

    await send(ha, "/content/1", **PETS | {"answer": "Dạ có, miễn phí ạ."}, version="1")
    late = await send(quan, "/content/1", **PETS | {"answer": "Dạ không ạ."}, version="1")

    assert late.status_code == 422 and "người khác sửa" in late.text
    assert "Dạ không ạ." in late.text
    assert (await kept(db))[0].answer == "Dạ có, miễn phí ạ."


async def test_a_question_is_deleted(visitor, db, people):
    ha = await visitor("ha")
    await send(ha, "/content/new", **PETS)

    await send(ha, "/content/1/delete")

    assert await kept(db) == []


async def test_one_trial_at_a_time(visitor, db, people):
    ha, quan = await visitor("ha"), await visitor("quan")
    await send(ha, "/content/new", **PETS)

    for each in (ha, quan, ha):
        assert (await send(each, "/content/trial")).status_code == 303

    async with db.begin() as tx:
        first, second = await trials.claim(tx, NOON), await trials.claim(tx, NOON)
    assert first is not None and second is None
    page = (await ha.get("/content")).text
    assert "Đang học" in page and 'http-equiv="refresh"' in page


async def test_what_passed_is_published_and_taken_back(visitor, db, people):
    ha = await visitor("ha")
    before = await tried(db)
    await send(ha, "/content/publish")
    await send(ha, "/content/new", **PETS)
    model = await tried(db)

    await send(ha, "/content/publish")
    assert await in_use(db) == model
    assert "Đã phát hành" in (await ha.get("/content")).text

    await send(ha, "/content/back")
    assert await in_use(db) == before


@pytest.mark.parametrize("state", ["failed", "broken"])
async def test_what_did_not_pass_is_not_published(visitor, db, people, state):
    ha = await visitor("ha")
    missed = [{"text": "chó", "meant": "faq_thu_cung", "heard": "ask_store_location"}]
    await tried(db, state, missed=missed)

    answer = await send(ha, "/content/publish")

    assert answer.status_code == 409 and "chưa qua bài kiểm tra" in answer.text
    assert "hiểu là Hỏi địa chỉ cửa hàng" in answer.text
    assert await in_use(db) is None


async def test_what_was_written_since_is_not_published_with_it(visitor, db, people):
    ha = await visitor("ha")
    await tried(db)
    await send(ha, "/content/new", **PETS)

    page = await ha.get("/content")
    answer = await send(ha, "/content/publish")

    assert "sửa thêm sau lần thử" in page.text
    assert answer.status_code == 409 and await in_use(db) is None


async def test_without_an_earlier_model_there_is_no_way_back(visitor, people):
    ha = await visitor("ha")

    assert (await send(ha, "/content/back")).status_code == 409


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_are_accessible_and_fit(desk, browse, look):
    found: list[str] = []

    async def check(page: Page, where: str) -> None:
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        if await page.evaluate(wide):
            found.append(f"{where} scrolls sideways")
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in SERIOUS
        )

    async with desk.db.begin() as tx:
        entry = FaqEntry(0, "faq_thu_cung", "Thú cưng", tuple(LINES), (), "Dạ được ạ.")
        await rows.put(tx, entry, None, NOON)
    name = "Central and Southern: points lost"  # the longest
    figures = [{"name": name, "value": 4.6, "bar": 4, "side": "at most", "met": False}]
    await tried(desk.db, "failed", figures=figures)
    page = await browse("ha", "/content", bypass_csp=True, **LOOKS[look])
    await check(page, "content")
    await page.goto(f"{desk.url}/content/1")
    await check(page, "question")

    assert found == []


async def test_who_was_helped_is_shown_with_how_many_said_so(visitor, db, people):
    ha = await visitor("ha")
    await send(ha, "/content/new", **PETS)
    for n, helped in enumerate([True, True, True, False, None]):
        received = await conversation.receive(db, said(f"chó {n}", by=f"k{n}"), NOON)
        async with db.begin() as tx:
            await thumbs.ask(tx, received.message_id, n + 1, "faq_thu_cung", NOON)
            if helped is not None:
                await thumbs.answer(tx, received.message_id, helped, NOON)

    page = (await ha.get("/content")).text

    assert "👍 75 % của 4" in page
    assert "trong 4 khách bấm nói là giúp được (30–95 %" in page and "đã hỏi 5 lần" in page


async def test_an_editor_says_how_many_are_asked_and_who_changed_it_is_kept(visitor, db, people):
    ha, mai = await visitor("ha"), await visitor("mai")

    await send(ha, "/content/thumbs", percent="25")
    for none in ("101", "-1", "x", ""):
        await send(ha, "/content/thumbs", percent=none)

    assert (
        'name="percent" type="number" min="0" max="100" step="1" required value="25"'
        in (await ha.get("/content")).text
    )
    history = (await mai.get("/rules/history")).text
    assert "Hỏi khách câu trả lời có giúp được không" in history
    assert "10 %" in history and "25 %" in history and people.ha.name in history


HARD = "Dạ hệ thống đã ghi nhận ạ. Anh/chị nhập sai mã ạ. Dạ. Cảm ơn anh/chị."


async def reasons(db: Database) -> list[tuple[str, object]]:
    async with db.read() as tx:
        log = await audit.of(tx, "faq", 1)
    return [(each.by, each.data["reason"]) for each in log if each.what == "hard_to_read"]


async def test_an_answer_that_is_hard_to_read_wants_a_reason_which_is_kept(visitor, db, people):
    ha = await visitor("ha")

    warned = await send(ha, "/content/new", **PETS | {"answer": HARD})
    assert warned.status_code == 422 and await kept(db) == []
    for told in ("4 câu trong một tin", "“hệ thống đã ghi nhận”", "nghe như đổ lỗi", "Vẫn giữ"):
        assert told in warned.text

    await send(ha, "/content/new", **PETS | {"answer": HARD}, reason=" luật bắt  ghi vậy ")
    assert [each.answer for each in await kept(db)] == [HARD]
    assert await reasons(db) == [(people.ha.name, "luật bắt ghi vậy")]


async def test_a_plain_answer_wants_no_reason_and_an_unchanged_one_no_new_one(visitor, db, people):
    ha = await visitor("ha")
    await send(ha, "/content/new", **PETS | {"answer": HARD}, reason="luật")

    fields = PETS | {"answer": HARD, "title": "Thú cưng theo cùng", "version": "1"}
    again = await send(ha, "/content/1", **fields)
    mended = await send(ha, "/content/1", **PETS, version="2")

    assert (again.status_code, mended.status_code) == (303, 303)
    assert len(await reasons(db)) == 1
