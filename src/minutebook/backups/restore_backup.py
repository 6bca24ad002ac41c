"""Make a book of a backup."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from minutebook import settings
from minutebook.backups import manifest
from minutebook.errors import InputError
from minutebook.lake.copy_lake import load_lake
from minutebook.lake.private import private_folder
from minutebook.ledger.book_copies import BookCopy
from minutebook.ledger.copy_ledger import load_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.backups.manifest import Manifest
    from minutebook.ledger.database import Database
    from minutebook.ledger.homes import Home

    Progress = Callable[[str, int, int], None]

_OF_A_BOOK = (settings.FILE, "lake", "postgres")


def check_free(folder: Path) -> None:
    """`InputError` where a folder holds a book, or a part of one."""
    for name in _OF_A_BOOK:
        if (folder / name).exists():
            what = "is a book" if name == settings.FILE else f"holds {name}, which may be a book's"
            raise InputError.advised(
                f"{folder} {what}, and is left as it is",
                "pass a new folder as path",
                shell="restore into a new folder: minutebook restore BACKUP PATH",
            )


def restore_backup(
    backup: Path,
    said: Manifest,
    folder: Path,
    database: Database,
    urls: tuple[str | None, str | None],
    home: Home,
    told: Progress,
) -> None:
    """Make a book of a backup in `folder`, which exists; `database` is its own, and empty.

    `home` is the folder as the database remembers it; `urls` are what its `book.toml` says of the database and of its owner. `told` is told of
    ("bytes", done, all) and ("tables", done, all). `book.toml` comes last.
    """
    place = folder / "lake"
    if said.lake.files:
        private_folder(place)
    load_lake(backup / "lake", said.lake.files, place, partial(told, "bytes"))
    address = database.address()
    made_of = BookCopy(str(backup), home.host, said.taken_at, said.lake.version, home.by)
    load_ledger(address, backup / "ledger", said.ledger, home, made_of, partial(told, "tables"))
    settings.write_restored(backup / manifest.SETTINGS, folder, *urls)
