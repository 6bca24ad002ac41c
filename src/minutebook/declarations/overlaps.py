"""Tables of different accounts that can hold for one call (docs/rules/identity.md, "Tables that meet"). Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from minutebook.calls.match_tables import MatchRule
    from minutebook.declarations.carrier import Carrier

_PREFIX = "caller_prefix"
_Place = tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Overlap(Shown):
    """Two tables that hold for the same calls, of the UTC days from `first` to `last` (None: on and on).

    Of two that rank alike, a `tie`, the calls wait; else they are those of `account`.
    """

    account: str
    """The account whose table is the stronger; of a tie the first by name."""
    table: dict[str, str]
    """Its table."""
    other: str
    other_table: dict[str, str]
    tie: bool
    first: date
    """The first UTC day on which both accounts have a plan."""
    last: date | None

    @property
    def call(self) -> dict[str, str]:
        """What a call has for which both hold; of two prefixes the longer."""
        both = self.other_table | self.table
        if _PREFIX in both:
            prefixes = (self.table.get(_PREFIX, ""), self.other_table.get(_PREFIX, ""))
            both[_PREFIX] = max(prefixes, key=len)
        return both


def overlaps(carrier: Carrier, accounts: Collection[str]) -> list[Overlap]:
    """Each two tables that compete for calls, one of them of `accounts`; ties first.

    Tables whose first keys differ are left out: the order of the keys decides between these.
    """
    directory = carrier.directory()
    days = {span.account: (span.first_day, span.last_day) for span in directory.spans}
    tables = _ByKeys(directory.rules)
    found: dict[frozenset[tuple[str, _Place]], Overlap] = {}
    for rule in directory.rules:
        if rule.account not in accounts:
            continue
        for other in tables.near(rule):
            if other.account == rule.account or not _meet(rule, other):
                continue
            (first, last), (begins, ends) = days[rule.account], days[other.account]
            both_from = max(first, begins)
            until = min((day for day in (last, ends) if day is not None), default=None)
            if until is not None and until < both_from:
                continue
            pair = frozenset((one.account, tuple(map(str, one.keys))) for one in (rule, other))
            strong, weak = sorted((rule, other), key=lambda one: (one.rank, one.account))
            found[pair] = Overlap(
                strong.account,
                dict(strong.keys),
                weak.account,
                dict(weak.keys),
                strong.rank == weak.rank,
                both_from,
                until,
            )
    return sorted(
        found.values(),
        key=lambda one: (not one.tie, one.account, one.other, *map(str, one.table.items())),
    )


def _meet(rule: MatchRule, other: MatchRule) -> bool:
    """Whether one call can have what both ask for."""
    asked = dict(other.keys)
    return all(_agree(key, value, asked[key]) for key, value in rule.keys if key in asked)


def _agree(key: str, one: str, another: str) -> bool:
    if key == _PREFIX:
        return one.startswith(another) or another.startswith(one)
    return one == another


class _ByKeys:
    """Tables by their first key, and by the first two."""

    def __init__(self, rules: Iterable[MatchRule]) -> None:
        self._at: dict[_Place, list[MatchRule]] = defaultdict(list)
        self._under: dict[_Place, list[MatchRule]] = defaultdict(list)
        self._seconds: dict[_Place, set[str]] = defaultdict(set)
        for rule in rules:
            first, *more = rule.keys
            self._put((), first, rule)
            self._seconds[first].add(more[0][0] if more else "")
            self._put((*first, "then"), more[0] if more else ("", ""), rule)

    def _put(self, place: _Place, key: tuple[str, str], rule: MatchRule) -> None:
        self._at[*place, *key].append(rule)
        if key[0] == _PREFIX:
            for n in range(1, len(key[1])):
                self._under[*place, _PREFIX, key[1][:n]].append(rule)

    def _agreeing(self, place: _Place, key: tuple[str, str]) -> Iterator[MatchRule]:
        """Those under a place whose key agrees with this one."""
        name, value = key
        if name != _PREFIX:
            yield from self._at.get((*place, *key), ())
            return
        for n in range(1, len(value) + 1):
            yield from self._at.get((*place, name, value[:n]), ())
        yield from self._under.get((*place, *key), ())

    def near(self, rule: MatchRule) -> Iterator[MatchRule]:
        """Those whose first key agrees with a table's, without most whose second does not."""
        first, *more = rule.keys
        if not more or first[0] == _PREFIX:
            yield from self._agreeing((), first)
            return
        for second in self._seconds[first]:
            if second == more[0][0]:
                yield from self._agreeing((*first, "then"), more[0])
            else:
                yield from (
                    other
                    for other in self._at[first]
                    if (other.keys[1][0] if len(other.keys) > 1 else "") == second
                )
