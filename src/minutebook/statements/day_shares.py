"""What was posted to an account's days, shared among its calls: whole units, as one plan of columns
(docs/rules/margin.md, "Shares").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook import money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Place = tuple[str, "date"]
"""An account, or a provider, and a UTC day."""

_LARGEST = 126
"""Bits that a product of an amount and a weight may have, as Polars' Int128 wraps silently."""
_WEIGHTS = ("duration_ms", "calls")
"""By what an amount is shared where its calls have no prices: by their length, else by their number."""


def day_shares(
    found: pl.DataFrame,
    amounts: Mapping[Place, int],
    holder: str,
    weight: str,
    groups: Sequence[str],
) -> tuple[pl.DataFrame, list[Place]]:
    """The amounts of days, in units, by the groups of their calls; and the days without calls.

    `found` are sums of calls (`both_sides`), `holder` is its column of who has the amounts, `weight`
    that of what they are shared by. What comes out has `groups`, `known` and `unknown` (units, Int128),
    what falls to calls of which both sides are known, and to the others.
    """
    place = [holder, "day"]
    # Between known and unknown first: then no grouping changes what either comes to.
    sums = (
        found.lazy()
        .filter(pl.col(holder).is_not_null())
        .group_by(*place, "is_known")
        .agg(pl.col(weight, *_WEIGHTS).cast(pl.Int128).sum())
        .collect()
    )
    parts, far, without = _parts(sums, amounts, weight)
    of_parts = found.join(
        parts.rename({"holder": holder}), on=[*place, "is_known"], how="inner"
    ).with_columns(weight=_chosen(weight))
    shares = [
        _shared(of_parts.filter(~pl.col("is_far")), groups) if far else _shared(of_parts, groups)
    ]
    if far:
        shares.append(_shared_far(of_parts.filter("is_far"), groups))
    units, is_known = pl.col("units"), pl.col("is_known")
    return (
        pl.concat(shares)
        .group_by(groups)
        .agg(known=units.filter(is_known).sum(), unknown=units.filter(~is_known).sum()),
        without,
    )


def _parts(
    sums: pl.DataFrame, amounts: Mapping[Place, int], weight: str
) -> tuple[pl.DataFrame, bool, list[Place]]:
    """A row for the known and the unknown calls of each place: what they get, and by what it is shared."""
    by_place: dict[Place, dict[bool, tuple[int, ...]]] = {}
    for holder, day, is_known, *weights in sums.iter_rows():
        by_place.setdefault((holder, day), {})[is_known] = tuple(weights)
    rows: list[tuple[str, date, bool, int, int, int, int, bool]] = []
    without, far = [], False
    for place, amount in amounts.items():
        parts = by_place.get(place)
        if parts is None:
            without.append(place)
            continue
        ordered = sorted(parts.items(), reverse=True)
        # calls have a number at the least
        by = next(n for n in range(3) if any(weights[n] for _, weights in ordered))
        whole = [weights[by] for _, weights in ordered]
        of_parts = zip(ordered, money.shared(amount, whole), whole, strict=True)
        for (is_known, _), units, weighed in of_parts:
            is_far = abs(units).bit_length() + weighed.bit_length() > _LARGEST
            far = far or is_far
            rows.append((*place, is_known, by, units, weighed, len(rows), is_far))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "holder": pl.String,
        "day": sums.schema["day"],
        "is_known": pl.Boolean,
        "by": pl.Int8,
        "amount": pl.Int128,
        "whole": pl.Int128,
        "part": pl.UInt32,
        "is_far": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row"), far, without


def _chosen(weight: str) -> pl.Expr:
    own, length, number = (pl.col(name).cast(pl.Int128) for name in (weight, *_WEIGHTS))
    return (
        pl.when(pl.col("by") == 0).then(own).when(pl.col("by") == 1).then(length).otherwise(number)
    )


def _shared(rows: pl.DataFrame, groups: Sequence[str]) -> pl.DataFrame:
    """As `money.shared` shares the amount of each part, for all at once."""
    size, product = pl.col("amount").abs(), pl.col("amount").abs() * pl.col("weight")
    return (
        rows.lazy()
        .filter(pl.col("amount") != 0)
        .with_columns(share=product // pl.col("whole"))
        .with_columns(
            cut=product - pl.col("share") * pl.col("whole"),
            left=size - pl.col("share").sum().over("part"),
        )
        .sort("part", "cut", *groups, descending=[False, True, *[False] * len(groups)])
        .with_columns(turn=pl.int_range(pl.len()).over("part"))
        .select(
            *groups,
            "is_known",
            units=pl.col("amount").sign()
            * (pl.col("share") + (pl.col("turn") < pl.col("left")).cast(pl.Int128)),
        )
        .collect()
    )


def _shared_far(rows: pl.DataFrame, groups: Sequence[str]) -> pl.DataFrame:
    """As `_shared`, where figures are too great for columns of Int128."""
    found = []
    for (amount, _), part in rows.sort(*groups).group_by("amount", "part"):
        units = money.shared(amount, part["weight"].to_list())
        found.append(part.select(*groups, "is_known", units=pl.Series(units, dtype=pl.Int128)))
    return pl.concat(found)
