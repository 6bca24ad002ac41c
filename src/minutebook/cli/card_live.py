"""`minutebook card live`, `minutebook card withdraw`: when a revision is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import progress, say, show
from minutebook.show.listings.card_changes import BILLED_CHANGES
from minutebook.show.listings.cards import REVISION_COLUMNS
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.billing.card_change import CardChange

CardName = Annotated[str, typer.Argument(help="The card's name.")]
_Revision = Annotated[int, typer.Argument(metavar="REV", help="The number of the revision.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
]
Why = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Why; it is kept. Needed to go back over billed days."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse what comes later than the card's notice.")
]
Force = Annotated[bool, typer.Option("--force", help="Change billed days without a reason.")]


@prints(REVISION_COLUMNS, BILLED_CHANGES)
def live(
    context: typer.Context,
    card: CardName,
    revision: _Revision,
    at: Annotated[str, typer.Option(metavar="AT", help="From when; may lie in the past.")],
    dry_run: DryRun = False,
    reason: Why = None,
    force: Force = False,
    strict: Strict = False,
) -> None:
    """Take a revision live from an instant, until the next one begins.

    It may be in force several times: what was in force before that instant stays so. What it changes of days
    that are billed is shown, and the next run posts the difference. To go back to a revision over billed
    days, or to touch a closed month, needs a reason or --force; --dry-run only shows. What holds sooner after
    today than [card.NAME] agrees (notice) is told, and refused under --strict.

    \b
    Examples:
      minutebook card live a-z 2 --at 2026-11-01T00:00:00Z
      minutebook card live a-z 1 --at 2026-10-15 --dry-run
      minutebook card live a-z 1 --at 2026-10-15 --reason "2 was for November"
    """
    _change(
        context,
        card,
        revision,
        arguments.instant(at, "--at"),
        dry_run,
        reason,
        force,
        strict,
        live=True,
    )


@prints(REVISION_COLUMNS, BILLED_CHANGES)
def withdraw(
    context: typer.Context,
    card: CardName,
    revision: _Revision,
    at: Annotated[str | None, typer.Option(metavar="AT", help="From when. Left out: now.")] = None,
    dry_run: DryRun = False,
    reason: Why = None,
    force: Force = False,
    strict: Strict = False,
) -> None:
    """Take a revision out of force from an instant on; before that it stays in force.

    The revision that it replaced is in force instead. If there is none, calls have no price. What days that
    are billed would cost is shown, and what comes later than the card's notice, as with card live.

    \b
    Examples:
      minutebook card withdraw a-z 2
      minutebook card withdraw a-z 2 --at 2026-10-15 --dry-run
      minutebook card withdraw a-z 2 --at 2026-10-15 --reason "sent by mistake"
    """
    from minutebook.book.clock import now

    when = now() if at is None else arguments.instant(at, "--at")
    _change(context, card, revision, when, dry_run, reason, force, strict, live=False)


def _change(
    context: typer.Context,
    card: str,
    revision: int,
    at: datetime,
    dry_run: bool,
    reason: str | None,
    force: bool,
    strict: bool,
    *,
    live: bool,
) -> None:
    with book_of(context) as book, progress("pricing billed days", "calls") as told:
        do = book.cards.take_live if live else book.cards.withdraw
        found = do(
            card,
            revision,
            at,
            reason=reason,
            force=force,
            dry_run=dry_run,
            strict=strict,
            progress=told,
        )
    show_change(
        context, found, f"{card} {revision} {'live' if live else 'withdrawn'}", None if live else at
    )


def show_change(
    context: typer.Context,
    found: CardChange,
    what: str | None,
    withdrawn_from: datetime | None = None,
) -> None:
    """A revision after a change, which `what` names, and what that does to billed days; None: these are not told."""
    from minutebook.book.clock import now
    from minutebook.show.card_changes import (
        CardChangeView,
        card_change_words,
        change_rows,
        short_notice_words,
        still_in_force_words,
    )
    from minutebook.show.cards import revision_row

    view = CardChangeView.of_change(found, now())
    for sentence in short_notice_words(found.short_notice):
        say(f"minutebook: {sentence}")
    for sentence in card_change_words(found, what) if what is not None else ():
        say(f"minutebook: {sentence}")
    for sentence in still_in_force_words(view, withdrawn_from) if withdrawn_from else ():
        say(f"minutebook: {sentence}")
    sheets = [Sheet(REVISION_COLUMNS, [revision_row(view)])]
    if view.accounts:
        sheets.append(Sheet(BILLED_CHANGES, change_rows(view), title="Billed days of each account"))
    show(format_of(context), view, *sheets)
