"""`minutebook margin`: what is earned."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, check_report, show, write_report
from minutebook.show.tables import Column, Sheet

_BY = [
    Column("account", "Account"),
    Column("provider", "Provider"),
    Column("destination", "Destination"),
    Column("day", "Day (UTC)"),
    Column("card", "Sold by card"),
]
COLUMNS = [
    Column("calls", "Calls", number=True, drop=8),
    Column("answered", "Answered", number=True, drop=1),
    Column("minutes", "Minutes used", number=True, drop=7),
    Column("asr_percent", "ASR (%)", number=True, drop=5),
    Column("acd_seconds", "ACD (s)", number=True, drop=4),
    Column("sale", "Sale", money=True),
    Column("cost", "Cost", money=True),
    Column("margin", "Margin", money=True),
    Column("margin_percent", "Margin (%)", number=True, drop=6),
    Column("unknown_calls", "Unknown calls", number=True),
    Column("no_provider", "No provider", number=True, shown=False),
    Column("unknown_sale", "Unknown: sale", money=True, drop=3),
    Column("unknown_cost", "Unknown: cost", money=True, drop=2),
    Column("without_calls", "Days without calls", shown=False),
]


@prints(_BY, COLUMNS)
def margin_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP",
            help="account (without it), provider, destination, day or card; may be repeated.",
        ),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="In this currency. Left out: the book's.")
    ] = None,
    report: options.Report = None,
    force: options.Force = False,
) -> None:
    """Show what is earned: what customers are charged for calls, less what providers are owed for them.

    Sale and cost are of the calls of which both are known; calls that no provider carried, or that a card
    does not price, are counted as unknown, and what is known of one side stands apart. Under plans by the
    channel or the day a call has no price of its own: then the day's charge is shared by time used, or by
    the calls' unrounded prices. Minimums count as sale.

    \b
    Examples:
      minutebook margin --month 2026-10
      minutebook margin --month 2026-10 --by provider
      minutebook margin --month 2026-10 --by day --by destination
      minutebook margin --month 2026-10 --report margin.html
    """
    from minutebook.show.margin import MarginView, group_words
    from minutebook.show.serialise import as_json

    days = arguments.period(first, last, month)
    groups = list(dict.fromkeys(arguments.listed(by or ["account"])))
    if report is not None:
        check_report(report, force=force)
    with book_of(context) as book:
        if report is None:
            found = book.statements.margin(*days, groups, currency=currency)
        else:
            earned = book.statements.earnings(*days, groups, currency=currency)
            found = earned.asked
            write_report(report, book.report(earned), force=force)
    view = MarginView.of(*days, groups, found)
    printing = format_of(context)
    rows = as_json(view.rows)
    if printing.format is OutputFormat.TABLE:
        for row, line in zip(rows, found, strict=True):
            row.update(zip(groups, group_words(groups, line), strict=True))
    named = {column.key: column for column in _BY}
    columns = [*(named[group] for group in groups), *COLUMNS]
    foot = [{groups[0]: "Sum", **as_json(view.total)}]
    title = f"{days[0]} to {days[1]}, in {view.currency}"
    show(
        printing,
        view,
        Sheet(columns, rows, title=title, notes=view.notes, foot=foot),
    )
