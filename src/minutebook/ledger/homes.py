"""Which folder's book may write to a database that does not lie in the folder itself.

The database remembers the folder that wrote to it first, and each that was adopted since. A book in
another folder, a copy that still names the database, only reads: its connections are read-only, so
that nothing of it gets through.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from minutebook.errors import InputError, MinutebookWarning
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True)
class Home:
    """A folder on a machine. Two are the same where machine, path and inode are."""

    host: str = field(compare=False)
    path: str
    machine: str
    inode: str
    by: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.path} on {self.host}"


@dataclass(frozen=True, slots=True, repr=False)
class Adopted(Shown):
    """Which folder's book writes to the database."""

    path: Path
    """The folder, absolute."""
    adopted: bool
    """Whether anything changed."""
    before: str | None
    """The folder that wrote before, and its machine; None: none did."""
    guarded: bool
    """Whether it matters: false where database and lake lie in the folder itself."""


def home_of(connection: Connection) -> Home | None:
    """The folder that may write; None where none has written yet."""
    try:
        row = connection.execute(
            "select host, path, machine, inode, settled_by from minutebook.book_home"
            " order by home desc limit 1"
        ).fetchone()
    except (
        psycopg.errors.UndefinedTable,
        psycopg.errors.InvalidSchemaName,
        psycopg.errors.InsufficientPrivilege,
    ):
        return None
    return None if row is None else Home(*row)


def settle(connection: Connection, home: Home) -> None:
    """Let this folder write from now on, and no other."""
    connection.execute(
        "insert into minutebook.book_home (host, path, machine, inode, settled_by)"
        " values (%s, %s, %s, %s, %s)",
        [home.host, home.path, home.machine, home.inode, home.by],
    )


class HomeGuard:
    """Keeps the book of another folder from writing. Without `home` it lets all write."""

    def __init__(self, home: Callable[[], Home] | None) -> None:
        self._home = home
        self.writer: Home | None = None
        """The folder that writes, where that is another one."""
        self.quiet = False
        self.unsettled = False
        """Whether no folder's book has written there yet."""

    def look(self, connection: Connection) -> None:
        """See whose database it is, before anything is done there."""
        if self._home is None:
            return
        known = home_of(connection)
        self.unsettled = known is None
        if known is None or known == self._home():
            self.writer = None
            return
        if self.writer is None and not self.quiet:
            warnings.warn(
                MinutebookWarning(
                    f"the book that writes to this database is {known}; here it is only read."
                    " If this folder is the book now, adopt it",
                    shell=f"the book that writes to this database is {known}; here it is only read."
                    " If this folder is the book now, say: minutebook adopt",
                ),
                stacklevel=2,
            )
        self.writer = known

    def restrain(self, connection: Connection) -> None:
        """A connection of another folder's book only reads."""
        if self.writer is not None:
            connection.execute("set session characteristics as transaction read only")

    def remember(self, connection: Connection) -> None:
        """At the end of a transaction: the first that wrote tells the database where its book is."""
        if self._home is None or not self.unsettled:
            return
        wrote = connection.execute("select pg_current_xact_id_if_assigned() is not null").fetchone()
        if wrote is not None and wrote[0]:
            settle(connection, self._home())
            self.unsettled = False

    def adopt(self, connection: Connection) -> tuple[Home | None, Home | None]:
        """Let this folder write; gives who wrote before, and who does now (None: anybody)."""
        if self._home is None:
            return None, None
        connection.execute("set transaction read write")
        before, here = home_of(connection), self._home()
        if before != here:
            settle(connection, here)
        self.writer, self.unsettled = None, False
        return before, here

    def refusal(self) -> InputError:
        """What a book in another folder is told when it writes."""
        return InputError.advised(
            f"nothing was written: the book that writes to this database is {self.writer}, and this"
            " folder is another, a copy of it or the book moved",
            "if this is the book now, adopt it; the other is refused from then on",
            shell="if this is the book now, say: minutebook adopt; the other is refused from then on",
        )
