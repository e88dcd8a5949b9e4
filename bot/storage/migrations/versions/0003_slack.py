"""slack: users' ids there, threads of hand-offs, what Slack has told

Going back forgets colleagues' Slack ids, the threads of open hand-offs and what Slack has told:
open hand-offs are then told in new threads.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
tables_in_use = ("users", "conversations", "handoffs")


def upgrade() -> None:
    op.add_column("users", sa.Column("slack_id", sa.String(length=32), nullable=True))
    op.create_index("uq_users_slack_id", "users", ["slack_id"], unique=True)
    op.create_table(
        "slack_threads",
        sa.Column("handoff_id", Id, autoincrement=False, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("pack_upto", Id, nullable=False),
        sa.Column("copied_upto", Id, nullable=False),
        sa.Column("sending", Id, nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_slack_threads_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.id"], name=op.f("fk_slack_threads_handoff_id")
        ),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_slack_threads")),
        sa.UniqueConstraint("channel", "ts", name=op.f("uq_slack_threads_channel_ts")),
    )
    op.create_index("ix_slack_threads_done_at", "slack_threads", ["done_at"])
    op.create_table(
        "slack_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_events")),
        sa.UniqueConstraint("key", name=op.f("uq_slack_events_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_slack_events_done_at_id", "slack_events", ["done_at", "id"])


def downgrade() -> None:
    op.drop_table("slack_events")
    op.drop_table("slack_threads")
    op.drop_index("uq_users_slack_id", "users")
    with op.batch_alter_table("users") as users:
        users.drop_column("slack_id")
