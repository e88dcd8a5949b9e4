"""The doors of the console: who may open which, and what every answer carries.

A door asks, in this order: is somebody logged in, may their role enter, does the form carry their
token. Handlers behind it need not ask again.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import alerts, login, words
from bot.console.alerts import Alert
from bot.console.render import page
from bot.models import Role, User
from bot.storage import users
from bot.storage.db import DatabaseUnavailable
from bot.storage.users import Session
from bot.uploads import FILE_BYTES

log = logging.getLogger(__name__)

SESSION_COOKIE = "carebot_session"
LANGUAGE_COOKIE = "carebot_language"
BODY_BYTES = 64 * 1024
FILES_BYTES = FILE_BYTES + BODY_BYTES
TABLE_BYTES = 32 * 1024 * 1024  # so that a table with too many rows is told so in words
FORMS_WITH_FILES = (
    (re.compile(r"/console/canned/(new|\d+)"), FILES_BYTES),
    (re.compile(r"/console/imports"), TABLE_BYTES),
)

DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
REVIEW = frozenset({Role.SUPERVISOR, Role.ADMIN})
CONTENT = frozenset({Role.EDITOR, Role.ADMIN})
ANYONE = frozenset(Role)


@dataclass(frozen=True)
class Visit:
    """Somebody who has come through a door."""

    session: Session
    language: str
    alerts: Sequence[Alert] = ()  # for the pages

    @property
    def user(self) -> User:
        return self.session.user

    def may(self, roles: frozenset[Role]) -> bool:
        return self.user.role in roles


Handler = Callable[[Request, Visit], Awaitable[Response]]


@dataclass(frozen=True)
class Door:
    """One page or call, and the roles it is for."""

    method: str
    path: str  # under /console
    handler: Handler
    roles: frozenset[Role]
    is_api: bool = False  # answers in JSON, and takes its token in a header
    files: int = 0  # that its form may carry

    def route(self) -> Route:
        async def enter(request: Request) -> Response:
            return await self.open(request)

        return Route(self.path, enter, methods=[self.method])

    async def open(self, request: Request) -> Response:
        try:
            session = await session_of(request)
            language = language_of(request)
            if session is None:
                return self._to_login(request)
            shown = () if self.is_api else await alerts_for(request, session)
            visit = Visit(session, language, shown)
            if session.user.role not in self.roles:
                return self._refuse(request, visit, 403, "forbidden")
            if self.method == "POST" and not await self._signed(request, session):
                return self._refuse(request, visit, 403, "csrf")
            return await self.handler(request, visit)
        except DatabaseUnavailable as error:
            log.warning("console %s: %s", self.path, error)
            return self._refuse(request, None, 503, "unavailable")

    async def _signed(self, request: Request, session: Session) -> bool:
        given = request.headers.get("x-csrf-token", "")
        if not self.is_api and not given:
            given = str((await request.form(max_files=self.files)).get("csrf", ""))
        return hmac.compare_digest(given.encode(), session.csrf.encode())

    def _to_login(self, request: Request) -> Response:
        if self.is_api:
            return JSONResponse({"code": "login"}, 401)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        following = f"?next={quote(here)}" if self.method == "GET" else ""
        return RedirectResponse(f"/console/login{following}", 303)

    def _refuse(self, request: Request, visit: Visit | None, status: int, code: str) -> Response:
        language = language_of(request)
        if self.is_api:
            return JSONResponse(
                {"code": code, "text": words.say(language, f"error.{code}")}, status
            )
        return page(request, "refused.html", language, visit, status=status, code=code)


async def session_of(connection: HTTPConnection) -> Session | None:
    """The living session of this browser."""
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    state = connection.app.state
    async with state.db.read() as tx:
        return await users.session(tx, login.fingerprint(token), state.clock())


async def alerts_for(connection: HTTPConnection, session: Session) -> list[Alert]:
    """How our accounts stand, as this person should know it."""
    state = connection.app.state
    async with state.db.read() as tx:
        return await alerts.of_accounts(
            tx, language_of(connection), state.clock(), notices=session.user.role in REVIEW
        )


def language_of(connection: HTTPConnection) -> str:
    chosen = connection.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in words.LANGUAGES else words.LANGUAGES[0]


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of ours opened this. Browsers send cookies along on anybody's WebSocket."""
    origin = urlsplit(connection.headers.get("origin", "")).netloc
    ours = (
        connection.headers.get("host", ""),
        urlsplit(connection.app.state.settings.public_url).netloc,  # behind a proxy
    )
    return bool(origin) and origin in ours


def safe_next(path: str) -> str:
    """Where to go after the log-in: a page of the console, never elsewhere."""
    return path if re.fullmatch(r"/console/[\w\-/?=&%.+]*", path) else "/console/"


class Guard:
    """Around the whole console: refuses huge bodies, adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), Headers(scope=scope))
            await send(message)

        path = scope["path"]
        limits = (limit for form, limit in FORMS_WITH_FILES if form.fullmatch(path))
        too_long = _too_long(HTTPConnection(scope), next(limits, BODY_BYTES))
        await (too_long or self.app)(scope, receive, send_guarded)


def _too_long(request: HTTPConnection, limit: int) -> Response | None:
    if "transfer-encoding" in request.headers:
        return Response(status_code=411)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit:
        return PlainTextResponse(words.say(language_of(request), "error.too_large"), 413)
    return None


def _add_headers(answer: MutableHeaders, asked: Headers) -> None:
    host = asked.get("host", "")
    # Older Safari does not count WebSockets among 'self'.
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[A-Za-z0-9.\-:\[\]]+", host) else ""
    answer["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"connect-src 'self'{sockets}; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Frame-Options"] = "DENY"
    answer["Referrer-Policy"] = "same-origin"
    answer["Cross-Origin-Opener-Policy"] = "same-origin"
    # Pages hold customers' words. Scripts and styles are checked again at every visit.
    answer.setdefault("Cache-Control", "no-cache" if "etag" in answer else "no-store")
