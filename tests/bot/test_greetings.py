"""Birthday wishes and festive greetings: the right day, nine in the morning, once a year. On SQLite
and on PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import yaml
from cares import DAY, HOUR, complain, prove, says, somebody
from doubles import NOON, ScriptedDialogue

from bot import greetings, occasions, outreach
from bot.facts import HERE
from bot.models import Outreach
from bot.storage import calendar, customers
from bot.storage import outreach as rows
from bot.storage.calendar import Filters
from bot.storage.db import Database, insert
from bot.storage.tables import identities, people
from connectors.base import Json

PEOPLE = yaml.safe_load((Path(__file__).parent / "birthdays.yml").read_text(encoding="utf-8"))
STATES = ("waiting", "sent", "refused", "cancelled")
START = datetime(2026, 2, 17, tzinfo=HERE)  # Tết
END = datetime(2027, 2, 6, tzinfo=HERE)  # the next


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), HERE)


async def born(
    db: Database, birthday: str, external_id: str = "lan", consents: bool = True
) -> tuple[int, int]:
    """Somebody whose birthday we know: person and customer."""
    person, customer = await somebody(db, external_id, wrote_at=START - DAY)
    await change(db, person, birthday=birthday)
    if consents:
        await says(db, customer, "yes", "birthday", START - DAY)
    return person, customer


async def change(db: Database, person: int, **values: object) -> None:
    async with db.begin() as tx:
        await tx.execute(people.update().where(people.c.id == person).values(**values))


async def everything(db: Database, kind: str = "birthday") -> list[Outreach]:
    async with db.read() as tx:
        asked = Filters(START - DAY, END + 400 * DAY, kind)
        return [each.planned for each in await calendar.page(tx, asked, 1000)]


async def say(db: Database, at: datetime, heard: list[Json] | None = None) -> int:
    """What is due is said; how many birthday wishes that was."""
    heard = [] if heard is None else heard
    dialogue = ScriptedDialogue()
    async with db.begin() as tx:
        begun = await rows.claim(tx, at, 100)
    for each in begun:
        await outreach.reach_out(db, dialogue, each, lambda: at, business="Điện Tử Bống")
    heard.extend(question.metadata["outreach"]["about"] for question in dialogue.questions)
    return dialogue.asked.count("of ourselves: birthday")


async def test_twelve_birthdays_of_a_year(db: Database) -> None:
    names = {}
    for each in PEOPLE:
        refused = each.get("refused", "")
        person, _ = await born(db, each["birthday"], each["name"], consents=refused != "no_consent")
        names[person] = each["name"]
        if refused == "open_complaint":
            await complain(db, person, START)

    said: dict[str, int] = {}
    now = START
    while now < END:
        await greetings.plan(db, now)
        for due in sorted(
            {each.due_at for each in await everything(db) if each.state == "waiting"}
        ):
            if due < min(now + 30 * DAY, END):
                said[due.astimezone(HERE).isoformat()] = await say(db, due)
                await greetings.plan(db, due)
                assert await say(db, due + HOUR) == 0  # a second run of the same day
        now += 30 * DAY

    found = {names[each.person_id]: each for each in await everything(db) if each.ended_at}
    assert {name: found[name].reason for name in found if found[name].state == "refused"} == {
        each["name"]: each["refused"] for each in PEOPLE if "refused" in each
    }
    sent = {name: each.ended_at for name, each in found.items() if each.state == "sent"}
    assert sent == {
        each["name"]: morning(each["falls"][0]) for each in PEOPLE if "refused" not in each
    }
    assert sum(said.values()) == 10


async def test_a_birthday_is_planned_once_a_year(db: Database) -> None:
    await born(db, "15/3/1990")

    planned = [await greetings.plan(db, START) for _ in range(2)]

    assert planned == [2, 0]  # and Tết
    (only,) = await everything(db)
    assert (only.due_at, only.purpose) == (morning(date(2026, 3, 15)), "birthday")


async def test_a_birthday_that_is_over_is_not_wished_for(db: Database) -> None:
    await born(db, "15/3/1990")
    await greetings.plan(db, START)

    assert await say(db, morning(date(2026, 3, 16))) == 0

    (only,) = await everything(db)
    assert (only.state, only.reason) == ("cancelled", "too_late")


async def test_a_worker_that_slept_wishes_later_on_the_same_day(db: Database) -> None:
    await born(db, "15/3/1990")
    await greetings.plan(db, START)

    assert await say(db, morning(date(2026, 3, 15)) + 6 * HOUR) == 1


async def test_a_corrected_birthday_is_wished_for_on_its_new_day_only(db: Database) -> None:
    person, _ = await born(db, "15/3/1990")
    await greetings.plan(db, START)
    await change(db, person, birthday="16/4/1990")

    assert await say(db, morning(date(2026, 3, 15))) == 0

    (only,) = await everything(db)
    assert only.reason == "no_longer"


async def test_two_records_of_one_person_are_one_birthday(db: Database) -> None:
    person, customer = await born(db, "15/3/1990")
    async with db.begin() as tx:
        values = {"name": "Lan", "birthday": "15/3/1990", "fields": {}, "merged_into": person}
        other = await insert(tx, people, {**values, "created_at": START})
        second = await customers.find(tx, "web", "lan")
        assert second and second.id == customer and other
    await greetings.plan(db, START)

    assert len(await everything(db)) == 1


async def test_who_was_merged_after_the_planning_is_greeted_as_the_main_record_only(
    db: Database,
) -> None:
    main, _ = await born(db, "15/3/1990")
    other, _ = await born(db, "15/3/1990", "lan-2")
    await greetings.plan(db, START)
    await change(db, other, merged_into=main)

    assert await say(db, morning(date(2026, 3, 15))) == 1


async def test_consent_chooses_the_channel(db: Database) -> None:
    person, customer = await born(db, "15/3/1990")
    _, newer = await somebody(db, "lan-telegram", "telegram", wrote_at=START)
    async with db.begin() as tx:
        await tx.execute(identities.delete().where(identities.c.customer_id == newer))
        await prove(tx, newer, person, START)

    await greetings.plan(db, START)

    assert [each.customer_id for each in await everything(db)] == [customer]
    assert [each.customer_id for each in await everything(db, "festival")] == [newer]


async def test_what_is_no_birthday_disturbs_nobody(db: Database) -> None:
    await born(db, "không nhớ")
    await born(db, "15/3/1990", "hoa")

    await greetings.plan(db, START)

    assert len(await everything(db)) == 1


# --- festive days


async def test_tet_is_the_first_day_of_the_lunar_year(db: Database) -> None:
    await born(db, "")
    now = NOON  # of 23 November 2026

    await greetings.plan(db, now)
    await say(db, morning(date(2027, 2, 6)) + HOUR / 2)

    (tet,) = await everything(db, "festival")
    assert tet.ended_at == morning(date(2027, 2, 6)) + HOUR / 2
    assert tet.key.startswith("festival:tet_1:2027:")
    assert tet.about["festival"] == "Tết Nguyên đán"


async def test_a_greeting_calls_people_as_they_are_called(db: Database) -> None:
    _, lan = await born(db, "")
    async with db.begin() as tx:
        customer = await customers.by_id(tx, lan)
        await customers.merge_profile(tx, customer, {"address": "bác"})
    await greetings.plan(db, NOON)

    heard: list[Json] = []
    await say(db, morning(date(2027, 2, 6)) + HOUR, heard)

    assert heard[0]["wish"].startswith("bác cùng gia đình")


async def test_womens_day_is_for_whom_we_call_so(db: Database) -> None:
    _, lan = await born(db, "")
    await born(db, "", "minh")
    async with db.begin() as tx:
        customer = await customers.by_id(tx, lan)
        await customers.merge_profile(tx, customer, {"address": "chị"})

    await greetings.plan(db, START + 2 * DAY)

    (only,) = await everything(db, "festival")
    assert (only.customer_id, only.about["festival"]) == (lan, "Ngày Quốc tế Phụ nữ 8/3")


def test_every_greeting_is_of_a_day_that_we_know_and_sells_nothing() -> None:
    known = {festival.key for festival in occasions.FESTIVALS}

    for key, said in greetings.festive().items():
        assert key in known
        assert not {"ưu", "giảm", "khuyến", "mua"} & set(said["wish"].split())
        assert "anh/chị" in said["wish"]
