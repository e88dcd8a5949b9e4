"""operations: when a platform last took a message, and what never arrived is found at once"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
tables_in_use = ("accounts", "messages")

UNDELIVERED = sa.text("delivery IN ('failed', 'unknown')")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("delivered_at", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_messages_undelivered",
        "messages",
        ["created_at"],
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_undelivered", table_name="messages")
    op.drop_column("accounts", "delivered_at")
