"""When people answer: the shop's hours, and those of a team that has its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import schedule
from bot import words as sentences
from bot.console import words
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing
from bot.console.rules import sheet, told
from bot.console.rules.sheet import HOME, Desk, Overtaken
from bot.facts import HERE
from bot.schedule import WEEKDAYS, Hours, Invalid
from connectors.base import Json

AHEAD: Final = 366  # days of public holidays that are listed
DAY: Final = timedelta(days=1)
STEP: Final = re.compile(r"(add|drop) (week\.\w+|days(?:\.\d+)?)(?: (\d+))?", re.ASCII)


class Stretch(NamedTuple):
    """Open time as it is typed."""

    start: str = ""
    end: str = ""
    midnight: bool = False

    def __str__(self) -> str:
        # An <input type=time> has no 24:00; as an end 00:00 can mean nothing else.
        return f"{self.start}-{'24:00' if self.midnight or self.end == '00:00' else self.end}"

    @property
    def blank(self) -> bool:
        return not (self.start or self.end or self.midnight)


@dataclass
class OneOff:
    """A day with other hours than its weekday, as it is typed; without any it is closed."""

    date: str = ""
    stretches: list[Stretch] = field(default_factory=list)


@dataclass
class Form:
    """Hours as they are typed."""

    week: dict[str, list[Stretch]]
    holidays: bool
    days: list[OneOff]

    @classmethod
    def of(cls, hours: Hours) -> Form:
        shown = schedule.write(hours)
        return cls(
            week={day: _stretches(shown["week"].get(day, ())) for day in WEEKDAYS},
            holidays=hours.holidays,
            days=[OneOff(day, _stretches(shown["days"][day])) for day in sorted(shown["days"])],
        )

    @classmethod
    def typed(cls, given: Mapping[str, str]) -> Form:
        days: list[OneOff] = []
        while (prefix := f"days.{len(days)}") + ".date" in given:
            days.append(OneOff(given[f"{prefix}.date"], _typed(given, prefix)))
        week = {day: _typed(given, f"week.{day}") for day in WEEKDAYS}
        return cls(week, "holidays" in given, days)

    def step(self, do: str) -> str:
        """Do what a button says: one row more, or less. Returns the field to go on with."""
        if do == "copy":
            self.week = {day: list(self.week["mon"]) for day in WEEKDAYS}
            return ""
        found = STEP.fullmatch(do)
        if found is None:
            return ""
        what, where, place = found.groups()
        rows: list[Any] = self.days
        if where != "days":
            group, _, name = where.partition(".")
            rows = self.week.get(name, []) if group == "week" else self._of_day(int(name))
        if what == "drop":
            del rows[int(place or 0) : int(place or 0) + 1]
            return ""
        rows.append(OneOff() if where == "days" else Stretch())
        return f"{where}.{len(rows) - 1}.{'date' if where == 'days' else 'start'}"

    def _of_day(self, place: int) -> list[Stretch]:
        return self.days[place].stretches if place < len(self.days) else []

    def tidied(self) -> Form:
        """Without the rows in which nothing was typed."""
        days = [replace(day, stretches=_filled(day.stretches)) for day in self.days]
        return Form(
            week={day: _filled(rows) for day, rows in self.week.items()},
            holidays=self.holidays,
            days=[day for day in days if day.date or day.stretches],
        )

    def document(self) -> Json:
        """Raises Invalid when a day is there twice."""
        dates = [day.date for day in self.days]
        for place, each in enumerate(dates):
            if each in dates[:place]:
                raise Invalid(f"days[{place}]", "twice")
        return {
            "week": {day: [str(row) for row in rows] for day, rows in self.week.items()},
            "holidays": self.holidays,
            "days": {day.date: [str(row) for row in day.stretches] for day in self.days},
        }


def _stretches(texts: Sequence[str]) -> list[Stretch]:
    ends = [text.split("-") for text in texts]
    return [Stretch(start, "" if end == "24:00" else end, end == "24:00") for start, end in ends]


def _typed(given: Mapping[str, str], prefix: str) -> list[Stretch]:
    rows: list[Stretch] = []
    while (name := f"{prefix}.{len(rows)}") + ".start" in given:
        end = given.get(f"{name}.end", "").strip()
        rows.append(Stretch(given[f"{name}.start"].strip(), end, f"{name}.midnight" in given))
    return rows


def _filled(rows: list[Stretch]) -> list[Stretch]:
    return [row for row in rows if not row.blank]


class Holiday(NamedTuple):
    """Public holidays that follow each other."""

    first: date
    last: date
    names: Sequence[str]


def holidays(today: date) -> list[Holiday]:
    """The coming year's."""
    found: list[Holiday] = []
    for day in (today + n * DAY for n in range(AHEAD)):
        name = schedule.holiday(day)
        if name is None:
            continue
        if found and found[-1].last == day - DAY:
            found[-1] = Holiday(found[-1].first, day, [*found[-1].names, name])
        else:
            found.append(Holiday(day, day, [name]))
    return [each._replace(names=_short(each.names)) for each in found]


def _short(names: Sequence[str]) -> list[str]:
    """Without "Mùng hai Tết Nguyên Đán" beside "Tết Nguyên Đán"."""
    different = list(dict.fromkeys(names))
    return [name for name in different if not any(o != name and o in name for o in different)]


def opening(language: str, hours: Hours, now: datetime) -> str:
    """Whether it is open now, and when that changes."""
    if schedule.is_open(hours, now):
        closes = schedule.next_closing(hours, now)
        if closes is None:
            return words.say(language, "rules.always_open")
        when = sentences.moment(closes, now, language)
        return words.say(language, "rules.open_until", when=when)
    opens = schedule.next_opening(hours, now)
    if opens is None:
        return words.say(language, "rules.invalid.never_open")
    return words.say(language, "rules.opens", when=sentences.moment(opens, now, language))


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    team = request.path_params.get("team", "")
    if team and team not in desk.rules.teams:
        return await missing(request, visit)
    return _page(request, visit, desk, team, Form.of(desk.rules.hours_of(team)))


async def change(request: Request, visit: Visit) -> Response:
    """The form, sent by any of its buttons."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    team = request.path_params.get("team", "")
    if team and team not in desk.rules.teams:
        return await missing(request, visit)
    do, form = given.get("do", "save"), Form.typed(given)
    if do == "own":
        return _page(request, visit, desk, team, Form.of(desk.rules.hours), own=True)
    if do not in ("save", "shared"):
        return _page(request, visit, desk, team, form, own=True, focus=form.step(do))
    form = form.tidied()

    def put(document: Json) -> None:
        if not team:
            document["hours"] = form.document()
        elif do == "shared":
            document["team_hours"].pop(team, None)
        else:
            document["team_hours"][team] = form.document()

    try:
        await sheet.save(
            request, visit, "hours", sheet.upon(given), lambda document: _of(document, team), put
        )
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _page(request, visit, desk, team, form, own=True, wrong=error)
    return sheet.saved(f"hours/{team}" if team else "hours")


def _of(document: Json, team: str) -> Any:
    return document["team_hours"].get(team) if team else document["hours"]


def _page(
    request: Request,
    visit: Visit,
    desk: Desk,
    team: str,
    form: Form,
    *,
    own: bool = False,
    focus: str = "",
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    today = desk.now.astimezone(HERE).date()
    try:
        hours = schedule.read(form.tidied().document())
    except Invalid:
        hours = desk.rules.hours_of(team)
    return sheet.sheet(
        request,
        visit,
        "hours",
        "hours",
        desk,
        wrong=wrong,
        inside=f"team_hours.{team}" if team else "hours",
        form=form,
        focus=focus,
        of_team=team,
        own=own or not team or team in desk.rules.team_hours,
        opening=opening(visit.language, hours, desk.now),
        weekdays=[(day, told.weekday(visit.language, n)) for n, day in enumerate(WEEKDAYS)],
        holidays=holidays(today),
        weekday_of=lambda day: told.weekday(visit.language, day.weekday()),
        today=today.isoformat(),
    )


async def home(request: Request, visit: Visit) -> Response:
    return RedirectResponse(f"{HOME}/hours", 303)


DOORS = (
    Door("GET", "/rules", home, REVIEW),
    Door("GET", "/rules/hours", show, REVIEW),
    Door("POST", "/rules/hours", change, REVIEW),
    Door("GET", "/rules/hours/{team}", show, REVIEW),
    Door("POST", "/rules/hours/{team}", change, REVIEW),
)
