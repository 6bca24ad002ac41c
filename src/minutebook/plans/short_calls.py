"""Surcharges on short calls: a fee of a day or month, not of a call (docs/rules/surcharges.md, "The share").

Pure and exact: how many calls were answered, and how many of these were short, goes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, Self

from minutebook import money

MOST_BELOW_SECONDS: Final = 3600
"""A call of an hour is short to nobody: what is above is a slip of the keyboard."""


class ChargedPer(StrEnum):
    """Of which days the share of short calls is taken: of each UTC day, or of a month's days on the plan."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class AnsweredCalls:
    """Calls that were answered, priced or not, and how many of them were short.

    Parts of calls are of traffic that is only thought of: so much more, or less, of what there was.
    """

    calls: int | Fraction = 0
    short: int | Fraction = 0

    def __add__(self, other: AnsweredCalls) -> AnsweredCalls:
        return AnsweredCalls(self.calls + other.calls, self.short + other.short)

    def times(self, share: Fraction) -> AnsweredCalls:
        """So many times as much of the same traffic."""
        return AnsweredCalls(self.calls * share, self.short * share)

    def __bool__(self) -> bool:
        return bool(self.calls or self.short)


@dataclass(frozen=True, slots=True)
class ShortCalls:
    """What a plan asks for short calls: `fee` for each, where they are more than `share_over` of those answered."""

    below_ms: int
    """An answered call is short that lasted less, in milliseconds of its own duration, not the billed one."""
    share_over: Decimal
    """From 0 to below 1: up to such a share nothing is due."""
    fee: Decimal
    """Money for each short call."""
    per: ChargedPer = ChargedPer.DAY

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """What `body` (as `to_body` writes it) says."""
        share, fee = Decimal(body["share_over"]), Decimal(body["fee"])
        return cls(body["below_ms"], share, fee, ChargedPer(body["per"]))

    def to_body(self) -> dict[str, Any]:
        """The same as JSON, in one canonical spelling."""
        return {
            "below_ms": self.below_ms,
            "share_over": money.text(self.share_over, 0),
            "fee": money.text(self.fee, 0),
            "per": str(self.per),
        }

    def passes(self, answered: AnsweredCalls) -> bool:
        """Whether the share of short calls is above the limit (docs/rules/surcharges.md, "The share")."""
        return Fraction(answered.short) > Fraction(self.share_over) * answered.calls

    def due(self, answered: AnsweredCalls) -> Decimal:
        """The fee for all short calls of a period, exact; 0 where their share does not pass the limit
        (docs/rules/surcharges.md, "The fee").
        """
        if not self.passes(answered):
            return Decimal(0)
        return money.decimal_of_units(round(Fraction(self.fee) * answered.short * money.UNITS))
