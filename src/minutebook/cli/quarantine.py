"""`minutebook quarantine`: records that wait, chosen, counted, tried again, or put aside for good."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.calls import QUARANTINE_COLUMNS
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.show_import import COLUMNS as TRIED
from minutebook.cli.show_import import show_import
from minutebook.show.tables import Column, Sheet

DISCARDED = [Column("discarded", "Records discarded", number=True)]
CHOSEN = [Column("chosen", "Records chosen", number=True)]
COUNTS = [Column("records", "Records", number=True), Column("since", "Since (UTC)")]


class Groups(StrEnum):
    """What records are counted by."""

    REASON = "reason"
    SOURCE = "source"
    DAY = "day"
    ACCOUNT = "account"


BY = [
    Column(by.value, by.capitalize(), said={"": "no account"} if by is Groups.ACCOUNT else {})
    for by in Groups
]


@prints(
    QUARANTINE_COLUMNS,
    BY,
    COUNTS,
    DISCARDED,
    CHOSEN,
    TRIED,
)
def quarantine_(
    context: typer.Context,
    because: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Only those that wait for this, as no_account."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this source.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Only those that would be this account's.")
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    by: Annotated[Groups | None, typer.Option(help="Count them instead.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try them again.")] = False,
    discard: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Discard a record; may be repeated."),
    ] = None,
    discard_all: Annotated[
        bool, typer.Option("--discard-all", help="Discard those that are chosen.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why they are discarded; it is kept.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say how many would be tried or discarded, and do nothing."),
    ] = False,
) -> None:
    """Show the records in quarantine, count them, try them again, or discard them for good.

    Days are those on which records were set aside. A discarded record is kept, with when and why, but waits
    no longer. A record that only needs a declaration goes in once that is mended and it is tried again.
    An account is told by the record itself or the match tables, whatever the record waits for and whatever its day.

    \b
    Examples:
      minutebook quarantine --by reason
      minutebook quarantine --by account
      minutebook quarantine --because no_account --source proxy
      minutebook quarantine --because no_account --retry
      minutebook quarantine --because unpaired --to 2026-09-30 --retry --dry-run
      minutebook quarantine --because unpaired --discard-all --reason "lost ends"
      minutebook quarantine --discard 3f9a1c02 --reason "test call"
    """
    from minutebook.show.calls import ChosenView, DiscardedView, QuarantineView, WaitingCountsView

    period = arguments.some_days(first, last, month)
    chosen = any(word is not None for word in (because, source, account, *period))
    if sum((bool(discard), discard_all, retry, by is not None)) > 1:
        raise typer.BadParameter("--by, --retry, --discard and --discard-all: say one of them")
    if (discard or discard_all) and not (reason and reason.strip()):
        raise typer.BadParameter("discarding needs --reason TEXT")
    if discard_all and not chosen:
        raise typer.BadParameter(
            "--discard-all needs --because, --source, --account or days, to choose by"
        )
    if discard and (chosen or dry_run):
        raise typer.BadParameter("--discard ID names the records; say it without what chooses them")
    if dry_run and not (discard_all or retry):
        raise typer.BadParameter("--dry-run goes with --retry or --discard-all")
    printing = format_of(context)
    with book_of(context) as book:
        if discard:
            discarded = DiscardedView(book.calls.discard(discard, str(reason)))
            show(printing, discarded, Sheet(DISCARDED, [discarded]))
            return
        waiting = book.calls.quarantine(because, source, *period, account)
        if dry_run:
            view = ChosenView(waiting.height)
            show(printing, view, Sheet(CHOSEN, [view]))
        elif discard_all:
            discarded = DiscardedView(book.calls.give_up(waiting, str(reason)))
            show(printing, discarded, Sheet(DISCARDED, [discarded]))
        elif retry:
            show_import(printing, book.calls.retry(waiting if chosen else None))
        elif by is not None:
            if by is Groups.ACCOUNT:
                waiting = book.calls.with_accounts(waiting)
            counts = WaitingCountsView.of(waiting, by.value)
            columns = [*(column for column in BY if column.key == by.value), *COUNTS]
            show(printing, counts, Sheet(columns, counts.counts))
        else:
            listed = QuarantineView.of(waiting)
            show(printing, listed, Sheet(QUARANTINE_COLUMNS, listed.quarantine))
