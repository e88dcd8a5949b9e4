"""What platforms tell of messages and people, as agents and supervisors see it."""

from __future__ import annotations

from datetime import timedelta

import platform_scenes as tell
import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from platform_scenes import Platform, everything
from playwright.async_api import Page, expect

from bot import clock, permission
from bot.console import attachments, words
from bot.models import Delivery, Status
from bot.storage import customers
from bot.storage import desk as storage
from connectors.base import Attachment

browsers = pytest.mark.asyncio(loop_scope="session")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def nga(db):
    return Platform(db, "messenger", NOON)


async def messages_of(visitor, talk: int, username: str = "lan"):
    somebody = await visitor(username)
    return (await somebody.get(f"/api/conversations/{talk}")).json()["messages"]


async def newest(visitor, nga: Platform):
    return (await messages_of(visitor, await nga.talk()))[-1]


# --- what the server tells


async def test_what_a_colleague_says_in_the_platforms_app_names_the_app(visitor, people, nga):
    await nga.says("shop ơi")
    await nga.colleague_says("Dạ em nghe ạ")

    said = await newest(visitor, nga)

    assert (said["author"], said["by"], said["app"]) == ("agent", "", "messenger")


async def test_an_edit_keeps_every_earlier_wording_with_its_time(visitor, people, nga):
    mid = await nga.says("6 tháng")
    await nga.edits(mid, "9 tháng")
    await nga.edits(mid, "12 tháng")

    said = await newest(visitor, nga)

    assert said["text"] == "12 tháng"
    assert [edit["text"] for edit in said["edits"]] == ["6 tháng", "9 tháng"]
    assert said["edits"][0]["at"] == (NOON + timedelta(seconds=20)).isoformat()


async def test_of_what_was_taken_back_no_word_goes_out(visitor, people, nga):
    mid = await nga.says("thẻ 4111")
    await nga.edits(mid, "thẻ 4222")
    await nga.recalls(mid)
    mai = await visitor("mai")
    talk = await nga.talk()

    pages = [
        (await mai.get(path)).text
        for path in (
            "/api/inbox",
            f"/api/conversations/{talk}",
            f"/transcripts/{talk}",
            f"/transcripts/{talk}.txt",
            f"/transcripts/{talk}.json",
        )
    ]

    assert not any("4111" in page or "4222" in page for page in pages)
    assert "Khách đã thu hồi tin nhắn này" in pages[2]
    assert "[Khách đã thu hồi tin nhắn này]" in pages[3]


async def test_a_late_message_says_when_it_was_written(visitor, people, nga):
    await nga.says("thứ hai")
    await nga.says("thứ nhất", sent_at=NOON - timedelta(minutes=7))

    first, second = await messages_of(visitor, await nga.talk())

    assert first["late"] is None
    assert second["late"] == (NOON - timedelta(minutes=7)).isoformat()


async def test_a_key_without_words_shows_the_buttons_title(visitor, people, db):
    hoa = Platform(db, "zalo", NOON, "hoa")
    await hoa.says("chào shop")
    await hoa.answers({"chào shop": tell.CHOICES})
    talk = await hoa.talk()
    async with db.read() as tx:
        asked = (await storage.lines(tx, talk, people.mai))[-1].message.content.buttons
    await hoa.says(button=asked[1].key)
    await hoa.says("#bao_hanh", button="#bao_hanh")
    await hoa.says(button="no-such-key1")

    said = (await messages_of(visitor, talk))[-3:]

    assert [each["text"] for each in said] == ["Đổi trả", "Bảo hành, sửa chữa", ""]
    assert all(each["pressed"] for each in said)
    assert said[2]["told"] == "pressed_one"


async def test_a_message_from_a_group_says_so(visitor, people, nga):
    await nga.says("@shop còn hàng không", in_group=True)

    assert (await newest(visitor, nga))["in_group"] is True


async def test_a_file_is_pending_then_ours_and_no_address_of_another_host_goes_out(
    visitor, people, nga
):
    await nga.says("", Attachment("image", tell.PICTURE))
    before = await newest(visitor, nga)

    await nga.fetches(anh=tell.picture())

    after = await newest(visitor, nga)
    assert before["attachments"][0] == {
        "kind": "image", "state": "pending", "url": "", "name": "", "detail": ""
    }  # fmt: skip
    assert after["attachments"][0]["state"] == "ready"
    assert after["attachments"][0]["url"].startswith("/files/")


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        (
            Attachment("location", "geo:21.0285,105.8048", name="Cầu Giấy"),
            ("ready", "https://www.openstreetmap.org/?mlat=21.028500&mlon=105.804800"
             "#map=17/21.028500/105.804800", "Cầu Giấy"),
        ),
        (Attachment("location", "geo:91,0"), ("ready", "", "Vị trí")),
        (Attachment("location", "geo:nan,0"), ("ready", "", "Vị trí")),
        (Attachment("location", "javascript:alert(1)"), ("ready", "", "Vị trí")),
        (Attachment("contact", "tel:+84901234567", name="Tú"), ("ready", "tel:+84901234567", "Tú")),
        (Attachment("contact", "javascript:alert(1)", name="Tú"), ("ready", "", "Tú")),
        (Attachment("sticker", "https://cdn.example/s", name="👍"), ("ready", "", "👍")),
        (Attachment("sticker", "https://cdn.example/s", name="bfe"), ("ready", "", "[Nhãn dán]")),
        (Attachment("sticker", "/files/s", name=""), ("ready", "/files/s", "[Nhãn dán]")),
        (Attachment("file", "", name="a.pdf"), ("lost", "", "Không lấy được tệp a.pdf")),
        (Attachment("audio", ""), ("lost", "", "Không lấy được ghi âm")),
        (Attachment("video", "https://cdn.example/v"), ("pending", "", "Đang tải video…")),
    ],
)  # fmt: skip
async def test_what_a_customer_sends_is_shown_by_its_kind(db, people, nga, file, shown):
    await nga.says("", file)
    async with db.read() as tx:
        (line,) = await storage.lines(tx, await nga.talk(), people.mai)

    (found,) = attachments.of_message(line.message)

    assert (found.state, found.url, attachments.label("vi", found)) == shown


async def test_a_vietnamese_number_is_written_as_people_dial_it(db, people, nga):
    await nga.says("", Attachment("contact", "tel:+84901234567"))
    async with db.read() as tx:
        (line,) = await storage.lines(tx, await nga.talk(), people.mai)

    assert attachments.of_message(line.message)[0].detail == "0901 234 567"


@pytest.mark.parametrize(
    ("code", "fate", "happened", "todo"),
    [
        ("10/2018278", Delivery.FAILED, "Đã quá 24 giờ kể từ", "Nhân viên có thể tự tay viết"),
        ("10/999", Delivery.FAILED, "Facebook không cho phép", "Kiểm tra quyền"),
        # What was tried to the end is not tried again by itself, whatever the code's advice.
        ("2", Delivery.FAILED, "Facebook tạm thời gián đoạn.", "Bạn thử viết lại sau ít phút"),
        ("2", Delivery.UNKNOWN, "Facebook tạm thời gián đoạn.", "kẻo khách nhận hai lần"),
        ("77777", Delivery.FAILED, "Messenger không nhận tin này.", "kênh khác"),
        ("", Delivery.UNKNOWN, "chưa rõ khách đã nhận", "kẻo khách nhận hai lần"),
        ("empty", Delivery.FAILED, "không có nội dung", "viết lại bằng chữ"),
        ("permission:window_closed", Delivery.FAILED, "Khách im lặng đã lâu", "Cách hợp lệ: gọi"),
    ],
)
async def test_what_did_not_arrive_says_why_and_what_to_do(
    visitor, people, db, nga, code, fate, happened, todo
):
    talk = await lans(visitor, nga)
    await tell.does_not_arrive(db, talk, people, nga.now, "Dạ em đây", code, fate)

    failure = (await newest(visitor, nga))["failure"]

    assert happened in failure["vi"][0]
    assert todo in failure["vi"][1]
    assert all(failure["en"])
    assert failure["code"] == ("" if code.startswith("permission") or code == "empty" else code)


async def lans(visitor, nga: Platform) -> int:
    await nga.says("cho gặp nhân viên")
    talk = await nga.talk()
    await (await visitor("lan")).post(f"/api/conversations/{talk}/accept")
    return talk


def test_every_refusal_of_ours_has_both_sentences():
    for language in words.LANGUAGES:
        for reason in permission.REASONS:
            assert all(words.refusal(language, reason))


async def test_the_customers_picture_and_origin_are_told(visitor, people, nga):
    await nga.says(begins=True, source="ad:loa-bong-box")
    await nga.fetches(avatar=tell.picture())
    lan = await visitor("lan")
    talk = await nga.talk()

    told = (await lan.get(f"/api/conversations/{talk}")).json()

    picture = told["customer"]["avatar"]
    assert (await lan.http.get(picture)).headers["content-type"] == "image/png"
    assert told["conversation"]["customer"]["avatar"] == picture
    assert told["customer"]["source"] == "ad:loa-bong-box"


async def test_a_picture_at_another_host_is_not_told(visitor, people, nga, db):
    await nga.says("alo")
    async with db.begin() as tx:
        customer = await customers.find(tx, "messenger", "nga")
        await customers.merge_profile(tx, customer, {"avatar": "https://cdn.example/face"})
    lan = await visitor("lan")

    assert "cdn.example" not in (await lan.get(f"/api/conversations/{await nga.talk()}")).text


# --- exports


async def test_the_text_export_tells_it_too(visitor, people, db):
    talk = await everything(db, people, NOON)
    mai = await visitor("mai")

    text = (await mai.get(f"/transcripts/{talk}.txt")).text

    for part in (
        "Đến từ: Quảng cáo loa-bong-box",
        "[Khách bắt đầu trò chuyện]",
        "(bấm nút)",
        "(đã sửa. Trước 11:36: Loa bảo hành 6 tháng phải không em)",
        "[Đang tải ghi âm…]",
        "[Không lấy được tệp hoa-don.pdf]",
        "[Nhãn dán]",
        "[Vị trí: 12 Cầu Giấy, Hà Nội, 21.028500, 105.804800]",
        "[Danh thiếp: Anh Tú (chồng), 0901 234 567]",
        "Nhân viên (Facebook): Dạ chị gửi loa",
        "(Khách thả ❤)",
        "(Không gửi được (10/2018278): Đã quá 24 giờ",
    ):
        assert part in text, part


# --- what the agent sees


async def open_everything(desk, browse, username: str = "lan", **options) -> tuple[Page, int]:
    talk = await everything(desk.db, desk.people, clock.now())
    page = await browse(username, f"/inbox#c{talk}", row=False, **options)
    await expect(page.locator("#log .line").first).to_be_visible()
    return page, talk


@browsers
async def test_an_agent_sees_all_that_the_platform_told(desk, browse):
    page, _ = await open_everything(desk, browse)

    log = page.locator("#log")
    await expect(log.locator(".line.system").first).to_contain_text("Khách bắt đầu trò chuyện")
    await expect(log.locator(".line.customer", has_text="bấm nút")).to_contain_text("Bảo hành")
    await expect(log.locator(".bubble.instead")).to_have_text("Khách đã thu hồi tin nhắn này")
    await expect(log.locator(".is-pending")).to_have_text("Đang tải ghi âm…")
    await expect(log.locator(".is-lost")).to_have_text("Không lấy được tệp hoa-don.pdf")
    await expect(log.locator(".emoji")).to_have_text("👍")
    await expect(log.get_by_text("[Nhãn dán]")).to_be_visible()
    await expect(log.locator(".mark", has_text="đến muộn, khách gửi lúc")).to_be_visible()
    await expect(log.locator(".line.agent .by").first).to_have_text("Nhân viên (Facebook)")
    await expect(log.locator(".reaction")).to_contain_text("❤")
    place = log.get_by_role("link", name="12 Cầu Giấy, Hà Nội")
    await expect(place).to_have_attribute("target", "_blank")
    number = log.get_by_role("link", name="0901 234 567")
    await expect(number).to_have_attribute("href", "tel:+84901234567")
    picture = log.locator(".picture img")
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 240


@browsers
async def test_the_earlier_wording_unfolds(desk, browse):
    page, _ = await open_everything(desk, browse)
    before = page.get_by_text("Loa bảo hành 6 tháng phải không em")
    await expect(before).to_be_hidden()

    await page.locator(".edits summary").press("Enter")

    await expect(before).to_be_visible()


@browsers
async def test_a_failure_says_why_what_next_and_the_code_in_small_print(desk, browse):
    page, _ = await open_everything(desk, browse)

    failed = page.locator(".line.failed")
    await expect(failed.locator(".delivery")).to_have_text("Không gửi được")
    await expect(failed.locator(".failure")).to_contain_text("Đã quá 24 giờ")
    await expect(failed.locator(".failure .code")).to_have_text("Mã Messenger: 10/2018278")
    unknown = page.locator(".line.unknown .failure")
    await expect(unknown).to_contain_text("kẻo khách nhận hai lần")


@browsers
async def test_english_readers_read_the_meaning_in_english(desk, browse):
    page, talk = await open_everything(desk, browse)
    await page.locator(".account summary").click()
    await page.get_by_text("English").click()
    await page.goto(f"{desk.url}/inbox#c{talk}")

    await expect(page.locator(".line.failed .failure")).to_contain_text("It is over 24 hours")


@browsers
async def test_an_edit_and_a_recall_arrive_live(desk, browse):
    page, _ = await open_everything(desk, browse)
    await page.click("#tab-mine")
    nga = Platform(desk.db, "messenger", clock.now())
    mid = await nga.says("chiều chị qua")
    await desk.live.ring()
    await expect(page.locator("#log").get_by_text("chiều chị qua")).to_be_visible()
    await nga.edits(mid, "chiều mai chị qua")
    await desk.live.ring()
    await expect(page.locator("#log .edits")).to_have_count(2)

    await nga.recalls(mid)
    await desk.live.ring()

    await expect(page.locator(".bubble.instead")).to_have_count(2)
    await expect(page.locator("#inbox").get_by_text("chị qua")).to_have_count(0)
    row = page.locator(".row", has_text=tell.NAME)
    await expect(row.locator(".row-text")).to_have_text("Khách đã thu hồi tin nhắn này")


@browsers
async def test_a_talk_in_the_platforms_app_can_be_accepted_here(desk, browse):
    hoa = Platform(desk.db, "zalo", clock.now(), "hoa")
    await hoa.says("shop ơi", sender_name="Lê Thị Hoà")
    await hoa.colleague_says("Dạ em nghe ạ")
    talk = await hoa.talk()
    page = await browse("mai", f"/inbox#c{talk}", row=False)
    await expect(page.locator("#blocked")).to_contain_text("trong ứng dụng Zalo. Bấm Nhận")
    await expect(page.locator("#do-take-over")).to_be_hidden()
    await page.click("#tab-all")
    row = page.locator(".row", has_text="Lê Thị Hoà")
    await expect(row.locator(".whose")).to_have_text("Nhân viên (ứng dụng)")
    await expect(row.locator(".row-text")).to_have_text("Nhân viên (Zalo): Dạ em nghe ạ")

    await page.click("#do-accept")

    await expect(page.locator("#send")).to_be_enabled()
    async with desk.db.read() as tx:
        taken = (await storage.entry(tx, talk)).conversation
    assert (taken.status, taken.assignee_id) == (Status.ASSIGNED, desk.people.mai.id)


@browsers
async def test_the_customers_face_stands_in_the_card_and_the_list(desk, browse):
    page, _ = await open_everything(desk, browse)
    await page.click("#tab-mine")

    for where in (
        page.locator("#panel .avatar img"),
        page.locator(".row", has_text=tell.NAME).locator("img"),
    ):
        assert await where.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    await expect(page.locator("#panel")).to_contain_text("Đến từ")
    await expect(page.locator("#panel")).to_contain_text("Quảng cáo loa-bong-box")
    await expect(page.locator(".row", has_text="Phạm Minh Đức").locator(".avatar")).to_have_text(
        "Đ"
    )


@browsers
async def test_the_supervisors_transcript_tells_the_same(desk, browse):
    talk = await everything(desk.db, desk.people, clock.now())
    page = await browse("mai", f"/transcripts/{talk}")

    for words_ in (
        "Khách bắt đầu trò chuyện", "bấm nút", "Khách đã thu hồi tin nhắn này", "Đang tải ghi âm…",
        "Không lấy được tệp hoa-don.pdf", "[Nhãn dán]", "đến muộn, khách gửi lúc",
        "Nhân viên (Facebook)", "Đã quá 24 giờ", "Mã Messenger: 10/2018278",
        "Quảng cáo loa-bong-box",
    ):  # fmt: skip
        await expect(page.locator("main")).to_contain_text(words_)
    await page.locator(".edits summary").click()
    await expect(page.get_by_text("Loa bảo hành 6 tháng")).to_be_visible()
    number = page.get_by_role("link", name="0901 234 567")
    await expect(number).to_have_attribute("href", "tel:+84901234567")


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": {**PHONE, "color_scheme": "dark"},
}


@browsers
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious(desk, browse, look):
    found: list[str] = []

    async def check(page: Page, where: str) -> None:
        await page.wait_for_timeout(150)  # colours still fading would be measured half-way
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in ("serious", "critical")
        )

    await tell.trouble(desk.db, clock.now())
    page, talk = await open_everything(desk, browse, bypass_csp=True, **LOOKS[look])
    await page.locator(".edits summary").press("Enter")
    await check(page, "inbox")
    page = await browse("quan", f"/transcripts/{talk}", bypass_csp=True, **LOOKS[look])
    await page.locator(".edits summary").click()
    await check(page, "transcript")
    await page.goto(f"{desk.url}/transcripts")
    await check(page, "list")
    await page.goto(f"{desk.url}/channels")
    await check(page, "channels")

    assert not found
