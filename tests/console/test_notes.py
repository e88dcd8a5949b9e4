"""Notes with mentions, tags, and what came of a conversation."""

from __future__ import annotations

import asyncio

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, RecordingChannel
from playwright.async_api import Page, expect
from scenes import person

from bot import app, clock, handoff, outbox, tags
from bot.models import Author, Content
from bot.storage import conversations, desk, mentions, messages
from connectors.base import Attachment

CHANNELS = ["web", *(app.connector(prefix).name for prefix in app.CHANNELS)]


@pytest.fixture
async def talk(db, people):
    made = await scenes.talk(db, "nga", "Trần Nga", [("cho gặp nhân viên", person())], NOON)
    await handoff.accept(db, made, people.lan, NOON)
    return made


async def inbox(who) -> dict:
    return (await who.get("/api/inbox")).json()


async def note(who, talk: int, text: str, id: str = "note-0001"):
    return await who.post(f"/api/conversations/{talk}/note", text=text, client_id=id)


# --- notes never leave the house


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_note_never_reaches_a_customer_on_any_channel(db, people, channel):
    talk = await scenes.talk(db, "nga", "Nga", [("gặp", person())], NOON, channel=channel)
    await handoff.accept(db, talk, people.lan, NOON)
    await scenes.delivered(db)
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, talk)
        told = await messages.seen_by_customer(tx, conversation.customer_id)

    await handoff.note(db, talk, people.hung, "khách khó tính", NOON, "note-0001")
    await handoff.note(db, talk, people.hung, "@lan", NOON, "note-0002")
    picture = Attachment("image", "/files/abc", "bien-lai.png", "image/png")
    async with db.begin() as tx:
        await messages.add(
            tx,
            talk,
            channel,
            Author.AGENT,
            Content("", attachments=(picture,)),
            NOON,
            internal=True,
        )
    await handoff.resolve(db, talk, people.lan, "answered", NOON, "đã hoàn tiền, không nhắc lại")

    platform = RecordingChannel(channel)
    while parcels := await outbox.claim(db, channel, NOON, 10):
        for parcel in parcels:
            await outbox.deliver(db, platform, parcel, NOON)
    async with db.read() as tx:
        after = await messages.seen_by_customer(tx, conversation.customer_id)
    sent = [*platform.sent, *after]
    assert len(after) == len(told) + 1  # that the conversation was closed
    for secret in ("khó tính", "@lan", "abc", "hoàn tiền"):
        assert secret not in str(sent)


# --- mentions


async def test_who_is_mentioned_sees_where_until_they_open_it(visitor, people, talk):
    lan, hung = await visitor("lan"), await visitor("hung")
    said = (await note(lan, talk, "@Hùng kiểm tra kho giúp mình")).json()["message"]

    before = (await inbox(hung))["mentions"]
    await hung.post(f"/api/conversations/{talk}/read", message=said)

    assert before == [[talk, [said]]]
    assert (await inbox(hung))["mentions"] == [[talk, []]]
    assert (await inbox(lan))["mentions"] == []


async def test_a_mention_is_seen_by_the_one_who_read_it_only(visitor, people, talk):
    lan, hung, mai = await visitor("lan"), await visitor("hung"), await visitor("mai")
    said = (await note(lan, talk, "@hung @mai xem giúp")).json()["message"]

    await hung.post(f"/api/conversations/{talk}/read", message=said - 1)
    await mai.post(f"/api/conversations/{talk}/read", message=said)

    assert (await inbox(hung))["mentions"] == [[talk, [said]]]
    assert (await inbox(mai))["mentions"] == [[talk, []]]


async def test_a_note_that_comes_twice_mentions_once(visitor, db, people, talk):
    lan = await visitor("lan")

    await asyncio.gather(*(note(lan, talk, "@hung xem") for _ in range(3)))

    async with db.read() as tx:
        found = await mentions.of_user(tx, people.hung.id, NOON)
    assert [len(each) for each in found.values()] == [1]


async def test_nobody_mentions_themselves(visitor, people, talk):
    lan = await visitor("lan")

    await note(lan, talk, "@lan nhớ gọi lại")

    assert (await inbox(lan))["mentions"] == []


async def test_a_closed_conversation_stays_in_the_list_of_who_was_mentioned(
    visitor, db, people, talk, time
):
    lan, hung = await visitor("lan"), await visitor("hung")
    said = (await note(lan, talk, "@hung xem")).json()["message"]
    await lan.post(f"/api/conversations/{talk}/resolve", reason="answered")

    of_hung, of_lan = await inbox(hung), await inbox(lan)
    await hung.post(f"/api/conversations/{talk}/read", message=said)
    time.passes(days=8)

    assert talk in [each["id"] for each in of_hung["conversations"]]
    assert talk not in [each["id"] for each in of_lan["conversations"]]
    hung = await visitor("hung")
    assert (await inbox(hung))["mentions"] == []


# --- tags


async def tags_of(who, talk: int) -> list[str]:
    found = {each["id"]: each["tags"] for each in (await inbox(who))["conversations"]}
    return found[talk]


async def test_tags_are_written_as_they_were_and_never_twice(visitor, people, talk):
    lan = await visitor("lan")

    for tag in ("#bao hanh", "Khách VIP", "BẢO HÀNH", "khach vip"):
        answer = await lan.post(f"/api/conversations/{talk}/tag", tag=tag)
        assert answer.status_code == 200
    added = await tags_of(lan, talk)
    await lan.post(f"/api/conversations/{talk}/untag", tag="Bảo hành")

    assert set(added) == {"Bảo hành", "Khách VIP"}
    assert await tags_of(lan, talk) == ["Khách VIP"]
    known = (await lan.get("/api/tags")).json()["tags"]
    assert known[0] == "Khách VIP"
    assert sorted(known) == sorted({*tags.FIRST, "Khách VIP"})


async def test_twenty_who_add_one_tag_add_one(visitor, people, talk):
    lan, hung = await visitor("lan"), await visitor("hung")

    await asyncio.gather(
        *(
            who.post(f"/api/conversations/{talk}/tag", tag=tag)
            for _ in range(5)
            for who in (lan, hung)
            for tag in ("gấp", "GAP")
        )
    )

    assert len(await tags_of(lan, talk)) == 1


@pytest.mark.parametrize(
    ("tag", "told"),
    [("  # ", "để trống"), ("x" * 65, "64 ký tự"), (None, "để trống")],
)
async def test_a_bad_tag_is_refused_in_words(visitor, people, talk, tag, told):
    lan = await visitor("lan")

    answer = await lan.post(f"/api/conversations/{talk}/tag", tag=tag)

    assert answer.status_code == 422
    assert told in answer.json()["text"]


async def test_a_conversation_has_so_many_tags_and_no_more(visitor, people, talk):
    lan = await visitor("lan")

    codes = [
        (await lan.post(f"/api/conversations/{talk}/tag", tag=f"nhãn {each}")).status_code
        for each in range(21)
    ]

    assert codes == [200] * 20 + [422]


async def test_supervisors_filter_by_tag(visitor, db, people, talk):
    other = await scenes.talk(db, "tu", "Phan Tú", [("gặp nhân viên", person())], NOON)
    lan, mai = await visitor("lan"), await visitor("mai")
    await lan.post(f"/api/conversations/{talk}/tag", tag="Hoá đơn")
    await lan.post(f"/api/conversations/{other}/tag", tag="gấp")

    page = (await mai.get("/transcripts?tag=Hoá đơn")).text

    assert "Trần Nga" in page
    assert "Phan Tú" not in page
    assert ">gấp</option>" in page


# --- closing


async def test_what_came_of_it_is_kept_as_a_note(visitor, db, people, talk):
    lan = await visitor("lan")

    await lan.post(
        f"/api/conversations/{talk}/resolve", reason="answered", outcome="Đã đổi máy mới"
    )

    async with db.read() as tx:
        lines = [line.message for line in await desk.lines(tx, talk, people.mai)]
    (kept,) = [each for each in lines if each.content.text == "Đã đổi máy mới"]
    assert kept.internal


async def test_an_outcome_is_not_needed_and_not_endless(visitor, people, talk):
    lan = await visitor("lan")

    long = await lan.post(
        f"/api/conversations/{talk}/resolve", reason="answered", outcome="x" * 301
    )
    none = await lan.post(f"/api/conversations/{talk}/resolve", reason="answered", outcome="")

    assert (long.status_code, none.status_code) == (422, 200)


# --- in a browser


async def open_talk(page: Page, desk, name: str) -> None:
    await page.goto(f"{desk.url}/inbox#c{desk.talks[name]}")
    await expect(page.locator("#log .line").first).to_be_visible()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_colleague_is_found_named_told_live_and_opens_it(desk, browse):
    page, colleague = await browse(), await browse("hung")
    await open_talk(page, desk, "thao")
    await page.click("#mode-note")
    await page.locator("#text").focus()

    await page.keyboard.type("nhờ @tran h")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Backspace")
    await expect(page.locator("#choice-0")).to_contain_text("Trần Hùng")
    await page.keyboard.press("Enter")
    assert await page.input_value("#text") == "nhờ @hung "
    await page.keyboard.type("xem kho giúp")
    await page.keyboard.press("Control+Enter")

    count = colleague.locator("#tab-mentions .count")
    await expect(count).to_have_text("1")
    await expect(colleague.locator("#announcer")).to_contain_text("nhắc tới bạn: nhờ @hung")
    await colleague.locator("#tab-mentions").click()
    await colleague.locator(".row").click()
    await expect(colleague.locator(".line.note.for-me")).to_contain_text("xem kho giúp")
    await expect(count).to_be_hidden()
    await colleague.reload()
    await colleague.locator("#tab-mentions").click()
    await expect(colleague.locator(".row")).to_have_count(1)
    await expect(count).to_be_hidden()


@pytest.mark.asyncio(loop_scope="session")
async def test_tags_are_added_and_removed_by_keyboard_and_shown_to_all(desk, browse):
    page, colleague = await browse(), await browse("hung")
    await open_talk(page, desk, "thao")
    await colleague.click("#tab-all")
    row = colleague.locator(f".row[data-id='{desk.talks['thao']}']")

    await page.get_by_placeholder("Thêm nhãn").fill("bao hanh")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel .tags")).to_contain_text("Bảo hành")
    await expect(row.locator(".row-tags")).to_contain_text("Bảo hành")
    await page.get_by_role("button", name="Bỏ nhãn Bảo hành").press("Enter")

    await expect(page.locator("#panel .tags")).to_have_count(0)
    await expect(row.locator(".row-tags")).to_have_count(0)
    await expect(page.locator("#text")).to_be_visible()


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_with_tags_and_mentions(desk, browse, look):
    thao = desk.talks["thao"]
    await handoff.note(desk.db, thao, desk.people.hung, "@lan xem nhé", clock.now(), "note-0001")
    page = await browse("lan", bypass_csp=True, **LOOKS[look])
    for tag in ("Bảo hành", "Khách doanh nghiệp", "Lô loa lỗi tháng mười một"):
        await page.evaluate(
            "([id, tag]) => import('/console/static/inbox/net.js')"
            ".then(({ call }) => call(`conversations/${id}/tag`, { tag }))",
            [thao, tag],
        )
    await page.click("#tab-mentions")
    await expect(page.locator(".row-tags")).to_contain_text("+1")

    async def check() -> list[str]:
        await page.wait_for_timeout(150)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = (await Axe().run(page)).response["violations"]
        return [each["id"] for each in found if each["impact"] in ("serious", "critical")]

    assert await check() == []
    await open_talk(page, desk, "thao")
    await page.click("#mode-note")
    await page.locator("#text").press_sequentially("@")
    await expect(page.locator("#choice-0")).to_be_visible()
    assert await check() == []
    if look == "phone":
        await page.click("#details")
        assert await check() == []
