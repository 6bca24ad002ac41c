"""Both sides of each call: a month billed with what five providers are owed, and its margin.

    python benchmarks/margin.py [--calls 5000000]

The floor is the same month billed on one side, in the same run.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import minutebook
from billing import FIRST_DAY, bill, fill, make_book
from measure import measured, table
from workload import Workload

PROVIDERS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=5_000_000)
    options = parser.parse_args()
    last = FIRST_DAY + timedelta(days=30)
    with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
        seconds = {}
        for name, buys in (("one side", False), ("both sides", True)):
            book, prefixes = make_book(Path(folder) / name)
            if buys:
                declare(Path(folder) / name)
            fill(book.lake, Workload(options.calls, days=31, first_day=FIRST_DAY), prefixes)
            seconds[name] = measured(bill, str(book.path), last)
            if buys:
                for group in ("provider", "destination"):
                    found = measured(margin, str(book.path), group)
                    seconds[f"margin by {group}"] = found
            book.stop()
    floor = seconds["one side"].seconds
    rows = [
        [
            what,
            f"{one.seconds:.1f}",
            f"{options.calls / one.seconds / 1e6:.2f}",
            f"{floor / one.seconds:.2f}",
            f"{one.peak_gb:.2f}",
        ]
        for what, one in seconds.items()
    ]
    headings = ["work", "seconds", "M calls/s", "of one side", "peak (GB)"]
    table(f"A month of {options.calls:,} calls, {PROVIDERS} providers", headings, rows)


def declare(folder: Path) -> None:
    """Providers, each with a fifth of the servers and a card of its own, as dear as the others."""
    with minutebook.open(folder) as book:
        tables = []
        for n in range(PROVIDERS):
            book.cards.import_deck(f"buy-{n}", folder / "deck.csv")
            match = ", ".join(
                f'{{ server = "sw-{a:04}-{k}" }}'
                for a in range(1000)
                for k in (1, 2, 3)
                if (3 * a + k) % PROVIDERS == n
            )
            tables.append(f'[provider.p{n}]\ncard = "buy-{n}"\nmatch = [ {match} ]\n')
        (folder / "providers.toml").write_text("".join(tables))
        book.apply([folder / "providers.toml"])
    book.stop()


def margin(book: str, group: str) -> int:
    """The margin of the month, as the command finds it; gives the lines."""
    with minutebook.open(book) as opened:
        return len(opened.statements.margin(FIRST_DAY, FIRST_DAY + timedelta(days=30), group))


if __name__ == "__main__":
    main()
