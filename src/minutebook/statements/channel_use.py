"""How an account used its channels, day by day (docs/rules/channels.md, "Channels held")."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.channel_days import ChannelDay, channel_days
from minutebook.days import days_between
from minutebook.lake.lake import as_files
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.traffic.attempts import attempts_by_day
from minutebook.traffic.occupancy import occupancy, percentile
from minutebook.traffic.percentile import INTERVALS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from minutebook.lake.lake import Lake
    from minutebook.lake.snapshot import Snapshot
    from minutebook.ledger.database import Database

_DAY_S = 86_400
_MS = 1000


@dataclass(frozen=True, slots=True, repr=False)
class DayUse(Shown):
    """One UTC day of an account, or of one of its servers.

    `mean` is channel-seconds / 86,400; `seconds_above` is how long more were held than bought,
    None where none were bought. Ratios are 0 to 1, and None without attempts.
    """

    day: date
    """The UTC day."""
    server: str | None
    """The server, where days are asked for by server; None: all of the account's."""
    bought: int | None
    """The channels bought on that day; None where none are."""
    peak: int
    peak_at: datetime | None
    mean: Fraction
    p95: int
    seconds_above: Fraction | None
    cps_peak: int
    attempts: int
    answered: int
    ended_by_people: int
    """Attempts that the people ended before an answer: busy, no answer, cancelled."""
    duration_ms: int
    """The answered time of the day's calls, in milliseconds."""

    @property
    def asr(self) -> float | None:
        """Answer seizure ratio: answered / attempts."""
        return self.answered / self.attempts if self.attempts else None

    @property
    def acd_seconds(self) -> float | None:
        """Mean duration of answered calls."""
        return self.duration_ms / _MS / self.answered if self.answered else None

    @property
    def ner(self) -> float | None:
        """Network effectiveness ratio: answered or ended by the people / attempts."""
        return (self.answered + self.ended_by_people) / self.attempts if self.attempts else None


@dataclass(frozen=True, slots=True, repr=False)
class ChannelUse(Shown):
    """An account's days; `bought` is the last day's. `without_setup` calls count from the answer."""

    account: str
    bought: int | None
    """The channels bought on the last day; None where none are."""
    days: tuple[DayUse, ...]
    """Every UTC day that is asked for, by server where that is asked for."""
    without_setup: int


def channel_use(
    database: Database,
    lake: Lake,
    account: str,
    first: date,
    last: date,
    *,
    by_server: bool = False,
    enough: Callable[[], bool] | None = None,
) -> ChannelUse:
    """How an account used channels from `first` to `last`; by server, servers without calls left out.

    With `enough`, days that are not known yet are worked out until it says so, and the rest left out.
    """
    days = days_between(first, last)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
        holdings = carrier.holdings_of(carrier.account_named(account), [])
    bought = {day: holdings.channels_on(day) for day in days}
    snapshot = lake.snapshot()
    if by_server:
        found, without_setup = _by_server(lake, snapshot, account, days)
    else:
        used = channel_days(lake, snapshot, account, bought, enough)
        found = [_day_use(day, used[day], bought[day]) for day in days if day in used]
        without_setup = sum(use.without_setup for use in used.values())
    return ChannelUse(account, bought[days[-1]], tuple(found), without_setup)


def _day_use(day: date, use: ChannelDay, bought: int | None) -> DayUse:
    above = None if bought is None else Fraction(use.above_us.get(bought, 0), 10**6)
    return DayUse(
        day=day,
        server=None,
        bought=bought,
        peak=use.peak,
        peak_at=use.peak_at,
        mean=Fraction(use.channel_us, 10**6 * _DAY_S),
        p95=use.p95,
        seconds_above=above,
        cps_peak=use.cps_peak,
        attempts=use.attempts,
        answered=use.answered,
        ended_by_people=use.ended_by_people,
        duration_ms=use.duration_ms,
    )


def _by_server(
    lake: Lake, snapshot: Snapshot, account: str, days: Sequence[date]
) -> tuple[list[DayUse], int]:
    """The days by server, and how many calls have no setup."""
    first, last, keys = days[0], days[-1], ["server", "day"]
    calls = lake.scan(as_files(snapshot.holding(first, last))).filter(pl.col("account") == account)
    held = occupancy(calls, first, last, by=["server"])
    peaks = held.days.join(percentile(held.intervals, keys, INTERVALS), on=keys, how="left")
    counted = attempts_by_day(calls, first, last, ["server"])
    rows = counted.join(peaks, on=keys, how="full", coalesce=True)
    by_key = {(row["server"], row["day"]): row for row in rows.iter_rows(named=True)}
    servers = rows["server"].unique().sort().to_list()
    figures = [one.name for one in fields(ChannelDay) if one.name in rows.columns]
    found = []
    for day in days:
        for server in servers:
            row = by_key.get((server, day), {})
            use = ChannelDay(**{name: row[name] for name in figures if row.get(name) is not None})
            found.append(replace(_day_use(day, use, None), server=server))
    return found, int(counted["without_setup"].sum() or 0)
