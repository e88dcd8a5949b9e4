"""What the figures are reckoned from is read from what really happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, at, said

from bot import conversation, dead_letters, desk_rules, handoff
from bot.facts import HERE
from bot.figures import assistant, complaints, csat, nps
from bot.figures.facts import Facts, Records
from bot.figures.figure import Figure, Window, days
from bot.figures.sheet import Sheet, View
from bot.models import Content, Promised, Say, Turn, User
from bot.storage import board, customers, figures, promises, records, tables
from bot.storage.db import Database, insert
from bot.storage.dead_letters import SET_ASIDE, Span
from bot.storage.promises import Promise

DAY = days(date(2026, 11, 23), date(2026, 11, 24))
LATER = NOON + timedelta(hours=3)
PERSON = Turn(handoff_reason="customer_request", introduced=True)
LOST = Turn(says=(Say(Content("Dạ?"), {"response": "utter_fallback", "intent": "ask_price"}),))
KNOWN = Turn(
    says=(
        Say(Content("5 triệu ạ"), {"intent": "ask_price"}),
        Say(Content("Còn hàng ạ"), {"intent": "ask_price"}),
    )
)


async def talk(db: Database, by: str, *turns: Turn, channel: str = "web", start: float = 0) -> int:
    for place, turn in enumerate(turns):
        now = at(start + 10 * place)
        got = await conversation.receive(db, said(f"câu {place}", by=by, channel=channel), now)
        await answer_all(db, ScriptedDialogue({f"câu {place}": turn}), now)
    return got.conversation_id


async def facts_of(db: Database, window: Window = DAY) -> Facts:
    async with db.read() as tx:
        return await figures.read(tx, window, LATER)


async def records_of(db: Database) -> Records:
    async with db.read() as tx:
        return await records.read(tx, NOON - timedelta(days=30))


async def figure(db: Database, name: str, view: View = View()) -> Figure:  # noqa: B008
    sheet = Sheet(
        await facts_of(db),
        await records_of(db),
        DAY,
        desk_rules.default().hours_of,
        timedelta(minutes=15),
        view,
    )
    return next(each for all in sheet.sections().values() for each in all if each.name == name)


async def add(db: Database, table: Any, **values: Any) -> int:
    async with db.begin() as tx:
        return await insert(tx, table, values)


async def person(db: Database, name: str, **values: Any) -> int:
    return await add(db, tables.people, name=name, fields={}, created_at=NOON, **values)


async def order(db: Database, person_id: int, code: str, **values: Any) -> int:
    usual = {"state": "delivered", "items": [], "total": 500_000, "paid_at": NOON}
    return await add(
        db,
        tables.orders,
        person_id=person_id,
        code=code,
        ordered_at=NOON,
        **{**usual, **values},
    )


async def test_a_persons_reply_in_time_is_the_service_level(db: Database, lan: User) -> None:
    quick = await talk(db, "nga", PERSON)
    slow = await talk(db, "tú", PERSON)
    for id, seconds in ((quick, 60), (slow, 400)):
        await handoff.accept(db, id, lan, at(30))
        await handoff.note(db, id, lan, "để em xem", at(40), f"note{id}")
        await handoff.reply(db, id, lan, Content("Dạ em nghe"), at(seconds), f"reply{id}")

    level, asa = await figure(db, "service_level"), await figure(db, "asa")

    assert (level.value, level.n) == (Decimal("50.0"), 2)
    assert asa.value == Decimal("230.0")


async def replay(db: Database, seconds: float) -> None:
    span = Span(NOON - timedelta(days=1), at(seconds))
    done = await dead_letters.replay(db, span, at(seconds), {})
    assert list(done.values()) == [""]


ASIDE = Turn(handoff_reason=SET_ASIDE, introduced=True)


async def test_a_handoff_that_is_replayed_in_vain_counts_once_from_its_beginning(
    db: Database, lan: User
) -> None:
    id = await talk(db, "nga", ASIDE)
    await replay(db, 100)
    await answer_all(db, ScriptedDialogue({"câu 0": ASIDE}), at(110))
    await handoff.accept(db, id, lan, at(120))
    await handoff.reply(db, id, lan, Content("Dạ em nghe"), at(400), "reply")

    level, asa = await figure(db, "service_level"), await figure(db, "asa")

    assert (level.value, level.n) == (Decimal("0.0"), 1)  # not within five minutes of the first
    assert (asa.value, asa.n) == (Decimal("400.0"), 1)


async def test_who_asks_for_a_person_after_a_replay_was_answered_has_asked_anew(
    db: Database, lan: User
) -> None:
    id = await talk(db, "nga", ASIDE)
    await replay(db, 100)
    await answer_all(db, ScriptedDialogue({"câu 0": KNOWN}), at(110))
    await talk(db, "nga", PERSON, start=4000)
    await handoff.accept(db, id, lan, at(4010))
    await handoff.reply(db, id, lan, Content("Dạ em nghe"), at(4060), "reply")

    level = await figure(db, "service_level")

    assert level.n == 2 and (await figure(db, "wait_median")).value == Decimal("10.0")


async def test_a_replay_is_no_second_contact(db: Database) -> None:
    id = await talk(db, "nga", ASIDE)
    await replay(db, 100)
    await answer_all(db, ScriptedDialogue({"câu 0": ASIDE}), at(110))

    async with db.read() as tx:
        day = await board.of_day(tx, NOON)

    assert [(each.conversation_id, each.repeats) for each in day] == [(id, 1), (id, 1)]


async def test_a_turn_of_two_bubbles_is_one_turn(db: Database) -> None:
    await talk(db, "nga", KNOWN, LOST)

    fallback = await figure(db, "fallback")

    assert (fallback.value, fallback.n) == (Decimal("50.0"), 2)


async def test_who_was_helped_by_the_assistant_alone_is_contained(db: Database) -> None:
    helped = await talk(db, "nga", KNOWN)
    gave_up = await talk(db, "tú", LOST)
    handed = await talk(db, "bình", PERSON)

    contained = await figure(db, "containment")

    assert contained.hits == (helped,)
    assert contained.rows == (helped, gave_up, handed)


async def test_who_comes_back_days_later_was_helped(db: Database) -> None:
    helped = await talk(db, "nga", KNOWN)
    await talk(db, "nga", KNOWN, start=timedelta(hours=25).total_seconds())

    async with db.read() as tx:
        facts = await figures.read(tx, DAY, NOON + timedelta(days=2))

    assert assistant.containment(facts.bot_talks, DAY).hits == (helped,)


async def test_a_talk_that_goes_on_is_not_yet_contained(db: Database) -> None:
    await talk(db, "nga", KNOWN, start=(LATER - NOON).total_seconds() - 60)

    assert (await figure(db, "containment")).n == 0


@pytest.mark.parametrize("tag", ["Thử nghiệm", "Nội bộ", "Spam"])
async def test_what_is_flagged_is_in_no_figure(db: Database, lan: User, tag: str) -> None:
    flagged = await talk(db, "nga", KNOWN)
    await add(
        db,
        tables.conversation_tags,
        conversation_id=flagged,
        tag=tag,
        user_id=lan.id,
        created_at=NOON,
    )

    facts = await facts_of(db)

    assert (facts.talks, facts.turns, facts.inbound) == ((), (), ())


async def leave_out(db: Database, why: str, customer_id: int = 1) -> None:
    async with db.begin() as tx:
        await customers.change(tx, customer_id, left_out=why)


@pytest.mark.parametrize("why", ["test", "spam"])
async def test_a_customer_who_is_left_out_is_in_no_figure(
    db: Database, lan: User, why: str
) -> None:
    await talk(db, "nga", KNOWN, PERSON)
    other = await talk(db, "tú", KNOWN)
    for customer in (1, 2):
        about = {"kind": "csat", "customer_id": customer, "asked_at": NOON}
        await add(db, tables.surveys, **about)
        case = {"code": f"KN{customer}", "customer_id": customer, "opened_at": NOON}
        await add(db, tables.complaints, **case)

    await leave_out(db, why)
    facts, books = await facts_of(db), await records_of(db)

    assert [each.id for each in facts.talks] == [other]
    assert facts.handed == ()
    assert len(facts.inbound) == len(facts.turns) == 1
    assert len(books.csat) == len(books.complaints) == 1
    await leave_out(db, "")
    assert len((await facts_of(db)).talks) == 2


@pytest.mark.parametrize(("why", "counted"), [("test", 1), ("spam", 2), ("", 2)])
async def test_the_orders_of_trials_do_not_count(db: Database, why: str, counted: int) -> None:
    await talk(db, "nga", KNOWN)
    known, other = await person(db, "Nga"), await person(db, "Tú")
    await add(db, tables.identities, customer_id=1, person_id=known, proof="x", created_at=NOON)
    await order(db, known, "BT1")
    await order(db, other, "BT2")

    await leave_out(db, why)

    assert len((await records_of(db)).orders) == counted
    async with db.read() as tx:
        assert len(await records.placed(tx, DAY)) == counted


async def test_what_was_closed_as_spam_is_in_no_figure(db: Database, lan: User) -> None:
    spam = await talk(db, "nga", PERSON)
    await handoff.accept(db, spam, lan, at(5))
    await handoff.resolve(db, spam, lan, "spam", at(10))

    facts = await facts_of(db)

    assert (facts.talks, facts.handed) == ((), ())


async def test_a_solved_talk_counts_as_first_contact_unless_they_come_back(
    db: Database, lan: User
) -> None:
    for by in ("nga", "tú"):
        id = await talk(db, by, KNOWN, PERSON)
        await handoff.accept(db, id, lan, at(30))
        await handoff.resolve(db, id, lan, "answered", at(60))
    await talk(db, "nga", KNOWN, start=600)

    solved, first_time = await figure(db, "resolution"), await figure(db, "fcr")

    assert (solved.value, solved.n) == (Decimal("100.0"), 2)
    assert (first_time.value, len(first_time.hits)) == (Decimal("50.0"), 1)


async def test_talks_are_looked_at_by_channel_agent_topic_and_whether_they_are_new(
    db: Database, lan: User
) -> None:
    first = await talk(db, "nga", KNOWN, PERSON)
    await handoff.accept(db, first, lan, at(30))
    await handoff.resolve(db, first, lan, "answered", at(60))
    again = await talk(db, "nga", LOST, start=600)
    other = await talk(
        db, "tú", Turn(says=(Say(Content("8h"), {"intent": "greet"}),)), channel="zalo"
    )

    facts = await facts_of(db)

    def shown(**wanted: Any) -> list[int]:
        return [each.id for each in View(**wanted).talks(facts)]

    assert shown() == [first, again, other]
    assert shown(channel="zalo") == [other]
    assert shown(agent_id=lan.id) == [first]
    assert shown(topic="buying") == [first, again]
    assert shown(is_first=False) == [again]


async def test_sales_talks_convert_when_their_person_pays_within_the_week(db: Database) -> None:
    sold = await talk(db, "nga", KNOWN)
    await talk(db, "tú", KNOWN)
    nga = await person(db, "Nga")
    await add(db, tables.identities, customer_id=1, person_id=nga, proof="order", created_at=NOON)
    await order(db, nga, "BT1", paid_at=at(3600))

    conversion = await figure(db, "conversion_last")

    assert (conversion.hits, conversion.n) == ((sold,), 2)


async def test_of_a_merged_person_the_one_that_is_left_has_the_orders(db: Database) -> None:
    kept = await person(db, "Nga")
    middle = await person(db, "Ng", merged_into=kept)
    gone = await person(db, "N", merged_into=middle)
    await order(db, gone, "BT1")
    await order(db, kept, "BT2")

    found = await records_of(db)

    assert {each.person_id for each in found.orders} == {kept}


async def test_only_paid_orders_are_read_and_a_return_without_a_sum_is_whole(db: Database) -> None:
    nga = await person(db, "Nga")
    await order(db, nga, "BT1", paid_at=None)
    await order(db, nga, "BT2", state="cancelled")
    await order(db, nga, "BT3", returned_at=LATER)
    await order(db, nga, "BT4", returned_at=LATER, refunded=100_000)

    found = (await records_of(db)).orders

    assert [(each.value, each.returned) for each in found] == [
        (500_000, 500_000),
        (500_000, 100_000),
    ]


async def survey(db: Database, kind: str, marks: dict[str, Any], **values: Any) -> int:
    id = await add(
        db,
        tables.surveys,
        kind=kind,
        asked_at=NOON,
        ended_at=LATER,
        **{"customer_id": 1, **values},
    )
    for question, given in marks.items():
        choice = {"choice": given} if isinstance(given, str) else {"mark": given}
        await add(
            db, tables.survey_answers, survey_id=id, question=question, answered_at=NOON, **choice
        )
    return id


async def test_surveys_are_read_by_their_kind(db: Database) -> None:
    talked = await talk(db, "nga", KNOWN)
    await survey(db, "csat", {"mark": 4}, conversation_id=talked)
    await survey(db, "csat", {}, conversation_id=None)
    await survey(db, "nps", {"mark": 9, "why": "nhanh"}, about="2026-11")
    await survey(db, "csi", {"speed": 5, "attitude": 4})
    await survey(db, "leaving", {"reason": "price"})

    found = await records_of(db)

    assert csat.csat(found.csat, DAY).value == Decimal("100.0")
    assert csat.response_rate(found.csat, DAY).value == Decimal("50.0")
    assert nps.nps(found.nps, DAY).value == Decimal("100.0")
    assert [dict(each.marks) for each in found.csi] == [{"speed": 5, "attitude": 4}]
    assert [each.choice for each in found.leaving] == ["price"]


async def test_complaints_of_flagged_talks_are_left_out(db: Database, lan: User) -> None:
    spam = await talk(db, "nga", PERSON)
    await handoff.accept(db, spam, lan, at(5))
    await handoff.resolve(db, spam, lan, "spam", at(10))
    for code, place in (("KN1", spam), ("KN2", None)):
        await add(
            db,
            tables.complaints,
            code=code,
            customer_id=1,
            conversation_id=place,
            cause="price",
            opened_at=NOON,
        )

    found = await records_of(db)

    assert [each.case for each in complaints.cases(found.complaints)] == ["KN2"]


@pytest.mark.parametrize(
    ("after", "answered"), [(timedelta(days=6), True), (timedelta(days=8), False)]
)
async def test_a_lost_customer_is_won_back_by_an_answer_within_a_week(
    db: Database, after: timedelta, answered: bool
) -> None:
    nga = await person(db, "Nga")
    await talk(db, "nga", KNOWN, start=after.total_seconds())
    await add(
        db,
        tables.outreach,
        kind="winback",
        key="winback:1",
        purpose="care",
        customer_id=1,
        person_id=nga,
        about={},
        state="sent",
        due_at=NOON,
        ended_at=NOON,
        created_at=NOON,
    )

    (attempt,) = (await records_of(db)).attempts

    assert (attempt.person_id, attempt.answered) == (nga, answered)


async def test_who_tells_why_they_stay_away_has_been_talked_with(db: Database) -> None:
    await talk(db, "nga", KNOWN)
    await survey(db, "leaving", {"reason": "price"})
    await survey(db, "leaving", {})

    attempts = (await records_of(db)).attempts

    assert [each.answered for each in attempts] == [True, False]


async def test_read_twice_the_figures_are_the_same_to_the_byte(db: Database, lan: User) -> None:
    id = await talk(db, "nga", KNOWN, LOST, PERSON)
    await handoff.accept(db, id, lan, at(60))
    await handoff.reply(db, id, lan, Content("Dạ"), at(90), "c1")

    first, again = await facts_of(db), await facts_of(db)

    assert first == again and first.handed


async def test_a_talk_before_the_window_is_not_read(db: Database) -> None:
    await talk(db, "nga", KNOWN)

    facts = await facts_of(db, days(date(2026, 11, 24), date(2026, 11, 25)))

    assert facts.talks == ()


async def open_promises(db: Database) -> list[Promise]:
    async with db.read() as tx:
        return await promises.open_of(tx, None)


async def test_a_wish_about_ones_data_is_to_be_done_in_fifteen_days(db: Database) -> None:
    await talk(db, "nga", Turn(handoff_reason="data_request", introduced=True))

    (task,) = await open_promises(db)

    assert (task.kind, task.team != "") == ("data_request", True)
    assert task.due_at.astimezone(HERE).isoformat() == "2026-12-09T00:00:00+07:00"


async def test_who_asks_after_it_does_not_ask_anew(db: Database, lan: User) -> None:
    asked = Turn(handoff_reason="data_request", introduced=True)
    first = await talk(db, "nga", asked)
    await handoff.accept(db, first, lan, at(5))
    await handoff.resolve(db, first, lan, "answered", at(10))

    await talk(db, "nga", asked, start=600)

    assert len(await open_promises(db)) == 1


async def test_a_person_answers_it_by_their_first_reply_and_ends_it_by_saying_so(
    db: Database, lan: User
) -> None:
    id = await talk(db, "nga", Turn(handoff_reason="data_request", introduced=True))
    await talk(db, "tú", Turn(handoff_reason="data_request", introduced=True))
    await handoff.accept(db, id, lan, at(30))
    await handoff.reply(db, id, lan, Content("Dạ em làm ngay"), at(60), "reply")
    await handoff.resolve(db, id, lan, "answered", at(90))
    assert [(await figure(db, name)).hits for name in ("data_answered", "data_finished")] == [
        (1,),
        (),
    ]

    async with db.begin() as tx:
        await promises.finish(tx, 1, "kept", NOON + timedelta(days=14))

    assert (await figure(db, "data_finished")).hits == (1,)
    assert (await figure(db, "data_finished")).n == 2


async def test_the_assistants_word_with_its_last_day_is_an_answer(db: Database) -> None:
    due = Promised("data_request", "Yêu cầu DL1: xoá dữ liệu", NOON + timedelta(days=15))
    told = Turn(says=(Say(Content("Dạ em nhận ạ")),), promised=(due,), introduced=True)

    await talk(db, "nga", told)

    assert (await figure(db, "data_answered")).value == Decimal("100.0")
    assert (await figure(db, "data_finished")).value == Decimal("0.0")
