"""retention: what is held, what went each night, and the talks whose words are gone"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
tables_in_use = (
    "customers",
    "users",
    "conversations",
    "files",
    "errands",
    "promises",
    "consents",
    "outreach",
    "survey_answers",
)

NAMES_A_MESSAGE = ("errands", "promises", "consents", "outreach", "survey_answers")


def partial(condition: str) -> dict[str, sa.sql.elements.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_holds_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_holds_customer_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_holds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_holds_customer_id_ended_at", "holds", ["customer_id", "ended_at"])
    op.create_table(
        "retention_runs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
        sa.UniqueConstraint("key", name=op.f("uq_retention_runs_key")),
        sqlite_autoincrement=True,
    )
    op.add_column("conversations", sa.Column("cleared_at", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_conversations_cleared",
        "conversations",
        ["last_message_at"],
        **partial("cleared_at IS NOT NULL"),
    )
    op.create_index("ix_files_created_at", "files", ["created_at"])
    op.create_index("ix_files_conversation_id", "files", ["conversation_id"])
    for table in NAMES_A_MESSAGE:
        op.create_index(
            f"ix_{table}_message_id", table, ["message_id"], **partial("message_id IS NOT NULL")
        )


def downgrade() -> None:
    for table in reversed(NAMES_A_MESSAGE):
        op.drop_index(f"ix_{table}_message_id", table)
    op.drop_index("ix_files_conversation_id", "files")
    op.drop_index("ix_files_created_at", "files")
    op.drop_index("ix_conversations_cleared", "conversations")
    op.drop_column("conversations", "cleared_at")
    op.drop_table("retention_runs")
    op.drop_index("ix_holds_customer_id_ended_at", "holds")
    op.drop_table("holds")
