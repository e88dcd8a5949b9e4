"""What every process counts for Prometheus (docs/operations/metrics.md). Labels have few values:
names of channels and words of our own, never anything that somebody wrote."""

from __future__ import annotations

import logging
from typing import Final

from prometheus_client import (
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)

log = logging.getLogger(__name__)

TRIED: Final = 16  # ports, one after another: so many workers on a machine

# A second series of each, of when it began: nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

MESSAGES = Counter("carebot_messages_total", "Customer messages stored", ["channel"])
EVENTS = Counter("carebot_events_total", "Events that platforms told us", ["channel", "kind"])
REFUSED = Counter(
    "carebot_refused_total", "Requests refused: unsigned, forged or from elsewhere", ["channel"]
)
SOCKETS = Gauge("carebot_widget_sockets", "Open widget sockets")
TURNS = Histogram(
    "carebot_turn_seconds",
    "The assistant's turns, from their begin to their commit",
    ["outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6, 10),
)
RASA = Histogram(
    "carebot_rasa_seconds",
    "What Rasa and its actions took for one question",
    ["outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6, 10),
)
WAITS = Histogram(
    "carebot_wait_seconds",
    "How long a customer had waited for an answer when it was written, by who wrote it",
    ["author"],
    buckets=(0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400),
)
DELIVERIES = Counter(
    "carebot_deliveries_total", "Tries to hand a message to its platform", ["channel", "fate"]
)
DELIVERED = Histogram(
    "carebot_delivery_seconds",
    "From when a message was written to when its platform took it",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600),
)


def serve(first_port: int) -> int | None:
    """Let this machine read this process's figures at the first port from `first_port` on that is
    free: several workers find one each. Answers with the port; None when all are taken."""
    for port in range(first_port, first_port + TRIED):
        try:
            start_http_server(port, "127.0.0.1")
        except OSError:
            continue
        log.info("figures for Prometheus at http://127.0.0.1:%d/metrics", port)
        return port
    log.warning("no port from %d on is free: no figures for Prometheus", first_port)
    return None
