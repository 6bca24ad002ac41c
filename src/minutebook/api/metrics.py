"""What a Prometheus collects: how many requests, how long they took, and what of the book needs a person. No name of an
account and no amount is among it, so no key is asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.responses import Response

from minutebook import __version__
from minutebook.api.processes import counted_together
from minutebook.days import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Scope

    from minutebook.book import Book

_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_NO_ROUTE: Final = "none"
API: Final = "/api/v1"
"""Where the requests stand that the API answers."""


class Metrics:
    """Of one application: what it counted so far, and the book's figures when they are asked for."""

    def __init__(self, book: Book | None) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "minutebook_requests",
            "Requests that were answered",
            (*labels, "status"),
            registry=self._registry,
        )
        self._took = Histogram(
            "minutebook_request_seconds",
            "How long answers took",
            labels,
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._of_book = None if book is None else _OfBook(book)
        if self._of_book is not None:
            self._registry.register(self._of_book)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """An answer, by its route: paths with names in them are not kept apart."""
        method, route = scope["method"], getattr(scope.get("route"), "path", None)
        if route is None:
            route = _NO_ROUTE
        elif scope["path"].startswith(f"{API}/"):  # a route knows its path within its router
            route = API + route
        self._took.labels(method, route).observe(seconds)
        self._requests.labels(method, route, str(status)).inc()

    def answer(self) -> Response:
        """All figures, in the text that Prometheus reads."""
        registry = self._registry
        if counted_together() is not None:  # what every process that answers has counted
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            if self._of_book is not None:
                registry.register(self._of_book)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _OfBook(Collector):
    def __init__(self, book: Book) -> None:
        self._book = book

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: the book is not asked before somebody asks for figures."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        book = self._book
        info = GaugeMetricFamily("minutebook_info", "The program", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        for name, what, value in (
            ("accounts", "Accounts that are declared", len(book.carrier().accounts)),
            ("quarantined_records", "Records that wait for a person", book.runs.waiting_records()),
            ("accounts_set_aside", "Accounts that runs leave out", len(book.runs.set_aside())),
            ("parked_charges", "Charges that wait to be let pass", len(book.runs.parked())),
        ):
            yield GaugeMetricFamily(f"minutebook_{name}", what, value)
        yield from _of_jobs(book)
        last = book.runs.billed_through()
        if last is not None:
            end = datetime.combine(last + ONE_DAY, datetime.min.time(), UTC)
            yield GaugeMetricFamily(
                "minutebook_billed_through_timestamp_seconds",
                "When the last UTC day ended that is billed",
                end.timestamp(),
            )
        proof = book.runs.last_proof()
        if proof is not None:
            at = proof.ended_at.timestamp()
            yield GaugeMetricFamily("minutebook_verified_timestamp_seconds", "When the book was last proved, or was not", at)  # fmt: skip
            yield GaugeMetricFamily("minutebook_verified_ok", "Whether every check held then", proof.ok)  # fmt: skip


def _of_jobs(book: Book) -> Iterator[GaugeMetricFamily]:
    counts = book.jobs.counts()
    for name, what, value in (
        ("jobs_waiting", "Jobs that wait for a worker", counts.waiting),
        ("jobs_running", "Jobs that are being done", counts.running),
        ("jobs_failed", "Jobs that failed lately, whose like was not done since", counts.failed),
        ("jobs_oldest_waiting_seconds", "How long the oldest job waits", counts.oldest_waiting_s),
    ):
        yield GaugeMetricFamily(f"minutebook_{name}", what, value)
