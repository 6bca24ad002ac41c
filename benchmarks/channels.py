"""Channels: daily peaks, five-minute peaks and percentiles of every account, against the floor.

    python benchmarks/channels.py [--calls 50000000] [--days 30] [--portion 4] [--keep FOLDER]

The floor is the scan of the columns that occupancy needs (account, setup, answer and end), every
value decoded and thrown away. Files are as the lake's. Days are taken a portion at a time, which
bounds the memory; a portion reads the files of the day after too, whose calls may have been set up
before midnight.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from pathlib import Path

import polars as pl

from measure import measured, table, working_folder
from minutebook.traffic.occupancy import occupancy, percentile
from minutebook.traffic.percentile import INTERVALS
from workload import Workload, deck, write_lake

COLUMNS = ["account", "setup_at", "answered_at", "ended_at"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=50_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--portion", type=int, default=4, help="days taken at a time")
    parser.add_argument("--keep", type=Path, help="make the files here, or use those that are")
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        lake = folder / f"calls-{options.calls}-{options.days}"
        work = Workload(options.calls, days=options.days)
        if not lake.exists():
            measured(made, work, lake)
        rows = []
        pieces = [
            ("scan: the floor", measured(floor, lake)),
            ("peaks and percentiles", measured(peaks, lake, work, options.portion)),
        ]
        for name, piece in pieces:
            seconds = piece.result
            rows.append(
                [
                    name,
                    f"{seconds:.1f}",
                    f"{options.calls / seconds / 1e6:.1f}",
                    f"{pieces[0][1].result / seconds:.2f}",
                    f"{piece.peak_gb:.2f}",
                ]
            )
    headings = ["", "wall (s)", "M calls/s", "of the floor", "peak (GB)"]
    table(
        f"{options.calls:,} calls of {work.accounts:,} accounts, {options.days} days",
        headings,
        rows,
    )


def made(work: Workload, lake: Path) -> None:
    """Write the lake."""
    write_lake(work, deck()["prefix"], lake)


def scanned(lake: Path) -> pl.LazyFrame:
    return pl.scan_parquet(lake / "**/*.parquet", hive_partitioning=False).select(COLUMNS)


def floor(lake: Path) -> float:
    """Seconds of decoding alone."""
    begun = time.perf_counter()
    scanned(lake).sink_batches(lambda _: None, engine="streaming")
    return time.perf_counter() - begun


def peaks(lake: Path, work: Workload, portion: int) -> float:
    """Seconds of a month's peaks and percentiles, of every account and day."""
    begun = time.perf_counter()
    found = 0
    for start in range(0, work.days, portion):
        first = work.first_day + timedelta(days=start)
        last = min(first + timedelta(days=portion - 1), work.first_day + timedelta(days=work.days))
        near = [first + timedelta(days=n) for n in range(-1, portion + 1)]
        files = [file for day in near for file in sorted((lake / f"day={day}").glob("*.parquet"))]
        calls = pl.scan_parquet(files, hive_partitioning=False)
        held = occupancy(calls, first, last)
        p95 = percentile(held.intervals, ["account", "day"], INTERVALS)
        found += p95.height
    if found < work.accounts * work.days // 2:
        raise RuntimeError(f"only {found:,} days of accounts have calls")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
