"""CE: whether customers talk with us: who writes, who answers when we write first, how much."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.share import share
from bot.figures.spread import mean

ANSWERS_WITHIN: Final = timedelta(days=7)  # as long a campaign is remembered


@dataclass(frozen=True)
class Inbound:
    """Something that a customer sent."""

    id: int
    person_id: int
    at: datetime
    has_words: bool = True  # or a button, a file; not a sticker, not a reaction


@dataclass(frozen=True)
class Outreach:
    """Something that we sent first."""

    id: int
    person_id: int
    at: datetime
    is_survey: bool = False


def engagement(inbound: Iterable[Inbound], active: Collection[int], window: Window) -> Figure:
    """How many in a hundred of the active people sent something, a sticker included. Who writes
    and has not bought is no active person, and is in neither number."""
    wrote = {each.person_id for each in inbound if each.at in window}
    return share("ce", window, wrote, active, of="person")


def reply_rate(outreach: Iterable[Outreach], inbound: Iterable[Inbound], window: Window) -> Figure:
    """How many in a hundred of our messages that began a talk got an answer within seven days; a
    sticker is no answer to a survey. Of two such messages the later one has got it."""
    by_person: dict[int, list[Outreach]] = {}
    for each in sorted(once(outreach), key=lambda row: (row.at, row.id)):
        by_person.setdefault(each.person_id, []).append(each)
    answered = set()
    for message in inbound:
        before = [each for each in by_person.get(message.person_id, ()) if each.at <= message.at]
        if before and _answers(message, before[-1]):
            answered.add(before[-1].id)
    over = (each.id for sent in by_person.values() for each in sent if each.at in window)
    return share("outreach_reply", window, answered, over, of="outreach")


def _answers(message: Inbound, sent: Outreach) -> bool:
    soon = message.at - sent.at < ANSWERS_WITHIN
    return soon and (message.has_words or not sent.is_survey)


def messages_per_talk(messages: Mapping[int, int], window: Window) -> Figure:
    """The mean number of messages, of the talks by id."""
    return mean("messages_per_talk", window, messages, "count", "conversation")
