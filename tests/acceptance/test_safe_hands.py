"""Hands that slip and hands that mean harm: files kept, data private, cells and terminals harmless."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.carriers import Call, declare, october, take_in

import minutebook as library
from minutebook import settings
from minutebook.cli import run
from minutebook.cli.output import PAGE_MARK
from minutebook.errors import DatabaseError, InputError, MinutebookWarning
from minutebook.ledger.locks import RUN
from minutebook.words import harmless, harmless_json, plain_cell, safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

SECRET = "s3cr-et"


def test_a_report_writes_over_a_report_and_nothing_else(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """Not over a person's file without --force, and over no part of a book at all."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    review = ("review", "acme", "--month", "2026-10")
    page, mine = tmp_path / "page.html", tmp_path / "mine.html"
    for _ in range(2):
        assert minutebook(*review, "--report", str(page)).status == 0
    assert PAGE_MARK in page.read_text()
    mine.write_text("mine")
    assert "is kept" in minutebook(*review, "--report", str(mine)).err
    assert mine.read_text() == "mine"
    assert minutebook(*review, "--report", str(mine), "--force").status == 0
    assert PAGE_MARK in mine.read_text()
    before = (book.path / "book.toml").read_text()
    for own in ("book.toml", "lake/page.html", "postgres/page.html"):
        for force in ((), ("--force",)):
            said = minutebook(*review, "--report", str(book.path / own), *force)
            assert (said.status, "is a part of" in said.err) == (2, True)
        said = minutebook("declared", "--output", str(book.path / own), "--overwrite")
        assert (said.status, "is a part of" in said.err) == (2, True)
    assert (book.path / "book.toml").read_text() == before
    inside = book.path / "page.html"
    assert minutebook(*review, "--report", str(inside)).status == 0
    assert inside.stat().st_mode & 0o077 == 0


def test_a_csv_writes_over_one_with_its_header(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """And over no other; cells that a spreadsheet would compute are made harmless."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("=1+1"))
    theirs, out = tmp_path / "theirs.csv", tmp_path / "out.csv"
    header = "call_id,server,caller,called,setup_at,answered_at,ended_at\n"
    theirs.write_text(
        header
        + "x,lon-1,1,447700900123,2026-10-01T09:00:00Z,2026-10-01T09:00:02Z,2026-10-01T09:01:02Z\n"
    )
    words = ("reconcile", "lake", str(theirs), "--month", "2026-10", "--csv", str(out))
    for _ in range(2):
        assert minutebook(*words).status == 1  # theirs has no amounts
    assert "'=1+1" in out.read_text()
    out.write_text("name,number\n")
    assert "is kept" in minutebook(*words).err
    assert out.read_text() == "name,number\n"


def test_what_a_book_holds_is_for_its_owner_alone(book: Book, tmp_path: Path) -> None:
    """Whatever the umask; a lake from before is closed at the next import."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", account_code="acme"))

    def open_to_others() -> list[Path]:
        places = [book.path / "lake", *(book.path / "lake").rglob("*"), book.path / "book.toml"]
        return [place for place in places if place.stat().st_mode & 0o077]

    assert open_to_others() == []
    for place in (book.path / "lake", *(book.path / "lake").rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    take_in(book, tmp_path, Call("c"))
    assert open_to_others() == []


@given(st.text(alphabet="=+-@\t\r\n'09.aＡ＝", max_size=6))
@example("=cmd|' /C calc'!A0")
@example("'=x")
@example("+44-20")
def test_cells_are_harmless_and_come_back(text: str) -> None:
    """No text begins as a formula does, unless it is a number; and none is lost."""
    cell = safe_cell(text)
    assert plain_cell(cell) == text
    assert cell[:1] not in {*"=@\t\r＝"}
    if cell[:1] in {"+", "-"}:
        assert cell == text
        assert {*cell} <= {*"+-0123456789.,%"}


@pytest.mark.parametrize("number", ["+442079460123", "-0.0045", "-1,234.50", "5%", "0"])
def test_numbers_stay_readable(number: str) -> None:
    """Amounts and telephone numbers are no text."""
    assert safe_cell(number) == number


def test_calls_go_out_as_csv_and_come_in_again(
    minutebook: Callable[..., Ran], new_book: Callable[[], Book], book: Book, tmp_path: Path
) -> None:
    """An id that begins as a formula does is the same id in the other book."""
    declare(book, tmp_path)
    ids = ["-Kk3@10.0.0.1", "=1+1", "plain", "+44"]
    take_in(book, tmp_path, *map(Call, ids))
    text = minutebook("--format", "csv", "calls", "acme", "--month", "2026-10").out
    told = {row["call_id"] for row in csv.DictReader(io.StringIO(text))}
    assert told == {"'-Kk3@10.0.0.1", "'=1+1", "plain", "+44"}
    (tmp_path / "out.csv").write_text(text)
    other = new_book()
    other.calls.import_files(tmp_path / "out.csv", "minutebook")
    lake = other.lake.scan(other.lake.snapshot().files).collect()
    waiting = other.quarantined.open()
    assert sorted([*lake["call_id"], *waiting["call_id"]]) == sorted(ids)


def test_no_control_character_reaches_a_terminal(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """In tables, JSON and messages it is written out."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a\x1b[2Jb\x9bc"))
    for format_ in ("table", "json"):
        said = minutebook("--format", format_, "calls", "acme", "--month", "2026-10")
        assert said.status == 0
        assert not {"\x1b", "\x9b"} & {*said.out}
    assert "\\x1b]0;owned\\x07" in minutebook("balance", "\x1b]0;owned\x07").err
    assert harmless("a\u202eb") == "a\\u202eb"
    assert json.loads(harmless_json(json.dumps("\x9b\u202e", ensure_ascii=False))) == "\x9b\u202e"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://bob:{SECRET}@127.0.0.1:1/none",
        f"postgresql://bob:{SECRET}@here@127.0.0.1:1/none",
        f"postgresql://bob:{SECRET}/x@127.0.0.1:1/none",
        f"postgresql://bob:12/{SECRET}@127.0.0.1:1/none",
        f"postgresql://bob:{SECRET}?x@127.0.0.1:1/none",
        f"postgresql://bob:{SECRET}#x@127.0.0.1:{SECRET}/none",
        f"postgresql://bob:x@127.0.0.1:{SECRET}/none",
        f"postgres//bob:{SECRET}@127.0.0.1/none",
        f"host=127.0.0.1 port=1 password='{SECRET} x",
        f"host=127.0.0.1 port=1 password=x {SECRET}",
        f"host=127.0.0.1 port=1 password={SECRET}",
        f"postgresql://127.0.0.1:1/none?password={SECRET}",
    ],
)
def test_a_password_is_never_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    """However the address is written; nor in what Python prints of an error or of settings."""
    assert run(["init", str(tmp_path / "new"), "--database", address]) == 2
    assert SECRET not in capsys.readouterr().err
    (tmp_path / "old").mkdir()
    settings.write(tmp_path / "old", "USD", address, None)
    environment = {**os.environ, "MINUTEBOOK_DEBUG": "1"}
    program = "import minutebook; b = minutebook.open('old'); print(b, b.settings); b.balances()"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DatabaseError" in ran.stderr
    assert SECRET not in ran.stderr + ran.stdout


@pytest.mark.provokes(
    "ledger/locks.py: nothing was done: after … s it is still the turn of …; try again later, or open the book with a longer wait_s",
    when="`--wait S` bounds the wait for a command that must end first, and it goes on.",
)
def test_a_wait_says_for_whom_and_can_be_bounded(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """Who holds the lock, and since when; after --wait seconds the command gives up."""
    declare(book, tmp_path)
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        with library.open(book.path) as other, other.database.transaction(lock=RUN):
            begun.set()
            done.wait(60)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert begun.wait(60)
        said = minutebook("--wait", "1", "bill", "--through", "2026-10-01")
        assert said.status == 2
        first, last = said.err.splitlines()
        assert (
            f"waiting for {os.environ.get('USER', 'root')[:4]}" in first or "waiting for " in first
        )
        assert f"process {os.getpid()} on " in first
        assert "at work since " in first
        assert "nothing was done: after 1 s" in last
        with (
            library.open(book.path, wait_s=1) as bounded,
            pytest.warns(MinutebookWarning, match="only one at a time"),
            pytest.raises(InputError, match="still the turn"),
        ):
            bounded.runs.bill(october(1))
        timer = threading.Timer(1, done.set)
        timer.start()
        assert minutebook("bill", "--through", "2026-10-01").status == 0
    finally:
        done.set()
        worker.join()


def test_a_malformed_address_is_refused_before_anything_is_asked() -> None:
    """With what to write instead."""
    with pytest.raises(DatabaseError, match="%40 for @"):
        library.init("/nonexistent/x", database="postgresql://a:b@c@d/e")
