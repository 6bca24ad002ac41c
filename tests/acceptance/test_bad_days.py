"""Bad days: a database that is away, files that are not calls, a book that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, write_calls

from minutebook import settings
from minutebook.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

HEADER = "call_id,server,caller,called,setup_at,answered_at,ended_at\n"
GOOD = "a,s,1,442079460123,2026-10-01T10:00:00Z,2026-10-01T10:00:01Z,2026-10-01T10:00:09Z\n"


def test_a_database_that_is_away_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, and what to do."""
    settings.write(tmp_path, "USD", "postgresql://nobody@127.0.0.1:1/none", None)
    assert run(["--book", str(tmp_path), "balance"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("minutebook: the database cannot be reached")
    assert err.count("\n") == 1


def test_no_book_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to make one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MINUTEBOOK", raising=False)
    assert run(["balance"]) == 2
    assert "minutebook init PATH" in capsys.readouterr().err


def test_the_book_is_found_upward_and_by_the_environment(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The nearest folder upward, or $MINUTEBOOK."""
    inside = book.path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.delenv("MINUTEBOOK", raising=False)
    monkeypatch.chdir(inside)
    assert run(["--format", "json", "balance"]) == 0
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINUTEBOOK", str(book.path))
    assert run(["balance", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n[]\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("b,s,1,44,2026-10-01T10:00:00Z,2026-02-30T10:00:01Z,2026-10-01T10:00:09Z\n", "bad_time"),
        ("b,s,1,44,2026-10-01T10:00:00Z,2026-10-01T10:00:10Z,2026-10-01T10:00:09Z\n", "end_before_start"),
        ("b,s,1,44,2026-10-01T10:00:00,2026-10-01T10:00:01Z,2026-10-01T10:00:09Z\n", "no_zone"),
        ("b,s,1,44,2026-01-01T10:00:00Z,2026-01-01T10:00:01Z,2026-10-01T10:00:09Z\n", "too_long"),
        (",s,1,44,2026-10-01T10:00:00Z,2026-10-01T10:00:01Z,2026-10-01T10:00:09Z\n", "missing_value"),
        ("b,s,1,44\n", "broken_line"),
        ("b,s,1,44,2026-10-01T10:00:00Z,2026-10-01T10:00:01Z,2026-10-01T10:0\n", "bad_time"),
    ],
)  # fmt: skip
def test_a_bad_record_is_set_aside_with_its_reason(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path, line: str, reason: str
) -> None:
    """The good ones go in; the bad one is counted, listed with file and line, and not lost."""
    declare(book, tmp_path, ACCOUNT)
    file = tmp_path / "cdr.csv"
    file.write_text(HEADER + GOOD + line)
    value = minutebook("--format", "json", "import", "auto", str(file)).json
    assert (value["read"], value["added"], value["reasons"]) == (2, 1, {reason: 1})
    (waiting,) = minutebook("--format", "json", "calls", "--quarantine").json["quarantine"]
    assert (waiting["reason"], waiting["line"]) == (reason, 3)
    again = minutebook("--format", "json", "import", "auto", str(file)).json
    assert (again["added"], again["duplicates"], again["quarantined"]) == (0, 1, 1)
    assert len(minutebook("--format", "json", "calls", "--quarantine").json["quarantine"]) == 1
    minutebook("quarantine", "--discard", waiting["id"], "--reason", "a test call")
    assert minutebook("--format", "json", "calls", "--quarantine").json["quarantine"] == []


ACCOUNT = """
[plan.m]
model = "per_minute"
currency = "USD"
rate = "0.01"
[account.a]
plan = "m"
from = 2026-01-01
match = [ { server = "s" } ]
"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"call_id,server,caller,called,setup_at,ended_at\nx,s,1,2,3,4\n", "answered_at"),
        (b"", "cdr.csv"),
        (b"\x00\x01\x02\x03" * 100, "cdr.csv"),
        (b"<?xml version='1.0'?><cdr/>", "cdr.csv"),
    ],
)
def test_a_file_that_is_no_record_of_calls_refuses_the_command(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path, content: bytes, words: str
) -> None:
    """Nothing is done: not even the good file beside it goes in."""
    declare(book, tmp_path, ACCOUNT)
    good, bad = tmp_path / "good.csv", tmp_path / "cdr.csv"
    good.write_text(HEADER + GOOD)
    bad.write_bytes(content)
    ran = minutebook("import", "minutebook", str(good), str(bad))
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert book.lake.snapshot().files == []


def test_a_decks_wrong_currency_is_refused(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """A card keeps its currency, and its plan's."""
    declare(book, tmp_path)
    deck = tmp_path / "euro.csv"
    deck.write_text("prefix,rate\n44,0.01\n")
    assert (
        "is in USD, not EUR"
        in minutebook("card", "import", "a-z", str(deck), "--currency", "EUR").err
    )
    deck.write_text("prefix,rate (EUR)\n44,0.01\n")
    assert "its prices are in EUR" in minutebook("card", "import", "a-z", str(deck)).err


def test_standard_input_is_read(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` is standard input."""
    declare(book, tmp_path)
    file = write_calls(tmp_path / "c.csv", [Call("a")])
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        value = minutebook("--format", "json", "import", "minutebook", "-").json
    assert value["added"] == 1
