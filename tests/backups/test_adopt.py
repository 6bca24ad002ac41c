"""A copy of a book that still names its database reads, and never writes there until it is adopted."""

from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import Call, declare, ledger, october, take_in, write_calls

import minutebook
from minutebook.book import place
from minutebook.cli import run
from minutebook.errors import InputError, MinutebookWarning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book


@pytest.fixture
def copied(book: Book, tmp_path: Path) -> Path:
    """A copy of a book at work, its `book.toml` as it was."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    book.runs.bill(october(1))
    return shutil.copytree(book.path, tmp_path / "copy")


def rows(book: Book) -> Any:
    """Everything that the ledger holds, by table."""
    with book.database.transaction() as connection:
        names = connection.execute(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = 'minutebook'::regnamespace"
        ).fetchall()
        return {name: connection.execute(f"table {name}").fetchall() for (name,) in names}


WRITES = (
    "apply more.toml",
    "apply more.toml --dry-run",
    "import minutebook more.csv",
    "import --retry",
    "bill --through 2026-10-02",
    "pay acme 5.00 --reference r",
    "adjust acme 5.00 --reference r --reason why",
    "close 2026-09 --reason told",
    "card import b deck.csv",
    "account suspend acme --reason fraud",
)


def test_a_copy_reads_with_a_warning_and_writes_nothing(
    book: Book,
    copied: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever command; neither to the database nor to its own lake, from which it would differ."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "more.toml").write_text('[source.x]\nformat = "kamailio"\nzone = "UTC"\n')
    (tmp_path / "deck.csv").write_text("Code,Rate\n44,0.01\n")
    write_calls(tmp_path / "more.csv", [Call("b")])
    before = rows(book)
    for reading in (
        "balance",
        "statement acme --month 2026-10",
        "verify",
        "totals --month 2026-10",
    ):
        assert run(["--book", "copy", *reading.split()]) == 0
        said = capsys.readouterr().err
        assert f"is {book.path} on " in said
        assert "minutebook adopt" in said
    for writing in WRITES:
        assert run(["--book", "copy", *writing.split()]) == 2, writing
        last = capsys.readouterr().err.splitlines()[-1]
        assert "nothing was written" in last, (writing, last)
        assert last.endswith("the other is refused from then on")
    with warnings.catch_warnings(action="ignore"), minutebook.open("copy") as copy:
        assert copy.lake.snapshot().version == book.lake.snapshot().version
    assert run(["--book", "copy", "backup", "kept"]) == 0  # it only reads, and says so
    assert (
        "the backup is whole; audit does not have it: nothing was written"
        in capsys.readouterr().err
    )
    assert (tmp_path / "kept" / "backup.json").is_file()
    assert rows(book) == before
    assert run(["--book", str(book.path), "balance"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.provokes(
    "ledger/homes.py: nothing was written: the book that writes to this database is …, and this folder is another, a copy of it or the book moved; if this is the book now, adopt it; the other is refused from then on",
    when="A copied or moved book, whose `database` is an outside one, is told to write.",
)
def test_an_adopted_copy_is_the_book_and_the_other_is_refused(
    book: Book, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And once more says that it is the book already."""
    words = ["--book", str(copied), "--format", "json"]
    assert run([*words, "adopt"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    said = json.loads(printed.out)
    assert (said["adopted"], said["guarded"]) == (True, True)
    assert said["before"].startswith(f"{book.path} on ")
    assert run([*words, "adopt"]) == 0
    assert json.loads(capsys.readouterr().out)["adopted"] is False
    assert run([*words, "pay", "acme", "5.00", "--reference", "r"]) == 0
    with warnings.catch_warnings(action="ignore"), minutebook.open(book.path) as other:
        assert ledger(other)
        with pytest.raises(InputError, match="nothing was written"):
            other.ledger.pay("acme", "5.00", "s")


def test_a_moved_book_is_adopted_once(book: Book, copied: Path, tmp_path: Path) -> None:
    """An outside database cannot tell a moved book from a copy; it is told."""
    shutil.rmtree(copied)
    book.close()
    moved = book.path.rename(tmp_path / "moved")
    with warnings.catch_warnings(action="ignore"), minutebook.open(moved) as there:
        assert there.adopt().adopted
        there.ledger.pay("acme", "1.00", "r")


def test_the_first_that_writes_is_the_book_and_reading_claims_nothing(
    new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """A database from before folders were remembered is whoever's writes first, without a word."""
    book = new_book()
    copy = shutil.copytree(book.path, tmp_path / "copy")
    with warnings.catch_warnings(action="error"):
        with minutebook.open(copy) as reading:
            assert reading.balances() == []
            reading.runs.verify()
        declare(book, tmp_path)
    with minutebook.open(copy) as reading, pytest.warns(MinutebookWarning):
        reading.balances()


def test_a_folder_of_another_machine_is_another(
    book: Book, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same path and number of the folder, as a copied disk has them."""
    here = place.home(book.path)
    monkeypatch.setattr(place, "_machine", lambda: "another")
    assert place.home(book.path) != here
    assert place.home(book.path) == replace(place.home(book.path), host="renamed", by="bob")
    with minutebook.open(book.path) as there, pytest.warns(MinutebookWarning, match="only read"):
        there.balances()


@pytest.mark.slow
def test_books_whose_all_lies_in_their_folder_are_copied_and_moved_freely(tmp_path: Path) -> None:
    """Nothing that one writes is another's: no word, and nothing to adopt."""
    with warnings.catch_warnings(action="error"):
        with minutebook.init(tmp_path / "one") as one:
            declare(one, tmp_path)
            one.stop()
        copy = shutil.copytree(tmp_path / "one", tmp_path / "two")
        moved = (tmp_path / "one").rename(tmp_path / "three")
        for folder, reference in ((copy, "a"), (moved, "b")):
            with minutebook.open(folder) as book:
                book.ledger.pay("acme", "1.00", reference)
                found = book.adopt()
                assert (found.adopted, found.guarded) == (False, False)
                assert len(book.journal(october(1), october(1).replace(year=2100))) == 2
                book.stop()


def test_a_shared_lake_is_guarded_too(new_book: Callable[[], Book], tmp_path: Path) -> None:
    """A copied folder whose lake lies elsewhere does not write there."""
    book = new_book()
    shared = tmp_path / "shared"
    file = book.path / "book.toml"
    file.write_text(file.read_text() + f"lake = '{shared}'\n")
    with minutebook.open(book.path) as first:
        declare(first, tmp_path)
        take_in(first, tmp_path, Call("a"))
        copy = shutil.copytree(book.path, tmp_path / "copy")
        with warnings.catch_warnings(action="ignore"), minutebook.open(copy) as other:
            with pytest.raises(InputError, match="nothing was written"):
                take_in(other, tmp_path, Call("b"))
            with pytest.raises(InputError, match="nothing was written"):
                other.calls.discard("0", "why")
        assert first.lake.snapshot().version == 1


def test_the_guard_is_the_databases_own(copied: Path) -> None:
    """The connection itself is read-only: no way of writing is forgotten."""
    with (
        warnings.catch_warnings(action="ignore"),
        minutebook.open(copied) as copy,
        pytest.raises(InputError, match="nothing was written"),
        copy.database.transaction() as connection,
    ):
        connection.execute("insert into memo values ('a', 'b')")
