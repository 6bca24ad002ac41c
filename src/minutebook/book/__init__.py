"""A book: the folder that holds one carrier's data, opened.

The library's face. Each method does what the command of its name does, and gives typed objects
or Polars frames; the work itself is done by the modules that it calls.

The way through it: `opening` holds the book's stores, `clock` the hour and the user; the rest are its
parts.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from minutebook import settings
from minutebook.book.charging import Charging
from minutebook.book.declaring import Declaring
from minutebook.book.reviewing import Reviewing
from minutebook.errors import InputError
from minutebook.ledger import memos
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Book(Declaring, Charging, Reviewing):
    """One carrier's calls, prices and ledger."""


def make(folder: Path, currency: str, database: str | None, database_owner: str | None) -> Book:
    """Make a book in `folder`; its `book.toml` comes last, so a book is whole or not there."""
    folder = folder.absolute()
    if (folder / settings.FILE).exists():
        raise InputError(f"{folder} is a book already; use it with --book {folder}")
    if not (len(currency) == len("USD") and currency.isascii() and currency.isupper()):
        raise InputError(f"currency {currency!r} is not three capital letters, as in USD")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from None
    book = Book(settings.Settings(folder, currency, None, database, database_owner))
    with book.database.transaction(lock=RUN) as connection:
        name = memos.name_book(connection, str(uuid.uuid4()))
    if name is None:
        raise InputError(
            "the database holds another book's ledger already; name an empty one with --database"
        )
    settings.write(folder, currency, database, database_owner, name)
    book.close()
    return Book(settings.read(folder))


@contextmanager
def opened(path: Path | None) -> Iterator[Book]:
    """The book found from `path`, closed at the end."""
    with Book(settings.read(settings.find(path))) as book:
        yield book


__all__ = ["Book", "make", "opened"]
