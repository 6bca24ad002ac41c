"""What a deck would change, before it is taken in, for every door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from annotated_doc import Doc

from minutebook import money
from minutebook.cards.building.changes import PriceChange, largest_moves
from minutebook.cards.tariff import Terms
from minutebook.show.cards import live_text
from minutebook.show.deck_rows import deck_rows
from minutebook.show.decks import DeckSourceView, ShortNoticeView
from minutebook.show.declarations.built_cards import ChangeCountsView, PriceChangeView
from minutebook.show.providers import holders_text
from minutebook.show.serialise import Amount, Day, Form, as_json
from minutebook.show.term_changes import TermChangeView, card_terms

if TYPE_CHECKING:
    from minutebook.billing.deck_preview import CallsPreview, DeckPreview, RevisionPreview

_LARGEST = 3
"""Of each country and each kind of change so many are told."""


@dataclass(frozen=True)
class DeckChangeView(PriceChangeView):
    """A prefix whose numbers would be charged otherwise."""

    terms: Annotated[list[TermChangeView], Doc("what else differs in the row, and rates of bands")]

    @property
    def size(self) -> Decimal:
        """By how much a minute costs more or less, in the class where it does most."""
        own = (self.rate_after or Decimal(0)) - (self.rate_before or Decimal(0))
        in_classes = (
            Decimal(term.after or 0) - Decimal(term.before or 0)
            for term in self.terms
            if term.term.startswith("rate ")
        )
        return max(map(abs, (own, *in_classes)))


@dataclass(frozen=True)
class CountryChangesView(ChangeCountsView):
    """The prefixes of a country, by what becomes of them."""

    country: Annotated[
        str | None,
        Doc('its two letters; `"several"`: of prefixes that lie in more; null: of those in none'),
    ]
    largest: Annotated[
        list[DeckChangeView], Doc("the largest changes of each kind, at most 3 of it")
    ]


@dataclass(frozen=True)
class CallsPreviewView:
    """An account's calls by the prices of before and by those of the deck."""

    account: Annotated[str, Doc("its name; `provider:NAME` of a provider")]
    currency: Annotated[str, Doc("of the amounts")]
    calls: Annotated[int, Doc("how many it has in these days")]
    before: Annotated[Amount, Doc("what they come to by the prices of before")]
    after: Annotated[Amount, Doc("what they come to by the deck")]
    difference: Annotated[Amount, Doc("what they come to more; negative: less")]
    unpriced_before: Annotated[int, Doc("calls that had no price")]
    unpriced_after: Annotated[int, Doc("calls that have no price by the deck")]

    @classmethod
    def of_calls(cls, found: CallsPreview) -> CallsPreviewView:
        """The calls of an account."""
        return cls(
            found.account, found.currency, found.calls, found.before, found.after, found.difference,
            found.unpriced_before, found.unpriced_after,
        )  # fmt: skip


@dataclass(frozen=True)
class AsideReasonView:
    """An account whose calls cannot be priced."""

    account: Annotated[str, Doc("its name")]
    reason: Annotated[str, Doc("why")]


@dataclass(frozen=True)
class RevisionPreviewView:
    """A revision that the deck would be, and what it changes."""

    revision: Annotated[int, Doc("its number")]
    live_at: Annotated[
        datetime | None,
        Form("instant or always", live_text),
        Doc('from when it would hold; `"always"` for a first one; null for a draft'),
    ]
    prefixes: Annotated[int, Doc("how many it prices")]
    counts: Annotated[ChangeCountsView, Doc("prefixes by what becomes of them")]
    terms: Annotated[list[TermChangeView], Doc("what the card says of all rows, where it differs")]
    countries: Annotated[list[CountryChangesView], Doc("those with the most changes first")]
    calls: Annotated[
        list[CallsPreviewView], Doc("those of each account and provider, priced by both")
    ]
    set_aside: Annotated[
        list[AsideReasonView], Doc("accounts whose calls cannot be priced, and are not among them")
    ]

    @classmethod
    def of_part(cls, part: RevisionPreview, currency: str) -> RevisionPreviewView:
        """One of the revisions."""
        revision = part.revision
        return cls(
            revision=revision.number,
            live_at=revision.live_at,
            prefixes=revision.prefixes,
            counts=ChangeCountsView(**_counts(part.changes)),
            terms=TermChangeView.between(*map(card_terms, (part.terms_before, revision.terms))),
            countries=_countries(part, currency),
            calls=[CallsPreviewView.of_calls(one) for one in part.accounts],
            set_aside=[AsideReasonView(name, why) for name, why in part.set_aside.items()],
        )


@dataclass(frozen=True)
class DeckColumnView:
    """A column of the deck that was read."""

    field: Annotated[str, Doc("what it was read as")]
    heading: Annotated[str, Doc("its heading")]
    number: Annotated[int, Doc("which column it is, from 1")]
    unit: Annotated[str, Doc("what its cells count; empty: no amount")]


@dataclass(frozen=True)
class DeckPreviewView:
    """What a deck would change; nothing was kept."""

    card: Annotated[str, Doc("its name")]
    currency: Annotated[str, Doc("of its prices")]
    file: Annotated[str, Doc("the deck's name")]
    added: Annotated[bool, Doc("false where it is the latest revision already")]
    against: Annotated[
        int | None,
        Doc(
            "the revision that the changes are from: that in force then, else the latest; null: none"
        ),
    ]
    first_day: Annotated[Day | None, Doc("of the calls that were priced; null: none were")]
    last_day: Annotated[Day | None, Doc("the last day that has calls; null likewise")]
    revisions: Annotated[
        list[RevisionPreviewView], Doc("one; several where rows begin or end at several instants")
    ]
    read_as: Annotated[DeckSourceView, Doc("what the deck's file was read as")]
    columns: Annotated[list[DeckColumnView], Doc("the columns that were read, and as what")]
    ignored: Annotated[list[str], Doc("the headings of those that were not read")]
    decimals: Annotated[
        str | None, Doc('what was read as the decimal mark: `"comma"`, `"point"`; null: either way')
    ]
    dates: Annotated[
        str | None, Doc('how dates of numbers were read: `"dmy"`, `"mdy"`; null: there are none')
    ]
    short_notice: Annotated[
        list[ShortNoticeView], Doc("what of it would hold sooner than the card's notice")
    ]

    @classmethod
    def of_preview(cls, found: DeckPreview) -> DeckPreviewView:
        """The preview of a deck."""
        deck, currency = found.deck, found.card.currency
        return cls(
            card=found.card.name,
            currency=currency,
            file=found.file,
            added=found.taken.added,
            against=None if found.against is None else found.against.number,
            first_day=found.first_day,
            last_day=found.last_day,
            revisions=[RevisionPreviewView.of_part(part, currency) for part in found.parts],
            read_as=DeckSourceView.of(deck.source),
            columns=[
                DeckColumnView(c.field, c.heading, c.number, c.unit.replace("money", currency))
                for c in deck.columns
            ],
            ignored=list(deck.ignored_columns),
            decimals=deck.decimals,
            dates=deck.dates,
            short_notice=[ShortNoticeView.of(short) for short in found.taken.short_notice],
        )


def all_changes(found: DeckPreview) -> list[dict[str, Any]]:
    """Every change of every revision, as rows for programs."""
    rows = []
    for part in found.parts:
        changed = part.changes.filter(pl.col("change") != PriceChange.UNCHANGED.value)
        told = _told(changed, part, found.card.currency)
        for country, change in zip(changed["country"].to_list(), told, strict=True):
            row = as_json(change) | {"revision": part.revision.number, "country": country}
            rows.append(row | {"terms": "; ".join(term.words for term in change.terms)})
    return rows


def preview_words(view: DeckPreviewView) -> list[str]:
    """What would become of the deck, a sentence each."""
    said = ["A preview: nothing was kept."]
    if not view.added:
        numbers = " and ".join(str(one.revision) for one in view.revisions)
        said.append(f"{view.file} is revision {numbers} of {view.card} already.")
    against = "" if view.against is None else f" against revision {view.against}"
    for one in view.revisions:
        counts = [f"{count:,} {kind}" for kind, count in vars(one.counts).items() if count]
        from_ = "a draft" if one.live_at is None else f"live from {live_text(one.live_at)}"
        said.append(
            f"{view.card} {one.revision}, {from_}, prefixes{against}: {', '.join(counts) or 'none'}."
        )
        said += [f"{aside.account} cannot be priced: {aside.reason}" for aside in one.set_aside]
    if view.first_day is None:
        said.append("No calls were priced.")
    else:
        days = (
            f"{view.first_day} to {view.last_day}"
            if view.first_day != view.last_day
            else str(view.first_day)
        )
        most = max((one.calls for one in view.revisions), key=len)
        said.append(
            f"Calls of {days} are priced by both, as though either had held throughout:"
            f" {holders_text([call.account for call in most])} by this card."
        )
    return said


def _counts(changes: pl.DataFrame) -> dict[str, int]:
    found = dict(changes["change"].value_counts().iter_rows())
    return {kind.value: found.get(kind.value, 0) for kind in PriceChange}


def _countries(part: RevisionPreview, currency: str) -> list[CountryChangesView]:
    found = []
    for (country,), own in part.changes.partition_by("country", as_dict=True).items():
        told = own.filter(pl.col("change") != PriceChange.UNCHANGED.value)
        told = told.sort("change", largest_moves(told), "prefix", descending=[False, True, False])
        told = told.group_by("change", maintain_order=True).head(_LARGEST)
        largest = _told(told, part, currency)
        found.append(CountryChangesView(**_counts(own), country=country, largest=largest))
    return sorted(found, key=lambda one: (-_changed(one), one.country or "~"))


def _changed(one: CountryChangesView) -> int:
    return sum(getattr(one, kind.value) for kind in PriceChange if kind != PriceChange.UNCHANGED)


def _told(changes: pl.DataFrame, part: RevisionPreview, currency: str) -> list[DeckChangeView]:
    """Rows of `compared_prices` with what differs in each."""
    bands = Terms(bands=part.revision.terms.bands or part.terms_before.bands)
    columns = [name.removesuffix("_before") for name in changes.columns if name.endswith("_before")]
    was, now = (
        deck_rows(changes.select("prefix", **{c: f"{c}_{when}" for c in columns}), bands, currency)
        for when in ("before", "after")
    )
    found = []
    for row, before, after in zip(
        changes.select("prefix", "name", "change", "rate_before", "rate_after").iter_rows(), was, now, strict=True
    ):  # fmt: skip
        prefix, name, change, *rates = row
        compared = change not in (PriceChange.NEW, PriceChange.REMOVED, PriceChange.BLOCKED)
        both = [
            {
                key: cell
                for key, cell in of.items()
                if key not in _TOLD_APART and (compared or key.startswith("rate "))
            }
            for of in (before, after)
        ]
        terms = TermChangeView.between(*both)
        amounts = [None if units is None else money.decimal_of_units(units) for units in rates]
        found.append(DeckChangeView(prefix, name, change, amounts[0], amounts[1], terms))
    return found


_TOLD_APART = ("prefix", "name", "rate", "status", "currency")
