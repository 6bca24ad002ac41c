"""What a call costs, straight from the rules, in `fractions`: the slow twin of minutebook.rating.

The rules: docs/rules/duration.md, "Grace", "Whole seconds" and "Increment"; docs/rules/cost.md,
"The cost of a call" and "Rounding"; docs/rules/cards.md, "Row, card, plan".

Nothing of the program is used here, so that the two can only agree by both being right. A row, a
card and a plan are mappings of what each says; what is absent, it does not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEFAULTS: dict[str, Any] = {
    "minimum_s": 1,
    "pulse_s": 1,
    "connect_fee": Fraction(0),
    "attempt_fee": Fraction(0),
    "grace_ms": 0,
    "duration_rounding": "up",
    "method": "up",
    "precision": 4,
    "pulse_anchor": "minimum",
    "minimum_cost": None,
    "maximum_cost": None,
}
LEDGER_DECIMALS = 10


@dataclass(frozen=True)
class Outcome:
    """A call's price: `row` None where no prefix matches or there is no card."""

    status: str
    row: int | None
    billed_seconds: int
    unrounded: Fraction
    cost: Fraction


def longest_prefix(prefixes: Sequence[str], number: str | None) -> int | None:
    """The longest prefix that begins a number of ASCII digits."""
    if number is None or not number or not set(number) <= set("0123456789"):
        return None
    found = [n for n, prefix in enumerate(prefixes) if number.startswith(prefix)]
    return max(found, key=lambda n: len(prefixes[n]), default=None)


def rounded_duration(duration_ms: int, method: str) -> int:
    """Whole seconds."""
    exact = Fraction(duration_ms, 1000)
    if method == "up":
        return math.ceil(exact)
    if method == "down":
        return math.floor(exact)
    half = exact - math.floor(exact) == Fraction(1, 2)
    if half:
        return math.ceil(exact) if method == "half_up" else math.floor(exact)
    return math.floor(exact + Fraction(1, 2))


def rounded(amount: Fraction, method: str, precision: int) -> Fraction:
    """The amount at so many decimals; `none`: at the ledger's, half-even."""
    if method == "none":
        method, precision = "half_even", LEDGER_DECIMALS
    scaled = amount * 10**precision
    below, above = math.floor(scaled), math.ceil(scaled)
    if method == "half_even":
        return Fraction(round(scaled), 10**precision)  # Python's own rounds half to even
    nearer = below if scaled - below < above - scaled else above
    tie = scaled - below == above - scaled
    whole = {
        "up": above,
        "down": below,
        "half_up": above if tie else nearer,
        "half_down": below if tie else nearer,
    }[method]
    return Fraction(whole, 10**precision)


def bounded(cost: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    """No more than the most, then no less than the least."""
    below = cost if most is None else min(most, cost)
    return below if least is None else max(least, below)


def billed_in_increments(seconds: int, minimum: int, pulse: int, anchor: str) -> int:
    """The rounded duration in a minimum and pulses."""
    if seconds == 0:
        return 0
    if seconds <= minimum:
        return minimum
    if anchor == "total":
        return math.ceil(Fraction(seconds, pulse)) * pulse
    return minimum + math.ceil(Fraction(seconds - minimum, pulse)) * pulse


def billed_in_steps(
    seconds: int, steps: Sequence[tuple[int, Fraction, int]]
) -> tuple[int, Fraction]:
    """The seconds billed, and their price: second by second, each pulse begun is billed whole."""
    ends = [start for start, _, _ in steps[1:]]
    billed, price = 0, Fraction(0)
    for (start, rate, pulse), end in zip(steps, [*ends, None], strict=True):
        at = start
        while at < seconds and (end is None or at < end):
            at += pulse
        billed += at - start
        price += (at - start) * rate / 60
    return billed, price


def price(
    called: str | None,
    duration_ms: int | None,
    *,
    rows: Sequence[Mapping[str, Any]] | None,
    card: Mapping[str, Any],
    plan: Mapping[str, Any],
    daily: bool,
) -> Outcome:
    """One call. `rows` of a card, with prefix, status and rate or steps; None: the plan's own."""
    if rows is None:
        position, row = None, plan
    else:
        position = longest_prefix([r["prefix"] for r in rows], called)
        if position is None:
            return Outcome("unpriced", None, 0, Fraction(0), Fraction(0))
        row = rows[position]
        if row["status"] == "blocked":
            return Outcome("blocked", position, 0, Fraction(0), Fraction(0))

    def term(name: str) -> Any:
        return next(level[name] for level in (row, card, plan, DEFAULTS) if name in level)

    billed, unrounded = 0, Fraction(0)
    if duration_ms is None:
        unrounded = term("attempt_fee")
    elif duration_ms > term("grace_ms"):
        seconds = rounded_duration(duration_ms, term("duration_rounding"))
        if row.get("steps"):
            billed, unrounded = billed_in_steps(seconds, row["steps"])
        else:
            minimum = term("minimum_s")
            if rows is not None and "pulse_s" in row and "minimum_s" not in row:
                minimum = max(minimum, row["pulse_s"])  # a pulse alone is the least that is billed
            billed = billed_in_increments(seconds, minimum, term("pulse_s"), term("pulse_anchor"))
            unrounded = billed * row["rate"] / 60
        if billed:
            unrounded += term("connect_fee")
    if daily:  # rounded with its day; alone, only to what the ledger can hold
        cost = rounded(unrounded, "none", LEDGER_DECIMALS)
    else:
        cost = rounded(unrounded, term("method"), term("precision"))
        cost = bounded(cost, term("minimum_cost"), term("maximum_cost")) if billed else cost
    return Outcome("priced", position, billed, unrounded, cost)


def day_due(outcomes: Iterable[Outcome], *, plan: Mapping[str, Any], daily: bool) -> Fraction:
    """What the plan takes for an account's day."""
    if not daily:
        return sum((outcome.cost for outcome in outcomes), Fraction(0))
    method = plan.get("method", DEFAULTS["method"])
    precision = plan.get("precision", DEFAULTS["precision"])
    return rounded(sum((o.unrounded for o in outcomes), Fraction(0)), method, precision)
