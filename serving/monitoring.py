"""What operators count: requests, seconds, assessments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one application; each process has its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "fangpin_requests", "Requests.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "fangpin_request_seconds",
            "Seconds of a request.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "fangpin_stage_seconds",
            "Seconds of a stage of POST /v1/assessments.",
            ("stage",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._assessments = Counter(
            "fangpin_assessments", "Households asked about.", ("outcome",), registry=self._registry
        )
        self._ready = Gauge("fangpin_ready", "1 where a checked bundle serves.", registry=self._registry)
        self._bundle = Gauge(
            "fangpin_bundle", "The bundle that serves.", ("version", "sha256"), registry=self._registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def assessed(self, answered: int, refused: int) -> None:
        """Count households."""
        self._assessments.labels("answered").inc(answered)
        self._assessments.labels("refused").inc(refused)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        start = time.perf_counter()
        yield
        self._stages.labels(name).observe(time.perf_counter() - start)

    def serves(self, version: str, sha256: str) -> None:
        """Say which bundle serves."""
        self._bundle.clear()
        self._bundle.labels(version, sha256).set(1)
        self._ready.set(1)

    def text(self) -> bytes:
        """Return everything in Prometheus' text form."""
        return generate_latest(self._registry)
