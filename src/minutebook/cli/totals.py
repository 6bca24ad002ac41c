"""`minutebook totals`: sums by account, day, week, month, destination or plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.statements.totals import By

_BY = [
    Column(key, key.capitalize())
    for key in ("account", "day", "week", "month", "destination", "plan")
]
COLUMNS = [
    Column("currency", "Currency"),
    Column("calls", "Calls", number=True, drop=7),
    Column("answered", "Answered", number=True, drop=1),
    Column("minutes", "Minutes used", number=True, drop=6),
    Column("billed_seconds", "Billed (s)", number=True, drop=2),
    Column("asr_percent", "ASR (%)", number=True, drop=5),
    Column("acd_seconds", "ACD (s)", number=True, drop=4),
    Column("unpriced_calls", "Unpriced calls", number=True, drop=3),
    Column("charges", "Charges", money=True),
    Column("payments", "Payments", money=True),
]


@prints(_BY, COLUMNS)
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
    from minutebook.show.serialise import as_json
    from minutebook.show.totals import TotalsView

    days = arguments.period(first, last, month)
    groups = arguments.listed(by or ["account"])
    if provider is not None:
        account = arguments.holder(account, provider)
    with book_of(context) as book:
        found = book.statements.totals(*days, cast("list[By]", groups), account=account)
    view = TotalsView.of(*days, groups, found)
    columns = [*(Column(group, group.capitalize()) for group in groups), *COLUMNS]
    foot = [{groups[0]: "Sum", **as_json(total)} for total in view.sum]
    show(format_of(context), view, Sheet(columns, view.totals, notes=view.notes, foot=foot))
