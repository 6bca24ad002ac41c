"""A book's backups: taken, and made a book again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.book.clock import now, user
from minutebook.book.place import home
from minutebook.errors import InputError
from minutebook.ledger.homes import Adopted
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.backups.manifest import Backup, Restored
    from minutebook.book.opening import OpenBook

    Progress = Callable[[str, int, int], None]


def adopted(book: OpenBook) -> Adopted:
    """Let a book's folder write to its database; see `Book.adopt`."""
    before, here = book.database.adopt()
    said = None if before is None else str(before)
    return Adopted(book.path, here is not None and before != here, said, here is not None)


def backup_of(book: OpenBook, folder: Path, progress: Progress | None) -> Backup:
    """Take a backup of a book; see `Book.backup`."""
    import minutebook
    from minutebook.backups.take_backup import take_backup
    from minutebook.ledger.book_copies import BookCopy, kept_backup

    told = progress or _untold
    taken = take_backup(
        book.settings, book.database, folder.resolve(), now(), minutebook.__version__, told
    )
    here = home(book.path)
    copy = BookCopy(str(taken.folder), here.host, taken.taken_at, taken.lake_version, user())
    return replace(taken, unrecorded=kept_backup(book.database, copy))


def restored_book(
    backup: Path,
    folder: Path,
    database: str | None,
    database_owner: str | None,
    progress: Progress | None,
) -> Restored:
    """Make a book of a backup; see `minutebook.restore`."""
    from minutebook import settings
    from minutebook.backups import manifest, restore_backup
    from minutebook.book import Book
    from minutebook.book.make_book import whole_or_nothing

    said = manifest.read_manifest(backup)
    folder, told = folder.resolve(), progress or _untold
    if backup.resolve() in (folder, *folder.parents):
        raise InputError(f"{folder} lies in the backup; name another folder")
    restore_backup.check_free(folder)
    chosen = settings.Settings(folder, "USD", None, database, database_owner)
    chosen.check_lake()
    made = Book(chosen)
    made.database.let_all_write()
    with whole_or_nothing(made, folder):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}") from None
        urls = (database, database_owner)
        restore_backup.restore_backup(
            backup.resolve(), said, folder, made.database, urls, home(folder), told
        )
    made.close()
    with Book(settings.read(folder)) as book:
        checks = book.runs.verify(progress=lambda done, total: told("calls", done, total))
    return manifest.Restored(folder, said.backup(backup.resolve()), Rows(checks))


def _untold(unit: str, done: int, total: int) -> None:
    del unit, done, total
