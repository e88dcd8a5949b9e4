"""A customer proves who they are with a code that is sent to where they write from already. On
SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from books import everything
from cares import order, prove, somebody
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, said

from bot import conversation, outbox, proof
from bot.intake import take
from bot.models import AT_ONCE, Author, Content, Message, Say, Turn
from bot.storage import conversations, customers, identities, messages, tables
from bot.storage.db import Database, insert
from bot.storage.outbox import HIDDEN
from connectors.base import Button, Echo

PHONE = "0900000001"  # Lan's, in the records
MINUTE = timedelta(minutes=1)
OFFER = Turn(
    says=(Say(Content("Mã đơn là gì ạ?", (Button("Không nhớ mã đơn", "/prove"),))),),
    introduced=True,
)


class Asking(ScriptedDialogue):
    """Asks for an order's code, or brings a person."""

    def __init__(self) -> None:
        person = Turn(handoff_reason="customer_request")
        super().__init__({"đơn của mình đâu": OFFER, "cần gặp người": person})


class Phone:
    """One customer's screen."""

    def __init__(self, db: Database, name: str, channel: str = "web") -> None:
        self.db, self.name, self.channel, self.dialogue = db, name, channel, Asking()

    async def say(self, text: str, now: datetime = NOON, **more: object) -> str:
        """What is answered."""
        inbound = said(text, by=self.name, channel=self.channel, sent_at=now, **more)
        await conversation.receive(self.db, inbound, now)
        await answer_all(self.db, self.dialogue, now)
        return (await self.transcript())[-1].content.text

    async def press(self, title: str, now: datetime = NOON) -> str:
        shown = (await self.transcript())[-1].content.buttons
        (key,) = [each.key for each in shown if each.title == title]
        return await self.say(title, now, button=key)

    async def ask(self, phone: str = PHONE, now: datetime = NOON) -> str:
        """Ask for a code."""
        await self.say("đơn của mình đâu", now)
        await self.press("Không nhớ mã đơn", now)
        return await self.say(phone, now)

    async def customer_id(self) -> int:
        async with self.db.read() as tx:
            found = await customers.find(tx, self.channel, self.name)
        assert found is not None
        return found.id

    async def transcript(self) -> Sequence[Message]:
        known = await self.customer_id()
        async with self.db.read() as tx:
            found = await conversations.newest_of(tx, known)
            assert found is not None
            return await messages.of_conversation(tx, found.id)

    async def who(self) -> tuple[int, str] | None:
        """Whom they are proved to be, and by what."""
        known = await self.customer_id()
        async with self.db.read() as tx:
            found = await identities.of_customer(tx, known)
        return (found.person_id, found.proof) if found else None


async def codes(db: Database, now: datetime = NOON) -> list[str]:
    """Those that arrive on the platform."""
    channel = RecordingChannel()
    while parcels := await outbox.claim(db, channel.name, now, 10):
        for parcel in parcels:
            await outbox.deliver(db, channel, parcel, now)
    found = (re.search(r"\b\d{6}\b", each.text) for each in channel.sent)
    return [each[0] for each in found if each]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.fixture
async def lan(db: Database) -> int:
    """Her record; she writes from the platform already, where she was proved."""
    person_id, _ = await somebody(db, "lan", "recording", NOON - 3 * timedelta(hours=1))
    return person_id


async def test_the_code_that_lan_gets_where_she_is_known_proves_her_elsewhere(db, lan) -> None:
    there = Phone(db, "lan-web")
    assert "đang được gửi" in await there.ask()
    (code,) = await codes(db)

    answer = await there.say(f"mã là {code} nhé")

    assert "xác nhận được anh/chị" in answer
    assert await there.who() == (lan, "otp")


async def test_what_was_done_stands_in_her_history(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    await there.say((await codes(db))[0])

    table = tables.person_events
    async with db.read() as tx:
        (event,) = (await tx.execute(table.select().where(table.c.kind == "linked"))).all()

    assert (event.person_id, event.data["proof"]) == (lan, "otp")


async def test_who_is_proved_chooses_among_their_orders(db, lan) -> None:
    await order(db, lan, "BT26110145")
    there = Phone(db, "lan-web")
    await there.ask()

    answer = await there.say((await codes(db))[0])
    await there.press("BT26110145")

    assert "BT26110145: tai nghe Bống Air 2, đặt ngày 20/11" in answer
    told = '/inform{"order_code": "BT26110145", "phone_last4": "0001"}'
    assert there.dialogue.asked[-1] == told


async def test_who_is_proved_already_needs_no_second_code(db, lan) -> None:
    await order(db, lan, "BT26110145")
    there = Phone(db, "lan-web")
    await there.ask()
    await there.say((await codes(db))[0])

    await there.say("đơn của mình đâu")

    assert "BT26110145" in await there.press("Không nhớ mã đơn")


async def test_an_orders_papers_do_not_open_the_persons_other_orders(db, lan) -> None:
    await order(db, lan, "BT26110145")
    there = Phone(db, "lan-web")
    await there.say("alo")
    async with db.begin() as tx:
        await prove(tx, await there.customer_id(), lan, NOON)

    await there.say("đơn của mình đâu")

    assert "số điện thoại" in await there.press("Không nhớ mã đơn")


@pytest.mark.parametrize("phone", ["0987654321", "0900000002"])
async def test_an_unknown_phone_is_answered_in_the_same_words(db, lan, phone: str) -> None:
    async with db.begin() as tx:  # of somebody who has never written to us
        nobody = {"name": "Tư", "phone": "0900000002", "fields": {}, "created_at": NOON}
        await insert(tx, tables.people, nobody)
    known, unknown = Phone(db, "one"), Phone(db, "two")

    answers = [[await known.ask()], [await unknown.ask(phone)]]
    code = (await codes(db))[0]
    for each, told in zip((known, unknown), answers, strict=True):
        told += [await each.say(another(code)) for _ in range(proof.TRIES)]

    assert answers[0] == answers[1]


async def test_a_phone_of_two_people_sends_nothing(db, lan) -> None:
    await somebody(db, "em-lan", "recording")

    await Phone(db, "lan-web").ask()

    assert await codes(db) == []


async def test_nothing_is_sent_to_the_account_that_asks(db, lan) -> None:
    await Phone(db, "lan", "recording").ask()

    assert await codes(db) == []


async def test_nothing_is_sent_where_we_may_not_write(db, lan) -> None:
    lans = Phone(db, "lan", "recording")
    async with db.begin() as tx:
        customer = await customers.by_id(tx, await lans.customer_id())
        await customers.merge_profile(tx, customer, {"reachable": False})

    answer = await Phone(db, "lan-web").ask()

    assert "đang được gửi" in answer
    assert await codes(db) == []


async def test_a_wrong_code_proves_nothing_and_five_end_it(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    (code,) = await codes(db)

    answers = [await there.say(another(code)) for _ in range(proof.TRIES)]
    await there.say(code)

    assert ["còn 4" in answers[0], "còn 1" in answers[3], "sai 5 lần" in answers[4]] == [True] * 3
    assert await there.who() is None


async def test_a_code_is_good_until_its_minutes_are_over(db, lan) -> None:
    there, late = Phone(db, "lan-web"), Phone(db, "lan-late")
    await there.ask()
    (code,) = await codes(db)
    await late.ask()
    (other,) = await codes(db)

    await there.say(code, NOON + proof.LASTS - MINUTE)
    answer = await late.say(other, NOON + proof.LASTS)

    assert await there.who() == (lan, "otp")
    assert "hết hạn" in answer
    assert await late.who() is None


async def test_a_code_is_good_once(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    (code,) = await codes(db)
    await there.say(code)

    await there.say(code)

    assert there.dialogue.asked[-1] == code  # nothing special any more


async def test_a_code_is_good_for_the_account_that_asked(db, lan) -> None:
    there, thief = Phone(db, "lan-web"), Phone(db, "thief")
    await there.ask()
    (code,) = await codes(db)
    await thief.ask()

    assert "chưa đúng" in await thief.say(code)

    assert await thief.who() is None
    assert "xác nhận được" in await there.say(code)


async def test_two_who_ask_at_once_have_a_code_each(db, lan) -> None:
    one, two = Phone(db, "one"), Phone(db, "two")
    await one.ask()
    await two.ask()
    first, second = await codes(db)

    await two.say(second)
    await one.say(first)

    assert await one.who() == await two.who() == (lan, "otp")


async def test_a_new_code_ends_the_one_before(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    await there.press("Xin mã mới")
    await there.say(PHONE)
    first, second = await codes(db)

    assert "chưa đúng" in await there.say(first)
    assert "xác nhận được" in await there.say(second)


async def test_an_account_may_ask_three_times_within_an_hour(db, lan) -> None:
    there = Phone(db, "lan-web")
    for _ in range(proof.MOST):
        await there.ask("0987654321")

    await there.say("đơn của mình đâu")
    refused = await there.press("Không nhớ mã đơn")
    later = await there.ask(now=NOON + proof.WITHIN)

    assert "3 lần" in refused
    assert "đang được gửi" in later


async def test_a_person_gets_three_codes_an_hour_whoever_asks(db, lan) -> None:
    for each in range(proof.MOST + 1):
        answer = await Phone(db, f"asker-{each}").ask()

    assert len(await codes(db)) == proof.MOST
    assert "đang được gửi" in answer


@pytest.mark.parametrize(
    "text", ["BT26110145", "26110145", "0001", "thôi khỏi", "/prove", "mình quên số rồi"]
)
async def test_what_is_no_phone_is_for_the_assistant(db, lan, text: str) -> None:
    there = Phone(db, "lan-web")
    await there.say("đơn của mình đâu")
    await there.press("Không nhớ mã đơn")

    await there.say(text)

    assert there.dialogue.asked[-1] == text


async def test_a_number_that_is_no_phone_is_asked_for_again(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.say("đơn của mình đâu")
    await there.press("Không nhớ mã đơn")

    assert "chưa đúng" in await there.say("0900 000 00")
    assert "đang được gửi" in await there.say("0900 000 001")


@pytest.mark.parametrize("text", ["12345", "1234567", "0900000001", "BT26110145", "khi nào có mã"])
async def test_what_is_no_code_costs_no_try(db, lan, text: str) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    (code,) = await codes(db)

    await there.say(text)

    assert "còn 4" in await there.say(another(code))


@pytest.mark.parametrize("way", ["{} {}", "{}-{}", "mã {}{} nha em"])
async def test_a_code_may_be_typed_as_people_do(db, lan, way: str) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    (code,) = await codes(db)

    await there.say(way.format(code[:3], code[3:]))

    assert await there.who() == (lan, "otp")


async def test_wide_digits_of_a_keyboard_count_too(db, lan) -> None:
    there = Phone(db, "lan-web")
    await there.ask()
    (code,) = await codes(db)

    await there.say("".join(chr(ord("\uff10") + int(digit)) for digit in code))

    assert await there.who() == (lan, "otp")


async def test_no_code_stands_in_the_database_once_it_has_arrived(db, lan, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        await Phone(db, "lan-web").ask()
        (code,) = await codes(db)

    assert code not in str(await everything(db))
    assert code not in caplog.text


async def test_a_colleague_reads_dots_in_its_place(db, lan) -> None:
    await Phone(db, "lan-web").ask()

    sent = (await Phone(db, "lan", "recording").transcript())[-1]

    assert sent.author is Author.SYSTEM
    assert HIDDEN in sent.content.text
    assert not re.search(r"\d{6}", sent.content.text)


async def test_a_platforms_echo_does_not_bring_it_into_the_transcript(db, lan) -> None:
    await Phone(db, "lan-web").ask()
    (parcel,) = await outbox.claim(db, "recording", NOON, 10)

    echo = Echo("recording", "echo-1", "lan", NOON, text=parcel.content.text, ours=False)
    await take(db, RecordingChannel(), [echo], lambda: NOON, AT_ONCE)

    transcript = await Phone(db, "lan", "recording").transcript()
    assert [each.content.text.count(HIDDEN) for each in transcript][-1] == 1
    assert len([each for each in transcript if each.author is Author.AGENT]) == 0


async def test_the_code_does_not_end_a_customers_waiting(db, lan) -> None:
    await Phone(db, "lan", "recording").say("cần gặp người")

    await Phone(db, "lan-web").ask()

    async with db.read() as tx:
        talk = await conversations.open_of(tx, await Phone(db, "lan", "recording").customer_id())
    assert talk is not None and talk.waiting_since == NOON
