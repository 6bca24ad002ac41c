"""The type of a connection to the ledger's database, and what is read once while it looks at one instant."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Connection = psycopg.Connection[Any]
T = TypeVar("T")
_READ: Final[WeakKeyDictionary[Connection, dict[Callable[[Connection], Any], Any]]] = (
    WeakKeyDictionary()
)
"""Of connections that look at one instant: what was read of it."""


@contextmanager
def at_one_instant(connection: Connection) -> Iterator[None]:
    """Within it the connection sees one instant of the ledger, and only reads."""
    _READ[connection] = {}
    try:
        yield
    finally:
        del _READ[connection]


def read_once(connection: Connection, read: Callable[[Connection], T]) -> T:
    """What `read` gives of a connection; while that looks at one instant, what it gave the first time."""
    kept = _READ.get(connection)
    if kept is None:
        return read(connection)
    if read not in kept:
        kept[read] = read(connection)
    given: T = kept[read]
    return given
