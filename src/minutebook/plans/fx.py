"""Rates of exchange, as they are declared: of a pair of currencies, each from a UTC day
(docs/rules/margin.md, "Rates of exchange").
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

_AT_TEN = money.Rounding(money.Method.HALF_EVEN, money.SCALE)


@dataclass(frozen=True, slots=True)
class FxRates:
    """Of a pair as `USD_EUR`: from which day one of the first currency is how many of the second."""

    name: str
    rates: tuple[tuple[date, Decimal], ...]
    """By day, each until the next; before the first there is none."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two currencies."""
        return pair_of(self.name)

    def on(self, day: date) -> Decimal | None:
        """The rate of a UTC day; None before the first."""
        found = None
        for begins, rate in self.rates:
            if begins > day:
                break
            found = rate
        return found


def pair_of(name: str) -> tuple[str, str]:
    """The currencies of a pair as `USD_EUR`; `InputError` where it is none."""
    base, mark, quote = name.partition("_")
    if not mark:
        raise InputError(f"{name!r} is no pair of currencies, as in USD_EUR")
    both = money.currency(base), money.currency(quote)
    if both[0] == both[1]:
        raise InputError(f"{name!r} is a currency twice; write two, as in USD_EUR")
    return both


def converted(
    fx: Mapping[str, FxRates], amount: Decimal, own: str, currency: str, day: date
) -> Decimal | None:
    """An amount in another currency by the rate of a UTC day, at ten decimals, half-even; None: there is none.

    A pair that is declared the other way round is turned.
    """
    if own == currency or not amount:
        return amount
    rate = exchange_rate(fx, own, currency, day)
    return None if rate is None else _AT_TEN.of(Fraction(amount) * rate)


def exchange_rate(fx: Mapping[str, FxRates], own: str, currency: str, day: date) -> Fraction | None:
    """How many of `currency` one of `own` is on a UTC day; of a pair that is declared the other way round, turned.

    None: there is no rate yet.
    """
    if own == currency:
        return Fraction(1)
    straight, turned = fx.get(f"{own}_{currency}"), fx.get(f"{currency}_{own}")
    if straight and (rate := straight.on(day)) is not None:
        return Fraction(rate)
    if turned and (rate := turned.on(day)) is not None:
        return 1 / Fraction(rate)
    return None
