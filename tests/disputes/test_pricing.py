"""Why another side's prices differ: increments, rates, fees and rounding, alone and at once."""

from __future__ import annotations

import random
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook import money
from minutebook.disputes.causes.other_terms import INCREMENTS, Cut, OtherTerms
from minutebook.disputes.causes.pricing import Pricing, pricing, usual_decimals


def billed(seconds: int, increment: tuple[int, int]) -> int:
    minimum, pulse = increment
    return seconds and max(minimum, minimum + -(-(seconds - minimum) // pulse) * pulse)


def units(amount: Decimal) -> int:
    return int(amount * money.UNITS)


def theirs(
    seconds: int,
    increment: tuple[int, int] = (1, 1),
    rate: str = "0.0311",
    fee: str = "0",
    places: str = "0.0001",
    rounding: str = ROUND_CEILING,
) -> int:
    """Their price of a call, written anew."""
    if not seconds:
        return 0
    exact = Fraction(fee) + Fraction(rate) * billed(seconds, increment) / 60
    ten = Decimal(exact.numerator) / Decimal(exact.denominator)
    return units(ten.quantize(Decimal(places), rounding))


def lengths(calls: int = 80, seed: int = 1) -> list[int]:
    chance = random.Random(seed)
    return [chance.randrange(1, 400) for _ in range(calls)]


def pairs(seconds: list[int], prices: list[int], prefix: str = "447") -> pl.DataFrame:
    """Pairs at our price: 0.0311 a minute by the second, to four decimals upward."""
    rate = units(Decimal("0.0311"))
    return pl.DataFrame(
        {
            "ours": range(len(seconds)),
            "theirs": range(len(seconds)),
            "duration_ms_theirs": [1000 * s for s in seconds],
            "units_theirs": prices,
            "repriced": [theirs(s) for s in seconds],
            "numerator": [rate * s for s in seconds],
            "rate_units": [rate] * len(seconds),
            "connect_fee_units": [0] * len(seconds),
            "billed_seconds": seconds,
            "prefix": [prefix] * len(seconds),
            "price_class": [""] * len(seconds),
            "alike": [False] * len(seconds),
        }
    ).filter(pl.col("repriced") != pl.col("units_theirs"))


def found_in(frame: pl.DataFrame) -> Pricing:
    return pricing(frame, usual_decimals(frame["units_theirs"]), "unexplained")


def told(found: Pricing) -> dict[str, int]:
    sums = found.differences.group_by("difference").agg(pl.col("units").sum())
    return dict(sums.iter_rows())


CASES = {
    "rate": ({"rate": "0.0342"}, OtherTerms(rate_units=units(Decimal("0.0342")))),
    "increment": ({"increment": (60, 6)}, OtherTerms(increment=(60, 6))),
    "connect_fee": ({"fee": "0.015"}, OtherTerms(fee_units=units(Decimal("0.015")))),
    "increment and rate": (
        {"increment": (60, 60), "rate": "0.0299"},
        OtherTerms(increment=(60, 60), rate_units=units(Decimal("0.0299"))),
    ),
    "increment and connect_fee": (
        {"increment": (30, 6), "fee": "0.01"},
        OtherTerms(increment=(30, 6), fee_units=units(Decimal("0.01"))),
    ),
    "rate and connect_fee": (
        {"rate": "0.05", "fee": "0.02"},
        OtherTerms(rate_units=units(Decimal("0.05")), fee_units=units(Decimal("0.02"))),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_they_price_by_is_found(name: str) -> None:
    """To the last decimal of a rate; several at once are told apart, and add up."""
    how, terms = CASES[name]
    seconds = lengths()
    frame = pairs(seconds, [theirs(s, **how) for s in seconds])  # type: ignore[arg-type]
    found = found_in(frame)
    assert {change.terms for change in found.changes} == {terms}
    assert {cause for cause, made in told(found).items() if cause != "rounding"} == set(
        name.split(" and ")
    )
    assert sum(told(found).values()) == (frame["repriced"] - frame["units_theirs"]).sum()


@pytest.mark.parametrize(
    ("places", "rounding"), [("0.000001", ROUND_CEILING), ("0.01", ROUND_HALF_UP)]
)
def test_rounding_is_rounding(places: str, rounding: str) -> None:
    """Finer or coarser, upward or half: no other cause is named."""
    seconds = lengths()
    frame = pairs(seconds, [theirs(s, places=places, rounding=rounding) for s in seconds])
    found = found_in(frame)
    assert set(found.differences["difference"]) == {"rounding"}
    assert found.changes == []


def test_a_rate_that_changes_within_the_period() -> None:
    """Each part of the calls has its own cause; so has each prefix."""
    seconds = lengths(200)
    prices = [
        theirs(s, rate="0.0342") if n < 120 else theirs(s, fee="0.01")
        for n, s in enumerate(seconds)
    ]
    frame = pl.concat([
        pairs(seconds, prices),
        pairs(seconds, [theirs(s, increment=(60, 60)) for s in seconds], prefix="44"),
    ])  # fmt: skip
    found = found_in(frame)
    terms = {(change.prefix, change.terms) for change in found.changes}
    assert ("447", OtherTerms(rate_units=units(Decimal("0.0342")))) in terms
    assert ("447", OtherTerms(fee_units=units(Decimal("0.01")))) in terms
    assert ("44", OtherTerms(increment=(60, 60))) in terms
    assert "unexplained" not in told(found)


def test_what_no_terms_explain_stays_unexplained() -> None:
    """Amounts without any law."""
    chance = random.Random(4)
    seconds = lengths()
    prices = [units(Decimal(chance.randrange(10_000)) / 10_000) for _ in seconds]
    found = found_in(pairs(seconds, prices))
    (rest,) = [made for cause, made in told(found).items() if cause == "unexplained"]
    assert rest != 0
    assert found.differences.filter(pl.col("difference") == "unexplained").height > 70


@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=40),
    st.sampled_from(INCREMENTS),
    st.integers(0, 9_999_999),
    st.integers(0, 999),
    st.sampled_from(["0.01", "0.0001", "0.000001", "0.0000000001"]),
)
def test_nothing_is_lost_between_the_steps(
    seconds: list[int], increment: tuple[int, int], rate: int, fee: int, places: str
) -> None:
    """Whatever they price by, every pair's money is in its differences, exactly."""
    how = {"rate": str(Decimal(rate).scaleb(-8)), "fee": str(Decimal(fee).scaleb(-3))}
    frame = pairs(seconds, [theirs(s, increment, places=places, **how) for s in seconds])
    found = found_in(frame).differences
    sums = found.group_by("ours").agg(pl.col("units").sum()).sort("ours")
    wanted = frame.select("ours", units=pl.col("repriced") - pl.col("units_theirs")).sort("ours")
    assert sums.equals(wanted)


def test_seconds_that_are_cut_off() -> None:
    """Parts of a second are not billed: that is rounding, and no negative fee."""
    chance = random.Random(3)
    lengths_ms = [chance.randrange(1000, 400_000) for _ in range(80)]
    up = [-(-ms // 1000) for ms in lengths_ms]
    frame = pairs(up, [theirs(ms // 1000) for ms in lengths_ms]).join(
        pl.DataFrame({"ours": range(80), "duration_ms_theirs": lengths_ms}), on="ours", suffix="_x"
    )
    frame = frame.with_columns(duration_ms_theirs="duration_ms_theirs_x")
    found = found_in(frame)
    assert set(told(found)) == {"rounding"}
    assert {change.terms for change in found.changes} == {OtherTerms(cut=Cut.DOWN)}


def test_calls_that_are_free_on_their_side() -> None:
    """Amounts of nothing are no rounding: their rate is nothing."""
    seconds = lengths(200)
    prices = [0 if n < 40 else theirs(s) for n, s in enumerate(seconds)]
    frame = pairs(seconds, prices)
    found = pricing(frame, usual_decimals(pl.Series(prices)), "unexplained")
    assert {change.terms for change in found.changes} == {OtherTerms(rate_units=0)}


def test_a_few_odd_amounts_are_not_made_a_law_of() -> None:
    """One wrong amount, or amounts that would be below nothing, stay unexplained."""
    chance = random.Random(6)
    seconds = lengths(300)
    prices = [theirs(s) for s in seconds]
    prices[7] = units(Decimal("7.7777"))
    frame = pairs(seconds, prices, prefix="44")
    assert set(told(found_in(frame))) == {"unexplained"}
    for n in range(20):
        prices[n] = units(Decimal(chance.randrange(1, 90_000)) / 10_000)
    found = pricing(pairs(seconds, prices), 4, "unexplained")
    for change in found.changes:
        assert (change.terms.rate_units or 0) >= 0
        assert (change.terms.fee_units or 0) >= 0


def test_unanswered_calls_that_cost() -> None:
    """An attempt fee is a connect fee of calls that were not answered."""
    seconds = [0] * 50
    frame = pairs(seconds, [units(Decimal("0.01"))] * 50)
    found = found_in(frame)
    (change,) = found.changes
    assert change.terms == OtherTerms(fee_units=units(Decimal("0.01")))
    assert not change.answered


def test_short_calls_go_with_their_prefix() -> None:
    """What rounding could explain of a call is its rate, where the rate explains its prefix."""
    seconds = [1, 2, 3, 4, 5] * 10 + lengths()
    frame = pairs(seconds, [theirs(s, rate="0.0320") for s in seconds])
    assert set(told(found_in(frame))) == {"rate"}
