"""Rating: from the lake's files to tallies by account and server, against the floor.

    python benchmarks/rating.py [--calls 10000000] [--prefixes 100000] [--rounds 5] [--keep FOLDER]

The floor is the scan of what rating needs of a call (account, server, called number, duration),
every value decoded and thrown away, in the same streaming engine; then the same calls, rated and
tallied in one streaming query. Files are as the lake's: a day's in zstd 1, ordered by account and
server, two million calls at most. Of each query the best of several rounds counts, the rounds of
all queries taking turns. CPU seconds are of all cores, and tell more than the clock where the
machine has other work.

In the lake the called number's key (`minutebook.cards.number_key.number_key`) stands beside it,
and rating reads the key in its place. That is a faster scan, which is shown beside the floor; and
"from the number" is rating where the key is not there.

Destinations are uniform over a deck of American offices, callers American too; or they follow a power law over a deck of which a fifth is longer than 7 digits, or are
uniform over a deck of which half is; increments differ from row to row.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from measure import table, working_folder
from minutebook.cards.bands import DAYS, Bands, BandTime
from minutebook.cards.callers import OTHER, Callers
from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.decks import read_deck
from minutebook.cards.jurisdictions import STATES, Jurisdictions
from minutebook.cards.number_key import number_key
from minutebook.cards.origins import Origins
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.calls import CALLED_KEY, rated
from minutebook.rating.countries import Countries
from minutebook.rating.lookups import NO_LOOKUPS, LookUps
from minutebook.rating.numbering import Numbering, PortedNumbers
from minutebook.rating.table import RateTable
from minutebook.rating.tally import tallied
from workload import Workload, american_deck, deck, write_lake

if TYPE_CHECKING:
    from collections.abc import Callable

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
    with working_folder(options.keep) as folder:
        compare("american", folder, options)
        compare("power", folder, options)
        compare("uniform", folder, options)


def compare(
    destinations: Literal["american", "power", "uniform"], folder: Path, options: argparse.Namespace
) -> None:
    """Time the floor and the queries over one workload."""
    american = destinations == "american"
    prices = (
        american_deck(options.prefixes)
        if american
        else deck(options.prefixes, long_share=LONG_SHARES[destinations])
    )
    folder = folder / destinations
    folder.mkdir(parents=True, exist_ok=True)
    prices.write_csv(folder / "deck.csv")
    begun = time.perf_counter()
    rows = read_deck(folder / "deck.csv").frame
    read = time.perf_counter()
    rates = {tally: RateTable.of_card(rows, plan=Terms(), tally=tally) for tally in Tally}
    banded = {split: in_bands(rows, split=split) for split in (False, True)}
    built = time.perf_counter()
    jurisdictional = by_jurisdiction(rows)
    original = by_origin(rows)
    of_callers = by_class(rows, Callers(("1", "1212", "44")))
    print(
        f"\n{destinations}: deck of {rows.height:,} prefixes read in {read - begun:.2f} s,"
        f" made ready in {(built - read) / (len(rates) + len(banded)):.2f} s"
    )
    spread: Literal["power", "uniform"] = "power" if destinations == "power" else "uniform"
    work = Workload(options.calls, destinations=spread, american=american)
    if not (folder / "calls").exists():
        write_lake(work, prices["prefix"], folder / "calls")
    calls = pl.scan_parquet(folder / "calls" / "**/*.parquet", hive_partitioning=False)
    without_keys = calls.drop(CALLED_KEY)

    def tally(
        kind: Tally, calls: pl.LazyFrame = calls, table: RateTable | None = None
    ) -> pl.DataFrame:
        frame = rated(calls, table or rates[kind], MAX_DURATION_MS)
        return tallied(frame, BY, kind).collect(engine="streaming")

    queries: dict[str, Callable[[], Any]] = {
        "scan: the floor": lambda: scan(calls.select(*BY, "called", "duration_ms")),
        "rate and tally the day": lambda: tally(Tally.DAILY),
        "rate and round each call": lambda: tally(Tally.CALL),
        "round each call, by the band at its answer": lambda: tally(
            Tally.CALL, table=banded[False]
        ),
        "round each call, each second by its band": lambda: tally(Tally.CALL, table=banded[True]),
        "round each call, by jurisdiction and routing number": lambda: tally(
            Tally.CALL, table=jurisdictional
        ),
        "round each call, by origin": lambda: tally(Tally.CALL, table=original),
        "round each call, by the caller's prefix": lambda: tally(Tally.CALL, table=of_callers),
        "scan with the key": lambda: scan(calls.select(*BY, CALLED_KEY, "duration_ms")),
        "rate and tally, from the number": lambda: tally(Tally.DAILY, without_keys),
    }
    assert tally(Tally.CALL).sort(BY).equals(tally(Tally.CALL, without_keys).sort(BY))
    show(destinations, queries, options)


def in_bands(rows: pl.DataFrame, *, split: bool) -> RateTable:
    """The deck with prices of three bands, in a zone whose clocks change."""
    times = (
        BandTime("peak", DAYS[:5], 8 * 3600, 18 * 3600),
        BandTime("weekend", DAYS[5:7]),
        BandTime("night"),
    )
    prices = [
        pl.struct(
            pl.lit(band).alias("band"),
            (pl.col("rate") * share // 4).alias("rate"),
            pl.lit(None, pl.Int64).alias("connect_fee"),
        )
        for band, share in (("peak", 4), ("weekend", 3), ("night", 2))
    ]
    return RateTable.of_card(
        rows.with_columns(rates=pl.concat_list(prices)),
        plan=Terms(),
        card=Terms(bands=Bands("Europe/London", times, split)),
        tally=Tally.CALL,
    )


def by_jurisdiction(rows: pl.DataFrame) -> RateTable:
    """The deck with prices of three jurisdictions: every office of a million has a state, and a million numbers were ported."""
    offices = pl.DataFrame({"n": pl.int_range(10**6, eager=True)}).select(
        office=pl.col("n").cast(pl.String).str.zfill(6),
        state=pl.lit(pl.Series(STATES)).gather(pl.col("n") % len(STATES)),
    )
    numbers = "1" + (2 * 10**9 + 7919 * pl.int_range(10**6, eager=True)).cast(pl.String)
    keys = numbers.alias("n").to_frame().select(number_key(pl.col("n"))).to_series().rechunk()
    routes = numbers.head(40_000)
    ported = PortedNumbers(
        keys, pl.int_range(10**6, eager=True) % 40_000, routes, keys.head(40_000)
    )
    return by_class(rows, Jurisdictions(lrn=True), LookUps(Numbering.of(offices, ported)))


def by_origin(rows: pl.DataFrame) -> RateTable:
    """The deck with prices of three origins, by the table of countries that comes with Minutebook."""
    origins = Origins(("US", "CA"), ("US", "GB"))
    return by_class(rows, origins, LookUps(countries=Countries.of(country_prefixes())))


def by_class(
    rows: pl.DataFrame,
    classes: Jurisdictions | Origins | Callers,
    lookups: LookUps = NO_LOOKUPS,
) -> RateTable:
    """The deck with a price for each class."""
    prices = [
        pl.struct(
            pl.lit(name).alias("band"),
            (pl.col("rate") * (4 + n) // 4).alias("rate"),
            pl.lit(None, pl.Int64).alias("connect_fee"),
        )
        for n, name in enumerate(classes.names)
        if name != OTHER
    ]
    return RateTable.of_card(
        rows.with_columns(rates=pl.concat_list(prices)),
        plan=Terms(),
        card=Terms(bands=classes),
        tally=Tally.CALL,
        lookups=lookups,
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
