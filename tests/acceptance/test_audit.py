"""Who did what: everything that people do to a book's money is told, in order, with why."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in

from minutebook.book.clock import today, user
from minutebook.days import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book


@pytest.fixture
def worked(book: Book, tmp_path: Path) -> Book:
    """A book on which people did something of every kind."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"), Call("b", "globex"), Call("c", at=on(2)))
    book.bill(october(2))
    book.pay("acme", "10", "wire-1", on(2))
    book.ledger.refund("acme", "4", "paid twice", "back-1", on(2))
    book.ledger.reverse("wire-1", "it bounced")
    book.ledger.adjust("globex", "-1.50", "a fee", "fee-1", october(2))
    made = book.corrections.correct("a", "stuck call", duration_ms=30_000)
    assert made.correction is not None
    book.corrections.undo(made.correction.number, "it was not")
    book.corrections.undo_import(book.corrections.imports()[0].id, "the wrong file")
    book.switch("acme", "a-z", None, october(20))
    book.accounts.suspend("globex", "fraud")
    book.accounts.close("globex", "moved away", october(30))
    book.bill(october(2))
    return book


def test_all_that_people_did_is_told_in_order(worked: Book, minutebook: Callable[..., Ran]) -> None:
    """Each with who, when, what and why; in a table, as JSON and as CSV."""
    ran = minutebook("--format", "json", "audit")
    assert ran.status == 0, ran.err
    told = ran.json["deeds"]
    assert {deed["by"] for deed in told} == {user()}
    assert [deed["at"] for deed in told] == sorted(deed["at"] for deed in told)
    days = {deed["at"][:10] for deed in told}
    assert days <= {str(today()), str(today() - ONE_DAY)}
    found = [(deed["kind"], deed["what"], deed["reason"]) for deed in told]
    expected = [
        ("plan", "plan flat: new", "apply carrier.toml"),
        ("plan", "plan a-z: new", "apply carrier.toml"),
        ("account", "account acme: new", "apply carrier.toml"),
        ("account", "account globex: new", "apply carrier.toml"),
        ("card", "card a-z: new revision 1 file deck.csv, live from always", "card import"),
        ("run", "run 1 through 2026-10-02: 3 postings: -0.02 USD", None),
        ("payment", "payment wire-1 of acme: 10.00 USD on 2026-10-02", None),
        ("refund", "refund back-1 of acme: -4.00 USD on 2026-10-02", "paid twice"),
        (
            "reversal",
            "reversal of wire-1 of acme: -10.00 USD on ",
            "reversal of 'wire-1': it bounced",
        ),
        ("adjustment", "adjustment fee-1 of globex: -1.50 USD on 2026-10-02", "a fee"),
        ("correction", "correction 1: 1 call, call_id a, lasting 30 s", "stuck call"),
        ("undo", "correction 2: takes back correction 1", "it was not"),
        ("account", "account acme: a-z from 2026-10-20", "switch"),
        ("status", "globex suspended from", "fraud"),
        ("account", "account globex: closed 2026-10-30", "moved away"),
        ("run", "run 2 through 2026-10-02: 3 postings: 0.02 USD", None),
    ]
    for deed in expected:
        assert any(
            kind == deed[0] and what.startswith(deed[1]) and reason == deed[2]
            for kind, what, reason in found
        ), f"{deed} in {found}"
    (taken_in,) = [deed for deed in told if deed["kind"] == "import"]
    assert taken_in["what"].startswith(f"import {taken_in['name'][:12]}: 3 calls from ")
    assert told.index(taken_in) == next(n for n, d in enumerate(told) if d["kind"] == "run") - 1
    (undone,) = [deed for deed in told if deed["kind"] == "import undo"]
    assert undone["reason"] == "the wrong file"
    assert undone["accounts"] == ["acme", "globex"]
    rows = list(csv.DictReader(io.StringIO(minutebook("--format", "csv", "audit").out)))
    assert [row["what"] for row in rows] == [deed["what"] for deed in told]
    table = minutebook("audit")
    assert table.status == 0
    assert "payment wire-1 of acme: 10.00 USD on 2026-10-02" in table.out


def test_choices_combine(worked: Book, minutebook: Callable[..., Ran]) -> None:
    """By account, by day and by person; together they choose what all of them choose."""
    of_globex = minutebook("--format", "json", "audit", "--account", "globex").json["deeds"]
    assert all(deed["accounts"].count("globex") for deed in of_globex)
    assert {"run", "account", "adjustment", "status", "import undo"} == {
        deed["kind"] for deed in of_globex
    }
    choice = ("--account", "globex", "--by", user(), "--from", str(today() - ONE_DAY))
    assert minutebook("--format", "json", "audit", *choice).json["deeds"] == of_globex
    before = ("--to", str(today() - 2 * ONE_DAY))
    assert minutebook("--format", "json", "audit", *before).json["deeds"] == []
    assert "Nothing was done." in minutebook("audit", "--account", "acme", *before).out


def test_an_unknown_person_or_account_is_said(worked: Book, minutebook: Callable[..., Ran]) -> None:
    """Nothing found for a name that is misspelt would look as if nothing had been done."""
    nobody = minutebook("audit", "--by", user() + "x")
    assert (nobody.status, nobody.out) == (2, "")
    assert f"did you mean {user()}?" in nobody.err
    unknown = minutebook("audit", "--account", "acmee")
    assert (unknown.status, unknown.out) == (2, "")
    assert "did you mean acme?" in unknown.err
