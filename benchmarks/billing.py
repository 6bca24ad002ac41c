"""Billing from the lake to the posted ledger: a month at once, and one more day of a long year.

    python benchmarks/billing.py [--calls 5000000 50000000] [--days 7 365] [--daily 2000000]

The floor of a month is the scan of the columns that rating reads, all decoded, in the same run.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import minutebook
from measure import measured, table
from minutebook.lake.delta import DataFile
from minutebook.lake.proving import digested_name
from minutebook.lake.scans import FILE_SCHEMA, FILE_STATISTICS
from workload import Workload, deck, write_lake

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.lake.lake import Lake

FIRST_DAY = date(2026, 1, 1)
READ = ["account", "server", "called", "duration_ms"]
LATE_DAYS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, nargs="*", default=[5_000_000, 50_000_000])
    parser.add_argument("--days", type=int, nargs="*", default=[7, 365])
    parser.add_argument("--daily", type=int, default=2_000_000)
    options = parser.parse_args()
    if options.calls:
        months(options.calls)
    if options.days:
        daily(options.days, options.daily)


def months(sizes: list[int]) -> None:
    """Bill a month of so many calls of 1,000 accounts by a card of 100,000 prefixes."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
            book, prefixes = make_book(Path(folder) / "book")
            fill(book.lake, Workload(size, days=31, first_day=FIRST_DAY), prefixes)
            floor = measured(scan, str(book.path))
            billed = measured(bill, str(book.path), FIRST_DAY + timedelta(days=30))
            again = measured(bill, str(book.path), FIRST_DAY + timedelta(days=30))
            rows.append(
                [
                    f"{size:,}",
                    f"{floor.seconds:.1f}",
                    f"{billed.seconds:.1f}",
                    f"{size / billed.seconds / 1e6:.2f}",
                    f"{floor.seconds / billed.seconds:.2f}",
                    f"{billed.peak_gb:.2f}",
                    f"{billed.result:,}",
                    f"{again.seconds:.1f}",
                ]
            )
            book.stop()
    headings = [
        "calls",
        "scan (s)",
        "bill (s)",
        "M calls/s",
        "of the scan",
        "peak (GB)",
        "postings",
        "again (s)",
    ]
    table("A month from the lake to the posted ledger, 1,000 accounts", headings, rows)


def daily(lengths: list[int], size: int) -> None:
    """Bill one more day, with late calls for five old days, on books of so many days.

    Each day is a link to the same files: a run reads and prices them all the same.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
        made = make_book(Path(folder) / "book")
        made[0].stop()
        day_files = write_lake(Workload(size, days=1), made[1], Path(folder) / "day")
        late_files = write_lake(Workload(20, days=1, seed=2), made[1], Path(folder) / "late")
        for days in lengths:
            book, _ = make_book(Path(folder) / f"book{days}")
            last = FIRST_DAY + timedelta(days=days - 1)
            link(book.lake, day_files, [FIRST_DAY + timedelta(days=n) for n in range(days)])
            first = measured(bill, str(book.path), last)
            link(book.lake, day_files, [last + timedelta(days=1)])
            old = [FIRST_DAY + timedelta(days=n * days // LATE_DAYS) for n in range(LATE_DAYS)]
            link(book.lake, late_files, old)
            more = measured(bill, str(book.path), last + timedelta(days=1))
            rows.append(
                [
                    f"{days:,}",
                    f"{size:,}",
                    f"{first.seconds:.1f}",
                    f"{more.seconds:.2f}",
                    f"{more.result:,}",
                    f"{more.peak_gb:.2f}",
                ]
            )
            book.stop()
    headings = [
        "days in the book",
        "calls a day",
        "first run (s)",
        "one more day (s)",
        "postings",
        "peak (GB)",
    ]
    table(f"One more day, with late calls for {LATE_DAYS} old ones", headings, rows)


def link(lake: Lake, files: list[Path], days: list[date]) -> None:
    """Put the same files into the lake for each of these days, one commit a day."""
    like = [
        DataFile.measured(
            path,
            pl.read_parquet(path, columns=FILE_STATISTICS, hive_partitioning=False),
            FILE_STATISTICS,
            FIRST_DAY,
        )
        for path in files
    ]
    for day in days:
        lake_table = lake.table().create({"day": pl.Date, **FILE_SCHEMA}, partition_by=["day"])
        added = []
        for number, (path, measures) in enumerate(zip(files, like, strict=True)):
            name = f"day={day}/{path.parent.parent.name}-{day}-{number}.parquet"
            target = lake.calls / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
            added.append(replace(measures, path=name, day=day))
        lake.commit(lake_table, added)


def make_book(folder: Path) -> tuple[Book, pl.Series]:
    """A book with 1,000 accounts on one plan by a card of 100,000 prefixes."""
    book = minutebook.init(folder)
    prices = deck()
    prices.rename({"name": "destination"}).write_csv(folder / "deck.csv")
    book.import_card("a-z", folder / "deck.csv")
    plan = '[plan.a-z]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "a-z"\n'
    accounts = "".join(
        f'[account.account-{n:04}]\nplan = "a-z"\nfrom = 2025-01-01\nmatch = [ {{ account_code = "{n}" }} ]\n'
        for n in range(1000)
    )
    (folder / "carrier.toml").write_text(plan + accounts)
    book.apply([folder / "carrier.toml"])
    book.stop()
    return book, prices["prefix"]


def fill(lake: Lake, work: Workload, prefixes: pl.Series) -> None:
    """Put made-up calls into the lake in one commit, as an import would."""
    schema = {"day": pl.Date, **FILE_SCHEMA}
    lake_table = lake.table().create(schema, partition_by=["day"])
    with tempfile.TemporaryDirectory(dir=lake.location) as folder:
        files = []
        for path in write_lake(work, prefixes, Path(folder)):
            day = date.fromisoformat(path.parent.name.removeprefix("day="))
            frame = pl.read_parquet(path, columns=FILE_STATISTICS, hive_partitioning=False)
            file = DataFile.measured(path, frame, FILE_STATISTICS, day)
            stem = f"bench-{work.seed}-{work.first_day}-{path.stem}"
            name = f"{path.parent.name}/{digested_name(stem, str(file.digest))}"
            files.append(replace(file, path=name))
            lake.place(path, name)
        lake.commit(lake_table, files)


def scan(book: str) -> int:
    """Decode every value of the columns that rating reads."""
    lake = minutebook.open(book).lake
    rows = 0

    def count(batch: pl.DataFrame) -> None:
        nonlocal rows
        rows += batch.height

    lake.scan(lake.snapshot().files).select(READ).sink_batches(count, engine="streaming")
    return rows


def bill(book: str, through: date) -> int:
    """Bill, as the command does; gives the postings."""
    with minutebook.open(book) as opened:
        return opened.bill(through).postings


if __name__ == "__main__":
    main()
