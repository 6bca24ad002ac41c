"""The lake under the ledger: one that went back, or was changed, is refused by name; never refunded."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in, write_calls

from minutebook.errors import InputError
from minutebook.lake import proving

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book

FLIPS = 60


def make_billed(book: Book, folder: Path) -> None:
    """Two days billed one after the other; yesterday's lake lies in `lake.before`."""
    declare(book, folder)
    take_in(book, folder, Call("a"), Call("g", "globex"))
    book.bill(october(1))
    shutil.copytree(book.path / "lake", book.path / "lake.before")
    take_in(book, folder, Call("b", at=on(2)), Call("late"))
    book.bill(october(2))


@pytest.fixture
def billed(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


def faults(book: Book) -> list[str]:
    """What `verify` says of the lake."""
    (check,) = (check for check in book.verify() if check.name == "lake")
    return [str(found) for found in check.differences]


def newest_entry(lake: Path) -> Path:
    return max((lake / "calls" / "_delta_log").glob("*.json"))


def put_back(lake: Path) -> None:
    shutil.rmtree(lake)
    shutil.copytree(lake.with_name("lake.before"), lake)


def cut(lake: Path) -> None:
    entry = newest_entry(lake)
    entry.write_bytes(entry.read_bytes()[:-45])


def is_refused(billed: Book, tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    """A run, an import and questions refuse it, `verify` finds it; and put back, all is as before."""
    before = billed.balances()
    shutil.copytree(billed.path / "lake", billed.path / "lake.kept")
    harm(billed.path / "lake")
    for asked in (
        lambda: billed.bill(october(2)),
        lambda: take_in(billed, tmp_path, Call("c", at=on(3))),
        lambda: billed.explain_call("a"),
        lambda: billed.calls("acme", october(1), october(2)),
    ):
        with pytest.raises(InputError, match=words):
            asked()
    assert any(words in fault for fault in faults(billed))
    assert billed.balances() == before
    audited = billed.ledger.audit()  # what the ledger knows, and what of the imports is there
    assert words in str(audited.untold)
    kinds = [deed.kind for deed in audited]
    assert {"run", "account", "plan"} <= {*kinds}
    assert kinds.count("import") < 2
    assert billed.ledger.audit("acme").untold is None
    shutil.rmtree(billed.path / "lake", ignore_errors=True)
    (billed.path / "lake.kept").rename(billed.path / "lake")
    assert billed.ledger.audit().untold is None
    assert billed.bill(october(2)).postings == 0
    assert faults(billed) == []


@pytest.mark.provokes(
    "lake/delta.py: …: …, and this book has seen version …; put the lake back as it was then, or later",
    when="Any command that reads calls: the lake is gone, or is that of an earlier day.",
)
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (put_back, "the lake is at version 1, and this book has seen version 2"),
        (lambda lake: newest_entry(lake).unlink(), "the lake is at version 1"),
        (shutil.rmtree, "no lake is there, and this book has seen version 2"),
        (lambda lake: [shutil.rmtree(each) for each in (lake / "calls").iterdir()], "no lake is there"),
    ],
)  # fmt: skip
def test_a_lake_that_went_back_refunds_nobody(
    billed: Book, tmp_path: Path, harm: Callable[[Path], object], words: str
) -> None:
    """A backup of yesterday, a lost entry of the log, a folder that is gone or was emptied."""
    is_refused(billed, tmp_path, harm, words)


@pytest.mark.provokes(
    "lake/delta_log.py: …: the log of this table cannot be read, …; put the lake back from a backup",
    when="Any command that reads calls: a part of the lake's log is lost or was cut.",
)
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda lake: shutil.rmtree(lake / "calls" / "_delta_log"), "entries of it are missing"),
        (lambda lake: min((lake / "calls" / "_delta_log").glob("*.json")).unlink(), "entries of it are missing"),
        (cut, f"its entry {2:020}.json is cut"),
        (lambda lake: newest_entry(lake).write_text(""), f"its entry {2:020}.json is cut"),
    ],
)  # fmt: skip
def test_a_log_that_is_not_whole_refunds_nobody(
    billed: Book, tmp_path: Path, harm: Callable[[Path], object], words: str
) -> None:
    """What cannot be read is no lake without calls."""
    is_refused(billed, tmp_path, harm, words)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda folder: max((folder / "_delta_log").glob("*.json")).unlink(), "the lake is at version 0"),
        (shutil.rmtree, "no lake is there, and this book has seen version 1"),
    ],
)  # fmt: skip
def test_what_waits_is_not_forgotten_without_a_word(
    book: Book, tmp_path: Path, harm: Callable[[Path], object], words: str
) -> None:
    """A quarantine that went back: what waited since would be billed to nobody, and nobody told."""
    declare(book, tmp_path)
    book.calls.import_files(write_calls(tmp_path / "calls.csv", [Call("a"), Call("x", "nobody")]))
    assert book.calls.quarantine().height == 1
    shutil.copytree(book.path / "lake", book.path / "lake.kept")
    harm(book.path / "lake" / "quarantine")
    for asked in (lambda: book.bill(october(1)), book.calls.quarantine, book.calls.retry):
        with pytest.raises(InputError, match=words):
            asked()
    assert any(words in fault for fault in faults(book))
    shutil.rmtree(book.path / "lake")
    (book.path / "lake.kept").rename(book.path / "lake")
    assert book.bill(october(1)).calls == 1
    assert faults(book) == []


def test_an_import_that_no_run_has_read_is_missed_too(book: Book, tmp_path: Path) -> None:
    """A lake lost between an import and its run is no book without calls."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    shutil.rmtree(book.path / "lake" / "calls")
    with pytest.raises(InputError, match="no lake is there, and this book has seen version 1"):
        book.bill(october(1))


@pytest.mark.provokes(
    "billing/lake_soundness.py: …: the lake's log does not name …, from which … was billed; "
    "put the lake back as it was then, or later",
    when="`minutebook bill`: the lake is another one than the book was billed from.",
)
def test_yesterdays_lake_that_grew_again_refunds_nobody(billed: Book, tmp_path: Path) -> None:
    """Its version is that of the ledger, or later: a file that was billed is not in its log."""
    (lost,) = (file.name for file in billed.lake.snapshot().files if file.day == october(2))
    put_back(billed.path / "lake")
    lake = billed.lake
    lake.least_version = -1
    for _ in range(3):
        lake.commit(lake.table(), [])
    with pytest.raises(InputError, match=r"the lake's log does not name .*, from which 2026-10-0"):
        billed.bill(october(2))
    assert f"{lost}: run 2 billed this file, and the lake's log does not name it" in faults(billed)


@pytest.mark.provokes(
    "lake/proving.py: …: …; put it back from a backup",
    when="`minutebook bill`, and what prices calls: a file of the lake is gone, or is not as it was committed.",
)
def test_a_flipped_bit_in_a_file_of_calls_is_never_priced(book: Book, tmp_path: Path) -> None:
    """Wherever it is in a file: the run refuses by the file's name, and `verify` names it."""
    declare(book, tmp_path)
    take_in(book, tmp_path, *(Call(f"c{n}", at=on(1 + n % 2)) for n in range(40)))
    files = [Path(file.path) for file in book.lake.snapshot().files]
    chance = random.Random(7)
    for n in range(FLIPS):
        file = files[n % len(files)]
        sound = file.read_bytes()
        at = chance.randrange(len(sound))
        file.write_bytes(
            sound[:at] + bytes([sound[at] ^ 1 << chance.randrange(8)]) + sound[at + 1 :]
        )
        with pytest.raises(InputError, match=f"{file.name}: its bytes are not those"):
            book.bill(october(2))
        if n < len(files):
            assert faults(book) == [
                f"day={october(1 + n)}/{file.name}: its bytes are not those that were committed"
            ]
        file.write_bytes(sound)
    assert book.bill(october(2)).calls == 40
    assert faults(book) == []


@pytest.mark.provokes(
    "lake/card_store.py: … were changed (…); restore them from a backup",
    when="`minutebook price`, and what shows prices: the file of a card's revision is not as it was imported; a run sets its accounts aside.",
)
def test_a_flipped_bit_in_a_card_is_never_a_price(billed: Book, tmp_path: Path) -> None:
    """Neither of a call, nor of a quote."""
    (deck,) = (billed.path / "lake" / "cards").glob("*.parquet")
    sound = deck.read_bytes()
    take_in(billed, tmp_path, Call("another", "globex"))
    chance = random.Random(7)
    for _ in range(FLIPS // 3):
        at = chance.randrange(len(sound))
        deck.write_bytes(
            sound[:at] + bytes([sound[at] ^ 1 << chance.randrange(8)]) + sound[at + 1 :]
        )
        aside = billed.bill(october(2)).set_aside
        assert [one.account for one in aside] == ["globex"]
        assert f"the prices of a card were changed ({deck.name})" in aside[0].reason
    with pytest.raises(InputError, match=deck.name):
        billed.price("442079460101", "60", card="a-z")


def test_files_of_an_earlier_version_get_their_digests_once_the_book_is_proved(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names carry none; after that a changed one is found like any other."""
    declare(book, tmp_path)
    with monkeypatch.context() as earlier:
        earlier.setattr(proving, "digested_name", lambda stem, _: f"{stem}.parquet")
        take_in(book, tmp_path, Call("a"), Call("b", at=on(2)))
    assert "2 files without a digest, of which 0 have one now" in proved(book)
    book.bill(october(1))
    assert "2 files without a digest, of which 1 has one now" in proved(book)
    assert "1 file without a digest, of which 0 have one now" in proved(book)
    first, _ = (Path(file.path) for file in book.lake.snapshot().files)
    sound = first.read_bytes()
    first.write_bytes(sound[:99] + bytes([sound[99] ^ 1]) + sound[100:])
    assert faults(book) == [
        f"day=2026-10-01/{first.name}: its bytes are not those that were committed"
    ]


def proved(book: Book) -> str:
    """What `verify` proves of the lake; it holds."""
    (check,) = (check for check in book.verify() if check.name == "lake")
    assert not check.differences
    return str(check.proves)
