"""The classes of differences between two sides (docs/rules/disputes.md, "Classes of differences"). Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Difference(StrEnum):
    """What a difference is."""

    MISSING_OURS = "missing_ours"  # their call, which we lack
    MISSING_THEIRS = "missing_theirs"  # our call, which they lack
    DUPLICATE = "duplicate"  # a further copy of a call on one side
    DURATION = "duration"
    CLOCK = "clock"  # another time of day
    DAY_BOUNDARY = "day_boundary"  # in the period for one side alone
    RATE = "rate"
    INCREMENT = "increment"
    ROUNDING = "rounding"
    CONNECT_FEE = "connect_fee"


UNEXPLAINED: Final = "unexplained"
"""What is left between two amounts where nothing explains it."""
