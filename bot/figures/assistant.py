"""How the assistant does: what it settles alone, how often it does not understand or is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.share import share

AGAIN: Final = timedelta(hours=24)
UNHAPPY: Final = 2  # the worst mark of CSAT that is no satisfied customer, and those below


@dataclass(frozen=True)
class BotTalk:
    """A talk that began with the assistant."""

    id: int
    person_id: int
    begun_at: datetime
    ended_at: datetime
    reasons: tuple[str, ...] = ()  # of its hand-offs to people
    csat: int | None = None
    gave_up: bool = False  # the customer's last words were not understood


@dataclass(frozen=True)
class BotTurn:
    """One answer of the assistant, in however many bubbles, to however many messages."""

    id: int
    at: datetime
    understood: bool = True
    out_of_scope: bool = False


@dataclass(frozen=True)
class Reviewed:
    """An answer that a person has judged."""

    id: int
    at: datetime
    wrong: bool
    at_random: bool  # drawn for the sample; not because something was amiss with it


def containment(talks: Iterable[BotTalk], window: Window) -> Figure:
    """How many in a hundred of the talks that began with the assistant ended without a person,
    without the same customer back within 24 hours, without a bad mark, and not by giving up."""
    by_person: dict[int, list[BotTalk]] = {}
    for talk in once(talks):
        by_person.setdefault(talk.person_id, []).append(talk)
    over = [talk for found in by_person.values() for talk in found if talk.begun_at in window]
    contained = [
        talk.id
        for talk in over
        if not talk.reasons
        and not talk.gave_up
        and (talk.csat is None or talk.csat > UNHAPPY)
        and not any(_again(talk, other) for other in by_person[talk.person_id])
    ]
    return share("containment", window, contained, (talk.id for talk in over))


def _again(first: BotTalk, then: BotTalk) -> bool:
    return then.id != first.id and timedelta(0) <= then.begun_at - first.ended_at <= AGAIN


def handed_over(talks: Iterable[BotTalk], window: Window) -> dict[str, Figure]:
    """By reason, how many in a hundred of these talks went to a person for it."""
    over = [talk for talk in once(talks) if talk.begun_at in window]
    reasons = sorted({reason for talk in over for reason in talk.reasons})
    return {
        reason: share(
            f"handoff_{reason}",
            window,
            (talk.id for talk in over if reason in talk.reasons),
            (talk.id for talk in over),
        )
        for reason in reasons
    }


def fallback(turns: Iterable[BotTurn], window: Window) -> Figure:
    """How many in a hundred of the assistant's turns did not understand."""
    over = [turn for turn in once(turns) if turn.at in window]
    lost = (turn.id for turn in over if not turn.understood)
    return share("fallback", window, lost, (turn.id for turn in over), of="message")


def out_of_scope(turns: Iterable[BotTurn], window: Window) -> Figure:
    """How many in a hundred of them heard something that is not the shop's business."""
    over = [turn for turn in once(turns) if turn.at in window]
    strange = (turn.id for turn in over if turn.out_of_scope)
    return share("out_of_scope", window, strange, (turn.id for turn in over), of="message")


def wrong_answers(reviewed: Iterable[Reviewed], window: Window) -> Figure:
    """How many in a hundred of the answers drawn at random are marked as misunderstood. What had
    to be reviewed is left out: it was chosen because something was amiss."""
    over = [each for each in once(reviewed) if each.at_random and each.at in window]
    wrong = (each.id for each in over if each.wrong)
    return share("wrong_answer", window, wrong, (each.id for each in over), of="message")
