"""The contract between Carebot and a messaging platform.

A connector translates: the platform's webhook into `InboundMessage`, our `OutboundMessage` into
the platform's call. It knows its platform and nothing about us, and imports nothing of ours but
this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

Json = dict[str, Any]

# Channels whose people read our own store: there, a stored message is a delivered one.
READ_OUR_STORE = frozenset({"web"})
Audience = Literal["customer", "agent"]


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
    sender_id: str  # the platform's id for the person
    sent_at: datetime  # aware, UTC, as the platform says
    text: str = ""
    button: str = ""  # key of the pressed button, one of those we sent
    attachments: tuple[Attachment, ...] = ()
    sender_name: str = ""
    locale: str = "vi"
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


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


class RetryableError(DeliveryError):
    """Certainly not accepted, and may be later: timeout before connecting, rate limit, 5xx."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after  # seconds the platform asks us to wait


class UnknownOutcomeError(DeliveryError):
    """The platform may or may not have taken it (no answer came): never resent blindly."""


class PermanentError(DeliveryError):
    """Never: blocked, unknown person, window closed, malformed."""


class AuthError(DeliveryError):
    """Sign in again: the message is kept and the channel pauses."""


class Channel(Protocol):
    """One messaging platform."""

    name: ClassVar[str]
    audience: ClassVar[Audience]
    settings: ClassVar[tuple[str, ...]]  # environment variables it needs, all or none

    def verify(self, request: WebhookRequest) -> None:
        """Raise SignatureError unless the platform sent this. Always called first."""

    def challenge(self, request: WebhookRequest) -> str | None:
        """The text to echo if this is the platform's subscription handshake."""

    def parse(self, request: WebhookRequest) -> list[InboundMessage]:
        """Translate. Events we do not handle give []; garbage raises UnreadableError."""

    async def send(self, message: OutboundMessage) -> str:
        """Deliver and return the platform's message id, or raise a DeliveryError."""
