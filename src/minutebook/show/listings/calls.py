"""Calls as tables: priced, unpriced, carried by nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.calls import CallsView

_DIFFERING = ("band", "jurisdiction", "origin", "caller_prefix")
"""What prices of a card may differ by: shown where those of some call do."""
CALLS = [
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
CALLS_ACCOUNT = Column("account", "Account")
UNCARRIED = [
    CALLS_ACCOUNT,
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


def calls_sheet(view: CallsView, currency: str | None, *, unpriced: bool = False) -> Sheet:
    """Calls with their prices: of an account, whose currency is said, or of all (None)."""
    held = {key for key in _DIFFERING if any(call[key] is not None for call in view.calls)}
    columns = [replace(column, shown=column.shown or column.key in held) for column in CALLS]
    if unpriced:
        columns = [_without_price(column) for column in columns]
    if view.account is None:
        return Sheet([CALLS_ACCOUNT, *columns], view.calls)
    return Sheet(
        columns, view.calls, title=f"{view.account}, {view.from_} to {view.to}, in {currency}"
    )


def _without_price(column: Column) -> Column:
    if column.key in _EMPTY:
        return replace(column, drop=_EMPTY.index(column.key) + 1)
    return replace(column, drop=column.drop + len(_EMPTY)) if column.drop else column
