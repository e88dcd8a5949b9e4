"""content: the support team's questions and answers, and the trials of what they wrote

Going back forgets the support team's questions and answers and the trials; models that were trained
on them stay.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
tables_in_use = ("users", "trained_models")


def upgrade() -> None:
    op.create_table(
        "faq_entries",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_faq_entries_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_entries")),
        sa.UniqueConstraint("intent", name=op.f("uq_faq_entries_intent")),
        sa.UniqueConstraint("title", name=op.f("uq_faq_entries_title")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trials",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("asked_by", Id, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("model_id", Id, nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_trials_asked_by")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["trained_models.id"], name=op.f("fk_trials_model_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_trials_open",
        "trials",
        ["place"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("trials")
    op.drop_table("faq_entries")
