"""A built card charges each number what its recipe makes of what each parent charges for that number."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, region_code_for_number

from minutebook import money
from minutebook.cards.bands import Bands, BandTime
from minutebook.cards.building.build import all_prefixes, built_deck, stated_surface
from minutebook.cards.building.changes import class_changes, largest_moves, price_changes
from minutebook.cards.building.class_prices import of_class
from minutebook.cards.building.kept import in_kept, together
from minutebook.cards.building.parent import Parent
from minutebook.cards.building.parents import ROUNDINGS
from minutebook.cards.callers import Callers
from minutebook.cards.combined import Combined
from minutebook.cards.countries import country_codes, numbering_plans
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.recipe import (
    EXACT,
    Collapse,
    Combine,
    ProfitRule,
    Recipe,
    Require,
    check_recipe,
)
from minutebook.cards.tariff import DurationRounding, Increment, Terms
from minutebook.errors import InputError
from minutebook.money import Method, Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from minutebook.cards.classes import PriceClasses

Row = dict[str, Any]
PREFIXES = st.text("145", min_size=1, max_size=4)
NUMBERS = st.text("1457", min_size=1, max_size=6)
units = st.integers(0, 10**8)
PRICES = st.integers(0, 40).map(lambda n: Decimal(n) / 1000) | st.decimals(0, 9, places=10)
TERMS = ("minimum_s", "pulse_s", "connect_fee", "rounding", "grace_ms", "free_ms", "minimum_cost", "maximum_cost")  # fmt: skip


def deck(rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as a deck: what they leave out is null, amounts as units."""
    full = [
        {
            **dict.fromkeys(DECK_SCHEMA),
            "status": "open",
            **{k: money.units(v) if isinstance(v, Decimal) else v for k, v in row.items()},
        }
        for row in rows
    ]
    return pl.DataFrame(full, schema=DECK_SCHEMA).sort("prefix")


ROUND = st.builds(Rounding, st.sampled_from(Method), st.integers(0, 6))
SAID = st.fixed_dictionaries(
    {},
    optional={
        "minimum_s": st.integers(1, 60),
        "pulse_s": st.integers(1, 60),
        "connect_fee": PRICES,
        "grace_ms": st.integers(0, 3000),
        "free_ms": st.integers(0, 3000),
        "rounding_method": st.sampled_from([method.value for method in Method]),
        "rounding_precision": st.integers(0, 6),
    },
)
CARD = st.builds(
    Terms,
    increment=st.none() | st.builds(Increment, st.integers(1, 60), st.integers(1, 60)),
    connect_fee=st.none() | PRICES,
    grace_ms=st.none() | st.integers(0, 3000),
    rounding=st.none() | ROUND,
    duration_rounding=st.none() | st.sampled_from(DurationRounding),
    attempt_fee=st.none() | PRICES,
    minimum_cost=st.none() | st.decimals(0, 1, places=3),
    maximum_cost=st.none() | st.decimals(2, 3, places=3),
)


EXCHANGE = st.just(Fraction(1)) | st.fractions(Fraction(1, 9), 9, max_denominator=1000)
MON, TUE = BandTime("mon", ("mon",)), BandTime("tue", ("tue",))
BANDS = [Bands("UTC", (MON, BandTime("rest"))), Bands("UTC", (MON, TUE, BandTime("rest")))]


@st.composite
def in_bands(draw: st.DrawFn, names: Sequence[str]) -> Row:
    """Prices of a row in some of the bands; the row's own stays, where one is left out it counts."""
    said = [
        {"band": name, "rate": draw(units), "connect_fee": draw(st.none() | units)}
        for name in names
        if draw(st.booleans())
    ]
    return {"rates": said} if said else {}


STATES = Jurisdictions(states="a")
KEPT = [
    [BANDS[0]],
    [BANDS[1], replace(BANDS[1], times=BANDS[1].times[::-1])],
    [STATES],
    [Origins(("GB",), ("US",), "b"), Callers(("44", "4420"))],
    [BANDS[0], STATES, Combined((BANDS[0], STATES))],
]


@st.composite
def parents_(draw: st.DrawFn, classes: Sequence[PriceClasses] = tuple(BANDS)) -> list[Parent]:
    found = []
    for name in "abc"[: draw(st.integers(1, 3))]:
        rows = []
        for prefix in draw(st.lists(PREFIXES, min_size=1, max_size=8, unique=True)):
            if draw(st.integers(0, 4)) == 0:
                rows.append({"prefix": prefix, "status": "blocked"})
            else:
                rows.append({"prefix": prefix, "rate": draw(PRICES), **draw(SAID)})
        bands = draw(st.sampled_from([None, *classes]))
        if bands:
            rows = [row | draw(in_bands(bands.names)) if "rate" in row else row for row in rows]
        terms = replace(draw(st.just(Terms()) | CARD), bands=bands)
        found.append(Parent(name, 1, deck(rows), terms, draw(EXCHANGE)))
    return found


@st.composite
def profits(draw: st.DrawFn) -> tuple[ProfitRule, ...]:
    digits = st.lists(PREFIXES, max_size=3, unique=True)
    wheres: list[Row] = [{}]
    wheres += [{"prefixes": (prefix,)} for prefix in draw(digits)]
    patterns = st.sampled_from(["4?", "?4", "1?5", "??4", "44?1"])
    wheres += [{"patterns": (pattern,)} for pattern in draw(st.sets(patterns, max_size=1))]
    wheres += [
        {"countries": (country,)} for country in draw(st.sets(st.sampled_from(["GB", "US"])))
    ]
    how = st.fixed_dictionaries({"percent": st.decimals(-50, 200, places=3)}) | st.fixed_dictionaries(
        {"add": st.decimals(0, 1, places=4)}
    ) | st.fixed_dictionaries({"price": PRICES})  # fmt: skip
    bounds = st.fixed_dictionaries(
        {}, optional={"floor": st.decimals("-0.001", "0.01", places=4), "cap": PRICES}
    )
    bounds |= st.fixed_dictionaries({"ceiling": st.decimals("0.01", 1, places=4)})
    return tuple(
        ProfitRule(**where, **draw(how), **draw(bounds)) for where in wheres if draw(st.booleans())
    )


@st.composite
def recipes(
    draw: st.DrawFn,
    parents: list[Parent],
    collapses: Sequence[Collapse] = (Collapse.MIN, Collapse.MAX, Collapse.AVG),
) -> Recipe:
    names = tuple(parent.card for parent in parents)
    combine = draw(st.sampled_from(Combine))
    weights = {name: Decimal(draw(st.integers(1, 5000))) / 1000 for name in names}
    terms = st.sampled_from(
        [Terms(), Terms(increment=Increment(1, 1)), Terms(connect_fee=Decimal(1), rounding=EXACT)]
    )
    return check_recipe(
        Recipe(
            names,
            combine,
            weights if combine is Combine.WEIGHTED else {},
            draw(st.integers(1, len(names))) if combine is Combine.NTH else None,
            draw(st.sampled_from(Require)),
            draw(profits()),
            draw(ROUND | st.just(EXACT)),
            draw(terms),
            draw(st.sampled_from(collapses)),
        )
    )


@dataclass
class Slow:
    """What the recipe makes of one number, in fractions, by the letter of the rules."""

    parents: list[Parent]
    recipe: Recipe
    names: Sequence[str | None] = (None,)

    def __post_init__(self) -> None:
        self.rows = [
            {row["prefix"]: row for row in p.rows.iter_rows(named=True)} for p in self.parents
        ]

    def price(self, number: str, name: str | None = None) -> tuple[str | None, Decimal | None, Row]:
        """ "open", "blocked" or None; the price, in a class that is kept; the worst terms of those that take part."""
        theirs = [self.longest(rows, number) for rows in self.rows]
        takes = [n for n, row in enumerate(theirs) if row is not None and row["status"] == "open"]
        needed = len(self.parents) if self.recipe.require is Require.ALL else 1
        if len(takes) < needed:
            blocks = any(row is not None and row["status"] == "blocked" for row in theirs)
            return "blocked" if blocks and not takes else None, None, {}
        sales = {
            one: self.profit(
                number, self.combined({n: self.collapsed(n, theirs[n], one) for n in takes})
            )
            for one in self.names
        }
        if None in sales.values():
            return "blocked", None, {}
        terms = self.terms([(n, theirs[n], self.parents[n].terms) for n in takes], name)
        return "open", self.recipe.rounding.of(sales[name]), terms

    def exchanged(self, place: int, units: int | None) -> int | None:
        exact = None if units is None else units * self.parents[place].exchange
        return None if exact is None else round(exact)  # of a Fraction: halves to the even

    def banded(
        self, place: int, row: Row, amount: str, default: int | None, name: str | None
    ) -> list[int | None]:
        """Of each class that the name is of; a card none of whose rows says a class has one price in all."""
        bands = self.parents[place].terms.bands
        if bands is None or not self.parents[place].rows["rates"].count():
            return [default]
        told = {one["band"]: one[amount] for one in row["rates"] or ()}
        here = [
            told.get(band)
            for band in bands.names
            if name is None or {*band.split()} <= {*name.split()}
        ]
        return [default if units is None else units for units in here]

    def collapsed(self, place: int, row: Row, name: str | None) -> Fraction:
        each = self.banded(place, row, "rate", row["rate"], name)
        prices = [Fraction(self.exchanged(place, units), money.UNITS) for units in each]
        match self.recipe.collapse:
            case Collapse.KEEP:
                return prices[0]
            case Collapse.MIN:
                return min(prices)
            case Collapse.MAX:
                return max(prices)
        return sum(prices, Fraction(0)) / len(prices)

    def said(
        self, place: int, name: str, row: Row, card: Decimal | int | None, of: str | None
    ) -> int | None:
        of_card = money.units(card) if isinstance(card, Decimal) else card
        value = of_card if row[name] is None else row[name]
        if name == "connect_fee":
            fees = self.banded(place, row, name, value, of)
            value = max((fee for fee in fees if fee is not None), default=None)
        return value if name.endswith("_ms") else self.exchanged(place, value)

    @staticmethod
    def longest(rows: dict[str, Row], number: str) -> Row | None:
        begins = [prefix for prefix in rows if number.startswith(prefix)]
        return rows[max(begins, key=len)] if begins else None

    def combined(self, rates: dict[int, Fraction]) -> Fraction:
        ordered = sorted(rates.values())
        match self.recipe.combine:
            case Combine.MIN:
                return ordered[0]
            case Combine.MAX:
                return ordered[-1]
            case Combine.AVG:
                return sum(ordered, Fraction(0)) / len(ordered)
            case Combine.NTH:
                assert self.recipe.nth
                return ordered[min(self.recipe.nth, len(ordered)) - 1]
        weights = {n: Fraction(self.recipe.weights[self.parents[n].card]) for n in rates}
        return sum(rates[n] * w for n, w in weights.items()) / sum(weights.values())

    def profit(self, number: str, cost: Fraction) -> Fraction | None:
        rule = self.rule(number)
        if rule is None:
            return cost
        margin = Fraction(0)
        if rule.percent is not None:
            margin = cost * Fraction(rule.percent) / 100
        if rule.add is not None:
            margin = Fraction(rule.add)
        if rule.price is not None:
            margin = Fraction(rule.price) - cost
        if rule.floor is not None:
            margin = max(margin, Fraction(rule.floor))
        if rule.ceiling is not None:
            margin = min(margin, Fraction(rule.ceiling))
        if cost + margin < 0:
            raise InputError("below 0")
        return None if rule.cap is not None and cost + margin > rule.cap else cost + margin

    def rule(self, number: str) -> ProfitRule | None:
        """The rule with the longest digits, a country's before those as long as its code, fewer ? before more."""
        known = {p for rows in self.rows for p in rows} | {
            digits for rule in self.recipe.profit for digits, _ in rule.digits()
        }
        prefix = max((p for p in known if number.startswith(p)), key=len)
        country, code = (column[0] for column in country_codes(pl.Series([prefix])))
        best: tuple[tuple[int, int, int], ProfitRule] | None = None
        for rule in self.recipe.profit:
            ranks = [(len(d), 0, -opened) for d, opened in rule.digits() if number.startswith(d)]
            ranks += [(code, 1, 0) for one in rule.countries if one == country]
            if not (rule.prefixes or rule.patterns or rule.countries):
                ranks = [(-1, 0, 0)]
            for rank in ranks:
                if best is None or rank > best[0]:
                    best = rank, rule
        return best and best[1]

    def terms(self, told: list[tuple[int, Row, Terms]], of: str | None) -> Row:
        """The worst of each; None where the recipe states it or nobody says it."""
        said: dict[str, list[Any]] = {name: [] for name in TERMS}
        for place, row, card in told:
            increment, rounding = card.increment, card.rounding
            states = increment or row["minimum_s"] or row["pulse_s"]
            kept = increment or Increment()
            pulse = row["pulse_s"] or kept.pulse_s
            minimum = row["minimum_s"] or max(row["pulse_s"] or 0, kept.minimum_s)
            said["minimum_s"].append(minimum if states else None)
            said["pulse_s"].append(pulse if states else None)
            method, digits = row["rounding_method"], row["rounding_precision"]
            if method is None and digits is None and rounding is None:
                said["rounding"].append(None)
            else:
                base = rounding or Rounding()
                one = Rounding(
                    Method(method or base.method), base.precision if digits is None else digits
                )
                said["rounding"].append(
                    Rounding(Method.NONE, 10) if one.method is Method.NONE else one
                )
            for name in ("connect_fee", "grace_ms", "free_ms", "minimum_cost", "maximum_cost"):
                said[name].append(self.said(place, name, row, getattr(card, name), of))
        found: Row = {}
        for name, values in said.items():
            known = [value for value in values if value is not None]
            if not known:
                found[name] = None
            elif name in ("grace_ms", "free_ms"):
                found[name] = min(value or 0 for value in values)
            elif name == "maximum_cost":
                found[name] = None if None in values else max(values)
            elif name == "rounding":
                found[name] = max((value or Rounding() for value in values), key=ROUNDINGS.index)
            else:
                found[name] = max(known)
        stated = self.recipe.terms
        if stated.increment:
            found |= {"minimum_s": None, "pulse_s": None}
        if stated.connect_fee is not None:
            found |= {"connect_fee": None, "rounding": None}
        return found


def charged(row: Row | None, of: str | None) -> tuple[str | None, Decimal | None, Row]:
    """A row of a surface as `Slow.price` gives it."""
    if row is None or row["status"] != "open":
        return (None if row is None else row["status"]), None, {}
    terms = {name: row[of_class(name, of) if name == "connect_fee" else name] for name in TERMS}
    if terms["rounding"] is not None:
        terms["rounding"] = ROUNDINGS[terms["rounding"]]
    return "open", money.decimal_of_units(row[of_class("rate", of)]), terms


def of_deck(
    row: Row | None, card: Terms, stated: Terms, of: str | None
) -> tuple[str | None, Decimal | None, Row]:
    """A row of a built deck likewise, its card's word where it is silent, but what the recipe states."""
    if row is None or row["status"] != "open":
        return (None if row is None else row["status"]), None, {}
    silent = {
        f: None for f in ("increment", "connect_fee", "rounding") if getattr(stated, f) is not None
    }
    card = replace(card, **silent)
    here = next((one for one in row["rates"] or () if one["band"] == of), row)
    row = row | {part: here[part] for part in ("rate", "connect_fee") if here[part] is not None}
    terms: Row = {name: row[name] for name in TERMS if name != "rounding"}
    if card.increment:
        terms |= {"minimum_s": card.increment.minimum_s, "pulse_s": card.increment.pulse_s}
    for name in ("connect_fee", "minimum_cost", "maximum_cost"):
        if getattr(card, name) is not None:
            terms[name] = money.units(getattr(card, name))
    for name in ("grace_ms", "free_ms"):
        terms[name] = terms[name] if getattr(card, name) is None else getattr(card, name)
    terms["rounding"] = card.rounding
    if row["rounding_method"] is not None:
        terms["rounding"] = Rounding(Method(row["rounding_method"]), row["rounding_precision"])
    return "open", money.decimal_of_units(row["rate"]), terms


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_any_number_is_charged_what_the_recipe_makes_of_its_parents(data: st.DataObject) -> None:
    """By a plain reference in fractions, number by number: before rows are taken out, and after."""
    parents = data.draw(parents_())
    recipe = data.draw(recipes(parents))
    numbers = data.draw(st.lists(NUMBERS, min_size=1, max_size=12))
    holds_for(parents, recipe, numbers, None)


@settings(deadline=None, max_examples=12)
@given(st.data())
def test_any_number_is_charged_so_in_each_class_that_is_kept(data: st.DataObject) -> None:
    """As above, a number and a class: parents with bands, jurisdictions, origins or callers, several of them, or none."""
    parents = data.draw(parents_(data.draw(st.sampled_from(KEPT))))
    recipe = data.draw(recipes(parents, [Collapse.KEEP]))
    numbers = data.draw(st.lists(NUMBERS, min_size=1, max_size=12))
    having = [p.terms.bands for p in parents if p.terms.bands and p.rows["rates"].count()]
    holds_for(parents, recipe, numbers, together(having))


def holds_for(
    parents: list[Parent], recipe: Recipe, numbers: Sequence[str], classes: PriceClasses | None
) -> None:
    """That the card charges each number in each class what it should."""
    names = () if classes is None else classes.names
    slow = Slow(parents, recipe, names or (None,))
    prefixes = all_prefixes(parents, recipe)
    told = [number for number in numbers if any(number.startswith(p) for p in prefixes)]
    try:
        right = {
            (number, name): slow.price(number, name)
            for number in [*told, *prefixes]
            for name in slow.names
        }
    except InputError:
        with pytest.raises(InputError, match="below 0"):
            built_deck(parents, recipe)
        return
    in_all = parents if classes is None else [in_kept(parent, classes) for parent in parents]
    whole = {
        row["prefix"]: row
        for row in stated_surface(in_all, recipe, prefixes, names).iter_rows(named=True)
    }
    for number in told:
        for name in slow.names:
            assert charged(slow.longest(whole, number), name) == right[number, name]
    if all(status is None for status, _, _ in right.values()):
        with pytest.raises(InputError, match="nothing is left"):
            built_deck(parents, recipe)
        return
    made = built_deck(parents, recipe)
    assert made.terms.bands == classes
    rows = {row["prefix"]: row for row in made.rows.iter_rows(named=True)}
    assert len(rows) <= len(whole)
    for number in numbers:
        for name in slow.names:
            expected = right.get((number, name), (None, None, {}))
            found = of_deck(slow.longest(rows, number), made.terms, recipe.terms, name)
            if expected[0] is None:  # no row, or a blocked one below a shorter prefix that is sold
                assert found[0] in (None, "blocked")
            else:
                assert found == expected


def test_the_worst_of_what_only_a_card_says_is_that_of_all_parents() -> None:
    """An attempt fee, duration rounding and where pulses begin stand on the card alone."""
    rows = deck([{"prefix": "44", "rate": Decimal("0.01")}])
    one = Parent(
        "a",
        1,
        rows,
        Terms(attempt_fee=Decimal("0.001"), duration_rounding=DurationRounding.HALF_UP),
    )
    two = Parent("b", 1, rows, Terms(duration_rounding=DurationRounding.DOWN))
    made = built_deck([one, two], Recipe(("a", "b"), Combine.MIN))
    assert made.terms.attempt_fee == Decimal("0.001")
    assert made.terms.duration_rounding is DurationRounding.HALF_UP
    assert made.terms.pulse_anchor is None
    silent = built_deck([replace(one, terms=Terms())], Recipe(("a",)))
    assert silent.terms == Terms()


def in_week(rate: str | None, **bands: str) -> Row:
    """A row of 44 with prices in bands."""
    each = [{"band": band, "rate": money.units(Decimal(said))} for band, said in bands.items()]
    return {"prefix": "44", "rate": rate and Decimal(rate), "rates": each or None}


@pytest.mark.parametrize(
    ("before", "after", "change", "classes"),
    [
        (in_week("0.01"), in_week(None, mon="0.02", rest="0.01"), "dearer", ["mon"]),
        (in_week(None, mon="0.02", rest="0.01"), in_week("0.01"), "cheaper", ["mon"]),
        (in_week("0.01"), in_week(None, mon="0.02", rest="0.005"), "changed", ["mon", "rest"]),
        (in_week("0.01", mon="0.02"), in_week("0.03", mon="0.02"), "dearer", [None]),
        (in_week(None, mon="0.02", rest="0.01"), in_week(None, mon="0.02", other="0.01"), "changed", ["rest", "other"]),
    ],
)  # fmt: skip
def test_what_becomes_of_prices_in_classes(
    before: Row, after: Row, change: str, classes: list[str | None]
) -> None:
    """A row that has one price is held against one that has several, class by class."""
    found = price_changes(deck([before]), deck([after]))
    assert found["change"].to_list() == [change]
    assert largest_moves(found).to_list() == [
        money.units(Decimal("0.02" if change == "dearer" and classes == [None] else "0.01"))
    ]
    told = class_changes(found)
    assert told["price_class"].to_list() == classes


def test_numbers_by_routing_stand_beside_those_that_are_dialled_abroad() -> None:
    """A card that tells no two North American numbers apart goes with one that prices by where they were ported to."""
    routed = Jurisdictions(lrn=True, states="a", ported="b")
    by_state = [{"band": name, "rate": 10**8} for name in routed.names]
    us = Parent("us", 1, deck([{"prefix": "1201", "rates": by_state}]), Terms(bands=routed))
    world = Parent(
        "world", 1, deck([{"prefix": p, "rate": Decimal("0.02")} for p in ("1", "44")]), Terms()
    )
    made = built_deck([us, world], Recipe(("us", "world"), Combine.MAX, collapse=Collapse.KEEP))
    assert made.terms.bands == routed
    assert made.rows["prefix"].to_list() == ["1", "44"]  # 1201 is 0.02 too, in each


@pytest.mark.parametrize("code", [1, 7, 39, 44, 47, 61, 212, 262, 290, 358, 590, 599])
def test_a_number_of_a_shared_code_is_of_the_country_that_the_library_says(code: int) -> None:
    """Its patterns are kept ready here, which is many times faster than asking it: the answers are its own."""
    drawn = random.Random(code)
    plans = numbering_plans(code)
    for _ in range(100):
        digits = "".join(drawn.choices("0123456789", k=drawn.choice(plans[0].lengths)))
        asked = PhoneNumber(code, int(digits), italian_leading_zero=digits.startswith("0"))
        national = ("0" if digits.startswith("0") else "") + str(int(digits))
        told = next((plan.country for plan in plans if plan.has(national)), None)
        assert told == region_code_for_number(asked)
