"""What `minutebook card import` says of a deck that was taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli.card_live import REVISION_COLUMNS
from minutebook.cli.context import format_of
from minutebook.cli.output import say, show
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.cards.revision import Card, Revision
    from minutebook.intake.rate_cards import Taken


Inside = Annotated[
    str | None, typer.Option(metavar="NAME", help="The file of a zip archive with several.")
]
DeckEncoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Of the deck's text, as cp1251.")
]
DeckSheet = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook with several."),
]
DeckDecimals = Annotated[
    str | None, typer.Option("--decimals", metavar="MARK", help="Of prices: comma or point.")
]
DeckCard = Annotated[
    str | None,
    typer.Option("--deck-card", metavar="NAME", help="The card of a file in JSON with several."),
]


def show_imported(
    context: typer.Context,
    file: Path,
    card: Card,
    taken: Taken,
    ignored: list[str],
    emptied: list[Revision],
) -> None:
    """What became of a deck, and what was not read of it."""
    from minutebook.book.clock import now
    from minutebook.show.cards import RevisionView, revision_row
    from minutebook.show.decks import DeckSourceView, ImportedRevisionView, deck_source_words

    made = (taken.revision, *taken.later)
    for sentence in deck_source_words(taken.source):
        say(f"minutebook: {sentence}")
    if ignored:
        say(f"minutebook: columns not read: {', '.join(ignored)}")
    for revision in emptied if taken.added else []:
        say(
            f"minutebook: revision {revision.number} of {card.name} prices nothing: it has no open row"
        )
    if not taken.added:
        numbers = " and ".join(str(revision.number) for revision in made)
        say(f"minutebook: {file} is revision {numbers} of {card.name} already; nothing was added")
    at = now()
    first, *later = [RevisionView.of(card, revision, at) for revision in made]
    read_as = DeckSourceView.of(taken.source)
    view = ImportedRevisionView(**vars(first), added=taken.added, later=later, read_as=read_as)
    show(
        format_of(context),
        view,
        Sheet(REVISION_COLUMNS, [revision_row(one) for one in (view, *later)]),
    )
