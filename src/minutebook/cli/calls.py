"""`minutebook calls`: rated calls, and those set aside."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.calls import CALLS, CALLS_ACCOUNT, UNCARRIED, calls_sheet
from minutebook.show.listings.quarantine import QUARANTINE
from minutebook.show.tables import Sheet


@prints([CALLS_ACCOUNT, *CALLS], UNCARRIED, QUARANTINE)
def calls_(
    context: typer.Context,
    account: Annotated[
        str | None,
        typer.Argument(help="Left out with --unpriced or --no-provider: every account."),
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    provider: options.Provider = None,
    unpriced: Annotated[
        bool, typer.Option("--unpriced", help="Only calls that no card prices.")
    ] = False,
    no_provider: Annotated[
        bool,
        typer.Option(
            "--no-provider", help="Only answered calls that no declared provider carried, and why."
        ),
    ] = False,
    quarantine: Annotated[
        bool,
        typer.Option(
            "--quarantine", help="All records set aside, each with its reason; said alone."
        ),
    ] = False,
) -> None:
    """Show calls with their prices, as they are priced now; or the records in quarantine.

    Under a daily tally a call's cost is shown unrounded: the day's sum is rounded, once.

    \b
    Examples:
      minutebook calls acme --from 2026-10-01 --to 2026-10-01
      minutebook calls --provider vox --from 2026-10-01 --to 2026-10-01
      minutebook calls --unpriced --month 2026-10
      minutebook calls --no-provider --month 2026-10
      minutebook calls --quarantine
    """
    from minutebook.show.calls import CallsView

    if quarantine:
        if unpriced or no_provider or (account, first, last, month, provider) != (None,) * 5:
            raise typer.BadParameter(
                "--quarantine shows every record that waits, of all accounts and days; say it alone"
            )
        show_quarantine(context)
        return
    if no_provider:
        if unpriced or provider is not None:
            raise typer.BadParameter("--no-provider goes without --provider and --unpriced")
        _show_uncarried(context, account, arguments.period(first, last, month))
        return
    if provider is not None:
        account = arguments.holder(account, provider)
    if account is None and not unpriced:
        raise typer.BadParameter(
            "say which ACCOUNT; only --unpriced, --no-provider and --quarantine go over all"
        )
    days = arguments.period(first, last, month)
    with book_of(context) as book:
        frame = book.calls.rated(account, *days, unpriced=unpriced)
        currency = None if account is None else book.carrier().holder_named(account).currency
    view = CallsView.of(account, *days, frame)
    show(format_of(context), view, calls_sheet(view, currency, unpriced=unpriced))


def _show_uncarried(context: typer.Context, account: str | None, days: tuple[date, date]) -> None:
    from minutebook.show.uncarried_calls import UncarriedCallsView

    with book_of(context) as book:
        found = book.calls.without_provider(account, *days)
    view = UncarriedCallsView.of(account, *days, found)
    notes = [] if found.height else ["A declared provider carried every answered call."]
    show(format_of(context), view, Sheet(UNCARRIED, view.uncarried, notes=notes))


def show_quarantine(context: typer.Context) -> None:
    """Print the records that wait in quarantine."""
    from minutebook.show.calls import QuarantineView

    with book_of(context) as book:
        view = QuarantineView.of(book.calls.quarantine())
    show(format_of(context), view, Sheet(QUARANTINE, view.quarantine))
