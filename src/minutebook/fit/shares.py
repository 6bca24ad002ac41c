"""Shares and growth as people write them: 1%, 0.01."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from minutebook.errors import InputError

_MOST_GROWTH: Final = 10


def read_percent(text: str, name: str) -> Fraction:
    """A share, as in 20% or 0.2, exact; it may be negative. `InputError` that calls it `name` where it is none."""
    digits = text.strip().removesuffix("%")
    try:
        value = Fraction(digits)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} {text!r} is not a share; write it as 1% or 0.01") from None
    return value / 100 if text.strip().endswith("%") else value


def read_share(text: str, name: str) -> Fraction:
    """A share above 0 and below 1."""
    value = read_percent(text, name)
    if not 0 < value < 1:
        raise InputError(f"{name} {text!r} is not between 0 and 1; write it as 1% or 0.01")
    return value


def read_growth(text: str, name: str) -> Fraction:
    """So much more traffic, or less: above -100% and at most 1000%."""
    value = read_percent(text, name)
    if not -1 < value <= _MOST_GROWTH:
        raise InputError(f"{name} {text!r} is not above -100% and at most 1000%; write it as 20%")
    return value
