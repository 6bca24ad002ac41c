"""A table of ported numbers: taken in, opened, and calls looked up in it.

    python benchmarks/ported.py [--numbers 100000000]

The numbers are different ones, in no order, with 40,000 routing numbers; half of the calls go to ported numbers. Their file
takes 22 bytes a number. The floor of the import is the count of its rows that hold a comma, as text, in the same run.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import polars as pl

import minutebook
from measure import measured, table, working_folder

_SPACE = 800 * 800 * 10**4
"""Numbers whose area code and office begin with 2 to 9."""
_STEP = 2_654_435_769
_ROUTES = 40_000
_AT_ONCE = 2_000_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--numbers", type=int, default=100_000_000)
    options = parser.parse_args()
    with working_folder(None) as folder:
        file = folder / "ported.csv"
        write(file, options.numbers)
        book = minutebook.init(folder / "book")
        book.stop()
        floor = measured(scan, str(file))
        taken = measured(take, str(book.path), str(file))
        file.unlink()
        (kept,) = (folder / "book" / "lake" / "cards").glob("*.arrow")
        looked = measured(look_up, str(kept), options.numbers)
    opened, *speeds = looked.result
    row = [
        f"{options.numbers:,}", f"{floor.seconds:.1f}", f"{taken.seconds:.1f}", f"{taken.result:.1f}",
        f"{taken.peak_gb:.2f}", f"{looked.result[-1] / 1e9:.2f}", f"{opened:.2f}", f"{speeds[0] / 1e6:.1f}",
        f"{speeds[1] / 1e6:.1f}", f"{looked.peak_gb:.2f}",
    ]  # fmt: skip
    headings = [
        "numbers", "scan (s)", "import (s)", "of CPU (s)", "peak (GB)", "file (GB)", "opened (s)",
        "2 M calls (M/s)", "10 M calls (M/s)", "peak (GB)",
    ]  # fmt: skip
    table("Ported numbers", headings, [row])


def numbers(places: pl.Expr) -> pl.Expr:
    """Ten digits (Int64), another one for each place below _SPACE."""
    step = next(step for step in range(_STEP, 2 * _STEP) if math.gcd(step, _SPACE) == 1)
    at = (places.cast(pl.UInt64) * step % _SPACE).cast(pl.Int64)
    office, line = at // 10**4, at % 10**4
    return (200 + office // 800) * 10**7 + (200 + office % 800) * 10**4 + line


def write(file: Path, count: int) -> None:
    """The table as CSV."""
    with file.open("wb") as out:
        out.write(b"number,lrn\n")
        for begin in range(0, count, _AT_ONCE):
            place = pl.int_range(begin, min(begin + _AT_ONCE, count), eager=True).alias("place")
            route = pl.col("place").hash(64) % _ROUTES * 157_000
            rows = place.to_frame().select(number=numbers(pl.col("place")), lrn=numbers(route))
            rows.write_csv(out, include_header=False)


def scan(file: str) -> int:
    """The floor: rows as text."""
    rows = pl.scan_csv(file, separator="\x01", new_columns=["row"], quote_char=None)
    return int(rows.select(pl.col("row").str.contains(",", literal=True).sum()).collect().item())


def take(book: str, file: str) -> float:
    """Import it; gives the seconds of CPU."""
    begun = time.process_time()
    with minutebook.open(book) as opened:
        opened.numbering.import_file(Path(file))
    return time.process_time() - begun


def look_up(kept: str, count: int) -> tuple[float, float, float, int]:
    """How long opening took, how many of so many calls are looked up in a second, and the file's size."""
    from minutebook.cards.number_key import number_key
    from minutebook.lake.number_tables import open_ported

    begun = time.perf_counter()
    ported = open_ported(Path(kept))
    opened = time.perf_counter() - begun
    speeds = []
    for calls in (2_000_000, 10_000_000):
        drawn = pl.int_range(calls, eager=True).alias("place").to_frame()
        ours, others = pl.col("place").hash(1) % count, pl.col("place").hash(2) % _SPACE
        place = pl.when(pl.col("place") % 2 == 0).then(ours).otherwise(others)
        keys = drawn.select(number_key((numbers(place) + 10**10).cast(pl.String))).to_series()
        begun = time.perf_counter()
        ported.routed(keys)
        speeds.append(calls / (time.perf_counter() - begun))
    return opened, speeds[0], speeds[1], Path(kept).stat().st_size


if __name__ == "__main__":
    main()
