"""What `minutebook card import --preview` shows: what a deck would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cli.context import format_of
from minutebook.cli.output import OutputFormat, say, show
from minutebook.show.listings.deck_previews import DECK_CHANGES, deck_preview_sheets
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    import typer

    from minutebook.billing.deck_preview import DeckPreview


def show_preview(context: typer.Context, found: DeckPreview) -> None:
    """What a deck would change: CSV has every change, tables the largest."""
    from minutebook.show.deck_previews import DeckPreviewView, all_changes, preview_words
    from minutebook.show.decks import deck_source_words, deck_taken_words

    view = DeckPreviewView.of_preview(found)
    for sentence in (
        *deck_source_words(found.deck.source),
        *preview_words(view),
        *deck_taken_words(found.taken),
    ):
        say(f"minutebook: {sentence}")
    printing = format_of(context)
    if printing.format is OutputFormat.CSV:
        show(printing, view, Sheet(DECK_CHANGES, all_changes(found)))
        return
    show(printing, view, *deck_preview_sheets(view))
