"""Accounts as tables: in a list, their history, what they have to spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.accounts import AccountView

ACCOUNTS = [
    Column("account", "Account"),
    Column("name", "Name", drop=6),
    Column("status", "Status"),
    Column("plan", "Plan"),
    Column("channels", "Channels", number=True, drop=2),
    Column("servers", "Servers", number=True, drop=1),
    Column("calls", "Calls recorded", number=True, drop=3),
    Column("required", "Minimum required", money=True),
    Column("spent", "Spent", money=True, drop=4),
    Column("shortfall", "Shortfall", money=True),
    Column("currency", "Currency", drop=5),
]
HISTORY = [
    Column("date", "From (UTC day)"),
    Column("what", "What"),
    Column("change", "Change"),
    Column("by", "By", drop=2),
    Column("at", "Entered (UTC)", drop=1),
    Column("reason", "Reason", told=True),
]
MATCH = [
    Column("rank", "Rank", number=True),
    Column("keys", "Its calls are those with"),
]
BALANCES = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=4),
    Column("balance", "Balance", money=True),
    Column("holds", "Reserved", money=True, drop=1),
    Column("available", "Available", money=True),
    Column("floor", "Floor", money=True, drop=3),
    Column("status", "Status"),
    Column("stopped", "Stopped", drop=2),
]


def account_sheets(view: AccountView) -> list[Sheet]:
    """An account's history, with notes on what it is on; and its match tables, where it has any."""
    from minutebook.show.sentences.notes import account_notes, history_rows, match_words

    title = f"{view.name} ({view.account}), in {view.currency}"
    sheets = [Sheet(HISTORY, history_rows(view), title=title, notes=account_notes(view))]
    if view.match:
        rows = [{"rank": n, "keys": keys} for n, keys in enumerate(match_words(view), 1)]
        sheets.append(Sheet(MATCH, rows))
    return sheets
