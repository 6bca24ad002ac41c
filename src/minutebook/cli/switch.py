"""`minutebook switch`: put an account on another plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import Printing, say, show
from minutebook.errors import InputError
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from datetime import date

    from minutebook.book import Book

COLUMNS = [
    Column("account", "Account"),
    Column("from", "From (UTC day)"),
    Column("plan", "Plan"),
    Column("channels", "Channels", number=True),
    Column("override", "Override", drop=1),
]
CONTEXT = {"ignore_unknown_options": True}  # a negative number is no option


@prints(COLUMNS)
def switch_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    plan: Annotated[str, typer.Argument()],
    channels: Annotated[
        str | None,
        typer.Option(metavar="N", help="Channels to buy, under a plan that charges by them."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The first UTC day on it. Left out: tomorrow."),
    ] = None,
    override: Annotated[
        bool, typer.Option("--override", help="Set the rule of 30 days aside; needs --reason.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why it is set aside; kept.")
    ] = None,
) -> None:
    """Put an account on another plan, from tomorrow or another UTC day on.

    Between minutes and channels it may change 30 days after the last such change. Days that are
    billed already are adjusted by the next run. No day is charged under both.

    \b
    Examples:
      minutebook switch acme channels --channels 120
      minutebook switch acme minutes --on 2026-12-01
      minutebook switch acme minutes --override --reason "as agreed in writing"
    """
    if override != (reason is not None):
        raise InputError("an override and its reason go together: --override --reason TEXT")
    bought = None if channels is None else arguments.count(channels, "--channels")
    day = None if on is None else arguments.day(on, "--on")
    with book_of(context) as book:
        if not book.accounts.switch(account, plan, bought, day, reason):
            say(f"minutebook: {account} is on that plan already; nothing was changed")
        show_term(format_of(context), book, account, day)


def show_term(printing: Printing, book: Book, account: str, day: date | None) -> None:
    """What an account is on from a day (None: tomorrow)."""
    from minutebook.book.clock import tomorrow
    from minutebook.show.accounts import TermView

    term = book.carrier().accounts[account].term_on(day or tomorrow())
    assert term is not None
    view = TermView.of(account, term)
    show(printing, view, Sheet(COLUMNS, [view]))
