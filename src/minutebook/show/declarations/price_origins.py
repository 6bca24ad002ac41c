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
from minutebook.show.serialise import Rate
from minutebook.words import counted

if TYPE_CHECKING:
    from fractions import Fraction

    from minutebook.cards.building.explain import ParentPrice
    from minutebook.cards.recipe import BuiltFrom
    from minutebook.fit.assurance import CardAssurance
    from minutebook.intake.built_cards import PriceOrigin


@dataclass(frozen=True)
class ParentPriceView:
    """What a parent charges for a number."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("the one that the card was built from")]
    prefix: Annotated[str | None, Doc("the longest of its prefixes; null: none begins the number")]
    name: Annotated[str | None, Doc("of the destination")]
    rate: Annotated[
        Rate | None,
        Doc("a minute, of its bands together, in the card's currency; null: it takes no part"),
    ]
    exchange: Annotated[
        Rate | None, Doc("how many of the card's currency one of its own was; null: they are one")
    ]

    @classmethod
    def of(cls, theirs: ParentPrice, exchange: Fraction | None) -> ParentPriceView:
        """The parent's price."""
        rate = None if exchange is None else EXACT.of(exchange)
        return cls(theirs.card, theirs.revision, theirs.prefix, theirs.name, theirs.rate, rate)


@dataclass(frozen=True)
class PriceOriginView:
    """Why a built card charges what it charges for a number."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("the one that charges it")]
    number: Annotated[str, Doc("that is asked for, or a prefix")]
    prefix: Annotated[str | None, Doc("the longest of the card's that begins it; null: none does")]
    status: Annotated[str | None, Doc('`"open"`, `"blocked"`; null: it is left out')]
    rate: Annotated[Rate | None, Doc("a minute; null unless it is open")]
    currency: Annotated[str, Doc("of all prices")]
    parents: Annotated[list[ParentPriceView], Doc("in the order of the recipe")]
    combined: Annotated[
        Rate | None, Doc("of the parents' prices, to ten decimals; null: too few have one")
    ]
    rule: Annotated[
        dict[str, Any] | None, Doc("of [profit](apply.md#build), that holds; null: none does")
    ]
    rounding: Annotated[dict[str, Any] | None, Doc("of the price; null: ten decimals are kept")]
    words: Annotated[str, Doc("all of it, as a sentence")]

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
            prefix=origin.prefix,
            status=making.status,
            rate=making.rate,
            currency=origin.card.currency,
            parents=[ParentPriceView.of(one, built.fx.get(one.card)) for one in making.parents],
            combined=None if making.combined is None else EXACT.of(making.combined),
            rule=None if place is None else body["profit"][place],
            rounding=body.get("rounding"),
            words=_origin_words(origin),
        )


def _origin_words(origin: PriceOrigin) -> str:
    making, built, currency = origin.making, origin.revision.built, origin.card.currency
    assert built is not None
    recipe = built.recipe
    theirs = [_parent_words(parent, built) for parent in making.parents]
    match making.status:
        case "open":
            assert making.rate is not None
            what = f"is charged {money.text(making.rate, 0)} {currency} a minute"
        case "blocked":
            what = "is blocked"
        case _:
            what = "is left out" if origin.prefix is None else "is left out, so it is blocked"
    said = [
        f"{origin.number} {what} by {origin.card.name} {origin.revision.number}: {', '.join(theirs)}"
    ]
    if making.combined is not None:
        taking = sum(parent.rate is not None for parent in making.parents)
        exact = money.text(EXACT.of(making.combined), 0)
        said.append(
            f"{combined_words(recipe)} is {exact}" if taking > 1 else f"one takes part, at {exact}"
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
    if parent.rate is None:
        return f"{who} blocks {parent.prefix}"
    exchange = built.fx.get(parent.card)
    at = "" if exchange is None else f", exchanged at {money.text(EXACT.of(exchange), 0)}"
    return f"{who} charges {money.text(parent.rate, 0)} by {parent.prefix}{at}"


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
                    one.prefix, one.name, one.against, one.seconds, one.sale, one.cost, one.loss
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
