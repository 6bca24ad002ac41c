"""Providers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.providers import ProvidersView

PROVIDERS = [
    Column("provider", "Provider"),
    Column("name", "Name", drop=3),
    Column("card", "Buy card"),
    Column("match", "Calls", drop=4),
    Column("currency", "Currency"),
    Column("balance", "Owed", money=True),
    Column("credit_limit", "Credit limit", money=True, drop=1),
    Column("available", "Available", money=True, drop=2),
]
OWED = [
    Column("provider", "Provider"),
    Column("currency", "Currency", drop=3),
    Column("balance", "Owed", money=True),
    Column("credit_limit", "Credit limit", money=True, drop=1),
    Column("available", "Available", money=True, drop=2),
]


def providers_sheet(view: ProvidersView) -> Sheet:
    """The declared providers, and what is owed to them."""
    from minutebook.show.serialise import as_json

    return Sheet(PROVIDERS, [{**as_json(one), "match": one.calls} for one in view.providers])
