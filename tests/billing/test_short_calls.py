"""Surcharges on short calls, on the ledger and at every door; their law in any rhythm is in `test_recurring`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.billing.test_verify import plant
from tests.carriers import Call, declare, ledger, october, take_in

from minutebook.billing.differences import WrongCharge
from minutebook.statements.recurring import NoShortCallsDue, ShareOfShort, ShortOfAnswered

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cluster

    from minutebook.book import Book

CARRIER = """
[plan.dialler]
model = "per_minute"
currency = "USD"
rate = "0.006"
short_calls = { below_seconds = 6, share_over = "0.15", fee = "0.01" }

[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "3.1" } ]
short_calls = { below_seconds = 6, share_over = "0.15", fee = "0.01", per = "month" }

[account.acme]
plan = "dialler"
from = 2026-10-01
match = [ { account_code = "acme" } ]

[account.globex]
plan = "lines"
channels = 1
from = 2026-10-01
match = [ { account_code = "globex" } ]
"""


def calls(
    account: str, day: int, *, long: int = 0, short: int = 0, missed: int = 0, more: str = ""
) -> list[Call]:
    """Calls of a day of October: so many of a minute, of 5.999 s, and not answered."""
    lengths = [60] * long + [5.999] * short + [None] * missed
    at = datetime(2026, 10, day, 9, tzinfo=UTC)
    return [
        Call(f"{account}-{day}-{more}{n}", account, at=at + timedelta(minutes=2 * n), seconds=each)
        for n, each in enumerate(lengths)
    ]


def charged(book: Book) -> dict[tuple[str, str], str]:
    """What stands for short calls, by account and day."""
    found = ledger(book).items()
    return {(name, day): amount for (name, day, kind), amount in found if kind == "short_calls"}


def proved(book: Book) -> bool:
    return not any(check.differences for check in book.verify())


def test_a_share_is_that_of_all_answered_calls_whenever_they_come(
    book: Book, tmp_path: Path
) -> None:
    """Late calls raise and lower it, corrections too; each door says what it came to."""
    declare(book, tmp_path, CARRIER, deck=None)
    take_in(book, tmp_path, *calls("acme", 5, long=17, short=3, missed=9))
    take_in(book, tmp_path, *calls("globex", 5, long=8, short=2), *calls("globex", 20, long=4))
    book.bill(october(30))
    assert charged(book) == {}  # three of twenty are at the limit, and the month is not over
    take_in(book, tmp_path, *calls("acme", 5, short=1, more="late"))
    result = book.bill(october(31))
    assert charged(book) == {("acme", "2026-10-05"): "-0.04"}
    by_account = {charge.account: charge for charge in book.runs.charges(result)}
    assert by_account["acme"].short_calls == Decimal("-0.04")
    assert result.total == {"USD": sum(charge.total for charge in by_account.values())}
    take_in(book, tmp_path, *calls("globex", 1, short=1, more="late"))
    book.bill(october(31))
    assert charged(book)["globex", "2026-10-31"] == "-0.03"
    day = book.statement("acme", october(5), october(5)).days[0]
    assert (day.short_calls, day.total) == (Decimal("-0.04"), day.per_minute - Decimal("0.04"))
    standing = book.accounts.show("globex", october(31)).short_calls
    assert standing is not None
    assert (standing.answered.calls, standing.answered.short) == (15, 3)
    earned = book.statements.margin(october(1), october(31)).total
    owed = sum(Decimal(amount) for amount in ledger(book).values())
    assert earned.sale + earned.unknown_sale == -owed
    assert proved(book)

    book.corrections.correct("acme-5-late0", "BYE was lost", duration_ms=6000)
    book.corrections.correct("acme-5-17", "BYE was lost", duration_ms=6000)
    book.bill(october(31))
    assert charged(book) == {("globex", "2026-10-31"): "-0.03"}
    entries = book.journal(october(5), october(5)).rows(named=True)
    back = [
        e["journal"]
        for e in entries
        if e["ledger_account"] == "customer:acme" and e["amount"] == Decimal("0.04")
    ]
    steps = book.explain_charge(back[0]).steps
    assert steps[1] == ShortOfAnswered(october(5), october(5), 21, 2, 6000)
    assert isinstance(steps[2], ShareOfShort)
    assert "not more than the 15 % that plan dialler lets pass: nothing is due." in str(steps[2])
    assert proved(book)


def test_a_switch_ends_the_month_of_the_plan(book: Book, tmp_path: Path) -> None:
    """Also one that is declared later: what was charged on the month's last day moves to the plan's."""
    declare(book, tmp_path, CARRIER, deck=None)
    take_in(book, tmp_path, *calls("globex", 5, long=8, short=2))
    book.bill(october(31))
    assert charged(book) == {("globex", "2026-10-31"): "-0.02"}
    terms = '{ from = 2026-10-01, plan = "lines", channels = 1 }, { from = 2026-10-20, plan = "dialler", override = "said" }'
    more = tmp_path / "more.toml"
    more.write_text(f"[account.globex]\nterms = [ {terms} ]\n", "utf-8")
    book.apply([more])
    book.bill(october(31))
    assert charged(book) == {("globex", "2026-10-19"): "-0.02"}
    entries = book.journal(october(31), october(31)).rows(named=True)
    gone = [e for e in entries if e["kind"] == "short_calls" and e["run"] == 2]
    assert isinstance(book.explain_charge(gone[0]["journal"]).steps[1], NoShortCallsDue)
    assert proved(book)

    book.close_month(date(2026, 10, 1), "the books are done")
    take_in(book, tmp_path, *calls("globex", 6, long=8, more="late"))
    book.bill(date(2026, 11, 1))
    assert charged(book) == {}  # what is taken back stands on the first open day
    posted = book.statement("globex", date(2026, 11, 1), date(2026, 11, 1)).days[0]
    assert posted.short_calls == Decimal("0.02")
    assert (october(19), "short_calls", Decimal("0.02")) in posted.corrections
    assert proved(book)


def test_what_is_tried_counts_the_surcharge(book: Book, tmp_path: Path) -> None:
    """A review has it under each plan, with growth, and a simulation by account; what is billed is the same."""
    declare(book, tmp_path, CARRIER, deck=None)
    take_in(book, tmp_path, *calls("acme", 5, long=8, short=2), *calls("globex", 5, long=4))
    book.bill(october(31))
    found = book.review("acme", october(1), october(31))
    by_plan = {row.plan: row.charges for row in found.plans}
    assert found.paid == found.current.charges == by_plan["dialler"]
    assert by_plan["dialler"].short_calls == by_plan["lines"].short_calls == Decimal("0.02")
    assert by_plan["lines"].total == Decimal("3.12")
    more = book.review("acme", october(1), october(31), growth=found.growth + 1)
    assert {row.charges.short_calls for row in more.plans} == {Decimal("0.04")}
    part = book.review("acme", october(1), october(20))
    assert {row.plan: row.comparable for row in part.plans} == {"dialler": True, "lines": False}
    plans = tmp_path / "then.toml"
    dearer = CARRIER.partition("[plan.lines]")[0].replace('fee = "0.01"', 'fee = "0.5"')
    plans.write_text(dearer, "utf-8")
    rows = {row.group: row for row in book.simulate(october(1), october(31), plans=plans)}
    assert (rows["acme"].difference, rows["globex"].difference) == (Decimal("0.98"), Decimal(0))


def test_a_surcharge_that_is_not_due_is_found(book: Book, tmp_path: Path, cluster: Cluster) -> None:
    """The proof computes each anew, from the calls that are tallied."""
    declare(book, tmp_path, CARRIER, deck=None)
    take_in(book, tmp_path, *calls("acme", 5, long=1, short=1))
    book.bill(october(31))
    plant(book, cluster, "update tally set short_calls = 0 where account = 'acme'")
    found = {check.name: check.differences for check in book.verify()}
    assert found["charges"] == [
        WrongCharge("acme", october(5), "short_calls", Decimal(0), Decimal("0.01"))
    ]
    assert str(found["tallies"][0]).endswith("; 1 are short, 0 were billed as such")
