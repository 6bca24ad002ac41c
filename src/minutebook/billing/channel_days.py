"""How an account's calls used channels on each UTC day: worked out once for the files that the lake has of the day, and kept
beside it.

What is kept is made from the calls, and is made again where it is gone or where a day's files are others; no backup
needs it.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from minutebook.billing.peaks import fingerprints_of_days
from minutebook.days import ONE_DAY
from minutebook.lake.private import file_mode, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from minutebook.lake.lake import Lake, Snapshot

_AS_HERE: Final = "1"
"""Changes with what is kept, or how it is worked out: what an earlier program kept is then made again."""
_VERSIONS_KEPT: Final = 2
"""Of a day: as the lake is, and as the last run read it."""


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One UTC day of an account (docs/rules/channels.md, "Channels held"); no calls, all zero.

    `channel_us`: the channels held, times how long, in microseconds. `above_us`: by a number of channels for how long, in
    microseconds, more were held.
    """

    peak: int = 0
    peak_at: datetime | None = None
    channel_us: int = 0
    p95: int = 0
    cps_peak: int = 0
    attempts: int = 0
    answered: int = 0
    ended_by_people: int = 0
    duration_ms: int = 0
    """The answered time of the day's calls, in milliseconds."""
    without_setup: int = 0
    above_us: Mapping[int, int] = field(default_factory=dict)


def channel_days(
    lake: Lake,
    snapshot: Snapshot,
    account: str,
    bought: Mapping[date, int | None],
    enough: Callable[[], bool] | None = None,
) -> dict[date, ChannelDay]:
    """The days that `bought` names, with `above_us` for what was bought on each (None: nothing).

    With `enough` days are worked out one by one until it says so, and the others are left out; one is in any case.
    """
    found: dict[date, ChannelDay] = {}
    worked_out_any = False
    for _, days in groupby(sorted(bought), key=lambda day: day.replace(day=1)):
        month = list(days)
        kept = _Kept(lake, account, month[0])
        of_files = fingerprints_of_days(snapshot, month[0], month[-1])
        wanted: list[date] = []
        for day in month:
            known = kept.day(day, of_files.get(day, ""))
            if known is not None and (bought[day] is None or bought[day] in known.above_us):
                found[day] = known
            elif day in of_files:
                wanted.append(day)
            else:
                found[day] = ChannelDay()
        for first, last in _runs(wanted) if enough is None else zip(wanted, wanted, strict=True):
            if worked_out_any and enough is not None and enough():
                break
            worked_out_any = True
            worked_out = _worked_out(lake, snapshot, account, first, last, bought)
            for day, use in worked_out.items():
                found[day] = kept.with_above(day, of_files[day], use)
        if wanted:
            kept.write()
    return found


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days that follow each other, as the first and the last of each run of them."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == ONE_DAY:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _worked_out(
    lake: Lake,
    snapshot: Snapshot,
    account: str,
    first: date,
    last: date,
    bought: Mapping[date, int | None],
) -> dict[date, ChannelDay]:
    import polars as pl

    from minutebook.lake.lake import as_files
    from minutebook.traffic.attempts import attempts_by_day
    from minutebook.traffic.occupancy import occupancy, percentile
    from minutebook.traffic.percentile import INTERVALS

    files = as_files(snapshot.holding(first, last))
    lake.prover.prove(files)
    calls = lake.scan(files).filter(pl.col("account") == account)
    held = occupancy(calls, first, last, with_states=True)
    counted = attempts_by_day(calls, first, last)
    peaks = held.days.join(percentile(held.intervals, ["day"], INTERVALS), on="day", how="left")
    rows = counted.join(peaks, on="day", how="full", coalesce=True).fill_null(0)
    days = {first + n * ONE_DAY: ChannelDay() for n in range((last - first).days + 1)}
    figures = [name for name in asdict(ChannelDay()) if name != "above_us"]
    for row in rows.iter_rows(named=True):
        days[row["day"]] = ChannelDay(**{name: row[name] for name in figures})
    assert held.states is not None
    above: dict[date, int] = {}
    for day, channels, us in held.states.select("day", "held", "us").iter_rows():
        least = bought[day]
        if least is not None and channels > least:
            above[day] = above.get(day, 0) + us
    return {
        day: use if (least := bought[day]) is None else replace(use, above_us={least: above.get(day, 0)})
        for day, use in days.items()
    }  # fmt: skip


class _Kept:
    """What is kept of an account's month: by day, the latest first, what stands for its files and what they come to."""

    def __init__(self, lake: Lake, account: str, month: date) -> None:
        of_account = hashlib.sha256(account.encode()).hexdigest()[:32]
        self._path: Path = lake.channel_days / f"{of_account}-{month:%Y-%m}.json"
        self._days: dict[str, list[dict[str, Any]]] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(self._path.read_bytes())
            if said["as"] == _AS_HERE:
                self._days = dict(said["days"])

    def day(self, day: date, files: str) -> ChannelDay | None:
        """A day as it is of these files; None: it is not kept."""
        with suppress(ValueError, KeyError, TypeError):
            for one in self._days.get(day.isoformat(), ()):
                if one["files"] == files:
                    at = one["peak_at"]
                    above = {int(channels): us for channels, us in one["above_us"].items()}
                    figures = {name: value for name, value in one.items() if name != "files"}
                    return ChannelDay(
                        **figures | {
                            "peak_at": at and datetime.fromisoformat(at).astimezone(UTC),
                            "above_us": above,
                        }
                    )  # fmt: skip
        return None

    def with_above(self, day: date, files: str, use: ChannelDay) -> ChannelDay:
        """A day to be kept, with what is kept of it for other numbers of channels."""
        before = self.day(day, files)
        if before is not None:
            use = replace(use, above_us={**before.above_us, **use.above_us})
        others = [one for one in self._days.get(day.isoformat(), ()) if one["files"] != files]
        said = {"files": files, **asdict(use)}
        said["peak_at"] = use.peak_at and use.peak_at.isoformat()
        self._days[day.isoformat()] = [said, *others][:_VERSIONS_KEPT]
        return use

    def write(self) -> None:
        """Keep it; where that cannot be done it is worked out again."""
        draft = self._path.with_name(
            f"{self._path.name}.{os.getpid()}-{threading.get_ident()}.part"
        )
        with suppress(OSError):
            private_folder(self._path.parent)
            draft.write_text(json.dumps({"as": _AS_HERE, "days": self._days}), "utf-8")
            draft.chmod(file_mode(self._path.parent))
            draft.rename(self._path)
