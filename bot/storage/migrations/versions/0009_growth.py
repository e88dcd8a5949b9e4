"""growth: what a big shop asks at every message is found by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
tables_in_use = ("outbox", "inbox", "conversations", "messages")

SAID = {
    "sqlite_where": sa.text("author <> 'customer'"),
    "postgresql_where": sa.text("author <> 'customer'"),
}
TRIED = {
    "sqlite_where": sa.text("attempts > 0"),
    "postgresql_where": sa.text("attempts > 0"),
}
SENDING = {
    "sqlite_where": sa.text("sending_until IS NOT NULL"),
    "postgresql_where": sa.text("sending_until IS NOT NULL"),
}


def upgrade() -> None:
    op.create_index("ix_messages_said", "messages", ["channel", "created_at"], **SAID)
    op.create_index("ix_outbox_channel_due_at_id", "outbox", ["channel", "due_at", "id"])
    op.create_index("ix_inbox_tried", "inbox", ["message_id"], **TRIED)
    op.create_index("ix_outbox_sending", "outbox", ["channel", "sending_until"], **SENDING)
    op.drop_index("ix_outbox_due_at", "outbox")
    op.create_index("ix_conversations_customer_id_id", "conversations", ["customer_id", "id"])
    op.drop_index("ix_conversations_customer_id", "conversations")


def downgrade() -> None:
    op.create_index("ix_conversations_customer_id", "conversations", ["customer_id"])
    op.drop_index("ix_conversations_customer_id_id", "conversations")
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
    op.drop_index("ix_inbox_tried", "inbox")
    op.drop_index("ix_outbox_sending", "outbox")
    op.drop_index("ix_outbox_channel_due_at_id", "outbox")
    op.drop_index("ix_messages_said", "messages")
