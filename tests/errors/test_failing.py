"""Disks that are full, files that are lost: what the program says, and that nothing else is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, take_in, write_calls
from tests.errors import sites

from minutebook.cli import run
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

_SMALL_DISK = """
mkdir -p "$1" && mount -t tmpfs -o size="$2" none "$1" || exit 77
shift 2; exec "$@"
"""
PROGRAM = (sys.executable, "-c", "from minutebook.cli import main; main()")


@pytest.mark.provokes(
    "intake/intake.py: the disk of the lake is full; no call was added: free some space, then import again",
    when="`minutebook import`: the disk that the book's calls are on is full.",
)
def test_an_import_on_a_full_disk_adds_no_call(book: Book, tmp_path: Path) -> None:
    """It is one line; with room, the same import adds all."""
    declare(book, tmp_path)
    calls = write_calls(tmp_path / "calls.csv", [Call(f"call-{n}" * 9) for n in range(300)])
    command = [*PROGRAM, "--book", str(book.path), "import", "minutebook", str(calls)]
    small = ["sh", "-c", _SMALL_DISK, "sh", str(book.settings.lake_folder), "16k"]
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", *small, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode == 77 or ran.stderr.startswith("unshare"):
        pytest.skip("user namespaces are refused here")
    sites.heard.append(ran.stderr)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.count("\n") == 1
    assert book.calls.import_files([calls]).added == 300


@pytest.mark.provokes(
    "lake/card_store.py: … are gone from the book (…); restore them from a backup",
    when="A file of the folder `cards` of the lake is gone: a price or a list of the card's prices needs it; a run sets its accounts aside.",
)
def test_lost_prices_of_a_card_stop_what_needs_them(book: Book, tmp_path: Path) -> None:
    """Calls are priced by no other card; with the file restored the next run bills them."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a", account_code="globex"))
    cards = book.settings.lake_folder / "cards"
    cards.rename(cards.with_suffix(".away"))
    with pytest.raises(InputError, match="prices of a card are gone from the book"):
        book.price("442079460101", "60", card="a-z")
    (aside,) = book.bill(date(2026, 10, 1)).set_aside
    assert "prices of a card are gone from the book" in aside.reason
    assert book.verify()[0].differences == []
    cards.with_suffix(".away").rename(cards)
    assert book.bill(date(2026, 10, 1)).postings == 1


@pytest.mark.provokes(
    "lake/parquet.py: … is damaged; put it back as it was, from a backup",
    when="A file of the lake's folder `quarantine` is damaged: what waits cannot be told.",
)
def test_a_damaged_file_of_the_lake_is_named(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of what waits at once, of the calls by verify, as the refusal says; never a fault of the program."""
    declare(book, tmp_path)
    mixed = write_calls(tmp_path / "mixed.csv", [Call("a"), Call("x", "nobody")])
    book.calls.import_files(mixed)
    lake = book.settings.lake_folder
    (waits,) = (lake / "quarantine").glob("*.parquet")
    whole = waits.read_bytes()
    waits.write_bytes(whole[:-20])
    with pytest.raises(InputError, match=f"{waits.name} is damaged; put it back"):
        book.bill(date(2026, 10, 1))
    waits.write_bytes(whole)
    book.bill(date(2026, 10, 1))
    (calls,) = (lake / "calls").rglob("day=*/*.parquet")
    calls.write_bytes(calls.read_bytes()[:-20])
    words = ["--book", str(book.path)]
    assert run([*words, "calls", "acme", "--month", "2026-10"]) == 2
    said = capsys.readouterr().err
    assert "a file of the book's calls is damaged" in said
    assert "minutebook verify says which" in said
    assert run([*words, "--format", "json", "verify"]) == 1
    assert calls.name in capsys.readouterr().out


@pytest.mark.provokes(
    "cli/demo.py: the demo reads the examples folder of the source; run it from a clone: make demo",
    when="`minutebook demo`: the program was installed from a wheel, which has no examples.",
)
def test_an_installed_program_says_where_the_demo_is(tmp_path: Path) -> None:
    """The demo needs the source; nothing is made without it."""
    shutil.copytree(sites.SOURCE, tmp_path / "installed" / "lib" / "minutebook")
    ran = subprocess.run(
        [*PROGRAM, "demo", "shown"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed" / "lib")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    sites.heard.append(ran.stderr)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "shown").exists()
