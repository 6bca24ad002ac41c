"""Other systems' priced calls: what holds in exact arithmetic must hold here.

The cases are read from the shared folder, and skipped where it is absent. Every exact case is in
one of two lists: what this version computes, and what waits for a rule that it does not have.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from minutebook.cards.bands import DAY_S, DAYS, Bands, BandTime, check_bands, second_of_day
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.tariff import (
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
)
from minutebook.days import month_end, months_ending
from minutebook.money import Method, Rounding, units
from minutebook.plans.minimum import MinimumStretch, MinimumTerms, Prorate, required, shortfall
from minutebook.plans.terms import Server
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable

FILE = Path(__file__).resolve().parents[2] / "shared" / "vectors" / "peers.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared cases are not here")
CASES: dict[str, dict[str, Any]] = (
    {case["id"]: case for case in json.loads(FILE.read_text())} if FILE.exists() else {}
)

RATED = [
    "a201",
    "as01",
    "cg01",
    "cg03",
    "cg09",
    "cg13",
    "cg15",
    "cg17",
    "cg19",
    "cg21",
    "cg24",
    "cg26",
    "cg30",
    "cg32",
    "cg34",
    "cg36",
    "cg51",
    "cg53",
    "cx04",
    "cx06",
    "js01",
    "js03",
    "mb01",
    "sn01",
    "yt01",
    "yt03",
    "yt05",
    "yt07",
]
DRIFTING = [
    "cg04",
    "cg05",
    "cg07",
    "cg11",
    "cg12",
    "cg27",
    "cg28",
    "cg55",
    "sn03",
]  # `recomputed` is right there
BILLED = ["cx01", "cx03", "cx09", "cx11", "cx13"]
ANCHORED = ["dv01", "dv03"]
DURATIONS = ["cx15", "cx17", "cx19", "yt15_1.41", "yt15_1.6"]
TIERS = ["br01", "br03", "br05", "br07", "br09", "br11"]
OTHERS = ["cx20", "cx21", "cx22", "yt09"]
PRORATED = ["br17", "br19", "br21", "br23"]
MINIMUMS = ["cx23"]
BANDS = ["cg40", "cg42", "cg44", "cg46"]
COVERED = [*BANDS, *RATED, *BILLED, *ANCHORED, *DURATIONS, *TIERS, *OTHERS, *PRORATED, *MINIMUMS]
WAITING = {
    "allowances of free minutes": "br12 br14 br16 cg38 pb01 yt08",
    "live control: admission and longest duration": "a202 cg50",
    "debits at once": "cg39",
    "pricing again once an account exists": "cg37",
    "netting of two accounts": "pb02",
    "reverse billing": "yt12",
}

KEPT = Rounding(Method.NONE)


def test_every_exact_case_is_covered_or_waits() -> None:
    """A new case is looked at before it is left out."""
    waiting = [case for cases in WAITING.values() for case in cases.split()]
    listed = [*COVERED, *waiting]
    assert len(listed) == len(set(listed))
    assert set(listed) == {c for c, case in CASES.items() if case["agreement"] == "exact"}
    quirks = ("peer_quirk", "published_error")
    assert set(DRIFTING) == {
        c for c, case in CASES.items() if case["agreement"] in quirks and case["kind"] == "rating"
    }


def a_minute(rate: object, per_seconds: object = 60) -> Decimal:
    """A rate by so many seconds as a rate a minute, exactly."""
    exact = Fraction(str(rate)) * 60 / Fraction(str(per_seconds))
    kept = KEPT.of(exact)
    assert Fraction(kept) == exact
    return kept


def table_of(tariff: dict[str, Any]) -> RateTable:
    """The rate table that a case's tariff describes."""
    segments = tariff["segments"]
    rounding = KEPT
    if tariff.get("round_mode"):
        rounding = Rounding(Method(tariff["round_mode"]), tariff["round_dp"])
    terms = Terms(
        connect_fee=Decimal(tariff["connect_fee"]),
        grace_ms=1000 * tariff.get("grace_s", 0),
        rounding=rounding,
        maximum_cost=Decimal(tariff["max_cost"]) if "max_cost" in tariff else None,
    )
    rates = [a_minute(segment["rate"], segment["unit_s"]) for segment in segments]
    if tariff["increment_semantics"] == "minimum_then_total_multiple":
        (segment,) = segments
        increment = Increment(segment["minimum_s"], segment["increment_s"])
        total = Terms(increment=increment, pulse_anchor=PulseAnchor.TOTAL)
        return RateTable.flat(rates[0], plan=total.over(terms), tally=Tally.CALL)
    steps = tuple(
        Step(segment["from_s"], rate, segment["increment_s"])
        for segment, rate in zip(segments, rates, strict=True)
    )
    if "prefixes" not in tariff:
        return RateTable.flat(steps, plan=terms, tally=Tally.CALL)
    units = [
        {"from_s": s.from_s, "rate": int(s.rate.scaleb(10)), "pulse_s": s.pulse_s} for s in steps
    ]
    rows = [
        dict.fromkeys(DECK_SCHEMA)
        | {"prefix": prefix.lstrip("+"), "name": name, "status": "open", "steps": units}
        for prefix, name in tariff["prefixes"].items()
    ]
    return RateTable.of_card(pl.DataFrame(rows, schema=DECK_SCHEMA), plan=terms, tally=Tally.CALL)


@pytest.mark.parametrize("case", [*RATED, *DRIFTING])
def test_calls_cost_what_exact_arithmetic_says(case: str) -> None:
    """Fee, steps, increments, grace and rounding together; where the peer drifts, we do not."""
    asked = CASES[case]
    duration = Decimal(asked["call"]["duration_s"])
    called = asked["call"].get("destination", "1").lstrip("+")
    priced = price_one(called, duration, table_of(asked["tariff"]))
    right = asked["expected"] if case in RATED else {"cost": asked["recomputed"]["after_rounding"]}
    assert priced.cost == Decimal(right["cost"])
    if "billed_duration_s" in right:
        assert priced.billed_seconds == right["billed_duration_s"]
    if called != "1":
        assert priced.destination == "GERMANY"


@pytest.mark.parametrize("case", BILLED)
def test_increments_bill_what_peers_bill(case: str) -> None:
    """A minimum, and pulses after it."""
    asked = CASES[case]
    increment = Increment(asked["tariff"]["mcd_s"], asked["tariff"]["pulse_s"])
    table = RateTable.flat(Decimal(1), plan=Terms(increment=increment), tally=Tally.CALL)
    priced = price_one("1", Decimal(asked["call"]["duration_s"]), table)
    assert priced.billed_seconds == asked["expected"]["billed_duration_s"]


@pytest.mark.parametrize("case", ANCHORED)
def test_both_ways_to_count_pulses(case: str) -> None:
    """After the minimum, as here by default; or of the total, where the tariff says so."""
    asked = CASES[case]
    tariff = asked["tariff"]
    for anchor, (name, expected) in zip(PulseAnchor, asked["expected"].items(), strict=True):
        assert name.startswith(("anchored_after_minimum", "total_multiple"))
        increment = Increment(tariff["minimum_s"], tariff["increment_s"])
        terms = Terms(increment=increment, pulse_anchor=anchor, rounding=KEPT)
        table = RateTable.flat(a_minute(tariff["rate"]), plan=terms, tally=Tally.CALL)
        priced = price_one("1", Decimal(asked["call"]["duration_s"]), table)
        assert priced.billed_seconds == expected["billed_s"]
        assert priced.cost == Decimal(expected["cost"])


@pytest.mark.parametrize("case", DURATIONS)
def test_durations_are_rounded_as_peers_round_them(case: str) -> None:
    """`math` is half up."""
    asked = CASES[case]
    for method, expected in asked["expected"].items():
        rounding = DurationRounding("half_up" if method == "math" else method)
        table = RateTable.flat(Decimal(1), plan=Terms(duration_rounding=rounding), tally=Tally.CALL)
        assert (
            price_one("1", Decimal(asked["call"]["duration_s"]), table).billed_seconds == expected
        )


@pytest.mark.parametrize("case", TIERS)
def test_tiers_of_volume_are_steps(case: str) -> None:
    """A tier is as long as its ends are apart; beyond the last nothing is priced. A tenth of a
    unit is a second. A price by 3.5 units is no rate a minute of ten decimals: the cost, rounded to six, is exact."""
    asked = CASES[case]
    steps, at = [], 0
    for tier in asked["tariff"]["steps"]:
        interval = int(Fraction(str(tier["interval"])) * 10)
        pulse = interval if tier.get("ceil", True) else 1
        rate = KEPT.of(Fraction(str(tier["price"])) * 60 / interval)
        steps.append(Step(at, rate, pulse))
        at += int((Fraction(str(tier["to"])) - Fraction(str(tier["from"]))) * 10)
    steps.append(Step(at, Decimal(0), 1))
    terms = Terms(rounding=Rounding(Method.HALF_EVEN, 6))
    table = RateTable.flat(tuple(steps), plan=terms, tally=Tally.CALL)
    volume = Decimal(str(asked["call"]["volume"])) * 10
    assert price_one("1", volume, table).cost == Decimal(asked["expected"]["charge"])


def test_cx20_amounts_are_rounded_alike() -> None:
    """0.12345 at four decimals."""
    asked = CASES["cx20"]
    for method, expected in asked["expected"].items():
        rounding = Rounding(Method(method), asked["tariff"]["round_dp"])
        assert rounding.of(Decimal(asked["call"]["amount"])) == Decimal(expected)


def test_cx21_rounded_amounts_add_up() -> None:
    """The peer prices 9.1 s as they are; rounding and sum are ours to compare."""
    asked = CASES["cx21"]
    tariff = asked["tariff"]
    exact = Fraction(asked["call"]["duration_s"]) * Fraction(tariff["rate"]) / tariff["unit_s"]
    each = Rounding(Method(tariff["round_mode"]), tariff["round_dp"]).of(exact)
    assert each == Decimal(asked["expected"]["cost_each"])
    assert each * asked["call"]["count"] == Decimal(asked["expected"]["total"])


def test_cx22_a_corrected_duration_is_priced_anew() -> None:
    """An hour that was a minute."""
    asked = CASES["cx22"]
    rate = a_minute(asked["tariff"]["rate"], asked["tariff"]["unit_s"])
    table = RateTable.flat(rate, plan=Terms(), tally=Tally.CALL)
    for when in ("before", "after"):
        seconds = Decimal(asked["call"][f"duration_s_{when}"])
        assert price_one("1", seconds, table).cost == Decimal(asked["expected"][f"cost_{when}"])


def test_yt09_failed_attempts_cost_their_fee() -> None:
    """Customer's and vendor's, net of tax."""
    asked = CASES["yt09"]
    for side, key in (("customer", "customer_no_vat"), ("vendor", "vendor")):
        fee = Decimal(asked["tariff"][f"{side}_attempt_fee"])
        table = RateTable.flat(Decimal(1), plan=Terms(attempt_fee=fee), tally=Tally.CALL)
        assert price_one("1", None, table).cost == Decimal(asked["expected"][key])


@pytest.mark.parametrize("case", PRORATED)
def test_days_of_a_month_are_prorated(case: str) -> None:
    """A server at 1 a month owes as many months as the peer counts, each day its month's share."""
    span = CASES[case]["call"]
    first, last = (date.fromisoformat(span[end]) for end in ("from", "to_inclusive"))
    terms = MinimumTerms(Decimal(1), Prorate.DAY, 0, KEPT)
    server = Server("s", "acme", first, last)
    owed = sum(
        (
            server_owed.owed
            for month in months_ending(first, month_end(last))
            for server_owed in required(
                [MinimumStretch(month, month_end(month), terms)], [server]
            ).servers
        ),
        Fraction(0),
    )
    expected = CASES[case]["expected"]["months"]
    written = Fraction(1, 10 ** len(expected.partition(".")[2]))
    assert abs(owed - Fraction(expected)) < written


@pytest.mark.parametrize("case", MINIMUMS)
def test_what_is_short_of_a_minimum_is_charged(case: str) -> None:
    """The minimum less what was spent."""
    said = CASES[case]
    needed, spent = Decimal(said["tariff"]["minimum_spend"]), Decimal(said["call"]["spend"])
    assert shortfall(needed, spent) == Decimal(said["expected"]["extra_charge"])


@pytest.mark.parametrize("case", BANDS)
def test_seconds_cost_the_rate_of_the_time_they_fall_in(case: str) -> None:
    """A call that crosses from one into the other, and calls that do not; the fee is the first second's."""
    asked = CASES[case]
    tariff = asked["tariff"]
    days = {",".join(map(str, w["weekdays"])): w["weekdays"] for w in tariff["windows"]}
    times, rates = [], []
    for weekdays in days.values():
        held = [w for w in tariff["windows"] if w["weekdays"] == weekdays]
        starts = [second_of_day(w["start"]) for w in held]
        for window, start, end in zip(held, starts, [*starts[1:], DAY_S], strict=True):
            name = f"{weekdays} {start}"
            times.append(BandTime(name, tuple(DAYS[day - 1] for day in weekdays), start, end))
            rates.append(
                {
                    "band": name,
                    "rate": units(a_minute(window["rate"], window["unit_s"])),
                    "connect_fee": units(Decimal(window["connect_fee"])),
                }
            )
    bands = check_bands(Bands("UTC", tuple(times), split=True))
    row = dict.fromkeys(DECK_SCHEMA) | {"prefix": "1", "status": "open", "rates": rates}
    table = RateTable.of_card(
        pl.DataFrame([row], schema=DECK_SCHEMA),
        plan=Terms(rounding=Rounding(Method(tariff["round_mode"]), tariff["round_dp"])),
        card=Terms(bands=bands),
        tally=Tally.CALL,
    )
    answered = datetime.fromisoformat(asked["call"]["answer"])
    found = price_one("1", Decimal(asked["call"]["duration_s"]), table, answered)
    assert found.cost == Decimal(asked["expected"]["cost"])
