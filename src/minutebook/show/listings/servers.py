"""Servers as rows of a table."""

from __future__ import annotations

from minutebook.show.tables import Column

SERVERS = [
    Column("server", "Server"),
    Column("account", "Account"),
    Column("deployed", "Deployed", drop=3),
    Column("retired", "Retired", drop=1),
    Column("standing", "Status"),
    Column("free", "Free", drop=2),
    Column("owed", "Minimum due in the month", money=True),
    Column("met", "Minimum met", drop=4),
]
