"""`minutebook card list`, `minutebook card show`: revisions, and their prices."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.cards import CARDS, cards_sheet
from minutebook.show.price_columns import deck_sheet, price_columns


@prints(CARDS)
def list_(context: typer.Context) -> None:
    """Show every card's revisions, when each is in force, and whether it is now.

    A card that is declared, and has no revision yet, has a line too. Who brought each, and when: --columns.

    \b
    Examples:
      minutebook card list
      minutebook card list --columns card,revision,file,imported_at,imported_by
    """
    from minutebook.book.clock import now
    from minutebook.show.declarations.cards import listed_cards

    with book_of(context) as book:
        cards, by = book.cards.list(), book.cards.brought_by()
    views = [view for card in cards for view in listed_cards(card, now(), by)]
    show(format_of(context), views, cards_sheet(views))


@prints(price_columns())
def show_(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The revision in force then. Left out: now.")
    ] = None,
) -> None:
    """Show the prices of a card in force at an instant, and its terms.

    CSV is a deck: what the card says of all rows stands in each, and who imports it has the same prices.

    \b
    Examples:
      minutebook card show a-z
      minutebook --format csv card show a-z --at 2026-10-01 > prices.csv
    """
    from minutebook.book.clock import now
    from minutebook.cards.revision import no_revision
    from minutebook.errors import InputError
    from minutebook.show.cards import intervals_text
    from minutebook.show.declarations.cards import CardView, declared_words

    when = now() if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        known = book.cards.show(card)
        revision = known.in_force(when)
        if not known.revisions:
            raise no_revision(known)
        if revision is None:
            raise InputError(
                f"card {card!r} has no revision in force at {when.isoformat()}; see: minutebook card list"
            )
        frame, by = book.cards.prices(revision), book.cards.brought_by()
    view = CardView.of_revision(known, revision, frame, by, now())
    title = f"{card} revision {revision.number}, {revision.prefixes:,} prefixes"
    told = declared_words(known)
    held = f"In force {intervals_text(view.in_force)} (UTC)."
    notes = [held, view.brought_words(), *told, *view.terms.words()]
    sheet = deck_sheet(frame, revision.terms, known.currency)
    show(format_of(context), view, replace(sheet, title=title, notes=notes))
