"""The page "Khách cần giữ": who had a bad experience, why, and whether a person has followed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot import schedule
from bot.console.access import REVIEW, Door, Visit
from bot.console.colleagues import team_name
from bot.console.figures import readers
from bot.console.render import page
from bot.desk_rules import DeskRules
from bot.feedback import A_DAY
from bot.figures.at_risk import Flag, follow_up
from bot.figures.figure import Window
from bot.storage import at_risk
from bot.storage import rules as desk_rules
from bot.storage.at_risk import WHY, Sign

SPAN: Final = timedelta(days=30)
STATES: Final = ("waiting", "overdue", "followed", "late")
OPEN: Final = ("waiting", "overdue")


@dataclass(frozen=True)
class Row:
    """A sign with the time until which a person should have followed up."""

    sign: Sign
    flag: Flag
    state: str  # of STATES


async def shown(request: Request, visit: Visit) -> Response:
    """The last thirty days, the newest first."""
    now = request.app.state.clock()
    given = request.query_params
    why = given.get("why", "") if given.get("why", "") in WHY else ""
    state = given.get("state", "") if given.get("state", "") in (*STATES, "open") else ""
    window = Window(now - SPAN, now + timedelta(seconds=1))
    async with request.app.state.db.read() as tx:
        rules = await desk_rules.current(tx)
        signs = await at_risk.signs(tx, window.start, now)
    rows = [_row(place, sign, rules, now) for place, sign in enumerate(signs)]
    return page(
        request,
        "at_risk.html",
        visit.language,
        visit,
        rows=[
            row
            for row in rows
            if why in ("", row.sign.why)
            and (state in ("", row.state) or (state == "open" and row.state in OPEN))
        ],
        asked={"why": why, "state": state},
        whys=WHY,
        states=("open", *STATES),
        figure=follow_up((row.flag for row in rows), window, now),
        days=SPAN.days,
        now=now,
        team_of=lambda code: team_name(rules, code, visit.language),
        **readers(visit.language),
    )


def _row(place: int, sign: Sign, rules: DeskRules, now: datetime) -> Row:
    hours = rules.hours_of(sign.team or rules.default_team)
    flag = Flag(place, sign.at, schedule.add(hours, sign.at, A_DAY), sign.followed_at)
    if flag.followed_at is not None:
        state = "followed" if flag.in_time else "late"
    else:
        state = "overdue" if flag.due_at < now else "waiting"
    return Row(sign, flag, state)


DOORS = (Door("GET", "/at-risk", shown, REVIEW),)
