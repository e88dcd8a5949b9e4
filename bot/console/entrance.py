"""The pages at the door: log in, log out, change the language."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console import login, words
from bot.console.access import (
    ANYONE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    Door,
    Visit,
    language_of,
    safe_next,
    session_of,
)
from bot.console.render import page
from bot.models import Presence
from bot.storage import agents, users
from bot.storage.db import DatabaseUnavailable

DOOR_COOKIE = "carebot_door"  # the log-in form's own token: there is no session yet
YEAR = 365 * 24 * 3600


async def log_out(request: Request, visit: Visit) -> Response:
    state = request.app.state
    async with state.db.begin() as tx:
        await users.end_session(tx, visit.session.token_hash)
        await agents.appear(tx, visit.user.id, Presence.OFF, state.clock())
    answer = RedirectResponse("/console/login", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/console")
    return answer


async def speak(request: Request, visit: Visit) -> Response:
    """Change the language of somebody who is logged in."""
    return _speaking(request, dict((await request.form()).items()))


async def login_page(request: Request) -> Response:
    """The log-in form."""
    try:
        if await session_of(request):
            return RedirectResponse("/console/", 303)
    except DatabaseUnavailable:
        return page(
            request, "refused.html", language_of(request), None, status=503, code="unavailable"
        )
    return _login_form(request, safe_next(request.query_params.get("next", "")))


def _login_form(
    request: Request, following: str, *, status: int = 200, problem: str = "", username: str = ""
) -> Response:
    token = secrets.token_urlsafe(24)
    answer = page(
        request,
        "login.html",
        language_of(request),
        None,
        status=status,
        csrf=token,
        following=following,
        problem=problem,
        username=username,
    )
    _set_cookie(request, answer, DOOR_COOKIE, token, samesite="strict")
    return answer


async def log_in(request: Request) -> Response:
    """The log-in form, sent; or its language changed."""
    form = {
        key: value
        for key, value in (await request.form(max_files=0)).items()
        if isinstance(value, str)
    }
    following = safe_next(form.get("next", ""))
    token = request.cookies.get(DOOR_COOKIE, "")
    if not token or not hmac.compare_digest(token.encode(), form.get("csrf", "").encode()):
        return _login_form(request, following, status=403, problem="login.stale")
    if "language" in form:
        return _speaking(
            request, {**form, "next": f"/console/login?{urlencode({'next': following})}"}
        )
    state = request.app.state
    username = form.get("username", "")[:64]
    try:
        session = await login.log_in(
            state.db, username, form.get("password", "")[:1000], state.clock()
        )
    except DatabaseUnavailable:
        return page(
            request, "refused.html", language_of(request), None, status=503, code="unavailable"
        )
    if session is None:
        return _login_form(request, following, status=401, problem="login.wrong", username=username)
    answer = RedirectResponse(following, 303)
    _set_cookie(
        request,
        answer,
        SESSION_COOKIE,
        session,
        max_age=int(login.SESSION_LASTS.total_seconds()),
    )
    answer.delete_cookie(DOOR_COOKIE, path="/console")
    return answer


def _speaking(request: Request, form: Mapping[str, object]) -> Response:
    answer = RedirectResponse(safe_next(str(form.get("next", ""))), 303)
    language = str(form.get("language", ""))
    if language in words.LANGUAGES:
        _set_cookie(request, answer, LANGUAGE_COOKIE, language, max_age=YEAR)
    return answer


def _set_cookie(
    request: Request,
    answer: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    samesite: str = "lax",
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/console",
        secure=request.app.state.settings.secure_cookies,
        httponly=True,
        samesite="strict" if samesite == "strict" else "lax",
    )


LOGIN = (
    Route("/login", login_page, methods=["GET"]),
    Route("/login", log_in, methods=["POST"]),
)

DOORS = (
    Door("POST", "/logout", log_out, ANYONE),
    Door("POST", "/language", speak, ANYONE),
)
