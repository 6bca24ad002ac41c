"""The laws of prices by time bands, held against a reference that goes second by second."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.cards.bands import DAYS, Bands, BandTime, check_bands
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.tariff import Increment, Tally, Terms
from minutebook.money import NUMERATOR_UNITS, UNITS, Method, Rounding
from minutebook.rating.band_times import band_at
from minutebook.rating.calls import rated
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable

NAMES = ("peak", "evening", "night")
ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
NEAR = (  # both changes of clocks in several zones, a week's end, a year's end, a day like others
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 11, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2026, 10, 14, 8, tzinfo=UTC),
)  # fmt: skip
HOURS = (0, 1, 2, 3, 8, 12, 18, 20, 23, 24)
LONGEST_MS = 168 * 3_600_000


@dataclass(frozen=True)
class Week:
    """A day's kind → (from hour, until hour, band); hours of none are the rest's."""

    zone: str
    hours: dict[str, list[tuple[int, int, str]]]
    holidays: tuple[date, ...]
    rest: str

    def band(self, instant: datetime) -> str:
        """By the local time alone."""
        local = instant.astimezone(ZoneInfo(self.zone))
        kind = "holiday" if local.date() in self.holidays else DAYS[local.weekday()]
        held = [b for start, end, b in self.hours.get(kind, []) if start <= local.hour < end]
        return held[0] if held else self.rest

    def told(self, *, split: bool) -> Bands:
        """What the program is told."""
        times = [
            BandTime(band, (day,), start * 3600, end * 3600)
            for day, held in self.hours.items()
            for start, end, band in held
        ]
        return check_bands(Bands(self.zone, (*times, BandTime(self.rest)), split, self.holidays))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Hours of some days; on Mondays at least, so that there are two bands."""
    days = {"mon", *draw(st.sets(st.sampled_from(DAYS)))}
    hours: dict[str, list[tuple[int, int, str]]] = {"mon": [(8, 18, "peak")]}
    for day in sorted(days - {"mon"}):
        cuts = sorted(draw(st.sets(st.sampled_from(HOURS), min_size=2, max_size=4)))
        hours[day] = [
            (start, end, draw(st.sampled_from(NAMES))) for start, end in itertools.pairwise(cuts)
        ]
    holidays = (date(2026, 10, 12), date(2026, 10, 14)) if "holiday" in days else ()
    return Week(draw(st.sampled_from(ZONES)), hours, holidays, "rest")


prices = st.sampled_from([0, 7, 10**6, 123_450_000, UNITS]).map(
    lambda units: Fraction(units, UNITS)
)


@st.composite
def rows(draw: st.DrawFn, prefix: str) -> dict[str, Any]:
    """A row with prices and fees of some bands; its own of the others."""
    row: dict[str, Any] = {"prefix": prefix, "rate": draw(prices), "connect_fee": draw(prices)}
    bands = draw(st.sets(st.sampled_from([*NAMES, "rest"])))
    row["rates"] = {band: (draw(prices), draw(st.none() | prices)) for band in sorted(bands)}
    return row


def deck_of(said: list[dict[str, Any]]) -> pl.DataFrame:
    base = dict.fromkeys(DECK_SCHEMA) | {"status": "open"}
    return pl.DataFrame(
        [
            base
            | {
                "prefix": row["prefix"],
                "rate": int(row["rate"] * UNITS),
                "connect_fee": int(row["connect_fee"] * UNITS),
                "rates": [
                    {"band": band, "rate": int(rate * UNITS), "connect_fee": None if fee is None else int(fee * UNITS)}
                    for band, (rate, fee) in row["rates"].items()
                ] or None,
            }
            for row in said
        ],
        schema=DECK_SCHEMA,
    )  # fmt: skip


calls = st.tuples(
    st.sampled_from(["11", "12"]),
    st.builds(
        lambda near, ms: near + timedelta(milliseconds=ms),
        st.sampled_from(NEAR),
        st.integers(-7_300_000, 7_300_000),
    ),
    st.one_of(st.integers(0, 400_000), st.integers(0, 9_000_000), st.just(None)),
)


def unrounded(
    week: Week,
    said: list[dict[str, Any]],
    call: tuple[Any, ...],
    increment: Increment,
    *,
    split: bool,
) -> Fraction:
    """What a call costs before it is rounded, second by second."""
    called, answered, duration_ms = call
    row = next(row for row in said if row["prefix"] == called)
    if not duration_ms:
        return Fraction(0)
    seconds, billed = -(-duration_ms // 1000), increment.minimum_s
    while billed < seconds:
        billed += increment.pulse_s
    first = week.band(answered)
    rate, fee = row["rates"].get(first, (row["rate"], None))
    cost: Fraction = row["connect_fee"] if fee is None else fee
    if not split:
        return cost + billed * rate / 60
    for second in range(billed):
        band = week.band(answered + timedelta(seconds=second))
        cost += row["rates"].get(band, (row["rate"], None))[0] / 60
    return cost


@settings(max_examples=35, deadline=None)
@given(
    weeks(),
    st.tuples(rows("11"), rows("12")).map(list),
    st.lists(calls, min_size=1, max_size=4),
    st.sampled_from([Increment(1, 1), Increment(60, 6), Increment(30, 30)]),
    st.booleans(),
)
def test_calls_cost_by_their_bands_what_each_second_says(
    week: Week,
    said: list[dict[str, Any]],
    found: list[tuple[str, datetime, int | None]],
    increment: Increment,
    split: bool,
) -> None:
    """Over midnights, week's ends, holidays and changes of clocks; alone and among others alike."""
    bands = week.told(split=split).names
    for row in said:  # those of another week are refused
        row["rates"] = {band: price for band, price in row["rates"].items() if band in bands}
    table = RateTable.of_card(
        deck_of(said),
        plan=Terms(increment=increment, rounding=Rounding(Method.NONE)),
        card=Terms(bands=week.told(split=split)),
        tally=Tally.CALL,
    )
    schema = {"called": pl.String, "answered_at": pl.Datetime("us", "UTC"), "duration_ms": pl.Int64}
    frame = pl.LazyFrame(found, schema=schema, orient="row")
    priced = rated(frame, table, LONGEST_MS).collect(engine="streaming")
    for call, row in zip(found, priced.iter_rows(named=True), strict=True):
        expected = unrounded(week, said, call, increment, split=split)
        assert Fraction(row["numerator"], NUMERATOR_UNITS) == expected
    called, answered, duration_ms = found[0]
    seconds = None if duration_ms is None else Decimal(duration_ms).scaleb(-3)
    alone = price_one(called, seconds, table, answered)
    assert alone.cost == Decimal(priced["cost_units"][0]).scaleb(-10)


def test_a_band_may_begin_with_any_second() -> None:
    """Not only with a whole minute, by which instants are looked up otherwise."""
    times = (BandTime("peak", DAYS[:5], 8 * 3600 + 1, 18 * 3600), BandTime("rest"))
    bands = check_bands(Bands("UTC", times))
    monday = datetime(2026, 10, 12, 8, tzinfo=UTC)
    instants = [monday + timedelta(microseconds=us) for us in (0, 999_999, 1_000_000)]
    places = pl.Series(instants).to_frame("at").select(band_at(bands, pl.col("at")))
    assert [bands.names[place] for place in places.to_series()] == ["rest", "rest", "peak"]


def test_attempts_alone_cost_their_fee_where_seconds_go_by_their_bands() -> None:
    """Polars asks a function of a branch that no call takes about nulls."""
    row = {"prefix": "11", "rate": Fraction(1, 100), "connect_fee": Fraction(0), "rates": {}}
    bands = Bands("UTC", (BandTime("peak", DAYS[:5]), BandTime("rest")), split=True)
    table = RateTable.of_card(
        deck_of([row]),
        plan=Terms(increment=Increment(1, 1), attempt_fee=Decimal("0.001")),
        card=Terms(bands=bands),
        tally=Tally.CALL,
    )
    schema = {"called": pl.String, "answered_at": pl.Datetime("us", "UTC"), "duration_ms": pl.Int64}
    attempts = [("11", datetime(2026, 10, 12, 7, 59, tzinfo=UTC), None)]
    for found in (attempts, attempts * 2):
        frame = pl.LazyFrame(found, schema=schema, orient="row")
        for engine in ("in-memory", "streaming"):
            priced = rated(frame, table, LONGEST_MS).collect(engine=engine)  # type: ignore[arg-type]
            assert priced["cost_units"].to_list() == [UNITS // 1000] * len(found)
