"""What a parent charges for prefixes: the price, and the terms that it comes with."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.cards.building.class_prices import each_class, of_class, with_class_prices
from minutebook.cards.building.kept import by_routing_number
from minutebook.cards.building.parent import collapsed, exchanged, exchanged_terms
from minutebook.cards.building.tree import handed_down
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.recipe import Collapse
from minutebook.cards.tariff import DEFAULT_TERMS, DurationRounding, Increment, PulseAnchor, Terms
from minutebook.errors import InputError
from minutebook.money import SCALE, Method, Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.cards.building.parent import Parent

_COMBINED: Final = frozenset(DECK_SCHEMA) & {
    "prefix", "name", "rate", "connect_fee", "minimum_s", "pulse_s", "rounding_method",
    "rounding_precision", "grace_ms", "status", "free_ms", "minimum_cost", "maximum_cost", "rates",
}  # fmt: skip
"""The columns of a deck that building understands; a deck that says another is refused."""
_STATED: Final = frozenset(field.name for field in fields(Terms)) & {
    "increment", "connect_fee", "attempt_fee", "grace_ms", "duration_rounding", "rounding", "pulse_anchor", "free_ms",
    "minimum_cost", "maximum_cost", "bands",
}  # fmt: skip
"""The terms of a card that it understands."""


def _harm(rounding: Rounding) -> tuple[Decimal, Decimal, int]:
    """How a rounding can harm who pays by it: the most that it adds, the least that it takes off."""
    step = Decimal(1).scaleb(-rounding.decimals)
    match rounding.effective_method:
        case Method.UP:
            return step, Decimal(0), 0
        case Method.DOWN:
            return Decimal(0), -step, 0
        case method:
            halves = [Method.HALF_DOWN, Method.HALF_EVEN, Method.HALF_UP]
            return step / 2, -step / 2, halves.index(method)


ROUNDINGS: Final = sorted(
    (
        Rounding(method, precision)
        for method, precision in product(Method, range(SCALE + 1))
        if method is not Method.NONE or precision == SCALE
    ),
    key=_harm,
)
"""Every rounding of a cost, from what harms who pays least to what harms them most
(docs/rules/building.md, "Terms").
"""
_DURATIONS: Final = [
    DurationRounding.DOWN,
    DurationRounding.HALF_DOWN,
    DurationRounding.HALF_UP,
    DurationRounding.UP,
]
_RANKS: Final = pl.DataFrame(
    {
        "method": [r.method.value for r in ROUNDINGS if r.method is not Method.NONE],
        "precision": [r.precision for r in ROUNDINGS if r.method is not Method.NONE],
        "rank": [n for n, r in enumerate(ROUNDINGS) if r.method is not Method.NONE],
    },
    schema={"method": pl.String(), "precision": pl.Int8(), "rank": pl.UInt8()},
)
_NONE_RANK: Final = next(n for n, r in enumerate(ROUNDINGS) if r.method is Method.NONE)


def priced_rows(
    parent: Parent, collapse: Collapse | None, parts: int, names: Sequence[str] = ()
) -> pl.DataFrame:
    """A parent's rows by what each says, its card's word where it is silent; null where both are.

    prefix, name, `digits` of the prefix, `open` and `blocked` Boolean, `rate` in units × `parts` (Int128), `minimum_s`, `pulse_s`, `connect_fee`,
    `minimum_cost`, `maximum_cost`, `grace_ms`, `free_ms` and `rounding`, a position in `ROUNDINGS`. With `names`, of classes that are
    kept, `rate NAME` and `connect_fee NAME` of each instead (Int64). One row more stands for no prefix.
    `InputError` where it prices in a way that cannot be combined.
    """
    _understood(parent, collapse)
    parent = exchanged(parent)
    if names:
        rows = with_class_prices(parent.rows, names, parent.terms.connect_fee)
        parent = replace(parent, rows=rows)
    else:
        parent = collapsed(parent, collapse, parts)
    terms, increment = parent.terms, parent.terms.increment
    said = pl.any_horizontal(pl.col("minimum_s", "pulse_s").is_not_null())
    default = increment or Increment()
    minimum = pl.coalesce("minimum_s", pl.max_horizontal("pulse_s", default.minimum_s))
    pulse = pl.col("pulse_s").fill_null(default.pulse_s)
    stated = pl.lit(increment is not None) | said
    kept = terms.rounding or money.Rounding()
    rows = parent.rows.join(
        _RANKS,
        left_on=[
            pl.col("rounding_method").fill_null(kept.method.value),
            pl.col("rounding_precision").fill_null(kept.precision),
        ],
        right_on=["method", "precision"],
        how="left",
        maintain_order="left",
    )
    rounds = pl.any_horizontal(pl.col("rounding_method", "rounding_precision").is_not_null())
    is_open = pl.col("status") == "open"
    found = rows.select(
        "prefix",
        "name",
        pl.col("prefix").str.len_bytes().cast(pl.Int64).alias("digits"),
        *(
            pl.when(is_open).then(rate).alias(rate)
            for rate in (of_class("rate", name) for name in each_class(names))
        ),
        is_open.alias("open"),
        (pl.col("status") == "blocked").alias("blocked"),
        pl.when(stated).then(minimum).cast(pl.Int32).alias("minimum_s"),
        pl.when(stated).then(pulse).cast(pl.Int32).alias("pulse_s"),
        *(
            pl.coalesce(column, pl.lit(_units(getattr(terms, name)), pl.Int64)).alias(column)
            for name in ("connect_fee", "minimum_cost", "maximum_cost")
            for column in (
                [of_class(name, one) for one in each_class(names)]
                if name == "connect_fee"
                else [name]
            )
        ),
        pl.coalesce("grace_ms", pl.lit(terms.grace_ms, pl.Int64)).alias("grace_ms"),
        pl.coalesce("free_ms", pl.lit(terms.free_ms, pl.Int64)).alias("free_ms"),
        pl.when(rounds | pl.lit(terms.rounding is not None))
        .then(pl.col("rank").fill_null(_NONE_RANK))
        .alias("rounding"),
    )
    nothing = pl.DataFrame([{"open": False, "blocked": False}], schema=found.schema)
    return pl.concat([found, nothing])


def _units(amount: Decimal | None) -> int | None:
    return None if amount is None else money.units(amount)


def positions(rows: pl.DataFrame, prefixes: pl.DataFrame) -> pl.Series:
    """Where in `priced_rows` the price of each prefix stands: its own row's, or that of the longest above it;
    the last row's where there is none. `prefixes`, with `above`, has all that the rows have.
    """
    own = rows.head(rows.height - 1).select("prefix").with_row_index("own")
    found = prefixes.join(own, on="prefix", how="left", maintain_order="left")["own"]
    return handed_down(found, prefixes["above"], rows.height - 1)


def _understood(parent: Parent, collapse: Collapse | None) -> None:
    """`InputError` where a row or the card says what is not combined here: dropped, it would be lost money."""
    wrong = []
    banded = parent.rows.filter(pl.col("rates").is_not_null())
    if banded.height and collapse is None:
        raise InputError(
            f"card {parent.card!r} prices {banded['prefix'][0]} by bands, and the recipe does not say what becomes of them:"
            f" say collapse, one of {', '.join(Collapse)}, or take it out of from"
        )
    if by_routing_number(parent.terms.bands) and collapse is not Collapse.KEEP:
        raise InputError(
            f'card {parent.card!r} prices ported numbers by their routing numbers, and so must the built card: say collapse = "{Collapse.KEEP}",'
            " or take it out of from"
        )
    for name in parent.rows.columns:
        told = parent.rows.filter(pl.col(name).is_not_null()) if name not in _COMBINED else None
        if told is not None and told.height:
            wrong.append(f"prices {told['prefix'][0]} by {name}")
    for field in fields(Terms):
        silent = getattr(DEFAULT_TERMS, field.name), None
        if field.name not in _STATED and getattr(parent.terms, field.name) not in silent:
            wrong.append(f"says {field.name}")
    if wrong:
        raise InputError(
            f"card {parent.card!r} {wrong[0]}, which cannot be combined; take it out of from"
        )


def worst_terms(parents: Sequence[Parent], stated: Terms) -> Terms:
    """What a built card says for all of its rows of that which no row says: the worst of all parents
    (docs/rules/building.md, "Terms"). None where all are silent.
    """
    told = [exchanged_terms(parent) for parent in parents]
    fees = [terms.attempt_fee for terms in told if terms.attempt_fee is not None]
    roundings = [terms.duration_rounding for terms in told]
    worst = None
    if any(roundings):
        default = DurationRounding.UP
        worst = max((one or default for one in roundings), key=_DURATIONS.index)
    return stated.over(
        Terms(
            attempt_fee=max(fees, default=None),
            duration_rounding=worst,
            pulse_anchor=_anchor(parents) if stated.pulse_anchor is None else None,
        )
    )


def _anchor(parents: Sequence[Parent]) -> PulseAnchor | None:
    """Where the parents count pulses from: they must agree, as neither way is always the dearer."""
    anchors = [parent.terms.pulse_anchor for parent in parents]
    if not any(anchors):
        return None
    if len({anchor or PulseAnchor.MINIMUM for anchor in anchors}) > 1:
        raise InputError(
            "its parents count pulses from different places, and neither is always the dearer;"
            ' say terms = { pulse_anchor = "minimum" } or "total"'
        )
    return anchors[0] or PulseAnchor.MINIMUM
