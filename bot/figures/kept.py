"""What was promised for a time, by us to a customer or by law: was it done by then?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot import schedule
from bot.facts import HERE
from bot.figures.figure import Figure, Window, once
from bot.figures.share import share

# Decree 356/2025: answered in 2 working days, finished in 15 days, in 20 when that was told.
ANSWER_DAYS, FINISH_DAYS, EXTENDED_DAYS = 2, 15, 20
SATURDAY: Final = 5
DATA_REQUEST: Final = "data_request"  # a hand-off's reason, and what is then to be done in time


@dataclass(frozen=True)
class Due:
    """A promise of the assistant or an agent."""

    id: int
    due_at: datetime
    done_at: datetime | None = None
    waived: bool = False  # the customer put it off or did not need it any more


@dataclass(frozen=True)
class DataRequest:
    """Somebody asked to see, correct or delete what we know of them, or that we stop."""

    id: int
    at: datetime
    answered_at: datetime | None = None
    finished_at: datetime | None = None
    extended: bool = False


def promises(due: Iterable[Due], window: Window, within: timedelta) -> Figure:
    """How many in a hundred of the promises that fell due were kept, marked at most `within` that
    much after their time. One that the customer waived before is neither kept nor broken."""
    over = [
        each
        for each in once(due)
        if each.due_at in window
        and not (each.waived and each.done_at and each.done_at < each.due_at)
    ]
    met = [
        each.id
        for each in over
        if not each.waived and each.done_at and each.done_at <= each.due_at + within
    ]
    return share("promise_kept", window, met, (each.id for each in over), of="promise")


def data_answered(requests: Iterable[DataRequest], window: Window) -> Figure:
    """How many in a hundred of the requests were answered within two working days."""
    over = [each for each in once(requests) if each.at in window]
    met = [
        each.id
        for each in over
        if each.answered_at and each.answered_at < working_days_after(each.at, ANSWER_DAYS)
    ]
    return share("data_answered", window, met, (each.id for each in over), of="data_request")


def data_finished(requests: Iterable[DataRequest], window: Window) -> Figure:
    """How many in a hundred of them were finished within 15 days, or 20 when it was extended."""
    over = [each for each in once(requests) if each.at in window]
    met = [
        each.id
        for each in over
        if each.finished_at and each.finished_at < finish_by(each.at, extended=each.extended)
    ]
    return share("data_finished", window, met, (each.id for each in over), of="data_request")


def finish_by(at: datetime, *, extended: bool = False) -> datetime:
    """The end of the last day for what was asked for at that time."""
    length = EXTENDED_DAYS if extended else FINISH_DAYS
    return _end_of(at.astimezone(HERE).date() + timedelta(days=length))


def working_days_after(at: datetime, count: int) -> datetime:
    """The end of the last of so many working days after that day in Vietnam: neither weekend nor
    public holiday, Tết included."""
    day = at.astimezone(HERE).date()
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and schedule.holiday(day) is None
    return _end_of(day)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), HERE)
