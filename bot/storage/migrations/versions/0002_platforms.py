"""platforms: their accounts, errands to them, their ids of what we said, what we could not read

Going back forgets what only this schema has: unread events, the accounts with their tokens (sign in
again), errands not yet run, the platforms' ids of what we said and which calls of a message were
accepted (a message in the middle of its calls is then sent from its first).
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
tables_in_use = ("outbox", "customers", "messages")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("calls_done", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "sent_calls",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_sent_calls_message_id")
        ),
        sa.PrimaryKeyConstraint("channel", "external_id", name=op.f("pk_sent_calls")),
    )
    op.create_index(op.f("ix_sent_calls_message_id"), "sent_calls", ["message_id"])
    op.create_table(
        "errands",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("place", sa.Integer(), server_default="0", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_errands_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_errands_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_errands_channel_due_at", "errands", ["channel", "due_at"])
    op.create_table(
        "accounts",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("next_update", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("polled_until", UtcDateTime(), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("tokens", sa.JSON(), nullable=True),
        sa.Column("renewing_until", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("pause", sa.JSON(), nullable=True),
        sa.Column("notice", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_accounts")),
    )
    op.create_table(
        "unread_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_events")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("unread_events", "accounts", "errands", "sent_calls"):
        op.drop_table(table)
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("calls_done")
