"""A book made in a folder: whole, or nothing of it is left."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from minutebook import money, settings
from minutebook.book.place import home
from minutebook.errors import InputError, MinutebookError
from minutebook.ledger import homes, memos
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.book.opening import OpenBook


def make_book(
    folder: Path,
    currency: str,
    database: str | None,
    database_owner: str | None,
    tell: Callable[[str], None],
) -> Book:
    """Make a book in `folder`; where that fails, what was made of it is taken away again.

    Its `book.toml` comes last, so that a book is whole or not there, also after a kill. `tell` is
    told each step as it begins.
    """
    from minutebook.book import Book

    folder = folder.absolute()
    if (folder / settings.FILE).exists():
        raise InputError.advised(
            f"{folder} is a book already",
            f"open it with minutebook.open({str(folder)!r})",
            shell=f"use it with --book {folder}",
        )
    code = money.currency(currency)
    book = Book(settings.Settings(folder, code, None, database, database_owner))
    book.database.let_all_write()  # another making, cut short, may have been there first
    book.settings.check_lake()
    with whole_or_nothing(book, folder):
        tell("making the folder")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}") from None
        if database is None:
            tell("making the database, which takes some seconds")
            book.database.address()
        tell("making its tables")
        with book.database.transaction(lock=RUN) as connection:
            name = memos.name_book(connection, str(uuid.uuid4()))
            if name is not None:
                homes.settle(connection, home(folder))
        if name is None:
            raise InputError.advised(
                "the database holds another book's ledger already",
                "pass an empty one as database",
                shell="name an empty one with --database",
            )
        tell(f"writing {settings.FILE}")
        settings.write(folder, currency, database, database_owner, name)
    book.close()
    return Book(settings.read(folder))


@contextmanager
def whole_or_nothing(book: OpenBook, folder: Path) -> Iterator[None]:
    """Folders and files that were not there before go again where the making fails."""
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    kept = _inside(folder)
    try:
        yield
    except BaseException:
        if (folder / settings.FILE).exists():
            raise  # another process made it meanwhile, or it was whole already
        with suppress(MinutebookError):
            book.stop()
        for made in new[-1:] or _inside(folder) - kept:
            if made.is_dir():
                shutil.rmtree(made, ignore_errors=True)
            else:
                made.unlink(missing_ok=True)
        raise


def _inside(folder: Path) -> set[Path]:
    """What is in a folder; nothing where that cannot be seen."""
    try:
        return set(folder.iterdir())
    except OSError:
        return set()
