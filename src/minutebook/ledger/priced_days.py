"""What days and accounts were last priced and charged from: unchanged, they need not be again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True)
class PricedDay:
    """What a day was last priced from."""

    fingerprint: str
    files: frozenset[str]


def priced_days(connection: Connection, through: date) -> dict[date, PricedDay]:
    """What each day up to `through` was last priced from."""
    rows = connection.execute(
        "select distinct on (day) day, fingerprint, files from priced_day where day <= %s order by day, run desc",
        [through],
    )
    return {day: PricedDay(fingerprint, frozenset(files)) for day, fingerprint, files in rows}


def first_run_of(connection: Connection, day: date, files: Collection[str]) -> int | None:
    """The first run that priced one of these files of the lake, whatever was left out of it; None before
    any."""
    row = connection.execute(
        "select min(run) from priced_day where day = %s and exists"
        " (select from unnest(files) name where split_part(name, '~', 1) = any(%s))",
        [day, [file.partition("~")[0] for file in files]],
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
