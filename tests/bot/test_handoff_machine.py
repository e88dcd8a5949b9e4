"""The contract of the hand-off under any order of what customers, agents, supervisors, platforms,
clocks and crashes do: one speaker, nobody lost, nothing stuck.

Hypothesis drives the real code on a real database; after each step everything that must hold is
read from it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from databases import new_postgres, new_sqlite
from desks import Desk
from doubles import RecordingChannel, ScriptedDialogue, answer_all
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot import clocks, desk_rules, handoff, intake, schedule
from bot.models import AT_ONCE, Author, Content, Conversation, Handoff, Presence, Role, Status, Turn
from bot.moves import MOVES
from bot.storage import conversations, tables, users
from bot.storage.db import Database, Tx
from bot.storage.handoffs import handoff_from
from connectors.base import Echo

# A turn of the assistant leaves it the turn, and shows that nobody has taken it meanwhile.
ALLOWED = {(before, move.after) for move in MOVES.values() for before in move.before} | {
    (Status.BOT, Status.BOT)
}
PERSON, ANSWER, BREAKS, DANGER = "cho gặp người", "mấy giờ mở cửa", "hỏng", "máy bốc cháy"
CUSTOMERS = ("nga", "tú", "hà")
PLATFORM = "recording"


class Crash(Exception):
    """The process dies in the middle of a transaction."""


class Crashing(Database):
    """A database whose next transaction dies before its end, when told so."""

    crash = False

    @contextlib.asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[Tx]:
        async with super().begin(durable=durable) as tx:
            yield tx
            if self.crash and durable:
                self.crash = False
                raise Crash


class Talks(RuleBasedStateMachine):
    """Three customers, two agents, a supervisor, and time."""

    open_database: ClassVar[Callable[[], Coroutine[Any, Any, str]]]
    close_database: ClassVar[Callable[[str], Coroutine[Any, Any, None]]]
    loop: ClassVar[asyncio.AbstractEventLoop]

    def __init__(self) -> None:
        super().__init__()
        self.moved: dict[int, list[tuple[Status, Status]]] = {}  # in this step
        self.states: dict[int, Status] = {}
        self.ids = itertools.count(1)

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    @initialize(lan=st.booleans(), hung=st.booleans())
    def opens(self, lan: bool, hung: bool) -> None:
        self.run(self._open(lan, hung))

    async def _open(self, lan: bool, hung: bool) -> None:
        move = conversations.move
        self.patch = pytest.MonkeyPatch()

        async def recorded(
            tx: Tx, talk: Conversation, after: Status, now: datetime, **values: Any
        ) -> bool:
            self.moved.setdefault(talk.id, []).append((talk.status, after))
            return await move(tx, talk, after, now, **values)

        self.patch.setattr(conversations, "move", recorded)
        self.url = await type(self).open_database()
        self.db = Crashing(self.url)
        self.desk = Desk(self.db)
        self.dialogue = ScriptedDialogue(
            {
                PERSON: Turn(handoff_reason="customer_request"),
                BREAKS: RuntimeError("broken"),
            }
        )
        self.channel = RecordingChannel(PLATFORM)
        self.agents = [
            await self.desk.agent("lan", teams=["cskh"], capacity=1, online=lan),
            await self.desk.agent("hung", capacity=1, online=hung),
        ]
        self.boss = await self.desk.agent("mai", role=Role.SUPERVISOR, online=False)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.run(self._close())

    async def _close(self) -> None:
        try:
            await self._to_an_end()
        finally:
            self.patch.undo()
            await self.db.close()
        await type(self).close_database(self.url)

    # What people and clocks do

    def act(self, doing: Coroutine[Any, Any, Any], crashes: bool = False) -> None:
        self.db.crash = crashes
        with contextlib.suppress(Crash, handoff.Refused):
            self.run(doing)
        self.db.crash = False

    @rule(
        who=st.sampled_from(CUSTOMERS),
        text=st.sampled_from([PERSON, ANSWER, ANSWER, BREAKS, DANGER, "thôi khỏi gặp nhân viên"]),
        crashes=st.booleans(),
    )
    def customer_writes(self, who: str, text: str, crashes: bool) -> None:
        self.act(self.desk.writes(who, text, PLATFORM), crashes)

    @rule(crashes=st.booleans())
    def assistant_answers(self, crashes: bool) -> None:
        self.act(answer_all(self.db, self.dialogue, self.desk.now), crashes)
        self.desk.now += timedelta(seconds=11)  # a lease of a worker that died has ended

    @rule(
        talk=st.integers(0, 5),
        agent=st.integers(0, 1),
        deed=st.sampled_from(["accept", "reply", "return", "return", "resolve", "pass", "team"]),
        crashes=st.booleans(),
    )
    def agent_acts(self, talk: int, agent: int, deed: str, crashes: bool) -> None:
        self.act(self._agent(talk, agent, deed), crashes)

    async def _agent(self, talk: int, agent: int, deed: str) -> None:
        if (number := await self._talk(talk)) is None:
            return
        user, now = self.agents[agent], self.desk.now
        match deed:
            case "accept":
                await handoff.accept(self.db, number, user, now)
            case "reply":
                key = f"machine-{next(self.ids):06}"
                await handoff.reply(self.db, number, user, Content("Dạ"), now, key)
            case "return":
                await handoff.return_to_bot(self.db, number, user, now)
            case "resolve":
                await handoff.resolve(self.db, number, user, "answered", now)
            case "pass":
                to = self.agents[1 - agent].id
                await handoff.pass_on(self.db, number, user, "bận", now, to=to)
            case "team":
                await handoff.pass_on(self.db, number, user, "nhầm", now, team="ke_toan")

    @rule(who=st.sampled_from(CUSTOMERS), text=st.sampled_from([PERSON, BREAKS]))
    def customer_is_handed_over(self, who: str, text: str) -> None:
        self.customer_writes(who, text, False)
        self.assistant_answers(False)

    @rule(
        deed=st.sampled_from(["take over", "answer in the app"]),
        talk=st.integers(0, 5),
        who=st.sampled_from(CUSTOMERS),
        crashes=st.booleans(),
    )
    def others_act(self, deed: str, talk: int, who: str, crashes: bool) -> None:
        self.act(self._take_over(talk) if deed == "take over" else self._echo(who), crashes)

    async def _take_over(self, talk: int) -> None:
        if (number := await self._talk(talk)) is not None:
            await handoff.take_over(self.db, number, self.boss, "để chị", self.desk.now)

    async def _echo(self, who: str) -> None:
        echo = Echo(
            PLATFORM, f"echo-{next(self.ids)}", who, self.desk.now, text="Em đây", ours=False
        )
        await intake.take(self.db, self.channel, [echo], lambda: self.desk.now, AT_ONCE)

    @rule(agent=st.integers(0, 1), presence=st.sampled_from([*Presence, None]))
    def agent_comes_or_goes(self, agent: int, presence: Presence | None) -> None:
        user = self.agents[agent]
        if presence is None:
            self.desk.vanishes(user)
        else:
            self.run(self.desk.appears(user, presence))

    @rule(
        seconds=st.sampled_from([1, 20, 70, 150, 310, 900, 3600, 12 * 3600, 25 * 3600]),
        crashes=st.booleans(),
    )
    def time_passes(self, seconds: int, crashes: bool) -> None:
        self.desk.now += timedelta(seconds=seconds)
        self.act(self.desk.look(), crashes)

    # What holds

    async def _talk(self, place: int) -> int | None:
        found = await self._all()
        return found[place % len(found)][0].id if found else None

    async def _all(self) -> list[tuple[Conversation, list[Handoff]]]:
        async with self.db.read() as tx:
            talks = (await tx.execute(select(tables.conversations))).mappings().all()
            known = (await tx.execute(select(tables.handoffs))).mappings().all()
        fields = Conversation.__dataclass_fields__
        made = [
            Conversation(
                **{**{name: row[name] for name in fields}, "status": Status(row["status"])}
            )
            for row in sorted(talks, key=lambda row: row["id"])
        ]
        every = [handoff_from(row) for row in known]
        return [(each, [h for h in every if h.conversation_id == each.id]) for each in made]

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "db"):
            self.run(self._agrees())

    async def _agrees(self) -> None:
        async with self.db.read() as tx:
            inbox = (await tx.execute(select(tables.inbox))).mappings().all()
            said = (await tx.execute(select(tables.messages))).mappings().all()
            set_timers = (await tx.execute(select(tables.timers))).mappings().all()
        open_talks: dict[int, int] = {}
        assert {pair for pairs in self.moved.values() for pair in pairs} <= ALLOWED
        for talk, known in await self._all():
            status = talk.status
            opened = [each for each in known if each.closed_at is None]
            kinds = {row["kind"] for row in set_timers if row["conversation_id"] == talk.id}
            waiting = {row["message_id"] for row in inbox if row["conversation_id"] == talk.id}
            mine = sorted(
                (row for row in said if row["conversation_id"] == talk.id),
                key=lambda row: row["id"],
            )

            # It came here by the moves of the table only.
            before = self.states.get(talk.id, Status.BOT)
            assert _leads(self.moved.get(talk.id, []), before, status), f"{before} -> {status}"
            self.states[talk.id] = status

            # Whoever has the turn, there is exactly one of them, and all rows say so.
            assert len(opened) <= 1
            assert (talk.assignee_id is not None) <= (status is Status.ASSIGNED)
            assert bool(opened) == (status in (Status.QUEUED, Status.ASSIGNED))
            if status is Status.QUEUED:
                assert opened[0].queued_at and opened[0].rank_at and opened[0].team
                assert opened[0].assignee_id is None
            if status is Status.ASSIGNED:
                assert opened[0].queued_at is None
                assert opened[0].assignee_id == talk.assignee_id
                assert not kinds & {clocks.PLACE, clocks.ABANDON, clocks.LEFT}
            if status in (Status.BOT, Status.RESOLVED):
                assert not kinds, "no timer wakes the assistant"
            if status is not Status.RESOLVED:
                open_talks[talk.customer_id] = open_talks.get(talk.customer_id, 0) + 1
            assert all(each.closed_at is None or each.outcome for each in known)

            # No message of a customer is nobody's.
            assert not waiting or status is Status.BOT
            unanswered = False
            for row in mine:
                if row["author"] == Author.CUSTOMER.value:
                    unanswered = True
                elif (
                    row["author"] in (Author.BOT.value, Author.AGENT.value) and not row["internal"]
                ):
                    unanswered = False
            if unanswered and status is Status.BOT:
                newest = max(row["id"] for row in mine if row["author"] == Author.CUSTOMER.value)
                # Who leaves the queue, or is given back, has been told so by the system.
                assert newest in waiting or mine[-1]["author"] == Author.SYSTEM.value
        self.moved.clear()
        assert all(count == 1 for count in open_talks.values())

    async def _to_an_end(self) -> None:
        """From wherever this stopped: with people at the desk everything ends with a person, the
        assistant, or a goodbye."""
        await answer_all(self.db, self.dialogue, self.desk.now + timedelta(seconds=11))
        self.desk.now += timedelta(seconds=30)
        fresh = [await self.desk.agent(f"new{n}", capacity=20) for n in range(2)]
        async with self.db.begin() as tx:
            for each in self.agents:
                await users.set_active(tx, each.id, False)
        for _ in range(12):
            await self.desk.goes(minutes=3, step=60)
            for talk, opened in await self._all():
                assert talk.status is not Status.QUEUED or opened[-1].queued_at
            with contextlib.suppress(handoff.Refused):
                for talk, _ in await self._all():
                    if talk.assignee_id in {each.id for each in fresh} and talk.waiting_since:
                        user = next(each for each in fresh if each.id == talk.assignee_id)
                        await self.desk.reply(talk.id, user)
            if not any(
                talk.status is Status.QUEUED or (talk.waiting_since and talk.assignee_id)
                for talk, _ in await self._all()
            ):
                return
            opens = schedule.next_opening(desk_rules.default().hours, self.desk.now)
            assert opens
            self.desk.now = opens
        raise AssertionError("somebody waits for ever")


def _leads(pairs: list[tuple[Status, Status]], before: Status, after: Status) -> bool:
    """Whether some of these moves, in their order, lead from one to the other; those between may
    have been rolled back."""
    reached = {before}
    for old, new in pairs:
        if old in reached:
            reached.add(new)
    return after in reached


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # a failure is shown as it was found: shrinking takes minutes
        suppress_health_check=list(HealthCheck),
    )


async def _nothing(url: str) -> None: ...


def test_on_sqlite(in_memory: Path) -> None:
    names = itertools.count()
    loop = asyncio.new_event_loop()

    async def open_database() -> str:
        return await new_sqlite(in_memory / f"{next(names)}.db")

    class OnSqlite(Talks):
        pass

    OnSqlite.loop = loop
    OnSqlite.open_database = staticmethod(open_database)  # type: ignore[assignment]
    OnSqlite.close_database = staticmethod(_nothing)  # type: ignore[assignment]
    run_state_machine_as_test(OnSqlite, settings=_settings(80, 40))
    loop.close()


def test_on_postgresql(postgres: str) -> None:
    loop = asyncio.new_event_loop()
    stack = contextlib.AsyncExitStack()

    async def open_database() -> str:
        return await stack.enter_async_context(new_postgres(postgres))

    class OnPostgresql(Talks):
        pass

    OnPostgresql.loop = loop
    OnPostgresql.open_database = staticmethod(open_database)  # type: ignore[assignment]
    OnPostgresql.close_database = staticmethod(lambda url: stack.aclose())  # type: ignore[assignment]
    run_state_machine_as_test(OnPostgresql, settings=_settings(10, 30))
    loop.close()
