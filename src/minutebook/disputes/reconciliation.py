"""What holding two sides' records against each other finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from minutebook.disputes.causes.causes import Hole, LengthCause
    from minutebook.disputes.causes.classes import Difference
    from minutebook.disputes.causes.pricing import CallsOnOtherTerms


@dataclass(frozen=True, slots=True)
class Sum:
    """Calls, their talk, and their amount; of a difference ours less theirs."""

    calls: int = 0
    duration_ms: int = 0
    units: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.calls + other.calls,
            self.duration_ms + other.duration_ms,
            self.units + other.units,
        )

    def __sub__(self, other: Sum) -> Sum:
        return Sum(
            self.calls - other.calls,
            self.duration_ms - other.duration_ms,
            self.units - other.units,
        )

    @property
    def amount(self) -> Decimal:
        return money.decimal_of_units(self.units)


@dataclass(frozen=True, slots=True)
class SideFacts:
    """What a side is called, how it was read, and what of it was not, or could not be compared."""

    name: str
    broken: int = 0
    why: str | None = None
    """What is wrong with most of the broken records."""
    without_zone: int = 0
    without_setup: int = 0
    without_amount: int = 0
    unpriced: int = 0
    """Calls without an amount that no price is found for either: they count as 0."""
    currencies: frozenset[str] | None = None
    """What the currency of its amounts may be; None: it does not say."""
    turned: bool = False
    """It writes what calls cost with a minus sign."""
    own_total: tuple[int, int] | None = None
    """What a list's row of sums says, and what its calls add up to, in money.UNITS, where they differ."""
    without_day: tuple[int, int] = (0, 0)
    """An invoice's lines that name no day, and their amount in money.UNITS."""
    unended: int | None = None
    """The last line, where it has no end: it may be cut, and was not read."""
    without_plan: tuple[date, ...] = ()
    """Days on which the account has no plan, so that the lake holds none of its calls."""

    @property
    def or_end_it(self) -> str:
        """What else to do where nothing was read of it."""
        if self.unended is None:
            return ""
        return (
            f", or, as its line {self.unended} has no end and was not read, end it if it is whole"
        )

    @property
    def complete(self) -> bool:
        """Whether all of it was read, and compared in money."""
        return not (
            self.broken
            or self.without_amount
            or self.unpriced
            or self.own_total
            or self.unended
            or self.without_day[0]
            or self.without_plan
        )


@dataclass(frozen=True, slots=True)
class DaySums:
    """A day of our clock on both sides, and the hours of it that differ."""

    day: date
    ours: Sum
    theirs: Sum
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Days in a row on which their clock was as far ahead (negative: behind)."""

    first: date
    last: date
    seconds: int


@dataclass(frozen=True, slots=True)
class TotalsCauses:
    """What lines of an invoice show. Keys are (day, destination), "" for all.

    `zone_seconds` is the zone of its days, east of UTC, and `zones` from where to where it fits as well;
    `factors_ppm` are of our prices; `own_total` what its line of totals says against its lines'
    sum, in money.UNITS, where they differ; `answered_alone`: it counts answered calls; `swapped`: the
    invoice is ours.
    """

    by_day: bool
    zone_seconds: int
    zones: tuple[int, int]
    increments: dict[tuple[str, str], tuple[int, int]]
    factors_ppm: dict[tuple[str, str], int]
    fee_units: int | None
    own_total: tuple[int, int] | None
    answered_alone: bool
    swapped: bool


@dataclass(frozen=True, slots=True)
class Causes:
    """What is likely behind the differences, as far as the records show it."""

    shifts: tuple[Shift, ...] = ()
    clock_told: bool = True  # some day's calls say how the clocks lie
    lengths: tuple[LengthCause, ...] = ()
    changes: tuple[CallsOnOtherTerms, ...] = ()
    holes: tuple[Hole, ...] = ()
    last_hours: tuple[int, int] = (0, 0)  # of ours, of theirs: the last hour with a call
    unanswered: dict[Difference, int] = field(default_factory=dict)
    none_unanswered: tuple[bool, bool] = (False, False)  # ours, theirs: answered calls alone
    nobodys: dict[Difference, int] = field(default_factory=dict)  # missing calls without a price
    again_theirs: int = 0  # of the duplicates
    by_theirs: bool = False  # `changes` and `decimals` are of ours, against theirs
    totals: TotalsCauses | None = None  # where a side is an invoice
    decimals: tuple[int, int] | None = None  # of ours, of theirs, where rounding differs


@dataclass(frozen=True, slots=True, repr=False)
class Reconciliation(Shown):
    """What two sides have, and where they differ.

    `calls` are the differing calls, one row a difference, for the other side, amounts as decimals.
    """

    first: date
    """The first UTC day compared."""
    last: date
    """The last UTC day compared."""
    currency: str | None
    sides: tuple[SideFacts, SideFacts]
    """What each side's file holds and how it was read: ours, theirs."""
    ours: Sum
    theirs: Sum
    classes: dict[Difference, Sum]
    unexplained: Sum
    matched_calls: int
    """Calls that both sides have."""
    days: tuple[DaySums, ...]
    causes: Causes
    """What each difference was found to come from."""
    calls: pl.DataFrame
    """The calls that differ, a row a difference; amounts as decimals."""
    provider: str | None = None
    """Whose records theirs are, where they are a provider's: then ours are priced by its buy card."""
    elsewhere: int = 0
    """Calls of a provider's that we lack among those that it carried, and have by another route, or by none."""

    @property
    def complete(self) -> bool:
        """Whether both sides were read whole, and held against each other in money (docs/rules/disputes.md,
        "What was not read")."""
        totals = self.causes.totals
        sound = totals is None or totals.own_total is None
        return sound and bool(self.matched_calls) and all(side.complete for side in self.sides)

    def samples(self, what: str, at_most: int = 3) -> pl.DataFrame:
        """The differing calls of a class that differ most in money."""
        some = self.calls.filter(pl.col("difference") == what)
        return some.sort(
            pl.col("difference_amount").abs(), descending=True, maintain_order=True
        ).head(at_most)
