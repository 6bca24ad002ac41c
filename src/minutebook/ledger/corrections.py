"""Corrections of calls, and imports taken back: what was said, by whom, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.types.json import Jsonb

from minutebook.errors import InputError
from minutebook.ledger import memos
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.ledger.connection import Connection

CALLS, IMPORT, UNDO = "calls", "import", "undo"
"""The kinds of corrections."""
_READ_AGAIN = "import read again"
"""The memo of the import that is taken back to be read again, until its files are in anew; "" else."""
_ID_DIGITS = 12


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


def begin_reading(connection: Connection, import_id: str) -> None:
    """Keep, with the correction that takes an import back, that its files are yet to come in anew."""
    memos.remember(connection, _READ_AGAIN, import_id)


def end_reading(connection: Connection, import_id: str) -> None:
    """The files of an import are in anew, or it counts as before."""
    if is_read_again(connection, import_id):
        memos.remember(connection, _READ_AGAIN, "")


def is_read_again(connection: Connection, import_id: str) -> bool:
    """Whether an import is taken back, and its files are yet to come in anew."""
    return memos.memo(connection, _READ_AGAIN) == import_id


def refuse_half_read(connection: Connection, beside: str | None = None) -> None:
    """`InputError` where an import (not `beside`) was taken back to be read again, and that was cut short."""
    half = memos.memo(connection, _READ_AGAIN)
    if not half or half == beside:
        return
    own = [c for c in in_force(connection) if c.import_id == half]
    if not own:
        return
    short, number = half[:_ID_DIGITS], own[-1].number
    raise InputError.advised(
        f"nothing was done: import {short} is only half read again (since {own[-1].at:%Y-%m-%d %H:%M:%S} UTC,"
        f" by {own[-1].by}): it is taken back, and its files may not be in anew",
        f"pass it to book.calls.import_again once more, or undo correction {number}",
        shell=f"run: minutebook import again {short} --reason TEXT, or to leave all as it was:"
        f" minutebook correct --undo {number} --reason TEXT",
    )
