"""Where two sides' amounts differ, and by how much: each difference in a class, adding up exactly.

Pure. Of a matched pair the money is taken apart one step after the other: what our prices make of
their duration instead of ours is `duration`; what is left between that and their amount is their
price: its rate, increment, connect fee or rounding, whichever explains most calls of a prefix.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money

if TYPE_CHECKING:
    from minutebook.review.matching import Matching

INCREMENTS: Final = (
    (1, 1), (6, 6), (30, 6), (60, 6), (60, 1), (30, 1), (30, 30), (60, 60), (12, 6), (10, 10), (20, 20),
)  # fmt: skip
"""Increments in use, minimum and pulse in seconds."""

_CLOCK_US: Final = 1_000_000
_MOST: Final = 0.5  # of a prefix's calls that one increment must explain
_SIXTY: Final = 60


class Difference(StrEnum):
    """What a difference is."""

    MISSING_OURS = "missing_ours"  # their call, which we lack
    MISSING_THEIRS = "missing_theirs"  # our call, which they lack
    DUPLICATE = "duplicate"  # a further copy of a call on one side
    DURATION = "duration"
    CLOCK = "clock"  # another time of day
    DAY_BOUNDARY = "day_boundary"  # in the period for one side alone
    RATE = "rate"
    INCREMENT = "increment"
    ROUNDING = "rounding"
    CONNECT_FEE = "connect_fee"


UNEXPLAINED: Final = "unexplained"

DIFFERENCE_SCHEMA: dict[str, type[pl.DataType]] = {
    "ours": pl.UInt32,
    "theirs": pl.UInt32,
    "difference": pl.String,
    "ms": pl.Int64,  # ours less theirs
    "units": pl.Int64,  # ours less theirs, in money.UNITS
}

SIDE_COLUMNS: Final = ("n", "at", "duration_ms", "inside", "units")
"""Of each side: the row, the answer (µs), the talk, whether in the period, the amount."""


def compared(matching: Matching, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that differ in anything, with SIDE_COLUMNS of both sides (theirs: `…_theirs`)."""
    times = (pl.col("at_theirs") - pl.col("at")).abs() > _CLOCK_US
    unlike = [
        pl.col(name) != pl.col(f"{name}_theirs") for name in ("duration_ms", "units", "inside")
    ]
    right = theirs.lazy().select(pl.col(SIDE_COLUMNS).name.suffix("_theirs"))
    return (
        matching.pairs.lazy()
        .select("ours", "theirs")
        .join(ours.lazy().select(pl.col(SIDE_COLUMNS)), left_on="ours", right_on="n")
        .join(right, left_on="theirs", right_on="n_theirs")
        .filter(pl.col("inside") | pl.col("inside_theirs"), times | pl.any_horizontal(unlike))
        .collect(engine="streaming")
    )


def differences(
    pairs: pl.DataFrame, matching: Matching, ours: pl.DataFrame, theirs: pl.DataFrame
) -> pl.DataFrame:
    """Every difference of the period (DIFFERENCE_SCHEMA); a pair may have several, or none.

    `pairs` are `compared`, with our price of the call at their duration: `repriced`, and the columns
    of `pricing`.
    """
    both = pairs.filter(pl.col("inside") & pl.col("inside_theirs"))
    one = pairs.filter(pl.col("inside") != pl.col("inside_theirs"))
    sign = pl.when("inside").then(1).otherwise(-1)
    mine = pl.col("inside")
    crossing = one.select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.DAY_BOUNDARY.value),
        ms=sign * pl.when(mine).then("duration_ms").otherwise("duration_ms_theirs"),
        units=sign * pl.when(mine).then("units").otherwise("units_theirs"),
    )
    longer = both.filter(pl.col("duration_ms") != pl.col("duration_ms_theirs")).select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.DURATION.value),
        ms=pl.col("duration_ms") - pl.col("duration_ms_theirs"),
        units=pl.col("units") - pl.col("repriced"),
    )
    off = (pl.col("at_theirs") - pl.col("at")).abs() > _CLOCK_US
    later = both.filter(off).select(
        "ours",
        "theirs",
        difference=pl.lit(Difference.CLOCK.value),
        ms=pl.lit(0, pl.Int64),
        units=pl.lit(0, pl.Int64),
    )
    priced = both.filter(pl.col("repriced") != pl.col("units_theirs"))
    dearer = priced.select(
        "ours",
        "theirs",
        difference=pricing(priced),
        ms=pl.lit(0, pl.Int64),
        units=pl.col("repriced") - pl.col("units_theirs"),
    )
    parts = [
        crossing,
        longer,
        later,
        dearer,
        _lonely(ours, matching.alone_ours, "ours", Difference.MISSING_THEIRS),
        _lonely(theirs, matching.alone_theirs, "theirs", Difference.MISSING_OURS),
        _lonely(ours, matching.again_ours, "ours", Difference.DUPLICATE),
        _lonely(theirs, matching.again_theirs, "theirs", Difference.DUPLICATE),
    ]
    return pl.concat(
        [part.select(pl.col(n).cast(d) for n, d in DIFFERENCE_SCHEMA.items()) for part in parts]
    )


def pricing(pairs: pl.DataFrame) -> pl.Series:
    """Why their amount is not our price of their duration, for each of the pairs.

    Columns `units_theirs`, `duration_ms_theirs`, and of our price at their duration `numerator`
    (unrounded, in money.NUMERATOR_UNITS), `rate_units`, `connect_fee_units`, `billed_seconds` and
    `prefix`. Values between two roundings of their last decimal count as equal.
    """
    theirs = pl.col("units_theirs") * _SIXTY
    ulp = _last_place(pairs["units_theirs"]) * _SIXTY
    rate, billed = pl.col("rate_units"), pl.col("billed_seconds")
    fee = pl.col("connect_fee_units") * _SIXTY
    group = pl.col("prefix").fill_null("")
    frame = pairs.with_columns(
        rounding=(theirs - pl.col("numerator")).abs() < ulp,
        group=group,
        seconds=-(-pl.col("duration_ms_theirs") // 1000),
    )
    odd = ~pl.col("rounding")

    def share(fits: pl.Expr) -> pl.Expr:
        """Of a prefix's calls that rounding does not explain, how many this does."""
        return fits.filter(odd).mean().over("group").fill_null(0.0)

    frame = frame.with_columns(increment=pl.lit(value=False))
    for minimum, pulse in INCREMENTS:
        past = (pl.col("seconds") - minimum).clip(lower_bound=0)
        other = minimum - (-past // pulse) * pulse
        fits = (theirs - fee - other * rate).abs() < ulp
        another = fits & (other != billed)
        chosen = (share(fits) >= _MOST) & another.any().over("group")
        frame = frame.with_columns(increment=pl.col("increment") | (another & chosen))
    implied_fee = theirs - billed * rate
    usual_fee = implied_fee.filter(odd).median().over("group").cast(pl.Int64)
    varied = billed.n_unique().over("group") > 1
    longest = billed.arg_max()
    implied_rate = ((theirs - fee).get(longest) / billed.get(longest)).over("group")
    frame = frame.with_columns(
        connect_fee=varied & ((implied_fee - usual_fee).abs() < ulp).fill_null(value=False),
        rate=(billed > 0) & ((theirs - fee - implied_rate * billed).abs() < 2 * ulp),
    )
    causes = ("increment", "connect_fee", "rate")
    shares = [share(pl.col(name)) for name in causes]
    most = pl.max_horizontal(shares)
    named = pl.lit(UNEXPLAINED)
    for name, of_group in reversed(list(zip(causes, shares, strict=True))):
        best = pl.col(name) & (of_group >= _MOST) & (of_group == most)
        named = pl.when(best).then(pl.lit(name)).otherwise(named)
    named = pl.when("rounding").then(pl.lit("rounding")).otherwise(named)
    return frame.select(named.alias("difference")).to_series()


def _last_place(units: pl.Series) -> int:
    """The unit of the last decimal that any of these amounts has, in money.UNITS."""
    for decimals in range(money.SCALE + 1):
        unit = 10 ** (money.SCALE - decimals)
        if (units % unit == 0).all():
            return int(unit)
    return 1


def _lonely(side: pl.DataFrame, rows: pl.Series, name: str, what: Difference) -> pl.DataFrame:
    """Calls of one side alone, those of the period."""
    sign = 1 if name == "ours" else -1
    other = "theirs" if name == "ours" else "ours"
    found = side.filter(pl.col("n").is_in(rows.implode()), pl.col("inside"))
    return found.select(
        pl.col("n").alias(name),
        pl.lit(None, pl.UInt32).alias(other),
        difference=pl.lit(what.value),
        ms=sign * pl.col("duration_ms"),
        units=sign * pl.col("units"),
    )
