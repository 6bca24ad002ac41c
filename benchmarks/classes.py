"""Billing where a card's prices differ by more than the prefix: bands, jurisdictions, origins, callers.

    python benchmarks/classes.py [--calls 2000000] [--rounds 3]

The floor is the same month of the same American calls, billed by the same deck with one price a prefix, in the same run.
Each deck has as many prices a prefix as its card has classes. Half a million numbers were ported. Of each card the best of
several books counts, the rounds of all cards taking turns.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl

import minutebook
from billing import FIRST_DAY, bill, fill
from measure import Measured, measured, table
from minutebook.cards.jurisdictions import STATES
from ported import numbers
from workload import Workload, american_deck

PREFIXES = 100_000
PORTED = 500_000
_WEEK = """
[card.a-z.bands]
zone = "America/New_York"
split = {split}
times = [ {{ band = "peak", days = ["mon-fri"], from = "08:00", to = "18:00" }}, {{ band = "off" }} ]
"""
_ORIGINS = '\n[card.a-z.origins]\ngroup = { callers = ["US", "CA"], called = ["US", "GB"] }\n'
_STATES = ("inter", "intra", "indeterminate")
CARDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "one price a prefix": ("", ()),
    "bands, at the answer": (_WEEK.format(split="false"), ("peak", "off")),
    "bands, each second": (_WEEK.format(split="true"), ("peak", "off")),
    "jurisdictions": ("[card.a-z.jurisdictions]\n", _STATES),
    "jurisdictions, routing numbers": ("[card.a-z.jurisdictions]\nlrn = true\n", _STATES),
    "bands and jurisdictions": (
        _WEEK.format(split="false") + "\n[card.a-z.jurisdictions]\n",
        tuple(f"{band} {state}" for band in ("peak", "off") for state in _STATES),
    ),
    "origins": (_ORIGINS, ("local", "group", "international")),
    "callers": ('callers = ["1", "1212", "44"]\n', ("1", "1212", "44")),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    best: dict[str, Measured] = {}
    for _ in range(options.rounds):
        for name, (declared, classes) in CARDS.items():
            found = billed(options.calls, declared, classes)
            if name not in best or found.seconds < best[name].seconds:
                best[name] = found
    floor = next(iter(best.values())).seconds
    rows = [
        [
            name,
            len(CARDS[name][1]) or 1,
            f"{one.seconds:.2f}",
            f"{options.calls / one.seconds / 1e6:.2f}",
            f"{floor / one.seconds:.2f}",
            f"{one.peak_gb:.2f}",
        ]
        for name, one in best.items()
    ]
    headings = ["card", "classes", "bill (s)", "M calls/s", "of one price", "peak (GB)"]
    table(f"A month of {options.calls:,} calls, {PREFIXES:,} prefixes", headings, rows)


def billed(calls: int, declared: str, classes: tuple[str, ...]) -> Measured:
    """Bill a month by a card that is declared so, in a book of its own."""
    with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
        book = Path(folder) / "book"
        prefixes = make_book(book, declared, classes)
        with minutebook.open(book) as opened:
            month = Workload(calls, days=31, first_day=FIRST_DAY, american=True)
            fill(opened.lake, month, prefixes)
        found = measured(bill, str(book), FIRST_DAY + timedelta(days=30))
        opened.stop()
    return found


def make_book(folder: Path, declared: str, classes: tuple[str, ...]) -> pl.Series:
    """A book with 1,000 accounts on one plan by the card; gives its prefixes."""
    with minutebook.init(folder) as book:
        write_tables(folder)
        book.numbering.import_file(folder / "states.csv")
        book.numbering.import_file(folder / "ported.csv")
        plan = '[plan.a-z]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "a-z"\n'
        card = '[card.a-z]\ncurrency = "USD"\n'
        accounts = "".join(
            f'[account.account-{n:04}]\nplan = "a-z"\nfrom = 2025-01-01\nmatch = [ {{ account_code = "{n}" }} ]\n'
            for n in range(1000)
        )
        (folder / "carrier.toml").write_text(plan + accounts + card + declared)
        book.apply([folder / "carrier.toml"])
        prices = american_deck(PREFIXES)
        of_class = [
            (pl.col("rate") + str(n)).alias(f"rate {name}") for n, name in enumerate(classes, 1)
        ]
        prices.with_columns(of_class).write_csv(folder / "deck.csv")
        book.cards.import_deck("a-z", folder / "deck.csv")
    book.stop()
    return prices["prefix"]


def write_tables(folder: Path) -> None:
    """States of the offices that the calls have, and ported numbers."""
    n = pl.int_range(300 * 800, eager=True).alias("n")
    office = (201 + pl.col("n") // 800 * 2) * 1000 + 200 + pl.col("n") % 800
    state = pl.lit(pl.Series(STATES)).gather(pl.col("n") // 800 % len(STATES))
    n.to_frame().select(npanxx=office, state=state).write_csv(folder / "states.csv")
    place = pl.int_range(PORTED, eager=True).alias("place").to_frame()
    routes = numbers(pl.col("place") % 40_000 * 157_001)
    place.select(number=numbers(pl.col("place")), lrn=routes).write_csv(folder / "ported.csv")


if __name__ == "__main__":
    main()
