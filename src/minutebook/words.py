"""Words about amounts of things, for people."""

from __future__ import annotations

import difflib
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from fractions import Fraction


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


def percent_text(share: Fraction) -> str:
    """A share in percent with the decimals that it has, up to ten digits: 1%, 0.0001%."""
    return f"{Decimal(f'{float(share * 100):.10g}'):f}%"


def more_text(growth: Fraction) -> str:
    """A growth as traffic has it: 2.5% more, 20% less."""
    return f"{percent_text(abs(growth))} {'more' if growth > 0 else 'less'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What an error adds where a name is nearly a known one: ` (did you mean acme?)`, or nothing."""
    by_lower = {other.lower(): other for other in known if other != name}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[near[0]]}?)" if near else ""
