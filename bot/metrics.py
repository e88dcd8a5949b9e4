"""What Prometheus reads at /metrics, from this machine only."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

MESSAGES = Counter("carebot_messages_total", "Customer messages stored", ["channel"])
EVENTS = Counter("carebot_events_total", "Events that platforms told us", ["channel", "kind"])
REFUSED = Counter(
    "carebot_refused_total", "Requests refused: unsigned, forged or from elsewhere", ["channel"]
)
SOCKETS = Gauge("carebot_widget_sockets", "Open widget sockets")
