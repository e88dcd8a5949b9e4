"""The weekly digest: when it is made, what it says, and to whom it gets, once."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from doubles import NOON, ScriptedDialogue, answer_all, free_port, said
from slacks import BOT, Wire, call, emulated

from bot import clock, conversation, desk_rules
from bot.config import ConfigError, Settings
from bot.console import figures, numbers
from bot.digest import Office, letter, next_after
from bot.digest.letter import Letter, change
from bot.digest.mail import ByMail
from bot.figures.figure import Figure, Window
from bot.models import Content, Say, Turn
from bot.redacted import redacted
from bot.slack_desk.digest import BySlack, blocks
from bot.storage import digests, rules, tables
from bot.storage.db import Database, insert
from bot.storage.digests import Copy, Digest
from connectors.base import PermanentError, RetryableError
from connectors.slack import Slack

DAY = timedelta(days=1)
LAST_WEEK = NOON - 4 * DAY  # a Thursday
MONDAY = date(2026, 11, 16)
SUNDAY_NIGHT = NOON - timedelta(hours=13)
EIGHT = NOON - timedelta(hours=4)  # on Monday
READER = "mai@shop.example"
ANN = "an@shop.example"


@dataclass
class Post:
    """A way that remembers what it was given, and fails as often as it is told."""

    got: list[tuple[str, Letter]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    async def __call__(self, letter: Letter, digest: Digest, copy: Copy) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.got.append((copy.address, letter))


class Hands:
    """A clock that is moved by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def ask_for(db: Database, *emails: str, on: bool = True, slack: bool = False) -> None:
    async with db.begin() as tx:
        version, document = await rules.newest(tx)
        wanted = {**document, "digest": {"on": on, "slack": slack, "emails": list(emails)}}
        assert await rules.save(tx, wanted, "digest", None, NOON, upon=version)


def office(db: Database, hands: Hands, **ways: Any) -> Office:
    return Office(
        db, ways, hands, business="Điện Tử Bống", public_url="https://chat.shop", channel="C1"
    )


async def copies(db: Database) -> list[tuple[str, str, str]]:
    async with db.read() as tx:
        last = await digests.last(tx)
        assert last is not None
        return [
            (each.address, each.state, each.error) for each in await digests.copies_of(tx, last.id)
        ]


async def misses(
    db: Database, by: str, text: str, name: str = "", at: datetime = LAST_WEEK
) -> None:
    """A customer asks what the assistant does not understand."""
    await conversation.receive(db, said(text, by=by, sender_name=name), at)
    lost = Turn(says=(Say(Content("Dạ?"), {"response": "utter_fallback"}),), introduced=True)
    await answer_all(db, ScriptedDialogue({text: lost}), at + timedelta(seconds=1))


async def marks(db: Database, count: int, at: datetime, mark: int = 5) -> None:
    async with db.begin() as tx:
        for n in range(count):
            values = {"channel": "web", "external_id": f"m{n}-{at}", "profile": {}}
            customer = await insert(tx, tables.customers, {**values, "created_at": at})
            survey = {"kind": "csat", "customer_id": customer, "asked_at": at, "ended_at": at}
            survey_id = await insert(tx, tables.surveys, {**survey, "outcome": "answered"})
            answer = {"survey_id": survey_id, "question": "mark", "mark": mark, "answered_at": at}
            await insert(tx, tables.survey_answers, answer)


async def written(db: Database, now: datetime = NOON) -> Letter:
    async with db.read() as tx:
        return await letter.write(
            tx, MONDAY, now, business="Bống", public_url="https://chat.shop", is_trial=False
        )


# --- when


@pytest.mark.parametrize(
    ("now", "monday", "due_at"),
    [
        (SUNDAY_NIGHT, MONDAY, EIGHT),
        (EIGHT - timedelta(seconds=1), MONDAY, EIGHT),
        (EIGHT, MONDAY + 7 * DAY, EIGHT + 7 * DAY),
        (NOON, MONDAY + 7 * DAY, EIGHT + 7 * DAY),
    ],
)
def test_the_next_one_is_due_on_monday_at_eight_and_tells_of_the_week_before(
    now: datetime, monday: date, due_at: datetime
) -> None:
    assert next_after(now) == (monday, due_at)


async def test_it_is_sent_once_to_each_reader_at_its_hour(db: Database) -> None:
    await ask_for(db, READER, ANN, slack=True)
    hands, mail, slack = Hands(SUNDAY_NIGHT), Post(), Post()
    works = office(db, hands, email=mail, slack=slack)

    await works.look()
    before = len(mail.got)
    hands.now = EIGHT
    for _ in range(3):
        await works.look()

    assert before == 0
    assert [address for address, _ in mail.got] == [READER, ANN]
    assert [address for address, _ in slack.got] == ["C1"]
    assert "16/11–22/11/2026" in mail.got[0][1].subject


async def test_several_workers_send_it_once(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post()
    workers = [office(db, hands, email=mail) for _ in range(4)]
    await asyncio.gather(*(each.look() for each in workers))

    hands.now = EIGHT
    await asyncio.gather(*(each.look() for each in workers))
    await workers[0].look()

    assert len(mail.got) == 1


async def test_a_shop_that_was_off_on_monday_gets_it_late(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post()
    await office(db, hands, email=mail).look()

    hands.now = NOON + 2 * DAY
    await office(db, hands, email=mail).look()  # another process

    assert "16/11–22/11/2026" in mail.got[0][1].subject


async def test_a_digest_that_was_turned_off_meanwhile_is_not_sent(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post()
    works = office(db, hands, email=mail)
    await works.look()

    await ask_for(db, READER, on=False)
    hands.now = EIGHT
    await works.look()
    await works.look()

    assert mail.got == []


async def test_one_that_was_turned_on_during_the_week_begins_on_the_next_monday(
    db: Database,
) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(NOON), Post()

    await office(db, hands, email=mail).look()
    async with db.read() as tx:
        [planned] = await digests.planned(tx)

    assert mail.got == []
    assert planned.due_at == EIGHT + 7 * DAY


async def test_a_trial_goes_out_at_once_though_the_digest_is_off(db: Database) -> None:
    await ask_for(db, READER, on=False)
    hands, mail = Hands(NOON), Post()
    async with db.begin() as tx:
        await digests.plan(tx, f"{digests.TRIAL}1", MONDAY.isoformat(), NOON)

    await office(db, hands, email=mail).look()

    assert mail.got[0][1].subject.startswith("[Gửi thử]")


# --- failures


async def test_what_fails_is_tried_again_later_and_the_others_get_theirs(db: Database) -> None:
    await ask_for(db, READER, ANN)
    hands, mail = Hands(SUNDAY_NIGHT), Post(failures=[RetryableError("busy", code="451")])
    works = office(db, hands, email=mail)
    await works.look()
    hands.now = EIGHT
    await works.look()
    at_first = await copies(db)

    hands.now = EIGHT + timedelta(minutes=1)
    await works.look()

    assert at_first == [(READER, "waiting", "451"), (ANN, "sent", "")]
    assert [address for address, _ in mail.got] == [ANN, READER]


async def test_what_is_refused_for_good_is_seen_and_can_be_sent_again(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post(failures=[PermanentError("no", "550")])
    works = office(db, hands, email=mail)
    await works.look()
    hands.now = EIGHT
    await works.look()
    at_first = await copies(db)

    async with db.begin() as tx:
        missed = await digests.undelivered(tx)
        last = await digests.last(tx)
        assert last is not None
        await digests.again(tx, last.id, EIGHT)
    await works.look()

    assert (at_first, missed) == ([(READER, "failed", "550")], 1)
    assert len(mail.got) == 1


async def test_it_is_given_up_after_some_hours(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post(failures=[RetryableError("away")] * 20)
    works = office(db, hands, email=mail)
    await works.look()

    for hours in range(10):
        for minutes in range(0, 60, 5):
            hands.now = EIGHT + timedelta(hours=hours, minutes=minutes)
            await works.look()

    assert await copies(db) == [(READER, "failed", "away")]
    assert len(mail.failures) == 12


async def test_a_way_that_is_not_set_up_says_so(db: Database) -> None:
    await ask_for(db, slack=True)
    hands = Hands(SUNDAY_NIGHT)
    works = office(db, hands)
    await works.look()

    hands.now = EIGHT
    await works.look()

    assert await copies(db) == [("C1", "failed", "not_set_up")]


async def test_a_copy_whose_worker_died_is_begun_again(db: Database) -> None:
    await ask_for(db, READER)
    hands, mail = Hands(SUNDAY_NIGHT), Post(failures=[KeyError("killed")])
    works = office(db, hands, email=mail)
    await works.look()
    hands.now = EIGHT
    with contextlib.suppress(KeyError):
        await works.look()

    hands.now = EIGHT + digests.LEASE
    await works.look()

    assert await copies(db) == [(READER, "sent", "")]


# --- what it says


async def test_its_figures_are_those_of_the_page_at_the_same_moment(db: Database) -> None:
    await marks(db, 40, LAST_WEEK)
    await marks(db, 30, LAST_WEEK - 7 * DAY)
    given = {"from": "2026-11-16", "to": "2026-11-22"}

    told = await written(db)
    async with db.read() as tx:
        page = await figures.report(tx, given, NOON)

    every = {
        numbers.words.name_of("vi", "figure", each.name): each
        for found in page.sections.values()
        for each in found
    }
    lines = [line for part in told.parts for line in part.lines]
    assert "CSAT (hài lòng sau trò chuyện)" in {line.name for line in lines}
    for line in lines:
        figure = every[line.name]
        said = (numbers.value("vi", figure), figure.n, numbers.interval("vi", figure))
        assert (line.value, line.n, line.interval) == said
    thin = {name for part in told.parts for name in part.thin}
    assert thin == {
        name
        for name, each in every.items()
        if (each.is_thin or each.value is None) and "24/7" not in name
    }


def figure(value: str | None, n: int = 40, unit: str = "percent") -> Figure:
    window = Window(NOON - DAY, NOON)
    return Figure("csat", unit, window, None if value is None else Decimal(value), n)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (figure("75.0"), figure("72.7"), "▲ 2,3 điểm %"),
        (figure("70.0"), figure("72.7"), "▼ 2,7 điểm %"),
        (figure("70.0"), figure("70.0"), "không đổi"),
        (figure("70.0"), figure("60.0", n=29), ""),
        (figure("70.0"), figure(None), ""),
        (figure("90", unit="seconds"), figure("150", unit="seconds"), "▼ 1 phút"),
    ],
)
def test_a_change_is_told_where_both_weeks_have_enough_rows(
    now: Figure, before: Figure, said: str
) -> None:
    assert change(now, before) == said


async def test_an_empty_week_says_that_there_is_too_little(db: Database) -> None:
    told = await written(db)

    assert [part.lines for part in told.parts if part.lines] == []
    assert all(part.thin for part in told.parts)
    assert [top.items for top in told.tops] == [()] * 4


async def test_what_was_not_understood_is_counted_by_its_words(db: Database) -> None:
    await misses(db, "a", "Có bán sỉ không ạ")
    await misses(db, "b", "có bán sỉ không ạ?")
    await misses(db, "c", "shop có tuyển người không")
    await misses(db, "d", "tuần trước nữa", at=LAST_WEEK - 7 * DAY)

    questions = (await written(db)).tops[-1]

    assert questions.n == 3
    assert [n for _, n in questions.items] == [2, 1]
    assert questions.items[0][0].lower().startswith("có bán sỉ không")
    assert questions.is_thin


async def test_it_tells_nothing_of_who_a_customer_is(db: Database) -> None:
    await misses(
        db, "a", "Quỳnh đây, đơn BT26110145 gọi 0912 345 678 mãi không được", name="Vũ Như Quỳnh"
    )
    async with db.begin() as tx:
        about = {"code": "KN1", "cause": "gọi 0912345678", "opened_at": LAST_WEEK}
        await insert(tx, tables.complaints, about)

    told = await written(db)

    text = json.dumps([told.as_json(), blocks(told)], ensure_ascii=False)
    assert [secret for secret in ("Quỳnh", "BT2611", "0912", "345 678") if secret in text] == []
    assert "mãi không được" in text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mình tên Lan, sđt 0912345678", "mình tên [tên], sđt [số điện thoại]"),
        ("mail lan.ng@gmail.com nhé", "mail [email] nhé"),
        ("đơn BT26110145 đâu rồi", "đơn [đã ẩn] đâu rồi"),
        ("stk 0071 0012 34567 vcb", "stk [đã ẩn] vcb"),
        ("xem https://fb.com/lan.nguyen giúp", "xem [đã ẩn] giúp"),
        ("tai nghe Bống Air 2 giá bao nhiêu", "tai nghe Bống Air 2 giá bao nhiêu"),
        ("còn hàng màu đen không ạ", "còn hàng màu đen không ạ"),
    ],
)
def test_words_are_kept_and_what_identifies_is_not(text: str, clean: str) -> None:
    assert redacted(text, (), MONDAY) == clean


# --- by e-mail


class Mailbox:
    """What a mail server has taken."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuse = ""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


async def test_a_mail_server_takes_a_letter_in_html_and_in_plain_text(
    db: Database, mailbox: tuple[Mailbox, str]
) -> None:
    box, url = mailbox
    await marks(db, 40, LAST_WEEK)
    await ask_for(db, READER)
    hands = Hands(SUNDAY_NIGHT)
    works = office(db, hands, email=ByMail(url, "Bống <bao-cao@shop.example>"))
    await works.look()

    hands.now = EIGHT
    await works.look()

    [mail] = box.taken
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain and html
    assert mail["To"] == READER
    assert mail["Subject"] == "Điện Tử Bống: số liệu tuần 16/11–22/11/2026"
    for text in (plain.get_content(), html.get_content()):
        assert "CSAT (hài lòng sau trò chuyện)" in text
        assert "100,0%" in text
        assert "https://chat.shop/console/figures?from=2026-11-16" in text.replace("&amp;", "&")
        assert "Chưa đủ mẫu" in text


async def test_a_server_that_is_away_is_tried_again(db: Database) -> None:
    await ask_for(db, READER)
    hands = Hands(SUNDAY_NIGHT)
    works = office(db, hands, email=ByMail(f"smtp://127.0.0.1:{free_port()}", "a@shop.example"))
    await works.look()

    hands.now = EIGHT
    await works.look()

    [(_, state, error)] = await copies(db)
    assert state == "waiting"
    assert "ConnectionRefusedError" in error


@pytest.mark.parametrize(
    ("answer", "state"), [("550 no such user", "failed"), ("451 later", "waiting")]
)
async def test_a_refused_address_fails_and_a_busy_server_is_tried_again(
    db: Database, mailbox: tuple[Mailbox, str], answer: str, state: str
) -> None:
    box, url = mailbox
    box.refuse = answer
    await ask_for(db, READER)
    hands = Hands(SUNDAY_NIGHT)
    works = office(db, hands, email=ByMail(url, "a@shop.example"))
    await works.look()

    hands.now = EIGHT
    await works.look()

    assert await copies(db) == [(READER, state, answer[:3])]


async def test_a_password_is_not_told_to_a_server_without_tls(
    db: Database, mailbox: tuple[Mailbox, str]
) -> None:
    box, url = mailbox
    await ask_for(db, READER)
    hands = Hands(SUNDAY_NIGHT)
    works = office(db, hands, email=ByMail(url.replace("//", "//me:secret@"), "a@shop.example"))
    await works.look()

    hands.now = EIGHT
    await works.look()

    [(_, state, error)] = await copies(db)
    assert (state, box.taken) == ("waiting", [])
    assert "TLS" in error


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({"SMTP_URL": "smtp.example.com"}, "SMTP_URL"),
        ({"SMTP_URL": "http://smtp.example.com"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://smtp.example.com:many"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://smtp.example.com"}, "MAIL_FROM"),
        ({"SMTP_URL": "smtp://smtp.example.com", "MAIL_FROM": "Bống"}, "MAIL_FROM"),
    ],
)
def test_a_half_set_up_mail_server_is_refused_at_the_start(env: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.from_env({"SECRET_KEY": "k" * 32, **env})


@pytest.mark.parametrize(
    "address", ["mai", "mai@", "mai@shop", "a b@shop.vn", "a@b.vn\nBcc: c@d.vn"]
)
def test_what_is_no_address_cannot_be_a_reader(address: str) -> None:
    document = {**desk_rules.document(), "digest": {"emails": [address]}}

    with pytest.raises(desk_rules.Invalid) as refused:
        desk_rules.read(document)

    assert refused.value.code == "not_an_email"


# --- in Slack


@pytest.fixture(scope="module")
def slack_url() -> Iterator[str]:
    with emulated() as url:
        yield url


@pytest.fixture
async def wire(slack_url: str) -> AsyncIterator[Wire]:
    async with Wire(slack_url).up() as made:
        yield made


async def channel_of(wire: Wire) -> Slack:
    name = f"so-lieu-{free_port()}"
    channel = (await call(wire.slack, "conversations.create", name=name))["channel"]["id"]
    values = {**Slack.settings, "SLACK_BOT_TOKEN": BOT, "SLACK_CHANNEL": channel}
    return Slack({**values, "SLACK_API_URL": wire.url})


async def posted(wire: Wire, slack: Slack) -> list[dict[str, Any]]:
    found = await call(wire.slack, "conversations.history", channel=slack.channel)
    return [each for each in found["messages"] if "số liệu tuần" in each.get("text", "")]


async def test_slack_gets_it_once_though_its_answer_was_lost(db: Database, wire: Wire) -> None:
    await ask_for(db, on=False, slack=True)
    slack = await channel_of(wire)
    wire.lose["chat.postMessage"] = 1
    hands = Hands(clock.now())  # Slack's own clock stamps its messages
    works = office(db, hands, slack=BySlack(slack))
    async with db.begin() as tx:
        await digests.plan(tx, f"{digests.TRIAL}1", MONDAY.isoformat(), hands.now)
    await works.look()
    at_first = await copies(db)

    hands.now += timedelta(minutes=1)
    await works.look()

    assert at_first[0][1] == "waiting"
    assert len(await posted(wire, slack)) == 1
    assert await copies(db) == [("C1", "sent", "")]


async def test_a_letter_is_as_large_as_slack_takes(db: Database) -> None:
    long = Letter(
        subject="s" * 200,
        days="d",
        business="b",
        url="https://chat.shop",
        parts=(
            letter.Part(
                "p",
                tuple(letter.Line("tên dài " * 9, "1", 40, "x" * 90, "▲ 1") for _ in range(40)),
                (),
            ),
        ),
        tops=(),
    )

    drawn = blocks(long)

    assert len(drawn[0]["text"]["text"]) <= 150
    assert all(len(each["text"]["text"]) <= 3000 for each in drawn if "text" in each)
    assert len(drawn) <= 50
