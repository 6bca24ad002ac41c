"""What the totals of an invoice show, in words."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.disputes.causes.classes import Difference
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minutebook.disputes.reconciliation import Reconciliation, TotalsCauses

_AT_MOST = 3
"""Lines of one cause that are named."""
_PPM = 10**6


def totals_cautions(found: Reconciliation, totals: TotalsCauses) -> Iterator[str]:
    """What totals do not show, and what follows from it."""
    who = found.sides[0 if totals.swapped else 1].name
    yield (
        f"{who} has totals alone: which calls are missing is not in them, and shares of the money are"
        " at each line's mean price. Ask for the calls to see each."
    )
    if not found.matched_calls:
        yield "No line of one side is on the other: other days, or destinations by other names."
    if totals.answered_alone:
        yield "It counts answered calls alone: those that were not answered are missing, and cost nothing."
    if not totals.by_day:
        yield "Without days its zone cannot be told: its period is taken to be of UTC days."
    if totals.own_total is not None:
        said, lines = (money.text(money.decimal_of_units(units)) for units in totals.own_total)
        yield f"Its line of totals says {said}, and its lines add up to {lines}."


def totals_causes(found: Reconciliation, totals: TotalsCauses, what: Difference) -> Iterator[str]:
    """The likely causes of a class of differences between lines, a sentence each."""
    match what:
        case Difference.DAY_BOUNDARY:
            yield _zone(totals)
        case Difference.INCREMENT:
            lines = defaultdict(list)
            for key, increment in totals.increments.items():
                lines[increment].append(key)
            for (minimum, pulse), keys in lines.items():
                yield f"{_on(keys)}: billed by {minimum}/{pulse} s."
        case Difference.RATE:
            by_factor = defaultdict(list)
            for key, factor in totals.factors_ppm.items():
                by_factor[factor].append(key)
            for factor, keys in sorted(by_factor.items(), key=lambda item: -len(item[1]))[
                :_AT_MOST
            ]:
                share = money.text(money.decimal_of_units(factor * (money.UNITS // _PPM)), places=0)
                yield f"{_on(keys)}: {share} times our price."
        case Difference.CONNECT_FEE if totals.fee_units is not None:
            fee = money.text(money.decimal_of_units(totals.fee_units))
            yield f"{fee} more on each call."
        case Difference.ROUNDING:
            yield "No more than last decimals, and rounding each call, leave open."
        case _:
            pass


def _zone(totals: TotalsCauses) -> str:
    low, high = totals.zones
    line = f"Its days are those of {_offset(totals.zone_seconds)}"
    return (
        f"{line}." if low == high else f"{line}; from {_offset(low)} to {_offset(high)} fits alike."
    )


def _offset(seconds: int) -> str:
    minutes = abs(seconds) // 60
    return f"UTC{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _on(keys: Sequence[tuple[str, str]]) -> str:
    """The lines by name, or how many they are."""
    if len(keys) > _AT_MOST:
        return f"On {counted(len(keys), 'line')}"
    return "On " + ", ".join(" ".join(part for part in key if part) for key in keys)
