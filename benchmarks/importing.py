"""Importing: CSV files of calls into the lake, deduplicated and fsynced, against the floor.

    python benchmarks/importing.py [--calls 10000000 …] [--days 5] [--keep FOLDER]

The floor reads the same CSV and writes it as one Parquet file, as text: nothing understood,
compared, sorted or fsynced. Then the file is imported into an empty lake, once more (all
duplicates), and another file of as many calls of the same days into the lake that is full by
then. Every piece runs in a process of its own, of which the peak memory counts; CPU seconds are
of all its cores, and tell more than the clock where the machine has other work.

A file of 10 million calls takes 1.5 GB; room for about four times that is needed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from measure import Measured, measured, table, working_folder
from minutebook.book.clock import now
from minutebook.calls.identify import AccountSpan, Directory
from minutebook.calls.source import Source
from minutebook.intake.intake import import_files
from minutebook.lake.lake import Lake
from minutebook.lake.quarantine import Quarantine
from workload import Workload, deck, write_csv


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, nargs="+", default=[10_000_000])
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="make the files here, or use those that are")
    options = parser.parse_args()
    for calls in options.calls:
        with working_folder(options.keep) as folder:
            compare(folder, calls, options.days)


def compare(folder: Path, calls: int, days: int) -> None:
    """Print what each way of taking the calls in costs."""
    work = Workload(calls, days=days)
    first, second = (measured(made, folder, replace(work, seed=seed)).result for seed in (1, 2))
    with tempfile.TemporaryDirectory(dir=folder, prefix="lake-") as name:
        lake = Path(name)
        pieces = [
            ("floor: CSV to Parquet as text", measured(floor, first, lake / "floor.parquet")),
            ("into an empty lake", measured(take_in, first, lake, calls, 0)),
            ("the same file again", measured(take_in, first, lake, 0, calls)),
            ("another file into the full lake", measured(take_in, second, lake, calls, 0)),
        ]
        size = sum(file.stat().st_size for file in (lake / "calls").rglob("day=*/*.parquet"))
    fastest = rate(pieces[0][1], calls)
    table(
        f"{calls:,} calls of {days} days, {first.stat().st_size / 1e9:.2f} GB of CSV; "
        f"{size / calls / 2:.0f} bytes a call in the lake",
        ["", "M calls/s", "of the floor", "CPU s a M calls", "peak GB"],
        [
            [
                name,
                f"{rate(piece, calls):.2f}",
                f"{rate(piece, calls) / fastest:.2f}",
                f"{piece.result[1] / calls * 1e6:.2f}",
                f"{piece.peak_gb:.2f}",
            ]
            for name, piece in pieces
        ],
    )


def rate(piece: Measured, calls: int) -> float:
    """Millions of calls a second."""
    return calls / piece.result[0] / 1e6


def made(folder: Path, work: Workload) -> Path:
    """The CSV file of a workload, made if it is not there."""
    file = folder / f"calls-{work.calls}-{work.days}-{work.seed}.csv"
    if not file.exists():
        write_csv(work, deck()["prefix"], file)
    return file


def floor(file: Path, to: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of reading and writing alone."""
    begun, cpu = time.perf_counter(), time.process_time()
    pl.scan_csv(file, infer_schema=False).sink_parquet(to, compression="zstd", compression_level=1)
    seconds = time.perf_counter() - begun, time.process_time() - cpu
    to.unlink()
    return seconds


def take_in(file: Path, folder: Path, added: int, duplicates: int) -> tuple[float, float]:
    """Seconds and CPU seconds of an import, which must end as said."""
    accounts = tuple(AccountSpan(f"account-{n:04}", date(2026, 1, 1)) for n in range(1_001))
    begun, cpu = time.perf_counter(), time.process_time()
    result: Any = import_files(
        Lake(folder),
        Quarantine(folder, now),
        [file],
        format="minutebook",
        source=Source("switches"),
        directory=Directory(spans=accounts),
    )
    seconds = time.perf_counter() - begun, time.process_time() - cpu
    if (result.added, result.duplicates) != (added, duplicates):
        raise RuntimeError(f"{file} ended as {result}")
    return seconds


if __name__ == "__main__":
    main()
