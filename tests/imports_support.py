"""Files of calls and a lake to import them into."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from minutebook.book.clock import now
from minutebook.calls.identify import AccountSpan, Directory, MatchRule
from minutebook.intake import intake
from minutebook.lake.lake import Lake
from minutebook.lake.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import polars as pl

    from minutebook.calls.source import Source
    from minutebook.intake.intake import ImportResult

DAY = date(2026, 10, 5)
ACME = Directory(
    (MatchRule("acme", server="lon-1"),),
    (AccountSpan("acme", date(2026, 10, 1)), AccountSpan("globex", date(2026, 10, 1))),
)
HEADER = [
    "call_id", "server", "leg", "caller", "called", "setup_at", "answered_at", "ended_at",
    "account", "account_code",
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of a file of the format `minutebook`; times in seconds after midnight of `day`."""

    call_id: str
    server: str = "lon-1"
    leg: str = ""
    caller: str = "442079460000"
    called: str = "12025550100"
    day: date = DAY
    setup_s: float = 36_000
    ring_s: float | None = 5
    talk_s: float = 60
    account: str = ""
    account_code: str = ""

    def fields(self) -> list[str]:
        setup = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
        setup += timedelta(seconds=self.setup_s)
        answered = "" if self.ring_s is None else setup + timedelta(seconds=self.ring_s)
        ended = (answered or setup) + timedelta(seconds=self.talk_s)
        times = [t if t == "" else t.isoformat() for t in (setup, answered, ended)]
        return [self.call_id, self.server, self.leg, self.caller, self.called, *times,
                self.account, self.account_code]  # fmt: skip

    def but(self, **changes: object) -> Row:
        return replace(self, **changes)


def write(path: Path, rows: Iterable[Row]) -> Path:
    """A CSV file of these calls."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(row.fields() for row in rows)
    return path


def read_back(folder: Path) -> pl.DataFrame:
    """All calls of the lake in `folder`, by identity."""
    lake = Lake(folder)
    calls = lake.scan(lake.snapshot().files).collect()
    return calls.sort("source", "server", "call_id", "leg")


@dataclass
class Site:
    """A lake with its quarantine, and what is declared."""

    folder: Path
    directory: Directory = ACME
    sources: dict[str, Source] = field(default_factory=dict)
    lake: Lake = field(init=False)
    quarantine: Quarantine = field(init=False)

    def __post_init__(self) -> None:
        self.lake = Lake(self.folder)
        self.quarantine = Quarantine(self.folder, now)

    def load(
        self,
        *files: Path,
        format: str = "minutebook",
        source: Source | None = None,
        other_calls: bool = False,
    ) -> ImportResult:
        result = intake.import_files(
            self.lake,
            self.quarantine,
            files,
            format=format,
            source=source,
            directory=self.directory,
            other_calls=other_calls,
        )
        assert (
            result.read == result.added + result.duplicates + result.quarantined + result.discarded
        )
        assert sum(result.reasons.values()) == result.quarantined
        return result

    def retry(self) -> ImportResult:
        result = intake.retry(
            self.lake, self.quarantine, sources=self.sources, directory=self.directory
        )
        assert (
            result.read == result.added + result.duplicates + result.quarantined + result.discarded
        )
        return result

    @property
    def calls(self) -> pl.DataFrame:
        return read_back(self.folder)

    @property
    def ids(self) -> list[str]:
        return sorted(self.calls["call_id"])
