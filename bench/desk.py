"""A day at the desk: a thousand customers ask for a person, twelve agents of five teams answer,
with lunch breaks and one on sick leave. The queue's own code on SQLite, with a moved clock. Then
many at the desk at once, on real processes: see bench/desk_load.py.

    uv run python bench/desk.py [--arrivals 1000] [--days 3] [--seed 1]
                                [--quick] [--database-url URL] [--webs 1]

`--days 0` leaves out the first part, `--no-load` the second, which `--quick` makes short; its
PostgreSQL database is to be empty, and without one it is on SQLite. What the first prints, of every
day simulated:

  waits     the waits that customers were told, against how long each then really waited. Told are
            whole minutes, "khoảng 4–6 phút". `held` counts those whose wait lay between half of
            the lower and one and a half of the upper minute; `middle` those within 50 % of the
            middle of the two, which chance alone keeps low near the front of a queue.
  service   conversations that a person answered within 300 s, of all that were asked for in hours
  used      of the agents' room, while they were there
  longest   the longest wait of each priority, in minutes, of those who were helped
  exceeded  how often an agent had more than their capacity (0, or the bench fails)

Customers lose patience after a while of their own (45 minutes in the mean) and say so. How long a
conversation takes is log-normal, 12 minutes in the mean, longer in technical matters.

Prints tables and writes results/desk.json. Fails when somebody had more than their capacity, when a
message was late, lost or doubled on a screen.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import itertools
import json
import math
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import desk_load

from bot import assignment, conversation, desk_rules, handoff, keeper, queue
from bot.models import Content, Presence, Role, User
from bot.storage import agents, conversations, customers, handoffs, inbox, messages, rules, users
from bot.storage.db import Database
from bot.storage.migrate import migrate
from connectors.base import InboundMessage

ROOT = Path(__file__).resolve().parent.parent
HERE = timezone(timedelta(hours=7))
OPENS = datetime(2026, 7, 8, 8, tzinfo=HERE)  # a Wednesday, and no holiday
HOURS = range(8, 21)
# Of a day's customers, by hour: a morning, an afternoon and an evening peak.
PROFILE = (5, 9, 11, 9, 6, 6, 8, 9, 8, 6, 6, 9, 8)
# What they write, for which team, how often, and how many minutes it takes.
MATTERS = (
    ("cho gặp nhân viên với", "cskh", 38, 11),
    ("tư vấn giúp em cái tủ lạnh", "ban_hang", 22, 12),
    ("máy bị lỗi không chạy", "ky_thuat", 20, 16),
    ("shipper chưa giao hàng", "giao_nhan", 12, 8),
    ("xuất hoá đơn giúp em", "ke_toan", 8, 9),
)
ANGRY = 0.08  # of them complain: one step more urgent
ENGLISH = 0.04  # write English, and need somebody who speaks it
# Teams, skills, from and until when, lunch. The last is on sick leave.
STAFF = (
    (("cskh",), {"en": 2}, 8, 17, 11.5),
    (("cskh",), {}, 8, 17, 12),
    (("cskh", "giao_nhan"), {}, 8, 17, 12.5),
    (("cskh", "ban_hang"), {}, 12, 21, 17),
    (("cskh",), {"en": 1}, 12, 21, 17.5),
    (("ban_hang",), {}, 8, 17, 12),
    (("ban_hang",), {"en": 1}, 12, 21, 18),
    (("ky_thuat",), {}, 8, 17, 11.5),
    (("ky_thuat",), {}, 12, 21, 17.5),
    (("ky_thuat", "cskh"), {}, 9, 18, 12.5),
    (("giao_nhan", "ke_toan"), {}, 8, 21, 12),
    (("ke_toan", "cskh"), {}, 8, 17, 12),
)
SICK = 11
LUNCH = timedelta(minutes=45)
LOOK = timedelta(seconds=15)
WAIT = re.compile(r"(\d+)–(\d+) (?:phút|minutes)")

Row = dict[str, Any]
Event = tuple[datetime, int, Callable[[], Awaitable[None]]]


@dataclass
class Day:
    """One simulated day."""

    db: Database
    dice: random.Random
    now: datetime = field(default_factory=lambda: OPENS.astimezone(timezone.utc))
    staff: list[User] = field(default_factory=list)
    there: set[int] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    order: Any = field(default_factory=itertools.count)
    asked: dict[int, datetime] = field(default_factory=dict)
    minutes: dict[int, float] = field(default_factory=dict)  # that a conversation will take
    begun: dict[int, datetime] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    exceeded: int = 0
    used: list[tuple[float, float]] = field(default_factory=list)

    def at(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self.events, (moment, next(self.order), act))

    async def open(self, arrivals: int) -> None:
        document = desk_rules.document()
        document["routing"].append(
            {"name": "English", "when": {"languages": ["en"]}, "skills": ["en"]}
        )
        async with self.db.begin() as tx:
            await rules.save(tx, document, "routing", None, self.now, upon=0)
            for n, (teams, skills, *_) in enumerate(STAFF):
                user_id = await users.add(tx, f"a{n}", f"A{n}", Role.AGENT, "x", self.now)
                await agents.place(tx, user_id, teams, skills, 4)
                user = await users.by_id(tx, user_id)
                assert user
                self.staff.append(user)
        for n, (_, _, begins, ends, lunch) in enumerate(STAFF):
            if n != SICK:
                user = self.staff[n]
                self.shift(user, Presence.ONLINE, begins)
                self.shift(user, Presence.AWAY, lunch)
                self.shift(user, Presence.ONLINE, lunch + LUNCH / timedelta(hours=1))
                self.shift(user, Presence.OFF, ends)
        for n in range(arrivals):
            hour = self.dice.choices(HOURS, PROFILE)[0] + self.dice.random()
            self.at(self.clock(hour), lambda n=n: self.arrive(n))  # type: ignore[misc]

    def clock(self, hour: float) -> datetime:
        return (OPENS + timedelta(hours=hour - 8)).astimezone(timezone.utc)

    def shift(self, user: User, presence: Presence, hour: float) -> None:
        async def change() -> None:
            (self.there.discard if presence is Presence.OFF else self.there.add)(user.id)
            async with self.db.begin() as tx:
                await agents.appear(tx, user.id, presence, self.now)

        self.at(self.clock(hour), change)

    async def arrive(self, n: int) -> None:
        text, _, _, mean = self.dice.choices(MATTERS, [share for *_, share, _ in MATTERS])[0]
        english = self.dice.random() < ENGLISH
        reason = "complaint" if self.dice.random() < ANGRY else "customer_request"
        locale = "en" if english else "vi"
        inbound = InboundMessage("web", f"m{n}", f"c{n}", self.now, text=text, locale=locale)
        talk = (await conversation.receive(self.db, inbound, self.now)).conversation_id
        self.asked[talk] = self.now
        self.minutes[talk] = self.dice.lognormvariate(math.log(mean) - 0.18, 0.6)
        async with self.db.begin() as tx:
            await inbox.clear(tx, talk)
            found = await conversations.by_id(tx, talk)
            assert found
            customer = await customers.by_id(tx, found.customer_id)
            await queue.request(tx, found, customer, reason, text, self.now)
        patience = timedelta(minutes=self.dice.expovariate(1 / 45) + 3)
        self.at(self.now + patience, lambda: self.lose_patience(talk))

    async def lose_patience(self, talk: int) -> None:
        async with self.db.begin() as tx:
            found = await conversations.by_id(tx, talk)
            assert found
            if talk not in self.begun and found.status.value == "queued":
                customer = await customers.lock(tx, found.customer_id)
                await queue.take_back(tx, found, customer, self.now)
                self.gone.add(talk)

    async def work(self) -> None:
        """Whoever has just been given somebody answers soon, and ends it in its time."""
        usual = desk_rules.default().assignment
        room = load = 0.0
        async with self.db.read() as tx:
            for agent in await agents.all_of(tx):
                has, may = (
                    assignment.load_of(usual, agent),
                    assignment.capacity_of(usual, agent),
                )
                self.exceeded += has > may
                if agent.presence is Presence.ONLINE:
                    room, load = room + may, load + has
                if agent.load:
                    for talk in await conversations.of_agent(tx, agent.user.id):
                        self.begin(talk.id, agent.user)
        self.used.append((load, room))

    def begin(self, talk: int, user: User) -> None:
        if talk in self.begun:
            return
        self.begun[talk] = self.now
        soon = timedelta(seconds=min(240, 10 + self.dice.expovariate(1 / 35)))
        ends = max(timedelta(minutes=self.minutes[talk]), 2 * soon)
        self.at(self.now + soon, lambda: self.answer(talk, user))
        self.at(self.now + ends, lambda: self.end(talk, user))

    async def answer(self, talk: int, user: User) -> None:
        content = Content("Dạ em chào anh/chị")
        await handoff.reply(self.db, talk, user, content, self.now, f"answer-{talk}")

    async def end(self, talk: int, user: User) -> None:
        await handoff.resolve(self.db, talk, user, "answered", self.now)

    async def run(self) -> None:
        end = self.clock(23)
        while self.now < end and (self.events or self.now < self.clock(21)):
            self.now += LOOK
            happened = False
            while self.events and self.events[0][0] <= self.now:
                await heapq.heappop(self.events)[2]()
                happened = True
            async with self.db.begin(durable=False) as tx:
                for user_id in self.there:
                    await agents.seen(tx, user_id, self.now)
            if await keeper.look(self.db, self.now) or happened:
                await self.work()

    async def figures(self) -> Row:
        told: list[tuple[int, int, float, int]] = []
        first: list[float] = []
        longest: dict[int, float] = defaultdict(float)
        outcomes: Counter[str] = Counter()
        async with self.db.read() as tx:
            for talk, since in self.asked.items():
                (found,) = await handoffs.of_conversation(tx, talk)
                outcomes[found.outcome or "open"] += 1
                if found.accepted_at:
                    waited = (found.accepted_at - since) / timedelta(minutes=1)
                    longest[found.priority] = max(longest[found.priority], waited)
                if since < self.clock(21):
                    first.append(
                        (found.first_reply_at - since).total_seconds()
                        if found.first_reply_at
                        else math.inf
                    )
                if found.accepted_at is None:
                    continue
                for message in await messages.of_conversation(tx, talk):
                    if range_ := WAIT.search(message.content.text):
                        truth = (found.accepted_at - message.created_at) / timedelta(minutes=1)
                        place = re.search(r"(?:thứ|number) (\d+)", message.content.text)
                        low, high = int(range_[1]), int(range_[2])
                        told.append((low, high, truth, int(place[1]) if place else 0))
        return {
            "arrivals": len(self.asked),
            "outcomes": dict(outcomes),
            "waited": sum(
                self.begun.get(talk, self.now) - since > LOOK for talk, since in self.asked.items()
            ),
            "told": len(told),
            "held": _share(0.5 * low <= truth <= 1.5 * high for low, high, truth, _ in told),
            "middle": _share(
                abs(truth - (low + high) / 2) <= (low + high) / 4 for low, high, truth, _ in told
            ),
            "held_by_place": {
                name: _share(
                    0.5 * low <= truth <= 1.5 * high
                    for low, high, truth, place in told
                    if place in places
                )
                for name, places in (
                    ("1", range(1, 2)),
                    ("2-3", range(2, 4)),
                    ("4-8", range(4, 9)),
                    ("9+", range(9, 999)),
                )
            },
            "too_short": _share(truth > 1.5 * high for _, high, truth, _ in told),
            "too_long": _share(truth < 0.5 * low for low, _, truth, _ in told),
            "service_300_s": _share(each <= 300 for each in first),
            "first_reply_p50_s": round(statistics.median(first)),
            "used": round(
                sum(load for load, _ in self.used) / sum(room for _, room in self.used), 2
            ),
            "longest_min": {f"P{key}": round(value, 1) for key, value in sorted(longest.items())},
            "exceeded": self.exceeded,
        }


def _share(hits: Any) -> float | None:
    found = list(hits)
    return round(sum(found) / len(found), 3) if found else None


async def simulate(arrivals: int, seed: int, folder: Path) -> Row:
    url = f"sqlite:///{folder / f'day-{seed}.db'}"
    await migrate(url)
    db = Database(url)
    day = Day(db, random.Random(seed))
    began = time.monotonic()
    await day.open(arrivals)
    await day.run()
    row = {"seed": seed, **await day.figures(), "seconds": round(time.monotonic() - began)}
    await db.close()
    return row


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--arrivals", type=int, default=1000)
    options.add_argument("--days", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-load", action="store_true", help="the simulated days alone")
    options.add_argument("--quick", action="store_true", help="ten seconds instead of sixty")
    options.add_argument("--database-url", default="", help="of the second part")
    options.add_argument("--webs", type=int, default=1, help="web processes of the second part")
    given = options.parse_args()
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # nothing waits for the disk
    days = []
    with tempfile.TemporaryDirectory(prefix="carebot-desk-", dir=shared) as folder:
        for seed in range(given.seed, given.seed + given.days):
            days.append(await simulate(given.arrivals, seed, Path(folder)))
            print(json.dumps(days[-1], ensure_ascii=False), flush=True)
    failed = ["an agent had more than their capacity"] * any(day["exceeded"] for day in days)
    results: Row = {"days": days}
    if not given.no_load:
        with tempfile.TemporaryDirectory(prefix="carebot-desk-") as folder:
            url = given.database_url or f"sqlite:///{folder}/carebot.db"
            results["load"] = await desk_load.measure(Path(folder), url, given.webs, given.quick)
        failed += desk_load.failures(results["load"])
    (ROOT / "results").mkdir(exist_ok=True)
    text = json.dumps(results, indent=2, ensure_ascii=False)
    (ROOT / "results" / "desk.json").write_text(text, encoding="utf-8")
    if failed:
        raise SystemExit("; ".join(failed))


if __name__ == "__main__":
    asyncio.run(main())
