"""The same talk on every channel: pretend platforms, our connectors, the real assistant."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import books
import pytest
from cares import prove
from databases import new_sqlite
from doubles import NOON, ScriptedDialogue, until
from PIL import Image
from platforms import NAMES, World, theirs, world
from shops import Clock, Counter, Shop

from bot import handoff
from bot.models import Author, Content, Delivery, Message, Role, Say, Status, Turn, User
from bot.storage import conversations, customers, identities, messages, users
from bot.storage.db import Database
from connectors.base import Button

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue
    from bot.simulators.base import Person

CHOICE = Turn(
    says=(
        Say(
            Content(
                "Mình cần gì ạ?",
                (Button("Tra đơn hàng", "/track_order"), Button("Gặp nhân viên", "/request_human")),
            )
        ),
    ),
    introduced=True,
)


FORGOTTEN = Turn(
    says=(Say(Content("Mã đơn là gì ạ?", (Button("Không nhớ mã đơn", "/prove"),))),),
    introduced=True,
)


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """SQLite: what a database promises is tested on both engines where it is promised."""
    url = await new_sqlite(tmp_path / "carebot.db")
    return url


@pytest.fixture
async def four(url: str) -> AsyncIterator[World]:
    async with world(url, ScriptedDialogue({"alo": CHOICE})) as made:
        yield made


async def an_agent(db: Database) -> User:
    async with db.begin() as tx:
        user_id = await users.add(tx, "lan", "Lan", Role.AGENT, "x", NOON)
        found = await users.by_id(tx, user_id)
    assert found is not None
    return found


async def transcript(db: Database, channel: str, person: str) -> list[Message]:
    async with db.read() as tx:
        customer = await customers.find(tx, channel, person)
        if customer is None:
            return []
        found = await conversations.newest_of(tx, customer.id)
        return await messages.of_conversation(tx, found.id) if found else []


async def write(four: World, name: str, text: str) -> Person:
    person = four.person(name)
    if name == "telegram":
        await four.does(name, person, "start")
        await four.answers(person)
    await four.does(name, person, "say", text=text)
    return person


@pytest.mark.parametrize("name", NAMES)
async def test_who_writes_is_answered_where_they_wrote(four: World, name: str) -> None:
    person = await write(four, name, "giá bao nhiêu")

    await until(lambda: any("echo: giá bao nhiêu" in b.text for b in theirs(person)), 20)


@pytest.mark.parametrize("name", NAMES)
async def test_a_choice_is_made_as_the_platform_lets_one(four: World, name: str) -> None:
    person = await write(four, name, "alo")
    await until(lambda: any("Mình cần gì" in b.text for b in theirs(person)), 20)
    shown = next(b for b in theirs(person) if "Mình cần gì" in b.text)

    if name == "zalo_bot":
        assert "2. Gặp nhân viên" in shown.text
        await four.does(name, person, "say", text="2")
    else:
        await four.does(name, person, "press", bubble=shown.id, title="Gặp nhân viên")

    await until(lambda: "/request_human" in four.carebot.dialogue.asked, 20)


@pytest.mark.parametrize("name", NAMES)
async def test_an_agent_here_answers_there(four: World, name: str) -> None:
    lan = await an_agent(four.carebot.db)
    person = await write(four, name, "shop ơi")
    await until(lambda: any("echo: shop ơi" in b.text for b in theirs(person)), 20)
    found = await transcript(four.carebot.db, name, person.id)

    await handoff.accept(four.carebot.db, found[0].conversation_id, lan, found[-1].created_at)
    await handoff.reply(
        four.carebot.db,
        found[0].conversation_id,
        lan,
        Content("Em Lan đây ạ"),
        found[-1].created_at,
        "c1",
    )

    await until(lambda: any("Em Lan đây ạ" in b.text for b in theirs(person)), 20)


async def test_a_code_from_one_phone_proves_its_person_on_another(four: World) -> None:
    known = await write(four, "messenger", "shop ơi")
    await until(lambda: any("echo: shop ơi" in b.text for b in theirs(known)), 20)
    db = four.carebot.db
    lan = await books.person(db, "Lan", phone="0912345678")
    async with db.begin() as tx:
        there = await customers.find(tx, "messenger", known.id)
        assert there is not None
        await prove(tx, there.id, lan, there.created_at)
    four.carebot.dialogue.answers["mình quên mã đơn"] = FORGOTTEN

    new = await write(four, "zalo", "mình quên mã đơn")
    await until(lambda: any("Mã đơn" in b.text for b in theirs(new)), 20)
    asked = next(b for b in theirs(new) if "Mã đơn" in b.text)
    await four.does("zalo", new, "press", bubble=asked.id, title="Không nhớ mã đơn")
    await until(lambda: any("số điện thoại" in b.text for b in theirs(new)), 20)
    await four.does("zalo", new, "say", text="0912 345 678")
    await until(lambda: any("mã xác nhận" in b.text for b in theirs(known)), 20)
    code = re.search(r"\b\d{6}\b", next(b.text for b in theirs(known) if "mã xác" in b.text))
    assert code is not None
    await four.does("zalo", new, "say", text=code[0])
    await until(lambda: any("xác nhận được" in b.text for b in theirs(new)), 20)

    said = [each.content.text for each in await transcript(db, "messenger", known.id)]
    async with db.read() as tx:
        here = await customers.find(tx, "zalo", new.id)
        assert here is not None
        assert await identities.person_of(tx, here.id) == lan
    assert any("••••••" in text for text in said)
    assert not any(code[0] in text for text in said)


@pytest.mark.parametrize("name", ["messenger", "zalo"])
async def test_a_colleague_in_the_platforms_app_silences_the_assistant(
    four: World, name: str
) -> None:
    person = await write(four, name, "shop ơi")
    await until(lambda: any("echo: shop ơi" in b.text for b in theirs(person)), 20)

    await four.does(name, person, "staff", text="Em chào chị, em kiểm tra ngay ạ")
    await four.platforms[name].settled()
    await four.does(name, person, "say", text="cảm ơn em")
    await four.platforms[name].settled()

    found = await transcript(four.carebot.db, name, person.id)
    async with four.carebot.db.read() as tx:
        talk = await conversations.by_id(tx, found[0].conversation_id)
    assert talk is not None and talk.status is Status.ASSIGNED
    assert [m.content.text for m in found if m.author is Author.AGENT] == [
        "Em chào chị, em kiểm tra ngay ạ"
    ]
    assert "cảm ơn em" not in four.carebot.dialogue.asked


@pytest.mark.parametrize("name", NAMES)
async def test_events_that_come_twice_are_answered_once(four: World, name: str) -> None:
    person = await write(four, name, "mở đầu")
    await until(lambda: any("mở đầu" in b.text for b in theirs(person)), 20)
    four.platforms[name].faults.doubled = 3

    await four.does(name, person, "say", text="còn hàng không")
    await until(lambda: any("echo: còn hàng không" in b.text for b in theirs(person)), 20)
    await four.platforms[name].settled()

    assert four.carebot.dialogue.asked.count("còn hàng không") == 1
    assert sum("echo: còn hàng không" in b.text for b in theirs(person)) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_that_is_lost_on_the_way_is_not_said_twice(four: World, name: str) -> None:
    person = await write(four, name, "mở đầu")
    await until(lambda: any("mở đầu" in b.text for b in theirs(person)), 20)
    # The sign that we write may meet the fault as well.
    four.platforms[name].faults.lost = 2

    await four.does(name, person, "say", text="còn hàng không")

    async def ended() -> bool:
        last = (await transcript(four.carebot.db, name, person.id))[-1]
        known = (Delivery.UNKNOWN, Delivery.SENT, Delivery.DELIVERED)
        return last.content.text == "echo: còn hàng không" and last.delivery in known

    await when(ended)
    await four.platforms[name].settled()
    assert sum("echo: còn hàng không" in b.text for b in theirs(person)) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_a_photo_is_fetched_and_kept(four: World, name: str) -> None:
    person = await write(four, name, "mở đầu")
    await until(lambda: any("mở đầu" in b.text for b in theirs(person)), 20)
    four.platforms[name].files["loi.png"] = (picture(), "image/png")

    await four.does(name, person, "attach", file="loi.png")

    async def stored() -> bool:
        found = await transcript(four.carebot.db, name, person.id)
        files = [file for message in found for file in message.content.attachments]
        return any(file.url.startswith("/files/") and file.mime == "image/png" for file in files)

    await when(stored)


@pytest.mark.parametrize("name", NAMES)
async def test_one_slow_platform_holds_back_no_other(four: World, name: str) -> None:
    people = {each: await write(four, each, "mở đầu") for each in NAMES}
    for person in people.values():
        await until(lambda: any("mở đầu" in b.text for b in theirs(person)), 20)  # noqa: B023
    four.platforms[name].faults.delay = 30.0

    for each, person in people.items():
        await four.does(each, person, "say", text="còn hàng không")

    for each, person in people.items():
        if each != name:
            await until(lambda: any("còn hàng" in b.text for b in theirs(person)), 20)  # noqa: B023
    assert not any("còn hàng" in b.text for b in theirs(people[name]))
    four.platforms[name].faults.delay = 0.0


QUESTIONS = (
    "phí ship về Đà Nẵng bao nhiêu vậy shop",
    "shop mở cửa mấy giờ",
    "bảo hành loa bluetooth bao lâu",
    "doi tra trong bao nhieu ngay",
    "có trả góp không ạ",
    "tư vấn giúp em cái tủ lạnh",
    "cho mình xem điều hoà",
    "địa chỉ cửa hàng ở đâu",
    "thanh toán bằng thẻ được không",
    "k nhan dc hang ship lau qua",
    "hoá đơn vat lấy sao",
    "đơn hàng của mình tới đâu rồi",
    "gia may giat bao nhieu z",
    "có giao ngoài giờ không shop",
    "shop có những kênh liên hệ nào",
    "cảm ơn shop nhiều nha",
    "em là người hay máy vậy",
    "thời tiết hôm nay thế nào",
    "muốn huỷ đơn hàng",
    "máy không lên nguồn",
    "chính sách bảo mật thông tin",
    "có khuyến mãi gì không",
    "đồng hồ thông minh còn hàng không",
    "lắp đặt điều hoà tốn bao nhiêu",
    "xin chào",
)


@pytest.fixture
async def real(
    url: str, dialogue: RasaDialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The assistant and the demo shop as they are."""
    counter = Counter()
    shop = Shop(tmp_path, Clock(), counter)
    shop.open()
    monkeypatch.setenv("SHOP_API_URL", shop.url)
    monkeypatch.setattr("actions.shop._facts", ("", 0.0, {}))
    async with world(url, dialogue) as made:
        yield made
    counter.stop()


async def test_the_same_questions_get_the_same_answers_on_every_channel(real: World) -> None:
    """C1.2, C3.21: equal intents, equal words, the same facts, whatever the platform can show."""
    db = real.carebot.db

    async def talk(name: str) -> list[tuple[Author, str, str | None]]:
        person = real.person(name)
        if name == "telegram":
            await real.does(name, person, "follow")
        for question in QUESTIONS:
            shown_whole(person, await ask(real, name, person, question))
        found = await transcript(db, name, person.id)
        return [(m.author, m.content.text, m.meta.get("intent")) for m in found]

    said = dict(zip(NAMES, await asyncio.gather(*map(talk, NAMES)), strict=True))

    assert all(each == said[NAMES[0]] for each in said.values())
    answers = [line for line in said[NAMES[0]] if line[0] is Author.BOT]
    assert len(answers) >= len(QUESTIONS)


async def ask(real: World, name: str, person: Person, question: str) -> list[Message]:
    """Writes a question; what was said to it, once all of it was delivered."""
    db = real.carebot.db
    before = len(await transcript(db, name, person.id))
    await real.does(name, person, "say", text=question)

    async def answered() -> bool:
        found = (await transcript(db, name, person.id))[before:]
        out = [m.delivery for m in found if m.author is not Author.CUSTOMER]
        return bool(out) and Delivery.QUEUED not in out

    await when(answered)
    return (await transcript(db, name, person.id))[before + 1 :]


def shown_whole(person: Person, found: list[Message]) -> None:
    """Every word and number that we meant to say stands on the phone."""
    phone = plain(" ".join(str(vars(bubble)) for bubble in theirs(person)))
    for message in found:
        content = message.content
        titles = [b.title for b in content.buttons] + [c.title for c in content.cards]
        for part in (*content.text.split("\n"), *(c.subtitle for c in content.cards), *titles):
            assert plain(part)[:18] in phone, (part, message.meta)


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", unicodedata.normalize("NFC", text)).strip().lower()


async def when(done: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    for _ in range(int(seconds / 0.05)):
        if await done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()
