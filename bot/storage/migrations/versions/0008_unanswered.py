"""unanswered: what customers asked and the assistant had no good answer to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unanswered",
        sa.Column("message_id", Id, autoincrement=False, nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("guess", sa.String(length=64), server_default="", nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=16), server_default="", nullable=False),
        sa.Column("settled_by", Id, nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_unanswered_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["users.id"], name=op.f("fk_unanswered_settled_by")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_unanswered")),
    )
    op.create_index(op.f("ix_unanswered_asked_at"), "unanswered", ["asked_at"])


def downgrade() -> None:
    op.drop_table("unanswered")
