"""What an import read again would do is said before, and is what happens then."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, Call, declare, ledger, october, on, take_in, write_calls

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

VOX = """
[provider.vox]
currency = "USD"
card = "a-z"
match = [ { trunk = "vox-1" } ]
"""
PBX = '[source.pbx]\nformat = "minutebook"\n'
LATER = """
[account.late]
plan = "flat"
from = 2026-10-01
match = [ { account_code = "late" } ]
"""


def mended(book: Book, tmp_path: Path, text: str) -> None:
    """Apply a declaration."""
    (tmp_path / "mended.toml").write_text(text)
    book.apply([tmp_path / "mended.toml"])


def of_lake(book: Book) -> list[str]:
    """Every file of the lake, but for locks."""
    found = book.lake.location.rglob("*")
    return sorted(str(path) for path in found if path.is_file() and "locks" not in path.parts)


@pytest.fixture
def read(book: Book, tmp_path: Path) -> Book:
    """Seven records read with a wrong country: two customers, a provider, one that waits, one in conflict; billed."""
    declare(book, tmp_path, CARRIER + VOX + PBX + 'country = "1"\n')
    take_in(book, tmp_path, Call("other", at=on(2)))
    trunk = {"trunk": "vox-1"}
    file = [
        Call("a", called="02079460123", more=trunk),
        Call("b", "globex", called="02079460123", at=on(2), more=trunk),
        Call("c", "globex", called="07700900123", at=on(2), seconds=90),
        Call("d", "globex", seconds=None),
        Call("w", "late", at=on(2), called="02079460123"),
        Call("x", seconds=30),
        Call("x", seconds=36),
    ]
    result = book.calls.import_files(write_calls(tmp_path / "pbx.csv", file), source="pbx")
    assert (result.added, result.reasons) == (5, {"conflict": 1, "no_account": 1})
    book.bill(october(3))
    return book


def test_what_an_import_read_again_would_do_is_what_it_does(read: Book, tmp_path: Path) -> None:
    """Each account's and provider's money, calls out and in, what waits; nothing is kept, and then it comes true."""
    mended(read, tmp_path, PBX + 'country = "44"\n' + LATER)
    before, files, made = ledger(read), of_lake(read), read.corrections.imports()[-1]
    waiting = read.calls.quarantine()
    found = read.calls.preview_import_again(made.id[:12])
    assert (ledger(read), of_lake(read), len(read.corrections())) == (before, files, 0)
    assert read.calls.quarantine().equals(waiting)
    by_name = {one.account: one for one in found.accounts}
    assert {n: (one.calls_out, one.calls_in) for n, one in by_name.items()} == {
        "acme": (2, 2), "globex": (3, 3), "late": (0, 1), "provider:vox": (0, 0),
    }  # fmt: skip
    assert by_name["late"].difference == Decimal("0.005")
    assert by_name["globex"].difference > 0

    result = read.calls.import_again(made.id, "wrong country")
    same = ("read", "added", "duplicates", "quarantined", "unanswered", "duration_ms", "reasons")
    assert [getattr(result, n) for n in same] == [getattr(found.result, n) for n in same]
    read.bill(october(3))
    after = ledger(read)
    moved = {
        one.account: one.difference * (1 if one.account.startswith("provider:") else -1)
        for one in found.accounts
        if one.difference
    }
    change = {
        name: sum(Decimal(v) for k, v in after.items() if k[0] == name)
        - sum(Decimal(v) for k, v in before.items() if k[0] == name)
        for name in by_name
    }
    assert moved == {name: amount for name, amount in change.items() if amount}
    for one in found.accounts:  # of the days that change
        total = sum(Decimal(v) for k, v in after.items() if k[0] == one.account)
        assert one.days == 0 or abs(one.after) <= abs(total)


def test_what_cannot_be_read_again_is_refused_when_it_is_tried(read: Book, tmp_path: Path) -> None:
    """Another's file is told before, and leaves nothing; an import that is read again already changes nothing."""
    made, files = read.corrections.imports()[-1], of_lake(read)
    other = write_calls(tmp_path / "other.csv", [Call("y")])
    with pytest.raises(InputError, match="none of the calls of import"):
        read.calls.preview_import_again(made.id, other)
    assert of_lake(read) == files
    read.calls.import_again(made.id, "to be sure")
    found = read.calls.preview_import_again(made.id)
    assert (found.result.added, found.result.duplicates, found.accounts) == (0, 5, ())
