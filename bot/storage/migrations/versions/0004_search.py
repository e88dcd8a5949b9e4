"""search: the words of every message, and an index of them

Going back drops the index only; the words stay in messages.folded.
"""

import sqlalchemy as sa
from alembic import op

from bot.folded import words
from bot.storage import search

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
tables_in_use = ("messages",)

BATCH = 5000

messages = sa.table(
    "messages",
    sa.column("id", sa.BigInteger),
    sa.column("author", sa.String),
    sa.column("internal", sa.Boolean),
    sa.column("content", sa.JSON),
    sa.column("folded", sa.Text),
)


def upgrade() -> None:
    connection = op.get_bind()
    _write_words(connection)
    for statement in search.INDEX[connection.dialect.name]:
        op.execute(statement)


def _write_words(connection: sa.engine.Connection) -> None:
    changed = messages.update().where(messages.c.id == sa.bindparam("message"))
    changed = changed.values(folded=sa.bindparam("words"))
    last = 0
    while True:
        query = messages.select().where(messages.c.id > last).order_by(messages.c.id).limit(BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        fresh = [
            {"message": row.id, "words": found} for row in rows if (found := _of(row)) != row.folded
        ]
        if fresh:
            connection.execute(changed, fresh)
        last = rows[-1].id


def _of(row: sa.engine.Row) -> str:
    told = row.author == "system" and not row.internal
    return "" if told else words(row.content["text"])


def downgrade() -> None:
    for statement in search.NO_INDEX[op.get_bind().dialect.name]:
        op.execute(statement)
