"""How an account used its channels, day by day (docs/rules/channels.md, "Channels held")."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook.days import days_between
from minutebook.lake.lake import as_files
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.traffic.attempts import attempts_by_day
from minutebook.traffic.occupancy import occupancy, percentile
from minutebook.traffic.percentile import INTERVALS

if TYPE_CHECKING:
    from datetime import date, datetime

    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.plans.holdings import Holdings

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
) -> ChannelUse:
    """How an account used channels from `first` to `last`; by server, servers without calls left out."""
    days = days_between(first, last)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
        holdings = carrier.holdings_of(carrier.account_named(account), [])
    files = as_files(lake.snapshot().holding(first, last))
    calls = lake.scan(files).filter(pl.col("account") == account)
    group = ["server"] if by_server else []
    keys = [*group, "day"]
    held = occupancy(calls, first, last, by=group or ["account"], with_states=not group)
    peaks = held.days.join(percentile(held.intervals, keys, INTERVALS), on=keys, how="left")
    counted = attempts_by_day(calls, first, last, group)
    rows = counted.join(peaks, on=keys, how="full", coalesce=True)
    by_key = {(row.get("server"), row["day"]): row for row in rows.iter_rows(named=True)}
    above = _above(held.states, holdings)
    servers: list[str | None] = [None]
    if by_server:
        servers = rows["server"].unique().sort().to_list()
    found = []
    for day in days:
        bought = holdings.channels_on(day)
        for server in servers:
            row = by_key.get((server, day), {})
            found.append(
                DayUse(
                    day=day,
                    server=server,
                    bought=None if by_server else bought,
                    peak=row.get("peak") or 0,
                    peak_at=row.get("peak_at"),
                    mean=Fraction(row.get("channel_us") or 0, 10**6 * _DAY_S),
                    p95=row.get("p95") or 0,
                    seconds_above=None
                    if by_server or bought is None
                    else Fraction(above.get(day, 0), 10**6),
                    cps_peak=row.get("cps_peak") or 0,
                    attempts=row.get("attempts") or 0,
                    answered=row.get("answered") or 0,
                    ended_by_people=row.get("ended_by_people") or 0,
                    duration_ms=row.get("duration_ms") or 0,
                )
            )
    without_setup = int(counted["without_setup"].sum() or 0)
    return ChannelUse(account, holdings.channels_on(last), tuple(found), without_setup)


def _above(states: pl.DataFrame | None, holdings: Holdings) -> dict[date, int]:
    """Microseconds of each day in which more channels were held than bought."""
    found: dict[date, int] = {}
    if states is None:
        return found
    for day, held, us in states.select("day", "held", "us").iter_rows():
        bought = holdings.channels_on(day)
        if bought is not None and held > bought:
            found[day] = found.get(day, 0) + us
    return found
