"""A shop that has been busy for 700 days, written by the database itself: millions of messages in
minutes, with what hangs on them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from search import Shop
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from bot.folded import words
from bot.models import Content
from bot.storage import search

IN_A_TALK = 10  # messages
OF_A_CUSTOMER = 4  # talks
DAYS = 700
KEPT_EVENTS = 30  # days, as bot/retention.yml keeps them
SENTENCES = 4000
CHUNK = 500_000  # rows of a statement

TABLES = (
    *("tracker_events", "tracker_checkpoints", "events", "reads", "survey_answers", "surveys"),
    *("outreach", "consents", "timers", "handoff_events", "handoffs", "promises", "reviews"),
    *("conversation_tags", "sent_calls", "errands", "outbox", "inbox", "messages"),
    *("conversations", "customers", "users"),
)


class Writer:
    """Runs SQL for either engine, outside of the program's own pool and its time limit."""

    def __init__(self, connection: Any, is_sqlite: bool) -> None:
        self._connection = connection
        self.is_sqlite = is_sqlite

    async def run(self, sql: str) -> None:
        if self.is_sqlite:
            self._connection.exec_driver_sql(sql)
        else:
            await self._connection.exec_driver_sql(sql.replace("%", "%%"))

    async def rows(self, into: str, columns: str, values: str, many: int, where: str = "") -> None:
        """`values` of every i from 1 to `many`."""
        for first in range(1, many + 1, CHUNK):
            last = min(first + CHUNK - 1, many)
            await self.run(
                f"INSERT INTO {into} ({columns}) SELECT {values} FROM {self.numbers(first, last)} "
                + where
            )

    def numbers(self, first: int, last: int) -> str:
        if not self.is_sqlite:
            return f"generate_series({first}, {last}) AS n(i)"
        return (
            f"(WITH RECURSIVE s(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM s "
            f"WHERE i < {last}) SELECT i FROM s) AS n"
        )

    def at(self, share: str) -> str:
        """The moment when that share of the days had passed."""
        if self.is_sqlite:
            ago = f"(1.0 - ({share})) * {DAYS * 86_400}"
            return f"strftime('%Y-%m-%d %H:%M:%f000', unixepoch() - 7200 - {ago}, 'unixepoch')"
        ago = f"(1.0 - ({share})) * {DAYS}"
        return f"(now() - interval '2 hours' - ({ago}) * interval '1 day')"

    def json(self, text: str) -> str:
        return f"'{text}'" if self.is_sqlite else f"'{text}'::json"


@asynccontextmanager
async def writer(url: str) -> AsyncIterator[Writer]:
    if url.startswith("sqlite"):
        engine = create_engine(url, future=True)
        with engine.begin() as connection:
            yield Writer(connection, is_sqlite=True)
        engine.dispose()
    else:
        asynchronous = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with asynchronous.connect() as tx:
            yield Writer(tx, is_sqlite=False)
        await asynchronous.dispose()


async def fill(url: str, size: int) -> None:
    """Put a shop with so many messages in place of whatever is there."""
    async with writer(url) as to:
        for name in TABLES:
            await to.run(
                f"DELETE FROM {name}"
                if to.is_sqlite
                else f"TRUNCATE {name} RESTART IDENTITY CASCADE"
            )
        if not to.is_sqlite:
            await to.run("DROP INDEX IF EXISTS ix_messages_words")
            await to.run("SET synchronous_commit TO OFF")
            await to.run("SET maintenance_work_mem TO '512MB'")
        await _said(to)
        await _talks(to, size)
        await _hanging_on_them(to, size)
        if to.is_sqlite:
            return
        for statement in search.INDEX["postgresql"]:
            await to.run(statement)
        for name in TABLES:
            if name not in ("conversation_tags", "reads", "reviews", "sent_calls", "timers") and (
                name not in ("inbox", "tracker_checkpoints")
            ):
                await to.run(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                    f"coalesce((SELECT max(id) FROM {name}), 1))"
                )
        await to.run("VACUUM ANALYZE")


async def _said(to: Writer) -> None:
    """What is said, in random order, as the connector tells it."""
    shop = Shop(1)
    await to.run("DROP TABLE IF EXISTS bench_said")
    kind = "TEXT" if to.is_sqlite else "JSON"
    await to.run(f"CREATE TABLE bench_said (i INTEGER PRIMARY KEY, content {kind}, folded TEXT)")

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''").replace("%", " ").replace(":", " ") + "'"

    rows = []
    for n in range(SENTENCES):
        said = (shop.customers_words() if n % 2 else shop.our_words()).replace(":", " ")
        content = json.dumps(Content(said).as_json(), ensure_ascii=False)
        content = "'" + content.replace("'", "''").replace("%", " ") + "'"
        rows.append(f"({n}, {content}, {quoted(words(said))})")
    for first in range(0, SENTENCES, 500):
        await to.run(f"INSERT INTO bench_said VALUES {', '.join(rows[first : first + 500])}")


async def _talks(to: Writer, size: int) -> None:
    talks = max(1, size // IN_A_TALK)
    people = max(1, talks // OF_A_CUSTOMER)
    no, empty = ("0" if to.is_sqlite else "false"), to.json("{}")
    on = "1" if to.is_sqlite else "true"
    await to.rows(
        "users",
        "id, username, name, role, password_hash, active, created_at, teams, skills",
        f"i, 'u' || i, 'Nhân viên ' || i, 'agent', 'x', {on}, {to.at('0')}, "
        f"{to.json('[]')}, {empty}",
        20,
    )
    await to.rows(
        "customers",
        "id, channel, external_id, name, profile, greeted_at, created_at",
        f"i, CASE i % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END, 'p' || i, 'Khách ' || i, "
        f"{empty}, {to.at('1')}, {to.at(f'i * 0.5 / {people}')}",
        people,
    )
    # The newest of a person's talks stays with the assistant; older ones have ended.
    share = f"i * 1.0 / {talks}"
    await to.rows(
        "conversations",
        "id, customer_id, status, version, last_inbound_at, last_message_at, resolution, "
        "created_at, resolved_at",
        f"i, (i - 1) % {people} + 1, CASE WHEN i > {talks - people} THEN 'bot' ELSE 'resolved' END,"
        f" 5, {to.at(share)}, {to.at(share)}, CASE WHEN i > {talks - people} THEN '' ELSE 'idle' "
        f"END, {to.at(share)}, CASE WHEN i > {talks - people} THEN NULL ELSE {to.at(share)} END",
        talks,
    )
    await to.rows(
        "messages",
        "id, conversation_id, channel, author, internal, content, folded, meta, external_id, "
        "delivery, sent_at, created_at",
        f"n.i, (n.i - 1) / {IN_A_TALK} + 1, "
        f"CASE ((n.i - 1) / {IN_A_TALK} % {people} + 1) % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' "
        f"END, CASE n.i % 2 WHEN 1 THEN 'customer' ELSE 'bot' END, {no}, said.content, "
        f"said.folded, {empty}, CASE n.i % 2 WHEN 1 THEN 'm' || n.i END, "
        f"CASE n.i % 2 WHEN 1 THEN NULL ELSE 'seen' END, "
        f"CASE n.i % 2 WHEN 1 THEN {to.at(f'n.i * 1.0 / {size}')} END, "
        f"{to.at(f'n.i * 1.0 / {size}')}",
        size,
        # Customers' sentences and ours take turns, each in an order that looks like none.
        where=f"JOIN bench_said AS said ON said.i = "
        f"(n.i / 2 % {SENTENCES // 2}) * 7919 % {SENTENCES // 2} * 2 + n.i % 2",
    )


async def _hanging_on_them(to: Writer, size: int) -> None:
    talks = max(1, size // IN_A_TALK)
    people = max(1, talks // OF_A_CUSTOMER)
    empty = to.json("{}")
    late = size * KEPT_EVENTS // DAYS
    share = f"(i + {size - late}) * 1.0 / {size}"
    await to.rows(
        "events",
        "conversation_id, kind, message_id, created_at",
        f"(i + {size - late} - 1) / {IN_A_TALK} + 1, 'message', i + {size - late}, {to.at(share)}",
        late,
    )
    await to.rows(
        "sent_calls",
        "channel, external_id, message_id",
        f"'zalo', 's' || i, 2 * (i + {(size - late) // 2})",
        late // 2,
    )
    tenth = f"i * {IN_A_TALK} * 1.0 / {talks}"  # of the talks, one in ten was handed over
    await to.rows(
        "handoffs",
        "id, conversation_id, reason, summary, assignee_id, requested_at, respond_by, accepted_at,"
        " first_reply_at, closed_at, outcome, team, skills, rank_at",
        f"i, i * {IN_A_TALK}, 'asked', 'Khách hỏi', i % 20 + 1, {to.at(tenth)}, {to.at(tenth)}, "
        f"{to.at(tenth)}, {to.at(tenth)}, {to.at(tenth)}, 'resolved', 'cskh', {to.json('[]')}, "
        f"{to.at(tenth)}",
        talks // IN_A_TALK,
    )
    for kind in ("requested", "accepted", "resolved"):
        await to.rows(
            "handoff_events",
            "handoff_id, kind, user_id, data, at",
            f"i, '{kind}', i % 20 + 1, {empty}, {to.at(tenth)}",
            talks // IN_A_TALK,
        )
    await to.rows(
        "reviews",
        "message_id, verdict, user_id, reviewed_at",
        f"i * 100, 'right', i % 20 + 1, {to.at(f'i * 100.0 / {size}')}",
        size // 100,
    )
    await to.rows(
        "conversation_tags",
        "conversation_id, tag, created_at",
        f"i * 20, 'nhan-' || (i % 12), {to.at(f'i * 20.0 / {talks}')}",
        talks // 20,
    )
    await to.rows(
        "promises",
        "conversation_id, team, text, kind, made_by, due_at, done_at, outcome, created_at",
        f"i * 20, 'cskh', 'Gọi lại', 'callback', 'agent', {to.at(f'i * 20.0 / {talks}')}, "
        f"{to.at(f'i * 20.0 / {talks}')}, 'kept', {to.at(f'i * 20.0 / {talks}')}",
        talks // 20,
    )
    await to.rows(
        "consents",
        "customer_id, purpose, said, created_at",
        f"i, 'care', 'yes', {to.at('0.9')}",
        people,
    )
    await to.rows(
        "outreach",
        "kind, key, purpose, customer_id, about, state, due_at, ended_at, created_at",
        f"'news', 'news:' || i, 'promotion', i % {people} + 1, {empty}, 'sent', "
        f"{to.at(f'i * 1.0 / {talks}')}, {to.at(f'i * 1.0 / {talks}')}, "
        f"{to.at(f'i * 1.0 / {talks}')}",
        talks,
    )
    await to.rows(
        "surveys",
        "id, kind, customer_id, conversation_id, asked_at, ended_at, outcome",
        f"i, 'csat', (i * {IN_A_TALK} - 1) % {people} + 1, i * {IN_A_TALK}, {to.at(tenth)}, "
        f"{to.at(tenth)}, 'answered'",
        talks // IN_A_TALK,
    )
    await to.rows(
        "survey_answers",
        "survey_id, question, mark, answered_at",
        f"i, 'mark', i % 5 + 1, {to.at(tenth)}",
        talks // IN_A_TALK,
    )
