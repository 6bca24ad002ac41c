"""What was posted for the day of a call, and whether the call was a part of it
(docs/rules/corrections.md, "What stays to be seen").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.billing.usage_journals import usage_kind
from minutebook.ledger import journal, priced_days
from minutebook.plans.provider import is_provider
from minutebook.statements.steps import Posted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.journal import Journal
    from minutebook.statements.corrected import CallHistory


def day_postings(
    connection: Connection, account: str, day: date, files: set[str]
) -> tuple[int | None, list[Journal]]:
    """The first run that priced one of these files, and what was posted for the account's day from it on:
    or before it, where it left the day at the amount that it had. None, and nothing, before any run.
    """
    first_run = priced_days.first_run_of(connection, day, files)
    if first_run is None:
        return None, []
    every = journal.of_charge(connection, account, day, usage_kind(account)[0])
    return first_run, [p for p in every if (p.run or 0) >= first_run] or every


def postings_told(
    postings: list[Journal], account: str, record: Mapping[str, Any], history: CallHistory
) -> list[Posted]:
    """What was posted for the account's whole day, from when a priced call became part of it: with the call
    while it counts, and is the account's.
    """
    counted = [
        history.counted_at(record, p.posted_at)
        and (is_provider(account) or history.account_at(record, p.posted_at) == account)
        for p in postings
    ]
    first = counted.index(True) if True in counted else 0
    return [
        Posted(p.run, p.amount, p.currency, account, record["day"], p.reason, p.id, with_it)
        for p, with_it in list(zip(postings, counted, strict=True))[first:]
    ]


def former_postings_told(
    connection: Connection, record: Mapping[str, Any], files: set[str], history: CallHistory
) -> list[Posted]:
    """What was posted for accounts whose the call was before, where it was billed to them."""
    said = []
    for account in history.former_accounts(record):
        _, postings = day_postings(connection, account, record["day"], files)
        charged = postings_told(postings, account, record, history)
        said += charged if any(posted.counted for posted in charged) else []
    return said
