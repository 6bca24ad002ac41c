"""Corrections of calls, and imports taken back: what was said, by whom, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.types.json import Jsonb

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection

CALLS, IMPORT, UNDO = "calls", "import", "undo"
"""The kinds of corrections."""


@dataclass(frozen=True, slots=True, repr=False)
class Correction(Shown):
    """A correction of calls, an import that was taken back, or what takes a correction back."""

    _TOLD: ClassVar[tuple[str, ...]] = (
        "number", "kind", "calls", "accounts", "reason", "by", "at", "undoes", "undone_by",
    )  # fmt: skip

    kind: str
    reason: str
    by: str
    said: dict[str, Any]
    calls: int
    days: tuple[date, ...]
    """The UTC days that its calls are on, before or after."""
    accounts: tuple[str, ...]
    undoes: int | None = None
    import_id: str | None = None
    """The import that it takes back."""
    folder: str | None = None
    """Where the lake holds what it is made of."""
    files: tuple[dict[str, Any], ...] = ()
    """What the lake holds of it there."""
    number: int = 0
    """By which it is known, from 1."""
    at: datetime | None = None
    undone_by: int | None = field(default=None, compare=False)


_SELECT = (
    "select c.kind, c.reason, c.corrected_by, c.said, c.calls, c.days, c.accounts, c.undoes, c.import,"
    " c.folder, c.files, c.correction, c.corrected_at, u.correction"
    " from correction c left join correction u on u.undoes = c.correction"
)


def add(connection: Connection, new: Correction) -> Correction:
    """Keep a correction, under the lock of runs; gives it with its number and instant."""
    row = connection.execute(
        "insert into correction (correction, corrected_by, reason, kind, said, undoes, import, folder,"
        " files, calls, days, accounts)"
        " select coalesce(max(correction), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s"
        " from correction returning correction, corrected_at",
        [
            *(new.by, new.reason, new.kind, Jsonb(new.said), new.undoes, new.import_id, new.folder),
            *(Jsonb(list(new.files)), new.calls, sorted(new.days), sorted(new.accounts)),
        ],
    ).fetchone()
    assert row is not None
    return replace(new, number=row[0], at=row[1])


def everything(connection: Connection) -> list[Correction]:
    """Every correction, in order."""
    return _read(connection, f"{_SELECT} order by c.correction", [])


def in_force(connection: Connection, until: datetime | None = None) -> list[Correction]:
    """The corrections of calls and of imports that are not taken back, in order, as of an instant."""
    return _read(
        connection,
        f"{_SELECT} and (%s::timestamptz is null or u.corrected_at <= %s)"
        " where c.kind <> 'undo' and u.correction is null"
        " and (%s::timestamptz is null or c.corrected_at <= %s) order by c.correction",
        [until] * 4,
    )


def since(connection: Connection, run: int) -> list[Correction]:
    """The corrections made after a run's postings, in order; all of them for a run that is not there."""
    return _read(
        connection,
        f"{_SELECT} where c.corrected_at > coalesce((select posted_at from run where run = %s),"
        " '-infinity') order by c.correction",
        [run],
    )


def _read(connection: Connection, query: str, values: list[Any]) -> list[Correction]:
    return [
        Correction(
            kind, reason, by, said, calls, tuple(days), tuple(accounts), undoes, import_id,
            folder, tuple(files), number, at, undone_by,
        )
        for (
            kind, reason, by, said, calls, days, accounts, undoes, import_id,
            folder, files, number, at, undone_by,
        ) in connection.execute(query, values)
    ]  # fmt: skip
