"""The minimum charge per server (docs/rules/minimum.md, "What servers require").

Pure: who had which servers on which days, under which terms, and what was spent go in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY, days_of_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from minutebook.money import Rounding
    from minutebook.plans.terms import Server


class Prorate(StrEnum):
    """Whether a server owes its minimum by the days deployed, or whole for any day
    (docs/rules/minimum.md, "Whole months").
    """

    DAY = "day"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MinimumTerms:
    """What the plan of a day says: the minimum of a server and month, and how many are free."""

    per_server: Decimal
    prorate: Prorate
    free_servers: int
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class MinimumStretch:
    """Days of one month, `first` and `last` included, under the same terms."""

    first: date
    last: date
    terms: MinimumTerms


@dataclass(slots=True)
class ServerMinimum:
    """What one server owes of a month, unrounded, and for which days: those free owe nothing.

    `parts` are the days by the minimum that they owe a share of; `whole` is one that is owed whole.
    """

    server: str
    days: int = 0
    free_days: int = 0
    owed: Fraction = Fraction(0)
    parts: dict[Decimal, int] = field(default_factory=dict)
    whole: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """What the servers of an account require of a month, rounded once, and how it came about."""

    amount: Decimal = Decimal(0)
    servers: tuple[ServerMinimum, ...] = ()


def free_and_charged(
    servers: Iterable[Server], day: date, free: int
) -> tuple[list[str], list[str]]:
    """The servers deployed on a day, in the order of deployment, ties by name: the first are free
    (docs/rules/minimum.md, "Which servers are free").
    """
    deployed = sorted(
        (server.deployed, server.name)
        for server in servers
        if server.deployed <= day and (server.retired is None or day <= server.retired)
    )
    names = [name for _, name in deployed]
    return names[:free], names[free:]


def required(stretches: Sequence[MinimumStretch], servers: Sequence[Server]) -> Required:
    """What a month's stretches of days (in order, not overlapping) require of these servers
    (docs/rules/minimum.md, "What servers require").

    The sum is rounded once, by the last day's plan. A server that owes its minimum whole owes it
    once, under the last plan that says so.
    """
    if not stretches:
        return Required()
    month_days = days_of_month(stretches[0].first)
    found = {server.name: ServerMinimum(server.name) for server in servers}
    for stretch in stretches:
        said = stretch.terms
        for begin, days in _unchanged(stretch, servers):
            free, charged = free_and_charged(servers, begin, said.free_servers)
            for name in free:
                found[name].free_days += days
            for name in charged:
                found[name].days += days
                if said.prorate is Prorate.NONE:
                    found[name].whole = said.per_server
                else:
                    parts = found[name].parts
                    parts[said.per_server] = parts.get(said.per_server, 0) + days
                    found[name].owed += Fraction(said.per_server) * days / month_days
    for server in found.values():
        server.owed += Fraction(server.whole or 0)
    total = sum((server.owed for server in found.values()), Fraction(0))
    shown = tuple(s for _, s in sorted(found.items()) if s.days or s.free_days)
    return Required(stretches[-1].terms.rounding.of(total), shown)


def _unchanged(stretch: MinimumStretch, servers: Sequence[Server]) -> Iterator[tuple[date, int]]:
    """The stretch in parts (first day, number of days) in which the same servers are deployed."""
    changes = {stretch.first, stretch.last + ONE_DAY}
    for server in servers:
        changes.add(server.deployed)
        if server.retired is not None:
            changes.add(server.retired + ONE_DAY)
    inside = sorted(day for day in changes if stretch.first <= day <= stretch.last + ONE_DAY)
    for begin, end in pairwise(inside):
        yield begin, (end - begin).days


def shortfall(needed: Decimal, spent: Decimal) -> Decimal:
    """What is missing of the minimum; usage and channels of the month count as spent
    (docs/rules/minimum.md, "What counts as spent").
    """
    return max(Decimal(0), needed - spent)
