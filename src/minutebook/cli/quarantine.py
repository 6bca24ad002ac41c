"""`minutebook quarantine`: records that wait, chosen, counted, tried again, discarded, or restored."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.show_import import show_import
from minutebook.show.listings.imports import COLUMNS as TRIED
from minutebook.show.listings.quarantine import (
    BY,
    DISCARDED_RECORDS,
    QUARANTINE,
    WAITING_COUNTS,
    WaitingGroups,
    counts_sheet,
)
from minutebook.show.tables import Column, Sheet

DISCARDED = [Column("discarded", "Records discarded", number=True)]
RESTORED = [Column("restored", "Records that wait again", number=True)]
CHOSEN = [Column("chosen", "Records chosen", number=True)]


Because = Annotated[
    str | None,
    typer.Option(metavar="REASON", help="Only those that wait for this, as no_account."),
]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this source.")]
Account = Annotated[
    str | None, typer.Option(metavar="ACCOUNT", help="Only those that would be this account's.")
]
By = Annotated[WaitingGroups | None, typer.Option(help="Count them instead.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try them again.")]
Discard = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Discard a record; may be repeated."),
]
DiscardAll = Annotated[bool, typer.Option("--discard-all", help="Discard those that are chosen.")]
Discarded = Annotated[
    bool, typer.Option("--discarded", help="Show those that were discarded instead.")
]
Restore = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Let a discarded record wait again; may be repeated."),
]
Reason = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Why they are discarded, or restored; it is kept."),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say how many would be tried or discarded, and do nothing."),
]


@prints(
    QUARANTINE,
    BY,
    WAITING_COUNTS,
    DISCARDED,
    RESTORED,
    DISCARDED_RECORDS,
    CHOSEN,
    TRIED,
)
def quarantine_(
    context: typer.Context,
    because: Because = None,
    source: Source = None,
    account: Account = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    by: By = None,
    retry: Retry = False,
    discard: Discard = None,
    discard_all: DiscardAll = False,
    discarded: Discarded = False,
    restore: Restore = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Show the records in quarantine, count them, try them again, discard or restore them.

    Days are those on which records were set aside, or with --discarded, discarded. A discarded record is kept, with when, by whom and
    why, but waits no longer; its row, imported again, does not wait either, unless it has become a call. A record that only needs a declaration goes in once that is mended and it is tried again.
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
      minutebook quarantine --discarded
      minutebook quarantine --restore 3f9a1c02 --reason "the wrong one"
    """
    from minutebook.show.calls import (
        ChosenView,
        DiscardedRecordsView,
        DiscardedView,
        QuarantineView,
        WaitingAgainView,
        WaitingCountsView,
    )

    period = arguments.some_days(first, last, month)
    chosen = any(word is not None for word in (because, source, account, *period))
    _check(
        sum((bool(discard), discard_all, retry, by is not None, discarded, bool(restore))),
        discards=bool(discard) or discard_all,
        restores=bool(restore),
        names=bool(discard or restore),
        by_choice=discard_all,
        chosen=chosen,
        reason=reason,
        dry_run=dry_run,
        dry_runs=discard_all or retry,
    )
    if discarded and because is not None:
        raise typer.BadParameter("--because chooses of what waits, not of --discarded")
    printing = format_of(context)
    with book_of(context) as book:
        if discard:
            gone = DiscardedView(book.calls.discard(discard, str(reason)))
            show(printing, gone, Sheet(DISCARDED, [gone]))
            return
        if restore:
            back = WaitingAgainView(book.calls.restore(restore, str(reason)))
            show(printing, back, Sheet(RESTORED, [back]))
            return
        if discarded:
            seen = DiscardedRecordsView.of(book.calls.discarded(source, *period, account))
            show(printing, seen, Sheet(DISCARDED_RECORDS, seen.records))
            return
        waiting = book.calls.quarantine(because, source, *period, account)
        if dry_run:
            view = ChosenView(waiting.height)
            show(printing, view, Sheet(CHOSEN, [view]))
        elif discard_all:
            gone = DiscardedView(book.calls.give_up(waiting, str(reason)))
            show(printing, gone, Sheet(DISCARDED, [gone]))
        elif retry:
            show_import(printing, book.calls.retry(waiting if chosen else None))
        elif by is not None:
            if by is WaitingGroups.ACCOUNT:
                waiting = book.calls.with_accounts(waiting)
            counts = WaitingCountsView.of(waiting, by.value)
            show(printing, counts, counts_sheet(counts, by))
        else:
            listed = QuarantineView.of(waiting)
            show(printing, listed, Sheet(QUARANTINE, listed.quarantine))


def _check(
    deeds: int,
    *,
    discards: bool,
    restores: bool,
    names: bool,
    by_choice: bool,
    chosen: bool,
    reason: str | None,
    dry_run: bool,
    dry_runs: bool,
) -> None:
    """`BadParameter` where what is said does not go together."""
    if deeds > 1:
        raise typer.BadParameter(
            "--by, --retry, --discarded, --discard, --discard-all and --restore: say one of them"
        )
    if (discards or restores) and not (reason and reason.strip()):
        raise typer.BadParameter("discarding and restoring need --reason TEXT")
    if by_choice and not chosen:
        raise typer.BadParameter(
            "--discard-all needs --because, --source, --account or days, to choose by"
        )
    if names and (chosen or dry_run):
        raise typer.BadParameter(
            "--discard ID and --restore ID name the records; say them without what chooses them"
        )
    if dry_run and not dry_runs:
        raise typer.BadParameter("--dry-run goes with --retry or --discard-all")
