"""Each call's billed seconds and cost (docs/rules/duration.md, "Whole seconds"
and "Increment").

A chain of column expressions that streams. Seconds are 32-bit wherever a call cannot last
49 days, and costs 64-bit wherever the dearest call fits: a duration beyond that is an error of
the query, never a wrong amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.tariff import DurationRounding, PulseAnchor, Tally
from minutebook.money import Method, rounded_units
from minutebook.rating.band_times import costs_by_second
from minutebook.rating.classes import ROUTED, answered, classes_held, with_class, with_routed
from minutebook.rating.table import said

if TYPE_CHECKING:
    from minutebook.rating.table import RateTable

STATUS: Final = pl.Enum(["priced", "unpriced", "blocked"])
"""Of a rated call: a card that has no prefix for it, or blocks the prefix, does not price it."""

CALLED_KEY: Final = "called_key"
"""A column that calls in the lake have, `number_key` of `called`: rating then reads no numbers."""

_POSITION, _RATE, _PROFILE = "__position", "__rate", "__profile"
_SECONDS = "__seconds"
_MINIMUM, _PULSE, _FEE = "__minimum_s", "__pulse_s", "__connect_fee"
_SHORT_MS: Final = 2**32 - 1
_MS: Final = 1000


def rated(calls: pl.LazyFrame, table: RateTable, max_duration_ms: int) -> pl.LazyFrame:
    """The calls with what each costs, whatever other columns they have. Streams.

    Reads `called` (String; or, where it is there, CALLED_KEY) and `duration_ms` (Int64, null: not
    answered; at most `max_duration_ms`, or the query fails). Adds

    - `row` Int32: position in the deck, null where no prefix matches and under a flat price
    - `status` STATUS, and `priced` Boolean for its first value
    - `band_index` UInt32, where the table has bands: the place of the class among their names, by the band that
      holds at the answer, read from `answered_at` (Datetime; where it is null, `setup_at`), and by the jurisdiction,
      the origin or the caller's prefix, read from `caller` too (or, where it is there and enough, CALLER_HEAD)
    - `billed_seconds` Int64: 0 where not answered or not priced
    - `numerator`, Int64 or, where the dearest call needs it, Int128: the unrounded cost in
      money.NUMERATOR_UNITS; 0 where not priced
    - `cost_units`, of the same type: the cost in money.UNITS, rounded as the call's row, card
      and plan say, then within the least and the most that they say of a call; under a daily tally
      kept to ten decimals, for show.
    """
    frame = _with_terms(calls, table)
    frame = _with_seconds(frame, table, max_duration_ms)
    frame = _with_cost(frame, table, max_duration_ms)
    priced = pl.col("priced")
    status = pl.when(priced).then(pl.lit("priced")).otherwise(pl.lit("unpriced"))
    if not table.none_blocked:
        blocked = table.blocked.at(pl.col(_POSITION))
        status = pl.when(blocked).then(pl.lit("blocked")).otherwise(status)
    position = pl.col(_POSITION)
    matched = position < (0 if table.index is None else table.index.count)
    return frame.with_columns(
        row=pl.when(matched).then(position).cast(pl.Int32),
        status=status.cast(STATUS),
        cost_units=_cost_units(table),
    ).drop(_POSITION, _PROFILE, _RATE, ROUTED, strict=False)


def described(rated_calls: pl.LazyFrame, table: RateTable) -> pl.LazyFrame:
    """Rated calls with what the deck says of them, each null where the call is not priced.

    Adds `prefix` and `destination` String (null under a flat price), `rate_units` Int64 (a
    minute; under steps the first's; of the band at the answer) and `connect_fee_units` Int64, in money.UNITS; and
    `band`, `jurisdiction`, `origin` and `caller_prefix` String, of answered calls whose prices differ so.
    """
    position = pl.col("row").cast(pl.UInt32)
    if table.index is None:
        position = pl.lit(0, dtype=pl.UInt32)
    profile = table.profile.at(position)
    deck = table.deck
    return rated_calls.with_columns(
        *classes_held(table),
        prefix=pl.lit(deck["prefix"]).gather(position),
        destination=pl.lit(deck["name"]).gather(position),
        rate_units=pl.when("priced").then(table.rate.at(table.slot(position))),
        connect_fee_units=pl.when("priced").then(table.fee_at(position, profile)),
    )


def rounded_seconds(calls: pl.LazyFrame, table: RateTable, max_duration_ms: int) -> pl.Series:
    """The calls' durations in whole seconds, before increments; 0 in grace or not answered
    (docs/rules/duration.md, "Whole seconds").
    """
    frame = _with_seconds(_with_terms(calls, table), table, max_duration_ms)
    return frame.select(_SECONDS).collect().to_series()


def _with_terms(calls: pl.LazyFrame, table: RateTable) -> pl.LazyFrame:
    """Adds the calls' positions in the deck, rates and profiles, and `priced`
    (docs/rules/cards.md, "Blocked and missing prices").
    """
    if table.index is None:
        frame = calls.with_columns(pl.lit(0, dtype=pl.UInt32).alias(_POSITION))
    else:
        key = CALLED_KEY if CALLED_KEY in calls.collect_schema() else None
        calls, key = with_routed(calls, table, key)
        frame = with_class(table.index.matched(calls, "called", _POSITION, key), table, key)
    position = pl.col(_POSITION)
    return frame.with_columns(
        table.rate.at(table.slot(position)).alias(_RATE),
        table.profile.at(position).alias(_PROFILE),
        priced=table.priced_at(position),
    )


def _short(max_duration_ms: int) -> bool:
    return max_duration_ms <= _SHORT_MS


def _with_seconds(frame: pl.LazyFrame, table: RateTable, max_duration_ms: int) -> pl.LazyFrame:
    """Adds the seconds to bill before increments: rounded; 0 within grace or not answered
    (docs/rules/duration.md, "Grace", "Free seconds" and "Unanswered calls").
    """
    dtype = pl.UInt32 if _short(max_duration_ms) else pl.Int64
    milliseconds = pl.col("duration_ms").fill_null(0).cast(dtype)  # strict: too long fails
    free_ms = table.profiles["free_ms"]
    if free_ms.maximum > 0:
        left = milliseconds.cast(pl.Int64) - free_ms.at(pl.col(_PROFILE))
        milliseconds = pl.max_horizontal(left, pl.lit(0, dtype=pl.Int64)).cast(dtype)
    frame = frame.with_columns(milliseconds.alias(_SECONDS))
    rest = pl.col(_SECONDS) % _MS
    seconds = pl.col(_SECONDS) // _MS
    match said(table.terms.duration_rounding):
        case DurationRounding.UP:
            seconds = seconds + (rest > 0).cast(dtype)
        case DurationRounding.HALF_UP:
            seconds = seconds + (rest >= _MS // 2).cast(dtype)
        case DurationRounding.HALF_DOWN:
            seconds = seconds + (rest > _MS // 2).cast(dtype)
        case DurationRounding.DOWN:
            pass
    grace_ms = table.profiles["grace_ms"]
    if grace_ms.maximum > 0:
        free = pl.col("duration_ms") <= grace_ms.at(pl.col(_PROFILE))
        seconds = pl.when(free).then(pl.lit(0, dtype=dtype)).otherwise(seconds)
    return frame.with_columns(seconds.alias(_SECONDS))


def _with_cost(frame: pl.LazyFrame, table: RateTable, max_duration_ms: int) -> pl.LazyFrame:
    """Adds `billed_seconds` and `numerator`, 0 where not priced
    (docs/rules/cost.md, "Connect fee" and "Attempt fee").
    """
    seconds = pl.UInt32 if _short(max_duration_ms) else pl.Int64
    exact = _numerator_type(table, max_duration_ms)
    profile, rate = pl.col(_PROFILE), pl.col(_RATE)
    frame = frame.with_columns(
        table.profiles["minimum_s"].at(profile).cast(seconds).alias(_MINIMUM),
        table.profiles["pulse_s"].at(profile).cast(seconds).alias(_PULSE),
        pl.when("priced").then(_SECONDS).otherwise(pl.lit(0, dtype=seconds)).alias(_SECONDS),
    )
    position, in_first = pl.col(_POSITION), pl.col(_SECONDS)
    if table.later_steps:
        second_step = table.later_steps[0].from_s.at(position).cast(seconds)
        in_first = pl.min_horizontal(in_first, second_step)
    billed = _in_increments(in_first, said(table.terms.pulse_anchor), seconds)
    parts = [billed.alias("billed_seconds")]
    parts += [
        _in_later_step(table, k, seconds).alias(f"__billed_{k}")
        for k in range(len(table.later_steps))
    ]
    frame = frame.with_columns(parts).drop(_MINIMUM, _PULSE, _SECONDS)
    cost = pl.col("billed_seconds").cast(exact) * rate.cast(exact)
    if table.times is not None and table.times.split:
        cost = _split(frame, table, exact)
    total = pl.col("billed_seconds").cast(pl.Int64)
    for k, step in enumerate(table.later_steps):
        part = pl.col(f"__billed_{k}")
        cost = cost + part.cast(exact) * step.rate.at(position).cast(exact)
        total = total + part.cast(pl.Int64)
    if table.dearest_fee > 0:
        fees = table.fee_at(position, profile)
        fee = pl.when(pl.col("billed_seconds") > 0).then(fees).otherwise(0)
        cost = cost + 60 * fee.cast(exact)
    if table.attempt_fee > 0:
        attempt = pl.lit(60 * table.attempt_fee, dtype=exact)
        cost = (
            pl.when(pl.col("duration_ms").is_null() & pl.col("priced"))
            .then(attempt)
            .otherwise(cost)
        )
    return frame.with_columns(billed_seconds=total, numerator=cost).drop(
        f"__billed_{k}" for k in range(len(table.later_steps))
    )


def _split(frame: pl.LazyFrame, table: RateTable, exact: type[pl.DataType]) -> pl.Expr:
    """The cost of the billed seconds, each second by its own band
    (docs/rules/bands.md, "Each second by its band").
    """
    assert table.times is not None
    begin, billed = answered(frame), pl.col("billed_seconds")
    free_ms = table.profiles["free_ms"]
    if free_ms.maximum > 0:  # the seconds that are paid come after those that are free
        begin = begin + pl.duration(milliseconds=free_ms.at(pl.col(_PROFILE)))
    return costs_by_second(
        table.times,
        table.rate,
        exact,
        answered_at=begin,
        billed=billed,
        position=table.of_times(pl.col(_POSITION)),
        at_first=billed.cast(exact) * pl.col(_RATE).cast(exact),
    )


def _numerator_type(table: RateTable, max_duration_ms: int) -> type[pl.Int64 | pl.Int128]:
    """Int64 if no call that passes as a duration can cost more than it holds."""
    dearest = table.numerator_bound(_SHORT_MS // _MS + 1)
    return pl.Int64 if _short(max_duration_ms) and dearest < 2**63 else pl.Int128


def _in_increments(seconds: pl.Expr, anchor: PulseAnchor, dtype: type[pl.DataType]) -> pl.Expr:
    """0, or the minimum, or the minimum and the pulses begun after it
    (docs/rules/duration.md, "Increment" and "Where pulses begin").

    With `total` pulses are counted from the start of the call.
    """
    minimum, pulse = pl.col(_MINIMUM), pl.col(_PULSE)
    match anchor:
        case PulseAnchor.MINIMUM:  # below the minimum it wraps around, and is not taken
            beyond = minimum + (seconds - minimum + pulse - 1) // pulse * pulse
        case PulseAnchor.TOTAL:
            beyond = (seconds + pulse - 1) // pulse * pulse
    return (
        pl.when(seconds > minimum)
        .then(beyond)
        .when(seconds > 0)
        .then(minimum)
        .otherwise(pl.lit(0, dtype=dtype))
    )


def _in_later_step(table: RateTable, k: int, dtype: type[pl.DataType]) -> pl.Expr:
    """The seconds billed in the k-th later step: its pulses begun
    (docs/rules/cost.md, "Rate steps").
    """
    position, seconds = pl.col(_POSITION), pl.col(_SECONDS)
    step = table.later_steps[k]
    begin, pulse = step.from_s.at(position).cast(dtype), step.pulse_s.at(position).cast(dtype)
    if k + 1 < len(table.later_steps):
        end = table.later_steps[k + 1].from_s.at(position).cast(dtype)
        seconds = pl.min_horizontal(seconds, end)
    within = pl.max_horizontal(seconds, begin) - begin
    return (within + pulse - 1) // pulse * pulse


def _cost_units(table: RateTable) -> pl.Expr:
    """The rounded cost of a call from its numerator."""
    numerator = pl.col("numerator")
    if table.tally is Tally.DAILY:
        return rounded_units(numerator, 60, Method.HALF_EVEN)
    profile = pl.col(_PROFILE)
    units, methods = table.profiles["rounding_unit"], table.profiles["rounding_method"]
    unit = units.values[0] if units.scalar else units.at(profile)
    named = [Method(name) for name in methods.values.unique().to_list()]
    cost = rounded_units(numerator, unit, named[0])
    for method in named[1:]:
        chosen = methods.at(profile) == method.value
        cost = pl.when(chosen).then(rounded_units(numerator, unit, method)).otherwise(cost)
    return _bounded(cost, table)


def _bounded(cost: pl.Expr, table: RateTable) -> pl.Expr:
    """A rounded cost, but for calls with billed seconds no less than the least, no more than the most
    (docs/rules/cost.md, "The least and the most of a call").
    """
    least, most = table.profiles["minimum_cost"], table.profiles["maximum_cost"]
    if not least.values.count() and not most.values.count():
        return cost
    profile = pl.col(_PROFILE)
    bounded = pl.min_horizontal(cost, most.at(profile))  # a null is no bound
    bounded = pl.max_horizontal(bounded, least.at(profile))
    return pl.when(pl.col("billed_seconds") > 0).then(bounded).otherwise(cost)
