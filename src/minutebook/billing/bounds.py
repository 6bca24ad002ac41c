"""What a run charges beyond the bounds of what an account is used to (docs/rules/runs.md, "Bounds").

Pure. Amounts are positive; a charge *moves* from what is charged for a day to what is due for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from minutebook.settings import Bounds

USUAL_DAYS = 60
"""An account's usual day is that of the days before, so many."""
LEAST_DAYS = 7
"""Of these so many at least must be charged, or nothing is usual."""
_FLOOR_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Move:
    """A charge for a day that moves from `charged` to `due`.

    `explained`: a person said it, by a correction, or by prices for the same calls.
    """

    account: str
    day: date
    kind: str
    currency: str
    charged: Decimal
    due: Decimal
    explained: bool = False

    @property
    def refund(self) -> Decimal:
        return self.charged - self.due


def floor_of(bounds: Bounds, currency: str) -> Decimal:
    """What comes to no more than this is never parked."""
    digits = money.MINOR_DIGITS.get(currency, _FLOOR_DIGITS)
    return bounds.floor.scaleb(_FLOOR_DIGITS - digits)


def usual_day(
    day: date, charged: Mapping[date, Decimal], passed: Mapping[date, Decimal]
) -> Fraction | None:
    """The mean of the charged ones of the days before, or what a person let pass there, if that is more.

    None where too few of them are charged.
    """
    first = day - timedelta(days=USUAL_DAYS)
    amounts = [amount for d, amount in charged.items() if first <= d < day and amount > 0]
    if len(amounts) < LEAST_DAYS:
        return None
    mean = sum(map(Fraction, amounts)) / Fraction(len(amounts))
    return max([mean, *(Fraction(amount) for d, amount in passed.items() if first <= d < day)])


def is_beyond_usual(move: Move, usual: Fraction | None, bounds: Bounds) -> bool:
    """Whether a day's calls are charged more than so many times the usual."""
    return (
        bounds.day_times is not None
        and usual is not None
        and may_be_unusual(move, bounds)
        and move.due > Fraction(bounds.day_times) * usual
    )


def may_be_unusual(move: Move, bounds: Bounds) -> bool:
    """Whether a charge is worth the question what is usual."""
    return (
        bounds.day_times is not None
        and not move.explained
        and move.kind == "usage"
        and move.due > max(move.charged, floor_of(bounds, move.currency))
    )


def too_much_back(moves: Iterable[Move], bounds: Bounds) -> list[Move]:
    """The refunds of accounts of which more is paid back than may be of what those days were charged."""
    by_account: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        if bounds.refund_percent is not None and move.refund > 0 and not move.explained:
            by_account[move.account].append(move)
    found = []
    for refunds in by_account.values():
        back = sum((move.refund for move in refunds), Decimal(0))
        charged = sum((move.charged for move in refunds), Decimal(0))
        assert bounds.refund_percent is not None
        if back > floor_of(bounds, refunds[0].currency) and (
            Fraction(back) * 100 > Fraction(bounds.refund_percent) * Fraction(charged)
        ):
            found += refunds
    return found
