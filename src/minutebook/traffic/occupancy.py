"""Occupancy: how many channels calls hold at once (docs/rules/channels.md, "Channels held").

Pure: calls go in, frames come out. A call holds a channel in the half-open interval from setup
(answer, where the record has no setup) to end, in microseconds: a call that ends at an instant
and one that begins at it do not overlap, and a call of no length holds nothing.

How it works. A call is cut at midnight into a piece a UTC day, and each piece gives two events,
packed into one integer: group and day, instant, begin or end. In the order of these integers the
number of channels held is one cumulative sum: each group's day ends as it began, with none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.traffic.percentile import INTERVALS, rank_from_top

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_DAY_US: Final = 86_400_000_000
_INTERVAL_US: Final = _DAY_US // INTERVALS
_INSTANTS: Final = 2**37  # more than the microseconds of a day
_EVENTS: Final = 2 * _INSTANTS


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What calls held, by group and UTC day; days on which a group held nothing are absent.

    `days`: the group's columns, `day`, `peak` Int32, `peak_at` (the first instant of it), and
    `channel_us` Int64, the channels held times how long. `intervals`: the group's columns, `day`,
    `peak` Int32 and `count` Int64, for so many of the day's five-minute intervals; they add up to
    INTERVALS. `states`, where they were asked for: the group's columns, `day`, `held` Int32 and
    `us` Int64, for how long in all exactly so many channels were held.
    """

    days: pl.DataFrame
    intervals: pl.DataFrame
    states: pl.DataFrame | None = None


def occupancy(
    calls: pl.LazyFrame,
    first: date,
    last: date,
    by: Sequence[str] = ("account",),
    *,
    with_states: bool = False,
) -> Occupancy:
    """The channels that calls of each combination of the columns `by` held, from `first` to `last`.

    Reads `by`, `setup_at`, `answered_at` and `ended_at`; every call that holds a channel on these
    days must be there, whatever day it is filed under. Fast where calls of a group stand together.
    """
    dawn = datetime.combine(first, time(), UTC)
    days = (last - first).days + 1
    begin, end = pl.coalesce("setup_at", "answered_at"), pl.col("ended_at")
    held = (
        calls.filter(end > begin, end > dawn, begin < dawn + timedelta(days=days))
        .select(*by, begin=_since(begin, dawn).clip(0), end=_since(end, dawn))
        .with_columns(pl.col("end").clip(upper_bound=days * _DAY_US))
        .collect(engine="streaming")
    )
    groups, group = _numbered(held.select(by))
    if groups.height * days > 2**63 // _EVENTS:
        raise ValueError(f"{groups.height:,} groups of {days} days are too many at once")
    events = _events(held.select("begin", "end", group=group), days)
    del held
    states = _states(events)
    return Occupancy(
        _named(_by_day(states), groups, first, days).with_columns(
            peak_at=pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
            + pl.duration(microseconds=pl.col("peak_at"))
        ),
        _named(_by_interval(states), groups, first, days),
        _named(_by_state(states), groups, first, days) if with_states else None,
    )


def percentile(intervals: pl.DataFrame, by: Sequence[str], total: pl.Expr | int) -> pl.DataFrame:
    """The 95th percentile by nearest rank of five-minute peaks: columns `by` and `p95` Int32.

    `intervals` as in Occupancy, of one or several days; `total` is how many intervals there are in
    a group, of which those that are not in the frame are zeros.
    """
    keys = list(by)
    rank = rank_from_top(pl.lit(total) if isinstance(total, int) else total)
    found = (
        intervals.lazy()
        .group_by(*keys, "peak")
        .agg(pl.col("count").sum(), rank.first().alias("rank"))
        .sort("peak", descending=True)
        .with_columns(from_top=pl.col("count").cum_sum().over(keys))
        .filter(pl.col("from_top") >= pl.col("rank"))
        .group_by(keys)
        .agg(p95=pl.col("peak").max())
    )
    known = intervals.lazy().select(keys).unique()
    joined = known.join(found, on=keys, how="left").with_columns(pl.col("p95").fill_null(0))
    return joined.sort(keys).collect()


def _since(instant: pl.Expr, dawn: datetime) -> pl.Expr:
    return (instant - pl.lit(dawn, dtype=pl.Datetime("us", "UTC"))).dt.total_microseconds()


def _numbered(keys: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows of `keys`, sorted, and for each row the number of its own among them."""
    run = keys.select(pl.struct(pl.all()).rle_id()).to_series()
    heads = keys.filter(run != run.shift()) if keys.height else keys
    heads = pl.concat([keys.head(1), heads])  # nothing comes before the first run
    groups = heads.unique().sort(keys.columns)
    numbers = heads.join(
        groups.with_row_index("number"),
        on=keys.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["number"]
    return groups, numbers.cast(pl.UInt64).gather(run)


def _events(held: pl.DataFrame, days: int) -> pl.Series:
    """The events of all calls, in order."""
    start_day, end_day = pl.col("begin") // _DAY_US, (pl.col("end") - 1) // _DAY_US
    parts: list[pl.Series] = []
    later = 0
    while held.height:
        day = start_day + later
        begin = pl.col("begin") - day * _DAY_US if later == 0 else pl.lit(0, dtype=pl.Int64)
        end = (pl.col("end") - day * _DAY_US).clip(upper_bound=_DAY_US)
        place = (pl.col("group") * days + day.cast(pl.UInt64)) * _EVENTS
        parts += held.select(
            begin=place + begin.cast(pl.UInt64) * 2 + 1, end=place + end.cast(pl.UInt64) * 2
        ).get_columns()
        later += 1
        held = held.filter(end_day >= start_day + later)
    if not parts:
        return pl.Series("event", dtype=pl.UInt64)
    return pl.concat(parts, rechunk=True).alias("event").sort()


def _states(events: pl.Series) -> pl.DataFrame:
    """`place` (group and day), `at` (µs of the day), `held` from then on, and for how long `us`.

    One row an instant of a place: what is held after the last event of the instant.
    """
    instant = pl.col("event") // 2
    following = instant.shift(-1)
    return (
        events.to_frame()
        .lazy()
        .with_columns(held=((pl.col("event") % 2).cast(pl.Int32) * 2 - 1).cum_sum())
        .filter(following.is_null() | (instant != following))
        .select(
            place=pl.col("event") // _EVENTS,
            at=(instant % _INSTANTS).cast(pl.Int64),
            held="held",
        )
        .with_columns(
            us=pl.when(pl.col("held") > 0).then(pl.col("at").shift(-1) - pl.col("at")).otherwise(0)
        )
        .collect()
    ).with_columns(pl.col("place").set_sorted())


def _by_day(states: pl.DataFrame) -> pl.DataFrame:
    held = pl.col("held")
    return (
        states.lazy()
        .with_columns(channel_us=held.cast(pl.Int64) * pl.col("us"))
        .group_by("place", maintain_order=True)
        .agg(
            peak=held.max(),
            peak_at=pl.col("at").get(held.arg_max()),
            channel_us=pl.col("channel_us").sum(),
        )
        .collect()
    )


def _by_state(states: pl.DataFrame) -> pl.DataFrame:
    held = states.filter(pl.col("held") > 0)
    return (
        held.group_by("place", "held")
        .agg(pl.col("us").sum())
        .sort("place", "held")
        .select("place", "held", "us")
    )


def _by_interval(states: pl.DataFrame) -> pl.DataFrame:
    """The peak of each interval with an event, and of those between, that none has."""
    number = pl.col("place") * INTERVALS + (pl.col("at") // _INTERVAL_US).cast(pl.UInt64)
    starts_there = pl.col("at").first() % _INTERVAL_US == 0
    intervals = (
        states.lazy()
        .filter(pl.col("at") < _DAY_US)
        .select("at", "held", number=number)
        .with_columns(pl.col("number").set_sorted())
        .group_by("number", maintain_order=True)
        .agg(highest=pl.col("held").max(), last=pl.col("held").last(), anew=starts_there)
        .with_columns(place=pl.col("number") // INTERVALS)
        .collect()
    )
    first = pl.col("place") != pl.col("place").shift(fill_value=2**63)
    final = pl.col("place") != pl.col("place").shift(-1, fill_value=2**63)
    index = (pl.col("number") % INTERVALS).cast(pl.Int64)
    carried = pl.when(first | pl.col("anew")).then(0).otherwise(pl.col("last").shift())
    following = pl.when(final).then(INTERVALS).otherwise(index.shift(-1))
    told = intervals.select(
        "place",
        peak=pl.max_horizontal("highest", carried).cast(pl.Int32),
        after="last",
        empty=following - index - 1,
        before=pl.when(first).then(index).otherwise(0),
    )
    return pl.concat(
        [
            told.select("place", "peak", count=pl.lit(1, dtype=pl.Int64)),
            told.filter(pl.col("empty") > 0).select("place", peak="after", count="empty"),
            told.filter(pl.col("before") > 0).select(
                "place", peak=pl.lit(0, dtype=pl.Int32), count="before"
            ),
        ]
    )


def _named(frame: pl.DataFrame, groups: pl.DataFrame, first: date, days: int) -> pl.DataFrame:
    """`place` as the group's columns and the day."""
    group = (pl.col("place") // days).cast(pl.UInt32)
    day = pl.lit(first) + pl.duration(days=pl.col("place") % days)
    named = [pl.lit(groups[name]).gather(group).alias(name) for name in groups.columns]
    return frame.select(*named, day.cast(pl.Date).alias("day"), pl.exclude("place"))
