"""The answered calls of accounts whose short calls may be charged for, by day: as tallies have them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from minutebook.ledger import tallies
from minutebook.plans.short_calls import AnsweredCalls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.ledger.connection import Connection
    from minutebook.plans.holdings import Holdings
    from minutebook.rating.sums import Key, Sums

    ByDay = dict[date, AnsweredCalls]


def answered_calls(
    accounts: Mapping[str, Holdings], sums: Mapping[Key, Sums]
) -> defaultdict[str, ByDay]:
    """The answered calls that tallies hold of those of `accounts` that may owe for short ones."""
    found: defaultdict[str, ByDay] = defaultdict(dict)
    asked = {name for name, held in accounts.items() if held.has_short_calls}
    for (day, name, _, _), of in sums.items() if asked else ():
        if name in asked:
            own = found[name]
            own[day] = own.get(day, AnsweredCalls()) + AnsweredCalls(of.answered, of.short_calls)
    return found


def answered_with(
    connection: Connection,
    first_days: Mapping[str, date],
    differences: Mapping[str, ByDay],
    through: date,
) -> dict[str, ByDay]:
    """The answered calls of accounts, from the first day of each to `through`: what is kept, and `differences`
    to it.
    """
    by_first: dict[date, list[str]] = defaultdict(list)
    for name, first in first_days.items():
        by_first[first].append(name)
    found: dict[str, ByDay] = {}
    for first, names in by_first.items():
        found |= tallies.answered_by_day(connection, names, first, through)
    for name in first_days:
        own = found.setdefault(name, {})
        for day, more in differences.get(name, {}).items():
            own[day] = own.get(day, AnsweredCalls()) + more
    return found
