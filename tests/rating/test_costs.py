"""What calls cost, to the last digit, through the public functions."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.number_key import number_key
from minutebook.cards.tariff import (
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
)
from minutebook.errors import InputError
from minutebook.money import Method, Rounding
from minutebook.rating.calls import described, rated
from minutebook.rating.single import price_one
from minutebook.rating.steps import (
    CostBefore,
    CostRounded,
    NoPrefix,
    PriceBlocked,
    PriceHolds,
    SecondsBilled,
    WholeSeconds,
)
from minutebook.rating.table import RateTable
from minutebook.rating.tally import rounded_sum, tallied
from minutebook.show.sentences.facts import sentence

LONGEST_MS = 168 * 3_600_000
STEPS = (Step(0, Decimal("0.40"), 30), Step(60, Decimal("0.20"), 10))


def flat(rate: str = "1", **terms: Any) -> RateTable:
    return RateTable.flat(Decimal(rate), plan=Terms(**terms), tally=Tally.CALL)


def deck(*rows: dict[str, Any]) -> pl.DataFrame:
    base = dict.fromkeys(DECK_SCHEMA) | {"status": "open"}
    return pl.DataFrame([base | row for row in rows], schema=DECK_SCHEMA)


def billed(seconds: str, table: RateTable) -> int:
    return price_one("44", Decimal(seconds), table).billed_seconds


def cost(seconds: str, table: RateTable, called: str = "44") -> Decimal:
    return price_one(called, Decimal(seconds), table).cost


@pytest.mark.parametrize(
    ("seconds", "by_method"),
    [("60.4", (61, 60, 60, 60)), ("60.5", (61, 60, 61, 60)), ("60", (60,) * 4)],
)
def test_durations_are_rounded_to_seconds(seconds: str, by_method: tuple[int, ...]) -> None:
    """up, down, half_up, half_down."""
    found = tuple(billed(seconds, flat(duration_rounding=method)) for method in DurationRounding)
    assert found == by_method


@pytest.mark.parametrize(
    ("increment", "seconds", "expected"),
    [
        ("60/6", 10, 60),
        ("60/6", 61, 66),
        ("60/6", 67, 72),
        ("30/6", 31, 36),
        ("30/6", 36, 36),
        ("40/30", 41, 70),
        ("1/1", 7, 7),
    ],
)
def test_a_minimum_then_pulses(increment: str, seconds: int, expected: int) -> None:
    """Pulses are counted after the minimum."""
    assert billed(str(seconds), flat(increment=Increment.parse(increment))) == expected


def test_pulses_of_the_total() -> None:
    """40/30 at 41 s is 60 where the total is rounded, and still 40 up to the minimum."""
    table = flat(increment=Increment(40, 30), pulse_anchor=PulseAnchor.TOTAL)
    assert [billed(str(s), table) for s in (1, 35, 40, 41, 60, 61)] == [40, 40, 40, 60, 60, 90]


def test_a_call_of_no_seconds_costs_nothing() -> None:
    """Not even the connect fee; rounded down to 0 it is the same."""
    table = flat(connect_fee=Decimal(1), duration_rounding=DurationRounding.DOWN)
    assert [cost(s, table) for s in ("0", "0.999", "1")] == [0, 0, Decimal("1.0167")]


def test_grace_is_of_the_unrounded_duration() -> None:
    """Up to and including the grace a call is free, connect fee included."""
    table = flat(connect_fee=Decimal("0.3"), grace_ms=2000, increment=Increment(30, 1))
    assert [cost(s, table) for s in ("1", "2", "2.001", "30")] == [
        0,
        0,
        Decimal("0.8"),
        Decimal("0.8"),
    ]


def test_unanswered_calls_cost_the_attempt_fee() -> None:
    """0 by default, and never the connect fee."""
    assert price_one("44", None, flat(connect_fee=Decimal(1))).cost == 0
    table = flat(attempt_fee=Decimal("0.00123"), connect_fee=Decimal(1))
    assert price_one("44", None, table).cost == Decimal("0.0013")
    assert price_one("44", Decimal(0), table).cost == 0  # answered, and at once over


@pytest.mark.parametrize(("seconds", "expected"), [("20", "1.0"), ("60", "1.2"), ("85", "1.3")])
def test_rate_steps(seconds: str, expected: str) -> None:
    """From second 0 at 0.40 by 30 s, from 60 at 0.20 by 10 s, connect fee 0.8."""
    table = RateTable.flat(STEPS, plan=Terms(connect_fee=Decimal("0.8")), tally=Tally.CALL)
    assert cost(seconds, table) == Decimal(expected)


def test_effective_rate() -> None:
    """7 s at 0.015 under 30/6: billed 30, cost 0.0075, effective 0.06429; null at 0 s."""
    table = flat("0.015", increment=Increment(30, 6))
    priced = price_one("44", Decimal(7), table)
    assert (priced.billed_seconds, priced.cost) == (30, Decimal("0.0075"))
    assert priced.effective_rate == Decimal("0.06429")
    assert price_one("44", Decimal(0), table).effective_rate is None
    assert price_one("44", None, table).effective_rate is None


def test_a_hundred_calls_cost_more_rounded_one_by_one_than_by_the_day() -> None:
    """100 calls of 10 s at 0.005 with up-4: 0.09, and 0.0834 as a sum."""
    calls = pl.LazyFrame(
        {"account": ["acme"] * 100, "called": ["44"] * 100, "duration_ms": [10_000] * 100}
    )
    owed = {}
    for tally in Tally:
        table = RateTable.flat(Decimal("0.005"), plan=Terms(), tally=tally)
        sums = (
            tallied(rated(calls, table, LONGEST_MS), ["account"], tally)
            .collect()
            .row(0, named=True)
        )
        owed[tally] = rounded_sum(
            tally, table.rounding, numerator=sums["numerator"], cost_units=sums["cost_units"]
        )
    assert owed == {Tally.CALL: Decimal("0.09"), Tally.DAILY: Decimal("0.0834")}


def test_short_calls_lose_money_between_two_roundings() -> None:
    """Bought at 0.005 60/60 up-3 and sold at 0.006 1/1 down-4."""
    bought = flat("0.005", increment=Increment(60, 60), rounding=Rounding(Method.UP, 3))
    sold = flat("0.006", rounding=Rounding(Method.DOWN, 4))
    assert [(cost(s, bought), cost(s, sold)) for s in ("10", "60")] == [
        (Decimal("0.005"), Decimal("0.001")),
        (Decimal("0.005"), Decimal("0.006")),
    ]


def test_a_row_wins_over_its_card_and_the_card_over_the_plan() -> None:
    """In price, fee, increment, grace and rounding; fees are never added up."""
    rows = deck(
        {"prefix": "1", "rate": 6 * 10**9},
        {"prefix": "2", "rate": 6 * 10**9, "connect_fee": 10**9, "minimum_s": 60, "pulse_s": 60},
        {
            "prefix": "3",
            "rate": 10**6,
            "rounding_method": "down",
            "rounding_precision": 2,
            "grace_ms": 5000,
        },
    )
    card = Terms(connect_fee=Decimal("0.5"), rounding=Rounding(Method.UP, 1))
    plan = Terms(
        increment=Increment(30, 30), connect_fee=Decimal(7), rounding=Rounding(Method.UP, 3)
    )
    table = RateTable.of_card(rows, plan=plan, card=card, tally=Tally.CALL)
    assert cost("1", table, "1") == Decimal("0.8")  # plan's increment, card's fee and rounding
    assert cost("1", table, "2") == Decimal("0.7")
    assert cost("6", table, "3") == Decimal("0.50")
    assert cost("5", table, "3") == 0
    bare = RateTable.of_card(rows, plan=plan, tally=Tally.CALL)
    assert cost("1", bare, "1") == Decimal("7.3")


def test_a_rows_pulse_alone_is_its_minimum_too() -> None:
    """A deck whose increment is 30 bills 30 s for 10, not 31; a longer minimum of the card stays."""
    rows = deck({"prefix": "44", "rate": 10**8, "pulse_s": 30})
    for increment, expected in (("1/1", [30, 60]), ("60/6", [60, 60]), ("60/60", [60, 60])):
        plan = Terms(increment=Increment.parse(increment))
        table = RateTable.of_card(rows, plan=plan, tally=Tally.CALL)
        assert [billed(s, table) for s in ("10", "31")] == expected
    assert str(price_one("44", Decimal(1), table).increment) == "60/30"


def test_a_daily_sum_is_rounded_by_the_plan_alone() -> None:
    """What row and card say of rounding holds for calls, not for days."""
    rows = deck({"prefix": "44", "rate": 10**8, "rounding_method": "up", "rounding_precision": 0})
    plan = Terms(rounding=Rounding(Method.DOWN, 3))
    card = Terms(rounding=Rounding(Method.UP, 1))
    daily = RateTable.of_card(rows, plan=plan, card=card, tally=Tally.DAILY)
    assert daily.rounding == Rounding(Method.DOWN, 3)
    assert cost("10", daily) == Decimal("0.001")
    assert cost("10", RateTable.of_card(rows, plan=plan, card=card, tally=Tally.CALL)) == 1


def test_what_no_prefix_matches_is_unpriced_and_a_blocked_prefix_has_no_parent() -> None:
    """Attempts too; neither is billed, both are counted."""
    rows = deck(
        {"prefix": "44", "rate": 10**8, "name": "UK"}, {"prefix": "4490", "status": "blocked"}
    )
    table = RateTable.of_card(rows, plan=Terms(attempt_fee=Decimal(1)), tally=Tally.CALL)
    calls = pl.LazyFrame(
        {
            "called": ["4420", "4490123", "33", "anonymous", "33"],
            "duration_ms": [1000, 2000, 3000, 4000, None],
        }
    )
    found = described(rated(calls, table, LONGEST_MS), table).collect()
    assert found["status"].to_list() == ["priced", "blocked", "unpriced", "unpriced", "unpriced"]
    assert found["billed_seconds"].to_list() == [1, 0, 0, 0, 0]
    assert found["prefix"].to_list() == ["44", "4490", None, None, None]
    assert found["rate_units"].to_list() == [10**8, None, None, None, None]
    sums = tallied(
        found.lazy().with_columns(account=pl.lit("a")), ["account"], Tally.CALL
    ).collect()
    assert sums.select("calls", "answered", "unpriced_calls", "unpriced_ms").row(0) == (
        5,
        4,
        4,
        9000,
    )


def test_a_plans_own_price_is_for_every_destination() -> None:
    """Names and short codes too; there is no prefix to show."""
    calls = pl.LazyFrame({"called": ["4420", "anonymous", None], "duration_ms": [60_000] * 3})
    table = RateTable.flat(Decimal("0.0045"), plan=Terms(), tally=Tally.DAILY)
    found = described(rated(calls, table, LONGEST_MS), table).collect()
    assert found["cost_units"].to_list() == [45_000_000] * 3
    assert found["prefix"].null_count() == found["row"].null_count() == 3


@pytest.mark.parametrize("rate", ["20000", "99999999"])
def test_week_long_calls_at_huge_rates_are_exact(rate: str) -> None:
    """Rupiah and dong: no sum wraps around, on its way either."""
    rows = deck({"prefix": "62", "rate": int(rate) * 10**10})
    calls = pl.LazyFrame({"called": ["62"] * 3, "duration_ms": [LONGEST_MS, LONGEST_MS - 1, 1]})
    table = RateTable.of_card(rows, plan=Terms(connect_fee=Decimal(rate)), tally=Tally.CALL)
    priced = rated(calls, table, LONGEST_MS)
    week, second = int(rate) * (10_080 + 1), Decimal(rate) * 61 / 60
    exact = [Decimal(week), Decimal(week), Rounding(Method.UP, 4).of(second)]
    found = [Decimal(int(units)).scaleb(-10) for units in priced.collect()["cost_units"]]
    assert found == exact
    sums = tallied(priced.with_columns(a=1), ["a"], Tally.CALL).collect()
    assert sums["cost_units"][0] == sum(int(amount.scaleb(10)) for amount in exact)


def test_a_call_beyond_the_longest_stops_the_query() -> None:
    """It is never billed modulo something."""
    calls = pl.LazyFrame({"called": ["44"], "duration_ms": [2**32 + 1000]})
    with pytest.raises(pl.exceptions.InvalidOperationError):
        rated(calls, flat(), LONGEST_MS).collect()
    assert rated(calls, flat(), 2**33).collect()["billed_seconds"][0] == 4_294_969


def test_a_price_that_cannot_be_counted_is_refused() -> None:
    """Below a hundred million a minute, or a call."""
    with pytest.raises(InputError, match="out of range"):
        flat("100000000")
    with pytest.raises(InputError, match="out of range"):
        flat(connect_fee=Decimal(10**8))


def test_calls_that_carry_their_numbers_key_are_priced_alike() -> None:
    """The number itself is then not read."""
    rows = deck({"prefix": "44", "rate": 10**8}, {"prefix": "4477", "rate": 2 * 10**8})
    table = RateTable.of_card(rows, plan=Terms(), tally=Tally.CALL)
    calls = pl.LazyFrame(
        {"called": ["4420123", "447712", "44", "x", "+44"], "duration_ms": [60_000] * 5}
    )
    keyed = calls.with_columns(called_key=number_key(pl.col("called")))
    plain = rated(calls, table, LONGEST_MS).collect()
    assert rated(keyed, table, LONGEST_MS).collect().drop("called_key").equals(plain)
    other = keyed.with_columns(called=pl.lit("unread"))
    assert rated(other, table, LONGEST_MS).collect()["row"].equals(plain["row"])


def test_a_call_without_its_key_is_unpriced_and_seen() -> None:
    """As another program might write it into the lake: neither free nor dropped."""
    rows = deck({"prefix": "44", "rate": 10**8})
    table = RateTable.of_card(rows, plan=Terms(), tally=Tally.CALL)
    calls = pl.LazyFrame(
        {"a": [1], "called": ["4420"], "called_key": [None], "duration_ms": [60_000]},
        schema_overrides={"called_key": pl.Int64},
    )
    sums = tallied(rated(calls, table, LONGEST_MS), ["a"], Tally.CALL).collect()
    assert sums.select("calls", "unpriced_calls", "unpriced_ms", "cost_units").row(0) == (
        1,
        1,
        60_000,
        0,
    )


@pytest.mark.parametrize("run", [1, 7, 250_000])
def test_long_and_short_runs_of_an_account_add_up_alike(run: int) -> None:
    """More calls than the engine takes at once, in runs shorter and longer than that."""
    count = 500_000
    calls = pl.LazyFrame({"n": range(count)}).select(
        account=pl.col("n") // run % 5,
        called=pl.lit("4420"),
        duration_ms=pl.when(pl.col("n") % 3 > 0).then(pl.col("n") * 1000 % 1_001_000),
    )
    table = flat("0.012")
    sums = tallied(rated(calls, table, LONGEST_MS), ["account"], Tally.CALL)
    plain = (
        calls.group_by("account")
        .agg(
            calls=pl.len().cast(pl.Int64),
            duration_ms=pl.col("duration_ms").sum(),
            billed_seconds=(pl.col("duration_ms") // 1000).sum(),
        )
        .sort("account")
    )
    found = sums.collect(engine="streaming").sort("account").select(plain.collect_schema().names())
    assert found.equals(plain.collect())


def test_the_way_to_a_cost_is_told() -> None:
    """Every step with its numbers, so that a customer can follow it with a pencil."""
    rows = deck(
        {
            "prefix": "4420",
            "name": "London",
            "rate": 15 * 10**7,
            "minimum_s": 30,
            "pulse_s": 6,
            "grace_ms": 2000,
        }
    )
    table = RateTable.of_card(rows, plan=Terms(connect_fee=Decimal("0.01")), tally=Tally.CALL)
    assert said("442079460000", Decimal("31.2"), table) == [
        "longest prefix 4420 (London): 0.015 a minute, increment 30/6",
        "duration 31.200 s, rounded up to 32 s",
        "billed 36 s",
        "connect fee 0.01 + 36 s x 0.015 / 60 = 0.019",
        "the call is rounded up at 4 decimals: 0.019",
    ]
    assert "grace of 2.000 s" in said("4420", Decimal(2), table)[1]
    assert "not answered: attempt fee 0.00" in said("4420", None, table)
    assert said("33", Decimal(2), table) == [
        "no prefix of the card begins 33: not billed, listed as unpriced"
    ]


def said(called: str, seconds: Decimal | None, table: RateTable) -> list[str]:
    return [*map(sentence, price_one(called, seconds, table).explanation)]


def test_every_step_has_its_figures() -> None:
    """A program needs to read no sentence: the same steps are data."""
    table = RateTable.flat(STEPS, plan=Terms(), tally=Tally.DAILY)
    price, whole, billed, cost, rounded = price_one("44201", Decimal("64.5"), table).explanation
    assert price == PriceHolds(None, None, Decimal("0.4"), Increment(30, 30), STEPS)
    assert whole == WholeSeconds(64_500, DurationRounding.UP, 65)
    assert billed == SecondsBilled(70)
    assert cost == CostBefore(
        Decimal(0), ((60, Decimal("0.4")), (10, Decimal("0.2"))), Fraction(13, 30)
    )
    assert rounded == CostRounded(Tally.DAILY, Method.UP, 4, Decimal("0.4334"))
    blocked = RateTable.of_card(
        deck({"prefix": "449", "status": "blocked"}), plan=Terms(), tally=Tally.CALL
    )
    assert price_one("4491", Decimal(5), blocked).explanation == (PriceBlocked("449", None),)
    assert price_one("33", Decimal(5), blocked).explanation == (NoPrefix("33"),)


def test_a_rate_table_can_be_sent_to_another_process() -> None:
    """Rating runs wherever the calls are; there it prices the same."""
    table = RateTable.of_card(deck({"prefix": "44", "rate": 10**8}), plan=Terms(), tally=Tally.CALL)
    calls = pl.LazyFrame({"called": ["4420", "33"], "duration_ms": [61_000, 1000]})
    sent = pickle.loads(pickle.dumps(table))
    assert (
        rated(calls, sent, LONGEST_MS).collect().equals(rated(calls, table, LONGEST_MS).collect())
    )
