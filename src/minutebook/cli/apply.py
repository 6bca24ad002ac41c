"""`minutebook apply`: declare plans, accounts, servers, sources and cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.applied import APPLIED, applied_sheet


@prints(APPLIED)
def apply_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Apply files (TOML).")],
    force: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Deploy servers although the account lacks the means for their minimum.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Why; it is kept. Left out: the names of the files."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
    ] = False,
) -> None:
    """Declare plans, accounts, servers, sources and cards; all files or nothing.

    Applying a file again changes nothing. What a file does not name stays as it is. What is
    changed is shown key by key, before and after; and match tables that compete for calls with
    those of other accounts, by whose precedence, or as a tie, where calls would wait.

    \b
    Examples:
      minutebook apply carrier.toml
      minutebook apply carrier.toml --dry-run
      minutebook apply plans.toml customers.toml
      minutebook apply plans.toml --reason "prices of January, agreed with Acme"
      minutebook apply servers.toml --force "paid by bank transfer today"
    """
    from minutebook.show.books import AppliedView

    with book_of(context) as book:
        view = AppliedView.of(
            book.apply(files, force, dry_run=dry_run, reason=reason), dry_run=dry_run
        )
    show(format_of(context), view, applied_sheet(view, dry_run=dry_run))
