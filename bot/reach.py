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
    """The account to write to at that time: one with consent, then one whose window is open, then
    one where it costs nothing; of equal ones the first. None for somebody without accounts."""
    ways = [
        Way(each, verdict(Wish(each.channel, author, purpose, at), known[each.id]))
        for each in accounts
    ]
    return min(ways, key=_rank, default=None)


def _rank(way: Way) -> tuple[bool, int, bool]:
    said = way.verdict
    return said.reason in ("no_consent", "opted_out"), WAYS.index(said.kind), not said.free
