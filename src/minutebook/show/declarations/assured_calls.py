"""Where a sale card loses on the calls of a period, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook import money
from minutebook.show.serialise import Day, Rate
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.fit.assured_calls import CallAssurance


@dataclass(frozen=True)
class CallsAgainstView:
    """A period's answered calls, sold by one card and bought by another."""

    card: Annotated[str, Doc("that is bought by")]
    revision: Annotated[int, Doc("its revision")]
    calls: Annotated[int, Doc("how many both cards price")]
    unpriced: Annotated[int, Doc("how many one of them has no price for")]
    sale: Annotated[Rate, Doc("what those that both price are sold for")]
    cost: Annotated[Rate, Doc("what they cost")]
    margin: Annotated[Rate, Doc("what is left; negative: they lose")]


@dataclass(frozen=True)
class LosingCallsView:
    """The calls by a prefix that are sold for less than they cost."""

    prefix: Annotated[str, Doc("of the sale card; they begin with it")]
    name: Annotated[str | None, Doc("of the destination")]
    against: Annotated[str, Doc("the card that is bought by")]
    calls: Annotated[int, Doc("how many lose")]
    seconds: Annotated[Rate, Doc("how long they last together")]
    sale: Annotated[Rate, Doc("what they are sold for, each call rounded as the card says")]
    cost: Annotated[Rate, Doc("what they cost, each call rounded as that card says")]
    loss: Annotated[Rate, Doc("what is lost by them")]
    price_class: Annotated[
        str | None,
        Doc(
            "the band, jurisdiction, origin or caller's prefix that they are of; null: prices differ by none"
        ),
    ]


@dataclass(frozen=True)
class CallAssuranceView:
    """A sale card held against buy cards, on the calls of a period."""

    card: Annotated[str, Doc("that is sold by")]
    revision: Annotated[int, Doc("its revision")]
    currency: Annotated[str, Doc("of all amounts")]
    from_: Annotated[Day, Doc("the first day of the calls")]
    to: Annotated[Day, Doc("the last day")]
    against: Annotated[list[CallsAgainstView], Doc("what all calls come to by each buy card")]
    losing: Annotated[list[LosingCallsView], Doc("where calls lose, the largest loss first")]

    @classmethod
    def of(cls, found: CallAssurance) -> CallAssuranceView:
        """What loses."""
        return cls(
            found.sale.card,
            found.sale.number,
            found.currency,
            found.first,
            found.last,
            [
                CallsAgainstView(
                    one.bought.card,
                    one.bought.number,
                    one.calls,
                    one.unpriced,
                    one.sale,
                    one.cost,
                    one.sale - one.cost,
                )
                for one in found.against
            ],
            [
                LosingCallsView(
                    one.prefix,
                    one.name,
                    one.against,
                    one.calls,
                    one.seconds,
                    one.sale,
                    one.cost,
                    one.loss,
                    one.price_class,
                )
                for one in found.losing
            ],
        )


def assured_calls_words(view: CallAssuranceView) -> list[str]:
    """What was found, a sentence for each card that is bought by."""
    said = []
    for one in view.against:
        losing = [line for line in view.losing if line.against == one.card]
        calls = sum(line.calls for line in losing)
        loss = money.text(sum((line.loss for line in losing), Decimal(0)), 2)
        lose = (
            "none of them loses"
            if not calls
            else f"{calls:,} of them lose{'s' if calls == 1 else ''} {loss} {view.currency} together"
        )
        have = "has" if one.unpriced == 1 else "have"
        unpriced = (
            "" if not one.unpriced else f"; {one.unpriced:,} more {have} no price by one of the two"
        )
        said.append(
            f"Against {one.card} {one.revision}: {counted(one.calls, 'call')}, sold for {money.text(one.sale, 2)},"
            f" cost {money.text(one.cost, 2)} {view.currency}; {lose}{unpriced}."
        )
    return said
