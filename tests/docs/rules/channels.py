"""Checks of what channels cost, and of how many calls hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.calls import plain, rounding
from tests.docs.rules.tables import each

from minutebook.days import days_of_month, month_end
from minutebook.money import Method, Rounding
from minutebook.plans.per_channel import (
    Bought,
    ChannelPrices,
    Charge,
    Tier,
    TierMode,
    burst,
    day_charge,
    day_price,
    part_of_month,
)
from minutebook.traffic.occupancy import occupancy
from minutebook.traffic.percentile import INTERVALS, percentile_of, rank_from_top

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

DAY = date(2026, 10, 1)


def prices(row: Row, mode: TierMode = TierMode.VOLUME) -> ChannelPrices:
    """The tiers that stand on the page."""
    given = row.given["tiers"]
    tiers = [
        Tier(int(t["Up to"]), Decimal(t["Price a channel and month"]), int(t["Free servers"]))
        for t in given
    ]
    return ChannelPrices(tuple(tiers), mode)


def tiers(row: Row) -> dict[str, str]:
    channels = int(row["Channels"])
    volume, graduated = prices(row), prices(row, TierMode.GRADUATED)
    assert volume.free_servers(channels) == graduated.free_servers(channels)
    return {
        "volume": plain(volume.month_price(channels)),
        "graduated": plain(graduated.month_price(channels)),
        "Free": str(volume.free_servers(channels)),
    }


def day_of_month(row: Row) -> dict[str, str]:
    day, price = date.fromisoformat(row["Day"]), Decimal(row["Price of the month"])
    rule = rounding(row["Rounding"])
    return {
        "Owed until then": plain(part_of_month(price, rule, day, day.day)),
        "Charged that day": plain(day_price(price, rule, day)),
    }


def changed_month(row: Row) -> dict[str, str]:
    """A month of so many channels, and from a day on of another number."""
    change = date.fromisoformat(row["From"])
    first = change.replace(day=1)
    days = [first + timedelta(days=n) for n in range(days_of_month(first))]
    held = {True: int(row["Channels before"]), False: int(row["Channels then"])}
    found = [
        day_price(prices(row).month_price(held[day < change]), rounding(row["Rounding"]), day)
        for day in days
    ]
    return {"Charged in the month": plain(sum(found, Decimal(0)))}


def monthly(row: Row) -> dict[str, str]:
    day = date.fromisoformat(row["Day"])
    before, now = (
        None if row[h] == "none" else Bought(Decimal(row[h]), Rounding(), Charge.MONTHLY)
        for h in ("Price before", "Price now")
    )
    return {"Charged that day": plain(day_charge(day, now, before))}


def burst_of_day(row: Row) -> dict[str, str]:
    price = ChannelPrices((), burst_price=Decimal(row["Price"]))
    return {"Charged": plain(burst(price, int(row["Bought"]), int(row["Peak"]), Rounding()))}


def rank(row: Row) -> dict[str, str]:
    total = int(row["Days"]) * INTERVALS
    above = rank_from_top(total) - 1
    return {
        "Intervals": str(total),
        "Stand above": str(above),
        "Hours": plain(Rounding(Method.HALF_UP, 2).of(Fraction(above * 5, 60))),
    }


def percentile(row: Row) -> dict[str, str]:
    """So many of the month's intervals had a peak, all others none."""
    days, last = int(row["Days on the plan"]), month_end(date.fromisoformat(row["Month"] + "-01"))
    peak, count = int(row["Peak"]), int(row["In so many intervals"])
    channels = percentile_of({peak: count}, days * INTERVALS)
    price = prices(row).month_price(channels)
    return {
        "95th percentile": str(channels),
        "Charged": plain(part_of_month(price, Rounding(), last, days)),
        "Free servers": str(prices(row).free_servers(channels)),
    }


def calls_of(text: str) -> pl.LazyFrame:
    """`09:00:00–09:05:00, …`, of one day; an end before its begin is of the next."""
    rows = []
    for span in text.split(", "):
        begin, end = (
            datetime.fromisoformat(f"{DAY}T{part}").replace(tzinfo=UTC) for part in span.split("–")
        )
        rows.append((begin, end if end >= begin else end + timedelta(days=1)))
    schema = {"setup_at": pl.Datetime("us", "UTC"), "ended_at": pl.Datetime("us", "UTC")}
    frame = pl.LazyFrame(rows, schema=schema, orient="row")
    return frame.with_columns(answered_at=pl.col("setup_at"), account=pl.lit("a"))


def held(row: Row) -> dict[str, str]:
    """The channels that calls hold on a day, from their setup to their end."""
    day = DAY + timedelta(days=1) if row.get("Day", "first") == "next" else DAY
    found = occupancy(calls_of(row["Calls"]), day, day)
    said = {"Peak": "0", "Channel-seconds": "0", "Mean": "0"}
    if found.days.height:
        seconds = Fraction(found.days["channel_us"][0], 1_000_000)
        said = {
            "Peak": str(found.days["peak"][0]),
            "Channel-seconds": plain(Decimal(seconds.numerator) / seconds.denominator),
            "Mean": plain(Rounding(Method.HALF_EVEN, 4).of(seconds / 86_400)),
        }
    return {heading: value for heading, value in said.items() if heading in row}


def five_minutes(row: Row) -> dict[str, str]:
    """Five-minute intervals by their peak: `2 × 1` is two intervals with a peak of one."""
    found = occupancy(calls_of(row["Calls"]), DAY, DAY).intervals.filter(pl.col("peak") > 0)
    sums = found.group_by("peak").agg(pl.col("count").sum()).sort("peak")
    counts = sums.select("count", "peak").iter_rows()
    return {"Intervals × peak": ", ".join(f"{count} × {peak}" for count, peak in counts)}


CHECKS = {
    "tiers": each(tiers),
    "day_of_month": each(day_of_month),
    "changed_month": each(changed_month),
    "monthly": each(monthly),
    "burst_of_day": each(burst_of_day),
    "rank": each(rank),
    "percentile": each(percentile),
    "held": each(held),
    "five_minutes": each(five_minutes),
}
