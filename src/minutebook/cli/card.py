"""`minutebook card …`: rate cards and their revisions."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import (  # fmt: skip
    card_build,
    card_edit,
    card_export,
    card_imported,
    card_live,
    card_pricelist,
    card_profile,
    card_show,
    card_why,
    options,
)
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.card_changes import difference_columns, difference_sheets
from minutebook.show.listings.deck_previews import CARD_TERMS

app = typer.Typer(
    help="Rate cards: import a deck as a revision, build a card from others, take it live or withdraw it, show and compare revisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


app.command("import")(card_imported.import_)
app.command("export")(card_export.export)
app.command("pricelist")(card_pricelist.pricelist)
app.command("build")(card_build.build)
app.command("why")(card_why.why)
app.command("assure")(card_why.assure)
app.command("edit")(card_edit.edit)
app.command("rollback")(card_edit.rollback)
app.command("live")(card_live.live)
app.command("withdraw")(card_live.withdraw)


app.command("list")(card_show.list_)
app.command("show")(card_show.show_)


@app.command("diff")
@prints(difference_columns(), CARD_TERMS)
def diff(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    before: Annotated[int, typer.Argument(metavar="REV")],
    after: Annotated[int, typer.Argument(metavar="REV")],
) -> None:
    """Show the prefixes that differ between two revisions: in rates, increments, fees and what else a row says.

    \b
    Example:
      minutebook card diff a-z 1 2
    """
    from minutebook.show.card_differences import CardDifferenceView

    with book_of(context) as book:
        frame = book.cards.difference(card, before, after)
        known = book.cards.show(card)
        revisions = known.numbered(before), known.numbered(after)
        decks = book.cards.prices(revisions[0]), book.cards.prices(revisions[1])
    view = CardDifferenceView.of(revisions, decks, frame, known.currency)
    show(format_of(context), view, *difference_sheets(view))


app.add_typer(card_profile.app, name="profile")


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
