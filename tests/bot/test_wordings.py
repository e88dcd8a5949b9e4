"""Two wordings of one answer: who is told which, what counts as help, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation, thumbs, wordings
from bot.figures.share import newcombe
from bot.models import Content, Say, Turn
from bot.storage import audit, customers, messages
from bot.storage import experiments as rows
from bot.storage.db import Database
from bot.storage.experiments import Told
from bot.wordings import Compared

DAY = timedelta(days=1)
WHY = {"intent": "faq_gui_xe", "action": "utter_faq_gui_xe", "response": "utter_faq_gui_xe"}
FIRST, SECOND = "Dạ gửi xe miễn phí ạ.", "Dạ anh/chị cứ để xe trước cửa, bên em trông giúp ạ."
PARKING = Turn(says=(Say(Content(FIRST), WHY),), introduced=True)
LOST = Turn(says=(Say(Content("Dạ?"), {"response": "utter_fallback"}),), introduced=True)
PERSON = Turn(handoff_reason="customer_request")
HELLO = Turn(says=(Say(Content("Dạ"), {"intent": "greet"}),), introduced=True)


async def begun(db: Database, most: int = 100, days: int = 14) -> int:
    async with db.begin() as tx:
        one = await rows.start(tx, "faq_gui_xe", FIRST, SECOND, most, NOON + days * DAY, NOON)
    assert one
    return one.id


async def asks(
    db: Database,
    by: str,
    turn: Turn = PARKING,
    now: datetime = NOON,
    text: str = "gửi xe ở đâu",
) -> str:
    """What the customer is told."""
    await conversation.receive(db, said(text, by=by, sent_at=now), now)
    await answer_all(db, ScriptedDialogue({text: turn}), now)
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "web", by, now)
        return (await messages.seen_by_customer(tx, customer.id))[-1].content.text


async def told(db: Database, experiment: int, now: datetime) -> Compared:
    async with db.read() as tx:
        found = await rows.told(tx, experiment, now)
    return Compared(found["first"], found["second"])


async def test_customers_are_told_one_of_two_and_always_the_same(db: Database) -> None:
    await begun(db)

    once = [await asks(db, f"k{n}") for n in range(12)]
    again = [await asks(db, f"k{n}", now=NOON + 2 * DAY) for n in range(12)]

    assert {*once} == {FIRST, SECOND}
    assert once == again


def test_the_halves_are_halves_and_differ_from_one_experiment_to_the_next() -> None:
    one, other = ([wordings.wording(experiment, n) for n in range(10_000)] for experiment in (1, 2))

    assert 0.48 < one.count("second") / 10_000 < 0.52
    assert 0.45 < sum(a == b for a, b in zip(one, other, strict=True)) / 10_000 < 0.55


async def test_without_an_experiment_the_answer_is_as_it_was(db: Database) -> None:
    assert await asks(db, "nga") == FIRST


async def test_an_answer_that_was_changed_elsewhere_is_neither_replaced_nor_counted(
    db: Database,
) -> None:
    experiment = await begun(db)
    newer = Turn(says=(Say(Content("Dạ gửi xe 5 nghìn ạ."), WHY),), introduced=True)

    answers = {await asks(db, f"k{n}", newer) for n in range(6)}

    assert answers == {"Dạ gửi xe 5 nghìn ạ."}
    found = await told(db, experiment, NOON + 2 * DAY)
    assert (found.first.shown, found.second.shown) == (0, 0)


async def test_the_second_wording_is_said_as_the_customer_is_called(db: Database) -> None:
    await begun(db)
    async with db.begin() as tx:
        for n in range(8):
            customer = await customers.lock_or_create(tx, "web", f"k{n}", NOON)
            await customers.merge_profile(tx, customer, {"address": "cô"})

    answers = {await asks(db, f"k{n}") for n in range(8)}

    assert "Dạ cô cứ để xe trước cửa, bên cháu trông giúp ạ." in answers


@pytest.mark.parametrize(
    ("turn", "helped"), [(PARKING, 0), (LOST, 0), (PERSON, 0), (HELLO, 1)], ids=str
)
async def test_who_comes_back_within_a_day_was_not_helped(
    db: Database, turn: Turn, helped: int
) -> None:
    experiment = await begun(db)
    await asks(db, "nga")

    await asks(db, "nga", turn, NOON + timedelta(hours=23), text="thế gửi xe máy thì sao")

    found = await told(db, experiment, NOON + 2 * DAY)
    assert found.first.known + found.second.known == 1
    assert found.first.helped + found.second.helped == helped


async def test_who_comes_back_a_day_later_was_helped_then(db: Database) -> None:
    experiment = await begun(db)
    await asks(db, "nga")

    await asks(db, "nga", now=NOON + timedelta(hours=25))

    found = await told(db, experiment, NOON + timedelta(hours=26))
    assert found.first.helped + found.second.helped == 1


async def test_before_a_day_has_passed_nothing_is_known(db: Database) -> None:
    experiment = await begun(db)
    await asks(db, "nga")

    found = await told(db, experiment, NOON + timedelta(hours=23))

    assert (found.first.shown + found.second.shown, found.first.known + found.second.known) == (
        1,
        0,
    )


async def test_a_thumb_down_is_no_help(db: Database) -> None:
    experiment = await begun(db)
    await asks(db, "nga")
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "web", "nga", NOON)
        (question, _) = await messages.seen_by_customer(tx, customer.id)
        await thumbs.note(tx, customer, [f"/thumb {question.id} no"], NOON)

    found = await told(db, experiment, NOON + 2 * DAY)
    assert found.first.helped + found.second.helped == 0


@pytest.mark.parametrize(("most", "days", "outcome"), [(3, 14, "enough"), (100, 1, "date")])
async def test_it_stops_by_itself_and_all_are_told_the_first(
    db: Database, most: int, days: int, outcome: str
) -> None:
    experiment = await begun(db, most, days)
    for n in range(3):
        await asks(db, f"k{n}")

    after = {await asks(db, f"m{n}", now=NOON + DAY) for n in range(8)}

    assert after == {FIRST}
    async with db.read() as tx:
        assert await rows.running(tx, "faq_gui_xe") is None
        (entry,) = await audit.of(tx, wordings.KIND, experiment)
    assert (entry.what, entry.by) == (outcome, "")


async def test_one_experiment_at_a_time(db: Database) -> None:
    await begun(db)

    async with db.begin() as tx:
        another = await rows.start(tx, "faq_gui_xe", FIRST, "x", 100, NOON + DAY, NOON)

    assert another is None


@pytest.mark.parametrize(
    ("first", "second", "better"),
    [
        (Told(300, 300, 200), Told(300, 300, 250), "second"),
        (Told(300, 300, 250), Told(300, 300, 200), "first"),
        (Told(30, 30, 20), Told(30, 30, 22), ""),
        (Told(30, 0, 0), Told(30, 30, 30), ""),
    ],
)
def test_one_is_better_when_the_interval_says_so(first: Told, second: Told, better: str) -> None:
    assert Compared(first, second).better == better


def test_the_interval_is_newcombes() -> None:
    """His own examples: 56/70 and 48/80, 9/10 and 3/10; method 10 in the paper's table II."""
    assert [round(each, 4) for each in newcombe(56, 70, 48, 80)] == [0.0524, 0.3339]
    assert [round(each, 4) for each in newcombe(9, 10, 3, 10)] == [0.1705, 0.8090]
