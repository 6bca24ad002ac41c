"""What a backup says of itself: `backup.json`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from minutebook.errors import InputError
from minutebook.lake.copy_lake import LakeCopy, LakeFileCopy
from minutebook.lake.delta import fsync_path
from minutebook.ledger.copy_ledger import LedgerCopy, TableFile
from minutebook.ledger.migrate import HEAD
from minutebook.notebook import Rows, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from minutebook.billing.verify import Check

FILE, PART, SETTINGS = "backup.json", "backup.json.part", "settings.toml"
FORMAT = 1


@dataclass(frozen=True, slots=True, repr=False)
class Backup(Shown):
    """A backup that is whole: where it is, of which book and of when.

    `lake_version` is that of the calls, -1 before any import; `rows` are those of the ledger;
    `files` and `size_bytes` all that it holds.
    """

    folder: Path
    """Where it is, absolute."""
    book: str | None
    taken_at: datetime
    program: str
    """The version of Minutebook that made it."""
    schema: str
    lake_version: int
    rows: int
    files: int
    size_bytes: int
    unrecorded: str | None = None
    """Why the ledger, and so `audit`, does not have it; None: it does."""


@dataclass(frozen=True, slots=True, repr=False)
class Restored(Shown):
    """A book made of a backup: where it is, of which backup, and every check of `verify`."""

    path: Path
    """The folder of the book, absolute."""
    backup: Backup
    """What it was made of."""
    checks: Rows[Check]

    @property
    def ok(self) -> bool:
        """Whether the book is proved."""
        return not any(check.differences for check in self.checks)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that `backup.json` says."""

    book: str | None
    taken_at: datetime
    program: str
    ledger: LedgerCopy
    lake: LakeCopy

    def backup(self, folder: Path) -> Backup:
        """What it says to people."""
        ledger = [path.stat().st_size for path in (folder / "ledger").iterdir()]
        return Backup(
            folder=folder,
            book=self.book,
            taken_at=self.taken_at,
            program=self.program,
            schema=self.ledger.schema,
            lake_version=self.lake.version,
            rows=sum(table.rows for table in self.ledger.tables),
            files=len(self.lake.files) + len(ledger),
            size_bytes=sum(file.size_bytes for file in self.lake.files) + sum(ledger),
        )


def begin_backup(folder: Path) -> None:
    """Mark a folder as one in which a backup is being made; `InputError` where another is at it."""
    try:
        os.close(os.open(folder / PART, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise _cut_short(folder) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Say that a backup is whole: the last that is written."""
    said = {"format": FORMAT, **asdict(manifest), "taken_at": manifest.taken_at.isoformat()}
    (folder / PART).write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    fsync_path(folder / PART)
    (folder / PART).rename(folder / FILE)
    fsync_path(folder)


def read_manifest(folder: Path) -> Manifest:
    """What the backup in `folder` says of itself.

    `InputError` where it is none, was cut short, is damaged, or is a later version's.
    """
    path = folder / FILE
    if not path.is_file():
        if (folder / PART).exists():
            raise _cut_short(folder)
        raise InputError(f"{folder} is no backup: it has no {FILE}; name one that backup made")
    try:
        said = json.loads(path.read_text("utf-8"))
        if said["format"] > FORMAT or said["ledger"]["schema"] > HEAD:
            raise InputError(
                f"{folder} was made by minutebook {said['program']}, a later version than this one;"
                " use that, or a later one"
            )
        return _read(said)
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{path} is damaged, or cannot be read; restore from another backup"
        ) from None


def _read(said: Mapping[str, Any]) -> Manifest:
    ledger, lake = said["ledger"], said["lake"]
    return Manifest(
        said["book"],
        datetime.fromisoformat(said["taken_at"]),
        said["program"],
        LedgerCopy(
            ledger["schema"],
            ledger["priced_from"],
            tuple(TableFile(**table) for table in ledger["tables"]),
        ),
        LakeCopy(lake["version"], tuple(LakeFileCopy(**file) for file in lake["files"])),
    )


def _cut_short(folder: Path) -> InputError:
    return InputError(
        f"{folder} is no whole backup: it was cut short, or is still being made;"
        " delete it if no backup is at work, and take another"
    )
