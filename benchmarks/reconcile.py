"""Reconciling: a lake's calls of one account against as many of another side's, by id and without.

    python benchmarks/reconcile.py [--calls 10000000] [--keep FOLDER]

Their file is a CSV of the project's own format, of the same calls with their amounts; one in a
hundred is missing, one in a hundred is a second longer. The floor is reading that file as an
import does, and nothing else.
"""

from __future__ import annotations

import argparse
import shutil
import time
from datetime import date
from pathlib import Path

import polars as pl

import minutebook
from billing import FIRST_DAY, fill
from measure import measured, table, working_folder
from minutebook import money
from minutebook.disputes.reading.sides import recorded_calls
from minutebook.intake.reading import InputFile, Reading
from workload import Workload, deck

LAST_DAY = date(2026, 1, 31)
ACCOUNT = "account-0000"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="make the book here")
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        path = folder / f"reconcile-{options.calls}"
        shutil.rmtree(path, ignore_errors=True)
        measured(made, path, options.calls)
        pieces = [
            ("reading their file: the floor", measured(read, path)),
            ("reconcile, by id", measured(reconciled, path, "theirs.csv")),
            ("reconcile, by numbers and time", measured(reconciled, path, "other-ids.csv")),
        ]
        minutebook.open(path).stop()
    first = pieces[0][1].result[0]
    rows = [
        [
            name,
            f"{piece.result[0]:.1f}",
            f"{first / piece.result[0]:.2f}",
            f"{piece.peak_gb:.2f}",
            piece.result[1],
        ]
        for name, piece in pieces
    ]
    headings = ["", "wall (s)", "of the floor", "peak (GB)", ""]
    table(f"{options.calls:,} calls against as many", headings, rows)


def made(path: Path, calls: int) -> None:
    """A book with one account and its calls, and the other side's files."""
    book = minutebook.init(path)
    prices = deck()
    (path / "carrier.toml").write_text(
        '[plan.flat]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.005"\ntally = "call"\n'
        f'[account.{ACCOUNT}]\nplan = "flat"\nfrom = 2025-01-01\n'
        'match = [ { account_code = "0" } ]\n'
    )
    book.apply([path / "carrier.toml"])
    work = Workload(calls, days=31, first_day=FIRST_DAY, accounts=1)
    fill(book.lake, work, prices["prefix"])
    seconds = -(-pl.col("duration_ms") // 1000)
    cost = money.amounts(-(-seconds * 50_000_000 // 60 // 1_000_000) * 1_000_000)
    number = pl.int_range(pl.len())
    their = (
        book.lake.scan(book.lake.snapshot().files)
        .filter(number % 100 != 7)
        .with_columns(longer=pl.when(number % 100 == 9).then(1_000_000).otherwise(0))
        .select(
            "call_id",
            "server",
            "caller",
            "called",
            "setup_at",
            "answered_at",
            ended_at=pl.col("ended_at") + pl.duration(microseconds="longer"),
            cost=cost.fill_null(0).cast(pl.String),
        )
    )
    their.sink_csv(path / "theirs.csv", datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
    other = pl.scan_csv(path / "theirs.csv", infer_schema=False)
    renamed = other.with_columns(call_id="their-" + pl.col("call_id"))
    renamed.sink_csv(path / "other-ids.csv")
    book.close()


def read(path: Path) -> tuple[float, str]:
    """Seconds of reading and understanding their records."""
    with minutebook.open(path) as book:
        carrier = book.carrier()
    begun = time.perf_counter()
    reading = Reading([InputFile.of(path / "theirs.csv")], "auto", None, carrier.sources, None)
    calls = recorded_calls(reading, carrier.directory()).calls
    return time.perf_counter() - begun, f"{calls.height:,} calls"


def reconciled(path: Path, file: str) -> tuple[float, str]:
    """Seconds of all of it."""
    with minutebook.open(path) as book:
        begun = time.perf_counter()
        found = book.reconcile("lake", str(path / file), FIRST_DAY, LAST_DAY, account=ACCOUNT)
        seconds = time.perf_counter() - begun
    told = ", ".join(f"{c.calls:,} {what}" for what, c in found.classes.items() if c.calls)
    return seconds, told


if __name__ == "__main__":
    main()
