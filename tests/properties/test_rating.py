"""The laws of pricing, on tariffs and calls that Hypothesis makes up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import reference

from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
)
from minutebook.money import NUMERATOR_UNITS, UNITS, Method, Rounding
from minutebook.rating.calls import rated
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.rating.tally import TALLY_SCHEMA, added, rounded_sum, tallied

WEEK_MS = 168 * 3_600_000
LONG_MS = 60 * 86_400_000  # beyond what 32 bits hold

prices = st.one_of(
    st.sampled_from([0, 1, 7, 10**6, 60_000_000, 123_450_000, 15 * 10**7, UNITS, 20_000 * UNITS]),
    st.integers(0, 10**10),
    st.integers(0, 10**18 - 1),
).map(lambda units: Fraction(units, UNITS))
pulses = st.one_of(st.sampled_from([1, 6, 10, 30, 60]), st.integers(1, 90), st.just(999_999))
roundings = st.fixed_dictionaries(
    {
        "method": st.sampled_from([method.value for method in Method]),
        "precision": st.integers(0, 10),
    }
)
graces = st.sampled_from([0, 1, 999, 3_000, 5_500])


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[int, Fraction, int]]:
    """Rate steps, of any length."""
    found, start = [], 0
    for _ in range(draw(st.integers(1, 4))):
        pulse = draw(st.integers(1, 45))
        found.append((start, draw(prices), pulse))
        start += draw(st.integers(1, 150))
    return found


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, Any]:
    """The least and the most of a call, as a level says them; perhaps one of them, or neither."""
    said = zip(
        ("minimum_cost", "maximum_cost"), sorted(draw(st.tuples(prices, prices))), strict=True
    )
    return {name: cost for name, cost in said if draw(st.booleans())}


@st.composite
def levels(draw: st.DrawFn) -> dict[str, Any]:
    """What a card or a plan says; perhaps nothing."""
    said: dict[str, Any] = {}
    if draw(st.booleans()):
        said |= {"minimum_s": draw(pulses), "pulse_s": draw(pulses)}
    if draw(st.booleans()):
        said |= draw(roundings)
    optional = {
        "connect_fee": prices,
        "attempt_fee": prices,
        "grace_ms": graces,
        "duration_rounding": st.sampled_from([method.value for method in DurationRounding]),
        "pulse_anchor": st.sampled_from([anchor.value for anchor in PulseAnchor]),
    }
    return said | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def rows(draw: st.DrawFn, prefix: str) -> dict[str, Any]:
    """A deck's row that says some of what it can."""
    row: dict[str, Any] = {
        "prefix": prefix,
        "status": draw(st.sampled_from(["open"] * 5 + ["blocked"])),
    }
    if draw(st.integers(0, 4)) == 0:
        row["steps"] = draw(steps())
    else:
        row["rate"] = draw(prices)
        row |= draw(st.fixed_dictionaries({}, optional={"minimum_s": pulses, "pulse_s": pulses}))
    row |= draw(st.fixed_dictionaries({}, optional={"connect_fee": prices, "grace_ms": graces}))
    if draw(st.integers(0, 2)) == 0:
        row |= draw(roundings)
    return row


@st.composite
def decks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows whose prefixes overlap."""
    prefix = st.text("12", min_size=1, max_size=12)
    return [draw(rows(p)) for p in draw(st.lists(prefix, min_size=1, max_size=6, unique=True))]


def durations(longest_ms: int) -> st.SearchStrategy[int | None]:
    return st.one_of(
        st.none(),
        st.sampled_from([0, 1, 499, 500, 501, 60_000, 60_400, 60_500, 61_000, longest_ms]),
        st.integers(0, 150_000),
        st.integers(0, longest_ms),
    )


numbers = st.one_of(
    st.text("12", min_size=1, max_size=15), st.sampled_from(["", "+12", "anonymous", "12x"])
)


def calls_of(longest_ms: int) -> st.SearchStrategy[list[tuple[str, int | None]]]:
    return st.lists(st.tuples(numbers, durations(longest_ms)), min_size=1, max_size=12)


def decimal(amount: Fraction) -> Decimal:
    return Decimal(int(amount * UNITS)).scaleb(-10)


def terms_of(level: dict[str, Any]) -> Terms:
    """What the program is told where the reference is told `level`."""
    method, anchor = level.get("duration_rounding"), level.get("pulse_anchor")
    return Terms(
        increment=Increment(level["minimum_s"], level["pulse_s"]) if "pulse_s" in level else None,
        connect_fee=decimal(level["connect_fee"]) if "connect_fee" in level else None,
        attempt_fee=decimal(level["attempt_fee"]) if "attempt_fee" in level else None,
        grace_ms=level.get("grace_ms"),
        duration_rounding=DurationRounding(method) if method else None,
        rounding=Rounding(Method(level["method"]), level["precision"])
        if "method" in level
        else None,
        minimum_cost=decimal(level["minimum_cost"]) if "minimum_cost" in level else None,
        maximum_cost=decimal(level["maximum_cost"]) if "maximum_cost" in level else None,
        pulse_anchor=PulseAnchor(anchor) if anchor else None,
    )


def deck_of(said: list[dict[str, Any]]) -> pl.DataFrame:
    """The deck that says what the reference's rows say."""
    made = []
    for row in said:
        stepped = row.get("steps") and [
            {"from_s": start, "rate": int(rate * UNITS), "pulse_s": pulse}
            for start, rate, pulse in row["steps"]
        ]
        open_rate = row["status"] == "open" and "rate" in row
        made.append(
            dict.fromkeys(DECK_SCHEMA)
            | {
                "prefix": row["prefix"],
                "name": f"to {row['prefix']}",
                "rate": int(row["rate"] * UNITS) if open_rate else None,
                "connect_fee": int(row["connect_fee"] * UNITS) if "connect_fee" in row else None,
                "minimum_s": row.get("minimum_s"),
                "pulse_s": row.get("pulse_s"),
                "rounding_method": row.get("method"),
                "rounding_precision": row.get("precision"),
                "grace_ms": row.get("grace_ms"),
                "status": row["status"],
                "steps": stepped,
                **{
                    name: int(row[name] * UNITS)
                    for name in ("minimum_cost", "maximum_cost")
                    if name in row
                },
            }
        )
    return pl.DataFrame(made, schema=DECK_SCHEMA)


def frame_of(calls: list[tuple[str, int | None]]) -> pl.LazyFrame:
    schema = {"called": pl.String, "duration_ms": pl.Int64}
    return pl.LazyFrame(calls, schema=schema, orient="row")


def assert_priced(
    table: RateTable,
    calls: list[tuple[str, int | None]],
    expected: list[reference.Outcome],
    longest_ms: int,
) -> None:
    """Every column of every call equals the reference's."""
    found = rated(frame_of(calls), table, longest_ms).collect(engine="streaming")
    for row, outcome in zip(found.iter_rows(named=True), expected, strict=True):
        assert row["status"] == outcome.status
        assert row["row"] == outcome.row
        assert row["billed_seconds"] == outcome.billed_seconds
        assert Fraction(row["numerator"], NUMERATOR_UNITS) == outcome.unrounded
        assert Fraction(row["cost_units"], UNITS) == outcome.cost


@settings(max_examples=60, deadline=None)
@given(decks(), levels(), levels(), st.sampled_from(Tally), calls_of(WEEK_MS))
def test_every_call_by_a_card_costs_what_rational_arithmetic_says(
    said: list[dict[str, Any]],
    card: dict[str, Any],
    plan: dict[str, Any],
    tally: Tally,
    calls: list[tuple[str, int | None]],
) -> None:
    """Whatever row, card and plan say, and whatever was dialled."""
    table = RateTable.of_card(deck_of(said), plan=terms_of(plan), card=terms_of(card), tally=tally)
    expected = [
        reference.price(*call, rows=said, card=card, plan=plan, daily=tally is Tally.DAILY)
        for call in calls
    ]
    assert_priced(table, calls, expected, WEEK_MS)


@settings(max_examples=30, deadline=None)
@given(decks(), levels(), st.lists(bounds(), min_size=8, max_size=8), calls_of(WEEK_MS))
def test_a_calls_cost_is_within_what_row_card_and_plan_say(
    said: list[dict[str, Any]],
    level: dict[str, Any],
    bounds: list[dict[str, Any]],
    calls: list[tuple[str, int | None]],
) -> None:
    """The least and the most hold after rounding, of calls with billed seconds alone; the least first."""
    card, plan, *of_rows = bounds
    said = [row | own for row, own in zip(said, of_rows, strict=False)]
    plan |= level
    table = RateTable.of_card(
        deck_of(said), plan=terms_of(plan), card=terms_of(card), tally=Tally.CALL
    )
    expected = [
        reference.price(*call, rows=said, card=card, plan=plan, daily=False) for call in calls
    ]
    assert_priced(table, calls, expected, WEEK_MS)


@settings(max_examples=60, deadline=None)
@given(st.one_of(prices, steps()), levels(), st.sampled_from(Tally), calls_of(LONG_MS))
def test_every_call_by_a_plans_own_price_costs_what_rational_arithmetic_says(
    price: Any, plan: dict[str, Any], tally: Tally, calls: list[tuple[str, int | None]]
) -> None:
    """At one price or in steps, calls of two months included, numbers or names dialled."""
    if isinstance(price, list):
        own = {"steps": price}
        made: Any = tuple(Step(start, decimal(rate), pulse) for start, rate, pulse in price)
    else:
        own, made = {"rate": price}, decimal(price)
    table = RateTable.flat(made, plan=terms_of(plan), tally=tally)
    expected = [
        reference.price(*call, rows=None, card={}, plan=plan | own, daily=tally is Tally.DAILY)
        for call in calls
    ]
    assert_priced(table, calls, expected, LONG_MS)


@settings(max_examples=40, deadline=None)
@given(
    decks(),
    levels(),
    st.sampled_from(Tally),
    st.lists(
        st.tuples(st.sampled_from("abc"), numbers, durations(WEEK_MS)), min_size=1, max_size=40
    ),
    st.data(),
)
def test_tallies_of_parts_add_up_to_the_tally_of_the_whole(
    said: list[dict[str, Any]],
    plan: dict[str, Any],
    tally: Tally,
    calls: list[tuple[str, str, int | None]],
    data: st.DataObject,
) -> None:
    """However the calls are split and ordered; and an account's day comes to what is due by hand."""
    table = RateTable.of_card(deck_of(said), plan=terms_of(plan), tally=tally)
    schema = {"account": pl.String, "called": pl.String, "duration_ms": pl.Int64}

    def tally_of(part: list[tuple[str, str, int | None]]) -> pl.LazyFrame:
        frame = pl.LazyFrame(part, schema=schema, orient="row")
        return tallied(rated(frame, table, WEEK_MS), ["account"], tally)

    whole = tally_of(calls).collect(engine="streaming").sort("account")
    shuffled = data.draw(st.permutations(calls))
    cut = data.draw(st.integers(0, len(calls)))
    parts = pl.concat([tally_of(shuffled[:cut]), tally_of(shuffled[cut:])])
    assert added(parts, ["account"]).collect().sort("account").equals(whole)
    assert dict(whole.drop("account").schema) == TALLY_SCHEMA

    rounding = terms_of(plan).over(DEFAULT_TERMS).rounding
    assert rounding is not None
    for sums in whole.iter_rows(named=True):
        outcomes = [
            (
                ms,
                reference.price(
                    called, ms, rows=said, card={}, plan=plan, daily=tally is Tally.DAILY
                ),
            )
            for account, called, ms in calls
            if account == sums["account"]
        ]
        unpriced = [ms for ms, outcome in outcomes if outcome.status != "priced"]
        assert sums["calls"] == len(outcomes)
        assert sums["answered"] == sum(ms is not None for ms, _ in outcomes)
        assert sums["duration_ms"] == sum(ms or 0 for ms, _ in outcomes)
        assert sums["billed_seconds"] == sum(outcome.billed_seconds for _, outcome in outcomes)
        assert sums["unpriced_calls"] == len(unpriced)
        assert sums["unpriced_ms"] == sum(ms or 0 for ms in unpriced)
        owed = rounded_sum(
            tally, rounding, numerator=sums["numerator"], cost_units=sums["cost_units"]
        )
        by_hand = reference.day_due(
            (outcome for _, outcome in outcomes), plan=plan, daily=tally is Tally.DAILY
        )
        assert Fraction(owed) == by_hand


@settings(max_examples=50, deadline=None)
@given(decks(), levels(), st.sampled_from(Tally), numbers, durations(WEEK_MS))
def test_one_call_priced_alone_costs_what_it_costs_among_others(
    said: list[dict[str, Any]],
    plan: dict[str, Any],
    tally: Tally,
    called: str,
    duration_ms: int | None,
) -> None:
    """`price` and `bill` cannot disagree; a daily plan prices the call as if alone that day."""
    table = RateTable.of_card(deck_of(said), plan=terms_of(plan), tally=tally)
    seconds = None if duration_ms is None else Decimal(duration_ms).scaleb(-3)
    alone = price_one(called, seconds, table)
    daily = tally is Tally.DAILY
    outcome = reference.price(called, duration_ms, rows=said, card={}, plan=plan, daily=daily)
    assert alone.status == outcome.status
    assert alone.billed_seconds == outcome.billed_seconds
    assert Fraction(alone.cost) == reference.day_due([outcome], plan=plan, daily=daily)
    assert alone.prefix == (None if outcome.row is None else said[outcome.row]["prefix"])
