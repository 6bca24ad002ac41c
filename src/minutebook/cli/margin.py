"""`minutebook margin`: what is earned."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, check_report, show, write_report
from minutebook.show.listings.margin import MARGIN, MARGIN_GROUPS, margin_sheet


@prints(MARGIN_GROUPS, MARGIN)
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
    spoken = printing.format is OutputFormat.TABLE
    words = [group_words(groups, line) for line in found] if spoken else None
    show(printing, view, margin_sheet(view, groups, words))
