"""The match tables of all accounts, and what they say of a call (docs/rules/identity.md, "Whose call").

A table's rank is its first key in the order of `KEYS` (the longest prefix first), and then the number of
its keys. An account competes on the days that it has a plan on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import Reason
from minutebook.cards.prefixes import PrefixIndex
from minutebook.days import ONE_DAY
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ERA = "era"
KEYS = ("account_code", "trunk", "caller_prefix", "server")
"""What a match table can ask for, the strongest first."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """One `match` table of an account; at least one key, and all that it has must hold."""

    account: str
    account_code: str | None = None
    trunk: str | None = None
    caller_prefix: str | None = None
    server: str | None = None

    def __post_init__(self) -> None:
        if not self.keys:
            raise InputError(f"account {self.account}: a match table without a key matches nothing")

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys that the table has, with their values, the strongest first."""
        return tuple((key, value) for key in KEYS if (value := getattr(self, key)))

    @property
    def rank(self) -> tuple[int, int, int]:
        """Sorts tables, the strongest first: by the first key, a longer prefix, and more keys."""
        key, value = self.keys[0]
        return KEYS.index(key), -len(value) if key == "caller_prefix" else 0, -len(self.keys)

    def __str__(self) -> str:
        return " and ".join(f"{key} {value}" for key, value in self.keys)


@dataclass(frozen=True, slots=True)
class AccountSpan:
    """A declared account, with the first and the last UTC day that it has a plan on
    (docs/rules/identity.md, "Days without a plan").
    """

    account: str
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """What is declared about accounts: their match tables and their days."""

    rules: tuple[MatchRule, ...] = ()
    spans: tuple[AccountSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What calls with the same keys come to: an account (its place in the spans), or why none."""

    span: int | None = None
    matched_by: str | None = None
    reason: Reason | None = None
    detail: str | None = None


class MatchTables:
    """The match tables, ordered so that a combination of keys finds its own quickly."""

    def __init__(self, directory: Directory) -> None:
        self.spans = {span.account: at for at, span in enumerate(directory.spans)}
        self.days = {span.account: (span.first_day, span.last_day) for span in directory.spans}
        matching = {rule.account for rule in directory.rules}
        days = [self.days[account] for account in matching & self.days.keys()]
        ended = {last + ONE_DAY for _, last in days if last is not None and last < date.max}
        self.eras = sorted({first for first, _ in days} | ended)
        self.values = {
            key: sorted({dict(r.keys)[key] for r in directory.rules if key in dict(r.keys)})
            for key in KEYS
        }
        self.prefixes = PrefixIndex.build(self.values["caller_prefix"])
        self.outcomes: dict[tuple[int, ...], MatchOutcome] = {}
        self.by_first: dict[tuple[str, str], list[MatchRule]] = {}
        for rule in directory.rules:
            self.by_first.setdefault(rule.keys[0], []).append(rule)
        for rules in self.by_first.values():
            rules.sort(key=lambda rule: -len(rule.keys))

    def codes(self, calls: pl.DataFrame, days: pl.Series) -> pl.DataFrame:
        """What the tables can see of each call: a place in `values` + 1 (0: none) for each key, and
        the era of its day: how many of `eras` have begun.

        `number` (UInt64) is one number for all five.
        """
        places = {key: position_of(pl.col(key), self.values[key]) for key in KEYS if key in calls}
        places["caller_prefix"] = self.prefixes.longest(pl.col("caller"))
        codes = calls.select("account_code", "trunk", "caller", "server").with_columns(
            *((place.cast(pl.UInt64) + 1).fill_null(0).alias(key) for key, place in places.items()),
            self._era(days).alias(ERA),
        )
        sizes = [*(len(self.values[key]) + 1 for key in KEYS), len(self.eras) + 1]
        if math.prod(sizes) < 2**63:
            factors = [math.prod(sizes[n + 1 :]) for n in range(len(sizes))]
            number = pl.sum_horizontal(
                pl.col(key) * factor for key, factor in zip((*KEYS, ERA), factors, strict=True)
            )
        else:
            number = pl.struct(*KEYS, ERA).rank("dense")
        return codes.select(*KEYS, ERA, number=number.cast(pl.UInt64))

    def _era(self, days: pl.Series) -> pl.Series:
        """How many of the eras have begun by each of the days (UInt64)."""
        begun = pl.Series(self.eras, dtype=pl.Date).search_sorted(
            days.fill_null(date.min), side="right"
        )
        return pl.Series(begun, dtype=pl.UInt64)

    def outcome(self, codes: tuple[int, ...]) -> MatchOutcome:
        """What the tables say of calls with these codes."""
        if codes not in self.outcomes:
            self.outcomes[codes] = self._judged(codes)
        return self.outcomes[codes]

    def _judged(self, codes: tuple[int, ...]) -> MatchOutcome:
        *keys, era = codes
        held = {
            key: self.values[key][code - 1] if code else None
            for key, code in zip(KEYS, keys, strict=True)
        }
        day = self.eras[era - 1] if era else date.min
        found = self._strongest(held, day)
        return self._strongest(held, None) if found.reason is Reason.NO_ACCOUNT else found

    def _strongest(self, held: Mapping[str, str | None], day: date | None) -> MatchOutcome:
        """What the tables of the accounts with a plan on a day (None: of all) say."""
        for first in self._firsts(held):
            holding = [
                rule
                for rule in self.by_first.get(first, ())
                if (day is None or self._competes(rule.account, day)) and _holds(rule, held)
            ]
            strongest = [r for r in holding if len(r.keys) == len(holding[0].keys)]
            if strongest:
                return self._decided(strongest)
        return MatchOutcome(reason=Reason.NO_ACCOUNT)

    def _competes(self, account: str, day: date) -> bool:
        """Whether an account has a plan on a day."""
        first, last = self.days.get(account, (date.min, None))
        return first <= day and (last is None or day <= last)

    def _firsts(self, held: Mapping[str, str | None]) -> Iterable[tuple[str, str]]:
        """The first keys that a table may have to hold, the strongest first."""
        for key in KEYS:
            value = held[key]
            if value is None:
                continue
            yield key, value
            if key == "caller_prefix":  # any shorter prefix is a prefix of the longest
                yield from ((key, value[:n]) for n in range(len(value) - 1, 0, -1))

    def _decided(self, rules: list[MatchRule]) -> MatchOutcome:
        """One account, or a tie."""
        accounts = sorted({rule.account for rule in rules})
        if len(accounts) > 1:
            tied = " and ".join(accounts)
            return MatchOutcome(
                reason=Reason.AMBIGUOUS, detail=f"{tied} match equally by {rules[0]}"
            )
        if accounts[0] not in self.spans:
            return MatchOutcome(reason=Reason.NO_PLAN, detail=f"account {accounts[0]} has no plan")
        return MatchOutcome(span=self.spans[accounts[0]], matched_by=str(rules[0]))


def _holds(rule: MatchRule, held: Mapping[str, str | None]) -> bool:
    """Whether all keys of the table hold."""
    return all(
        (held[key] or "").startswith(value) if key == "caller_prefix" else held[key] == value
        for key, value in rule.keys
    )


def position_of(column: pl.Expr, values: Sequence[str]) -> pl.Expr:
    """Where a column's value stands in `values` (UInt32), null where it does not."""
    if not values:
        return pl.lit(None, pl.UInt32)
    return column.replace_strict(
        pl.Series(values, dtype=pl.String),
        pl.int_range(len(values), dtype=pl.UInt32, eager=True),
        default=None,
        return_dtype=pl.UInt32,
    )
