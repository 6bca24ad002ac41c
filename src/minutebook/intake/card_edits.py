"""Cards changed by hand: a draft made from a revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.cards.building.changes import price_changes
from minutebook.cards.editing import edited_rows
from minutebook.cards.revision import Card, Revision, no_revision
from minutebook.declarations.carrier import card_of
from minutebook.intake.rate_cards import check_bounds
from minutebook.ledger import card_revisions, declarations
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from minutebook.cards.editing import CardEdit
    from minutebook.lake.card_store import CardStore
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class EditedCard(Shown):
    """A draft that was made of a revision by hand."""

    card: Card
    """The card, with the draft."""
    revision: Revision
    """The draft; the latest revision where that has these rows already, or what it would be."""
    made_from: Revision
    """The revision that was changed."""
    added: bool
    """False: the latest revision is so already, or nothing was to be kept."""
    changes: pl.DataFrame
    """What becomes of the numbers of each prefix, as `cards.building.changes.price_changes` has it."""


def edit_card(
    database: Database,
    store: CardStore,
    name: str,
    edit: CardEdit,
    *,
    from_: int | None,
    now: datetime,
    by: str,
    keep: bool,
) -> EditedCard:
    """Change rows of a revision (None: of the one in force, else of the last) and keep them as a draft."""
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        card = card_of(carrier.cards, name)
        if not card.revisions:
            raise no_revision(card)
        base = (
            card.numbered(from_) if from_ is not None else card.in_force(now) or card.revisions[-1]
        )
        before = store.read(base.sha256)
        rows = edited_rows(before, edit, f"revision {base.number} of card {name!r}")
        check_bounds(carrier, name, base.terms, rows)
        number = card_revisions.last_number(connection, name) + 1
        draft = Revision(
            name, number, None, store.write(rows) if keep else "", rows.height, f"revision {base.number}, changed by hand",
            base.terms, now,
        )  # fmt: skip
        changes = price_changes(before, rows)
        latest = card.revisions[-1]
        if (latest.sha256, latest.terms) == (draft.sha256, draft.terms):
            return EditedCard(card, latest, base, added=False, changes=changes)
        if not keep:
            return EditedCard(card.with_revision(draft), draft, base, added=False, changes=changes)
        card_revisions.add(connection, card.currency, draft, by, "card edit")
        return EditedCard(card.with_revision(draft), draft, base, added=True, changes=changes)
