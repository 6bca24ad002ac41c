"""Reviewing: a month of one account under ten plans, and the loss of every number of channels.

    python benchmarks/review.py [--calls 10000000] [--keep FOLDER]

The floor of a review is the scan of the columns that pricing and occupancy read, all decoded, once
for each plan by the minute and once for the channels. That of a replay is the sort of the attempts.
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
from minutebook.traffic.demand import held_calls
from minutebook.traffic.replay import loss_curve
from workload import Workload, deck

LAST_DAY = date(2026, 1, 31)
ACCOUNT = "account-0000"
READ = ["account", "called_key", "duration_ms", "setup_at", "answered_at", "ended_at"]
BY_CARD = 2
SIZES = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="make the book here")
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        path = folder / f"review-{options.calls}"
        shutil.rmtree(path, ignore_errors=True)
        measured(made, path, options.calls)
        pieces = [
            (
                "scan, for each plan by the minute and the channels: the floor",
                measured(floor, path),
            ),
            ("review against ten plans", measured(reviewed, path)),
            ("sort of the attempts: the floor", measured(ordered, path)),
            (f"replay at {SIZES} sizes", measured(replayed, path)),
        ]
        minutebook.open(path).stop()
    rows = []
    for n, (name, piece) in enumerate(pieces):
        seconds, what = piece.result
        below = pieces[n - n % 2][1].result[0]
        rows.append(
            [name, f"{seconds:.1f}", f"{below / seconds:.2f}", f"{piece.peak_gb:.2f}", what]
        )
    table(
        f"{options.calls:,} calls of one account, a month",
        ["", "wall (s)", "of the floor", "peak (GB)", ""],
        rows,
    )


def made(path: Path, calls: int) -> None:
    """A book with ten plans, one account, and its calls."""
    book = minutebook.init(path)
    prices = deck()
    prices.rename({"name": "destination"}).write_csv(path / "deck.csv")
    book.import_card("a-z", path / "deck.csv")
    plans = "".join(
        f'[plan.card-{n}]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "a-z"\nconnect_fee = "0.000{n}"\n'
        for n in range(BY_CARD)
    ) + "".join(
        f'[plan.flat-{n}]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.00{n + 1}"\n'
        for n in range(3)
    )
    tiers = 'tiers = [ { channels = 100, price = "20", free_servers = 1 }, { channels = 1000, price = "15" } ]'
    for name, more in {
        "daily": "",
        "monthly": 'charge = "monthly"',
        "graduated": 'tier_mode = "graduated"',
        "burst": 'over = { policy = "burst", price = "1.00" }',
        "p95": 'bill_by = "p95"',
    }.items():
        plans += f'[plan.{name}]\nmodel = "per_channel"\ncurrency = "USD"\n{tiers}\n{more}\n'
    plans += f'[account.{ACCOUNT}]\nplan = "card-0"\nfrom = 2025-01-01\nmatch = [ {{ account_code = "0" }} ]\n'
    (path / "carrier.toml").write_text(plans)
    book.apply([path / "carrier.toml"])
    work = Workload(calls, days=31, first_day=FIRST_DAY, accounts=1)
    fill(book.lake, work, prices["prefix"])
    book.close()


def floor(path: Path) -> tuple[float, str]:
    """Seconds of decoding what a review reads, as often as it must."""
    lake = minutebook.open(path).lake
    begun = time.perf_counter()
    for _ in range(BY_CARD + 3 + 1):
        scanned = lake.scan(lake.snapshot().files).select(READ)
        scanned.sink_batches(lambda _: None, engine="streaming")
    return time.perf_counter() - begun, ""


def reviewed(path: Path) -> tuple[float, str]:
    """Seconds of a review."""
    with minutebook.open(path) as book:
        begun = time.perf_counter()
        found = book.review(ACCOUNT, FIRST_DAY, LAST_DAY)
        seconds = time.perf_counter() - begun
    best = found.recommended
    return seconds, f"{len(found.plans)} rows, {best.plan} with {best.channels}"


def _attempts(path: Path) -> pl.DataFrame:
    lake = minutebook.open(path).lake
    return held_calls(lake.scan(lake.snapshot().files), pl.lit(value=True))


def ordered(path: Path) -> tuple[float, str]:
    """Seconds of sorting the attempts by their begin."""
    held = _attempts(path)
    begun = time.perf_counter()
    held.sort("begin", "end")
    return time.perf_counter() - begun, ""


def replayed(path: Path) -> tuple[float, str]:
    """Seconds of the curve."""
    held = _attempts(path)
    begun = time.perf_counter()
    curve = loss_curve(held)
    sizes = range(0, curve.peak + 1, max(1, curve.peak // SIZES))
    lost = [curve.at(size).calls for size in sizes]
    return time.perf_counter() - begun, f"peak {curve.peak:,}, {len(lost)} sizes"


if __name__ == "__main__":
    main()
