"""The portal and the API under load: pages of an account with very many calls, and the overview of very many accounts.

    python benchmarks/portal.py [--calls 16000000] [--accounts 10000] [--seconds 10] [--readers 8] [--processes 2] [--keep FOLDER]

Of the calls some 63 % are one account's. `minutebook serve --processes` answers on the loopback address; a page is asked for
alone, again and again, and then readers, on a connection each, ask all at once for so many seconds: for pages, and for what
programs ask for, of one account after the other. The floor is /healthz, which does nothing, in the same run.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import re
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import minutebook
from billing import FIRST_DAY, bill, fill, make_book
from measure import measured, table, working_folder
from workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

ALONE = 10
"""So often a page is asked for alone."""
PASSWORD = "only for this benchmark"
BIG = "account-0000"
MONTH = f"month={FIRST_DAY:%Y-%m}"
DAY = FIRST_DAY + timedelta(days=12)
FLOOR = "/healthz"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=16_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10, help="of the load")
    parser.add_argument("--readers", type=int, default=8, help="that ask at once")
    parser.add_argument("--processes", type=int, default=2, help="that answer")
    parser.add_argument(
        "--keep", type=Path, help="make the books here, or take those that are there"
    )
    options = parser.parse_args()
    with working_folder(options.keep) as folder:
        calls = book_of_calls(folder / f"calls-{options.calls}", options.calls)
        report(
            f"{options.calls:,} calls of a month, of which {BIG} has some {options.calls * 0.63:,.0f}",
            calls,
            pages_of(calls),
            options,
        )
        accounts = book_of_accounts(folder / f"accounts-{options.accounts}", options.accounts)
        report(
            f"{options.accounts:,} accounts",
            accounts,
            {"overview": "/", "accounts": f"/accounts?{MONTH}"},
            options,
        )


def book_of_calls(path: Path, calls: int) -> Path:
    """A billed month of so many calls, most of them of one account."""
    if not path.exists():
        book, prefixes = make_book(path)
        fill(book.lake, Workload(calls, days=31, first_day=FIRST_DAY, accounts=2), prefixes)
        measured(bill, str(path), FIRST_DAY + timedelta(days=30))
        _with_user(path)
    return path


def book_of_accounts(path: Path, accounts: int) -> Path:
    """So many accounts with a server each, and a day's calls, billed."""
    if not path.exists():
        book, prefixes = make_book(path)
        more = "".join(
            f'[account.more-{n:05}]\nplan = "a-z"\nfrom = 2025-01-01\n[server.more-{n:05}]\naccount = "more-{n:05}"\ndeployed = 2025-01-01\n'
            for n in range(accounts - 1000)
        )
        (path / "more.toml").write_text(more)
        book.apply([path / "more.toml"], "for the benchmark")
        fill(book.lake, Workload(200_000, days=1, first_day=FIRST_DAY), prefixes)
        book.stop()
        measured(bill, str(path), FIRST_DAY)
        _with_user(path)
    return path


def _with_user(path: Path) -> None:
    with minutebook.open(path) as book:
        book.users.add("reader", "admin", password=PASSWORD)
    book.stop()


def pages_of(path: Path) -> dict[str, str]:
    """The pages of an account with very many calls, and of one of its calls and charges."""
    with minutebook.open(path) as book:
        call = book.calls.rated(BIG, DAY, DAY)["call_id"][1000]
        charge = next(p.id for p in book.ledger.postings(BIG, DAY, DAY) if p.kind == "usage")
    book.stop()
    at = f"/accounts/{BIG}"
    return {
        "account, a month": f"{at}?{MONTH}",
        "a day's charges": f"{at}/days/{DAY}",
        "channels of a month": f"{at}/channels?{MONTH}",
        "a page of calls": f"{at}/calls?from={DAY}&to={DAY}",
        "a charge explained": f"/charges/{charge}",
        "a call by its id": f"/calls/{call}",
        "journal of a month": f"/journal?{MONTH}",
        "overview": "/",
    }


def report(title: str, book: Path, pages: dict[str, str], options: argparse.Namespace) -> None:
    """How long each page takes alone; and many readers at once."""
    with served(book, options.processes) as (port, cookie, key):
        rows = []
        for name, path in {"the floor: nothing": FLOOR, **pages}.items():
            first, *others = [asked(port, {"Cookie": cookie}, path) for _ in range(ALONE)]
            rows.append(
                [
                    name,
                    f"{1000 * first[0]:.0f}",
                    f"{1000 * statistics.median(s for s, _ in others):.0f}",
                    f"{first[1] / 1000:.1f}",
                ]
            )
        table(f"{title}: a page alone", ["page", "first (ms)", "median (ms)", "kB"], rows)
        rows = []
        for name, paths in loads().items():
            headers = {"Cookie": cookie, "Authorization": f"Bearer {key}"}
            taken = load(port, headers, paths, options.readers, options.seconds)
            taken.sort()
            rows.append(
                [
                    name,
                    f"{len(taken) / options.seconds:.0f}",
                    f"{1000 * statistics.median(taken):.0f}",
                    f"{1000 * taken[int(len(taken) * 0.99)]:.0f}",
                ]
            )
        table(
            f"{title}: {options.readers} readers at once, {options.processes} processes answer",
            ["what", "a second", "median (ms)", "p99 (ms)"],
            rows,
        )


def loads() -> dict[str, list[str]]:
    """What readers ask for, of a hundred accounts: statements and days as pages, and balances, statements and plans as JSON."""
    names = [f"account-{n:04}" for n in range(100)]
    pages = [
        way
        for name in names
        for way in (f"/accounts/{name}?{MONTH}", f"/accounts/{name}/days/{DAY}")
    ]
    requests = [
        f"/api/v1/{way}"
        for name in names
        for way in (f"accounts/{name}/balance", f"accounts/{name}/statement?{MONTH}", "plans")
    ]
    mixed = [way for both in itertools.zip_longest(pages, requests) for way in both if way]
    return {"the floor: nothing": [FLOOR], "requests": requests, "pages": pages, "both": mixed}


@contextmanager
def served(book: Path, processes: int) -> Iterator[tuple[int, str, str]]:
    """`minutebook serve`: its port, the cookie of who signed in, and a key."""
    settings = book / "book.toml"
    if "requests_per_second" not in settings.read_text():  # one key asks for all of them
        settings.write_text(f'{settings.read_text()}\nrequests_per_second = "100000"\n')
    with minutebook.open(book) as opened:
        signed = opened.sessions.sign_in("reader", PASSWORD)
        key = opened.access.add_key(f"reader-{time.time_ns()}", "read-only")[1]
    words = [
        *(sys.executable, "-m", "minutebook", "--book", str(book), "serve", "--port", "0"),
        *("--processes", str(processes)),
    ]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        told = re.search(r":(\d+)$", process.stderr.readline().strip())
        assert told, "serve does not say where it answers"
        yield int(told[1]), f"minutebook={signed.token}", key
    finally:
        process.terminate()
        process.wait()
        opened.stop()


def asked(port: int, headers: dict[str, str], path: str) -> tuple[float, int]:
    """The seconds that a page took, and its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    begun = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    taken = time.perf_counter() - begun
    connection.close()
    assert answer.status == 200, (path, answer.status, answer.getheader("location"))
    return taken, len(body)


def load(
    port: int, headers: dict[str, str], paths: list[str], readers: int, seconds: int
) -> list[float]:
    """The seconds that each answer took while so many readers asked for one after the other, each on a connection of its own."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    def read(begin: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for path in itertools.islice(itertools.cycle(paths), begin * len(paths) // readers, None):
            begun = time.perf_counter()
            if begun > end:
                return
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            taken.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


if __name__ == "__main__":
    main()
