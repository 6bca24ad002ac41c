"""One call and what it costs, with the way there in words: for `price` and `explain`.

The numbers come out of the very expressions that rate millions; here they are only told.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.cards.tariff import Increment, Step, Tally
from minutebook.money import (
    NUMERATOR_UNITS,
    SCALE,
    Method,
    Rounding,
    decimal_of_units,
    text,
)
from minutebook.rating.calls import described, rated, rounded_seconds
from minutebook.rating.table import said

if TYPE_CHECKING:
    from minutebook.rating.table import RateTable

_EFFECTIVE = Rounding(Method.HALF_UP, 5)


@dataclass(frozen=True, slots=True)
class PricedCall:
    """What one call costs, and why. Amounts are of the table's currency, rates a minute.

    `status` is "priced", "unpriced" (no prefix matches) or "blocked". `rate`, `increment` and
    `connect_fee` are the tariff's, None where nothing prices the call; of a stepped price they
    are the first of `steps`. `cost` is rounded, under a daily tally as if the call were alone
    that day; `effective_rate` is cost / actual duration · 60, None at 0 s
    (docs/rules/cost.md, "Effective rate"). `explanation` has a line a step of the computation.
    """

    status: str
    prefix: str | None
    destination: str | None
    rate: Decimal | None
    increment: Increment | None
    steps: tuple[Step, ...]
    connect_fee: Decimal | None
    billed_seconds: int
    cost: Decimal
    effective_rate: Decimal | None
    explanation: tuple[str, ...]


def price_one(called: str, seconds: Decimal | None, table: RateTable) -> PricedCall:
    """What a call of `seconds` (None: not answered; from a thousandth on truncated) costs
    (docs/rules/cost.md, "The cost of a call").
    """
    duration_ms = None if seconds is None else int(seconds * 1000)
    schema = {"called": pl.String(), "duration_ms": pl.Int64()}
    call = pl.LazyFrame([(called, duration_ms)], schema=schema, orient="row")
    longest_ms = duration_ms or 0
    (result,) = described(rated(call, table, longest_ms), table).collect().to_dicts()
    terms = _row_terms(table, result["row"])
    priced = result["status"] == "priced"
    cost = decimal_of_units(result["cost_units"])
    if table.tally is Tally.DAILY:
        cost = table.rounding.of_numerator(result["numerator"])
    told = _Told(called, duration_ms, result, terms, table, cost)
    return PricedCall(
        status=result["status"],
        prefix=result["prefix"],
        destination=result["destination"],
        rate=decimal_of_units(result["rate_units"]) if priced else None,
        increment=terms.increment if priced else None,
        steps=terms.steps,
        connect_fee=terms.connect_fee if priced else None,
        billed_seconds=result["billed_seconds"],
        cost=cost,
        effective_rate=_EFFECTIVE.of(Fraction(cost) * 60 / Fraction(seconds))
        if priced and seconds
        else None,
        explanation=(
            told.price(),
            *((told.unanswered(),) if duration_ms is None else told.duration(call)),
            *told.cost_lines(),
        )
        if priced
        else (told.price(),),
    )


@dataclass(frozen=True, slots=True)
class _RowTerms:
    """What holds for the calls of one row of the table."""

    increment: Increment
    connect_fee: Decimal
    grace_ms: int
    rounding: Rounding
    steps: tuple[Step, ...]


def _row_terms(table: RateTable, row: int | None) -> _RowTerms:
    position = table.deck.height - 1 if row is None else row
    profile = table.profile.at(pl.lit(position, dtype=pl.UInt32))
    columns = [column.at(profile).alias(name) for name, column in table.profiles.items()]
    values: dict[str, Any] = pl.select(columns).row(0, named=True)
    steps: list[dict[str, int]] = table.deck["steps"].to_list()[position] or []
    zeros = len(str(values["rounding_unit"] // 60)) - 1  # the unit is 60 times a power of ten
    return _RowTerms(
        Increment(values["minimum_s"], values["pulse_s"]),
        decimal_of_units(values["connect_fee"]),
        values["grace_ms"],
        Rounding(Method(values["rounding_method"]), SCALE - zeros),
        tuple(Step(s["from_s"], decimal_of_units(s["rate"]), s["pulse_s"]) for s in steps),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """The way to a call's cost, a sentence a step."""

    called: str
    duration_ms: int | None
    result: dict[str, Any]
    terms: _RowTerms
    table: RateTable
    cost: Decimal

    def price(self) -> str:
        """Which price holds."""
        if self.result["status"] == "unpriced":
            return f"no prefix of the card begins {self.called}: not billed, listed as unpriced"
        if self.result["prefix"] is None:
            where = "one price for every destination"
        else:
            name = self.result["destination"]
            where = f"longest prefix {self.result['prefix']}" + (f" ({name})" if name else "")
        if self.result["status"] == "blocked":
            return f"{where} is blocked: not billed, listed as unpriced"
        steps = ", ".join(
            f"{text(step.rate)} a minute from second {step.from_s} by {step.pulse_s} s"
            for step in self.terms.steps
        )
        rate = text(decimal_of_units(self.result["rate_units"]))
        return f"{where}: {steps or f'{rate} a minute, increment {self.terms.increment}'}"

    def unanswered(self) -> str:
        """Why there are no seconds."""
        return f"not answered: attempt fee {text(decimal_of_units(self.table.attempt_fee))}"

    def duration(self, call: pl.LazyFrame) -> list[str]:
        """From the duration to the billed seconds."""
        assert self.duration_ms is not None
        lasted = f"duration {Decimal(self.duration_ms).scaleb(-3)} s"
        if 0 < self.duration_ms <= self.terms.grace_ms:
            grace = Decimal(self.terms.grace_ms).scaleb(-3)
            return [f"{lasted}: not longer than the grace of {grace} s, so free of charge"]
        seconds = rounded_seconds(call, self.table, self.duration_ms).item()
        method = said(self.table.terms.duration_rounding)
        rounded = f"{lasted}, rounded {method.value} to {seconds} s"
        return [rounded, f"billed {self.result['billed_seconds']} s"]

    def cost_lines(self) -> list[str]:
        """From the billed seconds to the cost."""
        exact = Fraction(self.result["numerator"], NUMERATOR_UNITS)
        lines = []
        if self.duration_ms is not None:
            fee = self.terms.connect_fee if self.result["billed_seconds"] else Decimal(0)
            lines = [f"connect fee {text(fee)} + {self._seconds_at_rates()} = {_digits(exact)}"]
        daily = self.table.tally is Tally.DAILY
        rounding = self.table.rounding if daily else self.terms.rounding
        what = "the day's sum is" if daily else "the call is"
        alone = ", this call alone" if daily else ""
        lines.append(
            f"{what} rounded {rounding.effective_method.value} at {rounding.decimals} decimals"
            f"{alone}: {text(self.cost)}"
        )
        return lines

    def _seconds_at_rates(self) -> str:
        """The products of seconds and rates, one a step."""
        billed = self.result["billed_seconds"]
        steps = self.terms.steps
        if not steps:
            return f"{billed} s x {text(decimal_of_units(self.result['rate_units']))} / 60"
        parts = []
        for step, end in zip(steps, [*(s.from_s for s in steps[1:]), billed], strict=True):
            length = min(billed, end) - step.from_s
            if length > 0 or step.from_s == 0:
                parts.append(f"{length} s x {text(step.rate)} / 60")
        return " + ".join(parts)


def _digits(amount: Fraction) -> str:
    """The amount at up to ten decimals, with an ellipsis where there are more."""
    kept = Rounding(Method.DOWN, SCALE).of(amount)
    return text(kept) + ("…" if Fraction(kept) != amount else "")
