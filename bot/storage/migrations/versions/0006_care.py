"""care: people, orders, repairs, complaints, imports, consent, outreach, surveys

Going back forgets the shop's people, orders, repairs and complaints, consents, campaigns, outreach,
surveys, reviews, digests, the audit, who is left out of figures, and the secrets of parcels not yet
delivered. Consents are not to be lost: back the database up before.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Id, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
tables_in_use = ("outbox", "customers", "users", "conversations", "messages")


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=64), server_default="", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=16), server_default="", nullable=False),
        sa.Column("email", sa.String(length=255), server_default="", nullable=False),
        sa.Column("birthday", sa.String(length=32), server_default="", nullable=False),
        sa.Column("company", sa.String(length=255), server_default="", nullable=False),
        sa.Column("tax_code", sa.String(length=16), server_default="", nullable=False),
        sa.Column("fields", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("folded", sa.Text(), server_default="", nullable=False),
        sa.Column("merged_into", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["people.id"], name=op.f("fk_people_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_people_merged_into"), "people", ["merged_into"], unique=False)
    op.create_index("ix_people_phone", "people", ["phone"], unique=False)
    op.create_index(
        "uq_people_number",
        "people",
        ["number"],
        unique=True,
        sqlite_where=sa.text("number <> ''"),
        postgresql_where=sa.text("number <> ''"),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("holdout", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_campaigns_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identities",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_identities_customer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_identities_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_identities_customer_id"), "identities", ["customer_id"], unique=False)
    op.create_index(op.f("ix_identities_person_id"), "identities", ["person_id"], unique=False)
    op.create_index(
        "uq_identities_open",
        "identities",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "proofs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("salt", sa.String(length=32), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_proofs_customer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proofs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_proofs_customer_id"), "proofs", ["customer_id"], unique=False)
    op.create_index(op.f("ix_proofs_person_id"), "proofs", ["person_id"], unique=False)
    op.create_index(
        "uq_proofs_open",
        "proofs",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "person_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_events_person_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_person_events_person_id"), "person_events", ["person_id"])
    op.create_table(
        "imports",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_imports_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("key", name=op.f("uq_imports_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "orders",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("items", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("promised_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.Column("warranty_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_orders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("code", name=op.f("uq_orders_code")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_paid_at", "orders", ["paid_at"], unique=False)
    op.create_index(op.f("ix_orders_person_id"), "orders", ["person_id"], unique=False)
    op.create_index("ix_orders_state_promised_at", "orders", ["state", "promised_at"], unique=False)
    op.create_table(
        "repairs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("item", sa.String(length=255), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("promised_at", UtcDateTime(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_repairs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs")),
        sa.UniqueConstraint("code", name=op.f("uq_repairs_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_repairs_person_id"), "repairs", ["person_id"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("order_code", sa.String(length=32), server_default="", nullable=False),
        sa.Column("cause", sa.String(length=32), server_default="", nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_complaints_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_complaints_customer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_complaints_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("code", name=op.f("uq_complaints_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_complaints_customer_id"), "complaints", ["customer_id"], unique=False)
    op.create_index("ix_complaints_opened_at", "complaints", ["opened_at"], unique=False)
    op.create_index(op.f("ix_complaints_person_id"), "complaints", ["person_id"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("import_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", Id, nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_rows_import_id"), "import_rows", ["import_id"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("about", sa.String(length=64), server_default="", nullable=False),
        sa.Column("asked_in", Id, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_in"], ["conversations.id"], name=op.f("fk_surveys_asked_in")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_surveys_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_surveys_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_surveys_customer_id"), "surveys", ["customer_id"], unique=False)
    op.create_index("ix_surveys_kind_asked_at", "surveys", ["kind", "asked_at"], unique=False)
    op.create_index(
        "uq_surveys_open",
        "surveys",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("said", sa.String(length=16), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("wording", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_consents_message_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consents_customer_id"), "consents", ["customer_id"], unique=False)
    op.create_table(
        "outreach",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("campaign_id", Id, nullable=True),
        sa.Column("about", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_outreach_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outreach_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_outreach_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_outreach_message_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outreach_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_outreach_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
        sa.UniqueConstraint("key", name=op.f("uq_outreach_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outreach_campaign_id"), "outreach", ["campaign_id"], unique=False)
    op.create_index(
        "ix_outreach_customer_id_ended_at", "outreach", ["customer_id", "ended_at"], unique=False
    )
    op.create_index(op.f("ix_outreach_person_id"), "outreach", ["person_id"], unique=False)
    op.create_index("ix_outreach_state_due_at", "outreach", ["state", "due_at"], unique=False)
    op.create_table(
        "survey_answers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("survey_id", Id, nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(length=64), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_survey_answers_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_answers_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint(
            "survey_id", "question", name=op.f("uq_survey_answers_survey_id_question")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "preferences",
        sa.Column("person_id", Id, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=32), server_default="", nullable=False),
        sa.Column("opens", sa.String(length=5), server_default="", nullable=False),
        sa.Column("closes", sa.String(length=5), server_default="", nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_preferences_person_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_preferences_user_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "digests",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("key", name=op.f("uq_digests_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_digests_due_at"), "digests", ["due_at"], unique=False)
    op.create_table(
        "digest_copies",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("digest_id", Id, nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=255), server_default="", nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_copies_digest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_copies")),
        sa.UniqueConstraint(
            "digest_id", "way", "address", name=op.f("uq_digest_copies_digest_id_way_address")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_digest_copies_state_due_at", "digest_copies", ["state", "due_at"], unique=False
    )

    op.create_table(
        "reviews",
        sa.Column("message_id", Id, autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_reviews_message_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reviews_user_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_reviews")),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_kind_subject_id", "audit", ["kind", "subject_id"], unique=False)
    op.add_column(
        "customers", sa.Column("left_out", sa.String(length=16), server_default="", nullable=False)
    )
    op.create_index(
        "ix_customers_left_out",
        "customers",
        ["left_out"],
        unique=False,
        sqlite_where=sa.text("left_out <> ''"),
        postgresql_where=sa.text("left_out <> ''"),
    )
    op.add_column(
        "outbox", sa.Column("secret", sa.String(length=16), server_default="", nullable=False)
    )


def downgrade() -> None:
    for name in (
        "digest_copies",
        "digests",
        "preferences",
        "audit",
        "reviews",
        "survey_answers",
        "outreach",
        "consents",
        "surveys",
        "import_rows",
        "complaints",
        "repairs",
        "orders",
        "imports",
        "proofs",
        "identities",
        "person_events",
        "campaigns",
        "people",
    ):
        op.drop_table(name)
    op.drop_index("ix_customers_left_out", "customers")
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("left_out")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("secret")
