"""`minutebook totals`: sums by account, day, week, month, destination or plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.totals import TOTALS, TOTALS_BY, totals_sheet

if TYPE_CHECKING:
    from minutebook.statements.totals import By


@prints(TOTALS_BY, TOTALS)
def totals_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Of this account alone.")
    ] = None,
    provider: options.Provider = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP",
            help="account (without it), day, week, month, destination or plan; may be repeated.",
        ),
    ] = None,
) -> None:
    """Show calls, minutes, charges and payments by currency, and what they come to.

    ASR is answered calls of all attempts, in percent; ACD the mean duration of the answered calls, in seconds.
    A week is that of ISO 8601, from Monday to Sunday. In CSV there is no line of sums.

    \b
    Examples:
      minutebook totals --month 2026-10
      minutebook totals --from 2026-01-01 --to 2026-12-31 --by month
      minutebook totals --month 2026-10 --account acme --by week
      minutebook totals --month 2026-10 --by account --by destination
      minutebook totals --month 2026-10 --provider vox --by destination
    """
    from minutebook.show.totals import TotalsView

    days = arguments.period(first, last, month)
    groups = arguments.listed(by or ["account"])
    if provider is not None:
        account = arguments.holder(account, provider)
    with book_of(context) as book:
        found = book.statements.totals(*days, cast("list[By]", groups), account=account)
    view = TotalsView.of(*days, groups, found)
    show(format_of(context), view, totals_sheet(view, groups))
