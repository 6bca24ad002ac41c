"""Checks of what one call costs: durations, increments, fees, rounding, the two ways to price minutes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.docs.rules.tables import each

from minutebook import money
from minutebook.calls.check import checked
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.calls.source import Source
from minutebook.cards.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
    check_steps,
)
from minutebook.declarations.document import Document
from minutebook.errors import InputError
from minutebook.money import Method, Rounding
from minutebook.rating.calls import rated
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.rating.tally import rounded_sum, tallied

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

    from minutebook.rating.single import PricedCall

_STEP = re.compile(r"from (\d+): ([\d.]+) by (\d+)")


def plain(amount: Decimal) -> str:
    """An amount without zeros at its end."""
    return money.text(amount, 0)


def rounding(text: str) -> Rounding:
    """`up 4`, or `none`."""
    method, _, precision = text.partition(" ")
    return Rounding(Method(method), int(precision or 4))


def steps(text: str) -> tuple[Step, ...]:
    """`from 0: 0.40 by 30; from 60: 0.20 by 10`."""
    found = (_STEP.fullmatch(part.strip()) for part in text.split(";"))
    return tuple(Step(int(m[1]), Decimal(m[2]), int(m[3])) for m in found if m)


def terms(row: Row) -> Terms:
    """What a row's columns say of pricing; the defaults where it has none of them."""
    said: dict[str, Any] = {}
    if "Increment" in row:
        said["increment"] = Increment.parse(row["Increment"])
    amounts = {
        "Connect fee": "connect_fee",
        "Attempt fee": "attempt_fee",
        "Least": "minimum_cost",
        "Most": "maximum_cost",
    }
    for heading, name in amounts.items():
        if heading in row:
            said[name] = Decimal(row[heading])
    if "Grace (s)" in row:
        said["grace_ms"] = int(Decimal(row["Grace (s)"]) * 1000)
    if "Free (s)" in row:
        said["free_ms"] = int(Decimal(row["Free (s)"]) * 1000)
    if "Seconds rounded" in row:
        said["duration_rounding"] = DurationRounding(row["Seconds rounded"])
    if "Rounding" in row:
        said["rounding"] = rounding(row["Rounding"])
    return Terms(**said)


def priced(seconds: str, price: Decimal | tuple[Step, ...], plan: Terms) -> PricedCall:
    lasted = None if seconds == "not answered" else Decimal(seconds)
    return price_one("44", lasted, RateTable.flat(price, plan=plan, tally=Tally.CALL))


def call(row: Row) -> dict[str, str]:
    """A call by the terms in its row."""
    price = steps(row["Steps"]) if "Steps" in row else Decimal(row.get("Rate", "1"))
    found = priced(row["Duration (s)"], price, terms(row))
    outcome = {
        "Billed (s)": str(found.billed_seconds),
        "Cost": plain(found.cost),
        "Effective rate": "none" if found.effective_rate is None else plain(found.effective_rate),
    }
    return {heading: value for heading, value in outcome.items() if heading in row}


def duration(row: Row) -> dict[str, str]:
    """The length of a call from its times, or from the record's own word."""

    def instant(heading: str) -> datetime | None:
        text = row[heading]
        return (
            None
            if text == "none"
            else datetime.fromisoformat(f"2026-10-01T{text}").replace(tzinfo=UTC)
        )

    record: dict[str, Any] = dict.fromkeys(RECORD_SCHEMA) | {
        "row": 0,
        "call_id": "c",
        "setup_at": datetime(2026, 10, 1, tzinfo=UTC),
        "answered_at": instant("Answered"),
        "ended_at": instant("Ended"),
    }
    if "duration_ms of the record" in row and row["duration_ms of the record"] != "none":
        record["duration_ms"] = int(row["duration_ms of the record"])
    found = checked(pl.DataFrame([record], schema=RECORD_SCHEMA), Source("s")).row(0, named=True)
    lasts = found["duration_ms"]
    return {"Duration (ms)": "none" if lasts is None else str(lasts)}


def whole_seconds(row: Row) -> dict[str, str]:
    lasted = row["Duration (s)"]
    return {
        str(method): str(priced(lasted, Decimal(1), Terms(duration_rounding=method)).billed_seconds)
        for method in DurationRounding
    }


def anchor(row: Row) -> dict[str, str]:
    increment = Increment.parse(row["Increment"])
    return {
        f"From the {anchor}": str(
            priced(
                row["Duration (s)"], Decimal(1), Terms(increment=increment, pulse_anchor=anchor)
            ).billed_seconds
        )
        for anchor in PulseAnchor
    }


def rounded(row: Row) -> dict[str, str]:
    amount, decimals = Decimal(row["Amount"]), int(row["Decimals"])
    return {str(method): plain(Rounding(method, decimals).of(amount)) for method in Method}


def step_lengths(row: Row) -> dict[str, str]:
    try:
        check_steps(steps(row["Steps"]))
    except InputError:
        return {"Taken": "no"}
    return {"Taken": "yes"}


def price_taken(row: Row) -> dict[str, str]:
    try:
        RateTable.flat(money.parse_price(row["Price"]), plan=Terms(), tally=Tally.CALL)
    except InputError:
        return {"Taken": "no"}
    return {"Taken": "yes"}


def two_ways(row: Row) -> dict[str, str]:
    """So many calls alike, each rounded, and their sum rounded once."""
    count, lasts = int(row["Calls"]), int(Decimal(row["Duration (s)"]) * 1000)
    calls = pl.LazyFrame(
        {"a": [1] * count, "called": ["44"] * count, "duration_ms": [lasts] * count}
    )
    found = {}
    for tally in Tally:
        plan = terms(row).over(DEFAULT_TERMS)
        table = RateTable.flat(Decimal(row["Rate"]), plan=plan, tally=tally)
        sums = tallied(rated(calls, table, lasts), ["a"], tally).collect().row(0, named=True)
        assert plan.rounding is not None
        owed = rounded_sum(
            tally, plan.rounding, numerator=sums["numerator"], cost_units=sums["cost_units"]
        )
        found[f'tally = "{tally}"'] = plain(owed)
    return found


def left_out(row: Row) -> dict[str, str]:
    """What a plan says that says nothing."""
    said = {"model": "per_minute", "currency": "USD"}
    bare = {
        "by rate": said | {"rate": "1"},
        "by card": said | {"card": "a-z"},
        "by channel": said | {"model": "per_channel", "tiers": [{"channels": 1, "price": "1"}]},
    }
    account = {"name": "a", "plan": "by rate", "from": datetime(2026, 1, 1).date()}
    document = Document.model_validate({"plan": bare, "account": {"a": account}})
    plans = {name: table.plan(name) for name, table in document.plan.items()}
    body = {name: plan.to_body() for name, plan in plans.items()}
    minutes, channels = body["by rate"], body["by channel"]
    values = {
        "increment": minutes["increment"],
        "connect_fee": minutes["connect_fee"],
        "attempt_fee": minutes["attempt_fee"],
        "grace_seconds": str(minutes["grace_ms"]),
        "duration_rounding": minutes["duration_rounding"],
        "rounding": "{method} {precision}".format(**minutes["rounding"]),
        "pulse_anchor": minutes["pulse_anchor"],
        "minimum_cost": minutes.get("minimum_cost", "none"),
        "maximum_cost": minutes.get("maximum_cost", "none"),
        "tally, with one rate or steps": minutes["tally"],
        "tally, with a card": body["by card"]["tally"],
        "tier_mode": channels["tier_mode"],
        "charge": channels["charge"],
        "over": channels["over"]["policy"],
        "bill_by": channels["bill_by"],
        "minimum_per_server": plain(plans["by channel"].minimum_per_server),
        "prorate": str(plans["by channel"].prorate),
        "debit_limit": plain(document.account["a"].debit_limit or Decimal(0)),
    }
    return {"Left out": values[row["Key"]]}


CHECKS = {
    "call": each(call),
    "duration": each(duration),
    "whole_seconds": each(whole_seconds),
    "anchor": each(anchor),
    "rounded": each(rounded),
    "step_lengths": each(step_lengths),
    "price_taken": each(price_taken),
    "two_ways": each(two_ways),
    "left_out": each(left_out),
}
