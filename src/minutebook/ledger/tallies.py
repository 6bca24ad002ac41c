"""Tallies: what the calls of each day, account, server and plan add up to, each run's differences kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.plans.short_calls import AnsweredCalls
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection
    from minutebook.rating.sums import Key

_COLUMNS = "calls, answered, duration_ms, billed_seconds, unpriced_calls, unpriced_ms, numerator, short_calls"
_OF_ACCOUNT = (
    "case when %(account)s::text is null then a.side = 'customer' else a.account = %(account)s end"
)
"""Of the account that is asked for, else of all customers: a call that a provider carried is tallied on both sides."""
_SUMS = ", ".join(f"sum({column})" for column in _COLUMNS.split(", "))


def add(connection: Connection, run: int, differences: Mapping[Key, Sums]) -> None:
    """Keep what a run found to differ from before."""
    with connection.cursor().copy(
        f"copy tally (run, day, account, server, plan, {_COLUMNS}) from stdin"
    ) as copy:
        for key, sums in differences.items():
            copy.write_row((run, *key, *sums.values()))


def on_days(connection: Connection, days: Iterable[date]) -> dict[Key, Sums]:
    """The tallies of whole days."""
    rows = connection.execute(
        f"select day, account, server, plan, {_SUMS} from tally where day = any(%s)"
        " group by day, account, server, plan",
        [list(days)],
    )
    return {tuple(row[:4]): Sums(*map(int, row[4:])) for row in rows}


def everything(connection: Connection) -> dict[Key, Sums]:
    """Every tally that is not zero, for `verify`."""
    rows = connection.execute(
        f"select day, account, server, plan, {_SUMS} from tally group by 1, 2, 3, 4"
    )
    tallies = {tuple(row[:4]): Sums(*map(int, row[4:])) for row in rows}
    return {key: sums for key, sums in tallies.items() if sums}


def of_account(
    connection: Connection, account: str, first: date, last: date, as_of: datetime | None
) -> dict[date, Sums]:
    """An account's tallies by day, as they were known at `as_of` (None: now)."""
    rows = connection.execute(
        f"select day, {', '.join(f't.{c}' for c in _COLUMNS.split(', '))} from"
        f" (select day, {', '.join(f'sum({c}) as {c}' for c in _COLUMNS.split(', '))} from tally join run using (run)"
        "   where account = %s and day between %s and %s and (%s::timestamptz is null or posted_at <= %s)"
        "   group by day) t",
        [account, first, last, as_of, as_of],
    )
    return {row[0]: Sums(*map(int, row[1:])) for row in rows}


def answered_by_day(
    connection: Connection, accounts: Iterable[str], first: date, last: date
) -> dict[str, dict[date, AnsweredCalls]]:
    """The answered calls of accounts from `first` to `last`, and the short ones of these."""
    rows = connection.execute(
        "select account, day, sum(answered), sum(short_calls) from tally"
        " where account = any(%s) and day between %s and %s group by account, day",
        [list(accounts), first, last],
    )
    found: dict[str, dict[date, AnsweredCalls]] = {}
    for account, day, calls, short in rows:
        found.setdefault(account, {})[day] = AnsweredCalls(int(calls), int(short))
    return found


def by_server(
    connection: Connection, servers: list[str], first: date, last: date
) -> dict[str, tuple[int, int]]:
    """Calls and milliseconds that servers carried, whoever's they were."""
    rows = connection.execute(
        "select server, sum(calls), sum(duration_ms) from tally join account a using (account)"
        " where day between %s and %s and server = any(%s) and a.side = 'customer' group by server",
        [first, last, servers],
    )
    return {server: (int(calls), int(ms)) for server, calls, ms in rows}


def by_group(
    connection: Connection, first: date, last: date, groups: Sequence[str], account: str | None
) -> list[tuple[tuple[str, ...], str, Sums]]:
    """(groups, currency, sums) of the days from `first` to `last`, of an account or all customers'; groups as
    `posted_by_group`'s.
    """
    known = {
        "account": "t.account",
        "day": "t.day::text",
        "week": "to_char(t.day, 'IYYY-\"W\"IW')",
        "month": "to_char(t.day, 'YYYY-MM')",
        "plan": "t.plan",
    }
    names = ", ".join([*(known[group] for group in groups), "a.currency"])
    rows = connection.execute(
        f"select {names}, {', '.join(f'sum(t.{c})' for c in _COLUMNS.split(', '))}"
        " from tally t join account a using (account) where t.day between %(first)s and %(last)s"
        f" and {_OF_ACCOUNT}"
        f" group by {names}",
        {"first": first, "last": last, "account": account},
    )
    n = len(groups)
    return [(row[:n], row[n], Sums(*map(int, row[n + 1 :]))) for row in rows]


def only_answered(
    connection: Connection, first: date, last: date, account: str | None
) -> list[str]:
    """The customers, or the one that is asked for, that have calls on these days and none unanswered."""
    rows = connection.execute(
        "select account from tally join account a using (account)"
        f" where day between %(first)s and %(last)s and {_OF_ACCOUNT}"
        " group by account having sum(calls) > 0 and sum(calls) = sum(answered) order by account",
        {"first": first, "last": last, "account": account},
    )
    return [name for (name,) in rows]


def unpriced(connection: Connection, through: date, side: str = "customer") -> tuple[int, int]:
    """Calls and milliseconds that no card prices, up to a day: of customers, or of providers."""
    row = connection.execute(
        "select coalesce(sum(unpriced_calls), 0), coalesce(sum(unpriced_ms), 0)"
        " from tally join account a using (account)"
        " where unpriced_calls <> 0 and day <= %s and a.side = %s",
        [through, side],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def servers_with_calls(connection: Connection, first: date, last: date) -> set[str]:
    """The servers that carried a call on these days, as billed."""
    rows = connection.execute(
        "select distinct server from tally where day between %s and %s and calls > 0", [first, last]
    )
    return {server for (server,) in rows}


def uncarried(connection: Connection, first: date, last: date) -> int:
    """Answered calls of these days that stand on a customer's side and on no provider's."""
    row = connection.execute(
        "select coalesce(sum(case a.side when 'customer' then answered else -answered end), 0)"
        " from tally join account a using (account) where day between %s and %s",
        [first, last],
    ).fetchone()
    return int(row[0]) if row else 0


def billed_plans(connection: Connection) -> frozenset[str]:
    """The plans under which a day is billed, for calls, channels or servers."""
    rows = connection.execute(
        "select plan from tally union select details->>'plan' from journal"
        " where kind in ('channels', 'minimum', 'short_calls')"
    )
    return frozenset(row[0] for row in rows if row[0] is not None)
