"""On a terminal nothing is wider than it, of every command that prints a table."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from tests import clusters
from tests.carriers import Call, declare, on, take_in, write_calls

from minutebook.book.clock import today
from minutebook.cli import output, run
from minutebook.cli.tables.text import tables_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.show.tables import Sheet

LONG = "northern-wholesale-carrier-services"
CARRIER = f"""
[schedule.the-nightly-run-of-yesterday]
do = "bill"
every = "day"
at = "01:15"

[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.0051234567"

[plan.a-z]
model = "per_minute"
currency = "USD"
card = "a-z"
increment = "60/6"

[plan.lines]
model = "per_channel"
currency = "USD"
minimum_per_server = "20.00"
tiers = [ {{ channels = 100000, price = "1.20", free_servers = 1 }} ]

[account.{LONG}]
name = "Northern Wholesale – Gesellschaft für Telekommunikationsdienstleistungen 株式会社"
plan = "lines"
channels = 99000
from = 2026-09-01
debit_limit = "100000000000.00"
match = [ {{ account_code = "north" }} ]

[provider.northern-transit]
name = "Northern Transit Carrier Services International"
gateway = "sip:gateway.northern-transit.example;transport=tcp"
currency = "USD"
card = "a-z"
credit_limit = "100000000000.00"
match = [ {{ server = "lon-1" }}, {{ trunk = "northern-transit-1", tech_prefix = "990011" }} ]

[provider.slip]
currency = "USD"
card = "a-z"

[card.retail]
currency = "USD"
kind = "sell"
build = {{ from = ["a-z"], profit = [ {{ percent = "20" }} ] }}

[source.proxy]
format = "kamailio"
zone = "America/Argentina/ComodRivadavia"
tech_prefixes = ["9911", "9912", "9913", "9914"]
options = {{ start = "setup", columns = {{ account_code = "x_acct" }} }}

[account.acme]
name = "Acme Telecom"
plan = "flat"
from = 2026-09-01
debit_limit = "900000000.00"
match = [ {{ account_code = "acme" }} ]
"""
CLOSING = """
[account.closing]
plan = "flat"
from = 2026-09-01

[plan.slip]
model = "per_minute"
currency = "USD"
rate = "0.01"

[source.slip]
zone = "UTC"
"""
DECK = """Code,Destination,Rate
44,United Kingdom of Great Britain and Northern Ireland,0.0123456789
447,United Kingdom of Great Britain and Northern Ireland Mobile,0.03
"""
OCTOBER = ("--month", "2026-10")
COMMANDS = """
init {folder}/made
apply {folder}/closing.toml
apply {folder}/closing.toml --dry-run
plan list
plan show flat
plan show lines
source list
source show proxy
source show kamailio
card import a-z {folder}/deck3.csv
card import a-z {folder}/deck3.csv --connect-fee 0.01 --preview
card live a-z 2 --at 2026-11-02
card withdraw a-z 2 --at 2026-12-01
card import a-z {folder}/deck3.csv --save-profile the-decks-of-vox-as-they-came-in-october
job list --state waiting
job show JOB
job cancel JOB
schedule list
schedule remove the-nightly-run-of-yesterday --reason cron-does-it
key add the-nightly-report-of-finance --role read-only
key list
key revoke the-nightly-report-of-finance --reason it-stood-in-a-log
user add anna.of-the-accounts-department@carrier.example --role read-only
user list
user role anna.of-the-accounts-department@carrier.example --role finance
user password anna.of-the-accounts-department@carrier.example
user disable anna.of-the-accounts-department@carrier.example --reason left-the-company
user enable anna.of-the-accounts-department@carrier.example --reason came-back
user reset-second-factor anna.of-the-accounts-department@carrier.example
user sessions
webhook add https://relations-with-customers.northern-wholesale.example/hooks/minutebook
webhook list
webhook secret 1
webhook test 1
webhook deliveries
webhook remove 1 --reason the-receiver-was-moved
card profile list
card profile show the-decks-of-vox-as-they-came-in-october
card profile remove the-decks-of-vox-as-they-came-in-october --reason no-more
card list
card pricelist a-z --at 2026-11-03
card edit a-z --set 442079=0.0111111111 --block 449 --remove 447
card rollback a-z 2 --at 2026-12-24
card show a-z
card diff a-z 1 2
import minutebook {folder}/again.csv --preview
import minutebook {folder}/again.csv
import --formats
bill --through 2026-11-01 --by account
pay LONG 123456789012.34 --reference bank-transfer-of-october
adjust LONG 0.0001 --reason credit --reference credit-for-the-outage-on-the-third
balance
statement LONG --month 2026-10
totals --month 2026-10
totals --month 2026-10 --by destination
totals --month 2026-10 --account acme --by account,week
margin --month 2026-10
margin --month 2026-10 --by provider --by destination
provider list
route export kamailio-lcr {folder}/tables --force
route 442079460123 --seconds 10 --seconds 60.5 --card retail --at 2026-10-02
numbering import {folder}/states-of-the-numbers-of-october.csv
numbering list
balance --provider northern-transit
statement --provider northern-transit --month 2026-10
provider remove slip --reason nobody-of-this-name-ever-carried-a-call
card build retail --live 2026-10-01
card why retail 442079460123
card assure retail --against a-z
calls LONG --month 2026-10
calls --unpriced --month 2026-10
calls --no-provider --month 2026-10
calls --quarantine
switch acme a-z --on 2026-12-02
minimum LONG --month 2026-10
review LONG --month 2026-10
review --all --month 2026-10
capacity LONG --month 2026-10
capacity --erlangs 100 --blocking 1%
simulate --month 2026-10 --buy a-z
reconcile lake {folder}/again.csv --month 2026-10 --account LONG --records minutebook
quarantine
quarantine --by account
import list
import undo IMPORT --reason taken-from-the-wrong-source --dry-run
correct c-2 --duration 100.5 --reason the-end-of-the-call-was-lost --dry-run
correct c-2 --duration 100.5 --reason the-end-of-the-call-was-lost
correct --list
rematch --month 2026-10 --reason the-match-table-was-mended --dry-run
refund LONG 1000000.25 --reason paid-twice --reference money-back-of-november
reverse money-back-of-november --reason it-came-back-to-us
journal --month 2026-10
journal --month 2026-10 --trial-balance
close 2026-08 --reason reported
close 2026-08 --undo --reason reported-too-early
explain c-2
price 442079460123 73 --card a-z
price --plan lines --channels 99999 --servers 4 --month 2026-10
verify
audit
backup {folder}/kept
restore {folder}/kept {folder}/restored
adopt
parked list
parked pass --all --reason seen-by-the-head-of-billing
parked hold --all --reason it-was-another-account-that-was-meant
account list
account show LONG
account suspend acme --reason fraud
account resume acme --reason mended
account close closing --reason ended
account reopen closing --reason it-was-another-account-that-ended
account remove closing --reason nobody-of-this-name-was-ever-a-customer
plan remove slip --reason nobody-was-ever-on-it
source remove slip --reason nothing-ever-came-in-by-it
card import slip {folder}/deck3.csv
card remove slip --reason no-plan-ever-used-it
server deploy frankfurt-am-main --account LONG --on 2026-11-01
server retire frankfurt-am-main --on 2026-11-30
server remove frankfurt-am-main --reason it-was-deployed-elsewhere
server list
channels show LONG --month 2026-10
channels show LONG --month 2026-10 --by server
channels set LONG 98 --on 2026-12-01
stop
"""
NO_TABLE = {("demo",), ("declared",), ("card", "export"), ("serve",), ("worker",)}
"""What runs others, and what writes a file as it is."""
STATUS = {"reconcile": 1}
"""Of commands that need a person: the other side has no amounts."""


def make_carrier(book: Book, tmp_path: Path) -> None:
    """A carrier with long names, amounts of twelve digits, calls and records in quarantine."""
    declare(book, tmp_path, CARRIER, DECK)
    (tmp_path / "deck2.csv").write_text(DECK.replace("0.03", "0.04"), "utf-8")
    book.import_card("a-z", tmp_path / "deck2.csv")
    numbers = ("442079460123", "33140205060", "447700900123")
    calls = [
        Call(f"c-{n}", ("north", "acme")[n % 2], numbers[n % 3], on(1 + n % 28), 61.5 * n)
        for n in range(1, 40)
    ]
    take_in(book, tmp_path, *calls)
    lost = write_calls(tmp_path / "lost.csv", [Call("lost-1", "nobody-that-is-declared-anywhere")])
    assert book.import_calls([lost]).quarantined == 1
    write_calls(tmp_path / "again.csv", calls)
    book.bill(on(31).date())
    (tmp_path / "closing.toml").write_text(CLOSING, "utf-8")
    (tmp_path / "states-of-the-numbers-of-october.csv").write_text("npanxx,state\n201200,NJ\n")
    (tmp_path / "deck3.csv").write_text(DECK.replace("0.03", "0.05"), "utf-8")


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(make_carrier)


@contextmanager
def terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Standard output is a terminal of a width; its lines, when it is left."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
    parts: list[bytes] = []

    def read() -> None:
        while True:
            try:
                parts.append(os.read(leader, 2**16))
            except OSError:
                return

    reader = threading.Thread(target=read)
    reader.start()
    lines: list[str] = []
    with monkeypatch.context() as patch, os.fdopen(follower, "w", encoding="utf-8") as out:
        patch.setattr(sys, "stdout", out)
        patch.setenv("TERM", "xterm")
        yield lines
    reader.join()
    os.close(leader)
    lines += re.sub(r"\x1b\[[\d;]*m", "", b"".join(parts).decode()).splitlines()


def keys_left_out(text: str) -> list[set[str]]:
    """What each note under a table names."""
    notes = re.findall(r"Not shown, for want of width: (.*?); see them", " ".join(text.split()))
    return [set(note.split(", ")) for note in notes]


@pytest.fixture(scope="module", autouse=True)
def _copied() -> Iterator[None]:
    with clusters.copied():
        yield


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of all tables that are printed, as a terminal of 40 cells has them."""
    lines: list[str] = []

    def told(found: Sequence[Sheet], width: int | None, *, whole: bool, styled: bool) -> str:
        text = tables_text(found, 40, whole=whole, styled=styled)
        lines.extend(re.sub(r"\x1b\[[\d;]*m", "", text).splitlines())
        return tables_text(found, width, whole=whole, styled=styled)

    monkeypatch.setattr(output, "tables_text", told)
    return lines


@pytest.mark.slow
def test_every_command_fits_the_terminal(
    carrier: Book,
    narrow: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of 80 cells and of 40: no line is wider, no number or date is broken, and what is left out is named."""
    (first, *_) = carrier.corrections.imports()
    job = carrier.jobs.add("bill", {"through": "2026-11-01"})
    for command in COMMANDS.strip().splitlines():
        said = command.replace("{folder}", str(tmp_path)).replace("LONG", LONG)
        words = said.replace("IMPORT", first.id).replace("JOB", str(job.id)).split()
        if words[0] not in ("init", "restore"):
            words = ["--book", str(carrier.path), *words]
        capsys.readouterr()
        narrow.clear()
        with terminal(80, monkeypatch) as lines:
            status = run(words)
        where = f"{command}:\n" + "\n".join(lines)
        assert status == STATUS.get(command.split()[0], 0), where + capsys.readouterr().err
        less = [*narrow]
        if "explain" in words:  # its steps are paragraphs
            with terminal(40, monkeypatch) as less:
                run(words)
        assert lines, where
        assert less, where
        assert max(map(cell_len, lines)) <= 80, where
        assert max(map(cell_len, less)) <= 40, (command, less)
        if command.split()[0] in READS or command.endswith("list"):
            _assert_whole(words, (lines, less), where, capsys)
    for made in ("made", "restored"):
        assert run(["--book", str(tmp_path / made), "stop"]) == 0


READS = ("balance", "statement", "totals", "calls", "minimum", "review", "journal")
"""Commands that can be run again: what their CSV says is what the table shows or leaves out."""
CSV_ALONE = {"live_at", "imported_at"}
"""Columns of CSV that the table tells in words, among the intervals, or that are asked for by name."""


def _assert_whole(
    words: list[str],
    printed: tuple[list[str], ...],
    where: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    assert run(["--format", "csv", *words]) == 0
    rows = [*csv.DictReader(io.StringIO(capsys.readouterr().out))]
    for lines in printed:
        text = "\n".join(lines)
        gone = (keys_left_out(text) or [set()])[0] | CSV_ALONE
        assert not rows or gone - CSV_ALONE <= rows[0].keys(), where
        for row in rows:
            for key, value in row.items():
                if key not in gone and key != "amount" and re.fullmatch(r"[-\d][\d.:TZ-]*", value):
                    found = re.search(rf"(?<![\d.-]){re.escape(value)}0*(?![\d.])", text)
                    assert found, (key, where, text)


def test_every_command_that_prints_a_table_is_tried() -> None:
    """A command added to the program is added here; its help says its columns."""
    from minutebook.cli.app import build

    tried = [tuple(line.split()) for line in COMMANDS.strip().splitlines()]
    waiting: list[tuple[tuple[str, ...], Any]] = [((), build().__self__)]  # type: ignore[attr-defined]
    while waiting:
        words, one = waiting.pop()
        below = getattr(one, "commands", {})
        waiting += [((*words, name), sub) for name, sub in below.items()]
        if not below and words not in NO_TABLE:
            assert "Columns: " in str(one.help), words
            assert any(line[: len(words)] == words for line in tried), words


def test_every_help_fits_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Examples too."""
    from minutebook.cli.app import build

    monkeypatch.setenv("COLUMNS", "80")
    root = build().__self__  # type: ignore[attr-defined]
    for name, command in root.commands.items():
        for sub in (None, *getattr(command, "commands", ())):
            run([name, *([] if sub is None else [sub]), "--help"])
            for line in capsys.readouterr().out.splitlines():
                assert cell_len(line) <= 80, line


def test_columns_are_chosen_and_ordered(carrier: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """--columns stands anywhere, for tables and CSV; JSON has every key and refuses it."""
    book = ("--book", str(carrier.path))
    assert run([*book, "balance", "acme", "--columns", "floor,account", "--format", "csv"]) == 0
    assert capsys.readouterr().out == "floor,account\n-900000000.00,acme\n"
    assert run([*book, "--columns=floor,account", "balance", "acme"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["Floor", "Account"]
    assert run([*book, "balance", "--columns", "floor", "--format", "json"]) == 2
    assert "JSON has every key" in capsys.readouterr().err


def test_columns_of_several_tables_keep_what_a_row_is_of(
    carrier: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each table its first column, and every sentence stays; CSV has just what is asked for."""
    words = ["--book", str(carrier.path), "statement", "acme", *OCTOBER, "--columns"]

    def lines(keys: str, *more: str) -> list[list[str]]:
        capsys.readouterr()
        assert run([*words, keys, *more]) == 0
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    for keys in ("date,total,balance", "month,total"):
        printed = lines(keys)
        assert ["Month", "Total"] in printed
        assert any(row[:1] == ["2026-10-31"] for row in printed), keys
        assert any(row[:1] == ["2026-10"] for row in printed), keys
    printed = lines("date,balance")
    assert ["Month"] not in [row[:1] for row in printed]
    assert ["Opening", "balance"] in [row[:2] for row in printed]
    assert lines("total,balance", "--format", "csv")[0] == ["total,balance"]


def test_lists_say_of_which_month_their_minimums_are(
    carrier: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    """The month of UTC, asked for or not."""
    for command, month in (
        ("account list --month 2026-10", "2026-10 (UTC)"),
        ("account list", f"{today():%Y-%m} (UTC)"),
        ("server list --at 2026-10-15", "2026-10 (UTC)"),
        ("server list", f"{today():%Y-%m} (UTC)"),
    ):
        run(["--book", str(carrier.path), *command.split()])
        assert month in capsys.readouterr().out.splitlines()[0], command


def test_sources_are_listed_in_words(carrier: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """Prefixes and options without the signs of JSON; CSV has them as they are."""
    words = ["--book", str(carrier.path), "source", "list"]
    assert run(words) == 0
    shown = capsys.readouterr().out
    assert "9911, 9912, 9913, 9914" in shown
    assert "start = setup, columns = (account_code = x_acct)" in shown
    assert run([*words, "--format", "csv"]) == 0
    assert '[""9911"", ""9912""' in capsys.readouterr().out


def test_wide_leaves_nothing_out_on_a_terminal(
    carrier: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--wide shows on 40 cells what a pipe shows."""
    words = ["--book", str(carrier.path), "statement", LONG, *OCTOBER]
    with terminal(40, monkeypatch) as narrow:
        run(words)
    with terminal(40, monkeypatch) as wide:
        run([*words, "--wide"])
    assert keys_left_out("\n".join(narrow))[0] > {"answered", "seconds"}
    assert keys_left_out("\n".join(wide)) == []
    assert any("Answered" in line and "Balance" in line for line in wide)


def test_a_statement_at_80_columns(carrier: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The money stays, the counts of calls go first, and both tables have one precision."""
    words = [
        "--book",
        str(carrier.path),
        "statement",
        "acme",
        "--from",
        "2026-10-01",
        "--to",
        "2026-10-02",
    ]
    with terminal(80, monkeypatch) as lines:
        run(words)
    assert "\n".join(line.rstrip() for line in lines) == STATEMENT.strip("\n")


def test_calls_without_a_price_keep_what_says_why(
    carrier: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns what only a priced call has is left out before whose it is and its status."""
    with terminal(80, monkeypatch) as lines:
        run(["--book", str(carrier.path), "calls", "--unpriced", *OCTOBER])
    (gone,) = keys_left_out("\n".join(lines))
    assert gone > {"billed_seconds", "cost", "rate", "answered_at"}
    assert not gone & {"account", "called", "destination", "status"}


STATEMENT = """
Acme Telecom (acme), 2026-10-01 to 2026-10-02, in USD

                For       For      For
Date (UTC)  minutes  channels  minimum   Other  Payments    Total  Balance
──────────────────────────────────────────────────────────────────────────
2026-10-01   0.0000    0.0000   0.0000  0.0000    0.0000   0.0000   0.0000
2026-10-02  -0.1577    0.0000   0.0000  0.0000    0.0000  -0.1577  -0.1577

Not shown, for want of width: calls, answered, seconds, billed_seconds; see them
  with --wide, or choose columns as in --columns date,billed_seconds

                Billed      For       For      For
Month    Calls     (s)  minutes  channels  minimum   Other  Payments    Total
─────────────────────────────────────────────────────────────────────────────
2026-10      2    1846  -0.1577    0.0000   0.0000  0.0000    0.0000  -0.1577

Not shown, for want of width: answered, seconds; see them with --wide, or choose
  columns as in --columns month,seconds
Opening balance 0.0000 USD, closing balance -0.1577 USD; billed through
  2026-10-31.
"""


PAGED = """
import os, pty, sys
os.environ.update(PAGER="sed s/^/paged:/", TERM="xterm", COLUMNS="80", LINES=sys.argv[1])
import fcntl, struct, termios
pid, leader = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", int(sys.argv[1]), 80, 0, 0))
    from minutebook.cli import run
    sys.exit(run(sys.argv[2:]))
while True:
    try:
        part = os.read(leader, 65536)
    except OSError:
        break
    if not part:
        break
    sys.stdout.buffer.write(part)
"""


@pytest.mark.parametrize(
    ("lines", "more", "paged"),
    [("10", (), True), ("10", ("--no-pager",), False), ("100", (), False)],
    ids=["long", "no-pager", "fits"],
)
def test_a_long_table_is_paged(
    carrier: Book, lines: str, more: tuple[str, ...], paged: bool
) -> None:
    """By $PAGER, where it has more lines than the terminal; --no-pager prints it at once."""
    words = ["--book", str(carrier.path), "statement", "acme", *OCTOBER, *more]
    done = subprocess.run(
        [sys.executable, "-c", PAGED, lines, *words], capture_output=True, text=True, check=True
    )
    assert "2026-10-31" in done.stdout
    assert ("paged:2026-10-31" in done.stdout) == paged
