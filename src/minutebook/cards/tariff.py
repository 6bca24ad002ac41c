"""What a minute costs, in words: steps, increments, fees and rounding.

A plan, a card and a card's row each say a part of it. A row's word wins over its card's, the
card's over the plan's; fees are never added up (docs/rules/cards.md, "Row, card, plan").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from minutebook import money
from minutebook.errors import InputError
from minutebook.money import Rounding

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses


class DurationRounding(StrEnum):
    """How a duration in milliseconds becomes whole seconds
    (docs/rules/duration.md, "Whole seconds").
    """

    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"
    HALF_DOWN = "half_down"


class PulseAnchor(StrEnum):
    """Where pulses are counted from: after the minimum (the default), or from the start
    (docs/rules/duration.md, "Where pulses begin").
    """

    MINIMUM = "minimum"
    TOTAL = "total"


class Tally(StrEnum):
    """What is rounded: the account's day, or each call
    (docs/rules/cost.md, "By the call or by the day").
    """

    DAILY = "daily"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Increment:
    """`minimum_s/pulse_s`, as in 60/6: the minimum call duration (MCD), then the step
    (docs/rules/duration.md, "Increment").
    """

    minimum_s: int = 1
    """The least that an answered call is billed, in seconds."""
    pulse_s: int = 1
    """The seconds by which it is counted on from there."""

    def __post_init__(self) -> None:
        if self.minimum_s < 1 or self.pulse_s < 1:
            raise InputError(f"increment {self}: both parts are whole seconds of 1 or more")

    @classmethod
    def parse(cls, text: object) -> Self:
        """The increment of a text as 60/6, in seconds; `InputError` where it is none."""
        written = repr(text) if isinstance(text, str) else str(text)
        match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", str(text), re.ASCII)
        if not match:
            raise InputError(f"increment {written} is not MINIMUM/PULSE in seconds, as in 60/6")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.minimum_s}/{self.pulse_s}"


@dataclass(frozen=True, slots=True)
class Step:
    """From second `from_s` on: `rate` a minute, counted by `pulse_s` seconds."""

    from_s: int
    rate: Decimal
    pulse_s: int


def check_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, if they begin at 0 and rise (docs/rules/cost.md, "Rate steps"); else `InputError`."""
    if not steps or steps[0].from_s != 0:
        raise InputError("steps: the first begins from = 0")
    for step in steps:
        if step.pulse_s < 1:
            raise InputError(f"steps: pulse {step.pulse_s} is less than a second")
    for step, following in pairwise(steps):
        if following.from_s <= step.from_s:
            raise InputError(f"steps: from = {following.from_s} does not come after {step.from_s}")
    return steps


@dataclass(frozen=True, slots=True)
class Terms:
    """What one level (row, card or plan) says of pricing; None where it is silent.

    `grace_ms` and `free_ms` in milliseconds; fees in the currency; the price itself stands elsewhere.
    """

    increment: Increment | None = None
    """The least that a call is billed, and the step, in seconds."""
    connect_fee: Decimal | None = None
    """What an answered call costs besides its time, in the currency."""
    attempt_fee: Decimal | None = None
    """What every attempt costs, answered or not, in the currency."""
    grace_ms: int | None = None
    """Answered calls of up to so many milliseconds cost nothing."""
    duration_rounding: DurationRounding | None = None
    """How milliseconds become seconds."""
    rounding: Rounding | None = None
    """How a call's cost is rounded."""
    pulse_anchor: PulseAnchor | None = None
    """Where steps are counted from: the end of the minimum, or the call's start."""
    free_ms: int | None = None
    """So many milliseconds at the start of every call cost nothing."""
    minimum_cost: Decimal | None = None
    """The least that a call with billed seconds costs, in the currency; None: no least."""
    maximum_cost: Decimal | None = None
    """The most that a call with billed seconds costs, in the currency; None: no most."""
    bands: PriceClasses | None = None
    """What prices differ by beside the prefix: times of the week, jurisdictions, origins, or prefixes of callers, or by several of these; a card's word alone."""

    @property
    def bounds_costs(self) -> bool:
        """Whether a call's cost has a least or a most."""
        return self.minimum_cost is not None or self.maximum_cost is not None

    def checked_bounds(self) -> Terms:
        """These terms; `InputError` where the least cost of a call is above the most."""
        least, most = self.minimum_cost, self.maximum_cost
        if least is not None and most is not None and least > most:
            raise InputError(
                f"minimum_cost {money.text(least, 0)} is above maximum_cost {money.text(most, 0)}; mend one of them"
            )
        return self

    def over(self, weaker: Terms) -> Terms:
        """These terms, and the weaker's where these are silent."""
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(weaker, **said)


DEFAULT_TERMS = Terms(
    increment=Increment(),
    connect_fee=Decimal(0),
    attempt_fee=Decimal(0),
    grace_ms=0,
    duration_rounding=DurationRounding.UP,
    rounding=Rounding(),
    pulse_anchor=PulseAnchor.MINIMUM,
    free_ms=0,
)
"""What holds where neither row, card nor plan says otherwise (docs/rules/cost.md, "What is left out")."""
