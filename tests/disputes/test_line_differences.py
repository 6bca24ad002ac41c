"""Lines of two sides: whatever differs, the parts add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from minutebook.disputes.causes.classes import Difference
from minutebook.disputes.causes.line_differences import Line, Precision, line_differences
from minutebook.disputes.causes.zones import zone_of, zones

KEYS = st.tuples(st.sampled_from(["2026-10-01", "2026-10-02"]), st.sampled_from(["", "uk"]))
COUNTS = st.integers(0, 40)
LINES = st.dictionaries(
    KEYS,
    st.builds(
        Line,
        COUNTS,
        st.integers(0, 10**7),
        st.integers(0, 10**13),
        st.tuples(st.integers(0, 10**7), st.integers(0, 10**13)).map(lambda both: (both,) * 11),
    ),
)


@given(LINES, LINES, LINES, st.integers(1, 60_000), st.sampled_from([1, 10**6, 10**8]))
def test_nothing_is_lost_between_the_lines(
    ours_utc: dict[tuple[str, str], Line],
    ours: dict[tuple[str, str], Line],
    theirs: dict[tuple[str, str], Line],
    length_ms: int,
    amount_units: int,
) -> None:
    """Calls, lengths and money: ours less theirs is the sum of the parts, exactly."""
    parts, _ = line_differences(ours_utc, ours, theirs, Precision(length_ms, amount_units))
    for name in ("calls", "ms", "units"):
        difference = sum(getattr(line, name) for line in ours_utc.values()) - sum(
            getattr(line, name) for line in theirs.values()
        )
        assert sum(getattr(part, name) for part in parts) == difference
    known = {what.value for what in Difference} | {"unexplained"}
    assert {part.difference for part in parts} <= known


@given(LINES)
def test_equal_lines_have_no_parts(lines: dict[tuple[str, str], Line]) -> None:
    """A side does not differ from itself."""
    parts, prices = line_differences(lines, lines, lines, Precision(1, 1))
    assert parts == []
    assert (prices.fee_units, dict(prices.factors_ppm)) == (None, {})


def test_the_zone_of_days() -> None:
    """The one by which our days are theirs; of several that fit alike the nearest to UTC, and which."""
    at = [3600 * hour for hour in (1, 2, 30, 31, 49, 71)]
    days = {
        zone: {d: sum((t + zone) // 86_400 == d for t in at) for d in range(4)} for zone in zones()
    }
    assert zone_of(days, days[0]) == (0, 0, 0)
    zone, low, high = zone_of(days, days[3 * 3600])
    assert days[zone] == days[low] == days[high] == days[3 * 3600]
    assert low <= zone <= high
    assert zone_of(days, {0: 100, 1: 0, 2: 50, 3: 7}) == (0, 0, 0)
