"""The page with the four phones, in a real browser, before a real Carebot whose assistant is
scripted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
import websockets
from axe_playwright_python.async_playwright import Axe
from databases import new_sqlite
from doubles import NOON, ScriptedDialogue, until
from phones import free_socket
from playwright.async_api import Browser, Locator, Page, expect
from quick import QuickServer
from servers import running, settings
from starlette.applications import Starlette

from bot import app as carebot
from bot import clock
from bot.models import Author, Content, Delivery, Message, Say, Status, Turn
from bot.simulators import accounts, phones
from bot.simulators.phones import Phones
from bot.storage import conversations, customers, messages
from bot.storage.db import Database
from bot.vault import DatabaseVault
from connectors.base import Button, Card

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL = ("messenger", "zalo", "zalo_bot", "telegram")
SERIOUS = ("serious", "critical")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ASKED = "tủ lạnh 320 lít giá bao nhiêu"
ANSWER = "Dạ tủ lạnh 320 lít giá 8.490.000 đ ạ."


def turn(*contents: Content) -> Turn:
    return Turn(says=tuple(Say(each) for each in contents), introduced=True)


CHOICES = turn(Content("Mình cần gì ạ?", buttons=(Button("Còn hàng không", "/stock"),)))
CARDS = turn(
    Content(
        "Dạ có hai mẫu ạ:",
        cards=(
            Card("Máy giặt 9 kg", "7.990.000 đ", buttons=(Button("Chọn mẫu này", "/nine"),)),
            Card("Máy giặt 10 kg", "9.490.000 đ", buttons=(Button("Chọn mẫu này", "/ten"),)),
        ),
    )
)


@dataclass
class World:
    """A Carebot and the phones that talk to it."""

    url: str
    phones: Phones
    db: Database
    dialogue: ScriptedDialogue

    async def transcript(self, phone: str) -> list[Message]:
        """What Carebot has written down of the talk with who holds the phone."""
        async with self.db.read() as tx:
            customer = await customers.find(tx, phone, self.phones.held_by[phone].id)
            conversation = customer and await conversations.open_of(tx, customer.id)
            return await messages.of_conversation(tx, conversation.id) if conversation else []

    async def status(self, phone: str) -> Status | None:
        async with self.db.read() as tx:
            customer = await customers.find(tx, phone, self.phones.held_by[phone].id)
            conversation = customer and await conversations.open_of(tx, customer.id)
        return conversation.status if conversation else None

    async def comes(self, there: Callable[[], Awaitable[bool]]) -> None:
        """Waits for something in the database."""
        for _ in range(500):
            if await there():
                return
            await asyncio.sleep(0.03)
        raise AssertionError("it did not come about in time")


@contextlib.asynccontextmanager
async def served(app: Starlette, sock: socket.socket) -> AsyncIterator[None]:
    server = QuickServer(uvicorn.Config(app, ws="wsproto", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        sock.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = await new_sqlite(tmp_path / "carebot.db")
    (own, address), (door, webhooks) = free_socket(), free_socket()
    port = door.getsockname()[1]
    env = {
        name: value
        for values in accounts.environment(address).values()
        for name, value in values.items()
    }
    chosen = settings(url, port, **env)
    db = Database(url)
    vault = DatabaseVault(db, chosen.secret_key, clock.now)
    await vault.keep("zalo", accounts.zalo_tokens(clock.now()))
    app = phones.build(address, webhooks, clock.now)
    dialogue = ScriptedDialogue({ASKED: ANSWER, "chọn gì": CHOICES, "máy giặt": CARDS})
    channels = carebot.channels(chosen, db)
    async with served(app, own), running(chosen, dialogue, port, door, channels):
        yield World(address, app.state.phones, db, dialogue)
    await db.close()


@pytest_asyncio.fixture(loop_scope="session")
async def look(browser: Browser, world: World) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens the page; afterwards nobody may have seen an error, a CSP violation or a request to
    another host."""
    complaints: list[str] = []
    contexts = []

    def asked(url: str) -> None:
        if not url.startswith((world.url, world.url.replace("http", "ws"))):
            complaints.append(f"asked {url}")

    async def make(**options: Any) -> Page:
        size = {"width": 1440, "height": 900}
        context = await browser.new_context(**{"viewport": size, **options})
        contexts.append(context)
        context.set_default_timeout(8000)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
        )
        page.on("request", lambda request: asked(request.url))
        await page.goto(world.url)
        await expect(page.locator("#lost")).to_be_hidden()
        return page

    yield make
    for context in contexts:
        await context.close()
    assert not complaints


def on(page: Page, phone: str) -> Locator:
    return page.locator(f".stand[data-phone={phone}]")


async def say(page: Page, phone: str, text: str) -> None:
    field = on(page, phone).locator(".composer textarea")
    await field.fill(text)
    await field.press("Enter")


def bubbles(page: Page, phone: str, by: str) -> Locator:
    """What was said; the dots, which may come after a quick answer, are no bubble."""
    return on(page, phone).locator(f".log .line.{by}:not(.typing)")


# --- writing and reading


@pytest.mark.parametrize("phone", ALL)
async def test_a_customer_writes_and_reads_the_answer(world, look, phone):
    page = await look()

    await say(page, phone, ASKED)

    await expect(bubbles(page, phone, "business")).to_contain_text([ANSWER])
    await expect(bubbles(page, phone, "customer")).to_contain_text([ASKED])
    assert [m.author for m in await world.transcript(phone)] == [Author.CUSTOMER, Author.BOT]


async def test_one_question_goes_out_from_all_four_phones(world, look):
    page = await look()

    await page.fill("#all-text", ASKED)
    await page.get_by_role("button", name="Gửi cả bốn").click()

    for phone in ALL:
        await expect(bubbles(page, phone, "business")).to_contain_text([ANSWER])
    assert world.dialogue.asked == [ASKED] * 4


async def test_what_is_said_stands_on_every_tab_as_text(world, look):
    first, second = await look(), await look()

    await say(first, "messenger", "<b>alo</b> https://bong.example/x?a=1, nhé")

    said = bubbles(second, "messenger", "customer")
    await expect(said).to_contain_text("<b>alo</b> https://bong.example/x?a=1, nhé")
    link = said.get_by_role("link")
    assert await link.get_attribute("href") == "https://bong.example/x?a=1"


async def test_shift_and_enter_begins_a_line_and_enter_sends(world, look):
    page = await look()
    field = on(page, "telegram").locator(".composer textarea")
    await field.focus()

    await page.keyboard.type("dòng một")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dòng hai")
    await page.keyboard.press("Enter")

    await expect(bubbles(page, "telegram", "customer")).to_contain_text("dòng một\ndòng hai")
    assert await field.input_value() == ""


@pytest.mark.parametrize("phone", ["messenger", "zalo_bot", "telegram"])
async def test_dots_move_while_the_shop_writes(world, look, phone):
    thought_over = asyncio.Event()

    async def think() -> str:
        await thought_over.wait()
        return "xong rồi ạ"

    world.dialogue.answers["nghĩ"] = lambda: think()
    page = await look()

    await say(page, phone, "nghĩ")

    dots = on(page, phone).locator(".typing")
    await expect(dots).to_contain_text("Cửa hàng đang soạn tin")
    thought_over.set()
    await expect(bubbles(page, phone, "business").last).to_contain_text("xong rồi ạ")
    await expect(dots).to_have_count(0)


async def test_both_sides_see_that_they_were_read(world, look):
    page = await look()

    await say(page, "messenger", ASKED)

    await expect(on(page, "messenger").locator(".log .seen")).to_have_text("Đã xem")

    async def read() -> bool:
        return [m.delivery for m in await world.transcript("messenger")][1:] == [Delivery.SEEN]

    await world.comes(read)


async def test_a_new_customer_takes_the_phone(world, look):
    page = await look()
    await say(page, "zalo", ASKED)
    await expect(bubbles(page, "zalo", "business")).to_have_count(1)
    before = world.phones.held_by["zalo"].id

    await on(page, "zalo").locator(".menu").click()
    await on(page, "zalo").get_by_role("button", name="Đưa máy cho khách khác").click()

    await expect(on(page, "zalo").locator(".log .line")).to_have_count(0)
    assert world.phones.held_by["zalo"].id != before


# --- buttons and cards


@pytest.mark.parametrize("phone", ["messenger", "zalo", "telegram"])
async def test_a_button_is_pressed(world, look, phone):
    page = await look()
    await say(page, phone, "chọn gì")

    await on(page, phone).get_by_role("button", name="Còn hàng không", exact=True).click()

    await expect(bubbles(page, phone, "business").last).to_contain_text("echo: /stock")


async def test_a_choice_on_zalo_bot_is_a_number_to_type(world, look):
    page = await look()
    await say(page, "zalo_bot", "chọn gì")
    await expect(bubbles(page, "zalo_bot", "business")).to_contain_text("1. Còn hàng không")

    await say(page, "zalo_bot", "1")

    await expect(bubbles(page, "zalo_bot", "business").last).to_contain_text("echo: /stock")


@pytest.mark.parametrize("phone", ["messenger", "zalo", "telegram"])
async def test_the_second_of_two_cards_means_itself(world, look, phone):
    page = await look()
    await say(page, phone, "máy giặt")
    buttons = on(page, phone).get_by_role("button", name="Chọn mẫu này", exact=True)
    await expect(buttons).to_have_count(2)

    await buttons.nth(1).click()

    await expect(bubbles(page, phone, "business").last).to_contain_text("echo: /ten")
    assert await world.status(phone) is Status.BOT


@pytest.mark.parametrize("phone", ["messenger", "telegram"])
async def test_a_customer_begins_by_the_button(world, look, phone):
    page = await look()

    await on(page, phone).locator(".start").click()

    await expect(bubbles(page, phone, "business").first).to_be_visible()
    assert (await world.transcript(phone))[0].meta["begins"] is True


async def test_a_customer_comes_by_an_advertisement(world, look):
    page = await look()

    await on(page, "messenger").locator(".menu").click()
    await on(page, "messenger").get_by_role("button", name="Mở từ quảng cáo").click()

    async def known() -> bool:
        async with world.db.read() as tx:
            whom = world.phones.held_by["messenger"].id
            customer = await customers.find(tx, "messenger", whom)
        return customer is not None and "238412907" in customer.profile.get("source", "")

    await world.comes(known)


# --- pictures and other things


@pytest.mark.parametrize("phone", ALL)
async def test_a_sample_picture_reaches_the_shop(world, look, phone):
    page = await look()

    await on(page, phone).locator(".plus").click()
    await on(page, phone).get_by_role("button", name="Hoá đơn").click()

    picture = bubbles(page, phone, "customer").locator(".picture img")
    await until_loaded(picture)

    async def stored() -> bool:
        files = [file for m in await world.transcript(phone) for file in m.content.attachments]
        return [(file.kind, file.url[:7]) for file in files] == [("image", "/files/")]

    await world.comes(stored)


async def test_a_file_of_ones_own_is_sent(world, look, tmp_path):
    page = await look()
    paper = tmp_path / "bảo hành.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")

    await on(page, "telegram").locator(".chooser").set_input_files(paper)

    await expect(bubbles(page, "telegram", "customer")).to_contain_text("bảo hành.pdf")


@pytest.mark.parametrize("phone", ["zalo", "zalo_bot", "telegram"])
async def test_a_sticker_and_a_place_are_sent(world, look, phone):
    page = await look()

    for name in ("Nhãn dán", "Vị trí: chợ Bến Thành"):
        await on(page, phone).locator(".plus").click()
        await on(page, phone).get_by_role("button", name=name, exact=True).click()

    await expect(bubbles(page, phone, "customer").last).to_contain_text("10.7721, 106.6983")

    async def two() -> bool:
        said = [m for m in await world.transcript(phone) if m.author is Author.CUSTOMER]
        return len(said) == 2

    await world.comes(two)


# --- afterthoughts


async def touch(page: Page, phone: str, by: str) -> Locator:
    await bubbles(page, phone, by).last.locator(".touch").focus()
    await page.keyboard.press("Enter")
    return on(page, phone).locator(".touched")


@pytest.mark.parametrize("phone", ["messenger", "telegram"])
async def test_a_message_is_edited(world, look, phone):
    page = await look()
    await say(page, phone, "nồi com")
    await expect(bubbles(page, phone, "business")).to_have_count(1)

    await (await touch(page, phone, "customer")).get_by_role("button", name="Sửa").click()
    await say(page, phone, "nồi cơm")

    await expect(bubbles(page, phone, "customer")).to_contain_text(["nồi cơm"])

    async def changed() -> bool:
        return (await world.transcript(phone))[0].content.text == "nồi cơm"

    await world.comes(changed)
    assert world.dialogue.asked == ["nồi com"]


async def test_a_message_is_taken_back(world, look):
    page = await look()
    await say(page, "messenger", "gửi nhầm")
    await expect(bubbles(page, "messenger", "business")).to_have_count(1)

    await (await touch(page, "messenger", "customer")).get_by_role("button", name="Thu hồi").click()

    await expect(bubbles(page, "messenger", "customer")).to_contain_text(["Tin nhắn đã thu hồi"])

    async def gone() -> bool:
        return bool((await world.transcript("messenger"))[0].meta.get("recalled"))

    await world.comes(gone)


async def test_a_heart_is_given_and_taken_away(world, look):
    page = await look()
    await say(page, "zalo", ASKED)
    await expect(bubbles(page, "zalo", "business")).to_have_count(1)

    await (await touch(page, "zalo", "business")).get_by_role("button", name="Thả ❤️").click()
    await expect(bubbles(page, "zalo", "business").locator(".reaction")).to_contain_text("❤️")

    async def liked() -> bool:
        return (await world.transcript("zalo"))[1].meta.get("reaction") == "❤️"

    await world.comes(liked)
    await (await touch(page, "zalo", "business")).get_by_role("button", name="Bỏ cảm xúc").click()
    await expect(bubbles(page, "zalo", "business").locator(".reaction")).to_have_count(0)


@pytest.mark.parametrize("phone", ["zalo", "telegram"])
async def test_who_leaves_is_not_reached_until_they_come_back(world, look, phone):
    page = await look()
    await say(page, phone, ASKED)
    await expect(bubbles(page, phone, "business")).to_have_count(1)

    async def reachable() -> bool:
        async with world.db.read() as tx:
            customer = await customers.find(tx, phone, world.phones.held_by[phone].id)
        return customer is not None and customer.profile.get("reachable") is not False

    async def lost() -> bool:
        return not await reachable()

    await on(page, phone).locator(".menu").click()
    await on(page, phone).locator(".item.leave").click()
    await expect(on(page, phone).locator(".left")).to_be_visible()
    await world.comes(lost)

    await on(page, phone).locator(".left button").click()

    await expect(on(page, phone).locator(".left")).to_be_hidden()
    await world.comes(reachable)


# --- a person answers in the platform's own app


@pytest.mark.parametrize(("phone", "name"), [("messenger", "Hộp thư"), ("zalo", "OA Manager")])
async def test_who_answers_in_the_platforms_app_silences_the_assistant(world, look, phone, name):
    page = await look()
    await say(page, phone, ASKED)
    await expect(bubbles(page, phone, "business")).to_have_count(1)

    await on(page, phone).get_by_role("button", name=name).click()
    await on(page, phone).get_by_label("Nhân viên trả lời thẳng").fill("Em chào chị ạ")
    await on(page, phone).get_by_role("button", name="Trả lời", exact=True).click()

    await expect(bubbles(page, phone, "person")).to_contain_text(["Em chào chị ạ"])

    async def theirs() -> bool:
        return await world.status(phone) is Status.ASSIGNED

    await world.comes(theirs)
    await say(page, phone, "còn hàng không")

    async def heard() -> bool:
        return len(await world.transcript(phone)) == 4

    await world.comes(heard)
    await expect(bubbles(page, phone, "business")).to_have_count(1)
    assert world.dialogue.asked == [ASKED]


# --- what goes wrong


async def go_wrong(page: Page, phone: str, fault: str, times: int = 1) -> Locator:
    await on(page, phone).get_by_role("button", name="Sự cố").click()
    field = on(page, phone).get_by_label(fault, exact=True)
    await field.fill(str(times))
    await field.press("Enter")
    return field


@pytest.mark.parametrize("phone", ALL)
async def test_an_answer_that_is_lost_is_not_said_twice(world, look, phone):
    page = await look()
    await say(page, phone, ASKED)
    await expect(bubbles(page, phone, "business")).to_have_count(1)
    faults = world.phones.simulators[phone].faults

    # Every call that follows: marks of seeing and writing, too, ask the platform.
    await go_wrong(page, phone, "Mất hồi âm", 99)
    await until(lambda: faults.lost > 50)
    await say(page, phone, "còn hàng không")

    await expect(bubbles(page, phone, "business")).to_have_count(2)

    async def ended() -> bool:
        last = (await world.transcript(phone))[-1]
        return last.author is Author.BOT and last.delivery is not Delivery.QUEUED

    await world.comes(ended)
    await expect(bubbles(page, phone, "business")).to_have_count(2)
    assert faults.lost < 99 and await world.status(phone) is Status.BOT


@pytest.mark.parametrize("phone", ["zalo", "messenger"])
async def test_a_platform_that_is_busy_is_asked_again(world, look, phone):
    page = await look()
    faults = world.phones.simulators[phone].faults
    field = await go_wrong(page, phone, "Báo quá tải", 1 if phone == "zalo" else 4)
    await expect(on(page, phone).locator(".count")).to_have_text("1")
    await until(lambda: faults.busy > 0)

    await say(page, phone, ASKED)

    await expect(bubbles(page, phone, "business")).to_contain_text([ANSWER], timeout=30_000)
    await expect(field).to_have_value("0")


async def test_every_fault_can_be_ended_at_once(world, look):
    page = await look()
    await go_wrong(page, "telegram", "Báo hai lần", 5)
    faults = world.phones.simulators["telegram"].faults
    await on(page, "telegram").get_by_label("Thu hồi mã truy cập").click()
    await until(lambda: faults.revoked and faults.doubled == 5)

    await on(page, "telegram").get_by_role("button", name="Tắt hết sự cố").click()

    await until(lambda: not faults.revoked and faults.doubled == 0)
    await expect(on(page, "telegram").locator(".count")).to_be_hidden()


@pytest.mark.parametrize("phone", ALL)
async def test_what_is_told_twice_is_answered_once(world, look, phone):
    page = await look()
    world.phones.simulators[phone].faults.doubled = 9

    await say(page, phone, ASKED)

    await expect(bubbles(page, phone, "business")).to_contain_text([ANSWER])
    await world.phones.simulators[phone].settled()
    assert world.dialogue.asked == [ASKED]


async def test_what_an_app_cannot_do_is_said(world, look):
    page = await look()

    await say(page, "messenger", "a" * 2001)

    await expect(on(page, "messenger").get_by_role("status").last).to_contain_text("dài quá")


# --- screens


async def test_a_small_screen_shows_one_phone_at_a_time(world, look):
    page = await look(**PHONE)
    await expect(on(page, "messenger")).to_be_visible()
    await expect(on(page, "telegram")).to_be_hidden()

    await page.get_by_role("button", name="Telegram", exact=True).tap()
    await say(page, "telegram", ASKED)

    await expect(bubbles(page, "telegram", "business")).to_contain_text([ANSWER])
    await expect(on(page, "messenger")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_comes_on_another_phone_is_counted_until_it_is_looked_at(world, look):
    page = await look(**PHONE)
    await page.fill("#all-text", ASKED)
    await page.keyboard.press("Enter")
    tab = page.locator("[data-tab=zalo]")
    await expect(tab.locator(".unread")).to_have_text("1")

    await tab.tap()

    await expect(tab.locator(".unread")).to_be_hidden()


async def test_everything_is_reached_by_the_keyboard(world, look):
    page = await look()
    await say(page, "messenger", "chọn gì")
    await expect(on(page, "messenger").locator(".quick button")).to_have_count(1)
    field = on(page, "messenger").locator(".composer textarea")

    await field.focus()
    await page.keyboard.press("Shift+Tab")  # the plus
    await page.keyboard.press("Enter")
    sheet = on(page, "messenger").get_by_role("dialog", name="Gửi thêm")
    await expect(sheet.get_by_role("button", name="Hoá đơn")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(on(page, "messenger").locator(".plus")).to_be_focused()
    await page.keyboard.press("Shift+Tab")  # the quick reply
    await page.keyboard.press("Enter")

    await expect(bubbles(page, "messenger", "business").last).to_contain_text("echo: /stock")


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": {**PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("how", LOOKS)
async def test_axe_finds_nothing_serious(world, look, how):
    found: list[str] = []
    page = await look(bypass_csp=True, reduced_motion="reduce", **LOOKS[how])

    async def check(where: str) -> None:
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:160] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in SERIOUS
        )

    await check("nobody has written")
    for text in ("chọn gì", "máy giặt", "xem https://bong.example"):
        await page.fill("#all-text", text)
        await page.keyboard.press("Enter")
        for phone in ALL:
            await expect(on(page, phone).locator(".log")).to_contain_text(
                {"chọn gì": "Mình cần gì", "máy giặt": "Máy giặt 10 kg"}.get(text, "echo: xem")
            )
        await check(text)
    for phone in ALL:
        if "phone" in how:
            await page.locator(f"[data-tab={phone}]").click()
        for opens in (".plus", ".menu"):
            await on(page, phone).locator(opens).click()
            await check(f"{phone} {opens}")
            await page.keyboard.press("Escape")
        await touch(page, phone, "customer")
        await check(f"{phone} touched")
        await page.keyboard.press("Escape")
        for opener in await on(page, phone).locator(".opens").all():
            await opener.click()
            await check(f"{phone} drawer")
            await opener.click()

    assert not found


# --- the door


async def test_other_pages_have_no_say(world):
    address = world.url.replace("http", "ws") + "/screens"

    with pytest.raises(websockets.InvalidStatusCode):
        await websockets.connect(address, origin="https://elsewhere.example")  # type: ignore[attr-defined]
    async with httpx.AsyncClient(base_url=world.url) as http:
        upload = await http.post(
            "/files/zalo?name=x.png", content=b"x", headers={"Origin": "https://elsewhere.example"}
        )
        rebound = await http.get("/", headers={"Host": "elsewhere.example"})

    assert upload.status_code == 403 and rebound.status_code == 400


async def test_phones_that_are_started_again_repeat_no_id() -> None:
    def ids(later: timedelta) -> set[str]:
        app = phones.build("http://127.0.0.1:1", "http://127.0.0.1:2", lambda: NOON + later)
        return {person.id for person in app.state.phones.held_by.values()}

    assert not ids(timedelta()) & ids(timedelta(minutes=1))


async def until_loaded(picture: Locator) -> None:
    await expect(picture).to_be_visible()
    await picture.evaluate("image => image.decode()")
