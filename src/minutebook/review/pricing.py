"""Why another side's price of a call is not ours: its increment, rate, connect fee, or rounding. Pure.

Calls of one prefix are priced alike, so one cause is looked for that explains most of them, then one
for the rest. Their price is taken to be fee + rate x billed seconds / 60, each part ours or another;
parts of which intervals of rounding leave open are the shortest decimals in them. All in whole units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INCREMENTS: Final = (
    (1, 1), (6, 6), (30, 6), (60, 6), (60, 1), (30, 1), (30, 30), (60, 60), (12, 6), (10, 10), (20, 20),
)  # fmt: skip
"""Increments in use, minimum and pulse in seconds."""

_MOST: Final = 0.5  # of a group's calls that a cause must explain
_EACH_CHANGE: Final = 0.05  # so much less convincing is a cause with one change more
_SAMPLE: Final = 60  # calls of a group that are looked at
_ROUNDS: Final = 3
_EXTREMES: Final = 3  # longest and shortest calls that a line is laid through
_SIXTY: Final = 60
_GROUP: Final = ["prefix", "rate_units", "connect_fee_units"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How they price a group of calls where they do not price as we do; None: as we do.

    `increment` is minimum and pulse in seconds; `rate_units` a minute, `fee_units` a call.
    """

    increment: tuple[int, int] | None = None
    rate_units: int | None = None
    fee_units: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Calls of a prefix at our rate and fee that they price by other terms; `units`: ours less theirs."""

    prefix: str
    rate_units: int
    fee_units: int
    terms: Terms
    calls: int
    units: int


@dataclass(frozen=True, slots=True)
class Priced:
    """`differences`: columns `ours`, `theirs`, `difference`, `units` (ours less theirs).

    `decimals` are how many the amounts that are rounded otherwise have, ours and theirs.
    """

    differences: pl.DataFrame
    changes: list[Change]
    decimals: tuple[int, int] | None


def pricing(pairs: pl.DataFrame, unexplained: str) -> Priced:
    """Why their amount is not our price of their duration, for each of the pairs.

    Columns `ours`, `theirs`, `repriced`, `units_theirs`, `duration_ms_theirs`, and of our price at their
    duration `numerator` (unrounded, in money.NUMERATOR_UNITS), `rate_units`, `connect_fee_units`,
    `billed_seconds` and `prefix`. Values between two roundings of their last decimal count as equal.
    """
    decimals = _decimals(pairs["units_theirs"])
    ulp = 10 ** (money.SCALE - decimals) * _SIXTY
    seconds = -(-pl.col("duration_ms_theirs") // 1000)
    frame = pairs.with_columns(
        pl.col("prefix").fill_null(""),
        pl.col("numerator", "rate_units", "connect_fee_units").fill_null(0),
        pl.col("billed_seconds").fill_null(seconds),
        price=pl.col("units_theirs") * _SIXTY,
        seconds=seconds,
    )
    near = (pl.col("price") - pl.col("numerator")).abs() < ulp
    differences = [_all_of(frame.filter(near), "rounding")]
    changes: list[Change] = []
    left = frame.filter(~near)
    for _ in range(_ROUNDS):
        found = _terms_of(left, ulp)
        if found.is_empty():
            break
        told = left.join(found, on=_GROUP, how="left", nulls_equal=True)
        told = _repriced(told).with_columns(
            fits=((pl.col("price") - pl.col("after_connect_fee")).abs() < 2 * ulp) & pl.col("told")
        )
        fits = pl.col("fits").fill_null(value=False)
        explained = told.filter(fits)
        differences += _steps(explained)
        changes += _changes(explained)
        left = told.filter(~fits).select(left.columns)
    differences.append(_all_of(left, unexplained))
    rounded = frame.filter(near)["repriced"]
    both = (_decimals(rounded), decimals) if rounded.len() else None
    return Priced(pl.concat(differences), changes, both)


def _terms_of(left: pl.DataFrame, ulp: int) -> pl.DataFrame:
    """The terms by which most calls of a group can be explained, a row a group that has some."""
    sample = (
        left.select(*_GROUP, "price", "seconds", "billed_seconds")
        .filter(pl.int_range(pl.len()).over(_GROUP) < _SAMPLE)
        .group_by(_GROUP, maintain_order=True)
        .all()
    )
    rows = []
    for prefix, rate, fee, prices, seconds, billed in sample.iter_rows():
        terms = terms_of(prices, seconds, billed, rate, fee * _SIXTY, ulp)
        if terms is not None:
            minimum, pulse = terms.increment or (None, None)
            rows.append(
                (prefix, rate, fee, minimum, pulse, terms.rate_units, terms.fee_units, True)
            )
    schema = {
        **{name: left.schema[name] for name in _GROUP},
        **dict.fromkeys(("minimum_s", "pulse_s", "their_rate", "their_fee"), pl.Int64()),
        "told": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def terms_of(
    prices: Sequence[int],
    seconds: Sequence[int],
    billed: Sequence[int],
    rate: int,
    fee: int,
    ulp: int,
) -> Terms | None:
    """The terms by which most of these calls can be explained, the simplest of equals; None of none.

    `prices`, `fee` and `ulp` (their last decimal) are in sixtieths of a unit, `rate` in units a minute;
    `billed` are the seconds that our increment makes of `seconds`.
    """
    own = tuple(billed)
    ways: dict[tuple[int, ...], tuple[int, int] | None] = {own: None}
    for minimum, pulse in INCREMENTS:
        ways.setdefault(tuple(_billed(s, minimum, pulse) for s in seconds), (minimum, pulse))
    best: tuple[float, Terms] | None = None
    for way, increment in ways.items():
        for terms, calls in _fitting(prices, way, rate, fee, ulp):
            changed = sum(
                part is not None for part in (increment, terms.rate_units, terms.fee_units)
            )
            share = calls / len(prices)
            score = share - _EACH_CHANGE * changed
            if changed and share >= _MOST and (best is None or score > best[0]):
                best = score, Terms(increment, terms.rate_units, terms.fee_units)
    return best[1] if best else None


def _fitting(
    prices: Sequence[int], billed: Sequence[int], rate: int, fee: int, ulp: int
) -> Iterable[tuple[Terms, int]]:
    """Ways to price these billed seconds, with how many of the calls each explains."""
    calls = list(zip(prices, billed, strict=True))
    yield Terms(), sum(abs(p - fee - rate * b) < ulp for p, b in calls)
    if len(set(billed)) > 1:
        other_fee, explained = _fee(calls, rate, ulp)
        yield Terms(fee_units=other_fee), explained
    other_rate, explained = _rate(calls, fee, ulp)
    if other_rate is not None:
        yield Terms(rate_units=other_rate), explained
    if len(set(billed)) > 2:  # noqa: PLR2004 - two points are on a line always
        yield from _lines(calls, ulp)


def _fee(calls: list[tuple[int, int]], rate: int, ulp: int) -> tuple[int, int]:
    """The fee in units that explains most calls at a rate, and how many."""
    most, low, high = most_in_common(
        [(p - rate * b - ulp + 1, p - rate * b + ulp - 1) for p, b in calls]
    )
    return shortest(-(-low // _SIXTY), high // _SIXTY), most


def _rate(calls: list[tuple[int, int]], fee: int, ulp: int) -> tuple[int | None, int]:
    """The rate in units a minute that explains most calls at a fee, and how many."""
    bounds = [(-(-(p - fee - ulp + 1) // b), (p - fee + ulp - 1) // b) for p, b in calls if b]
    if not bounds:
        return None, 0
    most, low, high = most_in_common([(low, max(low, high)) for low, high in bounds])
    return shortest(low, high), most


def _lines(calls: list[tuple[int, int]], ulp: int) -> Iterable[tuple[Terms, int]]:
    """Another rate with another fee: a line through long and short calls."""
    by_length = sorted(calls, key=lambda call: call[1])
    for short in by_length[:_EXTREMES]:
        for long in by_length[-_EXTREMES:]:
            if long[1] > short[1]:
                slope = (long[0] - short[0]) // (long[1] - short[1])
                fee, _ = _fee(calls, slope, 4 * ulp)
                rate, explained = _rate(calls, fee * _SIXTY, ulp)
                yield Terms(rate_units=rate, fee_units=fee), explained


def most_in_common(intervals: list[tuple[int, int]]) -> tuple[int, int, int]:
    """The most intervals (both ends included) that have a value in common, and where they have it."""
    ends = sorted([(low, 0) for low, _ in intervals] + [(high, 1) for _, high in intervals])
    most, inside, begin, end = 0, 0, ends[0][0], ends[0][0]
    for n, (value, closes) in enumerate(ends):
        inside += -1 if closes else 1
        if inside > most:
            most, begin, end = inside, value, ends[n + 1][0]
    return most, begin, end


def shortest(low: int, high: int) -> int:
    """The amount with the fewest decimals from `low` to `high`, in money.UNITS."""
    for decimals in range(money.SCALE + 1):
        unit = 10 ** (money.SCALE - decimals)
        value: int = -(-low // unit) * unit
        if value <= high:
            return value
    return low


def _billed(seconds: int, minimum: int, pulse: int) -> int:
    return max(0, minimum + -(-max(0, seconds - minimum) // pulse) * pulse) if seconds else 0


_STEPS: Final = {"increment": "minimum_s", "rate": "their_rate", "connect_fee": "their_fee"}
"""In this order the terms are changed from ours to theirs; and the column that says they are."""


def _repriced(told: pl.DataFrame) -> pl.DataFrame:
    """Our price after each of the steps, in sixtieths of a unit: `after_increment` and so on."""
    past = (pl.col("seconds") - pl.col("minimum_s")).clip(lower_bound=0)
    other = pl.col("minimum_s") - (-past // pl.col("pulse_s")) * pl.col("pulse_s")
    other = pl.when(pl.col("seconds") > 0).then(other).otherwise(0)
    billed = pl.coalesce(other, "billed_seconds")
    rate = pl.coalesce("their_rate", "rate_units")
    fee = pl.col("connect_fee_units") * _SIXTY
    return told.with_columns(
        after_increment=fee + pl.col("rate_units") * billed,
        after_rate=fee + rate * billed,
        after_connect_fee=pl.coalesce(pl.col("their_fee") * _SIXTY, fee) + rate * billed,
    )


def _steps(explained: pl.DataFrame) -> list[pl.DataFrame]:
    """What each of the changes makes, one after the other; the last has what rounding leaves."""
    parts = []
    before = pl.col("repriced")
    for n, (name, column) in enumerate(_STEPS.items()):
        changed = pl.col(column).is_not_null()
        later = [pl.col(other).is_not_null() for other in list(_STEPS.values())[n + 1 :]]
        after = (pl.col(f"after_{name}") + _SIXTY // 2) // _SIXTY
        reached = pl.when(pl.any_horizontal(*later, False)).then(after).otherwise("units_theirs")
        made = explained.filter(changed).select(
            "ours", "theirs", difference=pl.lit(name), units=before - reached
        )
        parts.append(made)
        before = pl.when(changed).then(after).otherwise(before)
    return parts


def _changes(explained: pl.DataFrame) -> list[Change]:
    terms = ["minimum_s", "pulse_s", "their_rate", "their_fee"]
    groups = explained.group_by(*_GROUP, *terms).agg(
        calls=pl.len(), units=(pl.col("repriced") - pl.col("units_theirs")).sum()
    )
    return [
        Change(prefix, rate, fee, Terms(minimum and (minimum, pulse), *other), calls, units)
        for prefix, rate, fee, minimum, pulse, *other, calls, units in groups.iter_rows()
    ]


def _all_of(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    return pairs.select(
        "ours",
        "theirs",
        difference=pl.lit(name),
        units=pl.col("repriced") - pl.col("units_theirs"),
    )


def _decimals(units: pl.Series) -> int:
    """How many decimals these amounts have."""
    for decimals in range(money.SCALE):
        if (units % 10 ** (money.SCALE - decimals) == 0).all():
            return decimals
    return money.SCALE
