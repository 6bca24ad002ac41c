"""What a recipe makes of what its parents charge, prefix by prefix: exact, before anything is simplified.

Prices are whole numbers of units of 10⁻¹⁰, their means ratios of 128-bit integers; each is rounded once.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.cards.building.class_prices import each_class, of_class
from minutebook.cards.building.parent import parts_of_means
from minutebook.cards.building.parents import ROUNDINGS, positions, priced_rows
from minutebook.cards.building.rules import holding
from minutebook.cards.building.tree import above
from minutebook.cards.recipe import Combine, Require
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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


def surface(
    parents: Sequence[Parent], recipe: Recipe, prefixes: pl.Series, names: Sequence[str] = ()
) -> pl.DataFrame:
    """What the built card charges for numbers that begin with each prefix, and no longer one of them.

    `prefixes` are distinct, and all that parents and rules have. Comes out: `prefix`, and `above`, where the longest
    stands that begins it; `name`; `status` "open", "blocked" or null (left out); `rate` in units, null unless open; the terms
    of `TERM_COLUMNS`, the worst of the parents that take part, null where all are silent; `rule`, the position
    of the rule of profit; `taking_part`, how many parents; `sum` and `parts`: their ratio is the combined price; `above_cap`, whether it
    is blocked for that. With `names`, the classes that are kept, there are `rate`, `connect_fee`, `sum` and `above_cap` of each, as `of_class`
    names them; what is above the cap in one is blocked in all (docs/rules/building.md, "Classes that are kept").
    """
    unit = parts_of_means(parents, recipe.collapse)
    rows = [priced_rows(parent, recipe.collapse, unit, names) for parent in parents]
    prefix = prefixes.alias("prefix").to_frame().with_columns(above=above(prefixes))
    at = [positions(one, prefix) for one in rows]
    frame = _taking_part(rows, at, recipe, prefix, term_columns(names))
    rule = holding(recipe.profit, frame["prefix"]) if recipe.profit else pl.lit(None, pl.UInt8)
    frame = frame.with_columns(pl.col("parts") * unit, rule=rule)
    dear, classes = pl.Series([False]).new_from_index(0, frame.height), each_class(names)
    for name in classes:
        rates = [
            one[of_class("rate", name)][place].cast(pl.Int128).alias(f"__{n}")
            for n, (one, place) in enumerate(zip(rows, at, strict=True))
        ]
        combined = _combined(recipe, [rate.name for rate in rates])
        total = frame.select("taking_part").hstack(rates).select(combined).to_series()
        rate, above_cap = _with_profit(frame.with_columns(sum=total), recipe, name)
        frame = frame.with_columns(
            total.alias(of_class("sum", name)), rate, above_cap.alias(of_class("above_cap", name))
        )
        dear |= above_cap
    is_open = pl.col("status") == "open"
    frame = frame.with_columns(status=pl.when(dear).then(pl.lit("blocked")).otherwise("status"))
    return frame.with_columns(
        pl.when(is_open).then(rate).alias(rate) for rate in (of_class("rate", n) for n in classes)
    )


def term_columns(names: Sequence[str]) -> dict[str, str]:
    """The terms of a surface: each column, and which of `TERM_COLUMNS` it is; fees are of each class."""
    fees = [of_class("connect_fee", name) for name in each_class(names)]
    others = [name for name in TERM_COLUMNS if name != "connect_fee"]
    return dict.fromkeys(fees, "connect_fee") | {name: name for name in others}


def weights_of(recipe: Recipe) -> list[int]:
    """Each parent's weight as a whole number, as small as can be; all 1 where none is given."""
    if not recipe.weights:
        return [1] * len(recipe.parents)
    scaled = [int(recipe.weights[name] * 1000) for name in recipe.parents]
    common = gcd(*scaled)
    return [weight // common for weight in scaled]


def _taking_part(
    rows: Sequence[pl.DataFrame],
    at: Sequence[pl.Series],
    recipe: Recipe,
    prefix: pl.DataFrame,
    terms: Mapping[str, str],
) -> pl.DataFrame:
    """The parents one after another: who takes part, of how many parts their price is, the worst terms."""
    frame = prefix.with_columns(
        pl.lit(None, pl.String).alias("name"),
        digits=pl.lit(-1, pl.Int64),
        taking_part=pl.lit(0, pl.UInt8),
        blocking=pl.lit(0, pl.UInt8),
        parts=pl.lit(0, pl.Int128),
        **{name: pl.lit(None, pl.Int64) for name in terms},
        **{f"__said {name}": pl.lit(False) for name in terms},
    )
    wanted = ["name", "digits", "open", "blocked", *terms]
    for one, place, weight in zip(rows, at, weights_of(recipe), strict=True):
        theirs = one.select(wanted)[place].rename(lambda name: f"__of {name}")
        takes = pl.col("__of open")
        nearer = (
            takes & pl.col("__of name").is_not_null() & (pl.col("__of digits") > pl.col("digits"))
        ).fill_null(value=False)
        frame = frame.hstack(theirs).with_columns(
            pl.when(nearer).then("__of name").otherwise("name").alias("name"),
            pl.when(nearer).then("__of digits").otherwise("digits").alias("digits"),
            *(_worse(name, term) for name, term in terms.items()),
            *(
                (pl.col(f"__said {name}") | (takes & pl.col(f"__of {name}").is_not_null())).alias(
                    f"__said {name}"
                )
                for name in terms
            ),
            taking_part=pl.col("taking_part") + takes.cast(pl.UInt8),
            blocking=pl.col("blocking") + pl.col("__of blocked").cast(pl.UInt8),
            parts=pl.col("parts") + takes.cast(pl.Int128) * weight,
        )
        frame = frame.drop(theirs.columns)
    return _settled(frame, recipe, terms)


def _combined(recipe: Recipe, rates: Sequence[str]) -> pl.Expr:
    """What is made of the parents' prices, a column each, null where one takes no part (`taking_part`: how many do): the sum, of `parts`."""
    match recipe.combine:
        case Combine.MIN:
            return pl.min_horizontal(rates)
        case Combine.MAX:
            return pl.max_horizontal(rates)
        case Combine.NTH:
            assert recipe.nth is not None
            there = pl.concat_list(rates).list.drop_nulls()
            which = pl.min_horizontal(pl.col("taking_part").cast(pl.Int64), recipe.nth) - 1
            return there.list.sort().list.get(which.clip(lower_bound=0), null_on_oob=True)
    weighted = zip(rates, weights_of(recipe), strict=True)
    return pl.sum_horizontal(pl.col(rate) * weight for rate, weight in weighted)


def _worse(name: str, term: str) -> pl.Expr:
    """A column of a term with one parent more; what it does not say is the default."""
    theirs = pl.when("__of open").then(
        pl.col(f"__of {name}").cast(pl.Int64).fill_null(_DEFAULT[term])
    )
    horizontal = pl.max_horizontal if _WORST[term] else pl.min_horizontal
    return horizontal(name, theirs).alias(name)


def _settled(frame: pl.DataFrame, recipe: Recipe, terms: Mapping[str, str]) -> pl.DataFrame:
    """Whether a prefix is sold; of how many parts; terms that nobody says are silent."""
    needed = len(recipe.parents) if recipe.require is Require.ALL else 1
    status = (
        pl.when(pl.col("taking_part") >= needed)
        .then(pl.lit("open"))
        .when((pl.col("taking_part") == 0) & (pl.col("blocking") > 0))
        .then(pl.lit("blocked"))
    )
    if recipe.combine in (Combine.MIN, Combine.MAX, Combine.NTH):
        frame = frame.with_columns(parts=pl.lit(1, pl.Int128))
    silent = [
        pl.when(pl.col(f"__said {name}") & (pl.col(name) < _NO_MOST)).then(name).alias(name)
        for name in terms
    ]
    return frame.with_columns(status=status).select(
        "prefix", "above", "name", "status", "taking_part", "parts", *silent
    )


def _with_profit(
    frame: pl.DataFrame, recipe: Recipe, name: str | None
) -> tuple[pl.Series, pl.Series]:
    """The combined price of a class with what the rule puts on it, rounded once; and whether it is above the cap."""
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
    step = 10 ** (money.SCALE - recipe.rounding.decimals)
    rounded = money.rounded_units(
        60 * pl.col("__sale"), 60 * step * parts, recipe.rounding.effective_method
    )
    frame = frame.select("prefix", rate=pl.when(~dear).then(rounded // parts), dear=dear)
    limit = money.PRICE_LIMIT * money.UNITS
    beyond = frame.filter(pl.col("rate") >= limit)
    if beyond.height:
        raise InputError(
            f"the price of {beyond['prefix'][0]} would be {money.PRICE_LIMIT:,} or more; mend its rule of profit"
        )
    return frame["rate"].cast(pl.Int64).alias(of_class("rate", name)), frame["dear"]


def _whole(key: str, amount: Decimal | None) -> int | None:
    """An amount of a rule in units; a percentage in parts of `_WHOLE`."""
    if amount is None:
        return None
    return int(amount * _WHOLE // 100) if key == "percent" else money.units(amount)
