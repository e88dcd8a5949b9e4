"""Nothing that is done for one message reads more because much was said before: by this customer in
one long talk or in many, or by everybody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, said
from reading import counted
from servers import settings
from sqlalchemy import JSON, case, false, literal, select, text
from starlette.requests import Request

from bot import conversation, outbox
from bot.console import api
from bot.console.access import Visit
from bot.models import Author, Content, Delivery, Role, User
from bot.storage import conversations, customers, events, inbox, trackers
from bot.storage.db import Database
from bot.storage.tables import UtcDateTime, tracker_events
from bot.storage.tables import conversations as conversation_rows
from bot.storage.tables import events as event_rows
from bot.storage.tables import messages as message_rows
from bot.widget.door import Door
from connectors.web_widget import WebWidget

PAGE = 250  # turns: more than anything looks at
SLACK = 1200  # rows, or steps: of those that a cursor looks back over there may be none at first
MANY = 5_000
DAY = timedelta(days=1)
MAI = User(1, "mai", "Mai", Role.SUPERVISOR, True)


async def talked(db: Database, who: str, channel: str, turns: int, *, in_a_talk: int) -> int:
    """A customer who has talked with the assistant so many times; their open conversation."""
    began = NOON - 40 * DAY
    older = turns // in_a_talk - 1
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, channel, who, began)
        first = await conversations.start(tx, customer.id, began)
        talk = first
        if older:
            ended = {"status": "resolved", "resolved_at": began, "last_message_at": began}
            ended |= {"customer_id": customer.id, "created_at": began}
            this = conversation_rows.update().where(conversation_rows.c.id == first.id)
            await tx.execute(this.values(**ended))
            await tx.execute(_rows(conversation_rows, older - 1, ended)) if older > 1 else None
            talk = await conversations.start(tx, customer.id, began)
        n = _numbers(2 * turns)
        bot = n.c.i % 2 == 1
        said = {
            "conversation_id": first.id + n.c.i / (2 * in_a_talk),
            "channel": channel,
            "author": case((bot, Author.BOT.value), else_=Author.CUSTOMER.value),
            "internal": false(),
            "content": literal(Content("Dạ").as_json(), JSON),
            "meta": literal({}, JSON),
            "delivery": case((bot, Delivery.SEEN.value), else_=None),
            "sent_at": case((bot, None), else_=literal(began, UtcDateTime)),
            "created_at": literal(began, UtcDateTime),
        }
        await tx.execute(_rows(message_rows, n, said))
        told = {"conversation_id": said["conversation_id"], "kind": "message", "created_at": began}
        await tx.execute(_rows(event_rows, n, told))
        slot = {"event": "slot", "name": "x", "value": 1}
        talks = select(conversation_rows.c.id, literal(slot, JSON))
        of_theirs = talks.where(conversation_rows.c.customer_id == customer.id)
        memory = tracker_events.insert().from_select(["conversation_id", "event"], of_theirs)
        await tx.execute(memory)
        await conversations.heard(tx, talk, NOON - timedelta(minutes=5))
    return talk.id


def _numbers(many: int) -> Any:
    n = select(literal(0).label("i")).cte("n", recursive=True)
    return n.union_all(select(n.c.i + 1).where(n.c.i < many - 1))


def _rows(table: Any, n: Any, values: dict[str, Any]) -> Any:
    """Fill a table without sending every row."""
    n = _numbers(n) if isinstance(n, int) else n
    columns = [
        literal(value, table.c[name].type) if isinstance(value, str | int | datetime) else value
        for name, value in values.items()
    ]
    return table.insert().from_select(list(values), select(*columns).select_from(n))


async def planned(db: Database) -> None:
    """PostgreSQL knows how much of everything there is, as it does in a shop."""
    if not db.is_sqlite:
        async with db.begin() as tx:
            await tx.execute(text("ANALYZE"))


async def answered(db: Database, who: str, talk_id: int) -> None:
    channel = RecordingChannel("zalo_bot")
    got = await conversation.receive(db, said("giờ mở cửa?", by=who, channel="zalo_bot"), NOON)
    assert got.conversation_id == talk_id
    async with db.begin(durable=False) as tx:
        (entry,) = await inbox.claim(tx, NOON, 1)
    await conversation.take_turn(db, ScriptedDialogue(), entry, lambda: NOON, business="Bống")
    (parcel,) = await outbox.claim(db, "zalo_bot", NOON, 4)
    assert await outbox.deliver(db, channel, parcel, NOON) is Delivery.SENT


async def opened(db: Database, who: str, talk_id: int) -> None:
    """The console shows the transcript."""
    app = SimpleNamespace(state=SimpleNamespace(db=db, clock=lambda: NOON))
    scope = {"type": "http", "app": app, "path_params": {"id": talk_id}, "query_string": b""}
    visit = Visit(SimpleNamespace(user=MAI, csrf=""), "vi")  # type: ignore[arg-type]
    assert (await api.conversation(Request(scope), visit)).status_code == 200


def door(db: Database, who: str) -> Door:
    made = settings(db.url)
    state: Any = SimpleNamespace(
        db=db,
        clock=lambda: NOON,
        settings=made,
        widget=WebWidget(made.secret_key, ""),
        live=SimpleNamespace(ring=_nothing),
        bot_seen=(float("-inf"), False),
    )
    return Door(state, who, "vi")


async def _nothing(word: str) -> None: ...


async def came_back(db: Database, who: str, talk_id: int) -> None:
    """The widget is opened anew, looks back a page, and sees what was said."""
    tab = door(db, who)
    frames, _ = await tab.catch_up(None)
    shown = frames[0]["messages"]
    assert len(shown) == 50
    earlier = await tab.history(shown[0]["id"])
    assert earlier["messages"]
    await tab.seen({"message": shown[-1]["id"]})


async def resumed(db: Database, who: str, talk_id: int) -> None:
    """The widget's socket comes back where it stopped."""
    async with db.read() as tx:
        newest = await events.newest_id(tx)
    frames, _ = await door(db, who).catch_up(newest)
    assert [frame["type"] for frame in frames] == ["state"] or not db.is_sqlite


Act = Callable[[Database, str, int], Awaitable[None]]


@pytest.mark.parametrize(
    ("act", "channel"),
    [(answered, "zalo_bot"), (opened, "zalo_bot"), (came_back, "web"), (resumed, "web")],
)
async def test_a_long_past_is_not_read_again(db: Database, act: Act, channel: str) -> None:
    short = await talked(db, "short", channel, PAGE, in_a_talk=PAGE)
    await planned(db)
    with counted(db) as first:
        await act(db, "short", short)
    assert first.read > 0  # the counter counts

    often = await talked(db, "often", channel, MANY, in_a_talk=10)
    long = await talked(db, "long", channel, MANY, in_a_talk=MANY)
    await planned(db)

    for who, talk_id in (("short", short), ("long", long), ("often", often)):
        with counted(db) as work:
            await act(db, who, talk_id)
        assert work.statements <= first.statements + 12, who
        assert work.read <= 1.5 * first.read + SLACK, who


async def test_what_waits_is_begun_without_reading_all_that_waits(db: Database) -> None:
    await talked(db, "many", "zalo_bot", 3_000, in_a_talk=1)
    async with db.begin() as tx:
        await tx.execute(
            text(
                "INSERT INTO outbox (message_id, conversation_id, channel, recipient_id, due_at) "
                "SELECT id, conversation_id, 'zalo_bot', 'p' || id, created_at FROM messages "
                "WHERE author = 'bot'"
            )
        )
        await tx.execute(
            text(
                "INSERT INTO inbox (message_id, conversation_id) "
                "SELECT id, conversation_id FROM messages WHERE author = 'customer'"
            )
        )

    with counted(db) as work:
        assert len(await outbox.claim(db, "zalo_bot", NOON, 4)) == 4
        assert await outbox.claim(db, "messenger", NOON, 4) == []
        async with db.begin(durable=False) as tx:
            assert len(await inbox.claim(tx, NOON, 4)) == 4

    assert work.read < SLACK


async def test_pages_that_wait_for_a_bot_share_a_look(db: Database) -> None:
    tab = door(db, "nga")

    with counted(db) as work:
        assert not any([await tab.bot_ready() for _ in range(50)])

    assert work.statements <= 8  # one look or, if a second ends meanwhile, two


async def test_memory_is_forgotten_without_reading_every_talk(db: Database) -> None:
    await talked(db, "short", "web", 2, in_a_talk=1)
    async with db.begin() as tx:
        assert await trackers.forget_silent(tx, NOON) == 1  # the other's customer was never heard
    await talked(db, "often", "web", 400, in_a_talk=1)
    async with db.begin() as tx:
        await tx.execute(text("DELETE FROM tracker_events"))
    await planned(db)

    with counted(db) as work:
        async with db.begin() as tx:
            assert await trackers.forget_silent(tx, NOON) == 0

    assert work.read < 300
