"""The live board: who waits, which promises are broken, who answers, whom to write to again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import assignment, handoff, schedule
from bot.console import colleagues, shapes, words
from bot.console.access import REVIEW, Door, Visit
from bot.console.calls import calling
from bot.console.render import page
from bot.desk_rules import DeskRules
from bot.models import Agent, Author, Promised, Status
from bot.storage import agents, board, conversations, events, promises
from bot.storage import rules as desk
from bot.storage.board import FollowUp, Watched
from connectors.base import Json

GRAVE = frozenset({"safety", "self_harm", "scam", "legal"})  # reasons
DAY = timedelta(days=1)
LONGEST_BREAK = timedelta(days=15)  # Tết, with the days before and after


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
        since = last_working_day(rules, time)
        day = await board.of_day(tx, since)
        replies = await board.last_replies(tx, _lately(day))
        followed = await board.follow_ups(tx, since)
    return JSONResponse(
        {
            "cursor": cursor,
            "now": shapes.time(time),
            "teams": waiting(rules, day, time, visit.language),
            "late": late(day, time),
            "agents": [agent(rules, each, day, replies, time) for each in everybody],
            "today": today(day, time),
            "at_risk": at_risk(day, since, followed),
        }
    )


def midnight(time: datetime) -> datetime:
    """When the day began in Vietnam."""
    return time.astimezone(words.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)


def last_working_day(rules: DeskRules, time: datetime) -> datetime:
    """When the working day before this one began: so long a customer at risk is to be seen."""
    today = midnight(time)
    days = (today - timedelta(days=back) for back in range(1, LONGEST_BREAK.days))
    opened = (day for day in days if schedule.between(rules.hours, day, day + DAY))
    return next(opened, today - LONGEST_BREAK)


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
    """The figures since midnight. A first reply counts once it has come or is overdue; a hand-off
    that was replayed and asked for again counts once."""
    since = midnight(time)
    newest = {each.conversation_id: each.id for each in day}
    asked = [
        each
        for each in day
        if each.requested_at >= since
        and (each.outcome != "replayed" or each.id == newest[each.conversation_id])
    ]
    due = [each for each in asked if each.first_reply_at or each.respond_by < time]
    kept = [each for each in due if each.first_reply_at and each.first_reply_at <= each.respond_by]
    ends = [each.outcome for each in day if each.closed_at and each.closed_at >= since]
    return {
        "handoffs": len(asked),
        "in_time": round(100 * len(kept) / len(due)) if due else None,
        "breached": sum(bool(each.breached_at and each.breached_at >= since) for each in day),
        "abandoned": ends.count("abandoned"),
        "returned": ends.count("returned"),
    }


def at_risk(
    day: Sequence[Watched], since: datetime, followed: Mapping[int, FollowUp]
) -> list[Json]:
    """Whom a bad experience may send away, one line a customer: those first whom nobody has
    written to again, the latest before the others."""
    found: dict[int, Json] = {}
    latest: dict[int, datetime] = {}
    for each in day:
        if risks := _risks(each, since):
            before = found.get(each.customer_id, {"why": []})["why"]
            found[each.customer_id] = {
                **_about(each),
                "why": list(dict.fromkeys([*before, *risks])),
            }
            at = max(risks.values())
            latest[each.customer_id] = max(at, latest.get(each.customer_id, at))
    for customer, line in found.items():
        follow_up = followed.get(customer)
        is_done = follow_up is not None and follow_up.at >= latest[customer]
        line["at"] = shapes.time(latest[customer])
        line["followed_up"] = (
            {"by": follow_up.by, "at": shapes.time(follow_up.at)} if follow_up and is_done else None
        )
    order = sorted(found, key=lambda customer: latest[customer], reverse=True)
    return sorted((found[each] for each in order), key=lambda line: bool(line["followed_up"]))


def _risks(each: Watched, since: datetime) -> dict[str, datetime]:
    """What went wrong since then, and when."""
    risks = {
        "grave": each.requested_at if each.reason in GRAVE else None,
        "breached": each.breached_at,
        "abandoned": each.closed_at if each.outcome == "abandoned" else None,
        "repeated": each.requested_at if each.repeats >= 2 else None,
    }
    return {code: at for code, at in risks.items() if at and at >= since}


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


async def _follow_up(request: Request, visit: Visit, id: int, body: Json) -> Json:
    """Somebody has written to the customer again: what was promised of it is kept."""
    time = request.app.state.clock()
    text = words.say(visit.language, "board.follow_up_text")
    async with request.app.state.db.begin() as tx:
        if await conversations.by_id(tx, id, lock=True) is None:
            raise handoff.Gone(f"no conversation {id}")
        known = (await promises.open_in(tx, [id])).get(id, [])
        due = [each.id for each in known if each.kind == board.FOLLOW_UP]
        promised = Promised(board.FOLLOW_UP, text, time)
        due = due or [
            await promises.add(tx, id, promised, Author.AGENT, time, user_id=visit.user.id)
        ]
        for promise in due:
            await promises.finish(tx, promise, "kept", time)
    return {}


DOORS = (
    Door("GET", "/board", show, REVIEW),
    Door("GET", "/api/board", now, REVIEW, is_api=True),
    Door("POST", "/api/conversations/{id:int}/follow-up", calling(_follow_up), REVIEW, is_api=True),
)
