"""What the queue says to customers, in the shop's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot import words as sentences
from bot.address import addressed
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing
from bot.console.rules import sheet
from bot.console.rules.sheet import Desk, Overtaken
from bot.desk_rules import SENTENCE_LIMIT
from bot.schedule import Invalid
from connectors.base import Json

# What a preview fills in.
SAMPLE: Final[Mapping[str, Mapping[str, object]]] = {
    "vi": {
        "place": 3, "low": 4, "high": 6, "opens": "8:00 sáng mai", "by": "8:05 sáng mai",
        "contact": "0901 234 567", "team": "kỹ thuật", "agent": "Lan",
    },
    "en": {
        "place": 3, "low": 4, "high": 6, "opens": "tomorrow at 8:00", "by": "tomorrow at 8:05",
        "contact": "0901 234 567", "team": "technical", "agent": "Lan",
    },
}  # fmt: skip
AUNT: Final = "cô"


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    shown = {key: _texts(desk, key)[visit.language] for key in sentences.QUEUE}
    return sheet.sheet(request, visit, "sentences", "sentences", desk, shown=shown)


def _texts(desk: Desk, key: str) -> dict[str, str]:
    return {**sentences.SENTENCES[key], **desk.rules.words.get(key, {})}


async def form(request: Request, visit: Visit) -> Response:
    """One sentence, to be changed."""
    desk, key = await sheet.look(request), request.path_params["key"]
    if key not in sentences.QUEUE:
        return await missing(request, visit)
    return _form(request, visit, desk, key, _texts(desk, key))


async def change(request: Request, visit: Visit) -> Response:
    """The form of one sentence, sent."""
    desk, key = await sheet.look(request), request.path_params["key"]
    if key not in sentences.QUEUE:
        return await missing(request, visit)
    given, ours = await sheet.typed(request), sentences.SENTENCES[key]
    do = given.get("do")
    typed = {locale: given.get(locale, "").replace("\r\n", "\n").strip() for locale in ours}
    texts = ours if do == "default" else {each: typed[each] or ours[each] for each in ours}
    if do == "try":
        return _form(request, visit, desk, key, texts)

    def put(document: Json) -> None:
        own = {locale: text for locale, text in texts.items() if text != ours[locale]}
        document.setdefault("words", {})[key] = own
        if not own:
            del document["words"][key]

    try:
        await sheet.save(
            request, visit, "sentences", sheet.upon(given), lambda each: _own(each, key), put
        )
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _form(request, visit, desk, key, texts, error)
    return sheet.saved(f"sentences/{key}")


def _own(document: Json, key: str) -> Any:
    return document.get("words", {}).get(key)


def _form(
    request: Request,
    visit: Visit,
    desk: Desk,
    key: str,
    texts: Mapping[str, str],
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    previews = {locale: _filled(key, locale, texts) for locale in texts}
    vi = previews["vi"]
    return sheet.sheet(
        request,
        visit,
        "sentence",
        "sentences",
        desk,
        wrong=wrong,
        inside=f"words.{key}",
        key=key,
        texts=texts,
        previews=previews,
        aunt=addressed(vi, AUNT),
        blanks=sentences.blanks(sentences.SENTENCES[key]["vi"]),
        own=key in desk.rules.words,
        limit=SENTENCE_LIMIT,
    )


def _filled(key: str, locale: str, texts: Mapping[str, str]) -> str:
    """How it will read; "" when it cannot be filled in."""
    known = SAMPLE[locale]
    try:
        fits = set(sentences.blanks(texts[locale])) <= set(known)
    except ValueError:
        return ""
    return sentences.say(key, locale, texts, **known) if fits else ""


DOORS = (
    Door("GET", "/rules/sentences", show, REVIEW),
    Door("GET", "/rules/sentences/{key}", form, REVIEW),
    Door("POST", "/rules/sentences/{key}", change, REVIEW),
)
