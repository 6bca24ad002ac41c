"""Why a side's price of a call is not what our cards say: increment, rate, connect fee, or rounding. Pure.

Calls of one prefix are priced alike, so one cause is looked for that explains most of them, then one
for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from minutebook import money
from minutebook.disputes.causes.other_terms import Cut, OtherTerms, other_terms

_SAMPLE: Final = 60  # calls of a group that are looked at
_ROUNDS: Final = 3
_SIXTY: Final = 60
_USUAL: Final = 0.95  # of the amounts that have no more decimals
_GROUP: Final = ["prefix", "price_class", "rate_units", "connect_fee_units", "answered"]
_TERMS: Final = {
    "minimum_s": pl.Int64(), "pulse_s": pl.Int64(), "their_rate": pl.Int64(), "their_fee": pl.Int64(),
    "cut": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallsOnOtherTerms:
    """Calls of a prefix at our rate and fee that they price by other terms; `units`: ours less theirs.

    `price_class`: the band, jurisdiction, origin or caller's prefix whose rate it is; empty: the card has none.
    """

    prefix: str
    price_class: str
    rate_units: int
    fee_units: int
    answered: bool
    terms: OtherTerms
    calls: int
    units: int


@dataclass(frozen=True, slots=True)
class Pricing:
    """`differences`: columns `ours`, `theirs`, `difference`, `units` (ours less theirs).

    `decimals` are how many the amounts that are rounded otherwise have, ours and theirs.
    """

    differences: pl.DataFrame
    changes: list[CallsOnOtherTerms]
    decimals: tuple[int, int] | None


def pricing(pairs: pl.DataFrame, decimals: int, unexplained: str) -> Pricing:
    """Why their amount is not our price of their duration, for each of the pairs.

    Columns `ours`, `theirs`, `repriced`, `units_theirs`, `duration_ms_theirs`, `alike` (the amounts agree to
    their last decimal), and of our price at their duration `numerator` (unrounded, in
    money.NUMERATOR_UNITS), `rate_units`, `connect_fee_units`, `billed_seconds`, `prefix` and `price_class`. `decimals` as of
    `usual_decimals` of their amounts: values between two roundings of the last one count as equal.
    """
    length = pl.col("duration_ms_theirs")
    seconds = -(-length // 1000)
    frame = pairs.with_columns(
        pl.col("prefix", "price_class").fill_null(""),
        pl.col("numerator", "rate_units", "connect_fee_units").fill_null(0),
        pl.col("billed_seconds").fill_null(seconds),
        price=pl.col("units_theirs") * _SIXTY,
        ulp=_last_place(pl.col("units_theirs"), decimals) * _SIXTY,
        seconds=seconds,
        answered=length > 0,
    )
    ulp = pl.col("ulp")
    near = ((pl.col("price") - pl.col("numerator")).abs() < ulp) | pl.col("alike")
    near |= pl.col("units_theirs") == pl.col("repriced")  # as a least or a most of a call makes it
    rounded, left = frame.filter(near), frame.filter(~near)
    parts: list[pl.DataFrame] = []
    changes: list[CallsOnOtherTerms] = []
    for _ in range(_ROUNDS):
        found = _terms_of(left)
        if found.is_empty():
            break
        fitting = []
        for calls in (left, rounded):
            told = _repriced(calls.join(found, on=_GROUP, how="left", nulls_equal=True))
            fits = ((pl.col("price") - pl.col("after_connect_fee")).abs() < 2 * ulp) & pl.col(
                "told"
            )
            fits = fits.fill_null(value=False) & ~pl.col("alike")
            fitting.append((told.filter(fits), told.filter(~fits).select(frame.columns)))
        (explained, left), (also, rounded) = fitting
        explained = pl.concat([explained, also])
        parts += _steps(explained)
        changes += _changes(explained)
    parts += [_all_of(rounded, "rounding"), _all_of(left, unexplained)]
    both = (usual_decimals(rounded["repriced"]), decimals) if rounded.height else None
    return Pricing(pl.concat(parts), changes, both)


def usual_decimals(units: pl.Series) -> int:
    """How many decimals amounts have, but for a few of them; amounts of nothing say nothing."""
    some = units.filter(units != 0)
    if some.is_empty():
        return money.SCALE
    for decimals in range(money.SCALE):
        if _has(some, decimals) >= _USUAL:
            return decimals
    return money.SCALE


def _has(units: pl.Series, decimals: int) -> float:
    """The share of amounts that need no more decimals."""
    return float((units % 10 ** (money.SCALE - decimals) == 0).mean() or 0)


def _last_place(units: pl.Expr, decimals: int) -> pl.Expr:
    """The unit of an amount's last decimal: the usual one, or of its own if it has more."""
    place: pl.Expr = pl.lit(1, pl.Int64)
    for more in range(money.SCALE, decimals - 1, -1):
        worth = 10 ** (money.SCALE - more)
        place = pl.when(units % worth == 0).then(pl.lit(worth, pl.Int64)).otherwise(place)
    return place


def _terms_of(left: pl.DataFrame) -> pl.DataFrame:
    """The terms by which most calls of a group can be explained, a row a group that has some."""
    columns = ["price", "duration_ms_theirs", "billed_seconds", "ulp"]
    sample = (
        left.select(*_GROUP, *columns)
        .filter(pl.int_range(pl.len()).over(_GROUP) < _SAMPLE)
        .group_by(_GROUP, maintain_order=True)
        .all()
    )
    rows = []
    for *group, prices, lengths_ms, billed, ulps in sample.iter_rows():
        _, _, rate, fee, _ = group
        terms = other_terms(prices, lengths_ms, billed, rate, fee * _SIXTY, max(ulps))
        if terms is not None:
            minimum, pulse = terms.increment or (None, None)
            rows.append(
                (*group, minimum, pulse, terms.rate_units, terms.fee_units, terms.cut, True)
            )
    schema = {**{name: left.schema[name] for name in _GROUP}, **_TERMS, "told": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row")


_STEPS: Final = {
    "rounding": "cut",
    "increment": "minimum_s",
    "rate": "their_rate",
    "connect_fee": "their_fee",
}
"""In this order the terms are changed from ours to theirs; and the column that says they are."""


def _repriced(told: pl.DataFrame) -> pl.DataFrame:
    """Our price after each of the steps, in sixtieths of a unit: `after_increment` and so on."""
    past = (pl.col("seconds") - pl.col("minimum_s")).clip(lower_bound=0)
    other = pl.col("minimum_s") - (-past // pl.col("pulse_s")) * pl.col("pulse_s")
    other = pl.when(pl.col("seconds") > 0).then(other).otherwise(0)
    half = pl.when(pl.col("cut") == Cut.NEAREST.value).then(500).otherwise(0)
    cut = pl.when(pl.col("cut").is_not_null()).then((pl.col("duration_ms_theirs") + half) // 1000)
    billed = pl.coalesce(other, cut, "billed_seconds")
    rate = pl.coalesce("their_rate", "rate_units")
    fee = pl.col("connect_fee_units") * _SIXTY
    return told.with_columns(
        after_rounding=fee + pl.col("rate_units") * billed,
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


def _changes(explained: pl.DataFrame) -> list[CallsOnOtherTerms]:
    groups = explained.group_by(*_GROUP, *_TERMS).agg(
        calls=pl.len(), units=(pl.col("repriced") - pl.col("units_theirs")).sum()
    )
    return [
        CallsOnOtherTerms(
            row["prefix"],
            row["price_class"],
            row["rate_units"],
            row["connect_fee_units"],
            row["answered"],
            OtherTerms(
                None if row["minimum_s"] is None else (row["minimum_s"], row["pulse_s"]),
                row["their_rate"],
                row["their_fee"],
                row["cut"] and Cut(row["cut"]),
            ),
            row["calls"],
            row["units"],
        )
        for row in groups.iter_rows(named=True)
    ]


def _all_of(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    return pairs.select(
        "ours",
        "theirs",
        difference=pl.lit(name),
        units=pl.col("repriced") - pl.col("units_theirs"),
    )
