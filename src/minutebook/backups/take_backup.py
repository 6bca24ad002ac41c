"""Take a backup of a book at work."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from minutebook import settings
from minutebook.backups import manifest
from minutebook.backups.manifest import Manifest
from minutebook.errors import InputError
from minutebook.lake.copy_lake import copy_lake
from minutebook.lake.delta import fsync_path
from minutebook.lake.private import private_folder
from minutebook.ledger.copy_ledger import copy_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from minutebook.backups.manifest import Backup
    from minutebook.ledger.database import Database
    from minutebook.settings import Settings

    Progress = Callable[[str, int, int], None]


def take_backup(
    chosen: Settings,
    database: Database,
    folder: Path,
    at: datetime,
    program: str,
    told: Progress,
) -> Backup:
    """Copy the book's ledger, lake and settings into the new folder `folder`.

    `at` is the instant of the backup, `program` the version; `told` is told of ("tables", done, all)
    and of ("bytes", done, all). Imports wait while the lake's logs are copied, which is short; runs
    do not. Where it fails, nothing of it is left. `InputError` where the folder has something in it.
    """
    _check(chosen, folder)
    new = not folder.exists()
    try:
        private_folder(folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from None
    manifest.begin_backup(folder)
    try:
        taken = _take(chosen, database, folder, at, program, told)
    except BaseException:
        for place in folder.iterdir():
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        if new:
            folder.rmdir()
        raise
    return taken.backup(folder)


def _take(
    chosen: Settings,
    database: Database,
    folder: Path,
    at: datetime,
    program: str,
    told: Progress,
) -> Manifest:
    for part in ("ledger", "lake"):
        private_folder(folder / part)
    with database.snapshot() as connection:
        ledger = copy_ledger(connection, folder / "ledger", partial(told, "tables"))
    # only now: what the ledger has priced is in the lake by then
    lake = copy_lake(chosen.lake_folder, folder / "lake", partial(told, "bytes"))
    if lake.version < ledger.priced_from:
        raise InputError(
            f"the lake is at version {lake.version}, and a run priced from version"
            f" {ledger.priced_from}: calls are gone from it; restore it from an earlier backup"
        )
    settings.write_movable(chosen.folder, folder / manifest.SETTINGS)
    for place in ("ledger", "lake", "."):
        fsync_path(folder / place)
    taken = Manifest(chosen.book, at, program, ledger, lake)
    manifest.write_manifest(folder, taken)
    return taken


def _check(chosen: Settings, folder: Path) -> None:
    """`InputError` where a backup cannot be made in this folder."""
    place = folder.resolve()
    for own in (chosen.lake_folder, chosen.folder / "postgres"):
        if place == own.resolve() or own.resolve() in place.parents:
            raise InputError(f"{folder} lies in the book's own {own.name}; name another folder")
    if (folder / manifest.FILE).exists():
        raise InputError(f"{folder} is a backup already, and is left as it is; name a new folder")
    if (folder / manifest.PART).exists():
        manifest.begin_backup(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already, with something in it; name a new folder")
