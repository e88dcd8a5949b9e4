"""What we promise in writing, each on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, at, said

from bot import answer, conversation, handoff, outbox, turns
from bot.models import Author, Content, Delivery, Message, Say, Status, Turn, User
from bot.storage import (
    accounts,
    conversations,
    customers,
    handoffs,
    inbox,
    messages,
    trackers,
)
from bot.storage.db import Database
from connectors.base import (
    AuthError,
    Button,
    PermanentError,
    RetryableError,
    UnknownOutcomeError,
)


async def transcript(db: Database, conversation_id: int = 1) -> list[Message]:
    async with db.read() as tx:
        return await messages.of_conversation(tx, conversation_id)


def lines(found: list[Message]) -> list[tuple[str, str]]:
    return [(message.author.value, message.content.text) for message in found]


async def status(db: Database, conversation_id: int = 1) -> Status:
    async with db.read() as tx:
        found = await conversations.by_id(tx, conversation_id)
    assert found is not None
    return found.status


async def begin(db: Database, now=NOON):  # type: ignore[no-untyped-def]
    async with db.begin() as tx:
        (entry,) = await inbox.claim(tx, now, 1)
    return entry


async def take(db: Database, dialogue: ScriptedDialogue, entry, now=NOON):  # type: ignore[no-untyped-def]
    return await conversation.take_turn(db, dialogue, entry, lambda: now, business="Điện Tử Bống")


async def test_a_message_is_stored_and_answered(db: Database) -> None:
    received = await conversation.receive(db, said("xin chào"), NOON)

    assert received.new and received.for_bot
    assert lines(await transcript(db)) == [("customer", "xin chào")]
    assert await answer_all(db, ScriptedDialogue({"xin chào": "Dạ chào anh/chị"})) == 1
    assert lines(await transcript(db))[-1] == ("bot", "Dạ chào anh/chị")


async def test_a_redelivered_message_changes_nothing(db: Database) -> None:
    dialogue = ScriptedDialogue()
    first = await conversation.receive(db, said("hi", external_id="same-message-0001"), NOON)
    await answer_all(db, dialogue)

    again = await conversation.receive(db, said("hi", external_id="same-message-0001"), NOON)

    assert (again.new, again.message_id) == (False, first.message_id)
    assert await answer_all(db, dialogue) == 0
    assert dialogue.asked == ["hi"]
    assert len(await transcript(db)) == 2


async def test_twenty_redeliveries_at_once_are_one_message(db: Database) -> None:
    message = said("hi", external_id="same-message-0001")

    received = await asyncio.gather(*(conversation.receive(db, message, NOON) for _ in range(20)))

    assert sum(each.new for each in received) == 1
    assert len({each.message_id for each in received}) == 1


async def test_messages_of_a_conversation_are_taken_in_order_while_others_go_on(
    db: Database,
) -> None:
    for text in ("một", "hai", "ba"):
        await conversation.receive(db, said(text, by="nga"), NOON)
    await conversation.receive(db, said("bốn", by="tú"), NOON)

    async with db.begin() as tx:
        first = await inbox.claim(tx, NOON, 10)
    async with db.begin() as tx:
        nothing_more = await inbox.claim(tx, NOON, 10)

    assert [entry.message_ids for entry in first] == [(1, 2, 3), (4,)]
    assert nothing_more == []
    dialogue = ScriptedDialogue()
    await take(db, dialogue, first[1])
    await take(db, dialogue, first[0])
    await answer_all(db, dialogue)
    assert dialogue.asked == ["bốn", "một", "hai", "ba"]


async def test_two_workers_on_one_message_answer_once(db: Database) -> None:
    await conversation.receive(db, said("hi"), NOON)
    entry = await begin(db)
    late = await begin(db, now=at(60))  # the first worker's lease has ended, but it lives
    dialogue = ScriptedDialogue()

    taken = await asyncio.gather(take(db, dialogue, entry), take(db, dialogue, late))

    assert sorted(taken) == [False, True]
    assert [author for author, _ in lines(await transcript(db))] == ["customer", "bot"]


async def test_a_turn_commits_whole_or_not_at_all(db: Database, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    await conversation.receive(db, said("gặp nhân viên", channel="recording"), NOON)
    entry = await begin(db)
    dialogue = ScriptedDialogue(
        {
            "gặp nhân viên": Turn(
                says=(Say(Content("một")), Say(Content("hai"))),
                handoff_reason="customer_request",
                events=({"event": "user", "text": "gặp nhân viên"},),
            )
        }
    )

    async def dies(*arguments: object, **more: object) -> None:
        raise RuntimeError("killed in mid-turn")

    with monkeypatch.context() as broken:
        broken.setattr(handoffs, "request", dies)  # nearly the last write of a turn
        with pytest.raises(RuntimeError):
            await take(db, dialogue, entry)

    assert lines(await transcript(db)) == [("customer", "gặp nhân viên")]
    assert await status(db) is Status.BOT
    assert await outbox.claim(db, "recording", NOON, 10) == []
    async with db.read() as tx:
        assert (await trackers.load(tx, 1)).events == ()
    assert await answer_all(db, dialogue, now=at(60)) == 1
    assert await status(db) is Status.QUEUED
    assert [author for author, _ in lines(await transcript(db))] == [
        "customer", "bot", "bot", "bot", "system",
    ]  # fmt: skip


async def test_the_assistant_never_talks_over_a_person(db: Database, lan: User) -> None:
    await conversation.receive(db, said("alo"), NOON)
    entry = await begin(db)

    async def lan_is_faster() -> Turn:
        await handoff.accept(db, 1, lan, NOON)
        return Turn(says=(Say(Content("Dạ em nghe ạ")),))

    taken = await take(db, ScriptedDialogue({"alo": lambda: lan_is_faster()}), entry)

    assert taken is False
    assert "bot" not in [author for author, _ in lines(await transcript(db))]
    assert await status(db) is Status.ASSIGNED
    await conversation.receive(db, said("còn đó không"), NOON)
    assert await answer_all(db, ScriptedDialogue()) == 0


async def test_a_turn_commits_only_on_the_conversation_it_has_read(db: Database) -> None:
    await conversation.receive(db, said("alo"), NOON)
    entry = await begin(db)

    async def somebody_moves_it() -> Turn:
        async with db.begin() as tx:
            talk = await conversations.by_id(tx, 1)
            assert talk is not None and await conversations.move(tx, talk, Status.QUEUED, NOON)
        return Turn(says=(Say(Content("Dạ em nghe ạ")),))

    with pytest.raises(handoff.Changed):
        await take(db, ScriptedDialogue({"alo": lambda: somebody_moves_it()}), entry)

    assert lines(await transcript(db)) == [("customer", "alo")]
    assert await status(db) is Status.QUEUED


async def test_while_queued_the_assistant_is_silent(db: Database) -> None:
    dialogue = ScriptedDialogue({"người": Turn(handoff_reason="customer_request")})
    await conversation.receive(db, said("người"), NOON)
    await conversation.receive(db, said("nhanh nhé"), NOON)

    await answer_all(db, dialogue)
    await conversation.receive(db, said("alo"), NOON)
    await answer_all(db, dialogue)

    assert dialogue.asked == ["người"]
    assert [author for author, _ in lines(await transcript(db))] == [
        "customer", "customer", "system", "customer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (RuntimeError("no model"), "assistant_failed"),
        (Turn(), "assistant_silent"),
        (lambda: asyncio.sleep(3600), "assistant_slow"),
    ],
)
async def test_a_failing_slow_or_empty_turn_goes_to_a_person(
    db: Database, outcome: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    monkeypatch.setattr(answer, "TURN_LIMIT", timedelta(seconds=0.2))
    await conversation.receive(db, said("alo"), NOON)

    await asyncio.wait_for(answer_all(db, ScriptedDialogue({"alo": outcome})), 10)

    assert await status(db) is Status.QUEUED
    async with db.read() as tx:
        found = await handoffs.open_of(tx, 1)
    assert found is not None and found.reason == reason and found.summary == "alo"
    (sentence,) = [text for author, text in lines(await transcript(db)) if author == "system"]
    assert "xin lỗi" in sentence and "vị trí thứ 1" in sentence


def test_the_assistant_has_six_seconds() -> None:
    assert answer.TURN_LIMIT.total_seconds() == 6


async def test_who_asks_for_a_person_gets_one_when_the_assistant_fails(db: Database) -> None:
    await conversation.receive(db, said("cho gặp nhân viên"), NOON)

    await answer_all(db, ScriptedDialogue({"/request_human": RuntimeError("no model")}))

    async with db.read() as tx:
        found = await handoffs.open_of(tx, 1)
    assert found is not None and found.reason == "customer_request"


async def test_a_message_that_kills_its_worker_each_time_is_set_aside(db: Database) -> None:
    await conversation.receive(db, said("poison"), NOON)
    for n in range(answer.TRIES):
        await begin(db, now=at(60 * n))  # … and the worker dies
    dialogue = ScriptedDialogue()

    await answer_all(db, dialogue, now=at(3600))

    assert dialogue.asked == []
    assert await status(db) is Status.QUEUED
    async with db.read() as tx:
        found = await handoffs.open_of(tx, 1)
    assert found is not None and found.reason == "set_aside"


async def test_the_first_answer_of_a_day_says_who_is_speaking(db: Database) -> None:
    dialogue = ScriptedDialogue({"ship?": Turn(says=(Say(Content("30.000 đ")),))})
    await conversation.receive(db, said("ship?"), NOON)
    await answer_all(db, dialogue)
    await conversation.receive(db, said("ship?"), NOON)
    await answer_all(db, dialogue)

    texts = [text for author, text in lines(await transcript(db)) if author == "bot"]

    assert len(texts) == 3
    assert "trợ lý tự động" in texts[0] and "Điện Tử Bống" in texts[0]
    assert "gặp nhân viên" in texts[0]
    assert texts[1:] == ["30.000 đ", "30.000 đ"]


async def test_a_picture_is_never_read_as_text(db: Database) -> None:
    from connectors.base import Attachment

    picture = Attachment("image", "/files/abc", "anh.jpg", "image/jpeg", 12)
    await conversation.receive(db, said("", attachments=(picture,)), NOON)
    dialogue = ScriptedDialogue()

    await answer_all(db, dialogue)

    assert dialogue.asked == ["/inform"]


async def test_a_button_is_a_key_that_means_something_in_its_conversation_only(
    db: Database,
) -> None:
    menu = Turn(says=(Say(Content("Chọn ạ", buttons=(Button("Giờ", key="/ask_hours"),))),))
    dialogue = ScriptedDialogue({"menu": menu})
    for person in ("nga", "tú"):
        await conversation.receive(db, said("menu", by=person), NOON)
    await answer_all(db, dialogue)
    hers = (await transcript(db, 1))[-1].content.buttons[0]
    his = (await transcript(db, 2))[-1].content.buttons[0]
    assert hers.key not in ("", "/ask_hours") and hers.key != his.key

    await conversation.receive(db, said("Giờ", by="nga", button=hers.key), NOON)
    await conversation.receive(db, said("Giờ", by="nga", button=his.key), NOON)
    await conversation.receive(db, said("x", by="nga", button="/restart"), NOON)
    dialogue.asked.clear()
    await answer_all(db, dialogue)

    assert dialogue.asked == ["/ask_hours", "Giờ", "x"]


async def test_odd_text_is_stored_and_answered(db: Database) -> None:
    odd = ["a\x00b", "\ud800", "🎉" * 10_000, "\u200b\u200b", "x" * 1_000_000]
    for text in odd:
        await conversation.receive(db, said(text), NOON)
        assert await answer_all(db, ScriptedDialogue()) == 1

    stored = [text for author, text in lines(await transcript(db)) if author == "customer"]
    assert stored == ["ab", "?", "🎉" * 10_000, "\u200b\u200b", "x" * 1_000_000]


async def test_a_talk_left_alone_for_a_day_begins_anew(db: Database) -> None:
    await conversation.receive(db, said("alo"), NOON)
    await answer_all(db, ScriptedDialogue())

    received = await conversation.receive(db, said("alo"), at(25 * 3600))

    assert received.conversation_id == 2
    assert await status(db, 1) is Status.RESOLVED


# The outbox


async def say(db: Database, person: str, text: str) -> None:
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "recording", person, NOON)
        talk = await conversations.open_of(tx, customer.id)
        talk = talk or await conversations.start(tx, customer.id, NOON)
        await outbox.say(tx, talk, customer, Author.BOT, Content(text), NOON)


async def deliver_all(
    db: Database,
    channel: RecordingChannel,
    now=NOON,  # type: ignore[no-untyped-def]
) -> None:
    while parcels := await outbox.claim(db, channel.name, now, 10):
        for parcel in parcels:
            await outbox.deliver(db, channel, parcel, now)


async def deliveries(db: Database, conversation_id: int = 1) -> list[Delivery | None]:
    return [message.delivery for message in await transcript(db, conversation_id)]


async def test_replies_leave_in_order_and_a_stuck_one_holds_back_nobody_else(
    db: Database,
) -> None:
    channel = RecordingChannel()
    for person, text in [("nga", "1"), ("tú", "A"), ("nga", "2"), ("tú", "B")]:
        await say(db, person, text)
    channel.refuse = lambda m: RetryableError("busy") if m.recipient_id == "nga" else None

    await deliver_all(db, channel)

    assert [message.text for message in channel.sent] == ["A", "B"]
    channel.refuse = lambda message: None
    await deliver_all(db, channel, at(3600))
    assert [message.text for message in channel.sent] == ["A", "B", "1", "2"]
    assert await deliveries(db) == [Delivery.SENT] * 2


async def test_we_wait_as_long_as_the_platform_asks(db: Database) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    channel.refuse = lambda message: RetryableError("slow down", retry_after=120)
    await deliver_all(db, channel)
    channel.refuse = lambda message: None

    await deliver_all(db, channel, at(119))
    assert channel.sent == []
    await deliver_all(db, channel, at(121))

    assert len(channel.sent) == 1


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (PermanentError("blocked"), Delivery.FAILED),
        (UnknownOutcomeError("timed out"), Delivery.UNKNOWN),
        (ZeroDivisionError("our bug"), Delivery.UNKNOWN),
    ],
)
async def test_a_delivery_that_ends_badly_is_shown_and_not_tried_again(
    db: Database, error: Exception, fate: Delivery
) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    await say(db, "nga", "2")
    channel.refuse = lambda message: error if message.text == "1" else None

    await deliver_all(db, channel)

    assert [message.text for message in channel.sent] == ["2"]
    assert await deliveries(db) == [fate, Delivery.SENT]
    assert (await transcript(db))[0].meta["error"]


async def test_a_revoked_token_pauses_the_channel_and_keeps_the_messages(db: Database) -> None:
    channel = RecordingChannel()
    for n in range(3):
        await say(db, f"person {n}", "hi")
    tries = []
    channel.refuse = lambda message: tries.append(message) or AuthError("revoked")

    (parcel, *rest) = await outbox.claim(db, channel.name, NOON, 1)
    await outbox.deliver(db, channel, parcel, NOON)
    await deliver_all(db, channel, at(1))

    assert len(tries) == 1 and rest == []
    channel.refuse = lambda message: None
    await deliver_all(db, channel, at(120))
    assert len(channel.sent) == 3


async def test_what_a_dead_sender_left_behind_is_marked_unknown_not_sent_twice(
    db: Database,
) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    await say(db, "nga", "2")
    await outbox.claim(db, channel.name, NOON, 10)  # … and the sender dies

    await deliver_all(db, channel, at(10))
    assert channel.sent == []
    await deliver_all(db, channel, at(20))

    assert [message.text for message in channel.sent] == ["2"]
    assert await deliveries(db) == [Delivery.UNKNOWN, Delivery.SENT]


async def test_a_message_of_several_calls_goes_on_where_it_stopped(db: Database) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "một\nhai\nba")
    channel.refuse = lambda message: RetryableError("busy") if message.text == "hai" else None
    await deliver_all(db, channel)
    assert [message.text for message in channel.sent] == ["một"]
    channel.refuse = lambda message: None

    await deliver_all(db, channel, at(3600))

    assert [message.text for message in channel.sent] == ["một", "hai", "ba"]
    assert await deliveries(db) == [Delivery.SENT]
    async with db.read() as tx:
        ids = [f"recording-{n}" for n in (1, 2, 3)]
        assert await messages.of_calls(tx, "recording", ids) == [1]


async def test_a_sender_that_dies_before_it_has_noted_all_has_noted_nothing_of_the_last_call(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "một\nhai")
    async with db.begin() as tx:
        await accounts.pause(tx, "recording", "190", "revoked", NOON)

    async def dies(*arguments: object, **more: object) -> None:
        raise RuntimeError("killed before the last write")

    with monkeypatch.context() as broken:
        broken.setattr(messages, "set_delivery", dies)
        with pytest.raises(RuntimeError):
            await deliver_all(db, channel)

    assert len(channel.sent) == 2
    async with db.read() as tx:
        assert await messages.of_calls(tx, "recording", ["recording-1"]) == [1]
        assert await messages.of_calls(tx, "recording", ["recording-2"]) == []
        assert [account.paused_at for account in await accounts.all_of(tx)] == [NOON]


async def test_a_paused_channel_says_so_until_something_is_delivered(db: Database) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    channel.refuse = lambda message: AuthError("revoked", "190")
    await deliver_all(db, channel)
    async with db.read() as tx:
        (paused,) = await accounts.all_of(tx)
    channel.refuse = lambda message: None

    await deliver_all(db, channel, at(61))

    assert paused.pause == {"code": "190", "text": "revoked"} and paused.paused_at == NOON
    async with db.read() as tx:
        assert [account.paused_at for account in await accounts.all_of(tx)] == [None]


async def test_a_key_that_does_not_count_is_known_before_it_is_needed(db: Database) -> None:
    channel = RecordingChannel()
    channel.well = AuthError("revoked", "190")
    await outbox.check(db, channel, NOON, 5)
    async with db.read() as tx:
        (paused,) = await accounts.all_of(tx)
    channel.well = RetryableError("away")
    await outbox.check(db, channel, at(60), 5)
    async with db.read() as tx:
        (still,) = await accounts.all_of(tx)
    channel.well = None

    await outbox.check(db, channel, at(120), 5)

    assert paused.paused_at == still.paused_at == NOON
    async with db.read() as tx:
        assert [account.paused_at for account in await accounts.all_of(tx)] == [None]


async def test_that_we_can_sign_in_does_not_end_the_platforms_own_block(db: Database) -> None:
    async with db.begin() as tx:
        await accounts.pause(tx, "recording", "", "vi phạm chính sách", NOON)

    await outbox.check(db, RecordingChannel(), at(60), 5)

    async with db.read() as tx:
        assert [account.paused_at for account in await accounts.all_of(tx)] == [NOON]


async def test_when_the_whole_account_is_too_fast_everybody_waits(db: Database) -> None:
    channel = RecordingChannel()
    for n in range(3):
        await say(db, f"person {n}", "hi")
    tries = []
    channel.refuse = lambda message: (
        tries.append(1) or RetryableError("limit", retry_after=30, everybody=True)
    )
    (parcel,) = await outbox.claim(db, channel.name, NOON, 1)
    await outbox.deliver(db, channel, parcel, NOON)

    await deliver_all(db, channel, at(29))
    assert len(tries) == 1
    channel.refuse = lambda message: None
    await deliver_all(db, channel, at(31))

    assert len(channel.sent) == 3


async def test_who_has_blocked_us_is_known_as_unreachable(db: Database) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    channel.refuse = lambda message: PermanentError("blocked", "403", unreachable=True)

    await deliver_all(db, channel)

    message = (await transcript(db))[0]
    assert message.meta["error_code"] == "403"
    async with db.read() as tx:
        customer = await customers.find(tx, "recording", "nga")
    assert customer is not None and customer.profile["reachable"] is False


async def test_what_waited_until_the_window_closed_is_not_sent(db: Database) -> None:
    channel = RecordingChannel("messenger")
    await conversation.receive(db, said("alo", channel="messenger"), NOON)
    await answer_all(db, ScriptedDialogue())

    await deliver_all(db, channel, at(24 * 3600))

    assert channel.sent == []
    message = (await transcript(db))[1]
    assert message.delivery is Delivery.FAILED
    assert message.meta["error_code"] == "permission:by_hand_only"


async def test_a_person_may_still_answer_on_messenger_and_says_so(db: Database, lan: User) -> None:
    channel = RecordingChannel("messenger")
    await conversation.receive(db, said("alo", channel="messenger"), NOON)
    await handoff.accept(db, 1, lan, NOON)
    await handoff.reply(db, 1, lan, Content("Em đây ạ"), at(25 * 3600), "c1")

    await deliver_all(db, channel, at(25 * 3600))

    assert [(m.text, m.tag) for m in channel.sent] == [("Em đây ạ", "HUMAN_AGENT")]


async def test_a_revoked_token_does_not_free_what_another_sender_has(db: Database) -> None:
    channel = RecordingChannel()
    await say(db, "nga", "1")
    await say(db, "tú", "A")
    mine, others = await outbox.claim(db, channel.name, NOON, 2)
    channel.refuse = lambda message: AuthError("revoked")
    for _ in range(12):
        await outbox.deliver(db, channel, mine, NOON)
    channel.refuse = lambda message: None

    await deliver_all(db, channel, at(120))  # the other's sender has died meanwhile

    assert [message.text for message in channel.sent] == ["1"]
    assert await deliveries(db, 2) == [Delivery.UNKNOWN]
    assert others.attempts == 1


@pytest.mark.parametrize("ending", ["resolve", "return_to_bot"])
async def test_a_message_that_meets_the_agents_goodbye_is_not_lost(
    db: Database, lan: User, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await conversation.receive(db, said("alo"), NOON)
    await handoff.accept(db, 1, lan, NOON)
    close = turns.close

    async def slowly(*arguments: object) -> None:
        await asyncio.sleep(0.3)  # the message arrives before this transaction has ended
        await close(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(turns, "close", slowly)
    ends = (
        handoff.resolve(db, 1, lan, "answered", NOON)
        if ending == "resolve"
        else handoff.return_to_bot(db, 1, lan, NOON)
    )
    ending_task = asyncio.create_task(ends)
    await asyncio.sleep(0.1)

    received = await conversation.receive(db, said("khoan, còn một câu"), NOON)
    await ending_task

    assert received.for_bot
    assert await answer_all(db, ScriptedDialogue()) == 1


async def test_what_is_learned_of_a_person_while_a_send_fails_is_kept(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(db, "nga", "alo")
    channel, merge, at_once = RecordingChannel(), customers.merge_profile, []
    channel.refuse = lambda message: PermanentError("blocked", unreachable=True)

    async def learn() -> None:
        async with db.begin() as tx:
            customer = await customers.lock_or_create(tx, "recording", "nga", NOON)
            await merge(tx, customer, {"phone": "+84901234567"})

    async def meanwhile(*given: Any) -> None:
        at_once.append(asyncio.create_task(learn()))
        await asyncio.wait(at_once, timeout=0.2)
        await merge(*given)

    monkeypatch.setattr(customers, "merge_profile", meanwhile)
    await deliver_all(db, channel)
    await asyncio.gather(*at_once)

    async with db.read() as tx:
        found = await customers.find(tx, "recording", "nga")
    assert found is not None
    assert found.profile == {"reachable": False, "phone": "+84901234567"}


async def test_who_looks_for_something_to_send_waits_for_no_writer(
    db: Database, database_url: str
) -> None:
    other = Database(database_url)
    async with other.begin() as tx:
        await customers.lock_or_create(tx, "recording", "tú", NOON)

        claimed = await asyncio.wait_for(outbox.claim(db, "recording", NOON, 4), 2)

    assert claimed == []
    await other.close()
