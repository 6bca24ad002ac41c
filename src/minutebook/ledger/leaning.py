"""What of the ledger leans on a declaration, so that it cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.ledger import tallies

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.connection import Connection

billed_plans = tallies.billed_plans


def postings_of(connection: Connection, account: str) -> int:
    """How many postings an account has."""
    row = connection.execute(
        "select count(*) from journal where account = %s", [account]
    ).fetchone()
    return int(row[0]) if row else 0


def priced_days_of(connection: Connection, account: str) -> int:
    """Of how many days calls were priced for an account, whatever they came to."""
    row = connection.execute(
        "select count(distinct day) from tally where account = %s", [account]
    ).fetchone()
    return int(row[0]) if row else 0


def minimum_with(connection: Connection, server: str) -> date | None:
    """The first day of which a minimum counts a server; None where none does."""
    row = connection.execute(
        "select min(corrects) from journal where kind = 'minimum'"
        " and details->'servers' @> jsonb_build_array(jsonb_build_object('server', %s::text))",
        [server],
    ).fetchone()
    return row[0] if row else None


def billed_cards(connection: Connection) -> frozenset[str]:
    """The cards by which days were billed."""
    rows = connection.execute(
        "select distinct part->>'card' from journal,"
        " jsonb_array_elements(coalesce(details->'pricing', '[]')) part where kind in ('usage', 'cost')"
    )
    return frozenset(row[0] for row in rows if row[0] is not None)


def postponed_from(
    connection: Connection, open_from: date, since: object
) -> tuple[str, date] | None:
    """(account, day) of a posting made since an instant, that stands later than the closed day that it
    is for, before `open_from`; None: there is none.
    """
    row = connection.execute(
        "select account, corrects from journal where posted_at >= %s and corrects < %s and day >= %s"
        " order by posted_at, corrects limit 1",
        [since, open_from, open_from],
    ).fetchone()
    return None if row is None else (row[0], row[1])
