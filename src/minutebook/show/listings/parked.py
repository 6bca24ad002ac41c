"""Charges that wait to be let pass, as rows of a table."""

from __future__ import annotations

from minutebook.show.tables import Column

PARKED = [
    Column("account", "Account"),
    Column("date", "For day (UTC)"),
    Column("kind", "Kind", drop=2),
    Column("charged", "Charged", money=True),
    Column("due", "Due", money=True),
    Column("amount", "Would post", money=True),
    Column("currency", "Currency", drop=3),
    Column("beyond", "Beyond", said={"day": "the usual day", "refund": "refunds"}),
    Column("usual", "Usual day", money=True, drop=1),
    Column("passed_by", "Let pass by"),
    Column("passed_at", "Let pass (UTC)", shown=False),
    Column("reason", "Reason", drop=4),
]
