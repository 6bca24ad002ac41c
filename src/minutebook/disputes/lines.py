"""A side of a reconciliation as lines: what an invoice says, or what calls come to, by day or destination."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from minutebook.days import EPOCH
from minutebook.disputes.causes.line_differences import Line, Precision
from minutebook.disputes.causes.other_terms import INCREMENTS
from minutebook.disputes.causes.zones import QUARTER_S
from minutebook.disputes.reading.sides import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.disputes.causes.line_differences import Key
    from minutebook.disputes.prices import Prices
    from minutebook.disputes.reading.their_invoice import Invoice

DAY_S = 86_400
_MINUTE = 60
_ANY, _UNPRICED = "(any)", "(unpriced)"


@dataclass(frozen=True, slots=True)
class Grouped:
    """The days of a comparison, and whether its lines are of days, of destinations, or both."""

    first: date
    last: date
    by_day: bool
    by_destination: bool


@dataclass(frozen=True, slots=True)
class SideLines:
    """A side as lines: of days of its own zone, of destinations, or both; `names` as they are written.

    `answered_alone`: unanswered calls that cost nothing are beside the others, since the invoice does
    not count them. `quarters` are our calls by quarter-hour, from which lines of any zone are made;
    None of an invoice. `unpriced` are our calls of the days that no price is found for: they count as 0.
    """

    lines: Mapping[Key, Line]
    names: Mapping[str, str]
    quarters: pl.DataFrame | None = None
    answered_alone: bool = False
    unpriced: int = 0
    precision: Precision = field(default_factory=lambda: Precision(1, 1))


def lines_of_invoice(invoice: Invoice, by: Grouped) -> SideLines:
    """An invoice's lines of the days, those of one key added up."""
    names: dict[str, str] = {}
    sums: dict[Key, list[int | None]] = {}
    for day, destination, *figures in invoice.lines.iter_rows():
        if by.by_day and (day is None or not by.first <= day <= by.last):
            continue
        where = _plain(destination or "") if by.by_destination else ""
        names.setdefault(where, destination or "")
        key = (day.isoformat() if by.by_day else "", where)
        known = sums.setdefault(key, [None, None, None])
        sums[key] = [a if b is None else b + (a or 0) for a, b in zip(known, figures, strict=True)]
    lines = {key: Line(calls, ms, units or 0) for key, (calls, ms, units) in sums.items()}
    return SideLines(lines, names, precision=Precision(invoice.length_ms, invoice.amount_units))


def lines_of_calls(
    calls: pl.DataFrame, prices: Prices, by: Grouped, counted: int | None = None
) -> SideLines:
    """Calls (SIDE_SCHEMA) by quarter-hour and destination, also as each of INCREMENTS would bill them."""
    side = calls.with_row_index("n")
    added = (
        "destination", "prefix", "cost_units", "rate_units", "connect_fee_units", "billed_seconds",
    )  # fmt: skip
    rated = side.join(prices.of(side).select("n", *added), on="n", how="left")
    where = pl.coalesce("destination", "prefix", pl.lit(_ANY))
    unpriced = pl.col("cost_units").is_null()
    ms = pl.col("duration_ms").fill_null(0)
    at = pl.coalesce("answered_at", "setup_at").dt.epoch("s")
    frame = rated.select(
        quarter=at // QUARTER_S,
        where=pl.when(unpriced).then(pl.lit(_UNPRICED)).otherwise(where)
        if by.by_destination
        else pl.lit(""),
        ms=ms,
        seconds=-(-ms // 1000),
        own_billed=pl.col("billed_seconds").fill_null(0),
        units=pl.coalesce(AMOUNT, "cost_units", pl.lit(0, pl.Int64)),
        rate=pl.col("rate_units").fill_null(0),
        fee=pl.col("connect_fee_units").fill_null(0) * _MINUTE,
    )
    billed: dict[str, pl.Expr] = {}
    for n, (minimum, pulse) in enumerate(INCREMENTS):
        past = (pl.col("seconds") - minimum).clip(lower_bound=0)
        length = (
            pl.when(pl.col("seconds") > 0).then(minimum - (-past // pulse) * pulse).otherwise(0)
        )
        price = (pl.col("fee") + pl.col("rate") * length + _MINUTE // 2) // _MINUTE
        answered = pl.when(pl.col("seconds") > 0).then(price).otherwise(0)
        billed |= {f"ms{n}": (length * 1000).sum(), f"units{n}": answered.sum()}
    quarters = frame.group_by("quarter", "where").agg(
        calls=pl.len().cast(pl.Int64),
        ms=pl.col("ms").sum(),
        units=pl.col("units").sum(),
        idle=((pl.col("ms") == 0) & (pl.col("units") == 0)).sum().cast(pl.Int64),
        own_billed_ms=(pl.col("own_billed") * 1000).sum(),
        **billed,
    )
    names = {_plain(name): name for name in quarters["where"].unique()}
    silent = rated.filter(
        pl.col("day").is_between(by.first, by.last),
        pl.col("duration_ms").fill_null(0) > 0,
        pl.col("rate_units").is_null(),
        pl.col(AMOUNT).is_null(),
    )
    totals = SideLines({}, names, quarters, unpriced=silent.height)
    lines = lines_in_zone(totals, 0, by)
    if counted is not None:
        every = sum(line.calls or 0 for line in lines.values())
        idle = int(quarters["idle"].sum())
        alone = idle > 0 and abs(every - idle - counted) < abs(every - counted)
        totals = replace(totals, answered_alone=alone)
        lines = lines_in_zone(totals, 0, by)
    return replace(totals, lines=lines)


def lines_in_zone(totals: SideLines, zone: int, by: Grouped) -> dict[Key, Line]:
    """Our calls of the period by the days of a zone (seconds east of UTC)."""
    assert totals.quarters is not None
    day = (pl.col("quarter") * QUARTER_S + zone) // DAY_S
    inside = pl.col("day").is_between((by.first - EPOCH).days, (by.last - EPOCH).days)
    found = totals.quarters.with_columns(day=day).filter(inside)
    if not by.by_day:
        found = found.with_columns(day=pl.lit(None, pl.Int64))
    sums = found.group_by("day", "where").agg(pl.exclude("quarter").sum())
    lines = {}
    for number, where, calls, ms, units, idle, own_billed_ms, *billed in sums.iter_rows():
        day_text = "" if number is None else (EPOCH + timedelta(days=number)).isoformat()
        pairs = tuple(zip(billed[::2], billed[1::2], strict=True))
        lines[day_text, _plain(where) if by.by_destination else ""] = Line(
            calls - idle if totals.answered_alone else calls,
            ms,
            units,
            pairs,
            idle if totals.answered_alone else 0,
            own_billed_ms,
        )
    return lines


def _plain(name: str) -> str:
    """A destination's name without what writers differ in."""
    return re.sub(r"[^0-9a-z]+", "", name.casefold()) or name
