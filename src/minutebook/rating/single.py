"""One call and what it costs, with the steps that lead there: for `price` and `explain`.

The numbers come out of the very expressions that rate millions; here they are only gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.callers import Callers
from minutebook.cards.classes import part_of, stride_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.revision import ALWAYS
from minutebook.cards.tariff import Increment, Step, Tally
from minutebook.money import (
    NUMERATOR_UNITS,
    SCALE,
    Method,
    Rounding,
    decimal_of_units,
)
from minutebook.rating.band_times import seconds_in_bands
from minutebook.rating.calls import described, rated, rounded_seconds
from minutebook.rating.steps import (
    AttemptFee,
    BandHolds,
    CallerHolds,
    CostBefore,
    CostBounded,
    CostRounded,
    FirstSecondsFree,
    JurisdictionHolds,
    NoPrefix,
    OriginHolds,
    PriceBlocked,
    PriceHolds,
    RoutedBy,
    SecondsBilled,
    WholeSeconds,
    WithinGrace,
)
from minutebook.rating.table import BAND, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from minutebook.cards.combined import PriceClass
    from minutebook.rating.steps import PriceStep
    from minutebook.rating.table import RateTable

_EFFECTIVE = Rounding(Method.HALF_UP, 5)


@dataclass(frozen=True, slots=True)
class PricedCall:
    """What one call costs, and why. Amounts are of the table's currency, rates a minute.

    `status` is "priced", "unpriced" (no prefix matches) or "blocked". `rate`, `increment` and
    `connect_fee` are the tariff's, None where nothing prices the call; of a stepped price they
    are the first of `steps`. `cost` is rounded, under a daily tally as if the call were alone
    that day; `effective_rate` is cost / actual duration · 60, None at 0 s
    (docs/rules/cost.md, "Effective rate"). `explanation` has the steps of the computation. `price_class`: of prices
    that differ by band, jurisdiction, origin or caller, whose holds; None where the row's prefix has one for all.
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
    explanation: tuple[PriceStep, ...]
    price_class: str | None = None


def price_one(
    called: str,
    seconds: Decimal | None,
    table: RateTable,
    answered_at: datetime = ALWAYS,
    caller: str | None = None,
) -> PricedCall:
    """What a call of `seconds` (None: not answered; from a thousandth on truncated) costs
    (docs/rules/cost.md, "The cost of a call").

    `answered_at` says which band holds, where the table has bands, and `caller` which jurisdiction, origin or prefix of callers.
    """
    duration_ms = None if seconds is None else int(seconds * 1000)
    schema = {
        "called": pl.String(),
        "caller": pl.String(),
        "duration_ms": pl.Int64(),
        "answered_at": pl.Datetime("us", "UTC"),
    }
    row = (called, caller, duration_ms, answered_at.astimezone(UTC))
    call = pl.LazyFrame([row], schema=schema, orient="row")
    longest_ms = duration_ms or 0
    (result,) = described(rated(call, table, longest_ms), table).collect().to_dicts()
    terms = _row_terms(table, result["row"])
    priced = result["status"] == "priced"
    cost = decimal_of_units(result["cost_units"])
    if table.tally is Tally.DAILY:
        cost = table.rounding.of_numerator(result["numerator"])
    way = _Way(called, duration_ms, result, terms, table, cost)
    fee = decimal_of_units(result["connect_fee_units"]) if priced else None
    return PricedCall(
        status=result["status"],
        prefix=result["prefix"],
        destination=result["destination"],
        rate=decimal_of_units(result["rate_units"]) if priced else None,
        increment=terms.increment if priced else None,
        steps=terms.steps,
        connect_fee=fee,
        billed_seconds=result["billed_seconds"],
        cost=cost,
        effective_rate=_EFFECTIVE.of(Fraction(cost) * 60 / Fraction(seconds))
        if priced and seconds
        else None,
        explanation=(
            way.price(),
            *way.classes(caller),
            *(way.to_cost(call) if priced else ()),
        ),
        price_class=_price_class(table, result),
    )


def _price_class(table: RateTable, result: dict[str, Any]) -> str | None:
    row = result["row"]
    if table.bands is None or row is None or result["status"] != "priced":
        return None
    differs = table.deck["rates"][row] is not None
    return table.bands.names[result[BAND]] if differs else None


@dataclass(frozen=True, slots=True)
class _RowTerms:
    """What holds for the calls of one row of the table."""

    increment: Increment
    connect_fee: Decimal
    grace_ms: int
    free_ms: int
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
        values["free_ms"],
        Rounding(Method(values["rounding_method"]), SCALE - zeros),
        tuple(Step(s["from_s"], decimal_of_units(s["rate"]), s["pulse_s"]) for s in steps),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """The way to a call's cost."""

    called: str
    duration_ms: int | None
    result: dict[str, Any]
    terms: _RowTerms
    table: RateTable
    cost: Decimal

    def price(self) -> PriceStep:
        """Which price holds."""
        prefix, name = self.result["prefix"], self.result["destination"]
        match self.result["status"]:
            case "unpriced":
                return NoPrefix(self.called)
            case "blocked":
                return PriceBlocked(prefix, name)
        rate = decimal_of_units(self.result["rate_units"])
        return PriceHolds(prefix, name, rate, self.terms.increment, self.terms.steps)

    def classes(self, caller: str | None) -> Iterator[PriceStep]:
        """Which band, jurisdiction, origin or caller's prefix holds, where there are some and a price."""
        if self.result["status"] != "priced":
            return
        if (bands := part_of(self.table.bands, Bands)) is not None:
            local = self.result["answered_at"].astimezone(ZoneInfo(bands.zone))
            yield BandHolds(self._name_of(bands), bands.zone, local, bands.split)
        yield from self._by_states(caller)
        origins, countries = part_of(self.table.bands, Origins), self.table.lookups.countries
        if origins is not None and countries is not None:
            called = self._routing() or self.called
            ours, theirs = (countries.country_of(one) for one in (caller, called))
            yield OriginHolds(self._name_of(origins), caller, ours, called, theirs)
        if (callers := part_of(self.table.bands, Callers)) is not None:
            name = self._name_of(callers)
            yield CallerHolds(caller, None if name == callers.names[0] else name)

    def _by_states(self, caller: str | None) -> Iterator[PriceStep]:
        """By which routing number a call is priced, and which jurisdiction holds."""
        numbering, routing = self.table.lookups.numbering, self._routing()
        if routing is not None:
            yield RoutedBy(self.called, routing)
        jurisdictions = part_of(self.table.bands, Jurisdictions)
        if jurisdictions is not None and numbering is not None:
            ours, theirs = (numbering.state_of(one) for one in (caller, routing or self.called))
            name = self._name_of(jurisdictions)
            yield JurisdictionHolds(name, caller, ours, routing or self.called, theirs)

    def _routing(self) -> str | None:
        """The number by which the called one is priced, where it was ported."""
        numbering = self.table.lookups.numbering
        return None if numbering is None else numbering.route_of(self.called)

    def _name_of(self, part: PriceClass) -> str:
        """The name of a part that the call's class has."""
        assert self.table.bands is not None
        stride, count = stride_of(self.table.bands, part), len(part.names)
        place: int = self.result[BAND]
        return part.names[place // stride % count]

    def to_cost(self, call: pl.LazyFrame) -> Iterator[PriceStep]:
        """From the duration to the cost, where there is a price."""
        if self.duration_ms is None:
            yield AttemptFee(decimal_of_units(self.table.attempt_fee))
        else:
            seconds = rounded_seconds(call, self.table, self.duration_ms).item()
            yield from self._seconds(seconds, self.duration_ms)
            fee = self.result["connect_fee_units"] if self.result["billed_seconds"] else 0
            exact = Fraction(self.result["numerator"], NUMERATOR_UNITS)
            yield CostBefore(decimal_of_units(fee), tuple(self._seconds_at_rates(seconds)), exact)
        tally = self.table.tally
        rounding = self.table.rounding if tally is Tally.DAILY else self.terms.rounding
        before = rounding.of_numerator(self.result["numerator"])
        yield CostRounded(tally, rounding.effective_method, rounding.decimals, before)
        if before != self.cost:
            yield CostBounded(self.cost > before, self.cost)

    def _seconds(self, seconds: int, duration_ms: int) -> Iterator[PriceStep]:
        """From the duration to the billed seconds."""
        if 0 < duration_ms <= self.terms.grace_ms:
            yield WithinGrace(duration_ms, self.terms.grace_ms)
            return
        if self.terms.free_ms:
            yield FirstSecondsFree(duration_ms, self.terms.free_ms)
        duration_ms = max(duration_ms - self.terms.free_ms, 0)
        yield WholeSeconds(duration_ms, said(self.table.terms.duration_rounding), seconds)
        yield SecondsBilled(self.result["billed_seconds"])

    def _seconds_at_rates(self, seconds: int) -> Iterator[tuple[int, Decimal]]:
        """Billed seconds and their rate, of each step that a call of so many seconds reached."""
        billed = self.result["billed_seconds"]
        steps = self.terms.steps
        bands = self.table.times
        if not steps and bands is not None and bands.split:
            yield from self._seconds_in_bands(bands)
            return
        if not steps:
            yield billed, decimal_of_units(self.result["rate_units"])
            return
        for step, end in zip(steps, [*(s.from_s for s in steps[1:]), seconds], strict=True):
            length = max(min(seconds, end) - step.from_s, 0)
            if length > 0 or step.from_s == 0:
                yield -(-length // step.pulse_s) * step.pulse_s, step.rate

    def _seconds_in_bands(self, bands: Bands) -> Iterator[tuple[int, Decimal]]:
        """Seconds and their rate, of each band that the call was in."""
        begin = self.result["answered_at"] + timedelta(milliseconds=self.terms.free_ms)
        billed = pl.lit(self.result["billed_seconds"], pl.Int64)
        first = pl.lit(self.result["row"], pl.UInt32)
        lying: dict[str, int] = pl.select(
            seconds_in_bands(bands, pl.lit(begin), billed)
        ).to_series()[0]
        others = self.result[BAND] - self.result[BAND] % len(bands.names)
        for n, seconds in enumerate(lying.values(), others):
            if seconds:
                slot = self.table.slot(first, pl.lit(n, pl.UInt32))
                yield seconds, decimal_of_units(pl.select(self.table.rate.at(slot)).item())
