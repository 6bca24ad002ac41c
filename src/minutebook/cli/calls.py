"""`minutebook calls`: rated calls, and those set aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

_DIFFERING = ("band", "jurisdiction", "origin", "caller_prefix")
"""What prices of a card may differ by: shown where those of some call do."""
COLUMNS = [
    Column("call_id", "Call"),
    Column("server", "Server", drop=4),
    Column("caller", "Caller", drop=6),
    Column("called", "Called"),
    Column("setup_at", "Setup (UTC)", drop=1),
    Column("answered_at", "Answered (UTC)"),
    Column("ended_at", "Ended (UTC)", drop=2),
    Column("seconds", "Used (s)", number=True, drop=7),
    Column("billed_seconds", "Billed (s)", number=True),
    Column("prefix", "Prefix", drop=5),
    Column("destination", "Destination"),
    Column("rate", "Rate (a minute)", number=True, drop=8),
    Column("connect_fee", "Connect fee", number=True, drop=3),
    Column("cost", "Cost", money=True),
    Column("status", "Status"),
    *(Column(key, key.capitalize().replace("_", " "), shown=False) for key in _DIFFERING),
]
_ACCOUNT = Column("account", "Account")
UNCARRIED = [
    _ACCOUNT,
    Column("call_id", "Call"),
    Column("server", "Server"),
    Column("trunk", "Trunk"),
    Column("called", "Called", drop=6),
    Column("called_recorded", "As recorded", drop=2),
    Column("answered_at", "Answered (UTC)", drop=3),
    Column("seconds", "Used (s)", number=True, drop=4),
    Column("destination", "Destination", drop=1),
    Column("sale", "Sale", money=True, drop=5),
    Column(
        "no_provider",
        "Why",
        said={"no_trunk": "no trunk recorded", "unknown_trunk": "no match table holds"},
    ),
]
_EMPTY = ("billed_seconds", "cost", "rate", "connect_fee", "answered_at")
"""What says little of a call that no card prices: left out first, in this order."""

QUARANTINE_COLUMNS = [
    Column("id", "Id", folds=False),
    Column("reason", "Reason"),
    Column("detail", "Detail"),
    Column("source", "Source", drop=4),
    Column("file", "File", drop=6),
    Column("line", "Line", number=True, drop=5),
    Column("call_id", "Call", drop=2),
    Column("first_seen", "Since (UTC)", drop=3),
    Column("raw", "Record", drop=1),
]


@prints([_ACCOUNT, *COLUMNS], UNCARRIED, QUARANTINE_COLUMNS)
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
    held = {key for key in _DIFFERING if frame[key].null_count() < frame.height}
    columns = [replace(column, shown=column.shown or column.key in held) for column in COLUMNS]
    columns = columns if account is not None else [_ACCOUNT, *columns]
    if unpriced:
        columns = [_without_price(column) for column in columns]
    title = None if account is None else f"{account}, {days[0]} to {days[1]}, in {currency}"
    show(format_of(context), view, Sheet(columns, view.calls, title=title))


def _show_uncarried(context: typer.Context, account: str | None, days: tuple[date, date]) -> None:
    from minutebook.show.uncarried_calls import UncarriedCallsView

    with book_of(context) as book:
        found = book.calls.without_provider(account, *days)
    view = UncarriedCallsView.of(account, *days, found)
    notes = [] if found.height else ["A declared provider carried every answered call."]
    show(format_of(context), view, Sheet(UNCARRIED, view.uncarried, notes=notes))


def _without_price(column: Column) -> Column:
    if column.key in _EMPTY:
        return replace(column, drop=_EMPTY.index(column.key) + 1)
    return replace(column, drop=column.drop + len(_EMPTY)) if column.drop else column


def show_quarantine(context: typer.Context) -> None:
    """Print the records that wait in quarantine."""
    from minutebook.show.calls import QuarantineView

    with book_of(context) as book:
        view = QuarantineView.of(book.calls.quarantine())
    show(format_of(context), view, Sheet(QUARANTINE_COLUMNS, view.quarantine))
