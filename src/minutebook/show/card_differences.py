"""What differs between two revisions of a card, for every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from annotated_doc import Doc

from minutebook import money
from minutebook.cards.tariff import Terms
from minutebook.show.deck_rows import deck_rows
from minutebook.show.serialise import ModelRows, Rate, as_json
from minutebook.show.term_changes import TermChangeView, card_terms

if TYPE_CHECKING:
    from minutebook.cards.revision import Revision

_RATES = ("rate", "name", "status")
"""Columns of a deck that a difference tells by itself."""
_TOLD_APART = (*_RATES, "prefix", "currency")


@dataclass(frozen=True)
class PriceDifferenceView:
    """A prefix that two revisions price differently."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    change: Annotated[str, Doc('`"added"`, `"removed"`, `"dearer"`, `"cheaper"`, `"changed"`')]
    rate_before: Annotated[Rate | None, Doc("a minute; null where it was not there")]
    rate_after: Annotated[Rate | None, Doc("a minute; null where it is not there")]
    terms: Annotated[
        list[TermChangeView],
        Doc("what else differs in the row: increments, fees, blocking, rates of bands …"),
    ]


@dataclass(frozen=True)
class CardDifferenceView:
    """What differs between two revisions of a card."""

    card: Annotated[str, Doc("its name")]
    before: Annotated[int, Doc("the one revision")]
    after: Annotated[int, Doc("the other")]
    differences: Annotated[ModelRows[PriceDifferenceView], Doc("by prefix")]
    terms: Annotated[list[TermChangeView], Doc("what the card says of all rows, where it differs")]

    @classmethod
    def of(
        cls,
        revisions: tuple[Revision, Revision],
        decks: tuple[pl.DataFrame, pl.DataFrame],
        frame: pl.DataFrame,
        currency: str,
    ) -> CardDifferenceView:
        """The differing prefixes, their rates in units of 10⁻¹⁰; `decks`: the rows of either revision."""
        before, after = revisions
        bands = Terms(bands=after.terms.bands or before.terms.bands)
        told = _row_terms(frame, decks, bands, currency)
        rows = ModelRows.of(
            PriceDifferenceView,
            frame.select("prefix", "name", "change"),
            rate_before=_rates(frame["rate_before"]),
            rate_after=_rates(frame["rate_after"]),
            terms=[as_json(told.get(prefix, [])) for prefix in frame["prefix"]],
        )
        terms = TermChangeView.between(*(card_terms(one.terms) for one in revisions))
        return cls(before.card, before.number, after.number, rows, terms)


def difference_rows(view: CardDifferenceView) -> list[dict[str, Any]]:
    """The differences as rows of a table: what else differs as a sentence."""
    return [
        row | {"terms": "; ".join(TermChangeView(**term).words for term in row["terms"])}
        for row in view.differences
    ]


def _row_terms(
    frame: pl.DataFrame, decks: tuple[pl.DataFrame, pl.DataFrame], bands: Terms, currency: str
) -> dict[str, list[TermChangeView]]:
    """By prefix: what else than its rate differs in a row that either deck has."""
    was, now = (
        deck.join(frame.select("prefix"), on="prefix", how="semi").sort("prefix") for deck in decks
    )
    was = was.join(now.select("prefix"), on="prefix", how="semi")
    now = now.join(was.select("prefix"), on="prefix", how="semi")
    other = [name for name in was.columns if name not in ("prefix", "name", "rate")]
    differ = pl.Series(
        [a != b for a, b in zip(was.select(other).iter_rows(), now.select(other).iter_rows(), strict=True)],
        dtype=pl.Boolean,
    )  # fmt: skip
    was, now = was.filter(differ), now.filter(differ)
    found = {}
    for before, after in zip(
        deck_rows(was, bands, currency), deck_rows(now, bands, currency), strict=True
    ):
        said = [{k: v for k, v in row.items() if k not in _TOLD_APART} for row in (before, after)]
        status = [{"status": row["status"]} for row in (before, after)]
        found[before["prefix"]] = TermChangeView.between(*status) + TermChangeView.between(*said)
    return found


def _rates(units: pl.Series) -> list[str | None]:
    """Whole numbers of units of 10⁻¹⁰ as text."""
    return [
        None if count is None else money.text(money.decimal_of_units(count), 0) for count in units
    ]
