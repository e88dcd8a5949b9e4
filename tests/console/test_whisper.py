"""A supervisor watches, whispers, and takes over: what is whispered, one agent and the supervisors
read and nobody else; watching changes nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON, RecordingChannel
from playwright.async_api import expect
from scenes import person
from sqlalchemy import select

from bot import clock, handoff, outbox
from bot.console.live import Frames, Screen
from bot.models import Delivery, Presence
from bot.storage import agents, conversations, events, messages, slack, tables, users
from bot.turns import Changed, Refused

browsers = pytest.mark.asyncio(loop_scope="session")

SECRET = "xin lỗi khách trước đã"


@pytest.fixture
async def talk(db, people) -> int:
    """Lan's conversation."""
    made = await scenes.talk(db, "nga", "Trần Nga", [("cho gặp nhân viên", person())], NOON)
    await handoff.accept(db, made, people.lan, NOON)
    return made


async def whispers(db, talk: int, people, text: str = SECRET) -> int:
    said = await handoff.whisper(db, talk, people.mai, text, NOON, "whisper-0001", to=people.lan.id)
    assert said
    return said


async def read_by(visitor, username: str, talk: int) -> list[str]:
    answer = await (await visitor(username)).get(f"/api/conversations/{talk}")
    return [each["text"] for each in answer.json()["messages"]]


@pytest.mark.parametrize(
    ("username", "reads"), [("lan", True), ("mai", True), ("quan", True), ("hung", False)]
)
async def test_one_agent_and_the_supervisors_read_a_whisper(
    visitor, db, people, talk, username, reads
):
    await whispers(db, talk, people)

    assert (SECRET in await read_by(visitor, username, talk)) is reads


async def test_it_stays_theirs_when_the_conversation_goes_to_another(visitor, db, people, talk):
    await whispers(db, talk, people)

    await handoff.pass_on(db, talk, people.lan, "hết ca", NOON, to=people.hung.id)

    assert SECRET not in await read_by(visitor, "hung", talk)
    assert SECRET in await read_by(visitor, "lan", talk)


async def test_it_says_for_whom_it_is(visitor, db, people, talk):
    await whispers(db, talk, people)

    answer = await (await visitor("lan")).get(f"/api/conversations/{talk}")

    line = next(each for each in answer.json()["messages"] if each["text"] == SECRET)
    assert line["internal"]
    assert line["by"] == people.mai.name
    assert line["whisper"] == {"id": people.lan.id, "name": people.lan.name}


async def test_only_supervisors_whisper(visitor, db, people, talk):
    hung = await visitor("hung")

    answer = await hung.post(
        f"/api/conversations/{talk}/whisper", text="x", client_id="hung-00001", to=people.lan.id
    )

    assert answer.status_code == 403
    with pytest.raises(Refused):
        await handoff.whisper(db, talk, people.hung, "x", NOON, "hung-00002", to=people.lan.id)


async def test_it_is_not_left_for_whoever_has_the_conversation_by_then(visitor, db, people, talk):
    await handoff.pass_on(db, talk, people.lan, "hết ca", NOON, to=people.hung.id)
    mai = await visitor("mai")

    answer = await mai.post(
        f"/api/conversations/{talk}/whisper", text=SECRET, client_id="mai-000001", to=people.lan.id
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    assert SECRET not in await read_by(visitor, "mai", talk)
    with pytest.raises(Changed):
        await whispers(db, talk, people)


async def test_a_double_post_whispers_once(visitor, db, people, talk):
    mai = await visitor("mai")
    body = {"text": SECRET, "client_id": "mai-000001", "to": people.lan.id}

    await asyncio.gather(
        *(mai.post(f"/api/conversations/{talk}/whisper", **body) for _ in range(3))
    )

    assert (await read_by(visitor, "mai", talk)).count(SECRET) == 1


@pytest.mark.parametrize("body", [{"to": None}, {"to": "lan"}, {"text": ""}])
async def test_what_the_inbox_would_never_send_is_refused(visitor, people, talk, body):
    mai = await visitor("mai")

    answer = await mai.post(
        f"/api/conversations/{talk}/whisper",
        **{"text": SECRET, "client_id": "mai-000001", "to": people.lan.id, **body},
    )

    assert answer.status_code == 422


class Ear:
    """A screen's socket, as far as being told goes."""

    def __init__(self, app) -> None:
        self.app = app
        self.told: list[dict] = []

    async def send_text(self, text: str) -> None:
        self.told.append(json.loads(text))


@pytest.mark.parametrize(
    ("username", "hears"), [("lan", True), ("mai", True), ("quan", True), ("hung", False)]
)
async def test_the_live_line_brings_it_to_those_screens_only(
    app, db, people, talk, username, hears
):
    said = await whispers(db, talk, people)
    async with db.read() as tx:
        found = await events.after(tx, 0)
    ear, frames = Ear(app), Frames(db, lambda: NOON)
    screen = Screen(ear, frames, getattr(people, username))

    await screen._show(found)

    assert (SECRET in json.dumps(ear.told, ensure_ascii=False)) is hears
    (told,) = [each for each in ear.told if each["event"] == found[-1].id]
    assert found[-1].message_id == said
    assert told["conversation"]["id"] == talk  # the row comes to everybody
    assert (told["message"] is not None) is hears


@pytest.mark.parametrize(("username", "finds"), [("lan", True), ("mai", True), ("hung", False)])
async def test_search_finds_it_for_those_only(visitor, db, people, talk, username, finds):
    await whispers(db, talk, people)

    answer = await (await visitor(username)).get("/api/search?text=xin+loi+khach")

    assert [each["conversation"] for each in answer.json()["hits"]] == [talk] * finds


@pytest.mark.parametrize("page", ["", ".txt", ".json"])
async def test_transcript_and_export_are_the_supervisors_and_mark_it(
    visitor, db, people, talk, page
):
    await whispers(db, talk, people)

    refused = await (await visitor("hung")).get(f"/transcripts/{talk}{page}")
    told = await (await visitor("mai")).get(f"/transcripts/{talk}{page}")

    assert refused.status_code == 403
    assert SECRET in told.text
    if page == ".json":
        line = next(each for each in told.json()["messages"] if each["text"] == SECRET)
        assert line["whisper"]["id"] == people.lan.id
    else:
        assert f"Nhắc riêng {people.lan.name}" in told.text


async def test_it_never_goes_to_a_thread_in_slack(db, people, talk):
    async with db.begin() as tx:
        await slack.begin_threads(tx, "C1")
        (handoff_id,) = await slack.behind(tx)
        conversation = await conversations.by_id(tx, talk)
        await slack.change_thread(tx, handoff_id, ts="1", shown=conversation.version)

    await whispers(db, talk, people)

    async with db.read() as tx:
        thread = await slack.thread_of(tx, handoff_id)
        assert await slack.behind(tx) == []
        assert await slack.next_to_copy(tx, thread, None) is None
    note = await handoff.note(db, talk, people.mai, "ai cũng đọc được", NOON, "note-00001")
    async with db.read() as tx:
        assert await slack.next_to_copy(tx, thread, None) == note


@pytest.mark.parametrize("channel", ["web", "messenger", "zalo", "telegram"])
async def test_it_never_reaches_the_customer(db, people, channel):
    talk = await scenes.talk(db, "nga", "Nga", [("gặp", person())], NOON, channel=channel)
    await handoff.accept(db, talk, people.lan, NOON)

    await whispers(db, talk, people)

    platform = RecordingChannel(channel)
    while parcels := await outbox.claim(db, channel, NOON, 10):
        for parcel in parcels:
            await outbox.deliver(db, platform, parcel, NOON)
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, talk)
        seen = await messages.seen_by_customer(tx, conversation.customer_id)
    assert SECRET not in str([platform.sent, seen])


# --- watching


async def everything(db, talk: int) -> list:
    async with db.read() as tx:
        return [
            (await tx.execute(select(table))).all()
            for table in (tables.conversations, tables.messages, tables.handoffs, tables.events)
        ]


async def test_watching_changes_nothing_and_marks_nothing_read(visitor, db, people, talk):
    await scenes.writes(db, "nga", "alo em ơi", NOON)
    lan, mai = await visitor("lan"), await visitor("mai")
    before = await everything(db, talk)

    shown = (await mai.get(f"/api/conversations/{talk}")).json()
    newest = shown["messages"][-1]["id"]
    await mai.post(f"/api/conversations/{talk}/read", message=newest)

    assert await everything(db, talk) == before
    row = next(
        each for each in (await lan.get("/api/inbox")).json()["conversations"] if each["id"] == talk
    )
    assert row["unread"] == 2
    async with db.read() as tx:
        readers = (await tx.execute(select(tables.reads.c.user_id))).scalars().all()
    assert readers == [people.mai.id]


async def test_watching_tells_the_customer_nothing(visitor, db, people, talk):
    async with db.begin() as tx:
        outgoing = tables.messages.c.delivery.is_not(None)
        await tx.execute(tables.messages.update().where(outgoing).values(delivery="sent"))
    mai = await visitor("mai")

    shown = (await mai.get(f"/api/conversations/{talk}")).json()
    await mai.post(f"/api/conversations/{talk}/read", message=shown["messages"][-1]["id"])

    async with db.read() as tx:
        lines = await messages.of_conversation(tx, talk)
    assert {each.delivery for each in lines} <= {None, Delivery.SENT}


# --- in a browser


@browsers
async def test_a_supervisor_whispers_and_the_agent_reads_it_at_once(desk, browse):
    lan, hung, mai = await browse("lan"), await browse("hung"), await browse("mai")
    for page in (lan, hung, mai):
        await page.goto(f"{desk.url}/inbox#c{desk.talks['thao']}")
        await expect(page.locator("#log .line").first).to_be_visible()
    await mai.locator("#log").focus()

    await mai.keyboard.press("w")
    await expect(mai.locator("#text")).to_be_focused()
    await mai.keyboard.type(SECRET)
    await mai.keyboard.press("Control+Enter")

    for page in (lan, mai):
        told = page.locator(".line.whisper", has_text=SECRET)
        await expect(told).to_be_visible()
        await expect(told.locator(".by")).to_contain_text("Nhắc riêng Nguyễn Thị Lan")
    await handoff.note(
        desk.db, desk.talks["thao"], desk.people.mai, "cho mọi người", clock.now(), "note-0009"
    )
    await desk.live.ring()
    await expect(hung.locator("#log")).to_contain_text("cho mọi người")
    await expect(hung.get_by_text(SECRET)).to_have_count(0)


@browsers
async def test_agents_and_owners_have_no_whisper(desk, browse):
    lan, mai = await browse("lan"), await browse("mai")
    await lan.goto(f"{desk.url}/inbox#c{desk.talks['yen']}")
    await mai.goto(f"{desk.url}/inbox#c{desk.talks['cuc2']}")  # nobody has it

    await expect(lan.locator("#mode-whisper")).to_have_count(0)
    await expect(mai.locator("#mode-note")).to_be_visible()
    await expect(mai.locator("#mode-whisper")).to_be_hidden()


@browsers
async def test_a_conversation_is_passed_on_by_keyboard(desk, browse):
    async with desk.db.begin() as tx:
        await agents.place(tx, desk.people.hung.id, ["giao_nhan"], {}, 4)
        await agents.appear(tx, desk.people.hung.id, Presence.ONLINE, clock.now())
    page = await browse("lan")
    await page.goto(f"{desk.url}/inbox#c{desk.talks['thao']}")
    await expect(page.locator("#do-pass-on")).to_be_visible()
    await page.locator("#log").focus()

    await page.keyboard.press("c")
    first = page.locator("#pass-on-to label").first
    await expect(first).to_contain_text("Trần Hùng")
    await expect(first).to_contain_text("Sẵn sàng nhận khách · 1/4 khách")
    await expect(first).to_contain_text("Giao nhận")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Khách hỏi giao hàng")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.locator("#talk-state")).to_contain_text("Trần Hùng")
    await expect(page.locator("#log")).to_contain_text("Khách hỏi giao hàng")


@browsers
async def test_a_supervisor_passes_a_waiting_one_to_another_team(desk, browse):
    page = await browse("mai")
    await page.goto(f"{desk.url}/inbox#c{desk.talks['minh']}")
    await page.click("#do-pass-on")
    await expect(page.locator("#pass-on-to")).not_to_contain_text("Kế toán")  # it is there

    await page.get_by_label("Bán hàng").check()
    await page.fill("#dialog-pass-on textarea", "Khách muốn mua thêm")
    await page.click("#dialog-pass-on .primary")

    await expect(page.locator("#log")).to_contain_text("Khách muốn mua thêm")
    await expect(page.locator("#rows")).to_contain_text("Bán hàng")


@browsers
async def test_another_agent_asks_the_owner_for_it(desk, browse):
    page = await browse("hung")
    await page.goto(f"{desk.url}/inbox#c{desk.talks['thao']}")
    await expect(page.locator("#do-ask-for")).to_be_visible()
    await expect(page.locator("#do-pass-on")).to_be_hidden()
    await page.locator("#log").focus()

    await page.keyboard.press("x")
    await expect(page.locator("#text")).to_have_value("@lan cho mình xin nhận khách này nhé.")
    await page.keyboard.press("Control+Enter")

    stored = page.locator("#log .line.note:not(.pending)").last
    await expect(stored).to_contain_text("xin nhận khách này")
    async with desk.db.read() as tx:
        lines = await messages.of_conversation(tx, desk.talks["thao"])
        lan = await users.by_username(tx, "lan")
    assert lines[-1].meta["mentions"] == [lan.id]


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@browsers
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_in_the_dialog_and_the_whisper(desk, browse, look):
    await handoff.whisper(
        desk.db,
        desk.talks["thao"],
        desk.people.mai,
        SECRET,
        clock.now(),
        "whisper-axe",
        to=desk.people.lan.id,
    )
    page = await browse("mai", **LOOKS[look])
    await page.goto(f"{desk.url}/inbox#c{desk.talks['thao']}")
    await expect(page.locator(".line.whisper")).to_be_visible()
    await page.click("#mode-whisper")
    found = (await Axe().run(page)).response["violations"]
    await page.click("#do-pass-on")
    await expect(page.locator("#pass-on-to label").first).to_be_visible()
    found += (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
