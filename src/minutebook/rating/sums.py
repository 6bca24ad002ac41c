"""What calls of one day, account, server and plan add up to: exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

_MS = 1000
_ONE_DECIMAL = money.Rounding(money.Method.HALF_UP, 1)

Key = tuple["date", str, str, str]
"""(day, account, server, plan)."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What calls add up to; `numerator` in units of 10⁻¹⁰/60 (money.NUMERATOR_UNITS), exact."""

    calls: int = 0
    answered: int = 0
    duration_ms: int = 0
    billed_seconds: int = 0
    unpriced_calls: int = 0
    unpriced_ms: int = 0
    numerator: int = 0
    short_calls: int = 0
    """Of `answered`, those that the plan counts as short; 0 where it charges nothing for them."""

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(a - b for a, b in zip(self.values(), other.values(), strict=True)))

    def __bool__(self) -> bool:
        return any(self.values())

    @property
    def priced_calls(self) -> int:
        return self.calls - self.unpriced_calls

    @property
    def asr_percent(self) -> Decimal | None:
        """Of a hundred attempts those answered, at one decimal; None without attempts
        (docs/rules/capacity.md, "Ratios of totals").
        """
        if not self.calls:
            return None
        return _ONE_DECIMAL.of(Fraction(100 * self.answered, self.calls))

    @property
    def acd_seconds(self) -> Decimal | None:
        """Mean duration of answered calls, at one decimal; None where none was answered
        (docs/rules/capacity.md, "Ratios of totals").
        """
        if not self.answered:
            return None
        return _ONE_DECIMAL.of(Fraction(self.duration_ms, _MS * self.answered))

    def values(self) -> tuple[int, ...]:
        """The sums in the order of the fields."""
        return (
            self.calls,
            self.answered,
            self.duration_ms,
            self.billed_seconds,
            self.unpriced_calls,
            self.unpriced_ms,
            self.numerator,
            self.short_calls,
        )
