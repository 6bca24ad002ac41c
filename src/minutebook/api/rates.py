"""How many requests a key may ask: a bucket that fills evenly (docs/rules/access.md, "How often")."""

from __future__ import annotations

import sqlite3
import time
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

_AT_ONCE_S: Final = 2
"""So many seconds' requests may come at once."""


class RequestRates:
    """The requests that each key may ask at once: of one application, or of several that share a file."""

    def __init__(
        self,
        per_second: Decimal | None,
        clock: Callable[[], float] = time.monotonic,
        shared: Path | None = None,
    ) -> None:
        """`shared`: the file where what is left to each key is kept, for all processes that are handed it; None: in memory."""
        self._per_second = None if per_second is None else float(per_second)
        self._clock, self._lock = clock, Lock()
        if self._per_second is None:
            return
        self._kept = sqlite3.connect(
            shared or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._kept.execute("pragma synchronous = off")  # it lives no longer than the processes
        self._kept.execute("create table if not exists bucket (who text primary key, left, at)")

    def wait_s(self, who: str) -> float:
        """0, and a request is counted; or so many seconds until one may be asked."""
        if self._per_second is None:
            return 0.0
        most = max(self._per_second * _AT_ONCE_S, 1.0)
        with self._lock, self._kept:
            self._kept.execute("begin immediate")
            now = self._clock()
            row = self._kept.execute("select left, at from bucket where who = ?", [who]).fetchone()
            left, at = row or (most, now)
            left = min(left + (now - at) * self._per_second, most)
            asked = 1.0 if left >= 1.0 else 0.0
            self._kept.execute("replace into bucket values (?, ?, ?)", [who, left - asked, now])
        return 0.0 if asked else (1.0 - left) / self._per_second
