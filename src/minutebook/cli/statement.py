"""`minutebook statement`: an account, day by day."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

COLUMNS = [
    Column("date", "Date (UTC)"),
    Column("calls", "Calls", number=True, drop=6),
    Column("answered", "Answered", number=True, drop=1),
    Column("seconds", "Used (s)", number=True, drop=2),
    Column("billed_seconds", "Billed (s)", number=True, drop=3),
    Column("per_minute", "For minutes", money=True, drop=10),
    Column("per_channel", "For channels", money=True, drop=9),
    Column("minimum", "For minimum", money=True, drop=8),
    Column("short_calls", "For short calls", money=True, drop=12, shown=False),
    Column("other", "Other", money=True, drop=7),
    Column("payments", "Payments", money=True, drop=11),
    Column("total", "Total", money=True),
    Column("balance", "Balance", money=True),
]
CHANNELS = [
    Column("channels_bought", "Bought", number=True, drop=5),
    Column("peak", "Peak", number=True, drop=4),
]
_BESIDE = COLUMNS[5]
_SOLD = COLUMNS[6:8]  # channels and minimums: nobody is bought them from
MONTHS = [Column("month", "Month"), *COLUMNS[1:-1]]


def of_provider(column: Column) -> Column:
    """The column as it is of a provider, from whom minutes are bought."""
    titles = {"per_minute": "Cost", "payments": "Paid", "balance": "Owed"}
    return replace(column, heading=titles.get(column.key, column.heading))


@prints(COLUMNS, CHANNELS, MONTHS)
def statement_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Left out with --provider.")] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    provider: options.Provider = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="AT", help="As it was known at an instant. Left out: now.")
    ] = None,
) -> None:
    """Show an account day by day: calls, charges, payments and the balance at each day's end.

    Of a provider: what its calls cost, what we paid, and at each day's end what we owe it.

    \b
    Examples:
      minutebook statement acme --month 2026-10
      minutebook statement acme --from 2026-10-01 --to 2026-10-15
      minutebook statement acme --month 2026-10 --as-of 2026-11-02T08:00:00Z
      minutebook statement --provider vox --month 2026-10
    """
    from minutebook.show.sentences.notes import statement_notes
    from minutebook.show.statements import StatementView

    days = arguments.period(first, last, month)
    at = None if as_of is None else arguments.instant(as_of, "--as-of")
    with book_of(context) as book:
        holder = arguments.holder(account, provider)
        statement = book.statements.statement(holder, *days, at)
    view = StatementView.of(statement)
    title = f"{statement.title} ({account or provider}), {days[0]} to {days[1]}, in {statement.currency}"
    columns, months = list(COLUMNS), list(MONTHS)
    if provider is not None:
        columns, months = (
            [of_provider(c) for c in own if c not in _SOLD] for own in (columns, months)
        )
    if any(day.short_calls for day in view.days):
        columns, months = ([replace(c, shown=True) for c in own] for own in (columns, months))
    if any(day.peak is not None for day in view.days):
        columns[COLUMNS.index(_BESIDE) : COLUMNS.index(_BESIDE)] = CHANNELS
    show(
        format_of(context),
        view,
        Sheet(columns, view.days, title=title),
        Sheet(months, view.months, notes=statement_notes(view)),
    )
