"""How many channels and servers an account's traffic needs
(docs/rules/capacity.md, "Servers for traffic").
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.peaks import day_peaks
from minutebook.days import ONE_DAY, days_between
from minutebook.errors import InputError
from minutebook.lake.lake import as_files
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.traffic.attempts import attempts_by_day
from minutebook.traffic.demand import Servers, demand, grown, held_calls
from minutebook.traffic.occupancy import Occupancy, occupancy, percentile
from minutebook.traffic.percentile import INTERVALS
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.ledger.database import Database
    from minutebook.plans.holdings import DayPeaks
    from minutebook.plans.terms import Account
    from minutebook.traffic.demand import Demand

_SIZES = 40
_BUSY = 20
"""Attempts a day from which a day without any is worth a word."""

_CALLS_AT_ONCE = 5_000_000


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is asked: the share of attempts that may be lost, and what if."""

    blocking: Fraction = Fraction(1, 100)
    """The share of attempts that may find no channel, as in `Fraction(1, 100)`."""
    growth: Fraction = Fraction(0)
    """By how much there is more traffic: `Fraction(1, 5)` is 20 % more."""
    cps_limit: int | None = None
    """The most attempts in one second that are let through; None: all."""
    servers: Servers = field(default_factory=Servers)
    """What one server takes, in channels and attempts a second."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was recorded of a period, before any growth; and what holds a channel in it.

    `held` as traffic.demand wants it, grown. `days_without_calls` are those of a busy account.
    `cps_peak` are the most attempts of one second.
    """

    first: date
    last: date
    attempts: int
    answered: int
    ended_by_people: int
    duration_ms: int
    without_setup: int
    days_without_calls: tuple[date, ...]
    cps_peak: int
    held: pl.DataFrame

    @property
    def asr(self) -> float:
        return self.answered / self.attempts

    @property
    def acd_seconds(self) -> float | None:
        return self.duration_ms / 1000 / self.answered if self.answered else None

    @property
    def ner(self) -> float:
        return (self.answered + self.ended_by_people) / self.attempts

    def minutes(self, growth: Fraction) -> Fraction:
        """Minutes used, with so much growth."""
        return Fraction(self.duration_ms, 60_000) * (1 + growth)

    @property
    def begin(self) -> datetime:
        """The first instant of the period."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return datetime.combine(self.last, time(), UTC) + ONE_DAY


@dataclass(frozen=True, slots=True, repr=False)
class Capacity(Shown):
    """What an account's traffic of a period asks for.

    `bought` are the channels of each day of the period; None where none are bought.
    """

    account: str
    assumptions: Assumptions
    """What was asked."""
    traffic: Traffic
    """The calls of the period, counted."""
    demand: Demand
    """The channels that the busiest hour asks for."""
    peak: int
    peak_at: datetime | None
    p95: int
    cps_peak: int
    days: Mapping[date, DayPeaks]
    """The peaks of each UTC day of the period."""
    bought: Mapping[date, int | None]
    """The channels bought on each UTC day of the period; None where none are."""

    @property
    def channels(self) -> int:
        """The channels to have: enough by replay and by Erlang B."""
        return max(self.demand.channels_replay, self.demand.channels_erlang_b)

    @property
    def refused_share(self) -> float:
        """The share of the attempts that the limit of attempts a second refuses."""
        curve = self.demand.curve
        return curve.refused[0] / curve.attempts if curve.attempts else 0.0

    @property
    def servers(self) -> int:
        return self.assumptions.servers.needed(self.channels, self.cps_peak)

    @property
    def sizes(self) -> list[int]:
        """The numbers of channels that the curve is shown at."""
        curve = self.demand.curve
        low = min(curve.fewest(Fraction(1, 2)), curve.peak)
        step = max(1, -(-(curve.peak - low) // (_SIZES - 1)))
        shown = {*range(low, curve.peak + 1, step), curve.peak, self.demand.channels_replay}
        return sorted(shown)


def traffic_of(
    lake: Lake,
    snapshot: Snapshot,
    account: str,
    first: date,
    last: date,
    growth: Fraction,
    expected: tuple[date, date] = (date.min, date.max),
) -> Traffic:
    """An account's calls of a period; `InputError` where there are none.

    From and to the days `expected` a day without calls is a gap.
    """
    days = days_between(first, last)
    dawn = datetime.combine(first, time(), UTC)
    dusk = datetime.combine(last, time(), UTC) + ONE_DAY
    files = as_files(snapshot.holding(first, last))
    calls = lake.scan(files).filter(pl.col("account") == account)
    begin = pl.coalesce("setup_at", "answered_at")
    inside = pl.col("day").is_between(first, last)
    near = calls.filter(inside | ((begin < dusk) & (pl.col("ended_at") > dawn)))
    counts = attempts_by_day(near, first, last).filter(pl.col("attempts") > 0)
    held = held_calls(near, inside)
    if counts.is_empty():
        raise InputError(_no_calls(account, first, last, held.height))
    attempts = int(counts["attempts"].sum())
    since, until = expected
    silent = set(days) - set(counts["day"].to_list())
    seconds = held.lazy().filter("counted").group_by(pl.col("begin") // 1_000_000).len().collect()
    return Traffic(
        first=first,
        last=last,
        attempts=attempts,
        answered=int(counts["answered"].sum()),
        ended_by_people=int(counts["ended_by_people"].sum()),
        duration_ms=int(counts["duration_ms"].sum()),
        without_setup=int(counts["without_setup"].sum()),
        days_without_calls=tuple(sorted(day for day in silent if since <= day <= until))
        if attempts >= _BUSY * counts.height
        else (),
        cps_peak=int(seconds["len"].max() or 0),  # type: ignore[arg-type]  # a column's maximum may be of any type
        held=grown(held, growth),
    )


def _no_calls(account: str, first: date, last: date, carried: int) -> str:
    if not carried:
        return (
            f"{account} has no calls from {first} to {last}, so nothing can be said of its channels;"
            " choose other days, or import its calls"
        )
    return (
        f"{account} has no calls of its own from {first} to {last}, only {counted(carried, 'call')}"
        " of the days around that held a channel; choose a period with these days"
    )


def capacity(
    database: Database,
    lake: Lake,
    account: str,
    first: date,
    last: date,
    asked: Assumptions,
    today: date,
) -> Capacity:
    """What an account's traffic of a period asks for; `InputError` where it has no calls.

    Days from `today`, a UTC day, on are no gaps.
    """
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    declared = carrier.account_named(account)
    yesterday = today - ONE_DAY
    expected = declared.terms[0].from_day, min(yesterday, declared.closed or yesterday)
    traffic = traffic_of(lake, lake.snapshot(), account, first, last, asked.growth, expected)
    need = demand(traffic.held, traffic.begin, traffic.end, asked.blocking, asked.cps_limit)
    held = held_by_day(traffic.held, traffic.first, traffic.last)
    peak, peak_at, p95 = _peaks(held, traffic)
    # copies come minutes after their calls, so a second of the grown traffic is no measure
    cps = math.ceil(traffic.cps_peak * (1 + asked.growth))
    if asked.cps_limit is not None:
        cps = min(cps, asked.cps_limit)
    days = {day: found for (_, day), found in day_peaks(held).items()}
    bought = bought_by_day(carrier, declared, first, last)
    return Capacity(account, asked, traffic, need, peak, peak_at, p95, cps, days, bought)


def bought_by_day(
    carrier: Carrier, account: Account, first: date, last: date
) -> dict[date, int | None]:
    """The channels that an account has bought on each day, as declared; None where it buys none."""
    holdings = carrier.holdings_of(account, [])
    return {day: holdings.channels_on(day) for day in days_between(first, last)}


def held_by_day(held: pl.DataFrame, first: date, last: date) -> Occupancy:
    """The occupancy of the days from `first` to `last`, of calls as traffic.demand has them."""

    def instant(column: str) -> pl.Expr:
        return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")

    calls = held.lazy().select(
        account=pl.lit(""),
        setup_at=instant("begin"),
        answered_at=pl.lit(None, pl.Datetime("us", "UTC")),
        ended_at=instant("end"),
    )
    days = days_between(first, last)
    at_once = max(1, len(days) * _CALLS_AT_ONCE // max(1, held.height))
    parts = [occupancy(calls, *_ends(days[n : n + at_once])) for n in range(0, len(days), at_once)]
    return Occupancy(
        pl.concat([part.days for part in parts]), pl.concat([part.intervals for part in parts])
    )


def _peaks(held: Occupancy, traffic: Traffic) -> tuple[int, datetime | None, int]:
    """The highest peak, its first instant, and the percentile of all five-minute peaks."""
    highest = held.days.sort("peak", "peak_at", descending=[True, False])
    days = (traffic.last - traffic.first).days + 1
    found = percentile(held.intervals, ["account"], days * INTERVALS)
    p95 = int(found["p95"][0]) if found.height else 0
    if highest.is_empty():
        return 0, None, p95
    return int(highest["peak"][0]), highest["peak_at"][0], p95


def _ends(days: list[date]) -> tuple[date, date]:
    return days[0], days[-1]
