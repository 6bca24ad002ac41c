"""Channels cost what the rules say, to the last digit, for every month and every change."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook.errors import InputError
from minutebook.money import Method, Rounding
from minutebook.plans.per_channel import (
    Bought,
    ChannelPrices,
    Charge,
    Tier,
    TierMode,
    check_tiers,
    day_charge,
    day_price,
)

UP4 = Rounding(Method.UP, 4)
TIERS = (Tier(100, Decimal("1.20"), 1), Tier(500, Decimal("0.95"), 3))
VOLUME = ChannelPrices(TIERS)
GRADUATED = ChannelPrices(TIERS, TierMode.GRADUATED)

months = st.builds(date, st.integers(2020, 2032), st.integers(1, 12), st.just(1))
prices = st.decimals(0, 1_000_000, places=4, allow_nan=False, allow_infinity=False)
roundings = st.builds(Rounding, st.sampled_from(Method), st.integers(0, 10))
bought = st.none() | st.builds(Bought, prices, roundings, st.sampled_from(Charge))


def days_of(month: date) -> list[date]:
    count = calendar.monthrange(month.year, month.month)[1]
    return [month + timedelta(days=n) for n in range(count)]


@pytest.mark.parametrize(
    ("channels", "volume", "graduated", "free"),
    [
        (0, "0", "0", 1),
        (1, "1.20", "1.20", 1),
        (100, "120", "120", 1),
        (101, "95.95", "120.95", 3),
        (500, "475", "500", 3),
        (501, "475.95", "500.95", 3),
        (2000, "1900", "1925", 3),
    ],
)
def test_tiers_at_their_edges(channels: int, volume: str, graduated: str, free: int) -> None:
    """By volume all channels cost what the last one does; graduated each what its own tier says."""
    assert VOLUME.month_price(channels) == Decimal(volume)
    assert GRADUATED.month_price(channels) == Decimal(graduated)
    assert VOLUME.free_servers(channels) == GRADUATED.free_servers(channels) == free


def test_a_change_of_channels_within_a_month() -> None:
    """120 channels until 14 March, 200 from the 15th, up 4."""
    days = days_of(date(2026, 3, 1))
    total = sum(
        day_price(VOLUME.month_price(120 if day.day < 15 else 200), UP4, day) for day in days
    )
    assert total == Decimal("155.6774")


@pytest.mark.parametrize(
    ("tiers", "error"),
    [
        ((), "needs tiers"),
        ((Tier(100, Decimal(1)), Tier(100, Decimal(1))), "100 channels come after 100"),
        ((Tier(500, Decimal(1)), Tier(100, Decimal(1))), "100 channels come after 500"),
    ],
)
def test_tiers_that_do_not_rise_are_refused(tiers: tuple[Tier, ...], error: str) -> None:
    """Each covers more channels than the one before."""
    with pytest.raises(InputError, match=error):
        check_tiers(tiers)


def test_tiers_that_rise_are_taken() -> None:
    """As they stand."""
    assert check_tiers(TIERS) == TIERS


@given(months, prices, roundings)
def test_the_days_of_an_unchanged_month_add_up(
    month: date, price: Decimal, rounding: Rounding
) -> None:
    """To the rounded price, whatever the month's length and the rounding."""
    assert sum(day_price(price, rounding, day) for day in days_of(month)) == rounding.of(price)


@given(months, st.data())
def test_charging_ahead_and_by_the_day_come_to_the_same(month: date, data: st.DataObject) -> None:
    """However often an account changes channels, plan or way of charging within a month."""
    days = days_of(month)
    changes = data.draw(st.dictionaries(st.integers(1, len(days)), bought, max_size=5))
    state: Bought | None = None
    total = expected = Decimal(0)
    for day in days:
        before, state = state, changes.get(day.day, state)
        total += day_charge(day, state, None if day.day == 1 else before)
        if state is not None:
            expected += day_price(state.month_price, state.rounding, day)
    assert total == expected


def test_charged_by_the_month_the_first_day_carries_it() -> None:
    """A change posts the difference on its day: more channels a charge, fewer a credit."""
    few = Bought(Decimal("31"), UP4, Charge.MONTHLY)
    many = Bought(Decimal("62"), UP4, Charge.MONTHLY)
    march = date(2026, 3, 1)
    assert day_charge(march, few, None) == 31
    assert day_charge(date(2026, 3, 2), few, few) == 0
    assert day_charge(date(2026, 3, 22), many, few) == 10
    assert day_charge(date(2026, 3, 22), few, many) == -10
    assert day_charge(date(2026, 3, 22), None, few) == -10
    assert day_charge(date(2026, 3, 22), few, None) == 10
    assert day_charge(date(2026, 4, 1), few, few) == 31
