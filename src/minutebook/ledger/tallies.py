"""Runs and what they found: tallies by day, the state that each day was priced from, closed months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from minutebook.days import next_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from minutebook.ledger.database import Connection

Key = tuple["date", str, str, str]
"""(day, account, server, plan)."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What calls add up to; `numerator` in units of 10⁻¹⁰/60 (money.NUMERATOR_UNITS), exact."""

    calls: int = 0
    answered: int = 0
    duration_ms: int = 0
    billed_seconds: int = 0
    unpriced_calls: int = 0
    unpriced_ms: int = 0
    numerator: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(a - b for a, b in zip(self.values(), other.values(), strict=True)))

    def __bool__(self) -> bool:
        return any(self.values())

    @property
    def priced_calls(self) -> int:
        return self.calls - self.unpriced_calls

    def values(self) -> tuple[int, ...]:
        """The sums in the order of the fields."""
        return (
            self.calls,
            self.answered,
            self.duration_ms,
            self.billed_seconds,
            self.unpriced_calls,
            self.unpriced_ms,
            self.numerator,
        )


_COLUMNS = "calls, answered, duration_ms, billed_seconds, unpriced_calls, unpriced_ms, numerator"
_SUMS = ", ".join(f"sum({column})" for column in _COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class PricedDay:
    """What a day was last priced from."""

    fingerprint: str
    files: frozenset[str]


def next_run(connection: Connection) -> int:
    """The number of the run to come."""
    row = connection.execute("select coalesce(max(run), 0) + 1 from run").fetchone()
    return int(row[0]) if row else 1


def last_run(connection: Connection) -> tuple[int, dict[str, Any]] | None:
    """The last run's number and summary."""
    return connection.execute("select run, summary from run order by run desc limit 1").fetchone()


def billed_through(connection: Connection, as_of: datetime | None = None) -> date | None:
    """The last day that any run up to `as_of` (None: now) has billed."""
    row = connection.execute(
        "select max(through) from run where %s::timestamptz is null or posted_at <= %s",
        [as_of, as_of],
    ).fetchone()
    return row[0] if row else None


def lake_version(connection: Connection, as_of: datetime | None = None) -> int | None:
    """The version of the lake that the last run up to `as_of` (None: now) read."""
    row = connection.execute(
        "select lake_version from run where %s::timestamptz is null or posted_at <= %s"
        " order by run desc limit 1",
        [as_of, as_of],
    ).fetchone()
    return row[0] if row else None


def add_run(
    connection: Connection, run: int, through: date, lake_version: int, summary: dict[str, Any]
) -> datetime:
    """Keep a run; gives the instant of its posting, which all that it posts carries."""
    row = connection.execute(
        "insert into run (run, through, lake_version, summary, posted_at)"
        " values (%s, %s, %s, %s, clock_timestamp()) returning posted_at",
        [run, through, lake_version, Jsonb(summary)],
    ).fetchone()
    assert row is not None
    posted_at: datetime = row[0]
    return posted_at


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


def by_server(
    connection: Connection, servers: list[str], first: date, last: date
) -> dict[str, tuple[int, int]]:
    """Calls and milliseconds that servers carried, whoever's they were."""
    rows = connection.execute(
        "select server, sum(calls), sum(duration_ms) from tally"
        " where day between %s and %s and server = any(%s) group by server",
        [first, last, servers],
    )
    return {server: (int(calls), int(ms)) for server, calls, ms in rows}


def by_group(
    connection: Connection, first: date, last: date, group: str
) -> list[tuple[str, str, Sums]]:
    """(group, currency, sums) of the days from `first` to `last`; groups as `posted_by_group`'s."""
    expression = {
        "account": "t.account",
        "day": "t.day::text",
        "month": "to_char(t.day, 'YYYY-MM')",
        "plan": "t.plan",
    }[group]
    rows = connection.execute(
        f"select {expression}, a.currency, {', '.join(f'sum(t.{c})' for c in _COLUMNS.split(', '))}"
        " from tally t join account a using (account) where t.day between %s and %s group by 1, 2 order by 1, 2",
        [first, last],
    )
    return [(row[0], row[1], Sums(*map(int, row[2:]))) for row in rows]


def unpriced(connection: Connection, through: date) -> tuple[int, int]:
    """Calls and milliseconds that no card prices, up to a day."""
    row = connection.execute(
        "select coalesce(sum(unpriced_calls), 0), coalesce(sum(unpriced_ms), 0) from tally"
        " where unpriced_calls <> 0 and day <= %s",
        [through],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def billed_plans(connection: Connection) -> frozenset[str]:
    """The plans under which a day is billed, for calls, channels or servers."""
    rows = connection.execute(
        "select plan from tally union select details->>'plan' from journal"
        " where kind in ('channels', 'minimum')"
    )
    return frozenset(row[0] for row in rows if row[0] is not None)


def priced_days(connection: Connection, through: date) -> dict[date, PricedDay]:
    """What each day up to `through` was last priced from."""
    rows = connection.execute(
        "select distinct on (day) day, fingerprint, files from priced_day where day <= %s order by day, run desc",
        [through],
    )
    return {day: PricedDay(fingerprint, frozenset(files)) for day, fingerprint, files in rows}


def first_run_of(connection: Connection, day: date, file: str) -> int | None:
    """The first run that priced a file of the lake; None before any."""
    row = connection.execute(
        "select min(run) from priced_day where day = %s and %s = any(files)", [day, file]
    ).fetchone()
    return row[0] if row else None


def add_priced_days(connection: Connection, run: int, days: Mapping[date, PricedDay]) -> None:
    """Keep what a run priced days from."""
    with connection.cursor().copy(
        "copy priced_day (run, day, fingerprint, files) from stdin"
    ) as copy:
        for day, priced in days.items():
            copy.write_row((run, day, priced.fingerprint, sorted(priced.files)))


def charged_accounts(connection: Connection) -> dict[str, str]:
    """The fingerprint that each account's recurring charges were last computed from."""
    rows = connection.execute(
        "select distinct on (account) account, fingerprint from charged_account"
        " order by account, run desc"
    )
    return dict(rows.fetchall())


def add_charged_accounts(connection: Connection, run: int, fingerprints: Mapping[str, str]) -> None:
    """Keep what a run computed accounts' recurring charges from."""
    with connection.cursor().copy(
        "copy charged_account (run, account, fingerprint) from stdin"
    ) as copy:
        for account, fingerprint in fingerprints.items():
            copy.write_row((run, account, fingerprint))


def first_open_day(connection: Connection) -> date | None:
    """The day after the last closed month; None while no month is closed."""
    row = connection.execute("select max(month) from month_close").fetchone()
    return None if row is None or row[0] is None else next_month(row[0])


def close_month(connection: Connection, month: date, reason: str, by: str) -> None:
    """Close a month for good."""
    connection.execute(
        "insert into month_close (month, reason, closed_by) values (%s, %s, %s)",
        [month, reason, by],
    )


def first_billed_day(connection: Connection) -> date | None:
    """The first day with a journal or a tally."""
    row = connection.execute(
        "select least((select min(day) from journal), (select min(day) from tally))"
    ).fetchone()
    return row[0] if row else None
