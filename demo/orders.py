"""The demo shop's orders, and who may see them: code and phone digits together, five tries."""

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

SEED: Final = Path(__file__).parent / "orders.yml"
HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)  # wrong tries further apart do not add up
UNFINISHED: Final = frozenset({"received", "packing", "shipping"})

Json = dict[str, Any]


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries; seconds until the next one is heard."""

    retry_after: int


class Orders:
    """Seed orders, and a ledger of wrong tries that survives a restart."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.ledger = data_dir / "shop.sqlite3"
        seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
        self.orders: dict[str, Json] = {order["code"]: order for order in seed}
        with self.transaction() as db:
            db.execute(
                "create table if not exists wrong_tries (subject text primary key, "
                "tries integer not null, last_at real not null, locked_until real not null)"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One at a time, also between processes: tries made in parallel are all counted."""
        db = sqlite3.connect(self.ledger, timeout=5, isolation_level=None)
        try:
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        finally:
            db.close()

    def look_up(self, code: str, last4: str, requester: str, now: datetime) -> Json | Locked | None:
        """The order; None when code and digits do not belong together; or Locked.

        Unknown codes count and lock like known ones, so that no answer tells which codes exist.
        """
        subjects = (f"requester {requester}", f"code {code}")
        with self.transaction() as db:
            left = max(locked_until(db, subject) - now.timestamp() for subject in subjects)
            if left > 0:
                return Locked(retry_after=max(1, round(left)))
            order = self.orders.get(code)
            phone = order["phone"] if order else "0000"
            if hmac.compare_digest(phone[-4:].encode(), last4.encode()) and order:
                return describe(order, now)
            locks = [count_wrong(db, subject, now) for subject in subjects]
        return Locked(retry_after=int(LOCKED_FOR.total_seconds())) if any(locks) else None


def locked_until(db: sqlite3.Connection, subject: str) -> float:
    found = db.execute("select locked_until from wrong_tries where subject = ?", (subject,))
    row = found.fetchone()
    return float(row[0]) if row else 0.0


def count_wrong(db: sqlite3.Connection, subject: str, now: datetime) -> bool:
    """Writes down a wrong try; true when it was the one that locks."""
    at = now.timestamp()
    found = db.execute("select tries, last_at from wrong_tries where subject = ?", (subject,))
    tries, last_at = found.fetchone() or (0, at)
    if at - last_at > FORGOTTEN_AFTER.total_seconds():
        tries = 0
    locks = tries + 1 >= TRIES
    db.execute(
        "insert or replace into wrong_tries values (?, ?, ?, ?)",
        (
            subject,
            0 if locks else tries + 1,
            at,
            at + LOCKED_FOR.total_seconds() if locks else 0.0,
        ),
    )
    return locks


def describe(order: Json, now: datetime) -> Json:
    """What the customer may know. Days in the seed count from today in Việt Nam."""
    today = now.astimezone(HERE).date()
    promised = today + timedelta(days=order["promised"])
    delivered = order.get("delivered")
    return {
        "code": order["code"],
        "state": order["state"],
        "items": order["items"],
        "carrier": order.get("carrier"),
        "tracking": order.get("tracking"),
        "promised_on": promised.isoformat(),
        "delivered_on": None
        if delivered is None
        else (today + timedelta(days=delivered)).isoformat(),
        "late": order["state"] in UNFINISHED and promised < today,
    }
