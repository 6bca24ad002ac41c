"""A deck that is looked at before it is taken in: what it would change of the calls of a month.

    python benchmarks/preview.py [--calls 10000000]

The book has 1,000 accounts on one card, and its calls lie in 30 days. The deck has other prices in a fifth of its rows. The floor
is the scan of the columns that rating reads, all decoded, in the same run; and a preview prices all calls twice. The time without
calls is what the deck itself takes: to be read, compared row by row and told by country.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

import polars as pl

import minutebook
from billing import fill, make_book, scan
from measure import measured, table
from workload import Workload, deck

FIRST_DAY = date(2026, 10, 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, nargs="*", default=[10_000_000])
    options = parser.parse_args()
    rows = []
    for size in options.calls:
        with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
            book, prefixes = make_book(Path(folder) / "book")
            fill(book.lake, Workload(size, days=30, first_day=FIRST_DAY), prefixes)
            dearer = Path(folder) / "dearer.csv"
            other = pl.int_range(pl.len()) % 5 == 0
            deck().rename({"name": "destination"}).with_columns(
                rate=pl.when(other).then(pl.col("rate") + "1").otherwise("rate")
            ).write_csv(dearer)
            floor = measured(scan, str(book.path))
            alone = measured(preview, str(book.path), str(dearer), 0)
            whole = measured(preview, str(book.path), str(dearer), 30)
            rows.append(
                [
                    f"{size:,}",
                    f"{floor.seconds:.1f}",
                    f"{alone.seconds:.1f}",
                    f"{whole.seconds:.1f}",
                    f"{2 * floor.seconds / (whole.seconds - alone.seconds):.2f}",
                    f"{whole.peak_gb:.2f}",
                    f"{whole.result:,}",
                ]
            )
            book.stop()
    headings = [
        "calls", "scan (s)", "without calls (s)", "preview (s)", "of two scans", "peak (GB)", "accounts",
    ]  # fmt: skip
    table("The preview of a deck of 100,000 prefixes, with the calls of 30 days", headings, rows)


def preview(book: str, file: str, days: int) -> int:
    """Look at a deck, and tell it as the command does; gives how many accounts it bears on."""
    from minutebook.show.deck_previews import DeckPreviewView
    from minutebook.show.serialise import as_json

    with minutebook.open(book) as opened:
        found = opened.cards.preview_deck("a-z", file, days=days)
        as_json(DeckPreviewView.of_preview(found))
    return len(found.parts[0].accounts)


if __name__ == "__main__":
    main()
