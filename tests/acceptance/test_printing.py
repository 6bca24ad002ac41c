"""A result that cannot be printed, or not in full, is no reason to think that nothing was done."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare

from minutebook.cli import demo

if TYPE_CHECKING:
    from minutebook.book import Book

CARRIER = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.006"

[account.acme]
name = "Zoë 株"
plan = "flat"
from = 2026-10-01
"""
PROGRAM = (sys.executable, "-c", "from minutebook.cli import main; main()")
FULL = Path("/dev/full")


def in_ascii(book: Book, *words: str) -> subprocess.CompletedProcess[bytes]:
    """A command on a terminal that knows ASCII alone."""
    return subprocess.run(
        [*PROGRAM, "--book", str(book.path), *words],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_full_disk_does_not_undo_a_payment(book: Book, tmp_path: Path, form: str) -> None:
    """Status 1, and one line that says that it is done; it is posted."""
    declare(book, tmp_path, CARRIER)
    words = ("--format", form, "--book", str(book.path), "pay", "acme", "1.11", "--reference", "a")
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr == (
        "minutebook: what was asked is done; only its result could not be printed:"
        " No space left on device\n"
    )
    (standing,) = book.balances()
    assert standing.balance == Decimal("1.11")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["pay", "--help"], ["--version"]])
def test_help_for_a_full_disk_is_told_as_any_result_is(words: list[str]) -> None:
    """Status 1, and the same line."""
    with FULL.open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr == (
        "minutebook: what was asked is done; only its result could not be printed:"
        " No space left on device\n"
    )


def test_characters_that_a_terminal_lacks_are_replaced(book: Book, tmp_path: Path) -> None:
    """In tables by ?, in CSV by their escapes; JSON stays exact."""
    declare(book, tmp_path, CARRIER)
    paid = in_ascii(book, "pay", "acme", "1.11", "--reference", "a")
    assert (paid.returncode, paid.stderr) == (0, b"")
    assert b"Zo? ?" in in_ascii(book, "account", "show", "acme").stdout
    assert b"Zo\\xeb \\u682a" in in_ascii(book, "account", "list", "--format", "csv").stdout
    assert b"Zo\\u00eb \\u682a" in in_ascii(book, "account", "list", "--format", "json").stdout


def test_the_demos_sentences_are_folded_by_the_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """None has a line's end of its own; but for the last, with commands to go on with."""
    said: list[str] = []
    for name in ("_write", "_stop"):
        monkeypatch.setattr(demo, name, lambda *_: None)
    monkeypatch.setattr(demo, "_a_call", lambda _: "a")
    monkeypatch.setattr(demo._Show, "run", lambda *_, **__: None)
    monkeypatch.setattr(demo._Show, "say", lambda _, words: said.append(words))
    demo.demo_(tmp_path / "carrier")
    assert len(said) > 10
    assert not [words for words in said[:-1] if "\n" in words]
