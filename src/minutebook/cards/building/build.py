"""A built card's deck: the surface of its recipe, simplified, as rows and terms that can be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.building.class_prices import as_rates
from minutebook.cards.building.kept import in_kept, kept_classes
from minutebook.cards.building.parents import ROUNDINGS, worst_terms
from minutebook.cards.building.rules import named_digits
from minutebook.cards.building.simplify import simplified
from minutebook.cards.building.surface import TERM_COLUMNS, surface, term_columns
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.tariff import Increment, Terms
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from minutebook.cards.building.parent import Parent
    from minutebook.cards.recipe import Recipe


@dataclass(frozen=True, slots=True)
class BuiltDeck:
    """A deck that was built: its rows (DECK_SCHEMA, by prefix) and what the card says for all of them."""

    rows: pl.DataFrame
    terms: Terms


def built_deck(parents: Sequence[Parent], recipe: Recipe) -> BuiltDeck:
    """What a recipe makes of its parents, in the order of the recipe (docs/rules/building.md, "Build").

    `InputError` where a parent prices in a way that cannot be combined, or a price is out of range.
    """
    classes = kept_classes(parents, recipe)
    names = () if classes is None else classes.names
    if classes is not None:
        parents = [in_kept(parent, classes) for parent in parents]
    rows = simplified(stated_surface(parents, recipe, all_prefixes(parents, recipe), names), names)
    if rows.is_empty():
        raise InputError("nothing is left: no prefix has the prices that the recipe requires")
    terms = replace(worst_terms(parents, recipe.terms), bands=classes)
    return _folded(as_rates(rows, names) if names else rows, terms)


def all_prefixes(parents: Sequence[Parent], recipe: Recipe) -> pl.Series:
    """Every prefix at which a parent's price or the rule of profit may change (docs/rules/building.md, "Normalise")."""
    named = pl.Series("prefix", list(named_digits(recipe.profit)), dtype=pl.String)
    return pl.concat([*(parent.rows["prefix"] for parent in parents), named]).unique().sort()


def stated_surface(
    parents: Sequence[Parent], recipe: Recipe, prefixes: pl.Series, names: Sequence[str] = ()
) -> pl.DataFrame:
    """As `surface`, without the terms that the recipe states: the card says them for all rows."""
    stated = recipe.terms
    silent = {
        "minimum_s": stated.increment, "pulse_s": stated.increment, "rounding": stated.rounding,
        **{name: getattr(stated, name) for name in TERM_COLUMNS if hasattr(stated, name) and name != "rounding"},
    }  # fmt: skip
    return surface(parents, recipe, prefixes, names).with_columns(
        pl.lit(None, pl.Int64).alias(name)
        for name, term in term_columns(names).items()
        if silent[term] is not None
    )


def _folded(rows: pl.DataFrame, terms: Terms) -> BuiltDeck:
    """The rows as a deck; what all of them say is said by the card."""
    sold = rows.filter(pl.col("status") == "open").select(TERM_COLUMNS)
    alike = {
        name: sold[name][0]
        for name in TERM_COLUMNS
        if sold.height and sold[name].n_unique() == 1 and sold[name][0] is not None
    }
    if not {"minimum_s", "pulse_s"} <= alike.keys():
        alike = {
            name: value for name, value in alike.items() if name not in ("minimum_s", "pulse_s")
        }

    def amount(name: str) -> Decimal | None:
        return money.decimal_of_units(alike[name]) if name in alike else None

    card = Terms(
        increment=Increment(alike["minimum_s"], alike["pulse_s"]) if "pulse_s" in alike else None,
        rounding=ROUNDINGS[alike["rounding"]] if "rounding" in alike else None,
        grace_ms=alike.get("grace_ms"),
        free_ms=alike.get("free_ms"),
        connect_fee=amount("connect_fee"),
        minimum_cost=amount("minimum_cost"),
        maximum_cost=amount("maximum_cost"),
    )
    rows = rows.with_columns(pl.lit(None, pl.Int64).alias(name) for name in alike)
    place = pl.col("rounding").cast(pl.UInt32)
    methods = pl.Series([rounding.method.value for rounding in ROUNDINGS])
    precisions = pl.Series([rounding.precision for rounding in ROUNDINGS], dtype=pl.Int8)
    rows = rows.with_columns(
        rounding_method=pl.lit(methods).gather(place),
        rounding_precision=pl.lit(precisions).gather(place),
    )
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in DECK_SCHEMA.items()
        if name not in rows.columns
    ]
    deck = rows.with_columns(missing).select(
        pl.col(name).cast(dtype) for name, dtype in DECK_SCHEMA.items()
    )
    return BuiltDeck(deck.sort("prefix"), terms.over(card))
