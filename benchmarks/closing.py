"""The close of a month: channels, minimums and status of very many accounts, in one run.

    python benchmarks/closing.py [--accounts 100000] [--servers 3] [--by-channel 0.2] [--keep FOLDER]

Everything is real: a book with its own PostgreSQL, declarations applied, the month billed up to the
day before its last, then the run that covers its last day. The floor is the copy of as many
journals and entries into the ledger as that run posts, and nothing else.
"""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import minutebook
from measure import measured, table, working_folder
from minutebook.ledger.journal import Journal, journal_id, post, two_lines

FIRST, LAST_BUT_ONE, LAST = date(2026, 10, 1), date(2026, 10, 30), date(2026, 10, 31)

PLANS = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.0045"
minimum_per_server = "20.00"

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]
minimum_per_server = "20.00"
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--servers", type=int, default=3, help="of each account")
    parser.add_argument("--by-channel", type=float, default=0.2, help="share of the accounts")
    parser.add_argument("--keep", type=Path, help="make the book here")
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        path = folder / f"closing-{options.accounts}"
        shutil.rmtree(path, ignore_errors=True)
        steps = [
            ("declared", measured(declared, path, options)),
            (f"billed through {LAST_BUT_ONE}", measured(billed, path, LAST_BUT_ONE)),
            (f"billed through {LAST}: the close", measured(billed, path, LAST)),
            ("billed again: nothing to post", measured(billed, path, LAST)),
        ]
        postings = steps[2][1].result[1]
        steps.append(("the close's postings alone: the floor", measured(floor, path, postings)))
        minutebook.open(path).stop()
        rows = [
            [name, f"{piece.result[0]:.1f}", f"{piece.result[1]:,}", f"{piece.peak_gb:.2f}"]
            for name, piece in steps
        ]
        table(
            f"{options.accounts:,} accounts with {options.servers} servers each",
            ["", "wall (s)", "postings", "peak (GB)"],
            rows,
        )
        ratio = steps[-1][1].result[0] / steps[2][1].result[0]
        print(f"  the close runs at {ratio:.2f} of the floor")


def declared(path: Path, options: argparse.Namespace) -> tuple[float, int]:
    """Seconds of applying every account and server, and how many."""
    carrier = path.parent / "closing.toml"
    by_channel = round(options.accounts * options.by_channel)
    with carrier.open("w") as file:
        file.write(PLANS)
        for n in range(options.accounts):
            plan = 'plan = "channels"\nchannels = 10' if n < by_channel else 'plan = "minutes"'
            file.write(f'[account.a{n}]\n{plan}\nfrom = {FIRST}\ndebit_limit = "100.00"\n')
            for k in range(options.servers):
                file.write(f'[server.a{n}-{k}]\naccount = "a{n}"\ndeployed = {FIRST}\n')
    with minutebook.init(path) as book:
        begun = time.perf_counter()
        changes = book.apply([carrier])
        return time.perf_counter() - begun, len(changes)


def billed(path: Path, through: date) -> tuple[float, int]:
    """Seconds of a run, and what it posted."""
    with minutebook.open(path) as book:
        begun = time.perf_counter()
        result = book.bill(through)
        return time.perf_counter() - begun, result.postings


def floor(path: Path, postings: int) -> tuple[float, int]:
    """Seconds of posting as many journals, made beforehand; they are not kept."""
    one = Journal(
        id=journal_id("floor"),
        kind="adjustment",
        account="a0",
        day=LAST,
        corrects=LAST,
        reason="the floor",
        lines=two_lines("adjustment", "a0", "USD", Decimal(-1)),
    )
    journals = [replace(one, id=journal_id("floor", n)) for n in range(postings)]
    with minutebook.open(path) as book, book.database.transaction() as connection:
        begun = time.perf_counter()
        with connection.transaction(force_rollback=True):
            post(connection, journals)
            connection.execute("set constraints all immediate")
        return time.perf_counter() - begun, postings


if __name__ == "__main__":
    main()
