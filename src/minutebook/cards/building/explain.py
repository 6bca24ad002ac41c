"""Why a built card charges what it charges for a number: which parents, which rule, which rounding."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.building.build import all_prefixes, stated_surface
from minutebook.cards.building.class_prices import each_class, of_class
from minutebook.cards.building.kept import in_kept, kept_classes
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
    """A minute, of its bands together, in the built card's currency; None: it blocks it, or has no price, or has it by `rates`."""
    rates: dict[str, Decimal] = field(default_factory=dict)
    """Its price in each class that the built card keeps; empty where it is one price, or none."""


@dataclass(frozen=True, slots=True)
class ClassMaking:
    """How the price in one class is made, where the built card keeps classes."""

    name: str
    """Of the class: a band, a jurisdiction, an origin, a caller's prefix."""
    combined: Fraction
    """What is made of the parents' prices, a minute."""
    rate: Decimal | None
    """The price a minute, rounded; None where it is blocked."""
    above_cap: bool
    """Whether it would be above the cap, for which the prefix is blocked in every class."""


@dataclass(frozen=True, slots=True)
class PriceMaking:
    """How the price of a number is made (docs/rules/building.md, "Build")."""

    parents: tuple[ParentPrice, ...]
    """What each parent charges, in the order of the recipe."""
    status: str | None
    """"open", "blocked", or None: it is left out."""
    combined: Fraction | None
    """What is made of the parents' prices, a minute; None: too few take part, or it is by `classes`."""
    rule: ProfitRule | None
    """The rule of profit that holds; None: none does."""
    rate: Decimal | None
    """The price a minute, rounded; None unless it is open, and where it is by `classes`."""
    classes: tuple[ClassMaking, ...] = ()
    """The same of each class that the card keeps; empty where it keeps none, or too few take part."""


def price_making(parents: Sequence[Parent], recipe: Recipe, number: str) -> PriceMaking:
    """How a recipe makes the price of a number, or of a prefix, by the same computation as the card."""
    kept = kept_classes(parents, recipe)
    names = () if kept is None else kept.names
    begins = pl.lit(number).str.starts_with(pl.col("prefix"))
    near = [replace(parent, rows=parent.rows.filter(begins)) for parent in parents]
    if kept is not None:
        near = [in_kept(parent, kept) for parent in near]
    told = tuple(_theirs(parent, recipe, names) for parent in near)
    prefixes = all_prefixes(near, recipe).alias("prefix").to_frame().filter(begins)["prefix"]
    if not len(prefixes):
        return PriceMaking(told, None, None, None, None)
    row = stated_surface(near, recipe, prefixes, names).row(-1, named=True)  # sorted: the longest
    enough = row["taking_part"] and row["status"] is not None

    def made(name: str | None) -> tuple[Fraction | None, Decimal | None]:
        units, rate = row[of_class("sum", name)], row[of_class("rate", name)]
        return (
            Fraction(units, row["parts"] * money.UNITS) if enough else None,
            None if rate is None else money.decimal_of_units(rate),
        )

    of_all = [made(name) for name in each_class(names)]
    combined, rate = of_all[0] if len(set(of_all)) == 1 else (None, None)
    classes = (
        ClassMaking(name, one, charged, row[of_class("above_cap", name)])
        for name, (one, charged) in zip(names, of_all, strict=False)
        if one is not None
    )
    rule = None if row["rule"] is None else recipe.profit[row["rule"]]
    return PriceMaking(told, row["status"], combined, rule, rate, tuple(classes))


def _theirs(parent: Parent, recipe: Recipe, names: Sequence[str]) -> ParentPrice:
    if parent.rows.is_empty():
        return ParentPrice(parent.card, parent.revision, None, None, None)
    parts = parts_of_means([parent], recipe.collapse)
    longest = replace(parent, rows=parent.rows.sort("prefix").tail(1))
    row = priced_rows(longest, recipe.collapse, parts, names).row(0, named=True)
    of_all = [
        EXACT.of(Fraction(units, parts * money.UNITS))
        for name in each_class(names)
        if (units := row[of_class("rate", name)]) is not None
    ]
    one = of_all[0] if len(set(of_all)) == 1 else None
    rates = {} if one is not None else dict(zip(names, of_all, strict=False))
    return ParentPrice(parent.card, parent.revision, row["prefix"], row["name"], one, rates)
