"""Customers who send one thought in several messages are answered once (U10)."""

from __future__ import annotations

import itertools
from datetime import timedelta

from doubles import ScriptedDialogue, answer_all, at, said
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import conversation
from bot.models import Author, Button, Content, Debounce, Say, Turn
from bot.storage import inbox, messages
from bot.storage.db import Database

DEBOUNCE = Debounce(timedelta(seconds=2.5), timedelta(seconds=8))


async def hear(db: Database, text: str, second: float, **more: object) -> None:
    await conversation.receive(db, said(text, **more), at(second), debounce=DEBOUNCE)  # type: ignore[arg-type]


async def ready(db: Database, second: float) -> bool:
    async with db.read() as tx:
        return await inbox.any_free(tx, at(second))


async def test_what_comes_within_the_window_is_one_question(db: Database) -> None:
    await hear(db, "…shop ơi", 0)
    await hear(db, "…cho mình hỏi", 2)
    await hear(db, "máy lọc nước bao nhiêu", 4)
    dialogue = ScriptedDialogue()

    assert not await ready(db, 6.4)
    assert await answer_all(db, dialogue, at(6.5)) == 1

    assert dialogue.asked == ["…shop ơi\n…cho mình hỏi\nmáy lọc nước bao nhiêu"]
    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1, limit=10)
    assert [m.meta["answers"] for m in found if m.author is Author.BOT] == [[1, 2, 3]]


async def test_two_matters_are_answered_both_in_one_turn(db: Database) -> None:
    for second, text in enumerate(("…shop ơi", "phí ship", "…về Huế", "mấy giờ mở cửa")):
        await hear(db, text, second)
    dialogue = ScriptedDialogue()

    assert await answer_all(db, dialogue, at(20)) == 1

    assert dialogue.asked == ["…shop ơi\nphí ship\n…về Huế", "mấy giờ mở cửa"]
    # The second question is asked with the first in memory.
    assert [event["text"] for event in dialogue.questions[1].memory.events] == dialogue.asked[:1]


async def test_in_an_open_form_all_are_parts_of_the_answer(db: Database) -> None:
    form = Turn(
        says=(Say(Content("Cho em xin tên và số điện thoại ạ.")),),
        introduced=True,
        events=({"event": "active_loop", "name": "callback_form"},),
    )
    dialogue = ScriptedDialogue({"gọi lại cho mình": form})
    await hear(db, "gọi lại cho mình", 0)
    await answer_all(db, dialogue, at(5))

    await hear(db, "Lan", 10)
    await hear(db, "0900000001", 11)
    await answer_all(db, dialogue, at(20))

    assert dialogue.asked[1:] == ["Lan\n0900000001"]


async def test_who_goes_on_writing_is_answered_after_eight_seconds(db: Database) -> None:
    for second in range(0, 8, 2):
        await hear(db, f"…{second}", second)

    assert not await ready(db, 7.9)
    assert await ready(db, 8)


async def test_who_is_still_writing_is_waited_for(db: Database) -> None:
    await hear(db, "…cho hỏi", 0)
    await conversation.writes_on(db, 1, at(2), DEBOUNCE)
    assert not await ready(db, 5.4)
    assert await ready(db, 5.5)

    await conversation.writes_on(db, 1, at(5), DEBOUNCE)
    assert not await ready(db, 7.9)
    assert await ready(db, 8)


async def test_what_may_be_answered_is_not_held_by_writing_on(db: Database) -> None:
    await hear(db, "cho gặp nhân viên", 0)
    await conversation.writes_on(db, 1, at(1), DEBOUNCE)

    assert await ready(db, 1)


async def test_a_wish_for_a_person_does_not_wait(db: Database) -> None:
    await hear(db, "…shop ơi", 0)
    await hear(db, "cho gặp nhân viên", 1)

    assert await ready(db, 1)


async def test_danger_told_in_two_messages_is_heard(db: Database) -> None:
    await hear(db, "…mình bị điện", 0)
    await hear(db, "…giật", 1)
    dialogue = ScriptedDialogue()

    await answer_all(db, dialogue, at(10))

    assert dialogue.asked == []
    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1, limit=10)
    assert any(m.meta.get("action") == "gate" for m in found)


async def test_a_button_does_not_wait(db: Database) -> None:
    menu = Turn(says=(Say(Content("menu", buttons=(Button("Giờ", key="/ask_hours"),))),))
    await hear(db, "menu", 0)
    await answer_all(db, ScriptedDialogue({"menu": menu}), at(5))
    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1, limit=10)
    (key,) = [button.key for m in found for button in m.content.buttons]
    await hear(db, "…khoan", 9.5)
    await hear(db, "Giờ", 10, button=key)
    dialogue = ScriptedDialogue()

    assert await answer_all(db, dialogue, at(10)) == 1
    assert dialogue.asked == ["…khoan", "/ask_hours"]


async def test_after_a_person_was_called_the_rest_is_for_them(db: Database) -> None:
    for second, text in enumerate(("hỏi", "gặp người", "còn nữa")):
        await hear(db, text, second)
    dialogue = ScriptedDialogue({"gặp người": Turn(handoff_reason="customer_request")})

    assert await answer_all(db, dialogue, at(20)) == 1

    assert dialogue.asked == ["hỏi", "gặp người"]
    assert not await ready(db, 100)


async def test_a_worker_that_was_late_answers_only_once(db: Database) -> None:
    """Its lease has ended and more has come: the other's turn holds all, its own nothing."""
    await hear(db, "một", 0)
    async with db.begin() as tx:
        (late,) = await inbox.claim(tx, at(5), 1)
    await hear(db, "hai", 6)
    async with db.begin() as tx:
        (other,) = await inbox.claim(tx, at(100), 1)
    assert (late.message_ids, other.message_ids) == ((1,), (1, 2))

    taken = [
        await conversation.take_turn(db, ScriptedDialogue(), entry, lambda: at(100), business="B")
        for entry in (other, late)
    ]

    assert taken == [True, False]


_people = itertools.count()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pauses=st.lists(st.integers(0, 12), min_size=1, max_size=9))
async def test_whenever_they_arrive_each_is_answered_once_and_in_order(
    db: Database, pauses: list[int]
) -> None:
    """A worker looks every half second."""
    person, arrivals = f"p{next(_people)}", list(itertools.accumulate(pauses))
    turns: list[tuple[int, list[int]]] = []  # when, and which messages
    for tick in range(arrivals[-1] + 20):
        for n, arrival in enumerate(arrivals):
            if arrival == tick:
                await hear(db, f"…{n}", tick / 2, by=person)
        async with db.begin() as tx:
            entries = await inbox.claim(tx, at(tick / 2), 1)
        for entry in entries:
            dialogue = ScriptedDialogue()
            await conversation.take_turn(db, dialogue, entry, lambda: at(0), business="B")
            (asked,) = dialogue.asked
            turns.append((tick, [int(line[1:]) for line in asked.split("\n")]))

    assert [n for _, together in turns for n in together] == list(range(len(arrivals)))
    for tick, together in turns:
        first, last = arrivals[together[0]], arrivals[together[-1]]
        assert tick == max(min(last + 5, first + 16), last)
    for (tick, _), (_, after) in itertools.pairwise(turns):
        assert arrivals[after[0]] > tick
