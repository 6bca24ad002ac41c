"""The laws for every record (docs/rules/time.md, "What every record must keep to")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.calls.check import checked
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.calls.source import Source

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
SOUND = {
    "call_id": "a",
    "setup_at": NOON,
    "answered_at": NOON + timedelta(seconds=5),
    "ended_at": NOON + timedelta(seconds=65),
}


def check(source: Source = Source("test"), **fields: object) -> dict[str, object]:  # noqa: B008
    """A sound record with some fields changed, checked."""
    frame = pl.DataFrame([{**SOUND, **fields}], schema=RECORD_SCHEMA)
    return checked(frame, source).to_dicts()[0]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_duration_is_from_answer_to_end_truncated() -> None:
    """Where the record does not say it: 1.9999 s are 1,999 ms."""
    assert check()["duration_ms"] == 60_000
    assert check(answered_at=NOON, ended_at=after(1.9999))["duration_ms"] == 1_999


def test_a_duration_that_is_recorded_wins() -> None:
    """It prices; the end occupies. Two times and a length, each rounded, are less than 2 s apart."""
    for length in (58_001, 59_000, 61_234, 61_999):
        assert check(duration_ms=length)["duration_ms"] == length
        assert check(duration_ms=length)["reason"] is None
    assert check(ended_at=after(6.999), duration_ms=0)["duration_ms"] == 0


def test_an_unanswered_call_has_no_duration() -> None:
    """Whether the record says 0 or nothing."""
    assert check(answered_at=None, duration_ms=0)["duration_ms"] is None
    assert check(answered_at=None)["reason"] is None


def test_server_and_leg_are_never_null() -> None:
    """They are parts of a call's identity: the record's, the source's, or empty."""
    assert (check()["server"], check()["leg"]) == ("", "")
    assert check(Source("s", server="lon-1"))["server"] == "lon-1"
    assert check(Source("s", server="lon-1"), server="nyc-1")["server"] == "nyc-1"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"call_id": None}, "missing_value"),
        ({"call_id": ""}, "missing_value"),
        ({"ended_at": None}, "missing_value"),
        ({"setup_at": None, "answered_at": None}, "missing_value"),
        ({"ended_at": after(4)}, "end_before_start"),
        ({"answered_at": None, "ended_at": after(-1)}, "end_before_start"),
        ({"setup_at": after(6)}, "end_before_start"),
        ({"duration_ms": -1}, "negative_duration"),
        ({"answered_at": None, "duration_ms": 1}, "status_disagrees"),
        ({"called": "4.42E+11"}, "bad_value"),
        ({"caller": "4,4207946e+011"}, "bad_value"),
        ({"called": "4.42079460124E11"}, "bad_value"),
        ({"called": "4.42079E11"}, "bad_value"),
        ({"duration_ms": 62_000}, "status_disagrees"),
        ({"duration_ms": 58_000}, "status_disagrees"),
        ({"duration_ms": 0}, "status_disagrees"),
        ({"duration_ms": 301_148_400}, "status_disagrees"),
        ({"ended_at": NOON + timedelta(hours=168, seconds=1)}, "too_long"),
        ({"duration_ms": 168 * 3_600_000 + 1}, "too_long"),
        ({"reason": "bad_time", "call_id": None, "detail": "x"}, "bad_time"),
        ({"call_id": None, "ended_at": None, "duration_ms": -1}, "missing_value"),
        ({"duration_ms": -1, "answered_at": None}, "negative_duration"),
    ],
)
def test_each_law_has_its_reason(fields: dict[str, object], reason: str) -> None:
    """The reader's reason stands before all, then the first law that fails."""
    found = check(**fields)
    assert found["reason"] == reason
    assert found["detail"]


def test_instants_in_a_detail_are_written_as_elsewhere() -> None:
    """As in 2026-10-05T12:00:05Z, with a fraction where there is one."""
    ended = "ended 2026-10-05T12:00:04Z before it was answered 2026-10-05T12:00:05Z"
    assert check(ended_at=after(4))["detail"] == ended
    answered = "answered 2026-10-05T12:00:05Z before it was set up 2026-10-05T12:00:05.500Z"
    assert check(setup_at=after(5.5))["detail"] == answered


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"setup_at": None},
        {"ended_at": after(5)},
        {"answered_at": NOON},
        {"answered_at": None, "ended_at": NOON},
        {"ended_at": NOON + timedelta(hours=168)},
    ],
)
def test_sound_records_pass(fields: dict[str, object]) -> None:
    """An answered call without setup, calls of no length, and one of just the longest length."""
    assert (check(**fields)["reason"], check(**fields)["detail"]) == (None, None)


def test_max_call_hours_is_the_sources() -> None:
    """A conference bridge may have longer calls than a retail switch."""
    long = {"ended_at": NOON + timedelta(hours=3)}
    assert check(Source("s", max_call_hours=2), **long)["reason"] == "too_long"
    assert check(Source("s", max_call_hours=4), **long)["reason"] is None


maybe_time = st.none() | st.integers(-100, 100).map(after)


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "call_id": st.sampled_from([None, "", "a"]),
                "setup_at": maybe_time,
                "answered_at": maybe_time,
                "ended_at": maybe_time,
                "duration_ms": st.none() | st.integers(-5, 5),
            }
        ),
        max_size=20,
    )
)
def test_what_passes_is_a_call_that_can_be_billed(rows: list[dict[str, object]]) -> None:
    """Order and number of records stay; every sound one has times in order and a length."""
    frame = pl.DataFrame(rows, schema=RECORD_SCHEMA)
    found = checked(frame, Source("test"))
    assert found["setup_at"].equals(frame["setup_at"])
    assert found.columns == frame.columns
    for record in found.filter(pl.col("reason").is_null()).to_dicts():
        times = [record[n] for n in ("setup_at", "answered_at", "ended_at") if record[n]]
        assert times == sorted(times)
        assert (record["duration_ms"] is None) == (record["answered_at"] is None)
        assert (record["duration_ms"] or 0) >= 0
    assert found["reason"].is_null().equals(found["detail"].is_null())
