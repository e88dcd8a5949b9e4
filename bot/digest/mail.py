"""The digest as an e-mail.

smtplib of the standard library, in a thread: a few letters a week need no library of their own.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.console import words
from bot.digest.letter import LANGUAGE, Letter
from bot.storage.digests import Copy, Digest
from connectors.base import AuthError, PermanentError, RetryableError

SECONDS: Final = 30.0  # for each of a server's answers
PORTS: Final = {"smtp": 587, "smtps": 465}
GONE: Final = 500  # an answer from here on stays the same
templates: Final = Environment(
    loader=PackageLoader("bot.digest"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class ByMail:
    """Sends letters through one server."""

    def __init__(self, server: str, sender: str) -> None:
        self._url = urlsplit(server)
        self._sender = sender

    async def __call__(self, letter: Letter, digest: Digest, copy: Copy) -> None:
        """Raises DeliveryError."""
        message = composed(letter, digest, copy, self._sender)
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise AuthError(f"{error.smtp_code} at the log-in", str(error.smtp_code)) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _fate(code, "the reader's address") from error
        except smtplib.SMTPResponseException as error:
            raise _fate(error.smtp_code, "the letter") from error
        except smtplib.SMTPNotSupportedError as error:
            raise AuthError("no log-in without TLS, which the server does not offer") from error
        except (smtplib.SMTPException, OSError) as error:
            raise RetryableError(f"{type(error).__name__} while talking to the server") from error

    def _connected(self) -> smtplib.SMTP:
        url, tls = self._url, ssl.create_default_context()
        host, port = url.hostname or "", url.port or PORTS[url.scheme]
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            server.ehlo()
            secure = url.scheme == "smtps"
            if not secure and server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
                secure = True
            if url.username:
                if not secure:
                    raise smtplib.SMTPNotSupportedError("no TLS")
                server.login(unquote(url.username), unquote(url.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def _fate(code: int, what: str) -> PermanentError | RetryableError:
    kind = PermanentError if code >= GONE else RetryableError
    return kind(f"{code}: the server does not take {what}", code=str(code))


def composed(letter: Letter, digest: Digest, copy: Copy, sender: str) -> EmailMessage:
    """The e-mail. A copy that is sent again has the same id: mail programs show it once."""

    def t(key: str, **values: object) -> str:
        return words.say(LANGUAGE, key, **values)

    assert digest.made_at is not None
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = sender
    message["To"] = copy.address
    message["Date"] = format_datetime(digest.made_at)
    domain = message["From"].addresses[0].domain
    message["Message-ID"] = f"<digest-{digest.id}-{copy.id}-{digest.made_at:%Y%m%d%H%M%S}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = LANGUAGE
    for name, subtype in (("letter.txt", "plain"), ("letter.html", "html")):
        text = templates.get_template(name).render(letter=letter, t=t)
        if subtype == "plain":
            message.set_content(text)
        else:
            message.add_alternative(text, subtype=subtype)
    return message
