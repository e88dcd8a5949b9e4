"""Turning templates into pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.console import attachments, failures, shapes, told, words
from bot.console.excerpt import excerpt

if TYPE_CHECKING:
    from bot.console.access import Visit

templates = Environment(
    loader=PackageLoader("bot.console"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def download(content: str | bytes, name: str, mime: str = "text/csv") -> Response:
    """A file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=f"{mime}; charset=utf-8", headers=headers)


def page(
    request: Request,
    template: str,
    language: str,
    visit: Visit | None,
    *,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """A page in the reader's language."""

    def t(key: str, **filled: object) -> str:
        return words.say(language, key, **filled)

    def name_of(group: str, code: str) -> str:
        return words.name_of(language, group, code)

    def duration(span: timedelta) -> str:
        return words.duration(language, span)

    def clock(time: datetime, now: datetime) -> str:
        return words.clock(language, time, now)

    def due_of(time: datetime, now: datetime) -> str:
        return words.due(language, time, now)

    def in_app(app: str) -> str:
        return words.in_app(language, app)

    def source_of(told: str) -> str:
        return words.source(language, told)

    def label_of(file: attachments.Shown) -> str:
        return attachments.label(language, file)

    state = request.app.state
    html = templates.get_template(template).render(
        t=t,
        name_of=name_of,
        duration=duration,
        clock=clock,
        due_of=due_of,
        in_app=in_app,
        source_of=source_of,
        label_of=label_of,
        told_of=told.of_message,
        files_of=attachments.of_message,
        failure_of=failures.of_message,
        avatar_of=shapes.avatar,
        initial=initial,
        with_code=with_code,
        parsed=datetime.fromisoformat,
        moment=words.moment,
        time_of_day=time_of_day,
        grouped=grouped,
        spaced=spaced,
        marked=marked,
        language=language,
        other_language="en" if language == "vi" else "vi",
        visit=visit,
        business=state.settings.business,
        here=request.url.path,
        here_full=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **values,
    )
    return HTMLResponse(html, status)


async def missing(request: Request, visit: Visit) -> HTMLResponse:
    """There is no such page."""
    return page(request, "refused.html", visit.language, visit, status=404, code="missing")


def initial(name: str) -> str:
    """A Vietnamese given name comes last."""
    words_ = re.sub(r"[^\w\s]", "", name).split()
    return words_[-1][0].upper() if words_ else "?"


def with_code(text: str) -> Markup:
    """The text, what stands between back-quotes as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def time_of_day(time: datetime) -> str:
    return time.astimezone(words.VIETNAM).strftime("%H:%M")


def marked(text: str, search: str) -> Markup:
    """A piece of the text around what was searched for, with every such word marked."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if is_found else piece
        for piece, is_found in excerpt(text, search)
    )


def grouped(number: int) -> str:
    """Like 12.345."""
    return f"{number:,}".replace(",", ".")


def spaced(phone: str) -> str:
    """A phone number as people read it: 0912 345 678."""
    return re.sub(r"^(\d{4})(\d{3})(\d{3,4})$", "\\1\xa0\\2\xa0\\3", phone)
