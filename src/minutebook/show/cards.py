"""Rate cards as every door shows them: revisions, prices, differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook import money
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.show.serialise import Form, ModelRows, Rate, as_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    import polars as pl

    from minutebook.cards.revision import Card, Revision


def _live(at: datetime) -> str:
    return "always" if at == ALWAYS else instant_text(at)


@dataclass(frozen=True)
class RevisionView:
    """A revision of a card, as it stands now."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("1, 2, …")]
    currency: Annotated[str, Doc("of its prices")]
    prefixes: Annotated[int, Doc("how many it prices")]
    standing: Annotated[str, Doc('`"draft"`, `"scheduled"`, `"in force"`, `"archived"`: now')]
    live_at: Annotated[
        datetime | None,
        Form("instant", _live),
        Doc('from when it holds; `"always"` for a first one; null for a draft'),
    ]
    file: Annotated[str, Doc("the deck's name")]

    @classmethod
    def of(cls, card: Card, revision: Revision, now: datetime) -> RevisionView:
        """A revision of a card, as it stands at an instant."""
        return cls(
            card=card.name,
            revision=revision.number,
            currency=card.currency,
            prefixes=revision.prefixes,
            standing=card.standing(revision, now),
            live_at=revision.live_at,
            file=revision.file,
        )


@dataclass(frozen=True)
class ImportedRevisionView(RevisionView):
    """The revision that a deck is."""

    added: Annotated[bool, Doc("false where the deck was the latest revision already")]


@dataclass(frozen=True)
class PriceStepView:
    """A part of a call with a rate of its own."""

    from_: Annotated[int, Doc("the second of the call with which it begins")]
    rate: Annotated[Rate, Doc("a minute")]
    pulse: Annotated[int, Doc("seconds")]


@dataclass(frozen=True)
class PriceView:
    """The price of a prefix."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    rate: Annotated[Rate | None, Doc("a minute; null where blocked, or priced by steps")]
    connect_fee: Annotated[Rate | None, Doc("null: the card or the plan says")]
    increment: Annotated[str | None, Doc('seconds, `"60/6"`; null likewise')]
    status: Annotated[str, Doc('`"open"` or `"blocked"`')]
    steps: Annotated[list[PriceStepView], Doc("empty where there is one rate")]


@dataclass(frozen=True)
class PricesView(RevisionView):
    """A revision with its prices."""

    prices: Annotated[ModelRows[PriceView], Doc("by prefix")]


def prices(frame: pl.DataFrame) -> ModelRows[PriceView]:
    """Rows of a deck (`cards.decks.DECK_SCHEMA`) as prices."""
    return ModelRows.of(
        PriceView,
        frame.select("prefix", "name", "status"),
        rate=_rates(frame["rate"]),
        connect_fee=_rates(frame["connect_fee"]),
        increment=[
            None
            if m is None and p is None
            else "/".join("" if s is None else str(s) for s in (m, p))
            for m, p in frame.select("minimum_s", "pulse_s").iter_rows()
        ],
        steps=[
            [
                as_json(PriceStepView(step["from_s"], _amount(step["rate"]), step["pulse_s"]))
                for step in steps or ()
            ]
            for steps in frame["steps"].to_list()
        ],
    )


@dataclass(frozen=True)
class PriceDifferenceView:
    """A prefix that two revisions price differently."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    change: Annotated[str, Doc('`"added"`, `"removed"`, `"dearer"`, `"cheaper"`, `"changed"`')]
    rate_before: Annotated[Rate | None, Doc("a minute; null where it was not there")]
    rate_after: Annotated[Rate | None, Doc("a minute; null where it is not there")]


@dataclass(frozen=True)
class CardDifferenceView:
    """What differs between two revisions of a card."""

    card: Annotated[str, Doc("its name")]
    before: Annotated[int, Doc("the one revision")]
    after: Annotated[int, Doc("the other")]
    differences: Annotated[ModelRows[PriceDifferenceView], Doc("by prefix")]

    @classmethod
    def of(cls, card: str, before: int, after: int, frame: pl.DataFrame) -> CardDifferenceView:
        """The differing prefixes, their rates in units of 10⁻¹⁰."""
        rows = ModelRows.of(
            PriceDifferenceView,
            frame.select("prefix", "name", "change"),
            rate_before=_rates(frame["rate_before"]),
            rate_after=_rates(frame["rate_after"]),
        )
        return cls(card, before, after, rows)


def _rates(units: Iterable[int | None]) -> list[str | None]:
    """Rates in units of 10⁻¹⁰, as text."""
    return [None if count is None else money.text(_amount(count), 0) for count in units]


def _amount(units: int) -> Decimal:
    return money.decimal_of_units(units)
