"""unanswered: what customers asked and the assistant had no good answer to,
and whether answers were of help."""

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
    op.create_table(
        "thumbs",
        sa.Column("message_id", Id, autoincrement=False, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_thumbs_customer_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_thumbs_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_thumbs"),
    )
    op.create_index("ix_thumbs_asked_at", "thumbs", ["asked_at"])
    op.create_index("ix_thumbs_customer_id_asked_at", "thumbs", ["customer_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("thumbs")
    op.drop_table("unanswered")
