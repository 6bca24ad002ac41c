"""Errors that a user can do something about.

MinutebookError
├── InputError       a file, an argument or a declaration is wrong; nothing was done
├── DatabaseError    the database cannot be reached, started or understood
└── LedgerError      the ledger refused a posting (an id used with another body, a closed month)
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class MinutebookError(Exception):
    """Any error whose message is meant for the user: one line, and what to do about it.

    The message is in the words of the library; `shell` is the same in those of the commands, where
    they are others ("pass reason", "say --reason TEXT").
    """

    def __init__(self, message: str, *, shell: str | None = None) -> None:
        self.message, self.in_shell = message, shell or message
        super().__init__(message)

    def for_shell(self) -> str:
        """The message as a command says it."""
        return self.in_shell


class InputError(MinutebookError):
    """What was given is wrong, and nothing was done.

    `file` and `line` (1-based) name the place where the input is a file.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        shell: str | None = None,
    ) -> None:
        super().__init__(message, shell=shell)
        self.file, self.line = file, line
        self._place = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "

    def __str__(self) -> str:
        return self._place + self.message

    def for_shell(self) -> str:
        """The message as a command says it."""
        return self._place + self.in_shell

    @classmethod
    def advised(
        cls, what: str, do: str, *, shell: str, file: str | None = None, line: int | None = None
    ) -> InputError:
        """What is wrong, and what to do about it: in the library, and in the shell."""
        return cls(f"{what}; {do}", shell=f"{what}; {shell}", file=file, line=line)

    def at(self, file: str | None = None, line: int | None = None, what: str = "") -> InputError:
        """The same of another place, or of no place; `what` is put before it."""
        return InputError(what + self.message, shell=what + self.in_shell, file=file, line=line)


class MinutebookWarning(UserWarning):
    """What a user should know, though what was asked is done; `shell` is it in the words of commands."""

    def __init__(self, message: str, *, shell: str | None = None) -> None:
        self.in_shell = shell or message
        super().__init__(message)


class DatabaseError(MinutebookError):
    """The database is away, will not start, or is not a Minutebook's."""


class LedgerError(MinutebookError):
    """The ledger refused a posting; nothing was posted."""


def no_device(path: Path) -> None:
    """`InputError` for a device, which has no end; what is not there, its reader finds out."""
    mode = path.stat().st_mode if path.exists() else 0
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise InputError("is a device, not a file; name a file", file=str(path))
