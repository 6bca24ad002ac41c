"""What people do every day, and the slips that they make."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

from tests.carriers import Call, declare, october, write_calls

from minutebook.book.clock import today
from minutebook.days import ONE_DAY, last_day_ahead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book


def test_a_day_far_ahead_is_billed_only_by_force(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """The end of the month after next is billed, the day after it is refused and posts nothing."""
    declare(book, tmp_path)
    limit = last_day_ahead(today())
    assert minutebook("bill", "--through", str(limit)).status == 0
    far = str(limit + ONE_DAY)
    refused = minutebook("bill", "--through", far)
    assert (refused.status, refused.out) == (2, "")
    assert "--force" in refused.err
    assert str(limit) in refused.err
    statement = minutebook("--format", "json", "statement", "acme", "--month", "2026-10").json
    assert statement["billed_through"] == str(limit)
    assert minutebook("bill", "--through", far, "--force").status == 0


def test_an_empty_ledger_is_not_said_to_be_proved(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """Nothing is wrong, and nothing was there to be wrong: `verify` says so, until something is billed."""
    declare(book, tmp_path)
    ran = minutebook("verify")
    assert ran.status == 0
    assert "Nothing to verify" in ran.out
    assert "nothing to verify" in minutebook("--format", "json", "verify").err
    book.import_calls([write_calls(tmp_path / "c.csv", [Call("a")])])
    book.bill(october(1))
    assert "othing to verify" not in minutebook("verify").out


def test_the_months_of_twice_the_days_take_twice_the_steps(book: Book, tmp_path: Path) -> None:
    """Not four times: the calls of functions are counted. Each month is there, once, in order."""
    declare(book, tmp_path)
    first, middle, last = date(1980, 1, 1), date(1989, 12, 31), date(1999, 12, 31)

    def steps(end: date) -> int:
        statement = book.statements.statement("acme", first, end)
        seen: list[str] = []
        before = sys.getprofile()
        sys.setprofile(lambda _frame, event, _arg: seen.append(event))
        try:
            months = statement.months
        finally:
            sys.setprofile(before)
        assert [each.month for each in months] == [
            date(year, month, 1) for year in range(1980, end.year + 1) for month in range(1, 13)
        ]
        return len(seen)

    assert steps(last) < 3 * steps(middle)
