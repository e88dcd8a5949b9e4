"""The schema, in SQLAlchemy Core. Alembic's migrations are the history; this is the present.

The constraints do what code forgets: a platform's message id is unique, a customer has one open
conversation, a conversation has one open hand-off.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts up by itself on INTEGER; PostgreSQL needs eight bytes for a long life.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so a naive value is refused, not guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=timezone.utc)


def _of_message(table: str) -> Index:
    """What names a message is asked for it when the message goes."""
    return Index(
        f"ix_{table}_message_id",
        "message_id",
        sqlite_where=text("message_id IS NOT NULL"),
        postgresql_where=text("message_id IS NOT NULL"),
    )


def _pk() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


customers = Table(
    "customers",
    metadata,
    _pk(),
    Column("channel", String(32), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("name", String(255), nullable=False, server_default=""),
    Column("locale", String(8), nullable=False, server_default="vi"),
    Column("profile", JSON, nullable=False),
    Column("greeted_at", UtcDateTime),
    Column("left_out", String(16), nullable=False, server_default=""),  # of figures: test or spam
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "external_id"),
    Index(
        "ix_customers_left_out",
        "left_out",
        sqlite_where=text("left_out <> ''"),
        postgresql_where=text("left_out <> ''"),
    ),
    sqlite_autoincrement=True,
)

users = Table(
    "users",
    metadata,
    _pk(),
    Column("username", String(64), nullable=False, unique=True),
    Column("name", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("failed_logins", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("slack_id", String(32)),  # who they are in Slack
    Column("presence", String(16), nullable=False, server_default="off"),  # as they chose it
    Column("presence_at", UtcDateTime),  # when they chose it
    Column("seen_at", UtcDateTime),  # their console's last sign of life
    Column("teams", JSON, nullable=False, server_default="[]"),  # codes
    Column("skills", JSON, nullable=False, server_default="{}"),  # level by name
    Column("capacity", Integer),  # conversations at once; none: as the desk's rules say
    Column("assigned_at", UtcDateTime),  # when they were last given a conversation
    Index("uq_users_slack_id", "slack_id", unique=True),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Who decided what, of which the thing itself shows only the last. Nothing here is ever changed.
audit = Table(
    "audit",
    metadata,
    _pk(),
    Column("kind", String(16), nullable=False),  # customer, campaign, wording, faq, flow
    Column("subject_id", Id, nullable=False),  # which one
    Column("what", String(32), nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_audit_kind_subject_id", "kind", "subject_id"),
    sqlite_autoincrement=True,
)

conversations = Table(
    "conversations",
    metadata,
    _pk(),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("assignee_id", Id, ForeignKey("users.id")),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("waiting_since", UtcDateTime),
    Column("last_inbound_at", UtcDateTime),
    Column("last_message_at", UtcDateTime, nullable=False),
    Column("resolution", String(64), nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("cleared_at", UtcDateTime),  # what was said in it is kept no longer
    Index(
        "uq_conversations_open",
        "customer_id",
        unique=True,
        sqlite_where=text("status <> 'resolved'"),
        postgresql_where=text("status <> 'resolved'"),
    ),
    Index("ix_conversations_customer_id_id", "customer_id", "id"),
    Index("ix_conversations_status_last_message_at", "status", "last_message_at"),
    Index(
        "ix_conversations_cleared",
        "last_message_at",
        sqlite_where=text("cleared_at IS NOT NULL"),
        postgresql_where=text("cleared_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    _pk(),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("author", String(16), nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("internal", Boolean, nullable=False, server_default=false()),
    Column("content", JSON, nullable=False),
    Column("folded", Text, nullable=False, server_default=""),  # bot.folded.words, indexed by 0004
    Column("meta", JSON, nullable=False),
    Column("external_id", String(255)),  # the platform's id, in either direction
    Column("client_id", String(64)),  # an agent's screen's id: a double post is stored once
    Column("delivery", String(16)),
    Column("sent_at", UtcDateTime),  # as the platform says; inbound only
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "external_id"),
    UniqueConstraint("conversation_id", "client_id"),
    Index("ix_messages_conversation_id_id", "conversation_id", "id"),
    Index(
        "ix_messages_undelivered",
        "created_at",
        sqlite_where=text("delivery IN ('failed', 'unknown')"),
        postgresql_where=text("delivery IN ('failed', 'unknown')"),
    ),
    Index(  # what a month's quota is counted by
        "ix_messages_said",
        "channel",
        "created_at",
        sqlite_where=text("author <> 'customer'"),
        postgresql_where=text("author <> 'customer'"),
    ),
    sqlite_autoincrement=True,
)

# Customer messages that wait for the assistant. A row goes away in the commit that answers it.
inbox = Table(
    "inbox",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", UtcDateTime),  # a worker has begun it
    Index("ix_inbox_conversation_id_message_id", "conversation_id", "message_id"),
    Index(
        "ix_inbox_tried",
        "message_id",
        sqlite_where=text("attempts > 0"),
        postgresql_where=text("attempts > 0"),
    ),
)

# Outgoing messages that a platform has not yet accepted.
outbox = Table(
    "outbox",
    metadata,
    _pk(),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("recipient_id", String(255), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("sending_until", UtcDateTime),  # a sender has it; past this nobody knows its fate
    Column("calls_done", Integer, nullable=False, server_default="0"),  # of the calls it takes
    Column("last_error", Text, nullable=False, server_default=""),
    Column("secret", String(16), nullable=False, server_default=""),  # the transcript shows dots
    Index("ix_outbox_channel_recipient_id_id", "channel", "recipient_id", "id"),
    Index("ix_outbox_channel_due_at_id", "channel", "due_at", "id"),
    Index(
        "ix_outbox_sending",
        "channel",
        "sending_until",
        sqlite_where=text("sending_until IS NOT NULL"),
        postgresql_where=text("sending_until IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# The platform's ids of an outgoing message: one for each call that it took.
sent_calls = Table(
    "sent_calls",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("external_id", String(255), primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
)

# What is still to be got from a platform: a message's file, a person's profile.
errands = Table(
    "errands",
    metadata,
    _pk(),
    Column("channel", String(32), nullable=False),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id")),  # of the file; none for a profile
    Column("place", Integer, nullable=False, server_default="0"),  # of the file in its message
    Column("url", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=False),  # a worker that begins it moves it on
    Index("ix_errands_channel_due_at", "channel", "due_at"),
    _of_message("errands"),
    sqlite_autoincrement=True,
)

# Our account on a platform.
accounts = Table(
    "accounts",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("next_update", BigInteger, nullable=False, server_default="0"),  # where to ask on
    Column("polled_until", UtcDateTime),  # a worker asks for events
    Column("heard_at", UtcDateTime),  # the last event, to the nearest ten seconds
    Column("delivered_at", UtcDateTime),  # the last message that it took, likewise
    Column("tokens", JSON),
    Column("renewing_until", UtcDateTime),  # a process asks for new tokens
    Column("paused_at", UtcDateTime),
    Column("pause", JSON),  # code and text of what the platform said
    Column("notice", JSON),  # the last warning of the platform: text, at
)

# Genuine events that we could not read, as they came.
unread_events = Table(
    "unread_events",
    metadata,
    _pk(),
    Column("channel", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

handoffs = Table(
    "handoffs",
    metadata,
    _pk(),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("reason", String(64), nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    Column("assignee_id", Id, ForeignKey("users.id")),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("respond_by", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("team", String(32), nullable=False, server_default=""),
    Column("priority", Integer, nullable=False, server_default="2"),  # 0 is the most urgent
    Column("skills", JSON, nullable=False, server_default="[]"),  # that its agent should have
    Column("rank_at", UtcDateTime),  # the queue's order: waiting and priority in one time
    Column("queued_at", UtcDateTime),  # since when nobody has it
    Column("told_place", Integer),  # what the customer was told last
    Column("told_at", UtcDateTime),
    Column("reply_by", UtcDateTime),  # the next reply of a person
    Column("resolve_by", UtcDateTime),
    Column("resolve_left", Integer),  # seconds of open time, while we wait for the customer
    Column("breached_at", UtcDateTime),  # the first promise that was not kept
    Column("contact", String(255), nullable=False, server_default=""),  # left out of hours
    Index(
        "uq_handoffs_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_handoffs_closed_at_requested_at", "closed_at", "requested_at"),
    sqlite_autoincrement=True,
)

# What happened to a hand-off, for its readers and for the figures.
handoff_events = Table(
    "handoff_events",
    metadata,
    _pk(),
    Column("handoff_id", Id, ForeignKey("handoffs.id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),  # who did it, or whom it befell
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_handoff_events_kind_at", "kind", "at"),
    sqlite_autoincrement=True,
)

# What is to happen in a conversation at its time, if nothing comes between.
timers = Table(
    "timers",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

# The desk's rules: teams, hours, routing, promises. The newest row holds.
desk_rules = Table(
    "desk_rules",
    metadata,
    _pk(),
    Column("rules", JSON, nullable=False),
    Column("part", String(32), nullable=False, server_default=""),  # what was changed
    Column("user_id", Id, ForeignKey("users.id")),
    Column("changed_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# Replies that agents need not write again.
canned_replies = Table(
    "canned_replies",
    metadata,
    _pk(),
    Column("team", String(32), nullable=False, server_default=""),  # "" for everybody
    Column("shortcut", String(32), nullable=False),
    Column("title", String(255), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSON, nullable=False, server_default="[]"),  # keys
    Column("changed_by", Id, ForeignKey("users.id")),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("team", "shortcut"),
    sqlite_autoincrement=True,
)

# What was promised to a customer for a certain time.
promises = Table(
    "promises",
    metadata,
    _pk(),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("user_id", Id, ForeignKey("users.id")),  # who keeps it; none: the team
    Column("team", String(32), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("kind", String(32), nullable=False),  # callback, follow_up, …
    Column("made_by", String(16), nullable=False),  # an Author
    Column("message_id", Id, ForeignKey("messages.id")),  # where it was made
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", String(16), nullable=False, server_default=""),  # kept or dropped
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_promises_done_at_due_at", "done_at", "due_at"),
    _of_message("promises"),
    sqlite_autoincrement=True,
)

conversation_tags = Table(
    "conversation_tags",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_conversation_tags_tag", "tag"),
)

# Answers of the assistant that somebody has judged.
reviews = Table(
    "reviews",
    metadata,
    # the answer's first bubble
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("verdict", String(16), nullable=False),  # right, wrong, clumsy
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("reviewed_at", UtcDateTime, nullable=False),
)

# Colleagues who are named in a note.
mentions = Table(
    "mentions",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("seen_at", UtcDateTime),
    Index("ix_mentions_user_id_seen_at", "user_id", "seen_at"),
)

# A person, as the shop knows them: on however many channels they write.
people = Table(
    "people",
    metadata,
    _pk(),
    Column("number", String(64), nullable=False, server_default=""),  # the shop's own, "" for none
    Column("name", String(255), nullable=False, server_default=""),
    Column("phone", String(16), nullable=False, server_default=""),  # 0912345678
    Column("email", String(255), nullable=False, server_default=""),
    Column("birthday", String(32), nullable=False, server_default=""),  # as bot.birthdays reads it
    Column("company", String(255), nullable=False, server_default=""),
    Column("tax_code", String(16), nullable=False, server_default=""),
    Column("fields", JSON, nullable=False, server_default="{}"),  # the shop's own
    Column("folded", Text, nullable=False, server_default=""),  # name and numbers, bot.folded.words
    # Somebody else's second record. That one is nobody's: one step leads to whom it is.
    Column("merged_into", Id, ForeignKey("people.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index(
        "uq_people_number",
        "number",
        unique=True,
        sqlite_where=text("number <> ''"),
        postgresql_where=text("number <> ''"),
    ),
    Index("ix_people_phone", "phone"),
    sqlite_autoincrement=True,
)

# Why we believe that a customer of a channel is this person, and until when we did.
identities = Table(
    "identities",
    metadata,
    _pk(),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("proof", String(16), nullable=False),  # order, otp, staff
    Column("user_id", Id, ForeignKey("users.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_identities_open",
        "customer_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# Where and when somebody would like to hear from us of ourselves.
preferences = Table(
    "preferences",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("channel", String(32), nullable=False, server_default=""),  # "" for any
    Column("opens", String(5), nullable=False, server_default=""),  # 18:00, in Vietnam; "" for any
    Column("closes", String(5), nullable=False, server_default=""),
    Column("user_id", Id, ForeignKey("users.id")),  # who noted it
    Column("changed_at", UtcDateTime, nullable=False),
)

# A customer who is to type a code that we send to where we know the person: who it would prove
# them to be is never told.
proofs = Table(
    "proofs",
    metadata,
    _pk(),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False, index=True),
    # none: no phone was told yet, or nobody can be written to about it
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("salt", String(32), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),  # SHA-256 of salt and code
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),  # for the code; its minutes begin
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16), nullable=False, server_default=""),  # proved, wrong, late, again
    Index(
        "uq_proofs_open",
        "customer_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# What was done about who somebody is, for its readers.
person_events = Table(
    "person_events",
    metadata,
    _pk(),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # linked, unlinked, merged, split, doubted
    Column("user_id", Id, ForeignKey("users.id")),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

orders = Table(
    "orders",
    metadata,
    _pk(),
    Column("code", String(32), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),  # placed, shipping, delivered, failed, cancelled
    Column("items", JSON, nullable=False, server_default="[]"),  # name, category, quantity, price
    Column("total", BigInteger, nullable=False),  # đồng
    Column("refunded", BigInteger, nullable=False, server_default="0"),  # đồng
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("promised_at", UtcDateTime),  # that it is there
    Column("delivered_at", UtcDateTime),
    Column("paid_at", UtcDateTime),
    Column("returned_at", UtcDateTime),
    Column("warranty_until", UtcDateTime),  # the last day, of the first of the goods
    Index("ix_orders_paid_at", "paid_at"),
    Index("ix_orders_state_promised_at", "state", "promised_at"),
    sqlite_autoincrement=True,
)

repairs = Table(
    "repairs",
    metadata,
    _pk(),
    Column("code", String(32), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("item", String(255), nullable=False, server_default=""),
    Column("state", String(16), nullable=False),  # received, waiting, ready, returned, cancelled
    Column("received_at", UtcDateTime, nullable=False),
    Column("promised_at", UtcDateTime),
    Column("returned_at", UtcDateTime),
    sqlite_autoincrement=True,
)

complaints = Table(
    "complaints",
    metadata,
    _pk(),
    Column("code", String(32), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("customer_id", Id, ForeignKey("customers.id"), index=True),  # who wrote it
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("order_code", String(32), nullable=False, server_default=""),
    Column("cause", String(32), nullable=False, server_default=""),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_complaints_opened_at", "opened_at"),
    sqlite_autoincrement=True,
)

# Files of the shop's records that were read in, and what each of their rows changed, so that it
# can be undone.
imports = Table(
    "imports",
    metadata,
    _pk(),
    Column("kind", String(16), nullable=False),  # people, orders, repairs, complaints
    Column("name", String(255), nullable=False),  # of the file; of an event its body's SHA-256
    Column("key", String(128), unique=True),  # of an event that the shop told; none of a file
    Column("user_id", Id, ForeignKey("users.id")),
    Column("counts", JSON, nullable=False),  # new, changed, same
    Column("created_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    sqlite_autoincrement=True,
)

import_rows = Table(
    "import_rows",
    metadata,
    _pk(),
    Column("import_id", Id, ForeignKey("imports.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("row_id", Id, nullable=False),
    Column("before", JSON),  # none: it was not there
    Column("after", JSON, nullable=False),
    sqlite_autoincrement=True,
)

# Every yes, no and not now, with the words that were shown. The newest of a purpose holds.
consents = Table(
    "consents",
    metadata,
    _pk(),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False, index=True),
    Column("purpose", String(16), nullable=False),  # a bot.permission.Purpose
    Column("said", String(16), nullable=False),  # yes, no, not_now
    Column("until", UtcDateTime),  # not now: before this we do not ask again
    Column("wording", Text, nullable=False, server_default=""),  # what they were shown
    Column("message_id", Id, ForeignKey("messages.id")),  # their own words or button
    Column("user_id", Id, ForeignKey("users.id")),  # an agent who noted it
    Column("created_at", UtcDateTime, nullable=False),
    _of_message("consents"),
    sqlite_autoincrement=True,
)

campaigns = Table(
    "campaigns",
    metadata,
    _pk(),
    Column("name", String(255), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("content", JSON, nullable=False),
    Column("segment", JSON, nullable=False),
    Column("channels", JSON, nullable=False),  # the first that may be used
    Column("holdout", Integer, nullable=False, server_default="0"),  # percent who get nothing
    Column("state", String(16), nullable=False),  # draft, running, paused, done, cancelled
    Column("starts_at", UtcDateTime),
    Column("created_by", Id, ForeignKey("users.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# What we mean to write to somebody of ourselves, and what became of it. A row is written once for
# its reason, whatever happens twice.
outreach = Table(
    "outreach",
    metadata,
    _pk(),
    Column("kind", String(32), nullable=False),  # thanks, survey, news, birthday, campaign, …
    Column("key", String(128), nullable=False, unique=True),  # the reason, like "thanks:BT26110145"
    Column("purpose", String(16), nullable=False),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("campaign_id", Id, ForeignKey("campaigns.id"), index=True),
    Column("about", JSON, nullable=False, server_default="{}"),
    Column("state", String(16), nullable=False),  # waiting, sent, refused, cancelled, held_out
    Column("reason", String(64), nullable=False, server_default=""),  # of a refusal, or a delay
    Column("due_at", UtcDateTime, nullable=False),
    Column("held_until", UtcDateTime),  # a worker is at it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("message_id", Id, ForeignKey("messages.id")),  # the first bubble
    Column("user_id", Id, ForeignKey("users.id")),  # who moved or cancelled it
    Column("ended_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_outreach_state_due_at", "state", "due_at"),
    Index("ix_outreach_customer_id_ended_at", "customer_id", "ended_at"),
    _of_message("outreach"),
    sqlite_autoincrement=True,
)

surveys = Table(
    "surveys",
    metadata,
    _pk(),
    Column("kind", String(16), nullable=False),  # csat, nps, csi, expectations, leaving
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False, index=True),
    Column("conversation_id", Id, ForeignKey("conversations.id")),  # the talk it is about
    Column("about", String(64), nullable=False, server_default=""),  # an order's code, a wave
    Column("asked_in", Id, ForeignKey("conversations.id")),  # the talk it is asked in
    Column("asked_at", UtcDateTime, nullable=False),
    Column("reminded_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16), nullable=False, server_default=""),  # answered, declined, lapsed
    Index("ix_surveys_kind_asked_at", "kind", "asked_at"),
    Index(
        "uq_surveys_open",
        "customer_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

survey_answers = Table(
    "survey_answers",
    metadata,
    _pk(),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("question", String(32), nullable=False),  # the mark, an attribute of CSI, a reason, why
    Column("mark", Integer),
    Column("choice", String(64), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("answered_at", UtcDateTime, nullable=False),
    UniqueConstraint("survey_id", "question"),
    _of_message("survey_answers"),
    sqlite_autoincrement=True,
)

# What a week's figures came to, for those who do not open the console.
digests = Table(
    "digests",
    metadata,
    _pk(),
    Column("key", String(64), nullable=False, unique=True),  # the week's Monday; "trial …"
    Column("week", String(10), nullable=False),  # its Monday, in Vietnam
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("made_at", UtcDateTime),
    Column("content", JSON),
    sqlite_autoincrement=True,
)

# One reader's copy of it.
digest_copies = Table(
    "digest_copies",
    metadata,
    _pk(),
    Column("digest_id", Id, ForeignKey("digests.id"), nullable=False),
    Column("way", String(8), nullable=False),  # slack, email
    Column("address", String(255), nullable=False),
    Column("state", String(8), nullable=False),  # waiting, sent, failed
    Column("due_at", UtcDateTime, nullable=False),
    Column("held_until", UtcDateTime),  # a worker is at it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String(255), nullable=False, server_default=""),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("digest_id", "way", "address"),
    Index("ix_digest_copies_state_due_at", "state", "due_at"),
    sqlite_autoincrement=True,
)

# A hand-off's thread in Slack.
slack_threads = Table(
    "slack_threads",
    metadata,
    Column("handoff_id", Id, ForeignKey("handoffs.id"), primary_key=True, autoincrement=False),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("ts", String(32)),  # of its first message, once that is posted
    Column("pack_upto", Id, nullable=False),  # the newest message that the first one tells of
    Column("copied_upto", Id, nullable=False),  # and that is told at all
    Column("sending", Id),  # on its way: a message's id, 0 for the thread's first message
    Column("shown", Integer),  # the conversation's version that the first message shows
    Column("done_at", UtcDateTime),
    UniqueConstraint("channel", "ts"),
    Index("ix_slack_threads_done_at", "done_at"),
)

# What Slack has told, kept beyond its end so that a repetition is known.
slack_events = Table(
    "slack_events",
    metadata,
    _pk(),
    Column("key", String(128), nullable=False, unique=True),
    Column("body", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Index("ix_slack_events_done_at_id", "done_at", "id"),
    sqlite_autoincrement=True,
)

# Talks and customers whose data is kept for now, however old it is.
holds = Table(
    "holds",
    metadata,
    _pk(),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id")),  # none: all of the customer's
    Column("reason", String(255), nullable=False),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_holds_customer_id_ended_at", "customer_id", "ended_at"),
    sqlite_autoincrement=True,
)

# What went because its time was over: one row a night.
retention_runs = Table(
    "retention_runs",
    metadata,
    _pk(),
    Column("key", String(64), nullable=False, unique=True),  # the day in Vietnam; "by hand …"
    Column("held_until", UtcDateTime),  # by the process that is at it
    Column("counts", JSON, nullable=False),  # by kind
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    sqlite_autoincrement=True,
)

# How far each user has read each conversation.
reads = Table(
    "reads",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("message_id", Id, nullable=False),
)

# What live screens catch up from: written in the transaction of what it tells.
events = Table(
    "events",
    metadata,
    _pk(),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("message_id", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_events_conversation_id_id", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# The dialogue's memory: Rasa's events, one row each, in order.
tracker_events = Table(
    "tracker_events",
    metadata,
    _pk(),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("event", JSON, nullable=False),
    Index("ix_tracker_events_conversation_id_id", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# What all events up to one add up to, so that a turn reads only those after it.
tracker_checkpoints = Table(
    "tracker_checkpoints",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("event_id", Id, nullable=False),
    Column("state", JSON, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("customer_id", Id, ForeignKey("customers.id")),
    Column("name", String(255), nullable=False),
    Column("mime", String(127), nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # SQLite would read every file to its end to know when it came.
    Index("ix_files_created_at", "created_at"),
    Index("ix_files_conversation_id", "conversation_id"),
)

# Trained models. In the database, so that every machine has them.
trained_models = Table(
    "trained_models",
    metadata,
    _pk(),
    Column("name", String(255), nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False),  # of the content it was trained on
    Column("data", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# The newest row names the model in use; a roll-back is one more row.
publications = Table(
    "publications",
    metadata,
    _pk(),
    Column("model_id", Id, ForeignKey("trained_models.id"), nullable=False),
    Column("published_by", String(64), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# Questions and answers that the support team keeps in the console.
faq_entries = Table(
    "faq_entries",
    metadata,
    _pk(),
    Column("intent", String(64), nullable=False, unique=True),
    Column("title", String(120), nullable=False, unique=True),
    Column("lines", JSON, nullable=False),  # how customers ask
    Column("checks", JSON, nullable=False),  # asked of a new model, and never learnt
    Column("answer", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("changed_by", Id, ForeignKey("users.id")),
    Column("changed_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# What customers asked and the assistant had no good answer to, one row a message.
unanswered = Table(
    "unanswered",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("why", String(16), nullable=False),  # one of bot.unanswered.WHY
    Column("guess", String(64), nullable=False, server_default=""),  # the likeliest intent
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("verdict", String(16), nullable=False, server_default=""),  # "" while it is open
    Column("settled_by", Id, ForeignKey("users.id")),
    Column("settled_at", UtcDateTime),
)

# Whether an answer was of help, asked under some; one row a question of a customer's.
thumbs = Table(
    "thumbs",
    metadata,
    # the customer's question
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("intent", String(64), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("helped", Boolean),  # none: no answer
    Column("answered_at", UtcDateTime),
    Index("ix_thumbs_customer_id_asked_at", "customer_id", "asked_at"),
)

# Two wordings of one answer, to see which helps more.
experiments = Table(
    "experiments",
    metadata,
    _pk(),
    Column("intent", String(64), nullable=False),
    Column("first", Text, nullable=False),  # as it was when it began
    Column("second", Text, nullable=False),
    Column("most", Integer, nullable=False),  # customers; it stops by itself then
    Column("ends_at", UtcDateTime, nullable=False),  # or then
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16), nullable=False, server_default=""),
    Index(
        "uq_experiments_open",
        "intent",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# Which wording a customer was first told, and whether it left them without help.
exposures = Table(
    "exposures",
    metadata,
    Column("experiment_id", Id, ForeignKey("experiments.id"), primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id"), primary_key=True),
    Column("wording", String(8), nullable=False),  # first, second
    Column("shown_at", UtcDateTime, nullable=False),
    Column("came_back_at", UtcDateTime),
    Index("ix_exposures_customer_id_shown_at", "customer_id", "shown_at"),
)

# Flows of the support team's own, as bot.flows.text reads them.
flows = Table(
    "flows",
    metadata,
    _pk(),
    Column("intent", String(64), nullable=False, unique=True),
    Column("title", String(120), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("changed_by", Id, ForeignKey("users.id")),
    Column("changed_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# The present content, trained and held against every bar before it may be published.
trials = Table(
    "trials",
    metadata,
    _pk(),
    Column("asked_by", Id, ForeignKey("users.id")),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, running, passed, failed, broken
    Column("held_until", UtcDateTime),  # by the worker that runs it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("ended_at", UtcDateTime),
    Column("model_id", Id, ForeignKey("trained_models.id")),
    Column("report", JSON, nullable=False),
    Column("place", Integer, nullable=False, server_default="1"),  # there is one
    Index(
        "uq_trials_open",
        "place",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# A worker's sign of life: which model it serves, so that screens can say "the bot is loading".
workers = Table(
    "workers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("model_id", Id),
    Column("seen_at", UtcDateTime, nullable=False),
)
