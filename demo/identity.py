"""Who may see what: code and phone digits together, five tries, one ledger for everything."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from demo.book import Tx
from demo.desk import Desk, Locked, NotFound

TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)  # wrong tries further apart do not add up


def same(secret: str | None, given: str) -> bool:
    """Compared in the same time, whether there is a secret or not."""
    equal = hmac.compare_digest((secret or "0000").encode(), given.encode())
    return equal and bool(secret)


def prove(desk: Desk, requester: str, subjects: Iterable[str], right: bool) -> None:
    """Raises Locked, or NotFound when it was wrong, which is counted.

    A subject is what a stranger might try many of: a code, a phone. What does not exist counts and
    locks like what does, so that no answer tells which codes there are.
    """
    everyone = (f"requester {requester}", *subjects)
    left = max(locked_until(desk.tx, subject) for subject in everyone) - desk.now.timestamp()
    if left > 0:
        raise Locked(max(1, round(left)))
    if right:
        return
    if any([count_wrong(desk.tx, subject, desk.now) for subject in everyone]):
        raise Locked(int(LOCKED_FOR.total_seconds()))
    raise NotFound


def locked_until(tx: Tx, subject: str) -> float:
    found = tx.execute("select locked_until from wrong_tries where subject = ?", (subject,))
    row = found.fetchone()
    return float(row[0]) if row else 0.0


def count_wrong(tx: Tx, subject: str, now: datetime) -> bool:
    """Writes down a wrong try; true when it was the one that locks."""
    at = now.timestamp()
    found = tx.execute("select tries, last_at from wrong_tries where subject = ?", (subject,))
    tries, last_at = found.fetchone() or (0, at)
    if at - last_at > FORGOTTEN_AFTER.total_seconds():
        tries = 0
    locks = tries + 1 >= TRIES
    tx.execute(
        "insert or replace into wrong_tries values (?, ?, ?, ?)",
        (
            subject,
            0 if locks else tries + 1,
            at,
            at + LOCKED_FOR.total_seconds() if locks else 0.0,
        ),
    )
    return locks
