"""flows: the support team's own, as text"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
tables_in_use = ("users",)


def upgrade() -> None:
    op.create_table(
        "flows",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_flows_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flows")),
        sa.UniqueConstraint("intent", name=op.f("uq_flows_intent")),
        sa.UniqueConstraint("title", name=op.f("uq_flows_title")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("flows")
