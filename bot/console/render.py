"""Turning templates into pages."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.console import attachments, failures, shapes, told, words
from bot.storage.messages import fold

if TYPE_CHECKING:
    from bot.console.access import Visit

SNIPPET = 160  # letters of a message that a list shows

templates = Environment(
    loader=PackageLoader("bot.console"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


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
    """A piece of the text around the first word searched for, with every such word marked."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    folded = [fold(letter) or letter for letter in text]
    if any(len(letter) != 1 for letter in folded):  # ligatures would shift the places
        return escape(text[:SNIPPET])
    plain = "".join(folded)
    marks = [False] * len(text)
    words_sought = fold(search).split()
    phrase = " ".join(words_sought)
    for word in [phrase] if phrase and phrase in plain else words_sought:
        at = plain.find(word)
        while at >= 0:
            marks[at : at + len(word)] = [True] * len(word)
            at = plain.find(word, at + len(word))
    first = marks.index(True) if True in marks else 0
    start = max(0, first - SNIPPET // 3)
    parts: list[Markup] = [Markup("…")] if start else []
    end = min(len(text), start + SNIPPET)
    at = start
    while at < end:
        upto = at
        while upto < end and marks[upto] == marks[at]:
            upto += 1
        piece = escape(text[at:upto])
        parts.append(Markup("<mark>{}</mark>").format(piece) if marks[at] else piece)
        at = upto
    return Markup("").join([*parts, "…"] if end < len(text) else parts)
