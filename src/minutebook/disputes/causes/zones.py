"""The zone that the days of an invoice are of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

QUARTER_S: Final = 900
_ZONES: Final = range(-48, 57)  # quarter-hours east of UTC
_MUCH_BETTER: Final = 0.5


def zone_of(
    ours: Mapping[int, Mapping[int, int]], theirs: Mapping[int, int]
) -> tuple[int, int, int]:
    """The zone that their days are of: (seconds east of UTC, and from where to where it fits as well).

    `ours`: by each of `zones()` what we have by day (number since 1970); `theirs`: by day. 0 where no
    zone is much better than UTC.
    """
    apart = {
        zone: sum(abs(days.get(day, 0) - theirs.get(day, 0)) for day in days.keys() | theirs.keys())
        for zone, days in ours.items()
    }
    least = min(apart.values())
    if least > _MUCH_BETTER * apart[0] or apart[0] == least:
        return 0, 0, 0
    best = sorted(zone for zone, found in apart.items() if found == least)
    return min(best, key=abs), best[0], best[-1]


def zones() -> list[int]:
    """Seconds east of UTC of every zone."""
    return [QUARTER_S * quarters for quarters in _ZONES]
