"""Cards that were built, as every door shows them: a short preview of what changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from annotated_doc import Doc

from minutebook import money
from minutebook.cards.building.changes import PriceChange, class_changes
from minutebook.show.cards import RevisionView
from minutebook.show.decks import ShortNoticeView
from minutebook.show.serialise import Rate
from minutebook.words import counted

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.cards.revision import Revision
    from minutebook.intake.built_cards import BuiltCard

_SHOWN = 20
"""Of the changes, the largest."""


@dataclass(frozen=True)
class ParentRevisionView:
    """A revision that a card was built from."""

    card: Annotated[str, Doc("its card")]
    revision: Annotated[int, Doc("its number")]

    @classmethod
    def all_of(cls, revision: Revision) -> list[ParentRevisionView]:
        """Those of a built revision, in the order of its recipe."""
        built = revision.built
        return [] if built is None else [cls(card, n) for card, n in built.revisions.items()]


@dataclass(frozen=True)
class ChangeCountsView:
    """How many prefixes are charged otherwise than before."""

    new: Annotated[int, Doc("that had no price")]
    dearer: Annotated[int, Doc("at a higher rate")]
    cheaper: Annotated[int, Doc("at a lower rate")]
    changed: Annotated[int, Doc("at the same rate, with another fee, increment or rounding")]
    blocked: Annotated[int, Doc("that had a price and are blocked")]
    removed: Annotated[int, Doc("that had a price and are left out")]
    unchanged: Annotated[int, Doc("as before")]


@dataclass(frozen=True)
class PriceChangeView:
    """A prefix whose numbers are charged otherwise."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    change: Annotated[
        str, Doc('`"new"`, `"dearer"`, `"cheaper"`, `"changed"`, `"blocked"`, `"removed"`')
    ]
    rate_before: Annotated[Rate | None, Doc("a minute; null: no price")]
    rate_after: Annotated[Rate | None, Doc("a minute; null: no price")]


@dataclass(frozen=True)
class ClassPriceChangeView(PriceChangeView):
    """A prefix whose numbers are charged otherwise, in one class where prices differ by class."""

    price_class: Annotated[
        str | None,
        Doc(
            "the band, jurisdiction, origin or caller's prefix that it is of; null: of none, or of all that the row does not name"
        ),
    ]


@dataclass(frozen=True)
class BuiltCardView(RevisionView):
    """A card that was built: its new revision, and what that changes."""

    added: Annotated[
        bool, Doc("false where it is the latest revision already, or nothing was to be kept")
    ]
    dry_run: Annotated[bool, Doc("true: nothing was kept")]
    parents: Annotated[list[ParentRevisionView], Doc("the revisions that it was built from")]
    against: Annotated[
        int | None,
        Doc("the revision that the changes are from: that in force, else the latest; null: none"),
    ]
    counts: Annotated[ChangeCountsView, Doc("prefixes by what becomes of them")]
    changes: Annotated[list[ClassPriceChangeView], Doc("the largest ones, at most 20")]
    short_notice: Annotated[
        list[ShortNoticeView], Doc("what of it holds sooner than the card's notice")
    ]

    @classmethod
    def of_built(cls, built: BuiltCard, now: datetime, *, dry_run: bool) -> BuiltCardView:
        """A card that was built, as it stands at an instant."""
        card = built.card
        if all(one.number != built.revision.number for one in card.revisions):
            card = card.with_revision(built.revision)
        counts = Counter(built.changes["change"].to_list())
        kinds = {kind.value: counts[kind.value] for kind in PriceChange}
        return cls(
            **vars(RevisionView.of(card, built.revision, now)),
            added=built.added,
            dry_run=dry_run,
            parents=ParentRevisionView.all_of(built.revision),
            against=None if built.against is None else built.against.number,
            counts=ChangeCountsView(**kinds),
            changes=_largest(built.changes),
            short_notice=[ShortNoticeView.of(short) for short in built.short_notice],
        )


def _largest(changes: pl.DataFrame) -> list[ClassPriceChangeView]:
    size = (pl.col("rate_after").fill_null(0) - pl.col("rate_before").fill_null(0)).abs()
    told = class_changes(changes.filter(pl.col("change") != PriceChange.UNCHANGED.value))
    by = [size, pl.col("prefix"), pl.col("price_class")]
    return _views(told.sort(by, descending=[True, False, False]).head(_SHOWN))


def change_views(changes: pl.DataFrame) -> list[ClassPriceChangeView]:
    """Changes, as `cards.building.changes.price_changes` has them."""
    return _views(class_changes(changes))


def _views(changes: pl.DataFrame) -> list[ClassPriceChangeView]:
    def amount(units: int | None) -> object:
        return None if units is None else money.decimal_of_units(units)

    return [
        ClassPriceChangeView(
            row["prefix"], row["name"], row["change"], amount(row["rate_before"]), amount(row["rate_after"]),  # type: ignore[arg-type]
            row["price_class"],
        )
        for row in changes.iter_rows(named=True)
    ]  # fmt: skip


def built_words(view: BuiltCardView) -> list[str]:
    """What became of a card, a sentence each."""
    from_ = ", ".join(f"{parent.card} {parent.revision}" for parent in view.parents)
    said = [
        f"{view.card} {view.revision} is built from {from_}, with {counted(view.prefixes, 'row')}."
    ]
    if view.dry_run:
        said.append("A dry run: nothing was changed.")
    elif not view.added:
        said.append(f"It is revision {view.revision} already; nothing was added.")
    counts = [f"{count:,} {kind}" for kind, count in vars(view.counts).items() if count]
    against = "" if view.against is None else f" against revision {view.against}"
    said.append(f"Prefixes{against}: {', '.join(counts) or 'none'}.")
    return said
