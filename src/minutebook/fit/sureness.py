"""What the cost of a plan rests on, as data."""

from __future__ import annotations

from enum import Enum, auto

from minutebook.facts import Fact


class Sureness(Fact, Enum):
    """What a figure rests on."""

    CHARGED_BY_THE_MONTH = auto()
    """Not whole: the plan charges for months, and these days are no whole ones."""
    WITHOUT_UNPRICED = auto()
    """Not whole: without the calls that have no price."""
    SIZED = auto()
    """The channels come of a replay of the calls."""
    SCALED = auto()
    """What was billed, scaled by the growth."""
    BILLED = auto()
    """Exact, as billed."""
