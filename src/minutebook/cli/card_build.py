"""`minutebook card build`: sale cards made of other cards."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.card_live import DryRun, Strict
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.errors import InputError
from minutebook.show.listings.cards import REVISION_COLUMNS
from minutebook.show.listings.price_classes import PRICE_CLASS, with_class_column
from minutebook.show.tables import Column, Sheet

CHANGES = [
    Column("card", "Card", shown=False),
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    PRICE_CLASS,
    Column("change", "Change"),
    Column("rate_before", "Rate before (a minute)", number=True),
    Column("rate_after", "Rate after (a minute)", number=True),
]


@prints(REVISION_COLUMNS, CHANGES)
def build(
    context: typer.Context,
    card: Annotated[str | None, typer.Argument(help="The card's name.")] = None,
    stale: Annotated[
        bool,
        typer.Option(
            "--stale", help="Build all cards whose parents have newer revisions in force."
        ),
    ] = False,
    live: Annotated[
        str | None, typer.Option(metavar="AT", help="When it goes live. Left out: a draft.")
    ] = None,
    dry_run: DryRun = False,
    strict: Strict = False,
) -> None:
    """Build a sale card from other cards, as its recipe in the apply file says.

    It is built from the revisions of its parents that are in force, and becomes a draft until it is taken live;
    with --live AT it is built from those in force then; what then holds sooner than the card's notice is told, and
    refused under --strict. What it changes is shown, against the revision in force.
    A card keeps the bands, jurisdictions, origins or callers of its parents by collapse = "keep", and a price for each.
    --stale builds every card that was built from other revisions than those now in force.

    \b
    Examples:
      minutebook card build retail --dry-run
      minutebook card build retail
      minutebook card build retail --live 2026-11-01
      minutebook card build --stale
    """
    from minutebook.book.clock import now
    from minutebook.show.card_changes import short_notice_words
    from minutebook.show.cards import revision_row
    from minutebook.show.declarations.built_cards import BuiltCardView, built_words
    from minutebook.show.serialise import as_json

    if stale == (card is not None) or (stale and live is not None):
        raise InputError("card build wants CARD, perhaps with --live AT, or --stale alone")
    live_at = None if live is None else arguments.instant(live, "--live")
    with book_of(context) as book:
        if card is None:
            built = list(book.cards.build_stale(dry_run=dry_run))
        else:
            built = [book.cards.build(card, live_at=live_at, dry_run=dry_run, strict=strict)]
    at = now()
    views = [BuiltCardView.of_built(one, at, dry_run=dry_run) for one in built]
    for one, view in zip(built, views, strict=True):
        for sentence in [*built_words(view), *short_notice_words(one.short_notice)]:
            say(f"minutebook: {sentence}")
    if not views:
        say("minutebook: no card is stale; nothing was built")
    rows = [{"card": view.card, **as_json(change)} for view in views for change in view.changes]
    sheets = [Sheet(REVISION_COLUMNS, [revision_row(view) for view in views])]
    if rows:
        columns = [Column("card", "Card"), *CHANGES[1:]] if len(views) > 1 else CHANGES
        sheets.append(Sheet(with_class_column(columns, rows), rows, title="Largest changes"))
    show(format_of(context), views[0] if card is not None else views, *sheets)
