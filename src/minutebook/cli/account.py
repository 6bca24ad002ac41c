"""`minutebook account`: what accounts are on, their history and status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.accounts import ACCOUNTS, HISTORY, MATCH
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.ledger.statuses import StatusChange

app = typer.Typer(
    help="See what accounts are on, and their history; suspend, resume, close and reopen them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

STATUS = [
    Column("account", "Account"),
    Column("status", "Status"),
    Column("date", "From (UTC day)"),
    Column("by", "By", drop=1),
    Column("reason", "Reason"),
]


@app.command("list")
@prints(ACCOUNTS)
def list_(
    context: typer.Context,
    stagnant: Annotated[
        bool, typer.Option("--stagnant", help="Only accounts with servers and no traffic.")
    ] = False,
    month: Annotated[
        str | None, typer.Option(metavar="M", help="As in 2026-10. Left out: this month.")
    ] = None,
) -> None:
    """List accounts with plan, servers, calls of the month and where its minimum stands.

    A stagnant account has servers and no calls in the month: it will owe its minimum for nothing.

    \b
    Examples:
      minutebook account list
      minutebook account list --stagnant --month 2026-10
    """
    from minutebook.book.clock import today
    from minutebook.show.accounts import AccountsView

    first = today().replace(day=1) if month is None else arguments.month(month, "--month")
    with book_of(context) as book:
        listed = [row for row in book.accounts.list(first) if row.stagnant or not stagnant]
    view = AccountsView.of(listed)
    show(
        format_of(context),
        view,
        Sheet(ACCOUNTS, view.accounts, title=f"Accounts in {first:%Y-%m} (UTC)"),
    )


@app.command("show")
@prints(HISTORY, MATCH)
def show_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="As on a UTC day. Left out: today.")
    ] = None,
) -> None:
    """Show what an account is on, its servers, status, limit and match tables, and its whole history.

    \b
    Examples:
      minutebook account show acme
      minutebook account show acme --at 2026-10-31
    """
    from minutebook.show.accounts import AccountView
    from minutebook.show.listings.accounts import account_sheets

    day = None if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = AccountView.of(book.accounts.show(account, day))
    show(format_of(context), view, *account_sheets(view))


@app.command("suspend")
@prints(STATUS)
def suspend(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Suspend an account by hand: only resuming it by hand ends that, no payment does.

    It is still billed: channels, minimums and any calls that are recorded.

    \b
    Examples:
      minutebook account suspend acme --reason "fraud on its trunk"
    """
    with book_of(context) as book:
        _show_change(context, book.accounts.suspend(account, reason))


@app.command("resume")
@prints(STATUS)
def resume(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """End a suspension by hand. While it is below its floor the next run suspends it again.

    \b
    Examples:
      minutebook account resume acme --reason "trunk secured"
    """
    with book_of(context) as book:
        _show_change(context, book.accounts.resume(account, reason))


@app.command("close")
@prints(STATUS)
def close(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    reason: options.Reason,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its last UTC day. Left out: today.")
    ] = None,
) -> None:
    """Close an account for good: it owes up to its last day, and takes no later calls.

    Nothing is deleted. Its balance stays, and can still be paid or paid out by an adjustment.
    In the same words again it changes nothing.

    \b
    Examples:
      minutebook account close acme --reason "moved to another carrier"
      minutebook account close acme --reason "contract ended" --on 2026-10-31
    """
    day = None if on is None else arguments.day(on, "--on")
    with book_of(context) as book:
        _show_change(context, book.accounts.close(account, reason, day))


@app.command("reopen")
@prints(STATUS)
def reopen(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take back the closing of an account, while no posting and no closed month leans on it.

    Its status is what it was before. Calls after its last day that wait are taken in by the next run.

    \b
    Examples:
      minutebook account reopen acme --reason "closed by mistake"
    """
    with book_of(context) as book:
        _show_change(context, book.accounts.reopen(account, reason))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take an account back that was declared by mistake, while nothing leans on it.

    It has no posting, no call and no server. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook account remove acmee --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.accounts.remove(account, reason))


def _show_change(context: typer.Context, change: StatusChange) -> None:
    from minutebook.show.sentences.notes import already_words
    from minutebook.show.statuses import AccountChangeView

    view = AccountChangeView.of(change)
    notes = []
    if not change.new:
        notes.append(already_words(f"{change.account} was {change.status}", change.day))
    show(format_of(context), view, Sheet(STATUS, [view], notes=notes))
