"""Settings, read once from the environment. `NAME_FILE` names a file that holds a secret.

`.env.example` lists every one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from bot.logs import FORMS, Form
from bot.models import Debounce


class ConfigError(Exception):
    """The program cannot start; the message names the variable and the way out."""


@dataclass(frozen=True)
class Settings:
    database_url: str
    redis_url: str  # shared by all processes; "" does without
    secret_key: str  # signs visitor tokens
    public_url: str  # as browsers reach us, without a slash at the end
    host: str
    port: int
    metrics_port: int  # of the first worker on this machine
    drain_seconds: int  # for which a web process that is to stop says so and serves on
    business: str
    widget_origins: frozenset[str]  # web pages that may carry the widget; "*" for any
    widget_identity_secret: str  # "" turns identify off
    widget_messages_per_minute: int
    project_dir: Path  # where config.yml, domain.yml and data/ are
    crm_url: str  # where the shop's records of customers are asked; "" turns the card off
    crm_token: str
    records_secret: str  # signs what the shop's software tells; "" turns its door off
    smtp_url: str = field(repr=False)  # who carries our e-mail; "" sends none
    mail_from: str
    digest_slack_channel: str  # by its id; "" sends no digest to Slack
    archive_dir: Path | None  # where transcripts go before they are deleted; none: nowhere
    worker_turns: int  # conversations a worker answers at once
    debounce: Debounce
    env: Mapping[str, str] = field(repr=False)  # for `of_channel`

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    def channel_values(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """The values of a connector's settings as far as they are set: "" where one is missing."""
        return {name: _text(self.env, name, default) for name, default in wanted.items()}

    def of_channel(self, wanted: Mapping[str, str]) -> dict[str, str] | None:
        """The values of a connector's settings, None when nothing of it is set.

        Raises ConfigError when only a part is.
        """
        values = self.channel_values(wanted)
        needed = [name for name, default in wanted.items() if not default]
        missing = [name for name in needed if not values[name]]
        if len(missing) == len(needed):
            return None
        if missing:
            raise ConfigError(f"{missing[0]}: needed too, beside {', '.join(needed)}")
        return values

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Raises ConfigError, naming the variable."""
        public_url = _text(env, "PUBLIC_URL", "http://127.0.0.1:8080").rstrip("/")
        own = urlsplit(public_url)
        if own.scheme not in ("http", "https") or not own.netloc:
            raise ConfigError(
                f"PUBLIC_URL: {public_url!r} is not an address; write it like https://chat.example.com"
            )
        origins = {part.strip() for part in _text(env, "WIDGET_ORIGINS", "").split(",")} - {""}
        database_url = _text(env, "DATABASE_URL", "sqlite:///var/carebot.db")
        if not database_url.startswith(("sqlite:///", "postgresql+asyncpg://")):
            raise ConfigError("DATABASE_URL: begin it with sqlite:/// or postgresql+asyncpg://")
        redis_url = _text(env, "REDIS_URL", "")
        if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise ConfigError("REDIS_URL: begin it with redis://, rediss:// (TLS) or unix://")
        records_secret = _text(env, "RECORDS_SECRET", "")
        if records_secret and len(records_secret) < 32:
            raise ConfigError(
                "RECORDS_SECRET: set it to 32 or more random characters, for example from "
                "`openssl rand -hex 32`, or to nothing"
            )
        smtp_url, mail_from = _mail(env)
        secret_key = _text(env, "SECRET_KEY", "")
        if len(secret_key) < 32:
            raise ConfigError(
                "SECRET_KEY: set it to 32 or more random characters, for example from "
                "`openssl rand -hex 32`; keep it, or every visitor's talk starts anew"
            )
        return cls(
            database_url=database_url,
            redis_url=redis_url,
            secret_key=secret_key,
            public_url=public_url,
            host=_text(env, "HOST", "127.0.0.1"),
            port=port_from(env, "PORT", own.port or 8080),
            metrics_port=port_from(env, "METRICS_PORT", 9460),
            drain_seconds=_whole(env, "DRAIN_SECONDS", 0, least=0),
            business=_text(env, "BUSINESS_NAME", "Điện Tử Bống"),
            widget_origins=frozenset(origins | {f"{own.scheme}://{own.netloc}"}),
            widget_identity_secret=_text(env, "WIDGET_IDENTITY_SECRET", ""),
            widget_messages_per_minute=_whole(env, "WIDGET_MESSAGES_PER_MINUTE", 60),
            project_dir=project_dir_from(env),
            crm_url=_text(env, "CRM_URL", ""),
            crm_token=_text(env, "CRM_TOKEN", ""),
            records_secret=records_secret,
            smtp_url=smtp_url,
            mail_from=mail_from,
            digest_slack_channel=_text(env, "DIGEST_SLACK_CHANNEL", ""),
            archive_dir=Path(folder) if (folder := _text(env, "ARCHIVE_DIR", "")) else None,
            worker_turns=_whole(env, "WORKER_TURNS", 16),
            debounce=Debounce(
                timedelta(milliseconds=_whole(env, "DEBOUNCE_MS", 2500, least=0)),
                timedelta(milliseconds=_whole(env, "DEBOUNCE_MOST_MS", 8000, least=0)),
            ),
            env=env,
        )


def project_dir_from(env: Mapping[str, str]) -> Path:
    """Where config.yml, domain.yml and data/ are."""
    return Path(_text(env, "PROJECT_DIR", ".")).resolve()


def log_format_from(env: Mapping[str, str]) -> Form:
    """How the log is written. Raises ConfigError."""
    form = _text(env, "LOG_FORMAT", "text")
    if form not in FORMS:
        raise ConfigError(f"LOG_FORMAT: {form!r} is neither of {', '.join(FORMS)}")
    return form  # type: ignore[return-value]


def _text(env: Mapping[str, str], name: str, default: str) -> str:
    """The variable, or the content of the file that NAME_FILE names."""
    path = env.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise ConfigError(f"{name}_FILE: cannot read {path}: {error}") from error
    return env.get(name, "").strip() or default


def _mail(env: Mapping[str, str]) -> tuple[str, str]:
    """Who carries our e-mail, and whom it is from."""
    server, sender = _text(env, "SMTP_URL", ""), _text(env, "MAIL_FROM", "")
    if not server:
        return "", sender
    url = urlsplit(server)
    try:
        usable = url.scheme in ("smtp", "smtps") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            "SMTP_URL: write it like smtp://name:password@smtp.example.com:587, or smtps:// for "
            "TLS from the first byte (465); put %40 for an @ in the password"
        )
    if "@" not in parseaddr(sender)[1]:
        raise ConfigError("MAIL_FROM: needed beside SMTP_URL, like Bống <bao-cao@shop.example>")
    return server, sender


def port_from(env: Mapping[str, str], name: str, default: int) -> int:
    """A port number. Raises ConfigError, naming the variable."""
    port = _whole(env, name, default)
    if port > 65535:
        raise ConfigError(f"{name}: {port} is not a port; they end at 65535")
    return port


def _whole(env: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    given = _text(env, name, str(default))
    if not given.isdecimal() or int(given) < least:
        raise ConfigError(f"{name}: {given!r} is not a whole number from {least} on")
    return int(given)
