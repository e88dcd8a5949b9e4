"""Care long after the sale: a warranty that ends, a repair that nobody calls for, people who come
no more, and those who would recommend us. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cares import DAY, HOUR, change_order, complain, order, prove, says, somebody
from doubles import NOON, ScriptedDialogue, answer_all, said
from sqlalchemy import select, text

from bot import care, conversation, desk_rules, outreach, promoters
from bot.figures import winback
from bot.figures.facts import Facts
from bot.figures.figure import Window, days
from bot.figures.order import ACTIVE
from bot.figures.sheet import Sheet
from bot.models import Author, Message
from bot.storage import conversations, messages, promises, records
from bot.storage import outreach as rows
from bot.storage import people as person_rows
from bot.storage.db import Database, insert
from bot.storage.surveys import lapse
from bot.storage.tables import identities, people, repairs, surveys
from bot.storage.tables import outreach as table

SHOP = "Điện Tử Bống"
ENDS = NOON - 12 * HOUR + 60 * DAY  # midnight in Vietnam: 22 January 2027
LOST = NOON - 181 * DAY  # the last order of whoever is lost today


class Sure(ScriptedDialogue):
    """Takes every text for the same intent."""

    def __init__(self, intent: str = "inform") -> None:
        super().__init__()
        self.intent = intent

    async def understand(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": self.intent, "confidence": 0.99}, "entities": []}


async def planned(db: Database, kind: str) -> list[Mapping[str, Any]]:
    async with db.read() as tx:
        query = table.select().where(table.c.kind == kind).order_by(table.c.id)
        return list((await tx.execute(query)).mappings())


async def fate(db: Database, kind: str) -> list[tuple[str, str]]:
    return [(each["state"], each["reason"]) for each in await planned(db, kind)]


async def reach_out(db: Database, at: datetime, *kinds: str) -> ScriptedDialogue:
    """Say what of these kinds is due."""
    dialogue = ScriptedDialogue()
    async with db.begin() as tx:
        begun = await rows.claim(tx, at, 100)
    for each in begun:
        if each.kind in kinds:
            await outreach.reach_out(db, dialogue, each, lambda: at, business=SHOP)
    return dialogue


async def write(db: Database, text: str, at: datetime, intent: str = "inform") -> None:
    await conversation.receive(db, said(text, by="lan", sent_at=at), at)
    await answer_all(db, Sure(intent), at)


async def press(db: Database, title: str, at: datetime) -> None:
    shown = (await transcript(db))[-1]
    (button,) = [each for each in shown.content.buttons if each.title == title]
    await conversation.receive(db, said(title, by="lan", sent_at=at, button=button.key), at)
    await answer_all(db, Sure(), at)


async def transcript(db: Database, customer_id: int = 1) -> list[Message]:
    async with db.read() as tx:
        found = await conversations.newest_of(tx, customer_id)
        assert found is not None
        return await messages.of_conversation(tx, found.id)


async def asked_for(db: Database) -> list[str]:
    async with db.read() as tx:
        query = select(surveys.c.kind).order_by(surveys.c.id)
        return list((await tx.execute(query)).scalars())


async def repair(db: Database, person: int, **values: object) -> None:
    usual = {"code": "SC1024", "person_id": person, "item": "loa Bống Vang", "state": "ready"}
    moments = {"received_at": NOON - 9 * DAY, "promised_at": NOON - 3 * DAY}
    async with db.begin() as tx:
        await insert(tx, repairs, usual | moments | values)


async def known(db: Database, name: str = "lan") -> tuple[int, int]:
    """Somebody who wrote an hour ago, and was answered."""
    found = await somebody(db, name, wrote_at=NOON - HOUR)
    await answer_all(db, Sure(), NOON - HOUR)
    return found


async def lost(db: Database, said: str = "yes", code: str = "BT1") -> tuple[int, int]:
    """Somebody who has not bought for half a year, and what they said to our news."""
    person, customer = await known(db)
    await order(db, person, code, paid_at=LOST, delivered_at=LOST, ordered_at=LOST)
    if said:
        await says(db, customer, said)
    return person, customer


async def twin(db: Database, person: int, wrote_at: datetime = NOON - HOUR) -> int:
    """Another account of a person."""
    _, customer = await somebody(db, "lan-zalo", "zalo", wrote_at=wrote_at)
    async with db.begin() as tx:
        await tx.execute(identities.delete().where(identities.c.customer_id == customer))
        await prove(tx, customer, person, NOON)
    return customer


# --- a warranty that ends


async def test_three_weeks_before_a_warranty_ends_its_owner_is_told_once(db: Database) -> None:
    person, _ = await somebody(db)
    await order(db, person, delivered_at=NOON - 300 * DAY, warranty_until=ENDS)

    await care.plan(db, NOON)
    await care.plan(db, NOON + DAY)

    (reminder,) = await planned(db, "warranty")
    assert reminder["due_at"] == ENDS - 21 * DAY + 10 * HOUR
    assert reminder["about"]["ends"] == "22/1/2027"
    dialogue = await reach_out(db, reminder["due_at"], "warranty")
    assert dialogue.asked == ["of ourselves: warranty"]


async def test_an_order_without_a_warranty_has_no_reminder(db: Database) -> None:
    person, _ = await somebody(db)
    await order(db, person, delivered_at=NOON - 300 * DAY)

    await care.plan(db, NOON)

    assert await planned(db, "warranty") == []


async def test_a_warranty_that_has_nearly_ended_is_not_hurried(db: Database) -> None:
    person, _ = await somebody(db)
    await order(db, person, delivered_at=NOON - 300 * DAY, warranty_until=NOON + 6 * DAY)

    await care.plan(db, NOON)

    assert await planned(db, "warranty") == []


@pytest.mark.parametrize(
    "change", [{"warranty_until": ENDS + 365 * DAY}, {"returned_at": NOON}, {"state": "cancelled"}]
)
async def test_a_reminder_that_is_true_no_more_is_dropped(
    db: Database, change: dict[str, object]
) -> None:
    person, _ = await somebody(db)
    await order(db, person, delivered_at=NOON - 300 * DAY, warranty_until=ENDS)
    await care.plan(db, NOON)

    await change_order(db, **change)
    await reach_out(db, ENDS - 20 * DAY, "warranty")

    assert await fate(db, "warranty") == [("cancelled", "no_longer")]


# --- a repair that nobody calls for


async def test_a_repair_that_is_ready_and_stands_about_is_reminded_of_once(db: Database) -> None:
    person, _ = await somebody(db)
    await repair(db, person)

    await care.plan(db, NOON)
    dialogue = await reach_out(db, NOON + HOUR, "repair_ready")
    await care.plan(db, NOON + DAY)

    assert dialogue.asked == ["of ourselves: repair_ready"]
    assert len(await planned(db, "repair_ready")) == 1


async def test_a_repair_that_was_called_for_needs_no_reminder(db: Database) -> None:
    person, _ = await somebody(db)
    await repair(db, person)
    await care.plan(db, NOON)

    async with db.begin() as tx:
        await tx.execute(repairs.update().values(state="returned", returned_at=NOON))
    await reach_out(db, NOON + HOUR, "repair_ready")

    assert await fate(db, "repair_ready") == [("cancelled", "no_longer")]


# --- who comes no more


def test_who_is_written_to_is_lost_as_the_figures_count() -> None:
    assert ACTIVE < care.steps()["winback"].after <= ACTIVE + DAY


async def test_who_has_not_bought_for_half_a_year_is_asked_why_once(db: Database) -> None:
    await lost(db)

    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")
    await care.plan(db, NOON + DAY)

    assert await asked_for(db) == ["leaving"]
    question = (await transcript(db))[-1].content
    assert "vì sao" in question.text and not question.text.startswith("[QC]")
    assert [each.title for each in question.buttons][-2:] == ["Lý do khác", "Bỏ qua"]
    assert len(await planned(db, "winback")) == 1


async def test_only_the_order_that_was_paid_last_counts(db: Database) -> None:
    person, _ = await lost(db)
    await order(db, person, "BT2", paid_at=LOST + 30 * DAY)

    await care.plan(db, NOON)

    assert [each["key"] for each in await planned(db, "winback")] == ["winback:BT2"]


async def test_an_order_of_a_merged_record_counts_too(db: Database) -> None:
    person, _ = await lost(db)
    async with db.begin() as tx:
        values = {"name": "Lan Trần", "created_at": NOON, "fields": {}, "merged_into": person}
        other = await insert(tx, people, values)
    await order(db, other, "BT2", paid_at=NOON - DAY)

    await care.plan(db, NOON)

    assert await planned(db, "winback") == []


async def test_who_buys_again_is_not_asked(db: Database) -> None:
    person, _ = await lost(db)
    await care.plan(db, NOON)

    await order(db, person, "BT2", paid_at=NOON)
    await reach_out(db, NOON + HOUR, "winback")

    assert await fate(db, "winback") == [("cancelled", "no_longer")]


@pytest.mark.parametrize(
    ("said", "reason"), [("", "no_consent"), ("no", "opted_out"), ("not_now", "no_need")]
)
async def test_who_does_not_like_to_hear_from_us_is_not_asked(
    db: Database, said: str, reason: str
) -> None:
    _, customer = await lost(db, "yes" if said == "not_now" else said)
    if said == "not_now":
        await says(db, customer, said)
    await care.plan(db, NOON)

    await reach_out(db, NOON, "winback")

    assert await fate(db, "winback") == [("refused", reason)]


async def test_a_no_between_the_question_and_its_reminder_counts(db: Database) -> None:
    _, customer = await lost(db)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    await says(db, customer, "no", at=NOON + HOUR)
    await reach_out(db, NOON + 48 * HOUR, "reminder")

    assert await fate(db, "reminder") == [("refused", "opted_out")]


async def test_they_are_asked_where_they_said_yes(db: Database) -> None:
    person, _ = await lost(db, "")
    on_zalo = await twin(db, person, NOON - 2 * HOUR)
    await says(db, on_zalo, "yes")

    await care.plan(db, NOON)

    assert [each["customer_id"] for each in await planned(db, "winback")] == [on_zalo]


async def test_a_second_lapse_within_90_days_is_not_asked_about(db: Database) -> None:
    person, _ = await lost(db)
    async with db.begin() as tx:
        values = {"name": "Lan Trần", "created_at": NOON, "fields": {}}
        other = await insert(tx, people, values)
    await order(db, other, "BT2", paid_at=LOST + 20 * DAY)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    async with db.begin() as tx:
        await tx.execute(people.update().where(people.c.id == other).values(merged_into=person))
    for day in (20, 40, 89):
        await care.plan(db, NOON + day * DAY)
    assert len(await planned(db, "winback")) == 1


REASONS = ("Giá", "Thái độ", "Không còn nhu cầu")


@pytest.mark.parametrize("title", REASONS)
async def test_a_reason_of_ours_is_enough(db: Database, title: str) -> None:
    await lost(db)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    await press(db, title, NOON + HOUR)

    assert "cảm ơn" in (await transcript(db))[-1].content.text
    assert (await transcript(db))[-1].content.buttons == ()


async def test_another_reason_is_asked_for_in_words(db: Database) -> None:
    await lost(db)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    await press(db, "Lý do khác", NOON + HOUR)
    assert "vài chữ" in (await transcript(db))[-1].content.text
    await write(db, "shop hết bán món em cần", NOON + HOUR)

    async with db.read() as tx:
        found = await records.read(tx, NOON - DAY)
    assert [each.choice for each in found.leaving] == ["other"]
    assert "cảm ơn" in (await transcript(db))[-1].content.text


async def test_a_reason_in_their_own_words_is_not_asked_for_again(db: Database) -> None:
    await lost(db)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    await write(db, "shop hết bán món em cần", NOON + HOUR)

    assert "vài chữ" not in (await transcript(db))[-1].content.text


@pytest.mark.parametrize(("intent", "kept"), [("greet", []), ("deny", []), ("inform", ["other"])])
async def test_a_hello_is_no_reason(db: Database, intent: str, kept: list[str]) -> None:
    await lost(db)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    await write(db, "dạ em", NOON + HOUR, intent)

    async with db.read() as tx:
        found = await records.read(tx, NOON - DAY)
    assert [each.choice for each in found.leaving] == kept


async def test_who_answers_was_reached_in_the_figure_of_lost_customers(db: Database) -> None:
    person, _ = await lost(db)
    await change_order(db, "BT1", paid_at=LOST - DAY)
    await order(db, person, "BT0", paid_at=NOON - 400 * DAY)  # bought a year ago too
    await care.plan(db, NOON)
    await reach_out(db, NOON, "winback")

    async def reached() -> tuple[int, int]:
        window = days(date(2026, 11, 23), date(2026, 11, 24))
        async with db.read() as tx:
            found = await records.read(tx, NOON - 365 * DAY)
        hours = desk_rules.default().hours_of
        sheet = Sheet(Facts(), found, window, hours, timedelta(minutes=15))
        (churn,) = [each for each in sheet.value(None) if each.name == "churn"]
        lately = Window(window.end - winback.SPAN, window.end)
        figure = winback.reached(found.attempts, churn.hits, lately)
        return len(figure.rows), len(figure.hits)

    assert await reached() == (1, 0)  # tried, and silent so far
    await press(db, "Giá", NOON + HOUR)
    assert await reached() == (1, 1)


async def reasons(db: Database, *chosen: str) -> None:
    """So many lost people and the reasons that they give, one after the other."""
    for n, title in enumerate(chosen):
        name = f"khach-{n}"
        person, customer = await known(db, name)
        await order(db, person, f"BTX{n}", paid_at=LOST)
        await says(db, customer, "yes")
        await care.plan(db, NOON)
        await reach_out(db, NOON, "winback")
        shown = (await transcript(db, customer))[-1].content.buttons
        (button,) = [each for each in shown if each.title == title]
        at = NOON + HOUR + n * timedelta(minutes=1)
        await conversation.receive(db, said(title, by=name, sent_at=at, button=button.key), at)
        await answer_all(db, Sure(), at)


async def tasks(db: Database) -> list[promises.Promise]:
    async with db.read() as tx:
        return [each for each in await promises.open_of(tx, None) if each.kind == "refine"]


async def test_too_many_other_reasons_make_a_task_once_a_month(db: Database) -> None:
    await reasons(db, *["Giá"] * 7, *["Lý do khác"] * 4)

    (task,) = await tasks(db)
    assert task.text.startswith("3 trên 10 khách")
    assert task.made_by == Author.SYSTEM.value  # nobody promised it to a customer


@pytest.mark.parametrize(
    "chosen", [["Lý do khác"] * 9, ["Giá"] * 8 + ["Lý do khác"] * 2, ["Giá"] * 10]
)
async def test_few_answers_or_few_others_make_no_task(db: Database, chosen: list[str]) -> None:
    await reasons(db, *chosen)

    assert await tasks(db) == []


# --- what they think of us


async def test_thirty_days_after_a_delivery_satisfaction_is_asked_for_part_by_part(
    db: Database,
) -> None:
    person, _ = await known(db)
    await order(db, person, delivered_at=NOON - 30 * DAY)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "csi")

    for at, mark in enumerate(("5", "4", "4"), 1):
        await write(db, mark, NOON + at * timedelta(minutes=1))

    async with db.read() as tx:
        found = await records.read(tx, NOON - DAY)
    window = days(date(2026, 11, 23), date(2026, 11, 24))
    sheet = Sheet(Facts(), found, window, desk_rules.default().hours_of, timedelta(minutes=15))
    (csi,) = [each for each in sheet.voice() if each.name == "csi"]
    # What was answered counts before the rest is: (25·1 + 25·0.75 + 20·0.75) / 70.
    assert (str(csi.value), csi.n) == ("83.9", 1)


async def test_satisfaction_is_asked_for_once_in_90_days_whatever_is_bought(db: Database) -> None:
    person, _ = await known(db)
    for n in range(3):
        await order(db, person, f"BT{n}", delivered_at=NOON - (30 + n) * DAY)

    await care.plan(db, NOON)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "csi")
    await order(db, person, "BT9", delivered_at=NOON + 40 * DAY)
    await care.plan(db, NOON + 89 * DAY)
    assert len(await planned(db, "csi")) == 1

    await care.plan(db, NOON + 91 * DAY)
    assert len(await planned(db, "csi")) == 2


async def test_expectations_are_asked_of_those_who_said_yes(db: Database) -> None:
    person, customer = await known(db)
    await order(db, person, delivered_at=NOON - 60 * DAY)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "expectations")
    assert await fate(db, "expectations") == [("refused", "no_consent")]

    await says(db, customer, "yes")
    await order(db, person, "BT2", delivered_at=NOON - 60 * DAY)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "expectations")
    assert await asked_for(db) == ["expectations"]


async def test_a_person_is_asked_for_one_survey_a_week_on_whatever_channel(db: Database) -> None:
    person, customer = await lost(db)
    await order(db, person, "BT2", delivered_at=NOON - 60 * DAY, paid_at=None)
    on_zalo = await twin(db, person)
    await says(db, on_zalo, "yes")
    await care.plan(db, NOON)
    async with db.begin() as tx:  # one on each account
        other = table.c.kind == "expectations"
        await tx.execute(table.update().where(other).values(customer_id=on_zalo))
        other = table.c.kind == "winback"
        await tx.execute(table.update().where(other).values(customer_id=customer))

    await reach_out(db, NOON, "winback")
    await reach_out(db, NOON + HOUR, "expectations")

    assert await asked_for(db) == ["leaving"]
    (waits,) = await planned(db, "expectations")
    assert (waits["state"], waits["reason"]) == ("waiting", "asked_already")
    assert waits["due_at"] == NOON + 7 * DAY


async def test_several_low_marks_of_one_survey_bring_one_person(db: Database) -> None:
    person, _ = await known(db)
    await order(db, person, delivered_at=NOON - 30 * DAY)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "csi")

    for at, mark in enumerate(("1", "2", "1"), 1):
        await write(db, mark, NOON + at * timedelta(minutes=1))

    async with db.read() as tx:
        assert len(await promises.open_of(tx, None)) == 1
    sorry = [each for each in await transcript(db) if "xin lỗi" in each.content.text]
    assert len(sorry) == 1


# --- who would recommend us


async def marked(db: Database, mark: str, said: str = "yes") -> int:
    """Somebody who has just given a mark of NPS."""
    person, customer = await known(db)
    await order(db, person, delivered_at=NOON - 3 * DAY)
    if said:
        await says(db, customer, said)
    await care.plan(db, NOON)
    await reach_out(db, NOON, "order_survey")
    await write(db, mark, NOON + timedelta(minutes=1))
    return customer


THANKED = NOON + promoters.AFTER + timedelta(minutes=1)


async def test_who_would_recommend_us_is_thanked_with_our_address(db: Database) -> None:
    await marked(db, "9")

    dialogue = await reach_out(db, THANKED, "share")

    assert dialogue.asked == ["of ourselves: share"]
    assert (await transcript(db))[-1].content.text.startswith("[QC] ")


@pytest.mark.parametrize("mark", ["0", "6", "8"])
async def test_nobody_else_is(db: Database, mark: str) -> None:
    await marked(db, mark)

    assert await planned(db, "share") == []


async def test_who_thinks_better_of_it_is_not_thanked(db: Database) -> None:
    await marked(db, "10")
    asked = [each for each in await transcript(db) if each.content.buttons]
    (button,) = [each for each in asked[0].content.buttons if each.title == "3"]

    at = NOON + timedelta(minutes=2)
    await conversation.receive(db, said("3", by="lan", sent_at=at, button=button.key), at)
    await answer_all(db, Sure(), at)
    await reach_out(db, THANKED, "share")

    assert await fate(db, "share") == [("cancelled", "no_longer")]


async def test_without_a_yes_to_advertising_there_are_no_such_thanks(db: Database) -> None:
    await marked(db, "10", "")

    await reach_out(db, THANKED, "share")

    assert await fate(db, "share") == [("refused", "no_consent")]


@pytest.mark.parametrize(("later", "times"), [(179, 1), (181, 2)])
async def test_thanks_come_once_in_180_days(db: Database, later: int, times: int) -> None:
    await marked(db, "10")
    await reach_out(db, THANKED, "share")
    again = THANKED + later * DAY
    async with db.read() as tx:
        (person,) = (await tx.execute(select(identities.c.person_id))).scalars()

    async with db.begin() as tx:
        await lapse(tx, again, again)
    await order(db, person, "BT2", delivered_at=again - 3 * DAY)
    await care.plan(db, again)
    await reach_out(db, again, "order_survey")
    await write(db, "10", again + timedelta(minutes=1))

    assert len(await planned(db, "share")) == times


# --- all of them


@pytest.mark.parametrize(
    "kind", ["warranty", "repair_ready", "csi", "expectations", "winback", "share"]
)
async def test_nothing_is_said_while_a_complaint_is_open(db: Database, kind: str) -> None:
    if kind == "share":
        await marked(db, "10")
        async with db.read() as tx:
            (person,) = (await tx.execute(select(identities.c.person_id))).scalars()
    else:
        person, customer = await known(db)
        await says(db, customer, "yes")
        moments = {"delivered_at": NOON - 30 * DAY, "warranty_until": NOON + 15 * DAY}
        await order(db, person, "BT1", paid_at=LOST, **moments)
        await order(db, person, "BT2", paid_at=None, delivered_at=NOON - 60 * DAY)
        await repair(db, person)
        await care.plan(db, NOON)
    await complain(db, person)

    await reach_out(db, THANKED, kind)

    assert await fate(db, kind) == [("refused", "open_complaint")]


async def offers(db: Database, *accounts: int) -> None:
    """An offer for each of these accounts, due now."""
    for n, account in enumerate(accounts):
        about = {"code": f"BT{n}"}
        person = await person_of(db, account)
        await order(db, person, f"BT{n}", delivered_at=NOON - 14 * DAY)
        async with db.begin() as tx:
            await rows.plan(
                tx, "news", f"news:BT{n}", "promotion", account, NOON, NOON, about=about
            )


async def person_of(db: Database, customer: int) -> int:
    async with db.read() as tx:
        query = select(identities.c.person_id).where(identities.c.customer_id == customer)
        return int((await tx.execute(query)).scalar_one())


async def test_two_accounts_of_one_person_never_pass_a_cap_together(db: Database) -> None:
    person, customer = await known(db)
    on_zalo = await twin(db, person)
    for account in (customer, on_zalo):
        await says(db, account, "yes")
    await offers(db, customer, on_zalo, customer)
    meet = asyncio.Event()
    begun = 0

    async def together() -> str:
        """All think at once: each was allowed by what it read before."""
        nonlocal begun
        begun += 1
        if begun == 3:
            meet.set()
        await asyncio.wait_for(meet.wait(), 10)
        return "ưu đãi"

    dialogue = ScriptedDialogue({"of ourselves: news": together})
    async with db.begin() as tx:
        due = await rows.claim(tx, NOON, 10)
    await asyncio.gather(
        *(outreach.reach_out(db, dialogue, each, lambda: NOON, business=SHOP) for each in due)
    )

    states = [each["state"] for each in await planned(db, "news")]
    assert sorted(states) == ["sent", "sent", "waiting"]


async def test_what_is_said_on_one_account_is_waited_for_on_the_other(db: Database) -> None:
    person, customer = await known(db)
    on_zalo = await twin(db, person)
    await says(db, customer, "yes")
    await offers(db, on_zalo, on_zalo, customer)
    *others, mine = [each["id"] for each in await planned(db, "news")]
    async with db.begin() as tx:
        await rows.end(tx, others[0], "sent", NOON)
        (due,) = [each for each in await rows.claim(tx, NOON, 10) if each.id == mine]

    async with db.begin() as tx:
        await person_rows.lock(tx, [person])  # another worker, on the other account
        here = asyncio.create_task(
            outreach.reach_out(db, ScriptedDialogue(), due, lambda: NOON, business=SHOP)
        )
        await stuck(db, here)
        await rows.end(tx, others[1], "sent", NOON)
    await here

    *said, (state, why) = await fate(db, "news")
    assert said == [("sent", ""), ("sent", "")] and state == "waiting"
    # On SQLite nobody waits within: it may look first when the other has ended.
    assert why == "" or (db.is_sqlite and why == "often_enough")


async def stuck(db: Database, task: asyncio.Task[None]) -> None:
    """Until the task is over, or waits for another transaction. On SQLite all that write do."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not (db.is_sqlite or task.done()):
        async with db.read() as tx:
            if (await tx.execute(waiting)).scalar_one():
                return


async def test_a_no_on_one_account_stops_what_another_is_about_to_be_told(db: Database) -> None:
    person, customer = await known(db)
    on_zalo = await twin(db, person)
    await order(db, person, delivered_at=NOON - 14 * DAY)
    await says(db, customer, "yes")
    async with db.begin() as tx:
        about = {"code": "BT26110145"}
        await rows.plan(
            tx, "news", "news:BT26110145", "promotion", customer, NOON, NOON, about=about
        )

    async def slow() -> str:
        await says(db, on_zalo, "no")
        return "ưu đãi"

    async with db.begin() as tx:
        (due,) = await rows.claim(tx, NOON, 10)
    dialogue = ScriptedDialogue({"of ourselves: news": slow})
    await outreach.reach_out(db, dialogue, due, lambda: NOON, business=SHOP)

    assert await fate(db, "news") == [("waiting", "")]
    await reach_out(db, NOON, "news")
    assert await fate(db, "news") == [("refused", "opted_out")]
