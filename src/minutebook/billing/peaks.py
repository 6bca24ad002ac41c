"""The channels that calls held, for the plans that charge by them: kept by day, as tallies are.

A run computes the days of which the lake's files have changed since they were last computed, and
all days of accounts whose declarations have.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from minutebook.billing.differences import WrongPeak
from minutebook.days import ONE_DAY
from minutebook.ledger import channel_peaks, runs
from minutebook.plans.holdings import DayPeaks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from minutebook.lake.lake import Lake, Snapshot
    from minutebook.ledger.channel_peaks import Place
    from minutebook.ledger.connection import Connection
    from minutebook.plans.holdings import Holdings
    from minutebook.traffic.occupancy import Occupancy

_CALLS_AT_ONCE = 20_000_000
_NO_FILES = ""
"""The fingerprint of a day whose calls were all taken back."""


@dataclass(slots=True)
class Peaks:
    """What accounts held, and what a run found of it: `found` differs from what was kept, and `fallen` of
    that is less."""

    by_account: dict[str, dict[date, DayPeaks]] = field(default_factory=dict)
    found: dict[Place, DayPeaks] = field(default_factory=dict)
    fingerprints: dict[date, str] = field(default_factory=dict)
    fallen: set[Place] = field(default_factory=set)


def bring_up_to_date(
    connection: Connection,
    lake: Lake,
    snapshot: Snapshot,
    owing: Mapping[str, Holdings],
    changed: Collection[str],
    through: date,
) -> Peaks:
    """The peaks up to `through` of the accounts that are charged by them, as the lake has them now."""
    accounts = {name: held for name, held in owing.items() if held.by_peaks}
    if not accounts:
        return Peaks()
    first = min(held.first for held in accounts.values())
    now = fingerprints_of_days(snapshot, first, through)
    known = channel_peaks.fingerprints(connection)
    emptied = {day for day, of in known.items() if of != _NO_FILES and first <= day <= through}
    now |= dict.fromkeys(emptied - now.keys(), _NO_FILES)
    moved = {day: now[day] for day in now if now[day] != known.get(day)}
    wanted: dict[date, set[str]] = defaultdict(set)
    for name, held in accounts.items():
        for begin, end, terms in held.stretches(first, through):
            if terms.by_peaks:
                day = begin
                while day <= end:
                    if day in moved or (name in changed and day in now):
                        wanted[day].add(name)
                    day += ONE_DAY
    kept = channel_peaks.of_accounts(connection, accounts, first, through)
    peaks = Peaks(kept, fingerprints=moved)
    for (name, day), held_then in _computed(lake, snapshot, wanted):
        before = kept[name].get(day, DayPeaks())
        if held_then != before:
            peaks.found[name, day] = kept[name][day] = held_then
            if _height(held_then) < _height(before):
                peaks.fallen.add((name, day))
    return peaks


def _height(held: DayPeaks) -> int:
    """The channels of all intervals together: late calls only add to it."""
    return sum(peak * count for peak, count in held.intervals)


def with_peaks(
    connection: Connection, every: Mapping[str, Holdings], month: date, last: date
) -> dict[str, Holdings]:
    """Holdings with what was billed of a month's channels; days to come are taken to be alike."""
    by_peaks = [name for name, held in every.items() if held.by_peaks]
    if not by_peaks:
        return dict(every)
    through = runs.billed_through(connection)
    kept = channel_peaks.of_accounts(connection, by_peaks, month, last)
    return dict(every) | {
        name: every[name].with_peaks(kept[name]).going_on(month, through) for name in by_peaks
    }


def peaks_of(
    lake: Lake, snapshot: Snapshot, accounts: Collection[str], first: date, last: date
) -> dict[str, dict[date, DayPeaks]]:
    """What accounts held from `first` to `last`, as the lake has it; nothing is kept."""
    found: dict[str, dict[date, DayPeaks]] = defaultdict(dict)
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    wanted = {day: set(accounts) for day in days} if accounts else {}
    for (name, day), held in _computed(lake, snapshot, wanted):
        found[name][day] = held
    return found


def wrong_peaks(
    connection: Connection, lake: Lake, snapshot: Snapshot, owing: Mapping[str, Holdings]
) -> Iterator[WrongPeak]:
    """Each day whose channels were not those of its calls, for `verify`.

    Days of which the lake's files have changed since the last run are left to the next.
    """
    accounts = {name: held for name, held in owing.items() if held.by_peaks}
    if not accounts:
        return
    first = min(held.first for held in accounts.values())
    known = channel_peaks.fingerprints(connection)
    last = max(known, default=first)
    now = fingerprints_of_days(snapshot, first, last)
    settled = {day for day in now if known.get(day) == now[day]}
    wanted: dict[date, set[str]] = defaultdict(set)
    for name, held in accounts.items():
        for day in settled:
            terms = held.on(day)
            if terms is not None and terms.by_peaks:
                wanted[day].add(name)
    kept = channel_peaks.of_accounts(connection, accounts, first, last)
    for (name, day), held_now in _computed(lake, snapshot, wanted):
        held_then = kept[name].get(day, DayPeaks())
        if held_now != held_then:
            yield WrongPeak(name, day, held_now.peak, held_then.peak)


def day_peaks(held: Occupancy) -> dict[Place, DayPeaks]:
    """What accounts held, by (account, day); `held` by account."""
    import polars as pl

    intervals: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    counted = held.intervals.filter(pl.col("peak") > 0).group_by("account", "day", "peak")
    for account, day, peak, count in counted.agg(pl.col("count").sum()).sort("peak").iter_rows():
        intervals[account, day].append((peak, count))
    return {
        (account, day): DayPeaks(peak, tuple(intervals[account, day]))
        for account, day, peak in held.days.select("account", "day", "peak").iter_rows()
    }


def fingerprints_of_days(snapshot: Snapshot, first: date, last: date) -> dict[date, str]:
    """Of the files whose calls may hold a channel on each day; days without such are absent."""
    from minutebook.lake.corrections import file_name

    sums: dict[date, int] = defaultdict(int)
    columns = snapshot.holding(first, last).select("path", "mark", "setup_min", "ended_max")
    for path, mark, begins, ends in columns.iter_rows():
        name = file_name(path, mark)
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])
        day = first if begins is None else max(first, _utc_day(begins))
        until = last if ends is None else min(last, _utc_day(ends))
        while day <= until:
            sums[day] += number
            day += ONE_DAY
    return {day: f"{number % 2**128:032x}" for day, number in sums.items()}


def _utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _computed(
    lake: Lake, snapshot: Snapshot, wanted: Mapping[date, set[str]]
) -> Iterator[tuple[Place, DayPeaks]]:
    """What each account held on the days that are wanted of it."""
    import polars as pl

    from minutebook.lake.lake import as_files
    from minutebook.traffic.occupancy import occupancy

    for days in _portions(snapshot, sorted(wanted)):
        names = set().union(*(wanted[day] for day in days))
        files = as_files(snapshot.holding(days[0], days[-1]))
        lake.prover.prove(files)
        calls = lake.scan(files).filter(pl.col("account").is_in(sorted(names)))
        held = occupancy(calls, days[0], days[-1])
        peaks = day_peaks(held)
        for day in days:
            for name in wanted[day]:
                yield (name, day), peaks.get((name, day), DayPeaks())


def _portions(snapshot: Snapshot, days: list[date]) -> Iterator[list[date]]:
    """The days in runs without gaps, each of which fits into memory."""
    rows: dict[date, int] = defaultdict(int)
    for file in snapshot.files:
        rows[file.day] += file.rows
    portion: list[date] = []
    total = 0
    for day in days:
        if portion and (day - portion[-1] > ONE_DAY or total + rows[day] > _CALLS_AT_ONCE):
            yield portion
            portion, total = [], 0
        portion.append(day)
        total += rows[day]
    if portion:
        yield portion
