"""The contract between Carebot and a messaging platform.

A connector translates: the platform's webhook into events, our `OutboundMessage` into the
platform's calls. It knows its platform and nothing about us, and imports nothing of ours but
what is in this folder.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, runtime_checkable

Json = dict[str, Any]

# Channels whose people read our own store: there, a stored message is a delivered one.
READ_OUR_STORE = frozenset({"web"})


@dataclass(frozen=True)
class Attachment:
    """A file, picture, sound or place that travels with a message."""

    kind: Literal["image", "file", "audio", "video", "sticker", "location", "contact"]
    url: str  # where the bytes are; our own /files/… once stored
    name: str = ""
    mime: str = ""
    size: int = 0  # bytes; 0 when the platform does not say

    def as_json(self) -> Json:
        return {
            "kind": self.kind,
            "url": self.url,
            "name": self.name,
            "mime": self.mime,
            "size": self.size,
        }


@dataclass(frozen=True)
class Button:
    """A choice. It carries an opaque `key` that only means something in its conversation, or a
    `url` to open."""

    title: str
    key: str = ""
    url: str = ""

    def as_json(self) -> Json:
        return {"title": self.title, "key": self.key, "url": self.url}


@dataclass(frozen=True)
class Card:
    """A picture with a title, a line and buttons."""

    title: str
    subtitle: str = ""
    image: str = ""
    buttons: tuple[Button, ...] = ()

    def as_json(self) -> Json:
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "image": self.image,
            "buttons": [button.as_json() for button in self.buttons],
        }


@dataclass(frozen=True)
class InboundMessage:
    """What a person wrote, in our words instead of the platform's."""

    channel: str
    external_id: str  # the platform's id for this message: our dedupe key
    sender_id: str  # the platform's id for the person; of the group, when it was said in one
    sent_at: datetime  # aware, UTC, as the platform says
    text: str = ""
    button: str = ""  # key of the pressed button, one of those we sent
    attachments: tuple[Attachment, ...] = ()  # urls are the platform's own: `Channel.fetch` them
    sender_name: str = ""
    locale: str = "vi"
    source: str = ""  # where a talk came from: a link's ref, an ad, a QR code
    begins: bool = False  # "Get started" or /start: a greeting is due, nothing was asked
    in_group: bool = False  # we were spoken to in a group
    callback: str = ""  # what `Channel.noticed` must answer, so that a button stops turning
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Edit:
    """A person changed what they had written."""

    channel: str
    external_id: str  # of the message
    sender_id: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Recall:
    """A person took back what they had written."""

    channel: str
    external_id: str
    sender_id: str
    at: datetime


@dataclass(frozen=True)
class Reaction:
    """A heart or a thumb on one of our messages; `emoji` is "" when it is taken back."""

    channel: str
    external_id: str  # of our message
    sender_id: str
    emoji: str
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """How far our messages have come: those named, or all up to a moment. Never a reply."""

    channel: str
    sender_id: str  # the customer
    seen: bool  # False: delivered only
    external_ids: tuple[str, ...] = ()
    upto: datetime | None = None


@dataclass(frozen=True)
class Echo:
    """Something that our account has said, by whatever program or person."""

    channel: str
    external_id: str
    recipient_id: str  # the customer
    at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    reference: str = ""  # OutboundMessage.reference, where the platform gives it back
    # Whether our own app said it. False: a person, or another app that people write with. None:
    # some program, and the platform does not tell which.
    ours: bool | None = None


@dataclass(frozen=True)
class Reach:
    """A person followed or blocked us."""

    channel: str
    sender_id: str
    reachable: bool
    at: datetime
    source: str = ""


@dataclass(frozen=True)
class Arrival:
    """A person came through a link, an ad or a form and said nothing."""

    channel: str
    sender_id: str
    at: datetime
    source: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)  # what they shared: name, phone, …


@dataclass(frozen=True)
class Notice:
    """What the platform tells the account's owner: a warning, a block."""

    channel: str
    at: datetime
    text: str
    stops: bool = False  # nothing can be sent any more until somebody acts


@dataclass(frozen=True)
class Unread:
    """A genuine event that we cannot read or do not know: stored as it is, and logged."""

    channel: str
    reason: str
    raw: Any  # a body of its own, which `Channel.parse` reads again when it has learnt to


Event = (
    InboundMessage | Edit | Recall | Reaction | Receipt | Echo | Reach | Arrival | Notice | Unread
)


@dataclass(frozen=True)
class OutboundMessage:
    """What we want a person to read."""

    channel: str
    recipient_id: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    reference: str = ""  # our id for the message, for platforms that can echo it back
    tag: str = ""  # why it may be said outside of the platform's window: HUMAN_AGENT
    followed: bool = False  # another message to this person comes right after it


class File(NamedTuple):
    """A file's bytes."""

    data: bytes
    name: str
    mime: str


@dataclass(frozen=True)
class Profile:
    """What a platform tells of a person."""

    name: str = ""
    avatar: str = ""  # where the picture is
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How fast an account may send."""

    per_second: float
    same_person: float = 0.0  # seconds between two calls to one person


@dataclass(frozen=True)
class WebhookRequest:
    """One HTTP request as a connector sees it: no web framework in it."""

    method: str
    body: bytes  # raw, as signed
    headers: Mapping[str, str]  # lower-case names
    query: Mapping[str, str]


class SignatureError(Exception):
    """The request was not made by whom it claims: answered 401 and counted."""


class UnreadableError(Exception):
    """A genuine payload that we cannot read: stored, logged and answered 200."""


class DeliveryError(Exception):
    """A message was not delivered; the subclass says what becomes of it."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code  # the platform's, as in connectors/errors.yml; "" without one


class RetryableError(DeliveryError):
    """Certainly not accepted, and may be later: timeout before connecting, rate limit, 5xx."""

    def __init__(
        self,
        reason: str,
        retry_after: float | None = None,
        code: str = "",
        *,
        everybody: bool = False,
    ) -> None:
        super().__init__(reason, code)
        self.retry_after = retry_after  # seconds the platform asks us to wait
        self.everybody = everybody  # the whole account has to wait, not one person


class UnknownOutcomeError(DeliveryError):
    """The platform may or may not have taken it (no answer came): never resent blindly."""


class PermanentError(DeliveryError):
    """Never: blocked, unknown person, window closed, malformed."""

    def __init__(self, reason: str, code: str = "", *, unreachable: bool = False) -> None:
        super().__init__(reason, code)
        self.unreachable = unreachable  # nothing else will reach this person either


class AuthError(DeliveryError):
    """Sign in again: the message is kept and the channel pauses."""


@dataclass(frozen=True)
class Tokens:
    """Keys that are replaced from time to time."""

    access: str
    refresh: str
    access_until: datetime
    refresh_until: datetime


class Vault(Protocol):
    """Where a channel keeps its tokens, the same for all processes."""

    async def tokens(self, channel: str) -> Tokens | None:
        """Those in use."""

    async def renew(
        self, channel: str, used: Tokens, ask: Callable[[Tokens], Awaitable[Tokens]]
    ) -> Tokens:
        """The tokens that follow `used`, asked for by one process at a time and stored before
        anybody gets them. Raises what `ask` raises."""


@dataclass(frozen=True)
class Tools:
    """What a connector is given."""

    clock: Callable[[], datetime]
    read_file: Callable[[str], Awaitable[File]]  # an attachment's or card's url that we send
    vault: Vault


class Channel(Protocol):
    """One messaging platform. Made with the values of its settings and with Tools."""

    name: ClassVar[str]
    settings: ClassVar[Mapping[str, str]]  # environment variables: their default, "" when needed
    pace: ClassVar[Pace]

    def verify(self, request: WebhookRequest) -> None:
        """Raise SignatureError unless the platform sent this. Always called first, but for a
        handshake."""

    def challenge(self, request: WebhookRequest) -> str | None:
        """The text to echo if this is the platform's subscription handshake. Raises SignatureError
        for a handshake with the wrong word."""

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Translate. What cannot be read is Unread, beside what can; garbage raises
        UnreadableError."""

    def render(self, message: OutboundMessage) -> Sequence[Json]:
        """The calls that say a message on this platform, in order. What it lacks is said in what
        it has: no button, card or file is left out in silence."""

    async def deliver(self, recipient_id: str, call: Json) -> str:
        """Make one call of `render` and return the platform's message id, or raise a
        DeliveryError."""

    async def noticed(self, message: InboundMessage) -> None:
        """A message was stored: show it as seen, show that we write, free its button. May raise
        DeliveryError; nothing hangs on it."""

    async def fetch(self, url: str) -> File:
        """The file behind an attachment's url. Raises DeliveryError."""

    async def profile(self, sender_id: str) -> Profile:
        """Who a person is. Raises DeliveryError."""

    async def check(self) -> str:
        """Whom the platform takes us for, in a few words; keys that will end soon are replaced.
        Asked every half hour. Raises DeliveryError."""

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None:
        """Tell the platform where we listen and what a new customer finds there, as far as it
        takes that from a program. A menu's keys come back as InboundMessage.button. Raises
        DeliveryError."""

    async def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class Polled(Channel, Protocol):
    """A platform that can also be asked for events."""

    polls: bool  # it is to be asked: no webhook is set

    async def poll(self, offset: int) -> tuple[Sequence[Event], int]:
        """What came since `offset`, waiting a while for it, and the next offset. Raises
        DeliveryError."""
