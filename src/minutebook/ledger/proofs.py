"""What came of proving the book, each time that it was (docs/rules/runs.md, "What proves it")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from minutebook.ledger.chain import last_link
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True, repr=False)
class Proof(Shown):
    """That the book was proved, or was not."""

    _TOLD: ClassVar = ("ended_at", "by", "ok", "failing")
    begun_at: datetime
    """When it was begun."""
    ended_at: datetime
    """When it was ended."""
    by: str
    """Who had it proved."""
    failing: tuple[str, ...]
    """The checks that found differences; empty: the book is proved."""
    links: int
    """How many links the chain had then."""
    head: str
    """The hash of the last of them."""

    @property
    def ok(self) -> bool:
        """Whether every check held."""
        return not self.failing


def keep_proof(connection: Connection, begun_at: datetime, by: str, failing: Sequence[str]) -> None:
    """Keep that the book was proved by `by`, and which checks found differences."""
    links, head = last_link(connection)
    connection.execute(
        "insert into proof (begun_at, by_user, failing, links, head) values (%s, %s, %s, %s, %s)",
        [begun_at, by, list(failing), links, head],
    )


def last_proof(connection: Connection) -> Proof | None:
    """The last time that the book was proved, or was not; None: nobody has tried."""
    row = connection.execute(
        "select begun_at, ended_at, by_user, failing, links, head from proof order by proof desc limit 1"
    ).fetchone()
    if row is None:
        return None
    begun_at, ended_at, by, failing, links, head = row
    return Proof(begun_at, ended_at, by, tuple(failing), links, head)
