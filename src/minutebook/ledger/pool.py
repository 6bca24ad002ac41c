"""The connections of an opened book: one for each thread at work, lent again and again.

A connection carries one transaction, so two threads may not share one at the same time. psycopg's
own pool is not used: it connects in threads of its own, and tells of a server that is away only
after it has tried for half a minute.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.ledger.connection import Connection

MOST = 16
"""Connections at once; more threads than that wait for each other."""


class Pool:
    """Connections that `connect` makes, each lent to one thread at a time."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self.closed = False
        self._inherited: list[Connection] = []
        self._begin()
        _POOLS.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MOST)
        self._idle: list[Connection] = []
        self._mine = threading.local()

    @contextlib.contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection for this thread; the same one where it has one in hand already.

        `InputError` where the pool is closed, unless the thread is in the middle of its work.
        """
        held: Connection | None = getattr(self._mine, "connection", None)
        if held is not None:
            yield held
            return
        with self._free:
            connection = self._take()
            self._mine.connection = connection
            try:
                yield connection
            finally:
                self._mine.connection = None
                self._give_back(connection)

    def check_open(self) -> None:
        """`InputError` where the pool is closed."""
        if self.closed:
            raise InputError("this book is closed; open it again with minutebook.open(…)")

    def let_go(self) -> None:
        """Close the connections that nobody uses; the next ones are made anew."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Lend nothing more. Connections at work are closed when their work is done."""
        self.closed = True
        self.let_go()

    def _take(self) -> Connection:
        with self._lock:
            self.check_open()
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        return self._connect()

    def _give_back(self, connection: Connection) -> None:
        if connection.broken:
            self.let_go()  # the server went away, and with it the others
        with self._lock:
            if not self.closed and not connection.closed:
                self._idle.append(connection)
                return
        connection.close()

    def forked(self) -> None:
        """In a child process: what the parent opened is the parent's, and stays open for it."""
        self._inherited += self._idle
        if held := getattr(self._mine, "connection", None):
            self._inherited.append(held)
        self._begin()


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in _POOLS:
        pool.forked()


os.register_at_fork(after_in_child=_after_fork)
