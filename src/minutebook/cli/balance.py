"""`minutebook balance`: what accounts have to spend."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.accounts import BALANCES
from minutebook.show.listings.providers import OWED
from minutebook.show.tables import Sheet


@prints(BALANCES, OWED)
def balance_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Left out: every account.")] = None,
    provider: options.Provider = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="AT", help="At the end of the UTC day that AT is on. Left out: now."),
    ] = None,
) -> None:
    """Show what accounts have to spend: balance, floor, and what is available above it.

    Of a provider: what we owe it, and how much more we may.

    \b
    Examples:
      minutebook balance
      minutebook balance acme
      minutebook balance acme --at 2026-10-31
      minutebook balance --provider vox
    """
    from minutebook.show.balances import BalanceView
    from minutebook.show.providers import OwedView

    day = None if at is None else arguments.instant(at, "--at").date()
    if provider is not None:
        if account is not None:
            arguments.holder(account, provider)
        with book_of(context) as book:
            owed = OwedView.of(book.providers.show(provider, day))
        show(format_of(context), owed, Sheet(OWED, [owed]))
        return
    with book_of(context) as book:
        views = [BalanceView.of(standing) for standing in book.ledger.balances(account, day)]
    show(format_of(context), views if account is None else views[0], Sheet(BALANCES, views))
