"""Times: offsets, zones, and the two nights in which clocks are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, facts, holds, opened
from tests.calls.conformance.variant import Call, Variant, east, instant
from tests.calls.conformance.variants import VARIANTS

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = [variant for variant in VARIANTS if variant.local]
EXACT = [variant for variant in VARIANTS if not variant.local]
WITH_OFFSETS = [variant for variant in VARIANTS if variant.offsets]
ANSWERED = [call for call in CALLS if call.talk_s is not None]


def at(variant: Variant, zone: str | None) -> object:
    """The variant's source in another zone."""
    return replace(variant.source, zone=zone)


def during(stamp: str) -> list[Call]:
    """Two calls about an instant that is written so: one answered, one not."""
    begin = int(datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp())
    return [Call(1, begin, talk_s=60), Call(2, begin + 300, talk_s=None)]


@over("offsets", WITH_OFFSETS)
def test_an_offset_says_which_instant_it_is(tmp_path: Path, variant: Variant) -> None:
    """`+05:30`; whatever the source's zone."""
    content = variant.content(CALLS, clock=east)
    for zone in ("UTC", "America/New_York", None):
        holds(variant, opened(variant, tmp_path, content, source=at(variant, zone)), CALLS)


@over("zones", LOCAL)
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "America/St_Johns"])
def test_local_times_are_those_of_the_sources_zone(
    tmp_path: Path, variant: Variant, zone: str
) -> None:
    """As the switch's clock showed them."""

    def clock(epoch_s: int) -> str:
        return f"{instant(epoch_s).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"

    content = variant.content(ANSWERED, clock=clock)
    holds(variant, opened(variant, tmp_path, content, source=at(variant, zone)), ANSWERED)


@over("no-zone", LOCAL)
def test_local_times_without_a_zone_are_set_aside(tmp_path: Path, variant: Variant) -> None:
    """Never taken for UTC."""
    found = opened(variant, tmp_path, variant.content(ANSWERED), source=at(variant, None))
    assert found.reasons() == {"no_zone": len(ANSWERED)}


@over("exact", EXACT)
def test_times_that_are_instants_need_no_zone(tmp_path: Path, variant: Variant) -> None:
    """Epochs and offsets, on the nights of the change too, in any zone."""
    for calls in (CALLS, during("2026-03-29 01:30:00"), during("2026-10-25 01:30:00")):
        for zone in (None, "Europe/London"):
            content = variant.content(calls)
            holds(variant, opened(variant, tmp_path, content, source=at(variant, zone)), calls)


@over("changes", LOCAL)
@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ("2026-03-29 01:30:00", "nonexistent_time"),
        ("2026-10-25 01:30:00", "ambiguous_time"),
    ],
    ids=["spring", "autumn"],
)
def test_times_that_never_were_or_were_twice_are_set_aside(
    tmp_path: Path, variant: Variant, stamp: str, reason: str
) -> None:
    """Never guessed: a wrong guess moves a call by an hour, perhaps into another day or price."""
    calls = during(stamp)
    content = variant.content(calls)
    found = opened(variant, tmp_path, content, source=at(variant, "Europe/London"))
    assert found.reasons() == {reason: 2}


@over("around", LOCAL)
@pytest.mark.parametrize("stamp", ["2026-03-29 00:30:00", "2026-03-29 02:30:00",
                                   "2026-10-25 00:30:00", "2026-10-25 02:30:00"])  # fmt: skip
def test_the_hours_beside_a_change_are_calls(tmp_path: Path, variant: Variant, stamp: str) -> None:
    """Only what cannot be known waits."""
    calls = during(stamp)
    content = variant.content(calls)
    source = at(variant, "Europe/London")
    found = opened(variant, tmp_path, content, source=source)
    again = opened(variant, tmp_path, content, source=at(variant, "UTC"))
    assert found.reasons() == again.reasons()
    assert sum(facts(found.records).values()) == sum(facts(again.records).values())
