"""Cards that were changed by hand, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import polars as pl
from annotated_doc import Doc

from minutebook.cards.building.changes import PriceChange
from minutebook.show.cards import RevisionView
from minutebook.show.declarations.built_cards import ClassPriceChangeView, change_views

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.intake.card_edits import EditedCard


@dataclass(frozen=True)
class EditedCardView(RevisionView):
    """A draft that was made of a revision by hand, and what it changes."""

    added: Annotated[
        bool, Doc("false where it is the latest revision already, or nothing was to be kept")
    ]
    dry_run: Annotated[bool, Doc("true: nothing was kept")]
    made_from: Annotated[int, Doc("the revision that was changed")]
    changes: Annotated[list[ClassPriceChangeView], Doc("against that revision, by prefix")]

    @classmethod
    def of_edit(cls, edited: EditedCard, now: datetime, *, dry_run: bool) -> EditedCardView:
        """A draft made by hand, as it stands at an instant."""
        told = edited.changes.filter(pl.col("change") != PriceChange.UNCHANGED.value)
        return cls(
            **vars(RevisionView.of(edited.card, edited.revision, now)),
            added=edited.added,
            dry_run=dry_run,
            made_from=edited.made_from.number,
            changes=change_views(told),
        )


def edited_words(view: EditedCardView) -> list[str]:
    """What became of a card, a sentence each."""
    made = f"{view.card} {view.revision} is made from revision {view.made_from}"
    if view.dry_run:
        return [f"{made}.", "A dry run: nothing was changed."]
    if not view.added:
        return [f"{view.card} {view.revision} has these rows already; nothing was added."]
    take = f"minutebook card live {view.card} {view.revision} --at AT"
    return [f"{made}, and is a draft; to take it live: {take}"]
