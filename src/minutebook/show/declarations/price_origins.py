"""Where the price of a built card comes from, and where it loses, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook import money
from minutebook.cards.recipe import EXACT
from minutebook.declarations.bodies import recipe_body
from minutebook.show.declarations.built_cards import ParentRevisionView
from minutebook.show.declarations.cards import combined_words, profit_words, where_words
from minutebook.show.serialise import Rate, as_json
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from fractions import Fraction

    from minutebook.cards.building.explain import ParentPrice
    from minutebook.cards.recipe import BuiltFrom
    from minutebook.fit.assurance import CardAssurance
    from minutebook.intake.built_cards import PriceOrigin


_CLASSES = 3
"""So many prices are told in a sentence, each with its class."""


@dataclass(frozen=True)
class ParentPriceView:
    """What a parent charges for a number."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("the one that the card was built from")]
    prefix: Annotated[str | None, Doc("the longest of its prefixes; null: none begins the number")]
    name: Annotated[str | None, Doc("of the destination")]
    rate: Annotated[
        Rate | None,
        Doc(
            "a minute, of its bands together, in the card's currency; null: it takes no part, or has it by class"
        ),
    ]
    rates: Annotated[
        dict[str, str],
        Doc("the same in each class that the card keeps; empty: it has one price, or none"),
    ]
    exchange: Annotated[
        Rate | None, Doc("how many of the card's currency one of its own was; null: they are one")
    ]

    @classmethod
    def of(cls, theirs: ParentPrice, exchange: Fraction | None) -> ParentPriceView:
        """The parent's price."""
        rate = None if exchange is None else EXACT.of(exchange)
        rates = {name: money.text(one, 0) for name, one in theirs.rates.items()}
        return cls(
            theirs.card, theirs.revision, theirs.prefix, theirs.name, theirs.rate, rates, rate
        )


@dataclass(frozen=True)
class ClassMakingView:
    """How the price in one class is made."""

    price_class: Annotated[
        str, Doc("a band, a jurisdiction, an origin, a caller's prefix that the card keeps")
    ]
    combined: Annotated[Rate, Doc("of the parents' prices in it, to ten decimals")]
    rate: Annotated[Rate | None, Doc("a minute; null unless the prefix is open")]
    above_cap: Annotated[
        bool, Doc("true: it would be above the cap, and the prefix is blocked in every class")
    ]


@dataclass(frozen=True)
class PriceOriginView:
    """Why a built card charges what it charges for a number."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("the one that charges it")]
    number: Annotated[str, Doc("that is asked for, or a prefix")]
    routing_number: Annotated[
        str | None, Doc("by which it is priced, where it was ported; null: by itself")
    ]
    prefix: Annotated[str | None, Doc("the longest of the card's that begins it; null: none does")]
    status: Annotated[str | None, Doc('`"open"`, `"blocked"`; null: it is left out')]
    rate: Annotated[
        Rate | None, Doc("a minute; null unless it is open, and where it differs by class")
    ]
    currency: Annotated[str, Doc("of all prices")]
    parents: Annotated[list[ParentPriceView], Doc("in the order of the recipe")]
    combined: Annotated[
        Rate | None,
        Doc(
            "of the parents' prices, to ten decimals; null: too few have one, or it differs by class"
        ),
    ]
    rule: Annotated[
        dict[str, Any] | None, Doc("of [profit](apply.md#build), that holds; null: none does")
    ]
    rounding: Annotated[dict[str, Any] | None, Doc("of the price; null: ten decimals are kept")]
    words: Annotated[str, Doc("all of it, as a sentence")]
    classes: Annotated[
        list[ClassMakingView],
        Doc("the same in each class that the card keeps; empty: it keeps none"),
    ]

    @classmethod
    def of(cls, origin: PriceOrigin) -> PriceOriginView:
        """Where the price comes from."""
        making, built = origin.making, origin.revision.built
        assert built is not None
        body = recipe_body(built.recipe)
        place = None if making.rule is None else built.recipe.profit.index(making.rule)
        return cls(
            card=origin.card.name,
            revision=origin.revision.number,
            number=origin.number,
            routing_number=origin.routing_number,
            prefix=origin.prefix,
            status=making.status,
            rate=making.rate,
            currency=origin.card.currency,
            parents=[ParentPriceView.of(one, built.fx.get(one.card)) for one in making.parents],
            combined=None if making.combined is None else EXACT.of(making.combined),
            rule=None if place is None else body["profit"][place],
            rounding=body.get("rounding"),
            words=_origin_words(origin),
            classes=[
                ClassMakingView(one.name, EXACT.of(one.combined), one.rate, one.above_cap)
                for one in making.classes
            ],
        )


def parent_rows(view: PriceOriginView) -> list[dict[str, Any]]:
    """The parents' prices as rows, one for each class in which a parent has its own."""
    found = []
    for parent in view.parents:
        row = as_json(parent)
        rates = row.pop("rates") or {None: row["rate"]}
        found += [row | {"price_class": name, "rate": rate} for name, rate in rates.items()]
    return found


def origin_notes(view: PriceOriginView) -> list[str]:
    """What is said of a price: a sentence, and one for each class that the card keeps."""
    notes = [view.words]
    for one in view.classes if view.combined is None else ():
        charged = "" if one.rate is None else f", charged {money.text(one.rate, 0)}"
        cap = ", which would be above the cap: it is blocked in each" if one.above_cap else ""
        notes.append(f"{one.price_class}: combined {money.text(one.combined, 0)}{charged}{cap}.")
    return notes


def _origin_words(origin: PriceOrigin) -> str:
    making, built, currency = origin.making, origin.revision.built, origin.card.currency
    assert built is not None
    recipe = built.recipe
    theirs = [_parent_words(parent, built) for parent in making.parents]
    match making.status:
        case "open" if making.rate is None:
            rates = {one.name: one.rate for one in making.classes if one.rate is not None}
            what = f"is charged {_in_words(rates)} ({currency} a minute)"
        case "open":
            assert making.rate is not None
            what = f"is charged {money.text(making.rate, 0)} {currency} a minute"
        case "blocked":
            what = "is blocked"
        case _:
            what = "is left out" if origin.prefix is None else "is left out, so it is blocked"
    routed = f", by its routing number {origin.routing_number}," if origin.routing_number else ""
    said = [
        f"{origin.number}{routed} {what} by {origin.card.name} {origin.revision.number}: {', '.join(theirs)}"
    ]
    if making.combined is not None or making.classes:
        taking = sum(parent.rate is not None or bool(parent.rates) for parent in making.parents)
        if making.combined is None:
            said.append(
                f"{combined_words(recipe)}, in each class" if taking > 1 else "one takes part"
            )
        else:
            exact = money.text(EXACT.of(making.combined), 0)
            said.append(
                f"{combined_words(recipe)} is {exact}"
                if taking > 1
                else f"one takes part, at {exact}"
            )
        if making.rule is not None:
            said.append(f"{where_words(making.rule)}: {profit_words(making.rule, currency)}")
        if recipe.rounding != EXACT:
            decimals = counted(recipe.rounding.decimals, "decimal")
            said.append(f"rounded {recipe.rounding.effective_method} to {decimals}")
    elif making.status is None:
        said.append(f"require is {recipe.require}, and too few have a price")
    return f"{'; '.join(said)}."


def _parent_words(parent: ParentPrice, built: BuiltFrom) -> str:
    who = f"{parent.card} {parent.revision}"
    if parent.prefix is None:
        return f"{who} has no prefix for it"
    if parent.rate is None and not parent.rates:
        return f"{who} blocks {parent.prefix}"
    exchange = built.fx.get(parent.card)
    at = "" if exchange is None else f", exchanged at {money.text(EXACT.of(exchange), 0)}"
    charges = _in_words(parent.rates) if parent.rate is None else money.text(parent.rate, 0)
    return f"{who} charges {charges} by {parent.prefix}{at}"


def _in_words(prices: Mapping[str, Decimal]) -> str:
    """Prices, each with the class that it is of; of many the least and the greatest."""
    if len(prices) > _CLASSES:
        least, most = (money.text(one(prices.values()), 0) for one in (min, max))
        return f"{least} to {most}" if least != most else least
    return ", ".join(f"{money.text(rate, 0)} {name}" for name, rate in prices.items())


@dataclass(frozen=True)
class LosingPriceView:
    """A prefix and a duration at which a call is sold for less than it costs."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    against: Annotated[str, Doc("the card that is bought by")]
    seconds: Annotated[Rate, Doc("how long the call is")]
    sale: Annotated[Rate, Doc("what it is sold for, rounded as the card says")]
    cost: Annotated[Rate, Doc("what it costs, rounded as that card says")]
    loss: Annotated[Rate, Doc("what is lost by it")]
    price_class: Annotated[
        str | None,
        Doc(
            "in which band, jurisdiction, origin or caller's prefix; null: in each, or prices differ by none"
        ),
    ]


@dataclass(frozen=True)
class CardAssuranceView:
    """A sale card held against buy cards, on paper."""

    card: Annotated[str, Doc("that is sold by")]
    revision: Annotated[int, Doc("its revision")]
    currency: Annotated[str, Doc("of all amounts")]
    against: Annotated[
        list[ParentRevisionView], Doc("the cards that are bought by, and their revisions")
    ]
    seconds: Annotated[list[str], Doc("the durations that were tried")]
    losing: Annotated[list[LosingPriceView], Doc("the largest loss first")]

    @classmethod
    def of(cls, found: CardAssurance) -> CardAssuranceView:
        """What loses."""
        return cls(
            found.sale.card,
            found.sale.number,
            found.currency,
            [ParentRevisionView(one.card, one.number) for one in found.against],
            [money.text(one, 0) for one in found.seconds],
            [
                LosingPriceView(
                    one.prefix,
                    one.name,
                    one.against,
                    one.seconds,
                    one.sale,
                    one.cost,
                    one.loss,
                    one.price_class,
                )
                for one in found.losing
            ],
        )


def assured_words(view: CardAssuranceView) -> list[str]:
    """What was found, in a sentence."""
    who = ", ".join(f"{one.card} {one.revision}" for one in view.against)
    tried = ", ".join(view.seconds)
    losing = len({one.prefix for one in view.losing})
    where = "nowhere" if not losing else f"at {losing:,} {'prefix' if losing == 1 else 'prefixes'}"
    return [f"{view.card} {view.revision} loses {where} against {who}, on calls of {tried} s."]
