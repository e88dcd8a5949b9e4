"""How Carebot stands, for probes (JSON) and for Prometheus (gauges): read from the database when
somebody asks."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.models import Account
from bot.storage import accounts, dead_letters, health, releases
from bot.storage.db import Database
from bot.storage.health import NOTHING, Waiting, Worker
from connectors.base import Json

STUCK: Final = timedelta(seconds=60)  # who waits for the assistant longer is not being answered
GONE: Final = timedelta(hours=1)  # a worker that was not seen for so long is no longer told of
LATELY: Final = timedelta(days=1)  # in which lost messages count


@dataclass(frozen=True)
class Health:
    """One look at everything."""

    at: datetime
    database_seconds: float  # what the look took
    workers: tuple[Worker, ...]
    inbox: Mapping[str, Waiting]  # by channel
    outbox: Mapping[str, Waiting]
    handoffs: Waiting
    overdue: int  # of these
    accounts: tuple[Account, ...]
    token_ends: Mapping[str, datetime]
    dead: Mapping[str, int]

    def lives(self, worker: Worker) -> bool:
        return self.at - worker.seen_at <= releases.ALIVE

    def age(self, waiting: Waiting) -> float:
        """Seconds for which the first of it has waited."""
        return max((self.at - waiting.oldest).total_seconds(), 0.0) if waiting.oldest else 0.0


async def look(db: Database, channels: Collection[str], now: datetime) -> Health:
    """How everything stands; `channels` are those that are set up. Raises DatabaseUnavailable."""
    began = time.perf_counter()
    async with db.read() as tx:
        known = {each.channel: each for each in await accounts.all_of(tx)}
        for name in channels:
            known.setdefault(name, Account(name, None, None, None, None, None))
        found = Health(
            at=now,
            database_seconds=0.0,
            workers=tuple(await health.workers_since(tx, now - GONE)),
            inbox=await health.waiting_in(tx, "inbox"),
            outbox=await health.waiting_in(tx, "outbox"),
            handoffs=await health.handoffs_waiting(tx),
            overdue=await health.handoffs_overdue(tx, now),
            accounts=tuple(known[name] for name in sorted(known)),
            token_ends=await accounts.token_ends(tx),
            dead=await dead_letters.counts_since(tx, now - LATELY),
        )
    return replace(found, database_seconds=time.perf_counter() - began)


def as_json(found: Health) -> Json:
    """The look, for people and programs."""

    def queue(waiting: Waiting) -> Json:
        return {"waiting": waiting.many, "oldest_seconds": round(found.age(waiting), 1)}

    return {
        "at": found.at.isoformat(),
        "database": {"ms": round(1000 * found.database_seconds, 1)},
        "workers": [
            {
                "id": each.id,
                "model": each.model,
                "seen_at": each.seen_at.isoformat(),
                "alive": found.lives(each),
            }
            for each in found.workers
        ],
        "inbox": {name: queue(each) for name, each in found.inbox.items()},
        "outbox": {name: queue(each) for name, each in found.outbox.items()},
        "handoffs": {**queue(found.handoffs), "overdue": found.overdue},
        "channels": {each.channel: _channel(found, each) for each in found.accounts},
        "dead_letters": dict(found.dead),
    }


def _channel(found: Health, account: Account) -> Json:
    end = found.token_ends.get(account.channel)
    return {
        "last_event_at": account.heard_at.isoformat() if account.heard_at else None,
        "last_delivery_at": account.delivered_at.isoformat() if account.delivered_at else None,
        "token_ends_at": end.isoformat() if end else None,
        "paused_at": account.paused_at.isoformat() if account.paused_at else None,
        "pause": dict(account.pause) if account.pause else None,
    }


def exposition(found: Health | None) -> bytes:
    """The gauges as Prometheus reads them; of a database that is away only that it is."""
    registry = CollectorRegistry()
    registry.register(_Gauges(found))
    return generate_latest(registry)


class _Gauges(Collector):
    def __init__(self, found: Health | None) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._found
        up = 0.0 if found is None else 1.0
        yield GaugeMetricFamily("carebot_database_up", "Whether the database answers", up)
        if found is None:
            return
        seconds = found.database_seconds
        yield GaugeMetricFamily("carebot_database_seconds", "What this look took", seconds)
        yield self._family(
            "carebot_workers",
            "Workers that live: ready with a model, or loading one",
            "state",
            {"ready": self._workers(found, True), "loading": self._workers(found, False)},
        )
        for name, waiting in (("inbox", found.inbox), ("outbox", found.outbox)):
            of = "for the assistant" if name == "inbox" else "for their platform"
            at = {each.channel: waiting.get(each.channel, NOTHING) for each in found.accounts}
            at |= waiting
            counts = {channel: each.many for channel, each in at.items()}
            ages = {channel: found.age(each) for channel, each in at.items()}
            about = f"Messages that wait {of}"
            yield self._family(f"carebot_{name}_waiting", about, "channel", counts)
            about = f"For how long the first message has waited {of}"
            yield self._family(f"carebot_{name}_oldest_seconds", about, "channel", ages)
        queued, age = found.handoffs, found.age(found.handoffs)
        yield GaugeMetricFamily(
            "carebot_handoffs_waiting", "Customers who wait for a person", queued.many
        )
        yield GaugeMetricFamily(
            "carebot_handoffs_oldest_seconds", "For how long the first of them has waited", age
        )
        yield GaugeMetricFamily(
            "carebot_handoffs_overdue", "Those who wait longer than promised", found.overdue
        )
        yield self._family(
            "carebot_dead_letters",
            "Messages of a day that never arrived (failed, unknown), and of customers' those that "
            "were set aside and wait for a person",
            "kind",
            found.dead,
        )
        yield self._family(
            "carebot_channel_paused",
            "1 while nothing can be sent until somebody acts",
            "channel",
            {each.channel: float(each.paused_at is not None) for each in found.accounts},
        )
        heard = {each.channel: each.heard_at for each in found.accounts}
        delivered = {each.channel: each.delivered_at for each in found.accounts}
        for name, about, times in (
            ("last_event", "When the platform last told us something", heard),
            ("last_delivery", "When the platform last took a message", delivered),
            ("token_end", "When somebody has to log in again", dict(found.token_ends)),
        ):
            yield self._family(
                f"carebot_channel_{name}_timestamp_seconds",
                about,
                "channel",
                {channel: at.timestamp() for channel, at in times.items() if at},
            )

    def _workers(self, found: Health, ready: bool) -> int:
        living = [each for each in found.workers if found.lives(each)]
        return sum((each.model is not None) == ready for each in living)

    def _family(
        self, name: str, about: str, label: str, values: Mapping[str, float]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, about, labels=[label])
        for value, number in sorted(values.items()):
            family.add_metric([value], number)
        return family
