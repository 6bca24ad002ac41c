"""The steps from a call to its cost, as data: which price holds, which seconds, which amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minutebook.facts import Fact

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from fractions import Fraction

    from minutebook.cards.tariff import DurationRounding, Increment, Step, Tally
    from minutebook.money import Method


@dataclass(frozen=True, slots=True)
class NoPrefix(Fact):
    """No prefix of the card begins the number."""

    called: str


@dataclass(frozen=True, slots=True)
class PriceBlocked(Fact):
    """The longest prefix is blocked; None: the one price for every destination is."""

    prefix: str | None
    destination: str | None


@dataclass(frozen=True, slots=True)
class PriceHolds(Fact):
    """Which price holds: a rate a minute, or `steps`. `prefix` None: for every destination."""

    prefix: str | None
    destination: str | None
    rate: Decimal
    increment: Increment
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class BandHolds(Fact):
    """The band of the instant at which the call was answered: `local` is that in the card's zone."""

    band: str
    zone: str
    local: datetime
    split: bool


@dataclass(frozen=True, slots=True)
class AttemptFee(Fact):
    """The call was not answered, and costs this."""

    fee: Decimal


@dataclass(frozen=True, slots=True)
class RoutedBy(Fact):
    """The called number was ported: it is priced by its routing number."""

    called: str
    routing: str


@dataclass(frozen=True, slots=True)
class JurisdictionHolds(Fact):
    """The jurisdiction of the call, by the states of both numbers; None for a number that is in none.

    `called` is the routing number where there is one.
    """

    jurisdiction: str
    caller: str | None
    caller_state: str | None
    called: str
    called_state: str | None


@dataclass(frozen=True, slots=True)
class OriginHolds(Fact):
    """The origin of the call, by the countries of both numbers, in two letters; None for a number that is of none."""

    origin: str
    caller: str | None
    caller_country: str | None
    called: str
    called_country: str | None


@dataclass(frozen=True, slots=True)
class CallerHolds(Fact):
    """The longest prefix of the card that begins the caller's number; None: none does."""

    caller: str | None
    prefix: str | None


@dataclass(frozen=True, slots=True)
class WithinGrace(Fact):
    """The call lasted no longer than the grace, so it is free."""

    duration_ms: int
    grace_ms: int


@dataclass(frozen=True, slots=True)
class FirstSecondsFree(Fact):
    """The first seconds of every call are free: of the duration so much less is billed."""

    duration_ms: int
    free_ms: int


@dataclass(frozen=True, slots=True)
class WholeSeconds(Fact):
    """The duration is rounded to whole seconds."""

    duration_ms: int
    rounding: DurationRounding
    seconds: int


@dataclass(frozen=True, slots=True)
class SecondsBilled(Fact):
    """By the increment or the steps, so many seconds are paid."""

    seconds: int


@dataclass(frozen=True, slots=True)
class CostBefore(Fact):
    """The cost before rounding: the fee, and seconds, each at a rate a minute."""

    connect_fee: Decimal
    parts: tuple[tuple[int, Decimal], ...]
    cost: Fraction


@dataclass(frozen=True, slots=True)
class CostRounded(Fact):
    """The cost, rounded once; under a daily tally as if the call were alone that day."""

    tally: Tally
    method: Method
    decimals: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class CostBounded(Fact):
    """The rounded cost was below the least of a call, or above the most, and is that."""

    least: bool
    cost: Decimal


PriceStep: TypeAlias = (
    NoPrefix
    | PriceBlocked
    | PriceHolds
    | BandHolds
    | RoutedBy
    | JurisdictionHolds
    | OriginHolds
    | CallerHolds
    | AttemptFee
    | WithinGrace
    | FirstSecondsFree
    | WholeSeconds
    | SecondsBilled
    | CostBefore
    | CostRounded
    | CostBounded
)
