"""Erlang B against published tables, the formula in exact fractions, and very large sizes."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from minutebook.errors import InputError
from minutebook.traffic.erlang import blocking, channels_for

# The traffic, in erlangs, that N channels carry at 0.1 %, 1 %, 2 % and 5 % blocking, as Erlang B
# tables print it.
TABLE = {
    1: ("0.0010", "0.0101", "0.0204", "0.0526"),
    2: ("0.0458", "0.153", "0.223", "0.381"),
    3: ("0.194", "0.455", "0.602", "0.899"),
    4: ("0.439", "0.869", "1.09", "1.52"),
    5: ("0.762", "1.36", "1.66", "2.22"),
    6: ("1.15", "1.91", "2.28", "2.96"),
    7: ("1.58", "2.50", "2.94", "3.74"),
    8: ("2.05", "3.13", "3.63", "4.54"),
    9: ("2.56", "3.78", "4.34", "5.37"),
    10: ("3.09", "4.46", "5.08", "6.22"),
    15: ("6.08", "8.11", "9.01", "10.6"),
    20: ("9.41", "12.0", "13.2", "15.2"),
    30: ("16.7", "20.3", "21.9", "24.8"),
    50: ("32.5", "37.9", "40.3", "44.5"),
    100: ("75.2", "84.1", "88.0", "95.2"),
}


@pytest.mark.parametrize("channels", TABLE)
def test_published_tables_are_met_to_their_last_digit(channels: int) -> None:
    """The traffic of a blocking lies within half a unit of the last digit that is printed."""
    for target, printed in zip((0.001, 0.01, 0.02, 0.05), TABLE[channels], strict=True):
        half = 0.5 * 10 ** -len(printed.partition(".")[2])
        less, more = (blocking(float(printed) + step, channels) for step in (-half, half))
        assert less <= target <= more


@pytest.mark.parametrize("erlangs", ["0.5", "1", "9.75", "100", "333.3", "1000"])
def test_the_recursion_is_the_formula(erlangs: str) -> None:
    """(A^N / N!) / Σ A^k / k!, in exact fractions, to the last digits of a float."""
    offered = Fraction(erlangs)
    term = total = Fraction(1)
    for n in range(1, 1001):
        term = term * offered / n
        if n > 250:  # fractions grow; keep 80 digits more than a float has
            term = Fraction(round(term * 10**400), 10**400)
        total += term
        if n in (1, 2, 3, 10, 50, 100, 250, 500, 1000):
            expected = float(term / total)
            assert blocking(float(offered), n) == pytest.approx(expected, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("erlangs", [9000.0, 9900.0, 10_000.0, 12_000.0])
def test_ten_thousand_channels_do_not_overflow(erlangs: float) -> None:
    """Against the formula in logarithms."""
    n = 10_000
    logs = [k * math.log(erlangs) - math.lgamma(k + 1) for k in range(n + 1)]
    top = max(logs)
    expected = math.exp(logs[-1] - top) / sum(math.exp(log - top) for log in logs)
    assert blocking(erlangs, n) == pytest.approx(expected, rel=1e-7)


def test_sizes_for_a_target_are_the_fewest() -> None:
    """One channel less would refuse more."""
    for erlangs in (0.1, 1.0, 7.3, 100.0, 999.0):
        for target in (0.001, 0.01, 0.5):
            channels = channels_for(erlangs, target)
            assert blocking(erlangs, channels) <= target < blocking(erlangs, channels - 1)
    assert channels_for(0.0, 0.01) == 0
    assert channels_for(100.0, 0.01) == 117


@pytest.mark.parametrize("target", [0.0, 1.0, -0.1, 2.0])
def test_a_target_is_a_share(target: float) -> None:
    """Nothing lost is no target of Erlang B, whose traffic may always lose."""
    with pytest.raises(InputError, match="not between 0 and 1"):
        channels_for(1.0, target)


def test_nothing_offered_is_never_refused() -> None:
    """Not even by no channels at all."""
    assert blocking(0.0, 0) == blocking(0.0, 3) == 0
    assert blocking(1.0, 0) == 1


def test_channels_beyond_all_bounds_are_refused_at_once() -> None:
    """A slip of the keyboard is an error, not a long wait."""
    with pytest.raises(
        InputError, match="99,999,999,999 channels are too many; say at most 1,000,"
    ):
        blocking(100.0, 99_999_999_999)
    with pytest.raises(InputError, match="need more than 1,000,000 channels"):
        channels_for(5e6, 0.01)
