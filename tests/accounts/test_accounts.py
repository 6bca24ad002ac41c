"""Accounts in their life: switched, suspended, resumed, closed, and shown as they were."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, october, on, take_in

from minutebook.errors import InputError
from minutebook.ledger.statuses import Cause, Status

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.60"
minimum_per_server = "20.00"

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "31.00", free_servers = 1 } ]
minimum_per_server = "20.00"

[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "62.00" } ]

[plan.ahead]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "31.00" } ]
charge = "monthly"

[plan.p95]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "31.00" } ]
bill_by = "p95"

[account.acme]
name = "Acme Telecom"
plan = "minutes"
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "acme" } ]

[account.globex]
plan = "channels"
channels = 2
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "globex" } ]
"""


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path, CARRIER, deck=None)


def total(book: Book, account: str, kind: str) -> Decimal:
    return sum(
        (Decimal(a) for (n, _, k), a in ledger(book).items() if (n, k) == (account, kind)),
        Decimal(0),
    )


def sound(book: Book) -> bool:
    return [check for check in book.verify() if check.differences] == []


# Switching ------------------------------------------------------------------------------------


def test_a_switch_holds_from_its_day(carrier: Book, tmp_path: Path) -> None:
    """Days before it are charged by the minute, days from it on by the channel, none by both."""
    take_in(carrier, tmp_path, *(Call(f"a{d}", at=on(d), seconds=60) for d in range(1, 32)))
    assert carrier.switch("acme", "channels", 3, october(17))
    carrier.bill(october(31))
    posted = ledger(carrier)
    for day in range(1, 32):
        kind, amount = ("usage", "-0.60") if day < 17 else ("channels", "-3.00")
        assert {k[2]: a for k, a in posted.items() if k[:2] == ("acme", f"2026-10-{day:02}")} == {
            kind: amount
        }


def test_a_switch_of_billed_days_is_adjusted_by_the_next_run(carrier: Book, tmp_path: Path) -> None:
    """What was charged by the minute is taken back, and the channels are charged."""
    take_in(carrier, tmp_path, *(Call(f"a{d}", at=on(d), seconds=60) for d in range(1, 32)))
    carrier.bill(october(31))
    assert total(carrier, "acme", "usage") == Decimal("-18.60")
    carrier.switch("acme", "channels", 3, october(17))
    carrier.bill(october(31))
    assert total(carrier, "acme", "usage") == Decimal("-9.60")
    assert total(carrier, "acme", "channels") == -45
    assert carrier.bill(october(31)).postings == 0
    assert sound(carrier)


def test_a_switch_is_for_tomorrow_unless_a_day_is_named(carrier: Book) -> None:
    """And again it changes nothing."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert carrier.switch("acme", "channels", 3)
    assert carrier.carrier().accounts["acme"].terms[-1].from_day == tomorrow
    assert not carrier.switch("acme", "channels", 3)
    assert len(carrier.carrier().accounts["acme"].terms) == 2
    assert carrier.set_channels("acme", 5)
    assert carrier.carrier().accounts["acme"].terms[-1].channels == 5


def test_models_change_every_thirty_days_at_most(carrier: Book) -> None:
    """The message names the first day on which it may; moves within a model do not count."""
    carrier.switch("acme", "channels", 3, october(10))
    with pytest.raises(
        InputError, match="changed on 2026-10-10 too, and may again from 2026-11-09 on"
    ):
        carrier.switch("acme", "minutes", None, date(2026, 11, 8))
    carrier.switch("acme", "lines", 3, october(20))
    carrier.switch("acme", "minutes", None, date(2026, 11, 9))


def test_an_override_is_kept_with_who_when_and_why(carrier: Book) -> None:
    """In the account's history."""
    carrier.switch("acme", "channels", 3, october(10))
    carrier.switch("acme", "minutes", None, october(20), override="the customer insists")
    events = carrier.account("acme").history
    assert [(e.day, e.what, e.change, e.reason) for e in events] == [
        (october(1), "plan", "minutes", None),
        (october(10), "plan", "channels, 3 channels", None),
        (october(20), "plan", "minutes", "override: the customer insists"),
    ]
    assert all(e.by and e.at and e.at.date() == datetime.now(UTC).date() for e in events)


def test_what_cannot_be_switched_is_refused_in_one_line(carrier: Book) -> None:
    """Nothing is half done."""
    before = carrier.carrier().accounts
    for refused, words in (
        (lambda: carrier.switch("nobody", "minutes"), "'nobody' is not declared"),
        (lambda: carrier.switch("acme", "gold"), "plan 'gold' is not declared"),
        (lambda: carrier.switch("acme", "channels"), "charges by the channel; pass channels"),
        (lambda: carrier.switch("globex", "minutes", 3), "by the minute; leave out channels"),
        (
            lambda: carrier.switch("acme", "minutes", None, date(2026, 9, 1)),
            "acme begins on 2026-10-01",
        ),
        (lambda: carrier.switch("acme", "channels", 1, october(9), override=" "), "needs a reason"),
        (lambda: carrier.set_channels("acme", 3), "on plan 'minutes' on .*, by the minute"),
        (lambda: carrier.set_channels("globex", -3), "-3 is too little; write 0 or more"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            refused()
        assert "\n" not in str(caught.value)
    carrier.switch("globex", "p95", None, october(15))
    with pytest.raises(InputError, match="by the 95th percentile: none are bought"):
        carrier.set_channels("globex", 4, october(20))
    carrier.bill(october(31))
    carrier.close_month(october(1), "done")
    for refused in (
        lambda: carrier.switch("acme", "channels", 3, october(20)),
        lambda: carrier.close_account("acme", "gone", october(20)),
    ):
        with pytest.raises(
            InputError, match="lies in a closed month; the first open day is 2026-11-01"
        ):
            refused()
    assert carrier.carrier().accounts["acme"] == before["acme"]


# Closing --------------------------------------------------------------------------------------


def test_a_closed_account_owes_to_its_last_day(carrier: Book, tmp_path: Path) -> None:
    """Channels and servers stop after it; the minimum falls due on it."""
    carrier.deploy_server("g-1", "globex", october(1), force="test")
    carrier.deploy_server("g-2", "globex", october(1), force="test")
    carrier.deploy_server("a-1", "acme", october(1), force="test")
    carrier.close_account("globex", "moved away", october(10))
    carrier.close_account("acme", "moved away", october(15))
    carrier.bill(date(2026, 11, 30))
    assert total(carrier, "globex", "channels") == -20
    minimums = {k[:2]: a for k, a in ledger(carrier).items() if k[2] == "minimum"}
    assert minimums == {("acme", "2026-10-15"): "-9.6775"}  # 15 days of 31 of 20.00
    assert sound(carrier)
    assert {row.account.name: row.servers for row in carrier.accounts(october(1))} == {
        "acme": 0,
        "globex": 0,
    }


def test_what_was_paid_ahead_comes_back_on_the_last_day(carrier: Book) -> None:
    """A month charged ahead, closed within it: the days that are left are a credit."""
    carrier.switch("globex", "ahead", 2, october(5))
    carrier.bill(october(31))
    carrier.close_account("globex", "moved away", october(10))
    carrier.bill(october(31))
    posted = {k[1]: a for k, a in ledger(carrier).items() if k[2] == "channels"}
    assert posted["2026-10-05"] == "-54.00"
    assert posted["2026-10-10"] == "42.00"
    assert sum(map(Decimal, posted.values())) == -20
    assert sound(carrier)


def test_calls_after_the_last_day_have_no_plan(carrier: Book, tmp_path: Path) -> None:
    """They wait in quarantine; those that were in the lake before are unpriced, and listed."""
    take_in(carrier, tmp_path, *(Call(f"a{d}", at=on(d), seconds=60) for d in (9, 10, 11, 12)))
    carrier.bill(october(12))
    carrier.close_account("acme", "moved away", october(10))
    result = carrier.bill(october(12))
    assert (result.unpriced_calls, total(carrier, "acme", "usage")) == (2, Decimal("-1.20"))
    waiting = carrier.calls("acme", october(1), october(31), unpriced=True)
    assert waiting.select("call_id", "status").rows() == [("a11", "no_plan"), ("a12", "no_plan")]
    assert carrier.statement("acme", october(11), october(11)).days[0].sums.unpriced_calls == 1
    assert carrier.bill(october(12)).postings == 0
    assert sound(carrier)
    file = tmp_path / "late.csv"
    from tests.carriers import write_calls

    late = carrier.import_calls([write_calls(file, [Call("late", at=on(13))])])
    assert dict(late.reasons) == {"no_plan": 1}


def test_a_closed_account_stays_closed(carrier: Book) -> None:
    """No switch, no server, no resumption; but a payment of what it owes."""
    carrier.close_account("acme", "moved away", october(10))
    carrier.pay("acme", "5.00", "last")
    for refused, words in (
        (
            lambda: carrier.switch("acme", "channels", 3, october(20)),
            "closed, its last day is 2026-10-10",
        ),
        (lambda: carrier.set_channels("acme", 3, october(20)), "closed, its last day is"),
        (lambda: carrier.deploy_server("s", "acme", october(20)), "closed, its last day is"),
        (lambda: carrier.resume("acme", "please"), "is closed since 2026-10-10"),
        (lambda: carrier.suspend("acme", "please"), "is closed since 2026-10-10"),
        (
            lambda: carrier.close_account("acme", "again"),
            "closed already, its last day is 2026-10-10",
        ),
        (lambda: carrier.close_account("globex", " "), "needs a reason"),
        (
            lambda: carrier.close_account("globex", "x", date(2026, 9, 1)),
            "comes before the first term",
        ),
    ):
        with pytest.raises(InputError, match=words):
            refused()
    (standing,) = carrier.balances("acme")
    assert (standing.status, standing.stopped, standing.balance) == (Status.CLOSED, True, 5)
    assert carrier.account("acme", october(9)).status is Status.ACTIVE
    assert carrier.account("acme", october(10)).status is Status.CLOSED


# Status ---------------------------------------------------------------------------------------


def below(carrier: Book) -> None:
    """Charge acme 20.00 below its floor."""
    carrier.adjust("acme", "-120.00", "a fee", "fee")


def test_a_run_suspends_what_is_below_its_floor(carrier: Book) -> None:
    """With the reason and the amount on the statement; at the floor it is not below it."""
    carrier.adjust("globex", "-100.00", "to the floor", "fee", october(5))
    below(carrier)
    assert carrier.balances("acme")[0].status is Status.ACTIVE
    result = carrier.bill(october(1))
    assert [(c.account, c.below_floor) for c in result.status_changes] == [
        ("acme", 20),
        ("globex", 2),
    ]
    statement = carrier.statement("acme", october(1), october(1))
    assert statement.status is Status.SUSPENDED
    assert statement.suspension is not None
    assert statement.suspension.reason == (
        "after run 1 through 2026-10-01: balance -120.00 USD is 20.00 USD below the floor -100.00 USD"
    )
    assert statement.status_changes == (statement.suspension,)
    (standing,) = carrier.balances("acme")
    assert standing.stopped
    assert standing.status_reason == statement.suspension.reason
    assert carrier.bill(october(1)).status_changes == ()


@pytest.mark.parametrize("how", ["payment", "adjustment", "a higher limit"])
def test_what_covers_it_ends_the_suspension(carrier: Book, tmp_path: Path, how: str) -> None:
    """At once where it is a payment or an adjustment; by a run where that is what covers it."""
    below(carrier)
    carrier.bill(october(1))
    match how:
        case "payment":
            carrier.pay("acme", "19.99", "short")
            assert carrier.balances("acme")[0].status is Status.SUSPENDED
            carrier.pay("acme", "0.01", "covers")
        case "adjustment":
            carrier.adjust("acme", "20.00", "goodwill", "covers")
        case _:
            text = CARRIER.replace('debit_limit = "100.00"', 'debit_limit = "150.00"', 1)
            (tmp_path / "limit.toml").write_text(text)
            carrier.apply([tmp_path / "limit.toml"])
            assert carrier.balances("acme")[0].status is Status.SUSPENDED
            (change,) = carrier.bill(october(1)).status_changes
            assert change.reason.startswith("run 1 through 2026-10-01 covers it")
    assert carrier.balances("acme")[0].status is Status.ACTIVE


def test_a_run_that_gives_back_ends_a_suspension(carrier: Book) -> None:
    """Channels that turn out to be fewer are credited, and the account is below its floor no more."""
    carrier.set_channels("globex", 100, october(3))
    carrier.bill(october(3))
    assert carrier.balances("globex")[0].status is Status.SUSPENDED
    carrier.set_channels("globex", 2, october(3))
    (change,) = carrier.bill(october(3)).status_changes
    assert (change.account, change.status, change.run) == ("globex", Status.ACTIVE, 2)


def test_a_suspension_by_hand_ends_by_hand(carrier: Book) -> None:
    """No payment and no run ends it; and it is billed as before."""
    carrier.suspend("globex", "fraud on its trunk")
    carrier.pay("globex", "500.00", "much")
    assert carrier.bill(october(1)).postings == 1
    (standing,) = carrier.balances("globex")
    assert (standing.status, standing.status_reason) == (Status.SUSPENDED, "fraud on its trunk")
    with pytest.raises(InputError, match="suspended already: fraud on its trunk"):
        carrier.suspend("globex", "again")
    carrier.resume("globex", "trunk secured")
    assert carrier.balances("globex")[0].status is Status.ACTIVE
    with pytest.raises(InputError, match="active already"):
        carrier.resume("globex", "again")
    history = carrier.account("globex").history
    assert [(e.change, e.reason) for e in history if e.what == "status"] == [
        ("suspended", "fraud on its trunk"),
        ("active", "trunk secured"),
    ]


def test_by_hand_takes_over_what_a_run_suspended(carrier: Book) -> None:
    """Then no payment ends it; resumed while below its floor, the next run suspends it again."""
    below(carrier)
    carrier.bill(october(1))
    carrier.suspend("acme", "until they call")
    carrier.pay("acme", "1.00", "some")
    carrier.resume("acme", "they called")
    assert carrier.balances("acme")[0].status is Status.ACTIVE
    (change,) = carrier.bill(october(1)).status_changes
    assert (change.status, change.cause, change.below_floor) == (Status.SUSPENDED, Cause.FLOOR, 19)
    with pytest.raises(InputError, match="needs a reason"):
        carrier.resume("acme", "")


def test_statuses_as_they_were_known(carrier: Book) -> None:
    """A statement as of an instant shows the status of then; nothing of the history can be changed."""
    below(carrier)
    carrier.bill(october(1))
    then = carrier.statement("acme", october(1), october(1)).status_changes[0].changed_at
    assert then is not None
    carrier.pay("acme", "50.00", "covers")
    assert carrier.statement("acme", october(1), october(1)).status is Status.ACTIVE
    known = carrier.statement("acme", october(1), october(1), then)
    assert known.status is Status.SUSPENDED
    for statement in ("update account_status set reason = 'x'", "delete from account_status"):
        with (
            pytest.raises(Exception, match=r"append-only|permission denied"),
            carrier.database.transaction() as connection,
        ):
            connection.execute(statement)


def test_a_payment_during_a_run_is_seen_by_one_of_them(carrier: Book) -> None:
    """Neither leaves an account suspended that is covered."""
    from minutebook import settings
    from minutebook.book import Book as AnotherBook

    below(carrier)

    def pay() -> None:
        with AnotherBook(settings.read(carrier.path)) as other:
            other.pay("acme", "20.00", "covers")

    payer = threading.Thread(target=pay)
    payer.start()
    for day in range(1, 6):
        carrier.bill(october(day))
    payer.join()
    assert carrier.balances("acme")[0].status is Status.ACTIVE


def test_what_was_replaced_stays_in_the_history(carrier: Book, tmp_path: Path) -> None:
    """A change of a change on the same day: the earlier one with its author and reason, and who replaced it."""
    carrier.switch("acme", "channels", 3, october(10))
    carrier.set_channels("acme", 5, october(10))
    again = tmp_path / "again.toml"
    again.write_text(
        '[account.acme]\nterms = [{ from = 2026-10-10, plan = "channels", channels = 7 }]\n'
    )
    carrier.apply([again], reason="the contract says seven")
    events = carrier.account("acme").history
    found = [(e.change, e.reason, e.replaced and e.replaced.reason) for e in events]
    assert found == [
        ("minutes", None, None),
        ("channels, 3 channels", "switch", "channels set"),
        ("channels, 5 channels", "channels set", "the contract says seven"),
        ("channels, 7 channels", None, None),
    ]
    assert all(e.by for e in events)
    assert all(e.replaced.by for e in events if e.replaced)


# Showing --------------------------------------------------------------------------------------


def test_an_account_is_shown_as_it_was(carrier: Book) -> None:
    """Plan, channels and servers of any day; the history up to it."""
    carrier.deploy_server("a-1", "acme", october(2), force="the owner's word")
    carrier.deploy_server("a-2", "acme", october(3), force="the owner's word")
    carrier.switch("acme", "channels", 3, october(10))
    carrier.set_channels("acme", 5, october(20))
    carrier.retire_server("a-1", october(25))
    early, later, last = (carrier.account("acme", october(d)) for d in (5, 21, 26))
    assert (early.plan, early.channels, early.free, early.charged) == (
        "minutes",
        None,
        (),
        ("a-1", "a-2"),
    )
    assert (later.plan, later.channels, later.free, later.charged) == (
        "channels",
        5,
        ("a-1",),
        ("a-2",),
    )
    assert (last.free, last.charged) == (("a-2",), ())
    assert len(early.history) == 3
    assert [(e.day.day, e.what, e.change) for e in last.history] == [
        (1, "plan", "minutes"),
        (2, "server", "a-1 deployed"),
        (3, "server", "a-2 deployed"),
        (10, "plan", "channels, 3 channels"),
        (20, "channels", "channels, 5 channels"),
        (25, "server", "a-1 retired"),
    ]
    assert last.history[1].reason == "forced: the owner's word"


def test_stagnant_accounts_are_listed_before_their_minimum_is_due(
    carrier: Book, tmp_path: Path
) -> None:
    """Those with servers and no call in the month, billed or not."""
    carrier.deploy_server("a-1", "acme", october(1), force="test")
    carrier.deploy_server("g-1", "globex", october(1), force="test")
    carrier.deploy_server("g-2", "globex", october(1), force="test")

    def stagnant(month: date) -> dict[str, Decimal]:
        return {r.account.name: r.required for r in carrier.accounts(month) if r.stagnant}

    assert stagnant(october(1)) == {"acme": 20, "globex": 20}
    take_in(carrier, tmp_path, Call("g", "globex", at=on(5)))
    assert stagnant(october(1)) == {"acme": 20}
    assert stagnant(date(2026, 11, 1)) == {"acme": 20, "globex": 20}


def test_a_statement_shows_channels_and_months(carrier: Book, tmp_path: Path) -> None:
    """The channels bought against the day's peak, of billed calls; and what each month adds up to."""
    calls = [
        Call(f"g{n}", "globex", at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC), seconds=120)
        for n in range(3)
    ]
    take_in(carrier, tmp_path, *calls)
    carrier.bill(date(2026, 11, 1))
    known = datetime.now(UTC)
    take_in(
        carrier,
        tmp_path,
        Call("late", "globex", at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC), seconds=1),
    )
    statement = carrier.statement("globex", october(30), date(2026, 11, 2))
    assert [(d.channels_bought, d.peak) for d in statement.days] == [
        (2, 0),
        (2, 3),
        (2, 3),
        (2, None),
    ]
    carrier.bill(date(2026, 11, 1))
    assert [d.peak for d in carrier.statement("globex", october(31), october(31)).days] == [4]
    assert [d.peak for d in carrier.statement("globex", october(31), october(31), known).days] == [
        3
    ]
    first, second = statement.months
    assert (first.month, first.sums.calls, first.amounts["per_channel"]) == (october(1), 3, -4)
    assert second.amounts["per_channel"] == Decimal("-2.0667")  # the first of 30 days of 62.00
    assert [m.amounts["total"] for m in statement.months] == [
        sum(d.total for d in statement.days if d.day.month == month) for month in (10, 11)
    ]
    (by_minute,) = carrier.statement("acme", october(31), october(31)).days
    assert (by_minute.channels_bought, by_minute.peak) == (None, None)


def test_closing_before_billed_months_takes_their_minimum_back(carrier: Book) -> None:
    """And the reversal is explained."""
    carrier.deploy_server("a-1", "acme", october(1), force="test")
    carrier.bill(date(2026, 12, 31))
    carrier.close_account("acme", "left long ago", october(15))
    carrier.bill(date(2026, 12, 31))
    minimums = {k[1]: a for k, a in ledger(carrier).items() if k[2] == "minimum" and k[0] == "acme"}
    assert minimums == {"2026-10-15": "-9.6775"}
    assert sound(carrier)
    reversal = carrier.journal(date(2026, 11, 30), date(2026, 11, 30)).filter(
        account="acme", line=1
    )
    said = carrier.explain_charge(reversal["journal"][-1]).steps
    assert "No minimum is due on 2026-11-30" in str(said[1])


def test_a_run_past_a_closing_day_to_come_still_suspends(carrier: Book) -> None:
    """An account is open until its last day by the clock, however far is billed."""
    below(carrier)
    today = datetime.now(UTC).date()
    carrier.close_account("acme", "at the month's end", today + timedelta(days=3))
    changes = carrier.bill(today + timedelta(days=10)).status_changes
    assert ("acme", Status.SUSPENDED) in [(c.account, c.status) for c in changes]


def test_a_statement_as_of_knows_no_later_declaration(carrier: Book) -> None:
    """Channels bought and status as they were then."""
    carrier.bill(october(31))
    then = datetime.now(UTC)
    carrier.set_channels("globex", 20, october(16))
    carrier.close_account("globex", "gone", october(20))
    now = carrier.statement("globex", october(18), october(21))
    assert [day.channels_bought for day in now.days] == [20, 20, 20, None]
    known = carrier.statement("globex", october(18), october(21), then)
    assert [day.channels_bought for day in known.days] == [2, 2, 2, 2]
    assert (now.status, known.status) == (Status.CLOSED, Status.ACTIVE)
