"""`minutebook rematch`: calls follow match tables that were mended."""

from __future__ import annotations

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.correct import show_corrected
from minutebook.show.listings.corrections import EFFECTS


@prints(EFFECTS)
def rematch_(
    context: typer.Context,
    reason: options.Reason,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    dry_run: options.DryRun = False,
) -> None:
    """Give the calls of some days to the accounts that the match tables name now.

    Calls whose record names the account stay, and so do those that a correction moved, and those
    that no table would take now. The next bill posts the differences.

    \b
    Examples:
      minutebook rematch --month 2026-10 --reason "in-1 is globex's" --dry-run
      minutebook rematch --from 2026-10-01 --to 2026-10-03 --reason "new trunk"
    """
    days = arguments.period(first, last, month)
    with book_of(context) as book:
        result = book.corrections.rematch(*days, options.need_reason(reason), dry_run=dry_run)
    show_corrected(format_of(context), result)
