"""Finding messages by their words, over the whole history.

No index gives the newest of very many hits without reading them all. So the newest messages are
read as they are, which finds frequent words at once, and the index is asked for the rest, which
is few unless a word has gone out of use. SQLite has an FTS5 table over messages.folded, kept by
triggers; PostgreSQL a GIN index of its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, column, func, literal, or_, select, table, text

from bot.folded import Query, Sought
from bot.models import Author
from bot.storage.db import Tx
from bot.storage.tables import conversations, messages

# How far back the messages are read: what is read in vain costs 20 ms.
READ = {"sqlite": 5_000, "postgresql": 20_000}
IN_A_CONVERSATION = 10  # messages, about
ASKED = 3  # words that the index is asked for: the longest are the rarest

# A table that Alembic recreates on SQLite loses its triggers: `INDEX` is then to be run again.
INDEX = {
    "sqlite": (
        # The words are in `folded` already: nothing but spaces separates them.
        "CREATE VIRTUAL TABLE message_words USING fts5(folded, content='messages', "
        "content_rowid='id', tokenize='ascii', detail='none')",
        "INSERT INTO message_words (message_words) VALUES ('rebuild')",
        "CREATE TRIGGER message_words_added AFTER INSERT ON messages BEGIN "
        "INSERT INTO message_words (rowid, folded) VALUES (new.id, new.folded); END",
        "CREATE TRIGGER message_words_gone AFTER DELETE ON messages BEGIN "
        "INSERT INTO message_words (message_words, rowid, folded) "
        "VALUES ('delete', old.id, old.folded); END",
        "CREATE TRIGGER message_words_changed AFTER UPDATE OF folded ON messages BEGIN "
        "INSERT INTO message_words (message_words, rowid, folded) "
        "VALUES ('delete', old.id, old.folded); "
        "INSERT INTO message_words (rowid, folded) VALUES (new.id, new.folded); END",
    ),
    "postgresql": (
        "CREATE INDEX ix_messages_words ON messages USING gin (to_tsvector('simple', folded))",
    ),
}
NO_INDEX = {
    "sqlite": (
        "DROP TRIGGER message_words_added",
        "DROP TRIGGER message_words_gone",
        "DROP TRIGGER message_words_changed",
        "DROP TABLE message_words",
    ),
    "postgresql": ("DROP INDEX ix_messages_words",),
}


# A bitmap of all messages must fit, or every message of a page is read again. Compiling takes
# longer than it saves.
_SETTINGS = text("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
_INDEX = table("message_words", column("rowid"))


async def newest(
    tx: Tx,
    query: Query,
    *,
    before: int,
    limit: int,
    of_conversations: bool = False,
    where: Sequence[Any] = (),
) -> list[int]:
    """The messages that hold what is sought, newest first; of conversations the newest in each,
    and the conversation begun last comes first. `before` is a message's id, or a conversation's,
    `where` what else must hold of a message. Notes are among them: this is for staff."""
    if not query:
        return []
    kind = tx.dialect.name
    by, newest = messages.c.id, messages.c.id
    read = READ[kind]
    if of_conversations:
        by, newest = messages.c.conversation_id, func.max(messages.c.id)
        read //= IN_A_CONVERSATION
    found = select(newest.label("message"), by.label("place")).where(*where)
    if of_conversations:
        found = found.group_by(by)

    recent = found.where(_read(query), by < before, by >= before - read)
    rows = await tx.execute(recent.order_by(by.desc()).limit(limit))
    hits: list[int] = list(rows.scalars())
    if len(hits) == limit:
        return hits
    if kind == "sqlite":
        holds = text("message_words MATCH :words")
        found = found.select_from(_INDEX.join(messages, messages.c.id == _INDEX.c.rowid))
    else:
        holds = text("to_tsvector('simple', messages.folded) @@ CAST(:words AS tsquery)")
        await tx.execute(_SETTINGS)
    rarest = sorted(query, key=_length)[-ASKED:]
    asked = holds.bindparams(words=_written(rarest, kind))
    rest = found.where(asked, _read(query), by < before - read)
    # Or PostgreSQL would hope to meet enough hits on its way back through all messages.
    older = rest.cte("older").prefix_with("MATERIALIZED", dialect="postgresql")
    page = select(older.c.message).order_by(older.c.place.desc()).limit(limit - len(hits))
    return hits + list((await tx.execute(page)).scalars())


async def customers_who_wrote(tx: Tx, query: Query, *, limit: int) -> set[int]:
    """Those of whose own messages one of the newest with what is sought is."""
    last = (await tx.execute(select(func.max(messages.c.id)))).scalar() or 0
    theirs = [messages.c.author == Author.CUSTOMER.value]
    found = await newest(tx, query, before=last + 1, limit=limit, where=theirs)
    who = select(conversations.c.customer_id).join(
        messages, messages.c.conversation_id == conversations.c.id
    )
    return set((await tx.execute(who.where(messages.c.id.in_(found)))).scalars())


def _length(ways: Sequence[Sequence[Sought]]) -> int:
    return max(len(word.text) for way in ways for word in way)


def _read(query: Query) -> Any:
    """The same as `_written`, for messages that are read."""
    spaced = literal(" ") + messages.c.folded + " "

    def stands(word: Sought) -> Any:
        return spaced.contains(f" {word.text} " if word.whole else f" {word.text}")

    return and_(*(or_(*(and_(*map(stands, way)) for way in ways)) for ways in query))


# Words hold letters and digits only, so nothing in them can be taken for a sign.
_SIGNS = {
    "sqlite": (" AND ", " OR ", '"{}"', '"{}"*'),
    "postgresql": (" & ", " | ", "'{}'", "'{}':*"),
}


def _written(query: Query, kind: str) -> str:
    """What is sought in the language of the index."""
    both, either, whole, begun = _SIGNS[kind]

    def all_of(way: Sequence[Sought]) -> str:
        return both.join((whole if word.whole else begun).format(word.text) for word in way)

    return both.join(f"({either.join(f'({all_of(way)})' for way in ways)})" for ways in query)
