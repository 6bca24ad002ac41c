"""Sums over the ledger: what an account has, and what was posted to its days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection

_POSTED = (
    "from journal j join account a on a.account = j.account"
    " join entry e on e.journal = j.journal and e.ledger_account = a.ledger_account"
    " and e.currency = a.currency"
)
"""Postings with the entries on the account's side, in the account's currency alone."""


def balances(connection: Connection, account: str | None = None) -> dict[str, Decimal]:
    """The balance of each account that has entries, or of one: the sum of its entries."""
    rows = connection.execute(
        "select a.account, s.amount from account a join"
        " (select ledger_account, currency, sum(amount) as amount from entry"
        "   where ledger_account in (select ledger_account from account"
        "                             where %(account)s::text is null or account = %(account)s)"
        "   group by ledger_account, currency) s"
        " on s.ledger_account = a.ledger_account and s.currency = a.currency",
        {"account": account},
    )
    return dict(rows.fetchall())


def through(connection: Connection, day: date, account: str | None = None) -> dict[str, Decimal]:
    """The balance of each account that has entries, or of one, at the end of a day."""
    rows = connection.execute(
        f"select j.account, sum(e.amount) {_POSTED}"
        " where j.day <= %(day)s and (%(account)s::text is null or j.account = %(account)s)"
        " group by j.account",
        {"account": account, "day": day},
    )
    return dict(rows.fetchall())


@dataclass(frozen=True, slots=True)
class StandingDays:
    """What stands on days of an account."""

    opening: Decimal
    """The balance before the first day."""
    by_day_and_kind: dict[tuple[date, str], Decimal]
    """What was posted, by the day that it stands on and its kind."""
    corrections: dict[date, list[tuple[date, str, Decimal]]]
    """What is for another day than it stands on: (that day, kind, amount), by the day that it stands on."""


def standing_on(
    connection: Connection, account: str, first: date, last: date, as_of: datetime | None
) -> StandingDays:
    """What stands on the days of an account from `first` to `last`, as it was known at `as_of` (None: now)."""
    rows = connection.execute(
        "select s.day, s.corrects, s.kind, sum(s.amount) from"
        " (select case when j.day >= %(first)s then j.day end as day,"
        "         case when j.day >= %(first)s then j.corrects end as corrects,"
        f"        case when j.day >= %(first)s then j.kind end as kind, e.amount {_POSTED}"
        "   where j.account = %(account)s and j.day <= %(last)s"
        "     and (%(as_of)s::timestamptz is null or j.posted_at <= %(as_of)s)) s"
        " group by s.day, s.corrects, s.kind order by s.day, s.corrects, s.kind",
        {"account": account, "first": first, "last": last, "as_of": as_of},
    )
    found = StandingDays(Decimal(0), {}, {})
    for day, corrects, kind, amount in rows:
        if day is None:
            found = replace(found, opening=amount)
            continue
        before = found.by_day_and_kind.get((day, kind), Decimal(0))
        found.by_day_and_kind[day, kind] = before + amount
        if corrects != day:
            found.corrections.setdefault(day, []).append((corrects, kind, amount))
    return found


def charged(connection: Connection, kind: str, days: list[date]) -> dict[tuple[date, str], Decimal]:
    """What was posted of one kind for each (day, account), wherever it stands."""
    rows = connection.execute(
        f"select j.corrects, j.account, sum(e.amount) {_POSTED}"
        " where j.kind = %s and j.corrects = any(%s) group by j.corrects, j.account",
        [kind, days],
    )
    return {(day, account): amount for day, account, amount in rows}


def charged_within(
    connection: Connection,
    kind: str,
    first: date,
    last: date,
    accounts: list[str] | None = None,
) -> dict[str, dict[date, Decimal]]:
    """What was posted of one kind for the days from `first` to `last`, by account and day; to all
    accounts, or to these."""
    rows = connection.execute(
        f"select j.account, j.corrects, sum(e.amount) {_POSTED}"
        " where j.kind = %s and j.corrects between %s and %s"
        " and (%s::text[] is null or j.account = any(%s)) group by j.account, j.corrects",
        [kind, first, last, accounts, accounts],
    )
    found: dict[str, dict[date, Decimal]] = {}
    for account, day, amount in rows:
        found.setdefault(account, {})[day] = amount
    return found


def charged_to(
    connection: Connection, kind: str, accounts: list[str]
) -> dict[tuple[str, date], Decimal]:
    """What was posted of one kind to these accounts, by (account, day that it is for)."""
    rows = connection.execute(
        f"select j.account, j.corrects, sum(e.amount) {_POSTED}"
        " where j.kind = %s and j.account = any(%s) group by j.account, j.corrects",
        [kind, accounts],
    )
    return {(account, day): amount for account, day, amount in rows}


def charged_between(
    connection: Connection,
    kinds: Sequence[str],
    first: date,
    last: date,
    account: str | None = None,
) -> dict[str, Decimal]:
    """What was posted of these kinds for the days from `first` to `last`, by account; to all, or to one."""
    of_one = "" if account is None else " and j.account = %s"
    rows = connection.execute(
        f"select j.account, sum(e.amount) {_POSTED}"
        f" where j.kind = any(%s) and j.corrects between %s and %s{of_one} group by j.account",
        [list(kinds), first, last, *([] if account is None else [account])],
    )
    return dict(rows.fetchall())


def charged_by_kind(
    connection: Connection, kinds: Sequence[str], first: date, last: date, account: str
) -> dict[str, Decimal]:
    """What was posted to an account for the days from `first` to `last`, by each of these kinds."""
    rows = connection.execute(
        f"select j.kind, sum(e.amount) {_POSTED}"
        " where j.kind = any(%s) and j.corrects between %s and %s and j.account = %s group by j.kind",
        [list(kinds), first, last, account],
    )
    return dict.fromkeys(kinds, Decimal(0)) | dict(rows.fetchall())


def posted_by_day(
    connection: Connection, kinds: Sequence[str], first: date, last: date
) -> list[tuple[str, date, str, Decimal]]:
    """(account, day that it is for, currency, amount) of what was posted of these kinds for days from `first` to `last`."""
    rows = connection.execute(
        f"select j.account, j.corrects, e.currency, sum(e.amount) {_POSTED}"
        " where j.kind = any(%s) and j.corrects between %s and %s"
        " group by j.account, j.corrects, e.currency order by 1, 2",
        [list(kinds), first, last],
    )
    return rows.fetchall()


def posted_by_group(
    connection: Connection, first: date, last: date, groups: Sequence[str], account: str | None
) -> list[tuple[tuple[str, ...], str, Decimal, Decimal]]:
    """(groups, currency, charges, payments) of the days from `first` to `last`, of an account or all customers.

    `groups` are "account", "day", "week" (of ISO 8601), "month" or "plan"; charges are everything
    but payments.
    """
    known = {
        "account": "j.account",
        "day": "j.day::text",
        "week": "to_char(j.day, 'IYYY-\"W\"IW')",
        "month": "to_char(j.day, 'YYYY-MM')",
        "plan": "coalesce(j.details->>'plan', '')",
    }
    names = ", ".join([*(known[group] for group in groups), "e.currency"])
    rows = connection.execute(
        f"select {names}, coalesce(sum(e.amount) filter (where j.kind not in ('payment', 'paid')), 0),"
        f" coalesce(sum(e.amount) filter (where j.kind in ('payment', 'paid')), 0) {_POSTED}"
        " where j.day between %(first)s and %(last)s"
        " and case when %(account)s::text is null then a.side = 'customer' else j.account = %(account)s end"
        f" group by {names}",
        {"first": first, "last": last, "account": account},
    )
    n = len(groups)
    return [(row[:n], *row[n:]) for row in rows]


def posted_by_run(connection: Connection, run: int) -> list[tuple[str, str, str, Decimal, int]]:
    """(account, currency, kind, amount, postings) of what a run posted to customers, by account."""
    rows = connection.execute(
        f"select j.account, e.currency, j.kind, sum(e.amount), count(distinct j.journal) {_POSTED}"
        " where j.run = %s and a.side = 'customer' group by 1, 2, 3 order by 1, 2, 3",
        [run],
    )
    return rows.fetchall()


def beside_run(connection: Connection, run: int) -> dict[str, tuple[int, Decimal, Decimal]]:
    """Of each account that a run posted to: of how many days, what these had come to without the run, by the kinds
    of postings that it made, and come to with it; credit is positive.
    """
    rows = connection.execute(
        "with own as (select distinct account, kind, corrects from journal where run = %(run)s)"
        " select j.account, count(distinct j.corrects),"
        " coalesce(sum(e.amount) filter (where j.run <> %(run)s), 0), sum(e.amount)"
        f" {_POSTED} join own o on o.account = j.account and o.kind = j.kind and o.corrects = j.corrects"
        " where j.run is not null group by j.account",
        {"run": run},
    )
    return {account: (days, before, after) for account, days, before, after in rows}
