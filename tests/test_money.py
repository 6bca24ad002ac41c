"""Amounts are exact, and rounded in one place only."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import reference

from minutebook import money
from minutebook.errors import InputError
from minutebook.money import NUMERATOR_UNITS, UNITS, Method, Rounding, rounded_units

rounding = st.builds(Rounding, st.sampled_from(Method), st.integers(0, 10))
amounts = st.decimals(Decimal(-(10**17)), Decimal(10**17), places=10)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("up", "0.1235"),
        ("down", "0.1234"),
        ("half_up", "0.1235"),
        ("half_down", "0.1234"),
        ("half_even", "0.1234"),
    ],
)
def test_0_12345_at_four_decimals(method: str, expected: str) -> None:
    """A tie is where the halves differ."""
    assert Rounding(Method(method), 4).of(Decimal("0.12345")) == Decimal(expected)
    assert Rounding(Method(method), 4).of(Decimal("-0.12345")) == -Decimal(expected)


def test_none_keeps_the_ledgers_ten_decimals_half_even() -> None:
    """A third of a cent is cut at what the ledger can hold."""
    keep = Rounding(Method.NONE, 2)
    assert keep.of(Fraction(1, 3)) == Decimal("0.3333333333")
    assert keep.of(Fraction(5, 10**11)) == 0
    assert keep.of(Fraction(15, 10**11)) == Decimal("0.0000000002")


@given(rounding, st.fractions(-(10**9), 10**9))
def test_rounding_is_what_rational_arithmetic_says(rule: Rounding, amount: Fraction) -> None:
    """Away from zero and toward zero for up and down, on both sides of it."""
    magnitude = reference.rounded(abs(amount), rule.method.value, rule.precision)
    assert Fraction(rule.of(amount)) == (-magnitude if amount < 0 else magnitude)


@given(
    rounding,
    st.lists(st.integers(0, 2**62), max_size=10),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(-1, 1)), min_size=1, max_size=10),
)
def test_a_column_is_rounded_as_a_single_amount_is(
    rule: Rounding, anywhere: list[int], halves: list[tuple[int, int]]
) -> None:
    """In 64 bits, in 128, and with a unit that differs from row to row; at and about ties too."""
    about_ties = [max(0, half * rule.unit // 2 + beside) for half, beside in halves]
    numerators = anywhere + about_ties
    expected = [money.units(rule.of_numerator(numerator)) for numerator in numerators]
    for dtype in (pl.Int64, pl.Int128):
        frame = pl.DataFrame({"n": pl.Series(numerators, dtype=dtype)}).with_columns(
            unit=pl.lit(rule.unit, dtype=pl.Int64)
        )
        for unit in (rule.unit, pl.col("unit")):
            found = frame.select(
                rounded_units(pl.col("n"), unit, rule.effective_method)
            ).to_series()
            assert found.to_list() == expected
            assert found.dtype == dtype


@pytest.mark.parametrize("text", ["0", "1", "0.0045", ".5", "5.", "99999999.9999999999", "-3.10"])
def test_amounts_are_read_exactly(text: str) -> None:
    """As digits, to ten decimals."""
    assert money.parse_amount(text) == Decimal(text)
    assert money.decimal_of_units(money.units(Decimal(text))) == Decimal(text)


@pytest.mark.parametrize(
    "wrong",
    ["", "1,000.00", "1e3", "0.00000000001", "NaN", "Infinity", "1 000", "٣", 0.1, None, True],
)
def test_what_is_no_exact_amount_is_refused(wrong: object) -> None:
    """Floats, commas, exponents, an eleventh decimal: never rounded, never guessed."""
    with pytest.raises(InputError):
        money.parse_amount(wrong)


def test_negative_prices_are_refused() -> None:
    """A price is 0 or more."""
    assert money.parse_price("0") == 0
    with pytest.raises(InputError, match="negative"):
        money.parse_price("-0.01")


@given(amounts)
def test_an_amount_survives_text_and_units(amount: Decimal) -> None:
    """What is printed is what was computed: no exponent, no comma, at least two decimals."""
    shown = money.text(amount)
    assert Decimal(shown) == amount
    assert "E" not in shown
    assert "," not in shown
    assert len(shown.partition(".")[2]) >= 2
    assert money.decimal_of_units(money.units(amount)) == amount


@given(st.lists(st.integers(-(10**27), 10**27), min_size=1, max_size=10))
def test_a_column_of_units_becomes_exact_decimals(counts: list[int]) -> None:
    """Up to 27 digits, without a float on the way."""
    column = pl.DataFrame({"units": pl.Series(counts, dtype=pl.Int128)})
    found = column.select(money.amounts(pl.col("units"))).to_series().to_list()
    assert found == [Decimal(count).scaleb(-10) for count in counts]


def test_a_numerator_unit_is_a_sixtieth_of_a_unit() -> None:
    """So that seconds times a rate a minute is a whole number."""
    assert NUMERATOR_UNITS == 60 * UNITS
    assert Rounding(Method.UP, 4).of_numerator(7 * money.units(Decimal("0.015"))) == Decimal(
        "0.0018"
    )


@pytest.mark.parametrize("code", ["USX", "XXX", "EU", "euro", "usd", "", "ＵＳＤ"])
def test_a_currency_that_iso_4217_does_not_have_is_refused(code: str) -> None:
    """Three capital letters are no currency yet: a slip would make a card that no plan agrees with."""
    with pytest.raises(InputError, match="is none of ISO 4217"):
        money.currency(code)


def test_minor_units_are_iso_4217s() -> None:
    """Cents are a hundredth of a dollar; a yen has none, a dinar of Kuwait a thousand fils."""
    assert {c: money.MINOR_DIGITS[c] for c in ("USD", "GBP", "JPY", "KWD", "CLF")} == {
        "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3, "CLF": 4,
    }  # fmt: skip


@given(
    st.lists(st.integers(0, 10**15), max_size=9),
    st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**6)),
)
def test_a_column_is_exchanged_as_a_single_amount_is(counts: list[int], rate: Fraction) -> None:
    """Half-even to the ledger's last decimal."""
    frame = pl.DataFrame({"n": counts}, schema={"n": pl.Int128})
    expected = [round(count * rate) for count in counts]
    assert frame.select(money.converted_units(pl.col("n"), rate))["n"].to_list() == expected
