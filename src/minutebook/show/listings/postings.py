"""Postings as tables: every entry, and their sums by ledger account."""

from __future__ import annotations

from minutebook.show.tables import Column

JOURNAL = [
    Column("date", "Date (UTC)"),
    Column("corrects", "For day (UTC)", drop=5),
    Column("journal", "Journal", drop=3),
    Column("kind", "Kind", drop=7),
    Column("account", "Account"),
    Column("ledger_account", "Ledger account"),
    Column("debit", "Debit", money=True),
    Column("credit", "Credit", money=True),
    Column("amount", "Amount", money=True, shown=False),
    Column("currency", "Currency", drop=8),
    Column("reference", "Reference", drop=6),
    Column("reason", "Reason", drop=4),
    Column("run", "Run", number=True, drop=2),
    Column("posted_at", "Posted (UTC)", drop=1),
    Column("by", "By", shown=False),
]

TRIAL_BALANCE = [
    Column("month", "Month"),
    Column("ledger_account", "Ledger account"),
    Column("currency", "Currency", drop=1),
    Column("debits", "Debits", money=True),
    Column("credits", "Credits", money=True),
    Column("balance", "Balance at its end", money=True),
]
POSTINGS = [
    Column("kind", "What"),
    Column("corrects", "For day (UTC)"),
    Column("amount", "Amount", money=True),
    Column("currency", "Currency"),
    Column("reference", "Reference"),
    Column("reason", "Reason", told=True),
    Column("run", "Run", number=True),
    Column("posted_at", "Posted (UTC)"),
    Column("by", "By"),
    Column("journal", "Journal"),
]
"""Of one account, each posting once: the entry on its own ledger account."""
CHARGED_CALLS = [
    Column("call_id", "Call"),
    Column("prefix", "Prefix"),
    Column("billed_seconds", "Billed (s)", number=True),
    Column("cost", "Cost", money=True),
    Column("status", "Status"),
]
