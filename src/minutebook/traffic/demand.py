"""How many channels traffic needs: its busy hour, Erlang B and replay
(docs/rules/capacity.md, "Busy hour" and "Servers for traffic").

Pure: frames of calls go in, figures come out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.days import HOUR_US
from minutebook.traffic.erlang import channels_for
from minutebook.traffic.replay import LossCurve, let_through, loss_curve

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

_COPY_US: Final = 1_033_000_000  # 17 minutes and 13 seconds: no hour's, and no common call's


@dataclass(frozen=True, slots=True)
class Servers:
    """What one server carries: channels at once, and attempts a second."""

    channels: int = 1000
    cps: int = 100

    def needed(self, channels: int, cps: int) -> int:
        """The servers for so many channels and attempts a second."""
        return max(1, math.ceil(channels / self.channels), math.ceil(cps / self.cps))


@dataclass(frozen=True, slots=True)
class Demand:
    """What traffic asks for.

    `busy_hour` is the hour of the clock, in UTC, with the most erlangs: channel-seconds / 3,600.
    `channels_erlang_b` and `channels_replay` lose at most `blocking` of it, by the formula for
    Poisson arrivals in that hour, and by replay of the whole period. Attempts that a limit a second
    refuses are of neither: no channel would help them.
    """

    busy_hour: datetime
    erlangs: float
    blocking: Fraction
    channels_erlang_b: int
    channels_replay: int
    curve: LossCurve


def held_calls(calls: pl.LazyFrame, counted: pl.Expr) -> pl.DataFrame:
    """Calls as replay wants them: `begin` and `end` (Int64 µs), `talk_ms`, and whether `counted`.

    A call begins at setup, or at its answer where the record has no setup.
    """
    begin = pl.coalesce("setup_at", "answered_at")
    return calls.select(
        begin=begin.dt.epoch("us"),
        end=pl.max_horizontal(begin, "ended_at").dt.epoch("us"),
        talk_ms=pl.col("duration_ms").fill_null(0).cast(pl.Int64),
        counted=counted,
    ).collect(engine="streaming")


def grown(held: pl.DataFrame, growth: Fraction) -> pl.DataFrame:
    """The calls and so many more: each k-th is copied, a copy some minutes later than its call.

    Copies are spread evenly over the calls in the order of their begin. Below 0, calls are left out.
    """
    ordered = held.sort("begin", "end", "talk_ms")
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    up, down = growth.numerator, growth.denominator
    copies = (place + 1) * (up + down) // down - place * (up + down) // down
    counted = ordered.with_columns(copies=copies)
    number = pl.col("copy").cast(pl.Int64) * _COPY_US
    return (
        counted.filter(pl.col("copies") > 0)
        .with_columns(copy=pl.int_ranges("copies"))
        .explode("copy")
        .with_columns(pl.col("begin") + number, pl.col("end") + number)
        .drop("copies", "copy")
    )


def erlangs_by_hour(held: pl.DataFrame) -> pl.DataFrame:
    """Columns `hour` (UTC instant) and `erlangs`: channel-seconds of each hour / 3,600."""
    first, last = pl.col("begin") // HOUR_US, (pl.col("end") - 1) // HOUR_US
    dawn = pl.col("hour") * HOUR_US
    inside = pl.min_horizontal("end", dawn + HOUR_US) - pl.max_horizontal("begin", dawn)
    return (
        held.lazy()
        .filter(pl.col("end") > pl.col("begin"))
        .select("begin", "end", hour=pl.int_ranges(first, last + 1))
        .explode("hour")
        .group_by("hour")
        .agg(us=inside.sum())
        .sort("hour")
        .select(
            hour=(pl.col("hour") * HOUR_US).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
            erlangs=pl.col("us") / HOUR_US,
        )
        .collect()
    )


def demand(
    held: pl.DataFrame,
    first: datetime,
    last: datetime,
    blocking: Fraction,
    cps_limit: int | None = None,
) -> Demand:
    """What calls ask for that hold a channel from the instant `first` until `last`.

    `held` as from `held_calls`, with some call in it; attempts that are not `counted` only take
    their channels.
    """
    hours = erlangs_by_hour(let_through(held, cps_limit)).filter(
        pl.col("hour") >= first, pl.col("hour") < last
    )
    curve = loss_curve(held, cps_limit)
    busiest = hours.sort("erlangs", "hour", descending=[True, False]).head(1)
    hour, erlangs = busiest.row(0) if busiest.height else (first, 0.0)
    return Demand(
        busy_hour=hour,
        erlangs=erlangs,
        blocking=blocking,
        channels_erlang_b=channels_for(erlangs, float(blocking)),
        channels_replay=curve.fewest_let_through(blocking),
        curve=curve,
    )
