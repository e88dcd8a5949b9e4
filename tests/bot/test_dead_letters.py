"""What did not reach its end is told, and put back to work at most once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, at, open_always, said

from bot import conversation, dead_letters, handoff, intake, outbox
from bot.models import AT_ONCE, Delivery, Status, User
from bot.storage import accounts, conversations, inbox, messages
from bot.storage.db import Database
from bot.storage.dead_letters import Span
from bot.storage.outbox import HIDDEN
from connectors.base import (
    Event,
    Notice,
    PermanentError,
    Recall,
    RetryableError,
    UnknownOutcomeError,
    Unread,
    UnreadableError,
    WebhookRequest,
)

ALL = Span(NOON - timedelta(days=1), NOON + timedelta(days=1))


async def deliver_all(db: Database, channel: RecordingChannel, seconds: float = 0) -> None:
    while parcels := await outbox.claim(db, channel.name, at(seconds), 10):
        for parcel in parcels:
            await outbox.deliver(db, channel, parcel, at(seconds))


async def failed(db: Database, refusal: Exception, text: str = "alo") -> RecordingChannel:
    """An answer that its platform did not take; its id is 2."""
    channel = RecordingChannel()
    channel.refuse = lambda message: refusal
    await conversation.receive(db, said(text, channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())
    await deliver_all(db, channel)
    channel.refuse = lambda message: None
    return channel


async def set_aside(db: Database) -> None:
    """A message that killed its worker three times, its id is 1; then another of the customer's."""
    await open_always(db)
    await conversation.receive(db, said("độc"), NOON)
    for tried in range(3):
        async with db.begin() as tx:
            await inbox.claim(tx, at(20 * tried), 1)
    await answer_all(db, ScriptedDialogue(), at(60))
    await conversation.receive(db, said("còn đó không"), at(70))


class Learner(RecordingChannel):
    """A platform whose webhooks are lists of texts, each with its id; some have to be learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown = {"mới"}

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        try:
            texts = json.loads(request.body)
        except ValueError as error:
            raise UnreadableError("not JSON") from error
        return [
            Unread(self.name, "unknown", [text])
            if text in self.unknown
            else said(text, channel=self.name, external_id=text)
            for text in texts
        ]

    async def hear(self, db: Database, body: object) -> None:
        events = self.parse(WebhookRequest("POST", json.dumps(body).encode(), {}, {}))
        await intake.take(db, self, events, lambda: NOON, AT_ONCE)


async def found(db: Database, span: Span = ALL) -> list[tuple[str, dead_letters.Id]]:
    async with db.read() as tx:
        return [(each.kind, each.id) for each in await dead_letters.found(tx, span, "vi")]


async def test_a_failed_message_is_told_in_words_with_what_to_do(db: Database) -> None:
    channel = RecordingChannel("zalo")
    channel.refuse = lambda message: PermanentError("no", "-201")
    await conversation.receive(db, said("alo", channel="zalo"), NOON)
    await answer_all(db, ScriptedDialogue())
    await deliver_all(db, channel)

    async with db.read() as tx:
        (letter,) = await dead_letters.found(tx, ALL, "vi")

    assert (letter.kind, letter.channel, letter.code) == ("failed", "zalo", "-201")
    assert letter.said[0].startswith("Zalo không nhận nội dung")


async def test_a_refused_message_is_sent_when_it_is_put_back(db: Database) -> None:
    channel = await failed(db, PermanentError("no"))

    assert await dead_letters.put_back(db, [2], at(5), {}) == {2: ""}
    await deliver_all(db, channel, 5)

    assert [each.text for each in channel.sent] == ["echo: alo"]
    assert await found(db) == []


async def test_what_its_platform_may_have_taken_is_put_back_only_on_purpose(db: Database) -> None:
    channel = await failed(db, UnknownOutcomeError("silence"))

    assert await dead_letters.replay(db, ALL, at(5), {}) == {2: "unknown"}
    await deliver_all(db, channel, 5)
    assert channel.sent == []

    assert await dead_letters.replay(db, ALL, at(6), {}, unknown=True) == {2: ""}
    await deliver_all(db, channel, 6)
    assert len(channel.sent) == 1


async def test_a_second_replay_does_nothing_more(db: Database) -> None:
    channel = await failed(db, PermanentError("no"))
    await dead_letters.replay(db, ALL, at(5), {})

    again = await dead_letters.replay(db, ALL, at(6), {})
    await deliver_all(db, channel, 6)
    after = await dead_letters.replay(db, ALL, at(7), {})
    await deliver_all(db, channel, 7)

    assert again == after == {} and len(channel.sent) == 1


async def test_two_replays_at_once_send_once(db: Database) -> None:
    channel = await failed(db, PermanentError("no"))

    done = await asyncio.gather(*(dead_letters.put_back(db, [2], at(5), {}) for _ in range(5)))
    await deliver_all(db, channel, 5)

    assert sorted(each[2] for each in done) == ["", *["settled"] * 4]
    assert len(channel.sent) == 1


async def test_of_a_message_of_several_calls_only_those_not_taken_are_made(db: Database) -> None:
    channel = RecordingChannel()
    channel.refuse = lambda message: PermanentError("no") if message.text == "hai" else None
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue({"alo": "một\nhai"}))
    await deliver_all(db, channel)
    channel.refuse = lambda message: None

    await dead_letters.put_back(db, [2], at(5), {})
    await deliver_all(db, channel, 5)

    assert [each.text for each in channel.sent] == ["một", "hai"]


async def test_a_code_that_has_ended_is_not_sent_as_dots(db: Database) -> None:
    await failed(db, PermanentError("no"), text=f"mã {HIDDEN}")

    assert await dead_letters.put_back(db, [2], at(5), {}) == {2: "secret"}


async def test_only_what_lies_within_the_times_and_channel_is_put_back(db: Database) -> None:
    channel = await failed(db, RetryableError("busy", retry_after=0.0))
    for n in range(1, outbox.TRIES + 1):
        await deliver_all(db, channel, 400 * n)
    await failed(db, PermanentError("no"), text="hai")
    later = Span(NOON + timedelta(seconds=1), NOON + timedelta(days=1))
    elsewhere = Span(*ALL[:2], "zalo")

    assert await dead_letters.replay(db, later, at(9), {}) == {}
    assert await dead_letters.replay(db, elsewhere, at(9), {}) == {}
    assert len(await dead_letters.replay(db, Span(*ALL[:2], channel.name), at(9), {})) == 1


async def test_what_was_set_aside_is_answered_when_it_is_put_back(db: Database) -> None:
    await set_aside(db)
    assert await found(db) == [("set_aside", 1)]

    assert await dead_letters.replay(db, ALL, at(80), {}) == {1: ""}
    dialogue = ScriptedDialogue()
    await answer_all(db, dialogue, at(81))

    assert dialogue.asked == ["độc", "còn đó không"]
    assert await found(db) == []
    assert await dead_letters.replay(db, ALL, at(82), {}) == {}
    assert await dead_letters.put_back(db, [1], at(82), {}) == {1: "settled"}
    async with db.read() as tx:
        talk = await conversations.by_id(tx, 1)
    assert talk is not None and talk.status is Status.BOT


async def test_what_a_person_has_taken_stays_with_them(db: Database, lan: User) -> None:
    await set_aside(db)
    await handoff.accept(db, 1, lan, at(75))

    assert await found(db) == []
    assert await dead_letters.put_back(db, [1], at(80), {}) == {1: "settled"}


async def test_two_replays_at_once_ask_the_assistant_once(db: Database) -> None:
    await set_aside(db)

    done = await asyncio.gather(*(dead_letters.put_back(db, [1], at(80), {}) for _ in range(4)))

    assert sorted(each[1] for each in done) == ["", *["settled"] * 3]


async def test_an_event_that_could_not_be_read_is_told(db: Database) -> None:
    async with db.begin() as tx:
        await accounts.keep_unread(tx, "zalo", "new kind", "{}", NOON)

    assert await found(db) == [("unread", "u1")]
    assert await dead_letters.replay(db, ALL, at(5), {}) == {"u1": "no_channel"}
    assert await found(db) == [("unread", "u1")]


async def test_an_event_is_taken_once_when_its_parser_has_learnt_it(db: Database) -> None:
    channel, dialogue = Learner(), ScriptedDialogue()
    channels = {channel.name: channel}
    await channel.hear(db, ["cũ", "mới"])
    assert await dead_letters.replay(db, ALL, at(5), channels) == {"u1": "unread"}

    channel.unknown.clear()
    done = await asyncio.gather(
        *(dead_letters.replay(db, ALL, at(6), channels) for _ in range(5)),
    )
    after = await dead_letters.replay(db, ALL, at(7), channels)
    await answer_all(db, dialogue, at(8))

    assert [each for each in done if each == {"u1": ""}] == [{"u1": ""}] and after == {}
    assert dialogue.asked == ["cũ", "mới"] and await found(db) == []
    assert await dead_letters.put_back(db, ["u1"], at(9), channels) == {"u1": "settled"}


async def test_of_an_event_that_is_read_in_part_the_rest_stays(db: Database) -> None:
    channel, dialogue = Learner(), ScriptedDialogue()
    body = json.dumps(["một", "mới", "hai"])
    async with db.begin() as tx:  # as it came, when the parser fell over it
        await accounts.keep_unread(tx, channel.name, "KeyError", body, NOON)

    for second in (5, 6):
        done = await dead_letters.replay(db, ALL, at(second), {channel.name: channel})
        assert done == {"u1": "unread"}
    await answer_all(db, dialogue, at(7))

    assert dialogue.asked == ["một", "hai"] and await found(db) == [("unread", "u1")]


async def test_an_event_that_we_failed_to_take_is_taken_when_it_is_put_back(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, dialogue = Learner(), ScriptedDialogue()

    async def broken(*given: object, **more: object) -> None:
        raise KeyError("bug")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "receive", broken)
        await channel.hear(db, ["alo"])
        again = await dead_letters.replay(db, ALL, at(5), {channel.name: channel})
    mended = await dead_letters.replay(db, ALL, at(6), {channel.name: channel})
    await answer_all(db, dialogue, at(7))

    assert (again, mended) == ({"u1": "unread"}, {"u1": ""})
    assert dialogue.asked == ["alo"] and await found(db) == []


async def test_a_block_of_another_day_does_not_stop_the_account_again(db: Database) -> None:
    channel = Learner()
    block = Notice(channel.name, NOON, "Facebook chặn Trang", stops=True)
    await intake.take(db, channel, [Unread(channel.name, "bug", block)], lambda: NOON, AT_ONCE)

    assert await dead_letters.replay(db, ALL, at(5), {channel.name: channel}) == {"u1": ""}

    async with db.read() as tx:
        (account,) = await accounts.all_of(tx)
    assert account.notice is not None and account.paused_at is None


async def test_a_recall_of_what_we_said_stays_unread(db: Database) -> None:
    channel = await failed(db, UnknownOutcomeError("silence"))
    channel.refuse = lambda message: None
    await dead_letters.put_back(db, [2], at(5), {}, unknown=True)
    await deliver_all(db, channel, 5)
    recall = Recall(channel.name, f"{channel.name}-1", "nga", at(6))
    await intake.take(db, channel, [recall], lambda: at(6), AT_ONCE)

    assert await dead_letters.replay(db, ALL, at(7), {channel.name: channel}) == {"u1": "unread"}
    assert await found(db) == [("unread", "u1")]


async def test_what_an_agent_did_in_slack_is_left_to_the_agent(db: Database) -> None:
    async with db.begin() as tx:
        await accounts.keep_unread(tx, "slack", "odd", "{}", NOON)

    assert await dead_letters.replay(db, ALL, at(5), {}) == {"u1": "slack"}


async def test_what_is_not_dead_is_left(db: Database) -> None:
    channel = RecordingChannel()
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())
    await deliver_all(db, channel)

    left = await dead_letters.put_back(db, [1, 2, 999], at(5), {}, unknown=True)

    assert left == {1: "settled", 2: "settled", 999: "settled"}
    async with db.read() as tx:
        message = await messages.by_id(tx, 2)
    assert message is not None and message.delivery is Delivery.SENT
