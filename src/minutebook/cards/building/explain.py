"""Why a built card charges what it charges for a number: which parents, which rule, which rounding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.building.build import all_prefixes, stated_surface
from minutebook.cards.building.parent import parts_of_means
from minutebook.cards.building.parents import priced_rows
from minutebook.cards.recipe import EXACT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from minutebook.cards.building.parent import Parent
    from minutebook.cards.recipe import ProfitRule, Recipe


@dataclass(frozen=True, slots=True)
class ParentPrice:
    """What a parent charges for a number."""

    card: str
    """Its name."""
    revision: int
    """The revision that the card was built from."""
    prefix: str | None
    """The longest of its prefixes that begins the number; None: none does."""
    name: str | None
    """Of the destination."""
    rate: Decimal | None
    """A minute, of its bands together, in the built card's currency; None: it blocks it, or has no price."""


@dataclass(frozen=True, slots=True)
class PriceMaking:
    """How the price of a number is made (docs/rules/building.md, "Build")."""

    parents: tuple[ParentPrice, ...]
    """What each parent charges, in the order of the recipe."""
    status: str | None
    """"open", "blocked", or None: it is left out."""
    combined: Fraction | None
    """What is made of the parents' prices, a minute; None: too few take part."""
    rule: ProfitRule | None
    """The rule of profit that holds; None: none does."""
    rate: Decimal | None
    """The price a minute, rounded; None unless it is open."""


def price_making(parents: Sequence[Parent], recipe: Recipe, number: str) -> PriceMaking:
    """How a recipe makes the price of a number, or of a prefix, by the same computation as the card."""
    begins = pl.lit(number).str.starts_with(pl.col("prefix"))
    near = [replace(parent, rows=parent.rows.filter(begins)) for parent in parents]
    told = tuple(_theirs(parent, recipe) for parent in near)
    prefixes = all_prefixes(near, recipe).alias("prefix").to_frame().filter(begins)["prefix"]
    if not len(prefixes):
        return PriceMaking(told, None, None, None, None)
    row = stated_surface(near, recipe, prefixes).row(-1, named=True)  # sorted: the longest
    units, parts = row["sum"], row["parts"]
    enough = row["taking_part"] and row["status"] is not None
    return PriceMaking(
        told,
        row["status"],
        Fraction(units, parts * money.UNITS) if enough else None,
        None if row["rule"] is None else recipe.profit[row["rule"]],
        None if row["rate"] is None else money.decimal_of_units(row["rate"]),
    )


def _theirs(parent: Parent, recipe: Recipe) -> ParentPrice:
    if parent.rows.is_empty():
        return ParentPrice(parent.card, parent.revision, None, None, None)
    parts = parts_of_means([parent], recipe.collapse)
    longest = replace(parent, rows=parent.rows.sort("prefix").tail(1))
    row = priced_rows(longest, recipe.collapse, parts).row(0, named=True)
    units = row["rate"]
    rate = None if units is None else EXACT.of(Fraction(units, parts * money.UNITS))
    return ParentPrice(parent.card, parent.revision, row["prefix"], row["name"], rate)
