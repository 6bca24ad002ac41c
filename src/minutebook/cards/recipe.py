"""How a sale card is built: from which cards, combined how, with which profit, rounding and terms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from minutebook.cards.tariff import Terms
from minutebook.errors import InputError
from minutebook.money import Method, Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction

_T = TypeVar("_T")

MOST_PARENTS = 50
"""A recipe has at most so many."""
MOST_OPEN = 3
"""A pattern has at most so many open digits: it stands for a thousand prefixes then."""
EXACT = Rounding(Method.NONE)
"""What holds where a recipe does not round: ten decimals are kept."""


class Combine(StrEnum):
    """What is made of the parents' prices (docs/rules/building.md, "Combine")."""

    MIN = "min"
    MAX = "max"
    AVG = "avg"
    WEIGHTED = "weighted"
    NTH = "nth"


class Collapse(StrEnum):
    """What is made of a parent's prices of several bands (docs/rules/building.md, "Collapse")."""

    MIN = "min"
    MAX = "max"
    AVG = "avg"
    KEEP = "keep"
    """They stay apart (docs/rules/building.md, "Classes that are kept")."""


class Require(StrEnum):
    """How many parents must have a price (docs/rules/building.md, "Parents that take part")."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ProfitRule:
    """What is put on the combined price of some prefixes; without any of them, of all others.

    At most one of `percent`, `add` and `price` says it; `floor` and `ceiling` bound what is put on, and what
    would then cost more than `cap` is blocked. Amounts are in the card's currency, a minute.
    """

    prefixes: tuple[str, ...] = ()
    """Of numbers that begin so."""
    patterns: tuple[str, ...] = ()
    """As prefixes, where `?` is any digit."""
    countries: tuple[str, ...] = ()
    """Of countries, by their two letters."""
    percent: Decimal | None = None
    """So many per cent of the combined price."""
    add: Decimal | None = None
    """So much on the combined price."""
    price: Decimal | None = None
    """This price, whatever the parents charge."""
    floor: Decimal | None = None
    """At least so much is put on."""
    ceiling: Decimal | None = None
    """At most so much is put on."""
    cap: Decimal | None = None
    """What would cost more is blocked."""

    def digits(self) -> Iterator[tuple[str, int]]:
        """The prefixes that it names, each with how many of its digits a pattern leaves open."""
        for prefix in self.prefixes:
            yield prefix, 0
        for pattern in self.patterns:
            parts = pattern.split("?")
            for filling in product("0123456789", repeat=len(parts) - 1):
                digits = "".join(
                    f"{part}{digit}" for part, digit in zip(parts, filling, strict=False)
                )
                yield digits + parts[-1], len(parts) - 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sale card is made of other cards, its parents."""

    parents: tuple[str, ...]
    """The names of the cards that it is built from."""
    combine: Combine = Combine.MIN
    """What is made of their prices; of one parent it is that one's."""
    weights: dict[str, Decimal] = field(default_factory=dict)
    """Under `weighted`, each parent's."""
    nth: int | None = None
    """Under `nth`, which of the prices, the cheapest being 1."""
    require: Require = Require.ANY
    """Whether one parent with a price is enough."""
    profit: tuple[ProfitRule, ...] = ()
    """What is put on; the most specific holds."""
    rounding: Rounding = EXACT
    """Of the price itself."""
    terms: Terms = field(default_factory=Terms)
    """What the card says of increments, fees and rounding; where silent, the worst of the parents."""
    collapse: Collapse | None = None
    """What is made of a parent's prices in several bands; None: a parent with some is refused."""
    minutes: tuple[date, date] | None = None
    """Under `weighted`, the first and the last UTC day of the calls whose minutes weigh; None: `weights` are given."""


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """What a revision was built from: the numbers of its parents' revisions, by name, and the recipe of then."""

    revisions: dict[str, int]
    recipe: Recipe
    fx: dict[str, Fraction] = field(default_factory=dict)
    """Of each parent in another currency: how many of the card's one of its is."""


def check_recipe(recipe: Recipe) -> Recipe:
    """The recipe, if it says one thing of each price; `InputError` where not."""
    parents = recipe.parents
    if not parents:
        raise InputError("from: it names no card to build from; name one or more")
    if len(parents) > MOST_PARENTS:
        raise InputError(f"from: it names {len(parents)} cards; name at most {MOST_PARENTS}")
    if twice := _twice(parents):
        raise InputError(f"from: card {twice!r} is there twice; keep one")
    _check_combine(recipe)
    _check_profit(recipe.profit)
    return recipe


def _check_combine(recipe: Recipe) -> None:
    nth = recipe.combine is Combine.NTH
    _check_weights(recipe)
    if not nth and recipe.nth is not None:
        raise InputError('n: only combine = "nth" has it; leave it out')
    if nth and recipe.nth is None:
        raise InputError("n: which of the prices, the cheapest being 1, is missing; add it")
    if recipe.nth is not None and recipe.nth > len(recipe.parents):
        raise InputError(
            f"n: {recipe.nth} is more than the {len(recipe.parents)} cards of from; write a smaller one"
        )


def _check_weights(recipe: Recipe) -> None:
    weighted, minutes = recipe.combine is Combine.WEIGHTED, recipe.minutes
    for key, said in (("weights", recipe.weights), ("minutes", minutes)):
        if said and not weighted:
            raise InputError(f'{key}: only combine = "weighted" has them; leave them out')
    if minutes is not None:
        if recipe.weights:
            raise InputError("weights: they are given, and minutes would say them too; keep one")
        if minutes[0] > minutes[1]:
            raise InputError("minutes: to is before from; write a later day")
    elif weighted and (missing := [name for name in recipe.parents if name not in recipe.weights]):
        raise InputError(f"weights: card {missing[0]!r} has none; add it, or say minutes")
    if other := [name for name in recipe.weights if name not in recipe.parents]:
        raise InputError(f"weights: card {other[0]!r} is none of from; take it out")


def _check_profit(rules: tuple[ProfitRule, ...]) -> None:
    for rule in rules:
        where = [kind for kind in (rule.prefixes, rule.patterns, rule.countries) if kind]
        if len(where) > 1:
            raise InputError(
                "profit: a rule has prefixes, patterns or countries; make it two rules"
            )
        if sum(one is not None for one in (rule.percent, rule.add, rule.price)) > 1:
            raise InputError("profit: a rule has one of percent, add and price; keep one")
        if rule == ProfitRule(rule.prefixes, rule.patterns, rule.countries):
            raise InputError("profit: a rule says nothing; write percent, add or price")
        if rule.floor is not None and rule.ceiling is not None and rule.floor > rule.ceiling:
            raise InputError("profit: floor is above ceiling; write a floor that is not")
    if sum(not (r.prefixes or r.patterns or r.countries) for r in rules) > 1:
        raise InputError("profit: two rules are for all other prefixes; keep one")
    if twice := _twice(country for rule in rules for country in rule.countries):
        raise InputError(f"profit: country {twice} has two rules; keep one")
    if wrong := _twice(digits for rule in rules for digits in set(rule.digits())):
        prefix, opened = wrong
        of = (
            f"two patterns, neither more specific, hold for {prefix}"
            if opened
            else f"prefix {prefix} has two rules"
        )
        raise InputError(f"profit: {of}; keep one")


def _twice(values: Iterable[_T]) -> _T | None:
    """The first of the values that is there twice."""
    return next((value for value, count in Counter(values).items() if count > 1), None)
