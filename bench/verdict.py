"""What became of everything that was said, read from the pretend platforms' own logs and from the
database, once all is quiet. A breach is a sentence."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from crowd import Crowd
from sqlalchemy import func, or_, select

from bot.simulators.base import Bubble
from bot.storage import errands, releases
from bot.storage import tables as t
from bot.storage.db import Database

LATE: Final = timedelta(seconds=30)  # for which what is due may wait for a worker's look

Row = Mapping[str, Any]


class Kill(NamedTuple):
    """What was killed. `others`: a worker's death left another that was ready."""

    kind: str
    at: datetime
    others: bool = False


@dataclass
class Verdict:
    """`waits` are the customers' messages that were answered: stored at, answered at."""

    breaches: list[str] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)  # of customers, by channel
    said: Counter[str] = field(default_factory=Counter)  # to them, by author
    unknown: Counter[str] = field(default_factory=Counter)  # by channel
    unknown_arrived: Counter[str] = field(default_factory=Counter)
    handed_over: int = 0
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)

    def judge(self, good: bool, breach: str) -> None:
        if not good:
            self.breaches.append(breach)


@dataclass(frozen=True)
class Books:
    """The database's tables as far as they are judged."""

    customers: dict[int, Row]
    conversations: dict[int, Row]
    messages: list[Row]  # by id
    calls: dict[tuple[str, str], int]  # channel and the platform's id → message
    handoffs: dict[int, list[Row]]  # by conversation

    def customer_of(self, message: Row) -> Row:
        return self.customers[self.conversations[message["conversation_id"]]["customer_id"]]


async def quiet(db: Database) -> bool:
    """Nothing waits: for the assistant, for a platform, for a person."""
    async with db.read() as tx:
        for table in (t.inbox, t.outbox):
            if (await tx.execute(select(func.count()).select_from(table))).scalar_one():
                return False
        with_people = select(func.count()).where(
            t.conversations.c.status.in_(["queued", "assigned"])
        )
        return not (await tx.execute(with_people)).scalar_one()


async def read(db: Database) -> Books:
    async with db.read() as tx:

        async def rows(table: Any) -> list[Row]:
            key = [*table.primary_key.columns]
            return [
                dict(row) for row in (await tx.execute(select(table).order_by(*key))).mappings()
            ]

        handed: dict[int, list[Row]] = defaultdict(list)
        told = {
            (row["conversation_id"], row["created_at"]): row["id"]
            for row in await rows(t.messages)
            if row["author"] == "system"
        }
        for row in await rows(t.handoffs):
            ended = told.get((row["conversation_id"], row["closed_at"]))
            handed[row["conversation_id"]].append({**row, "ended_with": ended})
        return Books(
            {row["id"]: row for row in await rows(t.customers)},
            {row["id"]: row for row in await rows(t.conversations)},
            await rows(t.messages),
            {
                (row["channel"], row["external_id"]): row["message_id"]
                for row in await rows(t.sent_calls)
            },
            handed,
        )


async def of(db: Database, crowd: Crowd, now: datetime) -> Verdict:
    """Everything but the processes."""
    verdict, books = Verdict(), await read(db)
    _stored(verdict, books, crowd)
    _answered(verdict, books)
    _delivered(verdict, books, crowd)
    await _half_states(verdict, books, db, now)
    return verdict


def _stored(verdict: Verdict, books: Books, crowd: Crowd) -> None:
    """Every message of a customer, and every word of the agent, is there once."""
    found: Counter[tuple[str, str]] = Counter()
    for row in books.messages:
        if row["author"] == "customer":
            external = row["external_id"]
            found[row["channel"], external.rpartition(":")[2]] += 1
            verdict.messages[row["channel"]] += 1
    sent = Counter(("web", each) for visitor in crowd.visitors for each in visitor.sent)
    for name, simulator in crowd.platforms.all.items():
        for person in simulator.people.values():
            sent.update((name, b.id) for b in person.bubbles if b.by == "customer")
    for channel, external in sent - found:
        verdict.breaches.append(f"{channel}: message {external} of a customer is lost")
    for channel, external in found - sent:
        verdict.breaches.append(f"{channel}: message {external} is stored and nobody wrote it")
    by_agent = Counter(r["client_id"] for r in books.messages if r["author"] == "agent")
    for client_id in crowd.agent.said:
        verdict.judge(by_agent[client_id] == 1, f"the agent's reply {client_id} is lost")
    # The console may have taken one whose answer was lost on the way.
    verdict.judge(None not in by_agent, "our own words were taken for a colleague's in the app")


def _answered(verdict: Verdict, books: Books) -> None:
    """Once each and in order, or with a person."""
    talks: dict[int, list[Row]] = defaultdict(list)
    for row in books.messages:
        talks[row["conversation_id"]].append(row)
    for talk, rows in talks.items():
        answers: dict[int, set[datetime]] = defaultdict(set)
        for row in rows:
            if row["author"] == "bot":
                for answered in row["meta"].get("answers", ()):
                    answers[answered].add(row["created_at"])
        asked = [row for row in rows if row["author"] == "customer"]
        latest = None
        for row in asked:
            at = answers.get(row["id"], set())
            verdict.judge(len(at) <= 1, f"message {row['id']} was answered {len(at)} times")
            if at:
                first = min(at)
                in_order = latest is None or latest <= first
                verdict.judge(in_order, f"message {row['id']} was answered before one before it")
                latest = first
                verdict.waits.append((row["created_at"], first))
            else:
                verdict.handed_over += 1
                later = (
                    min(answers[each["id"]])
                    for each in asked
                    if each["id"] > row["id"] and each["id"] in answers
                )
                by_person = _with_a_person(row, min(later, default=None), books.handoffs[talk])
                about = f"message {row['id']} of conversation {talk} on {row['channel']}"
                verdict.judge(by_person, f"{about} was never answered")


def _with_a_person(row: Row, later: datetime | None, handed: Sequence[Row]) -> bool:
    """Whether a person had the conversation when the message was stored, or before the assistant
    answered anything after it: of what waits together, what comes after the wish for a person is
    left to them. The end of a hand-off is where it was told: times are read before
    the lock is had."""
    return any(
        (each["ended_with"] is None or each["ended_with"] > row["id"])
        and (later is None or each["requested_at"] <= later)
        for each in handed
    )


def _delivered(verdict: Verdict, books: Books, crowd: Crowd) -> None:
    said: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in books.messages:
        if row["author"] != "customer" and not row["internal"]:
            customer = books.customer_of(row)
            said[customer["channel"], customer["external_id"]].append(row)
            verdict.said[row["author"]] += 1
            fate = row["delivery"]
            verdict.unknown[row["channel"]] += fate == "unknown"
            settled = fate in ("sent", "delivered", "seen", "unknown")
            verdict.judge(settled, f"message {row['id']} is {fate}: {row['meta'].get('error')}")
    for name, simulator in crowd.platforms.all.items():
        for person in simulator.people.values():
            shown = [each for each in person.bubbles if each.by != "customer"]
            _on_screen(verdict, books, name, person.id, shown, said[name, person.id])
    for visitor in crowd.visitors:
        ids = {
            r["id"]
            for r in books.messages
            if (r["external_id"] or "").rpartition(":")[2] in visitor.sent
        }
        talk = {r["conversation_id"] for r in books.messages if r["id"] in ids}
        due = {
            r["id"] for r in books.messages if r["conversation_id"] in talk and not r["internal"]
        }
        verdict.judge(due == visitor.read, f"a page lacks {due - visitor.read} of its talk")


def _on_screen(
    verdict: Verdict,
    books: Books,
    channel: str,
    person: str,
    shown: Sequence[Bubble],
    said: Sequence[Row],
) -> None:
    """A person's screen against what our store says of it."""
    known = {row["id"]: row for row in said}
    on_screen: dict[int, list[str]] = defaultdict(list)
    latest = 0
    for bubble in shown:
        external = f"{person}:{bubble.id}" if channel == "telegram" else bubble.id
        found = books.calls.get((channel, external)) or _without_answer(
            bubble, said, on_screen, latest
        )
        if found is None or found not in known:
            verdict.breaches.append(
                f"{channel}: {bubble.text[:40]!r} is on a screen, not in our store"
            )
            continue
        words = _words(bubble.text)
        verdict.judge(words not in on_screen[found], f"{channel}: message {found} came twice")
        on_screen[found].append(words)
        verdict.judge(found >= latest, f"{channel}: message {found} came after one after it")
        latest = max(latest, found)
    for row in said:
        if row["delivery"] == "unknown":
            verdict.unknown_arrived[channel] += row["id"] in on_screen
        elif row["delivery"] in ("sent", "delivered", "seen"):
            there = row["id"] in on_screen
            verdict.judge(there, f"{channel}: message {row['id']} was sent and never came")


def _without_answer(
    bubble: Bubble, said: Iterable[Row], on_screen: Mapping[int, Sequence[str]], latest: int
) -> int | None:
    """The message of unknown fate that stands on a screen. Of several with its words, one that is
    in order: which of them arrived, nobody knows."""
    words = _words(bubble.text)
    fitting = []
    for row in said:
        fits = words in _words(row["content"]["text"]) or _words(row["content"]["text"]) in words
        if fits and row["delivery"] == "unknown" and words not in on_screen.get(row["id"], ()):
            fitting.append(int(row["id"]))
    return next((each for each in fitting if each >= latest), fitting[0] if fitting else None)


def _words(text: str) -> str:
    return " ".join(text.split())


async def _half_states(verdict: Verdict, books: Books, db: Database, now: datetime) -> None:
    for talk in books.conversations.values():
        open_ones = [each for each in books.handoffs[talk["id"]] if each["closed_at"] is None]
        with_people = talk["status"] in ("queued", "assigned")
        fits = len(open_ones) == with_people
        verdict.judge(
            fits, f"conversation {talk['id']}: {talk['status']}, {len(open_ones)} hand-offs"
        )
    overdue = {
        "timers": t.timers.c.due_at < now - LATE,
        "errands": or_(t.errands.c.due_at < now - LATE, t.errands.c.due_at > now + errands.LEASE),
        "outreach": t.outreach.c.held_until < now - LATE,
        "inbox": t.inbox.c.message_id > 0,
        "outbox": t.outbox.c.id > 0,
        "workers": t.workers.c.seen_at < now - releases.FORGOTTEN,
        "unread_events": t.unread_events.c.id > 0,
    }
    async with db.read() as tx:
        for name, condition in overdue.items():
            count = (await tx.execute(select(func.count()).where(condition))).scalar_one()
            verdict.judge(not count, f"{count} rows of {name} were left behind")


def gaps(verdict: Verdict, kills: Sequence[Kill]) -> list[dict[str, Any]]:
    """By what was killed: how often, until the next answer, until all who waited had theirs."""
    kinds = {
        kind: [k for k in kills if k.kind == kind] for kind in dict.fromkeys(k.kind for k in kills)
    }
    kinds["worker, another ready"] = [k for k in kills if k.kind == "worker" and k.others]
    table = []
    for kind, those in kinds.items():
        following, longest = [], []
        for kill in those:
            answered = [at for _, at in verdict.waits if at > kill.at]
            waited = [at for asked, at in verdict.waits if asked <= kill.at < at]
            if answered:
                following.append((min(answered) - kill.at).total_seconds())
            longest.append(max(((at - kill.at).total_seconds() for at in waited), default=0.0))
        table.append(
            {
                "killed": kind,
                "times": len(those),
                "next_answer_median_s": round(statistics.median(following), 1)
                if following
                else None,
                "next_answer_max_s": round(max(following), 1) if following else None,
                "waiting_answered_max_s": round(max(longest), 1) if longest else None,
            }
        )
    return table
