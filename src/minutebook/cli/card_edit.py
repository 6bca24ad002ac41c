"""`minutebook card edit`, `minutebook card rollback`: a revision made from another."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, card_live
from minutebook.cli.card_build import CHANGES
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import progress, say, show
from minutebook.errors import InputError
from minutebook.show.listings.card_changes import BILLED_CHANGES
from minutebook.show.listings.cards import REVISION_COLUMNS
from minutebook.show.listings.price_classes import with_class_column
from minutebook.show.tables import Sheet


@prints(REVISION_COLUMNS, CHANGES)
def edit(
    context: typer.Context,
    card: card_live.CardName,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PREFIX=RATE,…", help="A prefix's rate a minute; new or not."
        ),
    ] = None,
    block: Annotated[
        list[str] | None, typer.Option(metavar="PREFIX,…", help="A prefix that is blocked.")
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="PREFIX,…", help="A row that goes; shorter prefixes then price."),
    ] = None,
    from_: Annotated[
        int | None,
        typer.Option(
            "--from", metavar="REV", help="Of this revision. Left out: in force, or last."
        ),
    ] = None,
    dry_run: card_live.DryRun = False,
) -> None:
    """Change a few prices by hand: a new draft, made from a revision, which stays as it is.

    A prefix that is there keeps its name, fees and increments. A new one has them from the row that priced its
    numbers until then. To change more than some rows, write a deck with card export, and import it.

    \b
    Examples:
      minutebook card edit a-z --set 4420=0.011
      minutebook card edit a-z --set 4420=0.011,33=0.009 --block 447 --dry-run
      minutebook card edit a-z --remove 4420 --from 3
    """
    from minutebook.book.clock import now
    from minutebook.show.card_edits import EditedCardView, edited_words
    from minutebook.show.cards import revision_row
    from minutebook.show.serialise import as_json

    rates: dict[str, str] = {}
    for text in set_ or []:
        for prefix, rate in _each_pair(text):
            if prefix in rates:
                raise InputError(f"--set says prefix {prefix} twice; say it once")
            rates[prefix] = rate
    with book_of(context) as book:
        found = book.cards.edit(
            card, rates=rates, block=arguments.listed(block or []), remove=arguments.listed(remove or []),
            revision=from_, dry_run=dry_run,
        )  # fmt: skip
    view = EditedCardView.of_edit(found, now(), dry_run=dry_run)
    for sentence in edited_words(view):
        say(f"minutebook: {sentence}")
    rows = [as_json(change) for change in view.changes]
    changes = Sheet(
        with_class_column(CHANGES, rows), rows, title=f"Changes against revision {view.made_from}"
    )
    show(format_of(context), view, Sheet(REVISION_COLUMNS, [revision_row(view)]), changes)


def _each_pair(text: str) -> list[tuple[str, str]]:
    """PREFIX=RATE, several by commas; one that is none is refused."""
    return [
        pair
        for one in text.split(",")
        for pair in arguments.pairs([one], "--set", "4420=0.011").items()
    ]


@prints(REVISION_COLUMNS, BILLED_CHANGES)
def rollback(
    context: typer.Context,
    card: card_live.CardName,
    revision: Annotated[int, typer.Argument(metavar="REV", help="The revision to go back to.")],
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="From when. Left out: a draft.")
    ] = None,
    dry_run: card_live.DryRun = False,
    reason: card_live.Why = None,
    force: card_live.Force = False,
    strict: card_live.Strict = False,
) -> None:
    """Go back to an earlier revision: a new one with its rows and its terms.

    The new revision is a draft, or with --at in force from then on; what was in force before stays so. What it
    changes of days that are billed is shown, and needs a reason or --force; --dry-run only shows. What holds sooner
    than the card's notice is told, and refused under --strict.

    \b
    Examples:
      minutebook card rollback a-z 1
      minutebook card rollback a-z 1 --at 2026-11-15 --dry-run
      minutebook card rollback a-z 1 --at 2026-11-15 --reason "a mistake"
    """
    when = None if at is None else arguments.instant(at, "--at")
    with book_of(context) as book, progress("pricing billed days", "calls") as told:
        found = book.cards.roll_back(
            card,
            revision,
            when,
            reason=reason,
            force=force,
            dry_run=dry_run,
            strict=strict,
            progress=told,
        )
    what = f"{card} {found.revision.number}, with the rows of {revision}"
    if when is None and found.done:
        take = f"minutebook card live {card} {found.revision.number} --at AT"
        say(f"minutebook: {what}, is a draft; to take it live: {take}")
        card_live.show_change(context, found, None)
        return
    card_live.show_change(context, found, what)
