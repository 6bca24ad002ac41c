"""How far the clocks of two sides lie apart, day by day (a zone, a clock change, a wrong clock). Pure."""

from __future__ import annotations

from typing import Final

import polars as pl

from minutebook.days import HOUR_US, SECOND_US

FARTHEST_US: Final = 26 * HOUR_US
"""Zones lie at most 26 hours apart."""

_QUARTER_S: Final = 900
_NEAR_S: Final = 2  # a zone lies whole quarters off; seconds that are cut off move it by less
_FEW: Final = 3  # calls that agree on a shift before it is believed
_AT_LEAST: Final = 0.2  # of a day's calls

DIFFERENCES_SCHEMA: dict[str, type[pl.DataType]] = {
    "day": pl.Int64,
    "second": pl.Int64,
    "own": pl.UInt32,  # calls that lie so many seconds apart
    "calls": pl.UInt32,  # or a second more or less
}
_STEPS: Final = (-1, 0, 1)


def difference_counts(differences: pl.DataFrame, *, single: bool) -> pl.DataFrame:
    """`day` and `difference` (theirs − ours, µs) of pairs, as DIFFERENCES_SCHEMA.

    Where a call may be in several pairs (not `single`), calls `ours` and `theirs` count but once.
    """
    second = (pl.col("difference") / SECOND_US).round().cast(pl.Int64)
    by = ["day", "second"]
    if single:
        own = differences.group_by("day", second=second).agg(own=pl.len())
        around = [own.with_columns(pl.col("second") + step) for step in _STEPS]
        near = pl.concat(around).group_by(by).agg(calls=pl.col("own").sum())
    else:
        once = pl.min_horizontal(pl.col("ours").n_unique(), pl.col("theirs").n_unique())
        pairs = differences.with_columns(second=second)
        own = pairs.group_by(by).agg(own=once)
        around = [pairs.with_columns(pl.col("second") + step) for step in _STEPS]
        near = pl.concat(around).group_by(by).agg(calls=once)
    both = near.join(own, on=by, how="left").with_columns(pl.col("own").fill_null(0))
    return both.select(pl.col(name).cast(dtype) for name, dtype in DIFFERENCES_SCHEMA.items())


def shifts(
    differences: pl.DataFrame,
    calls_by_day: pl.DataFrame,
    few: int = _FEW,
    at_least: float = _AT_LEAST,
) -> pl.DataFrame:
    """By day of ours (number since 1970) the `shift` in µs that the most calls show, to the second;
    next to a whole quarter of an hour that, as zones are.

    Where too few of a day's calls agree, the day before says it, or else the day after; `told` says
    whether the day itself did. `before` and `after` are the shifts of the days around it: on the day
    of a clock change both hold. Columns of `calls_by_day`: `day`, `all`. A shift is believed that `few`
    calls agree on, and this share of the day's.
    """
    best = (
        differences.group_by("day", "second")
        .agg(pl.col("own", "calls").sum())
        .filter(pl.col("own") > 0)
        .sort("day", "own", "calls", pl.col("second").abs(), descending=[False, True, True, False])
        .group_by("day", maintain_order=True)
        .first()
    )
    enough = (pl.col("calls") >= few) & (pl.col("calls") >= at_least * pl.col("all"))
    told = calls_by_day.join(best, on="day", how="left").with_columns(
        told=enough.fill_null(value=False)
    )
    zone = (pl.col("second") / _QUARTER_S).round().cast(pl.Int64) * _QUARTER_S
    whole = pl.when((pl.col("second") - zone).abs() <= _NEAR_S).then(zone).otherwise("second")
    shift = pl.when("told").then(whole * SECOND_US)
    known = shift.forward_fill().backward_fill().fill_null(0)
    days = told.sort("day").select("day", known.alias("shift"), "told")
    neighbours = [
        pl.col("shift").shift(step).fill_null(pl.col("shift")).alias(name)
        for name, step in (("before", 1), ("after", -1))
    ]
    return days.with_columns(neighbours)
