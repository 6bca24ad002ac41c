"""The terms that a group of calls is priced by, found from the prices. Pure, in whole units.

A price is taken to be fee + rate x billed seconds / 60, each part ours or another; parts of which
intervals of rounding leave open are the shortest decimals in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from minutebook import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INCREMENTS: Final = (
    (1, 1), (6, 6), (30, 6), (60, 6), (60, 1), (30, 1), (30, 30), (60, 60), (12, 6), (10, 10), (20, 20),
)  # fmt: skip
"""Increments in use, minimum and pulse in seconds."""

_MOST: Final = 0.5  # of a group's calls that a cause must explain
_EACH_CHANGE: Final = 0.05  # so much less convincing is a cause with one change more
_A_CUT: Final = 0.5  # of a change: a second less is likelier than a fee that is as much lower
_FEW: Final = 3  # calls that agree; of fewer only a rate near ours is believed
_PLAUSIBLE: Final = 5  # times our rate
_EXTREMES: Final = 3  # longest and shortest calls that a line is laid through
_SIXTY: Final = 60
_HALF_MS: Final = 500


class Cut(StrEnum):
    """How parts of a second are billed, where not as a whole one."""

    DOWN = "down"
    NEAREST = "nearest"

    def seconds(self, ms: int) -> int:
        """The whole seconds of a length."""
        return (ms + (_HALF_MS if self is Cut.NEAREST else 0)) // 1000


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """How they price a group of calls where they do not price as we do; None: as we do.

    `increment` is minimum and pulse in seconds; `rate_units` a minute, `fee_units` a call; `cut` says
    that seconds are billed by their length, but rounded so.
    """

    increment: tuple[int, int] | None = None
    rate_units: int | None = None
    fee_units: int | None = None
    cut: Cut | None = None


def other_terms(
    prices: Sequence[int],
    lengths_ms: Sequence[int],
    billed: Sequence[int],
    rate: int,
    fee: int,
    ulp: int,
) -> OtherTerms | None:
    """The terms by which most of these calls can be explained, the simplest of equals; None of none.

    `prices`, `fee` and `ulp` (their last decimal) are in sixtieths of a unit, `rate` in units a minute;
    `billed` are the seconds that our increment makes of the lengths.
    """
    enough = max(_MOST * len(prices), min(_FEW, len(prices)))
    best: tuple[float, OtherTerms] | None = None
    for way, increment, cut in _ways(lengths_ms, billed, rate):
        for fee_units, rate_units, calls in _fitting(prices, way, rate, fee, ulp):
            other_fee = None if fee_units is None or fee_units * _SIXTY == fee else fee_units
            terms = OtherTerms(
                increment, None if rate_units == rate else rate_units, other_fee, cut
            )
            parts = (increment, terms.rate_units, terms.fee_units)
            changed = sum(part is not None for part in parts) + (_A_CUT if cut else 0)
            score = calls / len(prices) - _EACH_CHANGE * changed
            sound = changed and calls >= enough and _plausible(terms, rate, len(prices))
            if sound and (best is None or score > best[0]):
                best = score, terms
    return best[1] if best else None


def _ways(
    lengths_ms: Sequence[int], billed: Sequence[int], rate: int
) -> Iterable[tuple[tuple[int, ...], tuple[int, int] | None, Cut | None]]:
    """Seconds that may be billed, each but once: ours, cut otherwise, by another increment."""
    seen = {tuple(billed)}
    yield tuple(billed), None, None
    if not rate:
        return
    others: list[tuple[tuple[int, ...], tuple[int, int] | None, Cut | None]] = [
        (tuple(cut.seconds(ms) for ms in lengths_ms), None, cut) for cut in Cut
    ]
    others += [
        (
            tuple(_billed(-(-ms // 1000), minimum, pulse) for ms in lengths_ms),
            (minimum, pulse),
            None,
        )
        for minimum, pulse in INCREMENTS
    ]
    for way, increment, cut in others:
        if way not in seen:
            seen.add(way)
            yield way, increment, cut


def _plausible(terms: OtherTerms, rate: int, calls: int) -> bool:
    """No price is below nothing; of few calls only what a single change near ours explains."""
    if (terms.rate_units or 0) < 0 or (terms.fee_units or 0) < 0:
        return False
    if calls >= _FEW:
        return True
    if terms.fee_units is not None:
        return False
    other = terms.rate_units
    return other is None or not rate or rate <= _PLAUSIBLE * other <= _PLAUSIBLE**2 * rate


def _fitting(
    prices: Sequence[int], billed: Sequence[int], rate: int, fee: int, ulp: int
) -> Iterable[tuple[int | None, int | None, int]]:
    """Ways to price these billed seconds: (fee, rate or None: ours, of how many calls it is the price)."""
    calls = list(zip(prices, billed, strict=True))
    yield None, None, sum(abs(p - fee - rate * b) < ulp for p, b in calls)
    if len(set(billed)) > 1 or not any(billed):
        other_fee, explained = _fee(calls, rate, ulp)
        yield other_fee, None, explained
    other_rate, explained = _rate(calls, fee, ulp)
    if other_rate is not None:
        yield None, other_rate, explained
    if len(set(billed)) > 2:  # noqa: PLR2004 - two points are on a line always
        yield from _lines(calls, ulp)


def _fee(calls: list[tuple[int, int]], rate: int, ulp: int) -> tuple[int, int]:
    """The fee in units that explains most calls at a rate, and how many."""
    most, low, high = most_in_common(
        [(p - rate * b - ulp + 1, p - rate * b + ulp - 1) for p, b in calls]
    )
    return shortest(-(-low // _SIXTY), high // _SIXTY), most


def _rate(calls: list[tuple[int, int]], fee: int, ulp: int) -> tuple[int | None, int]:
    """The rate in units a minute that explains most calls at a fee, and how many."""
    bounds = [(-(-(p - fee - ulp + 1) // b), (p - fee + ulp - 1) // b) for p, b in calls if b]
    if not bounds:
        return None, 0
    most, low, high = most_in_common([(low, max(low, high)) for low, high in bounds])
    return shortest(low, high), most


def _lines(calls: list[tuple[int, int]], ulp: int) -> Iterable[tuple[int, int | None, int]]:
    """Another rate with another fee: a line through long and short calls."""
    by_length = sorted(calls, key=lambda call: call[1])
    for short in by_length[:_EXTREMES]:
        for long in by_length[-_EXTREMES:]:
            if long[1] > short[1]:
                slope = (long[0] - short[0]) // (long[1] - short[1])
                fee, _ = _fee(calls, slope, 4 * ulp)
                rate, explained = _rate(calls, fee * _SIXTY, ulp)
                yield fee, rate, explained


def most_in_common(intervals: list[tuple[int, int]]) -> tuple[int, int, int]:
    """The most intervals (both ends included) that have a value in common, and where they have it."""
    ends = sorted([(low, 0) for low, _ in intervals] + [(high, 1) for _, high in intervals])
    most, inside, begin, end = 0, 0, ends[0][0], ends[0][0]
    for n, (value, closes) in enumerate(ends):
        inside += -1 if closes else 1
        if inside > most:
            most, begin, end = inside, value, ends[n + 1][0]
    return most, begin, end


def shortest(low: int, high: int) -> int:
    """The amount with the fewest decimals from `low` to `high`, in money.UNITS."""
    for decimals in range(money.SCALE + 1):
        unit = 10 ** (money.SCALE - decimals)
        value: int = -(-low // unit) * unit
        if value <= high:
            return value
    return low


def _billed(seconds: int, minimum: int, pulse: int) -> int:
    return max(0, minimum + -(-max(0, seconds - minimum) // pulse) * pulse) if seconds else 0
