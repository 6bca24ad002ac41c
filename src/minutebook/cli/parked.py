"""`minutebook parked`: what runs did not post, as it was beyond the bounds; and who lets it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.parked import PARKED
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.ledger.parked import ParkedCharge
    from minutebook.notebook import Rows

app = typer.Typer(
    help="See what runs parked, as it is beyond the bounds of what an account is used to; let it pass, or hold it back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
@prints(PARKED)
def list_(context: typer.Context) -> None:
    """List what the last run parked: charges far beyond an account's usual day, and large refunds for calls
    that are gone. All of such an account waits, and every later run computes it again.

    \b
    Examples:
      minutebook parked list
      minutebook --format json parked list
    """
    with book_of(context) as book:
        parked = book.runs.parked()
    _show(context, parked, [] if parked else ["Nothing is parked."])


@app.command("pass")
@prints(PARKED)
def pass_(
    context: typer.Context,
    reason: options.Reason,
    accounts: Annotated[list[str] | None, typer.Argument(metavar="ACCOUNT…")] = None,
    every: Annotated[bool, typer.Option("--all", help="Of all accounts.")] = False,
) -> None:
    """Let what is parked of accounts be posted: the next run does, up to the amounts that are listed.

    What has changed beyond these by then is parked again. Who let it pass, and why, is kept.

    \b
    Examples:
      minutebook parked pass acme --reason "a campaign, as announced"
      minutebook parked pass --all --reason "the old lake is right"
    """
    if every == bool(accounts):
        raise typer.BadParameter("say which accounts, or --all")
    with book_of(context) as book:
        parked = book.runs.let_pass(accounts or None, reason)
    _show(
        context,
        parked,
        ["The next run posts this, and no more."] if parked else ["Nothing is parked."],
    )


@app.command("hold")
@prints(PARKED)
def hold(
    context: typer.Context,
    reason: options.Reason,
    accounts: Annotated[list[str] | None, typer.Argument(metavar="ACCOUNT…")] = None,
    every: Annotated[bool, typer.Option("--all", help="Of all accounts.")] = False,
) -> None:
    """Take a pass back, before a run has posted what it lets pass: it waits again.

    What a run has posted is no longer parked; it is mended as any charge is, by correct or by right prices.

    \b
    Examples:
      minutebook parked hold acme --reason "not announced after all"
    """
    if every == bool(accounts):
        raise typer.BadParameter("say which accounts, or --all")
    with book_of(context) as book:
        parked = book.runs.hold_back(accounts or None, reason)
    _show(context, parked, ["No run posts this." if parked else "Nothing is parked."])


def _show(context: typer.Context, parked: Rows[ParkedCharge], notes: list[str]) -> None:
    from minutebook.show.parked import ParkedView

    view = ParkedView.of(parked)
    show(format_of(context), view, Sheet(PARKED, view.parked, notes=notes))
