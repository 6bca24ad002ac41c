"""Words about amounts of things, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def counted(number: int, what: str) -> str:
    """`number` of `what`, in the plural where it is one: `1 call`, `1,200 calls`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def stretches(days: Sequence[date]) -> str:
    """Days in order, those in a row as one: `2026-10-03, 2026-10-10 to 2026-10-12`."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1][1:] = [day]
        else:
            runs.append([day])
    return ", ".join(" to ".join(day.isoformat() for day in run) for run in runs)
