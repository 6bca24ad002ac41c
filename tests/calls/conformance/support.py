"""What the suite's tests share: some calls, and what a file says of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.calls.conformance.variant import Call
from tests.calls.readers_support import Reading, read, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.calls.conformance.variant import Variant

    from minutebook.calls.source import Source

NOON = 1_791_201_600
"""2026-10-05 12:00:00 UTC."""
CALLS = [
    Call(1, NOON, ring_s=4, talk_s=61),
    Call(2, NOON + 60, ring_s=20, talk_s=None, called="4930111222"),
    Call(3, NOON + 120, ring_s=12, talk_s=3599, account="globex"),
    Call(4, NOON + 1200, ring_s=7, talk_s=125, caller="442079460999"),
]
"""Answered and not, of two accounts; the last one answered, for its row is often cut."""
FACTS = (
    "call_id", "server", "leg", "account", "account_code", "trunk", "direction", "caller",
    "called", "setup_at", "answered_at", "ended_at", "duration_ms", "cause",
)  # fmt: skip

quick = settings(
    max_examples=6,  # of each of some forty layouts
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def some_calls(draw: st.DrawFn, most: int = 5) -> list[Call]:
    """Calls of different ids that begin at different times."""
    return [
        Call(
            number,
            NOON + 600 * number + draw(st.integers(0, 500)),
            ring_s=draw(st.integers(0, 40)),
            talk_s=draw(st.none() | st.integers(0, 4000)),
            called=draw(st.sampled_from(["12025550100", "4930111222", "18765550100"])),
            account=draw(st.sampled_from(["acme", "globex"])),
        )
        for number in range(draw(st.integers(1, most)))
    ]


def facts(records: pl.DataFrame) -> Counter[tuple[object, ...]]:
    """What the sound records say, each as often as it is said."""
    sound = records.filter(pl.col("reason").is_null())
    return Counter(sound.select(FACTS).rows())


def opened(
    variant: Variant,
    folder: Path,
    *contents: bytes,
    source: Source | None = None,
    complete: bool = False,
) -> Reading:
    """Files of a variant, read together as one import reads them."""
    paths = [written(folder, content, f"file{i}") for i, content in enumerate(contents)]
    return read(variant.format, *paths, source=source or variant.source, complete=complete)


_whole: dict[str, Reading] = {}


def plain(variant: Variant, folder: Path) -> Reading:
    """CALLS in a file of a variant as its writer makes it; read once, for all tests that compare with it."""
    if variant.name not in _whole:
        _whole[variant.name] = opened(variant, folder, variant.content(CALLS))
    return _whole[variant.name]


def holds(variant: Variant, found: Reading, calls: list[Call]) -> None:
    """Fail unless the records are these calls, all of them and no others, nothing set aside."""
    assert not found.broken
    assert found.reasons() == {None: len(calls)}
    said = []
    for record in found.records.to_dicts():
        names = variant.said(answered=record["answered_at"] is not None)
        said.append(tuple(record[name] for name in names))
    meant = [
        tuple(call.facts[name] for name in variant.said(answered=call.talk_s is not None))
        for call in calls
    ]
    assert Counter(said) == Counter(meant)
