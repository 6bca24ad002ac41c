"""`minutebook calls`: rated calls, and those set aside."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.days import instant_text
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    import polars as pl

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
]
_ACCOUNT = Column("account", "Account")
_MORE = ["account", "plan", "called_recorded", "leg", "source", "file", "line"]

QUARANTINE_COLUMNS = [
    Column("id", "Id"),
    Column("reason", "Reason"),
    Column("detail", "Detail"),
    Column("source", "Source", drop=4),
    Column("file", "File", drop=6),
    Column("line", "Line", number=True, drop=5),
    Column("call_id", "Call", drop=2),
    Column("first_seen", "Since (UTC)", drop=3),
    Column("raw", "Record", drop=1),
]


@prints([_ACCOUNT, *COLUMNS], QUARANTINE_COLUMNS)
def calls_(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(help="Left out with --unpriced: every account.")
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    unpriced: Annotated[
        bool, typer.Option("--unpriced", help="Only calls that no card prices.")
    ] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="The records set aside, each with its reason.")
    ] = False,
) -> None:
    """Show calls with their prices, as they are priced now; or the records in quarantine.

    Under a daily tally a call's cost is shown unrounded: the day's sum is rounded, once.

    \b
    Examples:
      minutebook calls acme --from 2026-10-01 --to 2026-10-01
      minutebook calls --unpriced --month 2026-10
      minutebook calls --quarantine
    """
    if quarantine:
        _quarantine(context)
        return
    if account is None and not unpriced:
        raise typer.BadParameter("say which ACCOUNT; only --unpriced and --quarantine go over all")
    days = arguments.period(first, last, month)
    with book_of(context) as book:
        rows = [row_of(row) for row in _rows(book.calls(account, *days, unpriced=unpriced))]
    value = {
        "account": account,
        "from": days[0].isoformat(),
        "to": days[1].isoformat(),
        "calls": rows,
    }
    columns = COLUMNS if account is not None else [_ACCOUNT, *COLUMNS]
    show(format_of(context), value, Sheet(columns, rows))


def row_of(call: dict[str, Any]) -> dict[str, Any]:
    """A rated call as JSON."""
    from minutebook import money

    shown = {key: _text(call.get(key)) for key in (column.key for column in COLUMNS)}
    shown["seconds"] = (call["duration_ms"] or 0) / 1000
    shown["billed_seconds"] = call["billed_seconds"]
    for key in ("rate", "connect_fee", "cost"):
        value: Decimal | None = call[key]
        shown[key] = None if value is None else money.text(value, 0)
    return shown | {key: _text(call[key]) for key in _MORE}


def _rows(frame: pl.DataFrame) -> Any:
    return frame.iter_rows(named=True)


def _text(value: Any) -> Any:
    return instant_text(value) if isinstance(value, datetime) else value


def _quarantine(context: typer.Context) -> None:
    with book_of(context) as book:
        frame = book.quarantine()
    keys = [column.key for column in QUARANTINE_COLUMNS]
    rows = [{key: _text(row[key]) for key in keys} for row in _rows(frame)]
    show(format_of(context), {"quarantine": rows}, Sheet(QUARANTINE_COLUMNS, rows))
