"""What a recipe makes of what its parents charge, prefix by prefix: exact, before anything is simplified.

Prices are whole numbers of units of 10⁻¹⁰, their means ratios of 128-bit integers; each is rounded once.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.cards.building.parent import parts_of_means
from minutebook.cards.building.parents import ROUNDINGS, positions, priced_rows
from minutebook.cards.building.rules import holding
from minutebook.cards.building.tree import above
from minutebook.cards.recipe import Combine, Require
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from minutebook.cards.building.parent import Parent
    from minutebook.cards.recipe import Recipe

_WHOLE: Final = 100_000
"""What a price is multiplied by for a percentage of three decimals to be a whole number of it."""
_NO_MOST: Final = 2**62
"""A cost that no call reaches: what a parent without a most cost has."""
_WORST: Final = {  # of a term: whether its greatest value is the worst
    "minimum_s": True, "pulse_s": True, "connect_fee": True, "rounding": True, "grace_ms": False, "free_ms": False,
    "minimum_cost": True, "maximum_cost": True,
}  # fmt: skip
_DEFAULT: Final = {
    "minimum_s": 1, "pulse_s": 1, "connect_fee": 0, "rounding": ROUNDINGS.index(money.Rounding()),
    "grace_ms": 0, "free_ms": 0, "minimum_cost": 0, "maximum_cost": _NO_MOST,
}  # fmt: skip
"""What holds where a parent that takes part says nothing and another does."""
TERM_COLUMNS: Final = tuple(_WORST)


def surface(parents: Sequence[Parent], recipe: Recipe, prefixes: pl.Series) -> pl.DataFrame:
    """What the built card charges for numbers that begin with each prefix, and no longer one of them.

    `prefixes` are distinct, and all that parents and rules have. Comes out: `prefix`, and `above`, where the longest
    stands that begins it; `name`; `status` "open", "blocked" or null (left out); `rate` in units, null unless open; the terms
    of `TERM_COLUMNS`, the worst of the parents that take part, null where all are silent; `rule`, the position
    of the rule of profit; `taking_part`, how many parents; `sum` and `parts`: their ratio is the combined price.
    """
    frame = _combined(parents, recipe, prefixes)
    rule = holding(recipe.profit, frame["prefix"]) if recipe.profit else pl.lit(None, pl.UInt8)
    return _with_profit(frame.with_columns(rule=rule), recipe)


def weights_of(recipe: Recipe) -> list[int]:
    """Each parent's weight as a whole number, as small as can be; all 1 where none is given."""
    if not recipe.weights:
        return [1] * len(recipe.parents)
    scaled = [int(recipe.weights[name] * 1000) for name in recipe.parents]
    common = gcd(*scaled)
    return [weight // common for weight in scaled]


def _combined(parents: Sequence[Parent], recipe: Recipe, prefixes: pl.Series) -> pl.DataFrame:
    """The parents one after another: who takes part, what they charge together, the worst terms."""
    prefix = prefixes.alias("prefix").to_frame().with_columns(above=above(prefixes))
    frame = prefix.with_columns(
        pl.lit(None, pl.String).alias("name"),
        digits=pl.lit(-1, pl.Int64),
        taking_part=pl.lit(0, pl.UInt8),
        blocking=pl.lit(0, pl.UInt8),
        sum=pl.lit(None, pl.Int128),
        parts=pl.lit(0, pl.Int128),
        **{name: pl.lit(None, pl.Int64) for name in TERM_COLUMNS},
        **{f"{name}_said": pl.lit(False) for name in TERM_COLUMNS},
    )
    unit = parts_of_means(parents, recipe.collapse)
    for place, (parent, weight) in enumerate(zip(parents, weights_of(recipe), strict=True)):
        rows = priced_rows(parent, recipe.collapse, unit)
        at = positions(rows, prefix)
        theirs = rows.drop("prefix")[at].rename(lambda name: f"{name}_of")
        takes = pl.col("open_of")
        nearer = (
            takes & pl.col("name_of").is_not_null() & (pl.col("digits_of") > pl.col("digits"))
        ).fill_null(value=False)
        frame = frame.hstack(theirs).with_columns(
            pl.when(nearer).then("name_of").otherwise("name").alias("name"),
            pl.when(nearer).then("digits_of").otherwise("digits").alias("digits"),
            *_joined(recipe.combine, weight),
            *(_worse(name) for name in TERM_COLUMNS),
            *(
                (pl.col(f"{name}_said") | (takes & pl.col(f"{name}_of").is_not_null())).alias(
                    f"{name}_said"
                )
                for name in TERM_COLUMNS
            ),
            taking_part=pl.col("taking_part") + takes.cast(pl.UInt8),
            blocking=pl.col("blocking") + pl.col("blocked_of").cast(pl.UInt8),
            **({f"rate_{place}": pl.col("rate_of")} if recipe.combine is Combine.NTH else {}),
        )
        frame = frame.drop(theirs.columns)
    return _settled(frame, recipe).with_columns(pl.col("parts") * unit)


def _joined(combine: Combine, weight: int) -> list[pl.Expr]:
    """The combined price with one parent more, as `sum` / `parts`."""
    rate = pl.col("rate_of").cast(pl.Int128)
    match combine:
        case Combine.MIN:
            return [
                pl.min_horizontal("sum", rate).alias("sum"),
                pl.lit(1, pl.Int128).alias("parts"),
            ]
        case Combine.MAX:
            return [
                pl.max_horizontal("sum", rate).alias("sum"),
                pl.lit(1, pl.Int128).alias("parts"),
            ]
        case Combine.NTH:
            return []
    more = pl.when("open_of").then(pl.lit(weight, pl.Int128)).otherwise(pl.lit(0, pl.Int128))
    added = pl.when("open_of").then(pl.col("sum").fill_null(0) + rate * weight).otherwise("sum")
    return [added.alias("sum"), (pl.col("parts") + more).alias("parts")]


def _worse(name: str) -> pl.Expr:
    """A term with one parent more; what it does not say is the default."""
    theirs = pl.when("open_of").then(pl.col(f"{name}_of").cast(pl.Int64).fill_null(_DEFAULT[name]))
    horizontal = pl.max_horizontal if _WORST[name] else pl.min_horizontal
    return horizontal(name, theirs).alias(name)


def _settled(frame: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """Whether a prefix is sold; the n-th price; terms that nobody says are silent."""
    count = len(recipe.parents)
    needed = count if recipe.require is Require.ALL else 1
    status = (
        pl.when(pl.col("taking_part") >= needed)
        .then(pl.lit("open"))
        .when((pl.col("taking_part") == 0) & (pl.col("blocking") > 0))
        .then(pl.lit("blocked"))
    )
    if recipe.combine is Combine.NTH:
        assert recipe.nth is not None
        rates = pl.concat_list(f"rate_{place}" for place in range(count)).list.drop_nulls()
        which = pl.min_horizontal(pl.col("taking_part").cast(pl.Int64), recipe.nth) - 1
        nth = rates.list.sort().list.get(which.clip(lower_bound=0), null_on_oob=True)
        frame = frame.with_columns(sum=nth.cast(pl.Int128), parts=pl.lit(1, pl.Int128))
    silent = [
        pl.when(pl.col(f"{name}_said") & (pl.col(name) < _NO_MOST)).then(name).alias(name)
        for name in TERM_COLUMNS
    ]
    return frame.with_columns(status=status).select(
        "prefix", "above", "name", "status", "taking_part", "sum", "parts", *silent
    )


def _with_profit(frame: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """The combined price with what the rule puts on it, capped, then rounded once."""
    rules = recipe.profit

    def of_rule(key: str) -> pl.Expr:
        amounts = [_whole(key, getattr(rule, key)) for rule in rules]
        values = pl.Series([*amounts, None], dtype=pl.Int128)
        return pl.lit(values).gather(pl.col("rule").fill_null(len(rules)).cast(pl.UInt32))

    total, parts = pl.col("sum") * _WHOLE, pl.col("parts") * _WHOLE
    frame = frame.with_columns(
        **{
            f"__{key}": of_rule(key)
            for key in ("percent", "add", "price", "floor", "ceiling", "cap")
        },
        __total=total,
        __parts=parts,
    )
    parts = pl.col("__parts")
    put_on = pl.coalesce(
        pl.col("sum") * pl.col("__percent"),
        pl.col("__add") * parts,
        pl.col("__price") * parts - pl.col("__total"),
        pl.lit(0, pl.Int128),
    )
    put_on = pl.max_horizontal(put_on, pl.col("__floor") * parts)
    put_on = pl.min_horizontal(put_on, pl.col("__ceiling") * parts)
    sold = pl.col("status") == "open"
    frame = frame.with_columns(__sale=pl.when(sold).then(pl.col("__total") + put_on))
    below = frame.filter(pl.col("__sale") < 0)
    if below.height:
        raise InputError(
            f"profit: the price of {below['prefix'][0]} would be below 0; mend its rule of profit"
        )
    dear = (pl.col("__sale") > pl.col("__cap") * parts).fill_null(value=False)
    frame = frame.with_columns(status=pl.when(dear).then(pl.lit("blocked")).otherwise("status"))
    step = 10 ** (money.SCALE - recipe.rounding.decimals)
    rounded = money.rounded_units(
        60 * pl.col("__sale"), 60 * step * parts, recipe.rounding.effective_method
    )
    rate = pl.when(pl.col("status") == "open").then(rounded // parts)
    frame = frame.with_columns(rate=rate)
    limit = money.PRICE_LIMIT * money.UNITS
    beyond = frame.filter(pl.col("rate") >= limit)
    if beyond.height:
        raise InputError(
            f"the price of {beyond['prefix'][0]} would be {money.PRICE_LIMIT:,} or more; mend its rule of profit"
        )
    own = [name for name in frame.columns if name.startswith("__")]
    return frame.drop(own).with_columns(pl.col("rate").cast(pl.Int64))


def _whole(key: str, amount: Decimal | None) -> int | None:
    """An amount of a rule in units; a percentage in parts of `_WHOLE`."""
    if amount is None:
        return None
    return int(amount * _WHOLE // 100) if key == "percent" else money.units(amount)
