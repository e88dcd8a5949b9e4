"""desk: teams, queue, promises, canned replies, tags, mentions, timers

Going back forgets teams, skills and presence, the queue's order and clocks of open hand-offs, their
events, the desk's rules, canned replies, promises, tags, mentions and timers. Going on again, open
hand-offs queue by when they were asked for.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
tables_in_use = ("users", "conversations", "handoffs", "messages")

USERS = (
    sa.Column("presence", sa.String(length=16), server_default="off", nullable=False),
    sa.Column("presence_at", UtcDateTime(), nullable=True),
    sa.Column("seen_at", UtcDateTime(), nullable=True),
    sa.Column("teams", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("skills", sa.JSON(), server_default="{}", nullable=False),
    sa.Column("capacity", sa.Integer(), nullable=True),
    sa.Column("assigned_at", UtcDateTime(), nullable=True),
)
HANDOFFS = (
    sa.Column("team", sa.String(length=32), server_default="", nullable=False),
    sa.Column("priority", sa.Integer(), server_default="2", nullable=False),
    sa.Column("skills", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("rank_at", UtcDateTime(), nullable=True),
    sa.Column("queued_at", UtcDateTime(), nullable=True),
    sa.Column("told_place", sa.Integer(), nullable=True),
    sa.Column("told_at", UtcDateTime(), nullable=True),
    sa.Column("reply_by", UtcDateTime(), nullable=True),
    sa.Column("resolve_by", UtcDateTime(), nullable=True),
    sa.Column("resolve_left", sa.Integer(), nullable=True),
    sa.Column("breached_at", UtcDateTime(), nullable=True),
    sa.Column("contact", sa.String(length=255), server_default="", nullable=False),
)


def upgrade() -> None:
    for column in USERS:
        op.add_column("users", column)
    for column in HANDOFFS:
        op.add_column("handoffs", column)
    op.execute("UPDATE handoffs SET rank_at = requested_at, queued_at = requested_at")
    op.create_table(
        "handoff_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("handoff_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.id"], name=op.f("fk_handoff_events_handoff_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_handoff_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handoff_events_handoff_id"), "handoff_events", ["handoff_id"])
    op.create_index("ix_handoff_events_kind_at", "handoff_events", ["kind", "at"])
    op.create_table(
        "timers",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_timers_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "kind", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"])
    op.create_table(
        "desk_rules",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("part", sa.String(length=32), server_default="", nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_desk_rules_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_rules")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("team", sa.String(length=32), server_default="", nullable=False),
        sa.Column("shortcut", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("changed_by", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_canned_replies_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("team", "shortcut", name=op.f("uq_canned_replies_team_shortcut")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "promises",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("team", sa.String(length=32), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_promises_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_promises_message_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_promises_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_promises_conversation_id"), "promises", ["conversation_id"])
    op.create_index("ix_promises_done_at_due_at", "promises", ["done_at", "due_at"])
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_tags_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_conversation_tags_user_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag", name=op.f("pk_conversation_tags")),
    )
    op.create_index("ix_conversation_tags_tag", "conversation_tags", ["tag"])
    op.create_table(
        "mentions",
        sa.Column("message_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_mentions_message_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mentions_user_id")),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_mentions")),
    )
    op.create_index("ix_mentions_user_id_seen_at", "mentions", ["user_id", "seen_at"])


def downgrade() -> None:
    for name in (
        "mentions",
        "conversation_tags",
        "promises",
        "canned_replies",
        "desk_rules",
        "timers",
        "handoff_events",
    ):
        op.drop_table(name)
    with op.batch_alter_table("handoffs") as handoffs:
        for column in HANDOFFS:
            handoffs.drop_column(column.name)
    with op.batch_alter_table("users") as users:
        for column in USERS:
            users.drop_column(column.name)
