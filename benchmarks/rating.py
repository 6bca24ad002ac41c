"""Rating: from the lake's files to tallies by account and server, against the floor.

    python benchmarks/rating.py [--calls 10000000] [--prefixes 100000] [--rounds 5] [--keep FOLDER]

The floor is the scan of the columns that rating needs, every value decoded and thrown away, in
the same streaming engine; then the same scan, rated and tallied in one streaming query. Files are
as the lake's: a day's in zstd 1, ordered by account, two million calls at most. Of each query the
best of several rounds counts, the rounds of all queries taking turns. CPU seconds are of all
cores, and tell more than the clock where the machine has other work.

Destinations follow a power law over a deck of which a fifth is longer than 7 digits, or are
uniform over a deck of which half is; increments differ from row to row. "By key" has the number's
key beside it in the files (`minutebook.tariffs.prefixes.number_key`), and reads it instead.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from measure import table
from minutebook.rating import RateTable, rated, tallied
from minutebook.tariffs.decks import read_deck
from minutebook.tariffs.prefixes import number_key
from minutebook.tariffs.tariff import Tally, Terms
from workload import Workload, deck, write_lake

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ["account", "server", "called", "duration_ms"]
BY = ["account", "server"]
MAX_DURATION_MS = 168 * 3_600_000
LONG_SHARES = {"power": 0.2, "uniform": 0.5}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--prefixes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="make the files here, or use those that are")
    options = parser.parse_args()
    with (
        nullcontext(options.keep)
        if options.keep
        else tempfile.TemporaryDirectory(prefix="minutebook-bench-")
    ) as folder:
        compare("power", Path(folder), options)
        compare("uniform", Path(folder), options)


def compare(
    destinations: Literal["power", "uniform"], folder: Path, options: argparse.Namespace
) -> None:
    """Time the floor and the queries over one workload."""
    prices = deck(options.prefixes, long_share=LONG_SHARES[destinations])
    folder = folder / destinations
    folder.mkdir(parents=True, exist_ok=True)
    prices.write_csv(folder / "deck.csv")
    begun = time.perf_counter()
    rows = read_deck(folder / "deck.csv").frame
    read = time.perf_counter()
    rates = {tally: RateTable.of_card(rows, plan=Terms(), tally=tally) for tally in Tally}
    built = time.perf_counter()
    print(
        f"\n{destinations}: deck of {rows.height:,} prefixes read in {read - begun:.2f} s,"
        f" made ready in {(built - read) / len(rates):.2f} s"
    )
    work = Workload(options.calls, destinations=destinations)
    if not (folder / "calls").exists():
        write_lake(work, prices["prefix"], folder / "calls")
        with_keys(folder)

    def calls(name: str = "calls") -> pl.LazyFrame:
        return pl.scan_parquet(folder / name / "**/*.parquet", hive_partitioning=False)

    def tally(kind: Tally, name: str = "calls") -> pl.DataFrame:
        frame = rated(calls(name), rates[kind], MAX_DURATION_MS)
        return tallied(frame, BY, kind).collect(engine="streaming")

    queries: dict[str, Callable[[], Any]] = {
        "scan: the floor": lambda: scan(calls().select(COLUMNS)),
        "rate and tally the day": lambda: tally(Tally.DAILY),
        "rate and round each call": lambda: tally(Tally.CALL),
        "scan by key": lambda: scan(calls("keyed").select("called_key", *BY, "duration_ms")),
        "by key: rate and tally the day": lambda: tally(Tally.DAILY, "keyed"),
        "by key: rate and round each call": lambda: tally(Tally.CALL, "keyed"),
    }
    assert tally(Tally.CALL).sort(BY).equals(tally(Tally.CALL, "keyed").sort(BY))
    show(destinations, queries, options)


def with_keys(folder: Path) -> None:
    """The same files again, each call with its number's key."""
    for file in sorted((folder / "calls").glob("*/*.parquet")):
        target = folder / "keyed" / file.relative_to(folder / "calls")
        target.parent.mkdir(parents=True, exist_ok=True)
        frame = pl.read_parquet(file, hive_partitioning=False)
        frame.with_columns(called_key=number_key(pl.col("called"))).write_parquet(
            target, compression="zstd", compression_level=1, row_group_size=262_144
        )


def scan(frame: pl.LazyFrame) -> None:
    """Decode every value, keep none."""
    frame.sink_batches(lambda _: None, engine="streaming")


def show(title: str, queries: dict[str, Callable[[], Any]], options: argparse.Namespace) -> None:
    """Run the queries in turns and print the best of each against the first."""
    wall = dict.fromkeys(queries, float("inf"))
    cpu = dict(wall)
    for _ in range(options.rounds):
        for name, query in queries.items():
            clock, process = time.perf_counter(), time.process_time()
            query()
            wall[name] = min(wall[name], time.perf_counter() - clock)
            cpu[name] = min(cpu[name], time.process_time() - process)
    floor = next(iter(queries))
    rows = [
        [
            name,
            f"{wall[name]:.2f}",
            f"{cpu[name]:.2f}",
            f"{options.calls / wall[name] / 1e6:.1f}",
            f"{wall[floor] / wall[name]:.2f}",
            f"{cpu[floor] / cpu[name]:.2f}",
        ]
        for name in queries
    ]
    headings = ["query", "wall (s)", "CPU (s)", "M calls/s", "of the floor", "of its CPU"]
    table(f"{options.calls:,} calls, destinations {title}", headings, rows)


if __name__ == "__main__":
    main()
