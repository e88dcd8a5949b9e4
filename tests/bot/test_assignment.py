"""Who gets the next conversation (K2, K3, K5, K10, K11, C3.15)."""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from databases import new_sqlite
from desks import Desk
from doubles import NOON

from bot import assignment, desk_rules, handoff, keeper
from bot.models import Agent, Handoff, Presence, Role, User
from bot.storage import agents, conversations, handoffs
from bot.storage.db import Database

RULES = desk_rules.default().assignment
ROOT = Path(__file__).parents[2]


def agent(
    user_id: int, teams: str = "cskh", *, load: int = 0, idle: int = 0, **skills: int
) -> Agent:
    return Agent(
        user=User(user_id, f"u{user_id}", f"U{user_id}", Role.AGENT, True),
        teams=frozenset(teams.split()),
        skills=skills,
        capacity=None,
        presence=Presence.ONLINE,
        presence_at=NOON,
        seen_at=NOON,
        assigned_at=NOON - timedelta(minutes=idle),
        load={"web": load} if load else {},
    )


def wanted(*skills: str, team: str = "cskh", waited: float = 0) -> Handoff:
    since = NOON - timedelta(minutes=waited)
    values = dict.fromkeys(Handoff.__dataclass_fields__)
    known = {
        "id": 1,
        "team": team,
        "skills": skills,
        "requested_at": since,
        "queued_at": since,
        "priority": 2,
    }
    return Handoff(**{**values, **known})  # type: ignore[arg-type]


def picked(
    want: Handoff, *desk: Agent, last: int | None = None, silent: tuple[int, ...] = ()
) -> int:
    found = assignment.pick(RULES, want, "web", desk, NOON, last, silent)
    return found.user.id if found else 0


def test_of_the_skilled_the_one_with_the_fewest_conversations() -> None:
    busy, free, unskilled = agent(1, load=2, en=3), agent(2, load=1, en=1), agent(3)

    assert picked(wanted("en"), busy, free, unskilled) == 2


def test_of_equals_the_better_skilled_then_who_was_idle_longest() -> None:
    assert picked(wanted("en"), agent(1, en=1, idle=9), agent(2, en=3)) == 2
    assert picked(wanted(), agent(1, idle=3), agent(2, idle=30)) == 2


@pytest.mark.parametrize(
    ("waited", "who"),
    [(0, 0), (1.9, 0), (2, 2), (4.9, 2), (5, 2)],
)
def test_after_a_while_one_of_the_skills_is_enough(waited: float, who: int) -> None:
    none, one, other_team = agent(1), agent(2, load=3, en=1), agent(3, "ke_toan", en=1, kế=1)

    assert picked(wanted("en", "kế", waited=waited), none, one, other_team) == who


@pytest.mark.parametrize(("waited", "who"), [(0, 0), (4.9, 0), (5, 1)])
def test_later_anybody_may_have_it(waited: float, who: int) -> None:
    assert picked(wanted(waited=waited), agent(1, "ke_toan"), agent(2, load=4)) == who


def test_later_the_team_still_comes_before_others() -> None:
    assert picked(wanted("en", waited=6), agent(1, "ke_toan"), agent(2, load=3)) == 2


def test_who_is_in_no_team_answers_for_every_team() -> None:
    assert picked(wanted(team="ke_toan"), agent(1, "cskh"), agent(2, "")) == 2


def test_a_team_with_nobody_in_it_is_everybodys() -> None:
    assert picked(wanted(team="quan_ly"), agent(1, "cskh")) == 1


def test_who_helped_last_gets_their_customer_back_though_others_are_freer() -> None:
    assert picked(wanted(), agent(1, load=3), agent(2), last=1) == 1
    assert picked(wanted(), agent(1, load=4), agent(2), last=1) == 2  # no room
    assert picked(wanted(), agent(1, "ke_toan"), agent(2), last=1) == 2  # another matter


def test_who_did_not_answer_does_not_get_it_again() -> None:
    assert picked(wanted(), agent(1), agent(2, load=3), silent=(1,)) == 2
    assert picked(wanted(waited=60), agent(1), silent=(1,)) == 0


@pytest.mark.parametrize(
    ("presence", "seen", "online", "gone"),
    [
        (Presence.ONLINE, 0, True, False),
        (Presence.ONLINE, 60, True, False),
        (Presence.ONLINE, 61, False, True),
        (Presence.AWAY, 0, False, False),
        (Presence.AWAY, 61, False, True),
        (Presence.OFF, 0, False, False),
        (Presence.OFF, 600, False, False),  # they have said so; what they have is watched
        (Presence.ONLINE, None, False, False),
    ],
)
def test_presence_is_what_was_chosen_and_what_the_console_shows(
    presence: Presence, seen: int | None, online: bool, gone: bool
) -> None:
    seen_at = None if seen is None else NOON - timedelta(seconds=seen)
    someone = Agent(agent(1).user, frozenset(), {}, None, presence, NOON, seen_at, None, {})

    assert assignment.is_online(RULES, someone, NOON) is online
    assert assignment.is_gone(RULES, someone, NOON) is gone


async def test_a_customer_meets_the_agent_of_last_time_within_a_week(db: Database) -> None:
    desk = Desk(db)
    lan = await desk.agent("lan", teams=["cskh"])
    talk = await desk.asks("nga")
    await desk.reply(talk, lan)
    await handoff.resolve(db, talk, lan, "answered", desk.now)
    await desk.agent("hung", teams=["cskh"])
    busy = await desk.asks("tú")
    assert await desk.who(busy) != lan.id  # she was given one last

    desk.now += timedelta(days=6, hours=23)
    await desk.look()
    again = await desk.asks("nga")

    assert await desk.who(again) == lan.id


async def test_after_a_week_the_queue_decides_anew(db: Database) -> None:
    desk = Desk(db)
    lan = await desk.agent("lan", teams=["cskh"])
    talk = await desk.asks("nga")
    await handoff.resolve(db, talk, lan, "answered", desk.now)
    hung = await desk.agent("hung", teams=["cskh"])

    desk.now += timedelta(days=7, hours=1)
    await desk.look()

    assert await desk.who(await desk.asks("nga")) == hung.id


async def test_an_agent_of_last_time_who_is_away_or_full_is_not_waited_for(db: Database) -> None:
    desk = Desk(db)
    lan = await desk.agent("lan", teams=["cskh"], capacity=1)
    hung = await desk.agent("hung", teams=["cskh"], online=False)
    talk = await desk.asks("nga")
    await handoff.resolve(db, talk, lan, "answered", desk.now)
    full = await desk.asks("tú")
    await desk.appears(hung)

    again = await desk.asks("nga")

    assert (await desk.who(full), await desk.who(again)) == (lan.id, hung.id)


async def test_a_channel_weighs_what_the_rules_say(db: Database) -> None:
    desk = Desk(db)
    await desk.rules(lambda rules: rules["assignment"].update(weights={"zalo": 0.5, "web": 2}))
    lan = await desk.agent("lan", capacity=3)
    talks = [await desk.asks("nga"), await desk.asks("tú", channel="zalo")]
    assert [await desk.who(each) for each in talks] == [lan.id, lan.id]  # 2.5 of 3

    web = await desk.asks("hà")
    zalo = await desk.asks("vi", channel="zalo")
    await desk.look()

    assert [await desk.who(web), await desk.who(zalo)] == ["queued", lan.id]


async def test_who_comes_later_is_helped_at_once_by_somebody_whom_those_before_cannot_have(
    db: Database,
) -> None:
    desk = Desk(db)
    english = {"name": "English", "when": {"words": ["hello"]}, "skills": ["en"]}
    await desk.rules(lambda rules: rules["routing"].append(english))
    lan = await desk.agent("lan", teams=["cskh"])
    before = await desk.asks("joe", "hello")

    later = await desk.asks("nga")

    assert (await desk.who(before), await desk.who(later)) == ("queued", lan.id)
    assert await desk.heard(later) == ["accepted"]


async def test_nobody_is_helped_before_those_who_wait_for_the_same_agent(db: Database) -> None:
    desk = Desk(db)
    waiting = await desk.asks("nga", "máy bị lỗi")
    lan = await desk.agent("lan", teams=["ky_thuat", "cskh"], capacity=1)

    later = await desk.asks("tú")
    await desk.look()

    assert (await desk.who(waiting), await desk.who(later)) == (lan.id, "queued")


async def test_an_agent_with_no_room_at_all_is_given_nothing(db: Database) -> None:
    desk = Desk(db)
    await desk.agent("lan", capacity=0)
    talk = await desk.asks("nga")

    await desk.goes(minutes=6, step=60)

    assert await desk.who(talk) == "queued"


async def test_a_thousand_arrivals_never_exceed_anybodys_capacity(in_memory: Path) -> None:
    desk = Desk(Database(await new_sqlite(in_memory / "thousand.db")))
    dice = random.Random(7)
    weights = {"zalo": 0.5, "messenger": 1.5}
    await desk.rules(lambda rules: rules["assignment"].update(weights=weights))
    rules = replace(RULES, weights=weights)
    for n in range(12):
        await desk.agent(f"a{n}", capacity=dice.randrange(1, 6))
    most: dict[int, float] = {}
    for n in range(1000):
        desk.now += timedelta(seconds=dice.randrange(20))
        channel = dice.choice(["web", "zalo", "messenger"])
        await desk.requests(await desk.writes(f"c{n}", "alo", channel))
        if n % 3 == 0:
            await desk.look()
        async with desk.db.read() as tx:
            everybody = await agents.all_of(tx)
        for each in everybody:
            load, room = assignment.load_of(rules, each), assignment.capacity_of(rules, each)
            most[each.user.id] = max(most.get(each.user.id, 0), load / room)
            if each.load and dice.random() < 0.09:
                async with desk.db.read() as tx:
                    first = (await conversations.of_agent(tx, each.user.id))[0]
                await handoff.resolve(desk.db, first.id, each.user, "answered", desk.now)

    assert max(most.values()) <= 1
    assert min(most.values()) > 0.5  # they had enough to do
    await desk.db.close()


async def test_two_workers_who_hand_out_at_once_exceed_nobodys_capacity(
    db: Database, database_url: str
) -> None:
    desk = Desk(db)
    talks = [await desk.asks(f"c{n}") for n in range(12)]
    people = [await desk.agent(f"a{n}", capacity=2) for n in range(3)]
    other = Database(database_url)

    for _ in range(3):
        await asyncio.gather(keeper.look(db, desk.now), keeper.look(other, desk.now))

    await other.close()
    held = [await desk.who(talk) for talk in talks]
    assert sorted(held.count(each.id) for each in people) == [2, 2, 2]
    assert held.count("queued") == 6
    for talk in talks:
        assert (await desk.kinds(talk)).count("assigned") <= 1


async def test_of_fifty_who_press_accept_one_wins_and_the_others_see_who(db: Database) -> None:
    desk = Desk(db)
    people = [await desk.agent(f"a{n}", online=False) for n in range(50)]
    talk = await desk.asks("nga")

    ends = await asyncio.gather(
        *(handoff.accept(db, talk, each, desk.now) for each in people), return_exceptions=True
    )

    (winner,) = [each for each, end in zip(people, ends, strict=True) if end is None]
    others = [end for end in ends if end is not None]
    assert await desk.who(talk) == winner.id
    assert len(others) == 49
    assert all(isinstance(end, handoff.AlreadyTaken) and end.by == winner.name for end in others)
    assert await desk.heard(talk) == ["queued", "accepted"]
    assert (await desk.kinds(talk)).count("accepted") == 1


RACE = """
import asyncio, sys
from bot import handoff
from bot.storage import users
from bot.storage.db import Database
from doubles import NOON

async def main(url, talk, ids):
    db = Database(url)
    async with db.read() as tx:
        people = [await users.by_id(tx, each) for each in ids]
    print("ready", flush=True)
    sys.stdin.readline()
    for end, each in zip(await asyncio.gather(
        *(handoff.accept(db, talk, each, NOON) for each in people), return_exceptions=True
    ), people):
        print(each.id if end is None else f"by {end.by}", flush=True)
    await db.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), [int(each) for each in sys.argv[3:]]))
"""


async def test_the_same_holds_between_processes(db: Database, database_url: str) -> None:
    desk = Desk(db)
    people = [await desk.agent(f"a{n}", online=False) for n in range(20)]
    talk = await desk.asks("nga")
    running = []
    for n in range(4):
        ids = [str(each.id) for each in people[n::4]]
        running.append(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", RACE, database_url, str(talk), *ids),
                env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )
    for each in running:
        assert each.stdout and await each.stdout.readline() == b"ready\n"

    said_by_all = await asyncio.gather(*(each.communicate(b"go\n") for each in running))

    lines = [line for out, _ in said_by_all for line in out.decode().split("\n") if line]
    (winner,) = [line for line in lines if not line.startswith("by ")]
    name = next(each.name for each in people if each.id == int(winner))
    assert sorted(set(lines)) == sorted({winner, f"by {name}"})
    assert len(lines) == 20


async def test_twenty_triggers_at_once_make_one_hand_off(db: Database) -> None:
    desk = Desk(db)
    talk = await desk.writes("nga", "alo")

    ends = await asyncio.gather(*(desk.requests(talk) for _ in range(20)))

    assert sum(ends) == 1
    async with db.read() as tx:
        assert len(await handoffs.of_conversation(tx, talk)) == 1
    assert await desk.heard(talk) == ["queued"]


async def test_an_editor_is_given_no_conversation(db: Database) -> None:
    desk = Desk(db)
    mai = await desk.agent("mai", role=Role.SUPERVISOR, online=False)
    editor = await desk.agent("ha", role=Role.EDITOR)
    talk = await desk.asks("nga")

    with pytest.raises(handoff.Refused):
        await handoff.pass_on(db, talk, mai, "em làm đi", desk.now, to=editor.id)

    assert await desk.who(talk) == "queued"
