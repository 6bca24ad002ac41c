"""Prices that were made ready, kept for the next who asks: for a process that answers again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.rating.table import RateTable


class ReadyPrices:
    """At most so many tables of prices, those that were asked for last.

    What a table is asked by says all that it is made of, by the SHA-256 of its card's revision: it never grows old.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tables: OrderedDict[str, RateTable] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: str, make: Callable[[], RateTable]) -> RateTable:
        """The table of a key, made where it is not there."""
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
                return self._tables[key]
        made = make()
        with self._lock:
            self._tables[key] = made
            while len(self._tables) > self._most:
                self._tables.popitem(last=False)
        return made
