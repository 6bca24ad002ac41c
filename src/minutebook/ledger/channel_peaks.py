"""The channels that accounts held, kept for charging: by account and day, the latest run's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.plans.holdings import DayPeaks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from minutebook.ledger.connection import Connection

Place = tuple[str, "date"]
"""(account, day)."""


def of_accounts(
    connection: Connection, accounts: Collection[str], first: date, last: date
) -> dict[str, dict[date, DayPeaks]]:
    """What accounts held on the days from `first` to `last`; days that held nothing may be absent."""
    rows = connection.execute(
        "select distinct on (account, day) account, day, peak, peaks, counts from channel_peak"
        " where account = any(%s) and day between %s and %s order by account, day, run desc",
        [list(accounts), first, last],
    )
    found: dict[str, dict[date, DayPeaks]] = {name: {} for name in accounts}
    for account, day, peak, peaks, counts in rows:
        found[account][day] = DayPeaks(peak, tuple(zip(peaks, counts, strict=True)))
    return found


def add(connection: Connection, run: int, held: Mapping[Place, DayPeaks]) -> None:
    """Keep what a run found to differ from before."""
    with connection.cursor().copy(
        "copy channel_peak (run, account, day, peak, peaks, counts) from stdin"
    ) as copy:
        for (account, day), peaks in held.items():
            values = [peak for peak, _ in peaks.intervals]
            counts = [count for _, count in peaks.intervals]
            copy.write_row((run, account, day, peaks.peak, values, counts))


def fingerprints(connection: Connection) -> dict[date, str]:
    """What of the lake each day was last computed from; days that were never are absent."""
    rows = connection.execute(
        "select distinct on (day) day, fingerprint from channel_day order by day, run desc"
    )
    return dict(rows.fetchall())


def add_fingerprints(connection: Connection, run: int, days: Mapping[date, str]) -> None:
    """Keep what a run computed days from."""
    with connection.cursor().copy("copy channel_day (run, day, fingerprint) from stdin") as copy:
        for day, fingerprint in days.items():
            copy.write_row((run, day, fingerprint))
