"""The figures of the house in the text format of Prometheus: what this server counted, and what the database says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app import metrics
from app.queries.gauges import Backlog, Gauges

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def page(found: Gauges) -> bytes:
    registry = metrics.registry()
    registry.register(OfDatabase(found))
    return generate_latest(registry)


class OfDatabase(Collector):
    """All processes of one office say the same here: in a sum over them take the maximum."""

    def __init__(self, found: Gauges) -> None:
        self._found = found

    def collect(self) -> Iterable[GaugeMetricFamily]:
        found = self._found
        yield _one(
            "user_tasks_open", "User tasks that wait for a person, counted once a minute.", found.user_tasks_open
        )
        yield from _late("timers_late", "Drawn timers that should have fired by now", found.late_timers)
        yield from _late("outbox_due", "Effects that should have left by now", found.outbox_due)
        yield _many("outbox_pending", "Effects that have not left yet.", "kind", found.outbox_pending)
        yield _one("outbox_failed", "Effects that were given up.", found.outbox_failed)
        yield _many("incidents_open", "Incidents that wait for a repair.", "kind", found.incidents_open)
        yield _many("heartbeat_age_seconds", "Since a process last turned.", "process", found.heartbeats)
        yield _one(
            "clock_stopped", "1 while a clock is held to be wrong and nobody confirmed it.", found.is_clock_stopped
        )
        yield _one("unsealed_oldest_seconds", "Since the oldest event that no checkpoint covers.", found.unsealed)
        yield _one("unwitnessed_oldest_seconds", "Since the oldest event that nobody outside holds.", found.unwitnessed)
        if found.backup is not None:
            yield _one("backup_age_seconds", "Since the last backup was made.", found.backup)


def _one(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"duban_{name}", help_, value=value)


def _late(name: str, help_: str, backlog: Backlog) -> Iterator[GaugeMetricFamily]:
    yield _one(name, f"{help_}.", backlog.count)
    yield _one(f"{name}_oldest_seconds", f"{help_}: since when the oldest could have.", backlog.oldest)


def _many(name: str, help_: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"duban_{name}", help_, labels=[label])
    for value, figure in sorted(values.items()):
        family.add_metric([value], figure)
    return family
