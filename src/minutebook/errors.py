"""Errors that a user can do something about.

MinutebookError
├── InputError       a file, an argument or a declaration is wrong; nothing was done
├── DatabaseError    the database cannot be reached, started or understood
└── LedgerError      the ledger refused a posting (an id used with another body, a closed month)
"""

from __future__ import annotations


class MinutebookError(Exception):
    """Any error whose message is meant for the user: one line, and what to do about it."""


class InputError(MinutebookError):
    """What was given is wrong, and nothing was done.

    `file` and `line` (1-based) name the place where the input is a file.
    """

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        self.message, self.file, self.line = message, file, line
        place = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(place + message)


class DatabaseError(MinutebookError):
    """The database is away, will not start, or is not a Minutebook's."""


class LedgerError(MinutebookError):
    """The ledger refused a posting; nothing was posted."""
