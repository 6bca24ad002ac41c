"""Where calls and the totals of an invoice differ, by day or destination, adding up exactly
(docs/rules/disputes.md, "Totals of an invoice"). Pure.

Totals show less than calls do: which calls are missing is not in them, so shares of the money are taken
at the mean price of the line. What is left after calls and lengths is their price: an increment if
our calls, billed by it, give their figures; one fee a call or one factor if it fits most lines.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from minutebook import money
from minutebook.disputes.causes.classes import UNEXPLAINED, Difference
from minutebook.disputes.causes.other_terms import INCREMENTS, most_in_common, shortest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Key = tuple[str, str]
"""What a line is of: a day (ISO, or "" for all) and a destination (or "" for all)."""

_A_CALL_UNITS: Final = 10**6  # a ten-thousandth: what rounding each call may make
_A_LITTLE: Final = 100  # of a line's amount rounding its calls makes no more than a hundredth
_PPM: Final = 10**6
_SCALE: Final = money.UNITS // _PPM
_FEW: Final = 2  # lines that agree before one fee or factor is believed
_MOST: Final = 0.5  # of the lines that differ in price
_LOOSELY: Final = 2  # times what rounding may make: the fee has its own uncertainty


@dataclass(frozen=True, slots=True)
class Line:
    """Calls, used milliseconds and money.UNITS of a key; None: the invoice does not say.

    `billed` are (milliseconds, units) of our calls by each of INCREMENTS, where we have calls;
    `unanswered` are calls beside `calls` that cost nothing and last nothing; `own_billed_ms` what
    our own increment makes of the lengths.
    """

    calls: int | None
    ms: int | None
    units: int
    billed: tuple[tuple[int, int], ...] = ()
    unanswered: int = 0
    own_billed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A difference of a line, ours less theirs."""

    key: Key
    difference: str
    calls: int
    ms: int
    units: int


@dataclass(frozen=True, slots=True)
class Precision:
    """What the last decimals of an invoice are worth: of its lengths (ms), of its amounts (units)."""

    ms: int
    units: int


@dataclass(frozen=True, slots=True)
class LinePricing:
    """How they price: an increment by key; one fee a call; or a factor on our price by key, in millionths."""

    increments: Mapping[Key, tuple[int, int]]
    factors_ppm: Mapping[Key, int]
    fee_units: int | None = None


def line_differences(
    ours_utc: Mapping[Key, Line],
    ours: Mapping[Key, Line],
    theirs: Mapping[Key, Line],
    precision: Precision,
) -> tuple[list[LineDifference], LinePricing]:
    """Every difference of every line, and how they price.

    `ours_utc` are our lines by UTC days, `ours` by the days of their zone: what lies between the two
    is the day boundary.
    """
    parts = list(_boundaries(ours_utc, ours))
    left: dict[Key, tuple[Line, Line]] = {}
    increments: dict[Key, tuple[int, int]] = {}
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key), theirs.get(key)
        if mine is not None and other is not None and mine.unanswered:
            parts.append(
                LineDifference(key, Difference.MISSING_THEIRS.value, mine.unanswered, 0, 0)
            )
        if other is None:
            assert mine is not None
            parts.append(_whole(key, Difference.MISSING_THEIRS, mine, 1))
        elif mine is None:
            parts.append(_whole(key, Difference.MISSING_OURS, other, -1))
        else:
            volume, increment = _volume(key, mine, other, precision)
            if increment is not None:
                increments[key] = increment
            rest = mine.units - other.units - sum(part.units for part in volume)
            if volume and volume[0].calls and abs(rest) <= abs(volume[0].units):
                # which calls are missing is not known: the mean price of a line is off by so much
                volume[0] = replace(volume[0], units=volume[0].units + rest)
                rest = 0
            parts += volume
            left[key] = replace(mine, units=other.units + rest), other
    priced, prices = _pricing(left, increments, precision)
    return [part for part in (*parts, *priced) if part.calls or part.ms or part.units], prices


def _whole(key: Key, what: Difference, line: Line, sign: int) -> LineDifference:
    calls = (line.calls or 0) + line.unanswered
    return LineDifference(key, what.value, sign * calls, sign * (line.ms or 0), sign * line.units)


def _boundaries(ours_utc: Mapping[Key, Line], ours: Mapping[Key, Line]) -> Iterator[LineDifference]:
    nothing = Line(0, 0, 0)
    for key in sorted(ours_utc.keys() | ours.keys()):
        utc, there = ours_utc.get(key, nothing), ours.get(key, nothing)
        calls = (utc.calls or 0) + utc.unanswered - (there.calls or 0) - there.unanswered
        ms = (utc.ms or 0) - (there.ms or 0)
        yield LineDifference(key, Difference.DAY_BOUNDARY.value, calls, ms, utc.units - there.units)


def _volume(
    key: Key, mine: Line, other: Line, precision: Precision
) -> tuple[list[LineDifference], tuple[int, int] | None]:
    """What calls and lengths make of a line; and the increment that their lengths are billed by."""
    parts = []
    calls, ms = mine.calls or 0, mine.ms or 0
    more = 0 if other.calls is None else calls - other.calls
    longer = 0 if other.ms is None else ms - other.ms
    if more:
        what = Difference.MISSING_THEIRS if more > 0 else Difference.MISSING_OURS
        missing_ms = longer if longer * more > 0 else 0
        share = (missing_ms, ms) if ms and missing_ms else (more, calls)
        parts.append(LineDifference(key, what.value, more, missing_ms, _share(mine.units, *share)))
        longer -= missing_ms
    if not longer:
        return parts, None
    if abs(longer) <= precision.ms:
        return [*parts, LineDifference(key, Difference.ROUNDING.value, 0, longer, 0)], None
    if not more and other.ms is not None:
        seconds_ms = next((ms for way, (ms, _) in _by_increment(mine) if way == (1, 1)), None)
        as_billed = (mine.own_billed_ms, seconds_ms)
        if any(ours is not None and abs(ours - other.ms) <= precision.ms for ours in as_billed):
            return [*parts, LineDifference(key, Difference.ROUNDING.value, 0, longer, 0)], None
        for increment, (billed_ms, _) in _by_increment(mine):
            if billed_ms != ms and abs(billed_ms - other.ms) <= precision.ms:
                return [
                    *parts,
                    LineDifference(key, Difference.INCREMENT.value, 0, longer, 0),
                ], increment
    part = LineDifference(key, Difference.DURATION.value, 0, longer, _share(mine.units, longer, ms))
    return [*parts, part], None


def _by_increment(line: Line) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Each increment, and (milliseconds, units) that it makes of our calls; none where we have none."""
    return zip(INCREMENTS, line.billed, strict=False)


def _share(units: int, part: int, whole: int) -> int:
    """So much of an amount, to the unit."""
    return (2 * units * part + whole) // (2 * whole) if whole else 0


def _pricing(
    left: Mapping[Key, tuple[Line, Line]],
    increments: dict[Key, tuple[int, int]],
    precision: Precision,
) -> tuple[list[LineDifference], LinePricing]:
    """What their prices make of the lines, calls and lengths being equal."""
    parts = []
    likely = _likely_increments(left, precision)
    # calls, our price, theirs, what rounding may make
    odd: dict[Key, tuple[int, int, int, int]] = {}
    for key, (mine, other) in left.items():
        rest = mine.units - other.units
        calls, near = _what_rounding_makes(mine, other, precision)
        if abs(rest) <= near:
            parts.append(LineDifference(key, Difference.ROUNDING.value, 0, 0, rest))
            continue
        increment = increments.get(key) or likely.get(key)
        if increment is not None:
            increments[key] = increment
            billed = dict(_by_increment(mine))[increment]
            if abs(billed[1] - other.units) <= near:
                parts.append(LineDifference(key, Difference.INCREMENT.value, 0, 0, rest))
                continue
            parts.append(
                LineDifference(key, Difference.INCREMENT.value, 0, 0, mine.units - billed[1])
            )
            odd[key] = calls, billed[1], other.units, near
        else:
            odd[key] = calls, mine.units, other.units, near
    return _by_fee_or_factor(odd, parts, increments)


def _what_rounding_makes(mine: Line, other: Line, precision: Precision) -> tuple[int, int]:
    """The calls of a line, and what rounding each of them, and the line, may make."""
    calls = other.calls if other.calls is not None else mine.calls or 0
    of_calls = min(calls * _A_CALL_UNITS, max(abs(mine.units), abs(other.units)) // _A_LITTLE)
    return calls, max(precision.units, of_calls)


def _likely_increments(
    left: Mapping[Key, tuple[Line, Line]], precision: Precision
) -> dict[Key, tuple[int, int]]:
    """Increments by which our calls come to their amounts, on most lines of a destination (or of all)."""
    odd: dict[str, list[Key]] = defaultdict(list)
    fitting: dict[str, dict[tuple[int, int], list[Key]]] = defaultdict(lambda: defaultdict(list))
    for key, (mine, other) in left.items():
        _, near = _what_rounding_makes(mine, other, precision)
        if abs(mine.units - other.units) > near:
            odd[key[1]].append(key)
            increment = _increment(mine, other, near)
            if increment is not None:
                fitting[key[1]][increment].append(key)
    found: dict[Key, tuple[int, int]] = {}
    for where, by_increment in fitting.items():
        increment, keys = max(by_increment.items(), key=lambda item: len(item[1]))
        if len(keys) > _MOST * len(odd[where]):
            found |= dict.fromkeys(keys, increment)
    return found


def _increment(mine: Line, other: Line, near: int) -> tuple[int, int] | None:
    """The increment by which our calls come to their amount."""
    for increment, (_, units) in _by_increment(mine):
        if abs(units - other.units) <= near:
            return increment
    return None


def _by_fee_or_factor(
    odd: Mapping[Key, tuple[int, int, int, int]],
    parts: list[LineDifference],
    increments: Mapping[Key, tuple[int, int]],
) -> tuple[list[LineDifference], LinePricing]:
    fees = [
        (-((mine - theirs + near) // calls), (theirs - mine + near) // calls)
        for calls, mine, theirs, near in odd.values()
        if calls
    ]
    factors = {
        key: (-((near - theirs) * _PPM // mine), (theirs + near) * _PPM // mine)
        for key, (_, mine, theirs, near) in odd.items()
        if mine > 0
    }
    with_fee, fee = _common(fees, 1)
    with_factor, factor = _common(list(factors.values()), _SCALE)
    enough = max(_FEW, _MOST * len(odd))
    by_fee = with_fee >= enough and with_fee > with_factor
    by_factor = not by_fee and (with_factor >= enough or len(odd) == 1)
    found: dict[Key, int] = {}
    for key, (calls, mine, theirs, near) in odd.items():
        if by_fee and abs(mine + calls * fee - theirs) <= _LOOSELY * near:
            what = Difference.CONNECT_FEE.value
        elif by_factor and key in factors and factors[key][0] <= factor <= factors[key][1]:
            what, found[key] = Difference.RATE.value, factor
        elif key[1] and key in factors and theirs:  # a destination has a rate of its own
            what, found[key] = Difference.RATE.value, _shortest(*factors[key], _SCALE)
        else:
            what = UNEXPLAINED
        parts.append(LineDifference(key, what, 0, 0, mine - theirs))
    return parts, LinePricing(increments, found, fee if by_fee else None)


def _common(intervals: list[tuple[int, int]], scale: int) -> tuple[int, int]:
    """How many of these intervals share a value, and the shortest such; `scale`: of it to money.UNITS."""
    sound = [(low, high) for low, high in intervals if low <= high]
    if not sound:
        return 0, 0
    most, low, high = most_in_common(sound)
    return most, _shortest(low, high, scale)


def _shortest(low: int, high: int, scale: int) -> int:
    return shortest(low * scale, high * scale) // scale
