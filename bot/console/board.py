"""The live board: who waits, which promises are broken, who answers, whom to write to again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import assignment, schedule
from bot.console import colleagues, shapes, words
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import page
from bot.desk_rules import DeskRules
from bot.models import Agent, Status
from bot.storage import agents, board, events
from bot.storage import rules as desk
from bot.storage.board import Watched
from connectors.base import Json

GRAVE = frozenset({"safety", "self_harm", "scam", "legal"})  # reasons


async def show(request: Request, visit: Visit) -> Response:
    """The page; its script draws what `now` tells."""
    words_for_scripts = words.for_scripts(visit.language)
    return page(request, "board.html", visit.language, visit, words_for_scripts=words_for_scripts)


async def now(request: Request, visit: Visit) -> Response:
    """How everything stands at this moment."""
    state = request.app.state
    time = state.clock()
    async with state.db.read() as tx:
        cursor = await events.newest_id(tx)
        rules = await desk.current(tx)
        everybody = await agents.all_of(tx)
        day = await board.of_day(tx, midnight(time))
        replies = await board.last_replies(tx, _lately(day))
    return JSONResponse(
        {
            "cursor": cursor,
            "now": shapes.time(time),
            "teams": waiting(rules, day, time, visit.language),
            "late": late(day, time),
            "agents": [agent(rules, each, day, replies, time) for each in everybody],
            "today": today(day, time),
            "at_risk": at_risk(day, midnight(time)),
        }
    )


def midnight(time: datetime) -> datetime:
    """When the day began in Vietnam."""
    return time.astimezone(words.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)


def waiting(rules: DeskRules, day: Sequence[Watched], time: datetime, language: str) -> list[Json]:
    """The queue of each team. Who asked while it was closed counts apart."""
    found = []
    queue = [each for each in day if not each.closed_at and each.status is Status.QUEUED]
    for code in [*rules.teams, *sorted({each.team for each in queue} - set(rules.teams))]:
        hours = rules.hours_of(code)
        mine = [each for each in queue if each.team == code]
        in_hours = [each for each in mine if schedule.is_open(hours, each.requested_at)]
        since = min((each.requested_at for each in in_hours), default=None)
        found.append(
            {
                "code": code,
                "name": colleagues.team_name(rules, code, language),
                "open": schedule.is_open(hours, time),
                "waiting": len(in_hours),
                "since": shapes.time(since),
                "closed_waiting": len(mine) - len(in_hours),
            }
        )
    return found


def clocks(each: Watched) -> dict[str, datetime]:
    """The promises that run for a hand-off, by their names."""
    if each.closed_at:
        return {}
    reply = {"next": each.reply_by} if each.first_reply_at else {"first": each.respond_by}
    running = {**reply, "resolve": each.resolve_by}
    return {name: by for name, by in running.items() if by is not None}


def late(day: Sequence[Watched], time: datetime) -> list[Json]:
    """What is over its promise, the longest first."""
    found = []
    for each in day:
        over = {name: by for name, by in clocks(each).items() if by < time}
        if over:
            clock = min(over, key=lambda name: over[name])
            found.append({**_about(each), "clock": clock, "by": shapes.time(over[clock])})
    return sorted(found, key=lambda each: str(each["by"]))


def agent(
    rules: DeskRules,
    each: Agent,
    day: Sequence[Watched],
    replies: Mapping[int, datetime],
    time: datetime,
) -> Json:
    """A colleague, with the conversations they have."""
    presence = assignment.presence_of(rules.assignment, each, time)
    is_lost = presence is not each.presence  # no sign of life although they did not leave
    mine = [one for one in day if not one.closed_at and one.assignee_id == each.user.id]
    return {
        **colleagues.shape(rules, each, time),
        "lost": is_lost,
        "since": shapes.time(each.seen_at if is_lost else each.presence_at),
        "talks": [_about(one) for one in mine],
        "last_reply": shapes.time(replies.get(each.user.id)),
    }


def today(day: Sequence[Watched], time: datetime) -> Json:
    """The figures since midnight. A first reply counts once it has come or is overdue."""
    since = midnight(time)
    asked = [each for each in day if each.requested_at >= since]
    due = [each for each in asked if each.first_reply_at or each.respond_by < time]
    kept = [each for each in due if each.first_reply_at and each.first_reply_at <= each.respond_by]
    ends = [each.outcome for each in day if each.closed_at]
    return {
        "handoffs": len(asked),
        "in_time": round(100 * len(kept) / len(due)) if due else None,
        "breached": sum(bool(each.breached_at and each.breached_at >= since) for each in day),
        "abandoned": ends.count("abandoned"),
        "returned": ends.count("returned"),
    }


def at_risk(day: Sequence[Watched], since: datetime) -> list[Json]:
    """Whom a bad experience may send away, the latest first: one line a customer."""
    found: dict[int, Json] = {}
    for each in sorted(day, key=lambda one: one.requested_at, reverse=True):
        why = _risks(each, since)
        if not why:
            continue
        line = found.setdefault(each.customer_id, {**_about(each), "why": []})
        line["why"] += [code for code in why if code not in line["why"]]
    return list(found.values())


def _risks(each: Watched, since: datetime) -> list[str]:
    risks = {
        "grave": each.reason in GRAVE,
        "breached": bool(each.breached_at and each.breached_at >= since),
        "abandoned": each.outcome == "abandoned",
        "repeated": each.repeats >= 2 and each.requested_at >= since,
    }
    return [code for code, holds in risks.items() if holds]


def _about(each: Watched) -> Json:
    return {
        "conversation": each.conversation_id,
        "customer": {"id": each.customer_id, "name": each.customer},
        "channel": each.channel,
        "status": each.status.value,
        "assignee": each.assignee,
        "reason": each.reason,
        "team": each.team,
        "priority": each.priority,
        "requested_at": shapes.time(each.requested_at),
    }


def _lately(day: Sequence[Watched]) -> set[int]:
    """The conversations in which the agents' last replies are: those they have, and of each the
    one that ended last."""
    ended = sorted((each for each in day if each.closed_at), key=lambda each: each.id)
    latest = {each.helped_by: each.conversation_id for each in ended}
    has = (each.conversation_id for each in day if not each.closed_at and each.assignee_id)
    return {*latest.values(), *has}


DOORS = (
    Door("GET", "/board", show, REVIEW),
    Door("GET", "/api/board", now, REVIEW, is_api=True),
)
