"""Where to write to a person of ourselves: on one of their channels, at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot import standing
from bot.models import Author, Customer
from bot.permission import Purpose, Standing, Verdict, Wish, verdict
from bot.storage.db import Tx

# The better ways first. A channel that has to wait is better than one that refuses.
WAYS = ("send", "template", "wait", "refuse")


@dataclass(frozen=True)
class Way:
    """A channel of a person, and whether something may be sent on it."""

    customer: Customer
    verdict: Verdict
    preferred: bool  # by the person


async def best(
    tx: Tx,
    accounts: Sequence[Customer],
    purpose: Purpose,
    at: datetime,
    author: Author | Literal["campaign"] = Author.BOT,
) -> Way | None:
    """The account to write to at that time, as `pick` does."""
    known = {each.id: await standing.whole(tx, each, None, at) for each in accounts}
    return pick(accounts, known, purpose, at, author)


def pick(
    accounts: Sequence[Customer],
    known: Mapping[int, Standing],
    purpose: Purpose,
    at: datetime,
    author: Author | Literal["campaign"] = Author.BOT,
) -> Way | None:
    """The account to write to at that time: one with consent, then one where it may be sent at all,
    then the one that the person prefers, then one whose window is open, then one where it costs
    nothing; of equal ones the first. None for somebody without accounts."""
    ways = []
    for each in accounts:
        said = verdict(Wish(each.channel, author, purpose, at), known[each.id])
        ways.append(Way(each, said, known[each.id].preferred))
    return min(ways, key=_rank, default=None)


def _rank(way: Way) -> tuple[bool, int, bool, int, bool]:
    said, place = way.verdict, WAYS.index(way.verdict.kind)
    refused = said.reason in ("no_consent", "opted_out")
    return refused, 0 if said.allows else place, not way.preferred, place, not said.free
