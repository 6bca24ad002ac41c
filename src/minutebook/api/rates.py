"""How many requests a key may ask: a bucket that fills evenly (docs/rules/access.md, "How often")."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

_AT_ONCE_S: Final = 2
"""So many seconds' requests may come at once."""


class RequestRates:
    """Of one application: the requests that each key may ask at once."""

    def __init__(
        self, per_second: Decimal | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = None if per_second is None else float(per_second)
        self._clock, self._lock = clock, Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, who: str) -> float:
        """0, and a request is counted; or so many seconds until one may be asked."""
        if self._per_second is None:
            return 0.0
        most = max(self._per_second * _AT_ONCE_S, 1.0)
        with self._lock:
            now = self._clock()
            left, at = self._left.get(who, (most, now))
            left = min(left + (now - at) * self._per_second, most)
            asked = 1.0 if left >= 1.0 else 0.0
            self._left[who] = (left - asked, now)
        return 0.0 if asked else (1.0 - left) / self._per_second
