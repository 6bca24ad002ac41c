"""Statements as tables, of accounts and of providers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.statements import StatementView

DAY_COLUMNS = [
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
CHANNEL_COLUMNS = [
    Column("channels_bought", "Bought", number=True, drop=5),
    Column("peak", "Peak", number=True, drop=4),
]
_SOLD = DAY_COLUMNS[6:8]  # channels and minimums: nobody is bought them from
MONTH_COLUMNS = [Column("month", "Month"), *DAY_COLUMNS[1:-1]]


def of_provider(column: Column) -> Column:
    """The column as it is of a provider, from whom minutes are bought."""
    titles = {"per_minute": "Cost", "payments": "Paid", "balance": "Owed"}
    return replace(column, heading=titles.get(column.key, column.heading))


def statement_sheets(view: StatementView, name: str) -> list[Sheet]:
    """An account or a provider, of this name for people, day by day; and the sums of its months, with notes."""
    from minutebook.plans.provider import is_provider, provider_name
    from minutebook.show.sentences.notes import statement_notes

    days, months = list(DAY_COLUMNS), list(MONTH_COLUMNS)
    if is_provider(view.account):
        days, months = ([of_provider(c) for c in own if c not in _SOLD] for own in (days, months))
    if any(day.short_calls for day in view.days):
        days, months = ([replace(c, shown=True) for c in own] for own in (days, months))
    if any(day.peak is not None for day in view.days):
        beside = next(n for n, column in enumerate(days) if column.key == "per_minute")
        days[beside:beside] = CHANNEL_COLUMNS
    said = provider_name(view.account) if is_provider(view.account) else view.account
    title = f"{name} ({said}), {view.from_} to {view.to}, in {view.currency}"
    return [
        Sheet(days, view.days, title=title),
        Sheet(months, view.months, notes=statement_notes(view)),
    ]
