"""The nouns of Carebot: our glossary. Frozen data, no behaviour beyond what the data itself says.

Times are aware and in UTC. Ids are the database's own whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from connectors.base import Attachment, Button, Card, Json


class Status(str, Enum):
    """Whose turn it is in a conversation. Only an action changes it."""

    BOT = "bot"  # the assistant answers
    QUEUED = "queued"  # waiting for a person to pick it up; the assistant is silent
    ASSIGNED = "assigned"  # one agent answers; the assistant is silent
    RESOLVED = "resolved"  # done; the next message opens a new conversation


class Author(str, Enum):
    """Who said a message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"  # Carebot itself: a place in the queue, an agent's arrival


class Delivery(str, Enum):
    """How far an outgoing message has come."""

    QUEUED = "queued"  # in the outbox
    SENT = "sent"  # accepted by the platform, or readable in our own store
    DELIVERED = "delivered"  # the platform says that it is on the customer's phone
    SEEN = "seen"  # the customer's screen has shown it
    FAILED = "failed"  # never delivered; the reason is in the transcript
    UNKNOWN = "unknown"  # no answer came, and the platform gives no way to look it up


class Role(str, Enum):
    """What a user of the console may do."""

    AGENT = "agent"  # answers customers
    EDITOR = "editor"  # edits content
    SUPERVISOR = "supervisor"  # an agent who may also review everything and take over
    ADMIN = "admin"  # everything, users included


class Presence(str, Enum):
    """Whether an agent takes conversations, as they chose."""

    ONLINE = "online"  # gives me the next one
    AWAY = "away"  # a short while: gets none, keeps those they have
    OFF = "off"  # gets none


@dataclass(frozen=True)
class Customer:
    id: int
    channel: str
    external_id: str  # the person's id on that channel; unique with channel
    name: str
    locale: str  # "vi" or "en": the language of our own sentences
    profile: Mapping[str, Any]  # what the channel told us: page, e-mail given by the shop, …
    greeted_at: datetime | None  # when the assistant last introduced itself
    created_at: datetime
    left_out: str = ""  # of all figures: test, a colleague or a trial; spam


@dataclass(frozen=True)
class Person:
    """A record of somebody in the shop's own books. Customers of channels are linked to it by
    proof only."""

    id: int
    number: str  # the shop's own, "" for none
    name: str
    phone: str  # 0912345678
    email: str
    birthday: str  # as people write it, the day first
    company: str
    tax_code: str
    merged_into: int | None  # the record of the same person that stands for both
    created_at: datetime


@dataclass(frozen=True)
class Conversation:
    id: int
    customer_id: int
    status: Status
    assignee_id: int | None  # the agent whose turn it is
    version: (
        int  # grows with every change of whose turn it is; a turn commits only on the one it read
    )
    waiting_since: datetime | None  # oldest customer message that no person has answered
    last_inbound_at: datetime | None  # starts the platform's reply window
    last_message_at: datetime
    resolution: str  # reason code given at the close; "" while open
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class Content:
    """What a message shows."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def as_json(self) -> Json:
        return {
            "text": self.text,
            "buttons": [button.as_json() for button in self.buttons],
            "cards": [card.as_json() for card in self.cards],
            "attachments": [attachment.as_json() for attachment in self.attachments],
        }


@dataclass(frozen=True)
class Message:
    id: int
    conversation_id: int
    channel: str
    author: Author
    user_id: int | None  # the agent, when author is agent
    internal: bool  # a note for staff: never reaches the customer
    content: Content
    # A bot message's reasons (U15): intent, score, runner-up, rule, model. A system message's
    # event code. A customer's pressed button, and what the platform told of it later.
    meta: Mapping[str, Any]
    external_id: str | None  # the platform's id, in either direction
    delivery: Delivery | None  # outgoing only
    sent_at: datetime | None  # as the platform says; inbound only
    created_at: datetime


@dataclass(frozen=True)
class Handoff:
    """One escalation from the assistant to people, with its own clock."""

    id: int
    conversation_id: int
    reason: str  # code: customer_request, fallback, assistant_failed, …
    summary: str  # the matter in one line: the customer's own words
    assignee_id: int | None
    requested_at: datetime
    respond_by: datetime  # the promised first reply of a person
    accepted_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    outcome: str  # "" while open, then resolved, returned, taken_back, replayed, abandoned or idle
    team: str  # a code of the desk's rules
    priority: int  # 0 is the most urgent, 3 may wait
    skills: tuple[str, ...]  # that its agent should have
    rank_at: datetime | None  # the queue's order, the earliest first
    queued_at: datetime | None  # since when nobody has it
    told_place: int | None  # what the customer was told last
    told_at: datetime | None
    reply_by: datetime | None  # the next reply of a person; none while nothing is asked
    resolve_by: datetime | None  # none while we wait for the customer
    resolve_left: int | None  # seconds of open time that were left then
    breached_at: datetime | None  # when the first promise was not kept
    contact: str  # what the customer left to be reached by out of hours

    def is_late(self, now: datetime) -> bool:
        return (self.first_reply_at or now) > self.respond_by


@dataclass(frozen=True)
class User:
    """A person who works in the console."""

    id: int
    username: str
    name: str  # as customers read it: "Lan"
    role: Role
    active: bool


@dataclass(frozen=True)
class Agent:
    """A user as the queue sees them."""

    user: User
    teams: frozenset[str]
    skills: Mapping[str, int]  # level, 1 to 3
    capacity: int | None  # conversations at once; none: as the desk's rules say
    presence: Presence
    presence_at: datetime | None  # when they chose it
    seen_at: datetime | None  # their console's last sign of life
    assigned_at: datetime | None  # when they were last given a conversation
    load: Mapping[str, int]  # conversations they have, by channel


@dataclass(frozen=True)
class Say:
    """One bubble the assistant wants to show. A button's key still is the trusted payload here:
    it is swapped for an opaque one when the message is stored."""

    content: Content
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Promised:
    """Something that a customer was promised for a time."""

    kind: str  # callback, follow_up, visit
    text: str
    due_at: datetime


@dataclass(frozen=True)
class Consent:
    """A yes, a no or a not now to what we write of ourselves."""

    purpose: str  # a bot.permission.Purpose
    said: str  # yes, no, not_now
    wording: str  # what they were shown
    days: int = 0  # not now: for which we do not ask again
    message_id: int | None = None  # their own words or button


@dataclass(frozen=True)
class Proved:
    """What the shop has just accepted as proof of whose order it is."""

    order_code: str
    phone_last4: str


@dataclass(frozen=True)
class Step:
    """What a customer does to prove with a code who they are."""

    kind: str  # begin, phone, right, wrong, over, late
    phone: str = ""  # 0912345678


@dataclass(frozen=True)
class Answered:
    """An answer to a question of a survey."""

    survey_id: int
    question: str  # its name; "" when nothing more is to be asked
    mark: int | None = None
    choice: str = ""  # a code
    words: str = ""
    message_id: int | None = None
    low: bool = False  # somebody should look after the customer
    of: int = 0  # the highest mark
    ends: bool = False  # it was the last question


@dataclass(frozen=True)
class Turn:
    """What the assistant wants to happen next."""

    says: tuple[Say, ...] = ()
    handoff_reason: str | None = None
    introduced: bool = False  # the replies already say who is speaking
    address: str | None = None  # what the customer is called from this message on
    promised: tuple[Promised, ...] = ()
    consents: tuple[Consent, ...] = ()
    answered: tuple[Answered, ...] = ()
    proved: tuple[Proved, ...] = ()
    proving: Step | None = None
    events: tuple[Json, ...] = ()  # the dialogue's own memory, to be written with the replies
    # From now on memory begins after this event, upon this state.
    checkpoint: tuple[int, Json] | None = None


class Debounce(NamedTuple):
    """How long a message waits for the rest of the thought."""

    quiet: timedelta  # after the last message
    most: timedelta  # after the first


AT_ONCE = Debounce(timedelta(0), timedelta(0))


@dataclass(frozen=True)
class InboxEntry:
    """A customer's messages that wait for a turn together."""

    message_ids: tuple[int, ...]  # in their order
    conversation_id: int
    attempts: int  # how often a worker has begun it, this time included
    traces: tuple[str, ...] = ()  # of the messages, in the log
    channel: str = ""  # of the first of them


@dataclass(frozen=True)
class Parcel:
    """An outgoing message on its way to a platform."""

    id: int
    message_id: int
    conversation_id: int
    channel: str
    recipient_id: str
    author: Author
    content: Content
    attempts: int
    calls_done: int  # of the calls that saying it takes
    said_at: datetime  # when the message was written
    trace: str = ""  # in the log


@dataclass(frozen=True)
class Event:
    """Something live screens should know. `id` grows; readers resume after the last one seen."""

    id: int
    conversation_id: int
    kind: str  # message: a message is new or changed; state: whose turn it is changed
    message_id: int | None
    customer: tuple[str, str]  # channel and the person's id there


@dataclass(frozen=True)
class Errand:
    """Something to get from a platform: a message's file, or a person's profile."""

    id: int
    channel: str
    customer_id: int
    message_id: int | None  # None: the profile
    place: int  # of the file among the message's attachments
    url: str
    attempts: int  # this time included


@dataclass(frozen=True)
class Outreach:
    """Something we mean to write to somebody of ourselves."""

    id: int
    kind: str  # thanks, delay, birthday, …
    key: str  # the reason; there is one for each
    purpose: str  # a bot.permission.Purpose
    customer_id: int
    person_id: int | None
    campaign_id: int | None
    about: Mapping[str, Any]  # what its sentence is filled with
    state: str  # waiting, sent, refused, cancelled, held_out
    reason: str  # why it was refused, or why it waits
    due_at: datetime
    attempts: int  # this time included
    conversation_id: int | None
    message_id: int | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Account:
    """How our account on a platform stands."""

    channel: str
    heard_at: datetime | None  # the last event from it
    delivered_at: datetime | None  # the last message to it
    paused_at: datetime | None
    pause: Mapping[str, Any] | None  # code and text of what the platform said
    notice: Mapping[str, Any] | None  # the platform's last warning: text, at


@dataclass(frozen=True)
class StoredFile:
    key: str  # unguessable
    conversation_id: int | None
    name: str
    mime: str  # told from the content
    size: int  # bytes
    created_at: datetime
