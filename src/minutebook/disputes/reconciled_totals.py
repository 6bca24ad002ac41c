"""Calls, or the totals of an invoice, held against an invoice's totals by day or destination."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.days import EPOCH
from minutebook.disputes.causes.classes import UNEXPLAINED, Difference
from minutebook.disputes.causes.line_differences import line_differences
from minutebook.disputes.causes.zones import QUARTER_S, zone_of, zones
from minutebook.disputes.lines import (
    DAY_S,
    Grouped,
    lines_in_zone,
    lines_of_calls,
    lines_of_invoice,
)
from minutebook.disputes.reconciliation import Causes, DaySums, Reconciliation, Sum, TotalsCauses
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minutebook.disputes.causes.line_differences import Key, Line, LineDifference
    from minutebook.disputes.lines import SideLines
    from minutebook.disputes.prices import Prices
    from minutebook.disputes.reading.their_invoice import Invoice
    from minutebook.disputes.reconciliation import SideFacts

_SWAPPED = {
    Difference.MISSING_OURS.value: Difference.MISSING_THEIRS.value,
    Difference.MISSING_THEIRS.value: Difference.MISSING_OURS.value,
}


def reconciled_totals(
    sides: tuple[pl.DataFrame | Invoice, pl.DataFrame | Invoice],
    facts: tuple[SideFacts, SideFacts],
    prices: Prices,
    first: date,
    last: date,
    currency: str | None,
) -> Reconciliation:
    """Two sides of which one at least is an invoice, line by line of what both have: days, destinations.

    Lengths and counts that an invoice does not have are taken to be the other side's.
    """
    by = _common(sides, facts, first, last)
    swapped = isinstance(sides[1], pl.DataFrame)  # the invoice stands for them
    mine, other = reversed(sides) if swapped else sides
    assert not isinstance(other, pl.DataFrame)
    theirs = lines_of_invoice(other, by)
    ours = (
        lines_of_calls(mine, prices, by, _counted(theirs))
        if isinstance(mine, pl.DataFrame)
        else lines_of_invoice(mine, by)
    )
    for totals, fact in zip((ours, theirs), reversed(facts) if swapped else facts, strict=True):
        if not totals.lines:
            raise InputError(
                f"{fact.name} has nothing from {first} to {last}; choose other days{fact.or_end_it}"
            )
    zone, low, high = _zone(ours, theirs, by) if by.by_day else (0, 0, 0)
    there = lines_in_zone(ours, zone, by) if zone else ours.lines
    filled = {key: _filled(line, there.get(key)) for key, line in theirs.lines.items()}
    parts, found = line_differences(ours.lines, there, theirs.lines, theirs.precision)
    names = {**theirs.names, **ours.names}
    causes = TotalsCauses(
        by_day=by.by_day,
        zone_seconds=zone,
        zones=(low, high),
        increments={_named(key, names): value for key, value in found.increments.items()},
        factors_ppm={_named(key, names): value for key, value in found.factors_ppm.items()},
        fee_units=found.fee_units,
        own_total=_own_total(other),
        answered_alone=ours.answered_alone,
        swapped=swapped,
    )
    both = _sum(ours.lines.values()), _sum(filled.values())
    frame = _shown(parts, there, filled, names, swapped=swapped)
    sign = -1 if swapped else 1
    return Reconciliation(
        first=first,
        last=last,
        currency=currency,
        sides=_valued(facts, ours.unpriced, swapped=swapped),
        ours=both[swapped],
        theirs=both[not swapped],
        classes={what: _of_class(parts, what.value, sign) for what in Difference},
        unexplained=_of_class(parts, UNEXPLAINED, sign),
        matched_calls=len(there.keys() & filled.keys()),
        days=_days(there, filled, swapped=swapped) if by.by_day else (),
        causes=Causes(totals=causes),
        calls=frame,
    )


def _valued(
    facts: tuple[SideFacts, SideFacts], unpriced: int, *, swapped: bool
) -> tuple[SideFacts, SideFacts]:
    """What is known of both sides, with the calls that no price is found for."""
    ours, theirs = facts
    if swapped:
        return ours, replace(theirs, unpriced=unpriced)
    return replace(ours, unpriced=unpriced), theirs


def _counted(theirs: SideLines) -> int | None:
    """The calls that an invoice counts; None where it does not."""
    counts = [line.calls for line in theirs.lines.values() if line.calls is not None]
    return sum(counts) if len(counts) == len(theirs.lines) else None


def _common(
    sides: tuple[pl.DataFrame | Invoice, pl.DataFrame | Invoice],
    facts: tuple[SideFacts, SideFacts],
    first: date,
    last: date,
) -> Grouped:
    """Whether both sides tell days, and destinations; `InputError` where they have neither in common."""
    invoices = [side for side in sides if not isinstance(side, pl.DataFrame)]
    by_day = all(side.by_day for side in invoices)
    by_destination = all(side.by_destination for side in invoices)
    if not by_day and not by_destination:
        raise InputError(
            f"{facts[0].name} and {facts[1].name}: one has totals by day, the other by destination;"
            " hold each against the lake"
        )
    return Grouped(first, last, by_day, by_destination)


def _zone(ours: SideLines, theirs: SideLines, by: Grouped) -> tuple[int, int, int]:
    """The zone of their days, as `zone_of`; UTC where we have no calls to tell it."""
    if ours.quarters is None:
        return 0, 0, 0
    some = list(theirs.lines.values())
    name = "units"
    if all(line.calls is not None for line in some):
        name = "calls"
    elif all(line.ms is not None for line in some):
        name = "ms"
    their_days: dict[int, int] = defaultdict(int)
    for (day, _), line in theirs.lines.items():
        their_days[(date.fromisoformat(day) - EPOCH).days] += getattr(line, name) or 0
    begin, end = (by.first - EPOCH).days, (by.last - EPOCH).days
    value = (
        pl.col("calls") - pl.col("idle")
        if ours.answered_alone and name == "calls"
        else pl.col(name)
    )
    sums = ours.quarters.group_by("quarter").agg(value.sum()).rows()
    by_zone = {}
    for zone in zones():
        days: dict[int, int] = defaultdict(int)
        for quarter, value in sums:
            day = (quarter * QUARTER_S + zone) // DAY_S
            if begin <= day <= end:
                days[day] += value
        by_zone[zone] = days
    return zone_of(by_zone, their_days)


def _filled(line: Line, ours: Line | None) -> Line:
    """An invoice's line with our count and length where it has none."""
    calls, ms = (0, 0) if ours is None else (ours.calls, ours.ms)
    return replace(
        line,
        calls=calls if line.calls is None else line.calls,
        ms=ms if line.ms is None else line.ms,
    )


def _own_total(invoice: Invoice) -> tuple[int, int] | None:
    """(What its line of totals says, what its lines add up to) where the two differ."""
    lines = int(invoice.lines["units"].sum())
    said = invoice.total_units
    return (said, lines) if said is not None and said != lines else None


def _sum(lines: Iterable[Line]) -> Sum:
    total = Sum()
    for line in lines:
        total += Sum((line.calls or 0) + line.unanswered, line.ms or 0, line.units)
    return total


def _of_class(parts: Iterable[LineDifference], what: str, sign: int) -> Sum:
    """A class's sum; of two sides that changed places the classes and signs do too."""
    wanted = _SWAPPED.get(what, what) if sign < 0 else what
    total = Sum()
    for part in parts:
        if part.difference == wanted:
            total += Sum(abs(part.calls), sign * part.ms, sign * part.units)
    return total


def _days(
    ours: Mapping[Key, Line], theirs: Mapping[Key, Line], *, swapped: bool
) -> tuple[DaySums, ...]:
    sums: dict[str, list[Sum]] = defaultdict(lambda: [Sum(), Sum()])
    for which, lines in enumerate((theirs, ours) if swapped else (ours, theirs)):
        for (day, _), line in lines.items():
            sums[day][which] += _sum([line])
    return tuple(
        DaySums(date.fromisoformat(day), sums[day][0], sums[day][1], ()) for day in sorted(sums)
    )


def _shown(
    parts: Iterable[LineDifference],
    ours: Mapping[Key, Line],
    theirs: Mapping[Key, Line],
    names: Mapping[str, str],
    *,
    swapped: bool,
) -> pl.DataFrame:
    """A row a difference, with the line's figures on both sides, amounts as decimals."""
    sign = -1 if swapped else 1
    rows = []
    for part in parts:
        day, where = _named(part.key, names)
        sides = [
            (None, None, None)
            if (line := lines.get(part.key)) is None
            else ((line.calls or 0) + line.unanswered, (line.ms or 0) / 1000, line.units)
            for lines in ((theirs, ours) if swapped else (ours, theirs))
        ]
        what = _SWAPPED.get(part.difference, part.difference) if swapped else part.difference
        difference = (what, sign * part.calls, sign * part.ms / 1000, sign * part.units)
        rows.append((day or None, where or None, *sides[0], *sides[1], *difference))
    figures = {"calls": pl.Int64(), "seconds": pl.Float64(), "units": pl.Int64()}
    schema = {
        "day": pl.String(),
        "destination": pl.String(),
        **{f"our_{name}": dtype for name, dtype in figures.items()},
        **{f"their_{name}": dtype for name, dtype in figures.items()},
        "difference": pl.String(),
        **{f"difference_{name}": dtype for name, dtype in figures.items()},
    }
    return pl.DataFrame(rows, schema=schema, orient="row").select(
        money.amounts(pl.col(name)).alias(name.replace("units", "amount"))
        if name.endswith("units")
        else pl.col(name)
        for name in schema
    )


def _named(key: Key, names: Mapping[str, str]) -> Key:
    return key[0], names.get(key[1], key[1])
