"""What a user waits for: help, a price, a card of 300,000 prefixes.

    python benchmarks/starting.py [--prefixes 300000]

The floor is the interpreter's own start, in the same run.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import minutebook
from measure import table
from workload import deck

REPEAT = 5
DECLARED = """
plan.minutes = { model = "per_minute", currency = "USD", rate = "0.01" }
account.acme = { name = "Acme", plan = "minutes", from = 2026-10-01 }
"""
PROGRAM = [sys.executable, "-c", "from minutebook.cli import main; main()"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--prefixes", type=int, default=300_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
        book = minutebook.init(Path(folder) / "book")
        prices = Path(folder) / "deck.csv"
        deck(options.prefixes, long_share=0.5).rename({"name": "destination"}).write_csv(prices)
        started = time.perf_counter()
        run(book.path, "card", "import", "a-z", str(prices))
        imported = time.perf_counter() - started
        declared = Path(folder) / "carrier.toml"
        declared.write_text(DECLARED, "utf-8")
        run(book.path, "apply", str(declared))
        floor = best([sys.executable, "-c", "pass"])
        rows = [["python -c pass (floor)", f"{floor:.2f}", "1.0", ""]]
        for what, words, target in (
            ("--help", ["--help"], "0.3"),
            ("card import --help", ["card", "import", "--help"], "0.3"),
            ("price --rate", ["price", "442079460123", "73", "--rate", "0.01"], "0.35"),
            (
                f"price --card, {options.prefixes:,} prefixes",
                ["price", "442079460123", "73", "--card", "a-z"],
                "1",
            ),
            ("balance", ["balance"], "0.35"),
            ("pay", ["pay", "acme", "1.00", "--reference", "r1"], "0.35"),
            (
                "statement",
                ["statement", "acme", "--from", "2026-10-01", "--to", "2026-10-31"],
                "0.35",
            ),
        ):
            seconds = best([*PROGRAM, "--book", str(book.path), *words])
            rows.append([what, f"{seconds:.2f}", f"{seconds / floor:.1f}", target])
        rows.append(
            [
                f"card import, {options.prefixes:,} prefixes",
                f"{imported:.2f}",
                f"{imported / floor:.1f}",
                "5",
            ]
        )
        table("What a user waits for", ["command", "CPU s", "of the floor", "at most"], rows)
        book.stop()


def best(command: list[str]) -> float:
    """The least CPU time of some runs, in seconds: what a warm machine that does nothing else waits."""
    times = []
    for _ in range(REPEAT):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def run(book: Path, *words: str) -> None:
    subprocess.run([*PROGRAM, "--book", str(book), *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
