"""`minutebook review`: does an account's plan fit its traffic."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import check_report, progress, show, write_report
from minutebook.show.listings.fit import FITS, REVIEW, fits_sheet, review_sheet

if TYPE_CHECKING:
    from datetime import date

_NONE: Final = "0%"


class Reader(StrEnum):
    """Whom a report is for."""

    CARRIER = "carrier"
    CUSTOMER = "customer"


@prints(REVIEW, FITS)
def review_(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument()] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An apply file with plans that are being considered."),
    ] = None,
    growth: options.Growth = _NONE,
    cps_limit: options.CpsLimit = None,
    report: options.Report = None,
    reader: Annotated[
        Reader | None, typer.Option("--for", help="Whom the report is for. Left out: carrier.")
    ] = None,
    force: options.Force = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every account, a line each; without a report.")
    ] = False,
) -> None:
    """Show what an account's traffic would cost under every plan, and which fits.

    Plans by the minute are priced as a run would charge them, to the digit. Plans by the channel
    are taken at the size that loses no call, and at that which loses 1 %. Nothing is posted.

    Where providers are declared, it is said too what the account earns: sale, cost and margin as in margin.

    A report for the customer says what was used and what it costs, in amounts that can be paid: no other plan, no advice, no margin.

    \b
    Examples:
      minutebook review acme --month 2026-10
      minutebook review acme --from 2026-08-01 --to 2026-10-31
      minutebook review acme --month 2026-10 --against offer.toml --growth 20%
      minutebook review acme --month 2026-10 --report acme.html --for customer
      minutebook review --all --month 2026-10
    """
    days = arguments.period(first, last, month)
    if account is None or every:
        alone = against is None and growth == _NONE and cps_limit is None and report is None
        if account is not None or not every or not alone or reader is not None:
            raise typer.BadParameter("say which account, or --all with nothing but days")
        _show_every(context, *days)
        return
    more = arguments.growth(growth, "--growth")
    _fits(reader, report, supposed=against is not None or bool(more) or cps_limit is not None)
    if report is not None:
        check_report(report, force=force)
    with book_of(context) as book, progress("trying", "plans") as told:
        found = book.fit.review(
            account,
            *days,
            against=against,
            growth=more,
            cps_limit=cps_limit,
            earned=reader is not Reader.CUSTOMER,
            progress=told,
        )
        if report is not None:
            customer = reader is Reader.CUSTOMER
            page = book.customer_report(found) if customer else book.report(found)
            write_report(report, page, force=force)
    from minutebook.show.review.model import ReviewView

    view = ReviewView.of(found)
    show(format_of(context), view, review_sheet(view))


def _show_every(context: typer.Context, first: date, last: date) -> None:
    from minutebook.show.review.every import EveryFitView

    with book_of(context) as book, progress("reviewing", "accounts") as told:
        view = EveryFitView.of(book.fit.every_review(first, last, progress=told))
    show(format_of(context), view, fits_sheet(view))


def _fits(reader: Reader | None, report: Path | None, *, supposed: bool) -> None:
    """Whom a report is for is said of a report; a customer's shows what is, and nothing supposed."""
    if reader is not None and report is None:
        raise typer.BadParameter("--for says whom a report is for; say --report FILE.html too")
    if reader is Reader.CUSTOMER and supposed:
        raise typer.BadParameter(
            "--for customer shows what was; say it without --against, --growth and --cps-limit"
        )
