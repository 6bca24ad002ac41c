"""Times as text (docs/rules/time.md, "Local times")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.calls.parsing.quantities import scaled
from minutebook.calls.parsing.times import epochs, instants, instants_or_epochs
from minutebook.errors import InputError

LONDON = "Europe/London"


def one(text: str, zone: str | None = None) -> datetime | str:
    """The instant that a text is, or the reason why it is none."""
    found = instants(pl.Series([text]), zone)
    reason = None if found.reasons is None else found.reasons[0]
    assert (reason is None) != (found.values[0] is None)
    return reason or found.values[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01T10:00:00Z", datetime(2026, 10, 1, 10)),
        ("2026-10-01 10:00:00Z", datetime(2026, 10, 1, 10)),
        ("2026-10-01t10:00:00z", datetime(2026, 10, 1, 10)),
        ("2026-10-01T10:00:00+02:00", datetime(2026, 10, 1, 8)),
        ("2026-10-01T10:00:00-0530", datetime(2026, 10, 1, 15, 30)),
        ("2026-10-01 10:00:00+00", datetime(2026, 10, 1, 10)),
        ("2026-10-01 10:00:00 UTC", datetime(2026, 10, 1, 10)),
        ("2026-10-01T10:00:00.5Z", datetime(2026, 10, 1, 10, 0, 0, 500_000)),
        ("2026-10-01T10:00:00.123456Z", datetime(2026, 10, 1, 10, 0, 0, 123_456)),
        (" 2026-10-01T10:00:00Z ", datetime(2026, 10, 1, 10)),
    ],
)
def test_rfc_3339_is_read_to_the_microsecond(text: str, expected: datetime) -> None:
    """`T` or a space, `Z` or an offset, up to six decimals."""
    assert one(text) == expected.replace(tzinfo=UTC)


def test_more_than_six_decimals_are_truncated() -> None:
    """Never rounded: a nanosecond may not move a call into the next second."""
    assert one("2026-10-01T10:00:00.999999999Z") == datetime(
        2026, 10, 1, 10, 0, 0, 999_999, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01",
        "2026-10-01T10:00Z",
        "2026-10-01T10:00+01:00",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-10-01T24:00:00Z",
        "2026-10-01T25:00:00Z",
        "2026-10-01T23:59:60Z",
        "2026-10-01T23:60:00Z",
        "2026-10-01T10:00:00+24:00",
        "2026-10-01T10:00:00+1:00",
        "0000-00-00 00:00:00",
        "1/10/2026 10:00:00",
        "9999-12-31T23:59:59-23:00",
        "２026-10-01T10:00:00Z",
        "yesterday",
        "1790000000",
    ],
)
def test_what_is_no_time_to_the_second_is_bad_time(text: str) -> None:
    """Dates that do not exist, dates alone, times without seconds, second 60."""
    assert one(text, "UTC") == "bad_time"


def test_a_time_without_offset_needs_a_zone() -> None:
    """Nobody guesses where a switch stands."""
    assert one("2026-07-01 10:00:00") == "no_zone"
    assert one("2026-07-01 10:00:00", "UTC") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert one("2026-07-01 10:00:00", LONDON) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert one("2026-07-01 10:00:00Z", LONDON) == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_hours_of_a_clock_change_are_set_aside() -> None:
    """01:30 came twice on 25 October 2026 in London, and never on 29 March."""
    assert one("2026-10-25 01:30:00", LONDON) == "ambiguous_time"
    assert one("2026-03-29 01:30:00", LONDON) == "nonexistent_time"
    assert one("2026-10-25 02:00:00", LONDON) == datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert one("2026-10-25 00:59:59", LONDON) == datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC)


def test_an_unknown_zone_is_said() -> None:
    """The source is wrong, not the file."""
    with pytest.raises(InputError, match="Europe/Londn"):
        instants(pl.Series(["2026-10-01 10:00:00"]), "Europe/Londn")


def test_one_bad_time_spoils_no_other() -> None:
    """Of a large column too, whose bulk is read in one piece."""
    good = [f"2026-10-01T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z" for i in range(20_000)]
    bad_at = {0: "2026-02-30T00:00:00Z", 9_999: "x", 19_999: "2026-10-01"}
    found = instants(pl.Series([bad_at.get(i, text) for i, text in enumerate(good)]), None)
    assert found.reasons is not None
    assert found.reasons.is_not_null().arg_true().to_list() == sorted(bad_at)
    assert found.values.is_null().arg_true().to_list() == sorted(bad_at)
    assert found.values[12_345] == datetime(2026, 10, 1, 3, 25, 45, tzinfo=UTC)


times = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 31))  # zones are known until 2100
offsets = st.integers(-23 * 60, 23 * 60)


@settings(deadline=None)
@given(st.lists(st.tuples(times, offsets | st.none()), min_size=1, max_size=20))
def test_any_mixture_of_offsets_and_local_times_is_exact(
    mixture: list[tuple[datetime, int | None]],
) -> None:
    """However the times of a column are written, each is the instant that Python says it is."""
    texts, expected = [], []
    for moment, minutes in mixture:
        if minutes is None:
            texts.append(moment.isoformat(sep=" "))
            expected.append(moment.replace(tzinfo=UTC))
        else:
            aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
            texts.append(aware.isoformat())
            expected.append(aware.astimezone(UTC))
    found = instants(pl.Series(texts), "UTC")
    assert found.values.to_list() == expected
    assert found.reasons is None


@settings(deadline=None)
@given(times, st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]))
def test_local_times_are_those_of_the_zone_or_set_aside(moment: datetime, zone: str) -> None:
    """Read back in the zone, an instant shows the very time that was written."""
    found = one(moment.isoformat(sep=" "), zone)
    folds = {moment.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    if isinstance(found, str):
        assert len(folds) == 2
        assert found in ("ambiguous_time", "nonexistent_time")
    else:
        assert folds == {found}
        assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment


def test_epochs_are_exact() -> None:
    """Seconds with any decimals, truncated to microseconds; never through a float."""
    found = epochs(pl.Series(["1790000000", "1790000000.1234569", "-1", "1e9", None]))
    assert found.values.to_list() == [
        datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
        datetime(2026, 9, 21, 14, 13, 20, 123_456, tzinfo=UTC),
        None,
        None,
        None,
    ]
    assert found.reasons is not None
    assert found.reasons.to_list() == [None, None, "bad_time", "bad_time", None]


def test_epochs_and_stamps_may_share_a_column() -> None:
    """As rows of several exports do, when they wait in quarantine together."""
    found = instants_or_epochs(pl.Series(["1790000000.5", "2026-09-21 14:13:20", "0"]), "UTC")
    assert found.values.to_list() == [
        datetime(2026, 9, 21, 14, 13, 20, 500_000, tzinfo=UTC),
        datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
        None,
    ]


@settings(deadline=None)
@given(st.decimals(0, 10**9, places=6), st.sampled_from([0, 3, 6]))
def test_scaled_numbers_are_truncated_exactly(value: object, decimals: int) -> None:
    """60.9999999 s are 60,999 ms."""
    (found,) = scaled(pl.Series([str(value)]), decimals)
    assert found == int(value * 10**decimals)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["1e3", "1,5", "abc", "", "--1", "1" * 19, "nan", "0x10", "1_0"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    """No exponents, no commas, nothing beyond what an integer of 64 bits holds."""
    assert scaled(pl.Series([text]), 3).to_list() == [None]
