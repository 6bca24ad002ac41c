"""Minutebook: the billing engine for voice carriers.

import minutebook

book = minutebook.open("carrier")
book.calls.import_files("cdr.csv")
book.runs.bill(through=date(2026, 10, 31))
book.statements.statement("acme", date(2026, 10, 1), date(2026, 10, 31))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.errors import DatabaseError, InputError, LedgerError, MinutebookError

if TYPE_CHECKING:
    import os

    from minutebook.book import Book

__version__ = "0.1.0"

__all__ = [
    "DatabaseError",
    "InputError",
    "LedgerError",
    "MinutebookError",
    "__version__",
    "init",
    "open",
]


def open(path: str | os.PathLike[str] | None = None) -> Book:
    """The book in a folder; without one `$MINUTEBOOK`, or the nearest upward that holds book.toml.

    Raises `InputError` where there is no book.
    """
    from pathlib import Path

    from minutebook import settings
    from minutebook.book import Book

    return Book(settings.read(settings.find(None if path is None else Path(path))))


def init(
    path: str | os.PathLike[str],
    *,
    currency: str = "USD",
    database: str | None = None,
    database_owner: str | None = None,
) -> Book:
    """Make a book in a folder, with its database; `InputError` where there is one already."""
    from pathlib import Path

    from minutebook.book import make

    return make(Path(path), currency, database, database_owner)
