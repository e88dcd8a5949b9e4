"""unanswered: what customers asked and the assistant had no good answer to,
and whether answers were of help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
tables_in_use = ("customers", "users", "messages")


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
    op.create_table(
        "experiments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_experiments"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_experiments_open",
        "experiments",
        ["intent"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "exposures",
        sa.Column("experiment_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("wording", sa.String(length=8), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("came_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_exposures_customer_id"),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name="fk_exposures_experiment_id"
        ),
        sa.PrimaryKeyConstraint("experiment_id", "customer_id", name="pk_exposures"),
    )
    op.create_index("ix_exposures_customer_id_shown_at", "exposures", ["customer_id", "shown_at"])


def downgrade() -> None:
    op.drop_table("exposures")
    op.drop_table("experiments")
    op.drop_table("thumbs")
    op.drop_table("unanswered")
