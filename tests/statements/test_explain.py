"""The way from a call to its charge, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in, write_calls

from minutebook.book.clock import today
from minutebook.errors import InputError
from minutebook.statements.steps import DayNotBilled, DayToCome, Posted

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book


def test_a_call_without_a_price_is_not_told_as_charged(book: Book, tmp_path: Path) -> None:
    """The account's other calls of the day are posted; of this one nothing is said to be."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("priced", "globex"), Call("far", "globex", "999123"))
    book.runs.bill(october(1))
    (far,) = book.statements.explain_call("far")
    assert "not billed" in str(far.steps[-1])
    assert not any(isinstance(step, Posted) for step in far.steps)
    assert len(far.postings) == 1
    (priced,) = book.statements.explain_call("priced")
    posted = priced.steps[-1]
    assert isinstance(posted, Posted)
    assert (posted.run, posted.amount, posted.day) == (1, priced.postings[0].amount, october(1))
    assert "for globex's day 2026-10-01 with this call" in str(priced.steps[-1])


def test_no_run_is_advised_for_a_day_to_come(book: Book, tmp_path: Path) -> None:
    """A call of a switch whose clock is wrong, or of a day that is not over; others say what to run."""
    declare(book, tmp_path)
    ahead = (today() - october(1) + timedelta(days=40)).days
    take_in(book, tmp_path, Call("ahead", at=on(1) + timedelta(days=ahead)), Call("now"))
    to_come = book.statements.explain_call("ahead")[0].steps[-1]
    assert isinstance(to_come, DayToCome)
    assert "is yet to come" in str(to_come)
    advice = "2026-10-01 is not billed yet; run: minutebook bill --through 2026-10-01"
    now = book.statements.explain_call("now")[0].steps[-1]
    assert now == DayNotBilled(october(1), october(1))
    assert str(now) == advice
    book.runs.bill(today() + timedelta(days=5))
    take_in(book, tmp_path, Call("late", at=on(2)))
    assert str(book.statements.explain_call("late")[0].steps[-1]).endswith(f"--through {today()}")


def test_an_unknown_call_may_wait_in_quarantine(book: Book, tmp_path: Path) -> None:
    """An id of the quarantine is no call's id: where to look is said."""
    declare(book, tmp_path)
    book.calls.import_files(write_calls(tmp_path / "calls.csv", [Call("x", "nobody")]))
    (waiting,) = book.calls.quarantine()["id"]
    with pytest.raises(InputError, match=r"is recorded; .*book.calls.quarantine") as refused:
        book.statements.explain_call(waiting)
    assert "minutebook calls --quarantine" in refused.value.for_shell()
