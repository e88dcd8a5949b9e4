"""What platforms tell besides messages: the record changes, and nothing is answered twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, at, said

from bot import handoff, intake, outbox
from bot.models import AT_ONCE, Author, Customer, Delivery, Message, Status, User
from bot.storage import (
    accounts,
    conversations,
    customers,
    errands,
    events,
    handoffs,
    messages,
)
from bot.storage.db import Database
from connectors.base import (
    Arrival,
    Attachment,
    Button,
    Echo,
    Edit,
    Event,
    InboundMessage,
    Notice,
    Reach,
    Reaction,
    Recall,
    Receipt,
    UnknownOutcomeError,
    Unread,
)

CHANNEL = "recording"


async def tell(db: Database, *events: Event, channel: RecordingChannel | None = None) -> int:
    """How many new messages for the assistant there were among the events."""
    new = await intake.take(db, channel or RecordingChannel(), events, lambda: NOON, AT_ONCE)
    return len(new)


def wrote(text: str, number: int = 1, **more: object):  # type: ignore[no-untyped-def]
    more.setdefault("external_id", f"m{number}")
    return said(text, channel=CHANNEL, **more)  # type: ignore[arg-type]


async def transcript(db: Database, conversation_id: int = 1) -> list[Message]:
    async with db.read() as tx:
        return await messages.of_conversation(tx, conversation_id)


async def nga(db: Database) -> Customer:
    async with db.read() as tx:
        customer = await customers.find(tx, CHANNEL, "nga")
    assert customer is not None
    return customer


async def status(db: Database, conversation_id: int = 1) -> Status:
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, conversation_id)
    assert conversation is not None
    return conversation.status


async def delivered(db: Database, channel: RecordingChannel) -> None:
    while parcels := await outbox.claim(db, channel.name, NOON, 10):
        for parcel in parcels:
            await outbox.deliver(db, channel, parcel, NOON)


async def test_the_same_event_five_times_is_one_message_and_one_answer(db: Database) -> None:
    dialogue = ScriptedDialogue()

    assert await tell(db, *[wrote("giá bao nhiêu")] * 5) == 1
    await answer_all(db, dialogue)

    assert dialogue.asked == ["giá bao nhiêu"]


async def test_an_edit_changes_the_record_and_is_not_answered(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("đơn 10023"))
    await answer_all(db, dialogue)

    assert await tell(db, *[Edit(CHANNEL, "m1", "nga", "đơn 10024", NOON)] * 2) == 0
    await answer_all(db, dialogue)

    assert dialogue.asked == ["đơn 10023"]
    message = (await transcript(db))[0]
    assert message.content.text == "đơn 10024"
    assert [edit["text"] for edit in message.meta["edits"]] == ["đơn 10023"]


async def test_an_edit_before_the_answer_is_what_gets_answered(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("đơn 10023"), Edit(CHANNEL, "m1", "nga", "đơn 10024", NOON))

    await answer_all(db, dialogue)

    assert dialogue.asked == ["đơn 10024"]


async def test_an_edit_that_overtook_its_message_is_the_message(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, Edit(CHANNEL, "m1", "nga", "đơn 10024", NOON), wrote("đơn 10023"))

    await answer_all(db, dialogue)

    assert dialogue.asked == ["đơn 10024"]


async def test_what_is_taken_back_is_gone_and_not_answered(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("mật khẩu là 123"), Recall(CHANNEL, "m1", "nga", NOON))

    await answer_all(db, dialogue)

    message = (await transcript(db))[0]
    assert dialogue.asked == [] and message.content.text == "" and message.meta["recalled"]


async def test_a_recall_that_overtook_its_message_wins(db: Database) -> None:
    dialogue = ScriptedDialogue()

    await tell(db, Recall(CHANNEL, "m1", "nga", at(1)), wrote("mật khẩu là 123"), wrote("alo", 2))
    await answer_all(db, dialogue)

    first, *_ = await transcript(db)
    assert dialogue.asked == ["alo"]
    assert first.content.text == "" and first.meta["recalled"]


async def test_nobody_takes_back_what_we_said(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    await delivered(db, channel)

    await tell(db, Echo(CHANNEL, "e1", "nga", NOON, "Chào chị", ours=False))

    await tell(db, *(Recall(CHANNEL, each, "nga", NOON) for each in ("recording-1", "e1")))

    said_by_us = [message.content.text for message in (await transcript(db))[1:]]
    assert said_by_us == ["echo: alo", "Chào chị"]
    async with db.read() as tx:
        assert await accounts.unread_counts(tx) == {CHANNEL: 2}


async def test_overtaken_messages_are_answered_in_their_order_and_marked(db: Database) -> None:
    dialogue = ScriptedDialogue()
    late = [wrote(f"…{n}", n, sent_at=at(n)) for n in (3, 1, 2)]

    await tell(db, *late)
    await answer_all(db, dialogue)

    assert dialogue.asked == ["…1\n…2\n…3"]
    marks = [m.meta.get("overtaken", False) for m in await transcript(db)][:3]
    assert marks == [False, True, True]


async def test_seen_and_delivered_are_shown_and_never_go_back(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    await delivered(db, channel)

    await tell(db, Receipt(CHANNEL, "nga", seen=False, external_ids=("recording-1",)))
    assert (await transcript(db))[1].delivery is Delivery.DELIVERED
    await tell(db, Receipt(CHANNEL, "nga", seen=True, upto=NOON))
    await tell(db, Receipt(CHANNEL, "nga", seen=False, upto=NOON))

    assert (await transcript(db))[1].delivery is Delivery.SEEN
    async with db.read() as tx:
        conversation = await conversations.by_id(tx, 1)
    assert conversation is not None and conversation.last_message_at == NOON


async def test_a_receipt_of_one_person_says_nothing_of_another(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"), wrote("alo", 2, by="tú"))
    await answer_all(db, ScriptedDialogue())
    await delivered(db, channel)

    await tell(db, Receipt(CHANNEL, "tú", seen=True, upto=NOON))

    assert (await transcript(db, 1))[1].delivery is Delivery.SENT
    assert (await transcript(db, 2))[1].delivery is Delivery.SEEN


async def test_a_heart_stands_at_our_message_and_is_not_answered(db: Database) -> None:
    channel, dialogue = RecordingChannel(), ScriptedDialogue()
    await tell(db, wrote("alo"))
    await answer_all(db, dialogue)
    await delivered(db, channel)

    await tell(db, Reaction(CHANNEL, "recording-1", "nga", "❤️", NOON))

    assert (await transcript(db))[1].meta["reaction"] == "❤️"
    assert await answer_all(db, dialogue) == 0


async def test_a_colleague_in_the_platforms_app_silences_the_assistant(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("shop ơi"))

    await tell(db, *[Echo(CHANNEL, "e1", "nga", NOON, "Em chào chị ạ", ours=False)] * 2)
    await tell(db, wrote("còn hàng không", 2))
    await answer_all(db, dialogue)

    assert dialogue.asked == [] and await status(db) is Status.ASSIGNED
    said_there = [m for m in await transcript(db) if m.author is Author.AGENT]
    assert [m.content.text for m in said_there] == ["Em chào chị ạ"]
    assert said_there[0].delivery is Delivery.SENT and said_there[0].user_id is None


async def test_an_agent_here_accepts_what_a_colleague_began_there(db: Database, lan: User) -> None:
    await tell(db, wrote("shop ơi"), Echo(CHANNEL, "e1", "nga", NOON, "Chào chị", ours=False))

    await handoff.accept(db, 1, lan, NOON)
    await handoff.return_to_bot(db, 1, lan, NOON)
    await tell(db, wrote("còn hàng không", 2))
    dialogue = ScriptedDialogue()
    await answer_all(db, dialogue)

    assert dialogue.asked == ["còn hàng không"]


async def test_an_agent_keeps_the_talk_when_a_colleague_writes_in_the_app(
    db: Database, lan: User
) -> None:
    await tell(db, wrote("shop ơi"))
    await handoff.accept(db, 1, lan, NOON)

    await tell(db, Echo(CHANNEL, "e1", "nga", NOON, "Chào chị", ours=False))

    async with db.read() as tx:
        conversation = await conversations.by_id(tx, 1)
    assert conversation is not None and conversation.assignee_id == lan.id


async def test_our_own_words_that_come_back_change_nothing(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    await delivered(db, channel)
    mine = (await transcript(db))[1]

    await tell(
        db,
        Echo(CHANNEL, "recording-1", "nga", NOON, "echo: alo"),
        Echo(CHANNEL, "other-id", "nga", NOON, "echo: alo", reference=str(mine.id), ours=True),
        Echo(CHANNEL, "greeting", "nga", NOON, "lời chào tự động của trang", ours=True),
    )

    assert await status(db) is Status.BOT and len(await transcript(db)) == 2


async def test_an_echo_that_overtakes_the_answer_to_its_call_is_ours(db: Database) -> None:
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, CHANNEL, NOON, 1)  # it is being sent at this moment

    await tell(db, Echo(CHANNEL, "recording-1", "nga", NOON, "echo: alo"))
    await outbox.deliver(db, RecordingChannel(), parcel, NOON)

    assert await status(db) is Status.BOT
    assert (await transcript(db))[1].delivery is Delivery.SENT


async def test_an_echo_ends_the_doubt_about_a_lost_answer(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    channel.refuse = lambda message: UnknownOutcomeError("no answer")
    await delivered(db, channel)
    mine = (await transcript(db))[1]
    assert mine.delivery is Delivery.UNKNOWN

    await tell(db, Echo(CHANNEL, "x", "nga", NOON, "echo: alo", reference=str(mine.id), ours=True))

    assert (await transcript(db))[1].delivery is Delivery.SENT


async def test_our_own_words_whose_answer_was_lost_are_no_colleagues(db: Database) -> None:
    """Zalo's echoes carry no reference, and one comes after the answer was given up."""
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    channel.refuse = lambda message: UnknownOutcomeError("no answer")
    await delivered(db, channel)

    await tell(db, Echo(CHANNEL, "x", "nga", NOON, "echo: alo"))

    assert await status(db) is Status.BOT
    assert [each.delivery for each in await transcript(db)] == [None, Delivery.SENT]


async def test_of_the_same_words_said_often_an_echo_is_of_the_last_that_is_not_known_to_be_there(
    db: Database,
) -> None:
    channel = RecordingChannel()
    channel.refuse = lambda message: UnknownOutcomeError("no answer")
    for number in range(1, 4):
        await tell(db, wrote("alo", number))
        await answer_all(db, ScriptedDialogue())
        if number == 3:  # whoever sends the last one dies of it once its echo is there
            await outbox.claim(db, CHANNEL, NOON, 1)
            await tell(db, Echo(CHANNEL, "x3", "nga", NOON, "echo: alo"))
            await outbox.claim(db, CHANNEL, NOON + timedelta(minutes=5), 1)
        else:
            await delivered(db, channel)

    await tell(db, Echo(CHANNEL, "x2", "nga", NOON, "echo: alo"))

    ours = [each for each in await transcript(db) if each.author is Author.BOT]
    assert [each.delivery for each in ours] == [Delivery.UNKNOWN, Delivery.SENT, Delivery.UNKNOWN]


async def test_a_colleagues_words_are_theirs_whatever_we_are_in_doubt_about(db: Database) -> None:
    channel = RecordingChannel()
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    channel.refuse = lambda message: UnknownOutcomeError("no answer")
    await delivered(db, channel)

    await tell(db, Echo(CHANNEL, "x", "nga", NOON, "echo: alo", ours=False))

    assert await status(db) is Status.ASSIGNED


async def test_another_programs_reference_is_not_taken_for_ours(db: Database) -> None:
    await tell(db, wrote("alo"))

    await tell(db, Echo(CHANNEL, "e1", "nga", NOON, "khác", reference="1", ours=False))

    assert await status(db) is Status.ASSIGNED


async def test_who_blocks_us_cannot_be_reached_until_they_write_again(db: Database) -> None:
    await tell(db, wrote("alo"), Reach(CHANNEL, "nga", False, NOON))
    assert (await nga(db)).profile["reachable"] is False

    await tell(db, wrote("em quay lại", 2))

    assert (await nga(db)).profile["reachable"] is True


async def test_a_message_that_comes_again_says_nothing_new_of_who_wrote_it(db: Database) -> None:
    before = wrote("alo", source="qr_store_12")
    await tell(db, before, Reach(CHANNEL, "nga", False, NOON, "left"))

    await intake.take(db, RecordingChannel(), [before], lambda: NOON + timedelta(days=8), AT_ONCE)

    profile = (await nga(db)).profile
    assert (profile["reachable"], profile["source"]) == (False, "left")
    assert profile["read_at"] == NOON.isoformat()


async def test_where_a_person_came_from_is_kept(db: Database) -> None:
    await tell(db, Arrival(CHANNEL, "nga", NOON, "qr_store_12", {"phone": "+84901234567"}))

    profile = (await nga(db)).profile
    assert profile["source"] == "qr_store_12" and profile["phone"] == "+84901234567"
    assert profile["shared_at"] == NOON.isoformat()


async def test_what_nobody_can_read_is_kept_as_it_came(db: Database) -> None:
    await tell(db, Unread(CHANNEL, "unknown event", '{"event": "new\x00"}'), wrote("alo"))

    async with db.read() as tx:
        rows = (await tx.execute(accounts.unread_events.select())).mappings().all()
    assert [(row["reason"], row["body"]) for row in rows] == [("unknown event", '{"event": "new"}')]


async def test_one_events_bug_does_not_lose_the_others(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*arguments: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(intake, "_react", broken)
    events = [wrote(f"tin {n}", n) for n in range(9)]

    taken = await tell(db, *events[:4], Reaction(CHANNEL, "r", "nga", "❤️", NOON), *events[4:])

    assert taken == 9
    async with db.read() as tx:
        rows = (await tx.execute(accounts.unread_events.select())).mappings().all()
    assert [row["reason"] for row in rows] == ["KeyError"]


async def test_a_block_by_the_platform_pauses_the_channel(db: Database) -> None:
    await tell(db, Notice(CHANNEL, NOON, "Trang vi phạm chính sách", stops=True))

    async with db.read() as tx:
        (account,) = await accounts.all_of(tx)
    assert account.paused_at == NOON and account.pause is not None
    assert account.pause["text"] == "Trang vi phạm chính sách"


async def test_a_talk_that_begins_is_greeted_and_its_source_kept(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("", begins=True, source="ad_tet"))

    await answer_all(db, dialogue)

    assert dialogue.asked == ["/greet"] and (await nga(db)).profile["source"] == "ad_tet"


async def test_the_menu_is_a_command_and_a_strange_key_is_not(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("", button="#gap_nhan_vien"))
    await answer_all(db, dialogue)
    await tell(db, wrote("", 2, button="/request_human", by="tú"))
    await answer_all(db, dialogue)

    assert dialogue.asked == ["/request_human"]


async def test_a_number_is_the_choice_with_that_number(db: Database) -> None:
    choice = [Button("Tra đơn", "/track_order"), Button("Gặp nhân viên", "/request_human")]
    dialogue = ScriptedDialogue({"alo": _choice(choice)})
    await tell(db, wrote("alo"))
    await answer_all(db, dialogue)

    await tell(db, wrote(" 2. ", 2))
    await answer_all(db, dialogue)

    assert dialogue.asked == ["alo", "/request_human"]


@pytest.mark.parametrize("typed", ["3", "0", "2 cái"])
async def test_other_numbers_are_words(db: Database, typed: str) -> None:
    choice = [Button("Tra đơn", "/track_order"), Button("Gặp nhân viên", "/request_human")]
    dialogue = ScriptedDialogue({"alo": _choice(choice)})
    await tell(db, wrote("alo"))
    await answer_all(db, dialogue)

    await tell(db, wrote(typed, 2))
    await answer_all(db, dialogue)

    assert dialogue.asked == ["alo", typed]


async def test_five_stars_are_five_stars_and_not_the_fifth_choice(db: Database) -> None:
    stars = [Button(f"{n} sao", f"/rate{n}") for n in (5, 4, 3, 2, 1)]
    dialogue = ScriptedDialogue({"alo": _choice(stars)})
    await tell(db, wrote("alo"))
    await answer_all(db, dialogue)

    await tell(db, wrote("5", 2))
    await answer_all(db, dialogue)

    assert dialogue.asked[1] == "5"


def _choice(buttons: list[Button]):  # type: ignore[no-untyped-def]
    from bot.models import Content, Say, Turn

    return Turn(says=(Say(Content("Mình cần gì ạ?", tuple(buttons))),), introduced=True)


async def test_a_group_is_invited_to_write_privately_and_told_nothing(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("đơn của mình đâu", by="-100", in_group=True, sender_name="Hội Bống"))

    await answer_all(db, dialogue)

    assert dialogue.asked == []
    assert "nhắn riêng" in (await transcript(db))[-1].content.text
    async with db.read() as tx:
        assert await errands.claim(tx, CHANNEL, NOON, 9) == []


async def test_who_a_person_is_is_asked_for_once_a_week(db: Database) -> None:
    await tell(db, wrote("alo"), wrote("alo", 2))
    later = NOON + timedelta(days=8)

    async with db.begin() as tx:
        assert len(await errands.claim(tx, CHANNEL, NOON, 9)) == 1
    await intake.take(db, RecordingChannel(), [wrote("alo", 3)], lambda: later, AT_ONCE)

    async with db.begin() as tx:
        assert len(await errands.claim(tx, CHANNEL, later, 9)) == 2  # and the first one again


async def test_a_file_is_fetched_and_a_place_is_not(db: Database) -> None:
    files = (Attachment("image", "https://cdn/1.jpg"), Attachment("location", "geo:10.7,106.6"))

    await tell(db, wrote("", attachments=files))

    async with db.begin() as tx:
        due = await errands.claim(tx, CHANNEL, NOON, 9)
    assert [(each.url, each.place) for each in due if each.message_id] == [("https://cdn/1.jpg", 0)]


async def test_another_programs_words_do_not_silence_the_assistant(db: Database) -> None:
    await tell(db, wrote("shop ơi"), Echo(CHANNEL, "e1", "nga", NOON, "Chào mừng bạn"))

    assert await status(db) is Status.BOT


async def test_a_day_after_a_colleague_wrote_there_the_assistant_is_back(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await tell(db, wrote("shop ơi"), Echo(CHANNEL, "e1", "nga", NOON, "Chào chị", ours=False))
    later = NOON + timedelta(hours=25)

    await intake.take(db, RecordingChannel(), [wrote("còn hàng không", 2)], lambda: later, AT_ONCE)
    await answer_all(db, dialogue, later)

    assert dialogue.asked == ["còn hàng không"] and await status(db, 1) is Status.RESOLVED
    async with db.read() as tx:
        assert await handoffs.open_of(tx, 1) is None


@pytest.mark.parametrize("named", [True, False])
async def test_a_receipt_that_overtakes_the_answer_to_its_call_counts(
    db: Database, named: bool
) -> None:
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, CHANNEL, NOON, 1)  # it is being sent at this moment
    which = {"external_ids": ("recording-1",)} if named else {"upto": NOON}

    await tell(db, Receipt(CHANNEL, "nga", seen=True, **which))  # type: ignore[arg-type]
    await outbox.deliver(db, RecordingChannel(), parcel, NOON)

    assert (await transcript(db))[1].delivery is Delivery.SEEN


@pytest.mark.parametrize("looks", [("of_calls", "being_sent"), ("by_id",)])
async def test_a_receipt_counts_that_comes_at_the_very_moment_of_the_answer_to_its_call(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, looks: tuple[str, ...]
) -> None:
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, CHANNEL, NOON, 1)
    other = Database(database_url)
    deliveries: list[asyncio.Task[Delivery]] = []

    def then_the_answer_comes(look: Any) -> Any:
        async def looked(*given: Any, **more: Any) -> Any:
            found = await look(*given, **more)
            if not deliveries:
                delivery = outbox.deliver(other, RecordingChannel(), parcel, NOON)
                deliveries.append(asyncio.create_task(delivery))
                await asyncio.wait(deliveries, timeout=0.2)
            return found

        return looked

    with monkeypatch.context() as patch:
        for name in looks:
            module = messages if hasattr(messages, name) else outbox.parcels
            patch.setattr(module, name, then_the_answer_comes(getattr(module, name)))
        await tell(db, Receipt(CHANNEL, "nga", seen=True, external_ids=("recording-1",)))
        await asyncio.gather(*deliveries)
    await other.close()

    assert (await transcript(db))[1].delivery is Delivery.SEEN


@pytest.mark.parametrize(
    ("ends", "named", "is_then"),
    [
        pytest.param(Delivery.SENT, "recording-1", Delivery.SEEN, id="counts"),
        pytest.param(Delivery.UNKNOWN, "of another", Delivery.UNKNOWN, id="ends no doubt"),
    ],
)
async def test_a_receipt_that_comes_while_the_end_of_a_delivery_is_written_down(
    db: Database, database_url: str, ends: Delivery, named: str, is_then: Delivery
) -> None:
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, CHANNEL, NOON, 1)
    other = Database(database_url)

    async with other.begin() as tx:
        await messages.set_delivery(tx, parcel.message_id, ends, NOON)
        receipt = Receipt(CHANNEL, "nga", seen=True, external_ids=(named,))
        told = asyncio.create_task(tell(db, receipt))
        await asyncio.wait([told], timeout=0.2)
    await told
    await other.close()

    assert (await transcript(db))[1].delivery is is_then


async def test_who_cannot_be_shown_that_we_listen_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "NOTICE_SECONDS", 0.05)
    asked = []

    class Hanging(RecordingChannel):
        async def noticed(self, message: InboundMessage) -> None:
            asked.append(message.external_id)
            await asyncio.sleep(3600)

    batch = [wrote("alo", n) for n in range(1000)]
    await asyncio.wait_for(intake.notice(Hanging(), batch), 10)

    assert asked == ["m0"]


async def test_an_edit_after_the_recall_brings_nothing_back(db: Database) -> None:
    await tell(
        db,
        wrote("mật khẩu là 123"),
        Edit(CHANNEL, "m1", "nga", "mật khẩu là 1234", at(1)),
        Recall(CHANNEL, "m1", "nga", at(2)),
        Edit(CHANNEL, "m1", "nga", "mật khẩu là 1234", at(1)),
    )

    (message,) = await transcript(db)
    assert message.content.text == "" and "mật khẩu" not in str(message.meta)


async def test_the_latest_edit_stays_whatever_comes_after_it(db: Database) -> None:
    older, newer = (Edit(CHANNEL, "m1", "nga", f"đơn {n}", at(n)) for n in (1, 2))

    await tell(db, wrote("đơn 0"), newer, older)

    assert (await transcript(db))[0].content.text == "đơn 2"


async def test_an_edit_and_its_message_at_the_same_moment_leave_the_edit(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = intake.receive

    async def after_another_process(*given: Any, **more: Any) -> Any:
        await receive(db, wrote("đơn 10023"), NOON)
        return await receive(*given, **more)

    monkeypatch.setattr(intake, "receive", after_another_process)
    await tell(db, Edit(CHANNEL, "m1", "nga", "đơn 10024", NOON))

    assert [message.content.text for message in await transcript(db)] == ["đơn 10024"]


async def test_seen_and_delivered_at_the_same_moment_are_seen(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, add, other = RecordingChannel(), events.add, Database(database_url)
    await tell(db, wrote("alo"))
    await answer_all(db, ScriptedDialogue())
    await delivered(db, channel)
    at_once = []

    async def meanwhile(*given: Any) -> None:
        if not at_once:
            late = Receipt(CHANNEL, "nga", seen=False, upto=NOON)
            at_once.append(asyncio.create_task(tell(other, late)))
            await asyncio.wait(at_once, timeout=0.2)
        await add(*given)

    monkeypatch.setattr(events, "add", meanwhile)
    await tell(db, Receipt(CHANNEL, "nga", seen=True, upto=NOON))
    await asyncio.gather(*at_once)
    await other.close()

    assert (await transcript(db))[1].delivery is Delivery.SEEN


async def test_what_is_nested_too_deeply_does_not_come_back_for_ever(db: Database) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    await tell(db, Unread(CHANNEL, "unknown event", deep), wrote("alo"))

    assert len(await transcript(db)) == 1
