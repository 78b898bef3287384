"""What the service counts, in the form that Prometheus reads."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "regulars_http_answers", "Answers by route and status.", ["route", "status"], registry=self.registry
        )
        self._refusals = Counter("regulars_refusals", "Refusals by code.", ["code"], registry=self.registry)
        self._events = Counter("regulars_events", "Events by what became of them.", ["outcome"], registry=self.registry)
        self._commits = Histogram(
            "regulars_commit_seconds", "How long commits took.", buckets=SECONDS, registry=self.registry
        )
        self._sizes = Histogram(
            "regulars_commit_events", "How many events a commit held.", buckets=SIZES, registry=self.registry
        )
        self._waiting = Gauge("regulars_queue_events", "Events that wait for their commit.", registry=self.registry)
        self._lag = Gauge(
            "regulars_outbox_lag_seconds", "How long the oldest notice has waited.", registry=self.registry
        )
        self._outbox = Gauge("regulars_outbox_waiting", "Notices that are not delivered.", registry=self.registry)
        self._seen: dict[tuple[str, int], Counter] = {}
        self._outcomes = {name: self._events.labels(name) for name in ("recorded", "repeated", "refused")}

    def answered(self, route: str, status: int) -> None:
        """Counts an answer."""
        found = self._seen.get((route, status))
        if found is None:
            found = self._seen[route, status] = self._answers.labels(route, str(status))
        found.inc()

    def refused(self, code: str) -> None:
        """Counts a refusal. Codes are few: those of a program's own `needs` count as one."""
        self._refusals.labels(code).inc()

    def decided(self, outcome: str) -> None:
        """Counts an event: `recorded`, `repeated` or `refused`."""
        self._outcomes[outcome].inc()

    def committed(self, seconds: float, events: int) -> None:
        """Counts a commit."""
        self._commits.observe(seconds)
        self._sizes.observe(events)

    def text(self, waiting: int, outbox: int, lag: float) -> bytes:
        """All figures as text, with those that are taken at this moment."""
        self._waiting.set(waiting)
        self._outbox.set(outbox)
        self._lag.set(lag)
        return generate_latest(self.registry)
