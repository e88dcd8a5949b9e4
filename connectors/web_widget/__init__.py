"""The website widget: `widget.js` in the customer's browser, and what its server needs to know who
is writing and what they mean. The protocol is in docs/widget-protocol.md.

Its people read our own store, so nothing is ever sent: a stored message is a delivered one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from itsdangerous import BadData, URLSafeTimedSerializer

from connectors.base import (
    InboundMessage,
    Json,
    SignatureError,
    UnreadableError,
    WebhookRequest,
)

SCRIPT = Path(__file__).with_name("widget.js")
TEXT_LIMIT = 4000  # characters
FILES_A_MESSAGE = 5
TOKEN_DAYS = 180
ANONYMOUS = "v-"
LOCALES = ("vi", "en")

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class TooLargeError(UnreadableError):
    """The text is over TEXT_LIMIT."""


class EmptyError(UnreadableError):
    """There is nothing in the message."""


class WebWidget:
    """Whose people read our own store, so that nothing is ever sent to them."""

    name: ClassVar[str] = "web"

    def __init__(self, secret_key: str, identity_secret: str = "") -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="widget visitor")
        self._identity_secret = identity_secret

    def new_visitor(self) -> str:
        return f"{ANONYMOUS}{secrets.token_urlsafe(16)}"

    def is_anonymous(self, visitor: str) -> bool:
        """Whether the shop has not signed for this visitor."""
        return visitor.startswith(ANONYMOUS)

    def token_for(self, visitor: str) -> str:
        """A token that only we can make; it lives for TOKEN_DAYS."""
        return self._signer.dumps(visitor)

    def visitor_of(self, token: object) -> str:
        """Whose token this is. Raises SignatureError when it is not ours or too old."""
        try:
            if not isinstance(token, str) or len(token) > 512 or not token.isascii():
                raise BadData("not a token")
            return str(self._signer.loads(token, max_age=TOKEN_DAYS * 86400))
        except BadData as error:
            raise SignatureError(str(error)) from error

    def identified(self, frame: Json) -> str:
        """The visitor that an `identify` frame proves to be: the shop's own id for its user.

        Raises SignatureError unless hash = hex HMAC-SHA256(shop's secret, user_id).
        """
        user_id, given = frame.get("user_id"), frame.get("hash")
        if not self._identity_secret or not isinstance(user_id, str) or not isinstance(given, str):
            raise SignatureError("identify is off or incomplete")
        user, proof = (text.encode("utf-8", "replace") for text in (user_id, given))
        due = hmac.new(self._identity_secret.encode(), user, hashlib.sha256).hexdigest()
        if not user or len(user) > 200 or not hmac.compare_digest(due.encode(), proof):
            raise SignatureError("the hash does not match the user")
        return f"user:{user.decode()}"

    def read_message(
        self, visitor: str, frame: Json, locale: str, now: datetime
    ) -> tuple[InboundMessage, list[str]]:
        """A `message` frame, and the keys of the files it names.

        Raises TooLargeError, EmptyError or UnreadableError.
        """
        client_id, text = frame.get("client_id"), frame.get("text", "")
        button, files = frame.get("button", ""), frame.get("files", [])
        if not is_client_id(client_id):
            raise UnreadableError("client_id: 16 to 64 letters, digits, - or _")
        if not isinstance(text, str):
            raise UnreadableError("text is not a text")
        if len(text) > TEXT_LIMIT:
            raise TooLargeError(f"over {TEXT_LIMIT} characters")
        if not isinstance(files, list) or not all(_is_key(key) for key in files):
            raise UnreadableError("files is not a list of keys")
        if len(files) > FILES_A_MESSAGE:
            raise UnreadableError(f"over {FILES_A_MESSAGE} files")
        if not (button == "" or _is_key(button)):
            raise UnreadableError("button is not a key")
        if not text.strip() and not files and not button:
            raise EmptyError("nothing in it")
        message = InboundMessage(
            channel=self.name,
            external_id=f"{visitor}:{client_id}",
            sender_id=visitor,
            sent_at=now,
            text=text,
            button=button,
            locale=locale,
        )
        return message, files


def bearer(request: WebhookRequest) -> str:
    """The token of an Authorization header, "" without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def locale_of(frame: Json) -> str:
    """The visitor's language, Vietnamese unless it is one we speak."""
    wanted = frame.get("locale")
    return wanted if isinstance(wanted, str) and wanted in LOCALES else LOCALES[0]


def is_client_id(value: object) -> bool:
    """Whether a browser may name its message so."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def client_id_of(external_id: str) -> str:
    """The browser's own name for a message of its visitor."""
    return external_id.rpartition(":")[2]


def _is_key(value: object) -> bool:
    return isinstance(value, str) and bool(_KEY.fullmatch(value))
