"""`minutebook card …`: rate cards and their revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from minutebook.cli import (  # fmt: skip
    arguments,
    card_build,
    card_export,
    card_imported,
    card_live,
    card_why,
    options,
)
from minutebook.cli.card_live import REVISION_COLUMNS
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.price_columns import price_columns
from minutebook.show.tables import Column, Sheet

app = typer.Typer(
    help="Rate cards: import a deck as a revision, build a card from others, take it live or withdraw it, show and compare revisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _differences(before: int = 1, after: int = 2) -> list[Column]:
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("change", "Change", drop=1),
        Column("rate_before", f"Rate in {before} (a minute)", number=True),
        Column("rate_after", f"Rate in {after} (a minute)", number=True),
    ]


app.command("import")(card_imported.import_)
app.command("export")(card_export.export)
app.command("build")(card_build.build)
app.command("why")(card_why.why)
app.command("assure")(card_why.assure)
app.command("live")(card_live.live)
app.command("withdraw")(card_live.withdraw)


_LISTED = [
    *REVISION_COLUMNS,
    Column("kind", "Kind", shown=False),
    Column("build", "Built", shown=False),
]


@app.command("list")
@prints(_LISTED)
def list_(context: typer.Context) -> None:
    """Show every card's revisions, when each is in force, and whether it is now.

    A card that is declared, and has no revision yet, has a line too.

    \b
    Example:
      minutebook card list
    """
    from minutebook.book.clock import now
    from minutebook.show.declarations.cards import listed_cards, listed_row

    with book_of(context) as book:
        cards = book.cards.list()
    at = now()
    views = [view for card in cards for view in listed_cards(card, at)]
    rows = [listed_row(view) for view in views]
    said = {key for row in rows for key in ("kind", "build") if row[key]}
    columns = [replace(column, shown=column.shown or column.key in said) for column in _LISTED]
    show(format_of(context), views, Sheet(columns, rows))


@app.command("show")
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
    from minutebook.show.cards import (
        CardTermsView,
        PricesView,
        RevisionView,
        intervals_text,
        prices,
    )
    from minutebook.show.deck_rows import bands_priced, deck_rows
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
        frame = book.cards.prices(revision)
    view = PricesView(
        **vars(RevisionView.of(known, revision, now())),
        terms=CardTermsView.of(revision.terms),
        prices=prices(frame),
    )
    rows = deck_rows(frame, revision.terms, known.currency)
    title = f"{card} revision {revision.number}, {revision.prefixes:,} prefixes"
    told = declared_words(known)
    notes = [f"In force {intervals_text(view.in_force)} (UTC).", *told, *view.terms.words()]
    columns = price_columns(known.currency, bands_priced(frame, revision.terms))
    sheet = Sheet(columns, rows, title=title, notes=notes)
    show(format_of(context), CardView.of_prices(known, view), sheet)


@app.command("diff")
@prints(_differences())
def diff(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    before: Annotated[int, typer.Argument(metavar="REV")],
    after: Annotated[int, typer.Argument(metavar="REV")],
) -> None:
    """Show the prefixes that differ between two revisions.

    \b
    Example:
      minutebook card diff a-z 1 2
    """
    from minutebook.show.cards import CardDifferenceView

    with book_of(context) as book:
        frame = book.cards.difference(card, before, after)
    view = CardDifferenceView.of(card, before, after, frame)
    show(format_of(context), view, Sheet(_differences(before, after), view.differences))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a card back that was declared by mistake, while nothing leans on it.

    No plan uses it, and no day is billed by it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook card remove a-zz --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.cards.remove(card, reason))
