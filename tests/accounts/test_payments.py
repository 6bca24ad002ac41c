"""Payments and adjustments: once by their reference, exact, never into a closed month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, declare, ledger, october, on

from minutebook.book.clock import today
from minutebook.errors import InputError
from minutebook.ledger import journal

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path)


def test_the_same_reference_is_the_same_payment(carrier: Book) -> None:
    """Paid twice by mistake of the sender's retry, counted once."""
    first, new = carrier.pay("acme", "250.00", "bank-17", on(3))
    again, new_again = carrier.pay("acme", "250.00", "bank-17")
    assert (new, new_again) == (True, False)
    assert again.id == first.id
    assert ledger(carrier) == {("acme", "2026-10-03", "payment"): "250.00"}


def test_blanks_round_a_reference_are_no_part_of_it(carrier: Book) -> None:
    """Pasted with a blank, it is the same payment; one that was posted with it before is found still."""
    first, _ = carrier.pay("acme", "100", "bank-7", on(3))
    assert carrier.ledger.pay("acme", "100", " bank-7\u00a0")[1] is False
    with pytest.raises(InputError, match="is posted already"):
        carrier.ledger.adjust("globex", "1", "a", "c-1 ", october(3))
        carrier.ledger.adjust("globex", "2", "a", "\tc-1", october(3))
    before = replace(
        first, reference="bank-7 ", id=journal.journal_id("payment", "acme", "bank-7 ")
    )
    other = replace(before, reference="wire ", id=journal.journal_id("payment", "acme", "wire "))
    with carrier.database.transaction() as connection:
        journal.post(connection, [before, other], "ada")
    undone = [
        carrier.ledger.reverse(reference, "paid twice")[0].details["reference"]
        for reference in ("bank-7 ", "bank-7", "wire")
    ]
    assert undone == ["bank-7 ", "bank-7", "wire "]
    assert carrier.ledger.journal(october(1), today(), reference="bank-7").height == 8


@pytest.mark.parametrize(("amount", "at"), [("251.00", None), ("250.00", on(4))])
def test_a_reference_with_another_amount_or_date_is_an_error(
    carrier: Book, amount: str, at: datetime | None
) -> None:
    """What was posted under the reference is told, and nothing is posted."""
    carrier.pay("acme", "250.00", "bank-17", on(3))
    with pytest.raises(InputError, match="is posted already"):
        carrier.pay("acme", amount, "bank-17", at)
    assert ledger(carrier) == {("acme", "2026-10-03", "payment"): "250.00"}


def test_another_account_may_use_the_same_reference(carrier: Book) -> None:
    """A reference names a payment of its account."""
    carrier.pay("acme", "1", "r", on(3))
    carrier.pay("globex", "2", "r", on(3))
    assert {s.account: s.balance for s in carrier.balances()} == {
        "acme": Decimal(1),
        "globex": Decimal(2),
    }


@pytest.mark.parametrize(
    "amount", ["0", "-5", "1,000.00", "1e3", "ten", "", "0.00000000001", "NaN"]
)
def test_an_amount_that_is_no_payment_is_refused(carrier: Book, amount: str) -> None:
    """Zero, negative, with thousands commas, with exponents, too fine: each is named."""
    with pytest.raises(InputError):
        carrier.pay("acme", amount, "r")
    assert ledger(carrier) == {}


def test_an_adjustment_may_be_a_credit_or_a_fee(carrier: Book) -> None:
    """Both show under `other`, with the reason in the journal."""
    carrier.adjust("acme", "12.50", "outage", "c1", october(3))
    carrier.adjust("acme", "-250.00", "payment bounced", "c2", october(4))
    days = {d.day.day: d for d in carrier.statement("acme", october(3), october(4)).days}
    assert (days[3].other, days[4].other, days[4].balance) == (
        Decimal("12.50"),
        Decimal(-250),
        Decimal("-237.50"),
    )
    reasons = (
        carrier.journal(october(3), october(4))["reason"].unique(maintain_order=True).to_list()
    )
    assert reasons == ["outage", "payment bounced"]


def test_available_counts_from_the_floor(carrier: Book) -> None:
    """Available = balance - floor - holds; at 0 or less new calls stop."""
    carrier.pay("acme", "20", "r", on(1))
    acme, globex = carrier.balances()
    assert (acme.available, acme.floor, acme.stopped) == (Decimal(120), Decimal(-100), False)
    assert (globex.available, globex.stopped) == (Decimal(0), True)


def test_money_of_an_undeclared_account_is_refused(carrier: Book) -> None:
    """No account springs up by a typing error."""
    for post in (
        lambda: carrier.pay("acmee", "5", "r"),
        lambda: carrier.adjust("acmee", "5", "x", "r"),
        lambda: carrier.balances("acmee"),
        lambda: carrier.statement("acmee", october(1), october(2)),
    ):
        with pytest.raises(InputError, match="'acmee' is not declared"):
            post()


def test_the_journal_balances_and_dates_every_entry(carrier: Book) -> None:
    """A payment debits cash and credits the customer, on its day."""
    carrier.pay("acme", "20", "r", datetime(2026, 10, 3, 23, 59, 59, 999999, tzinfo=UTC))
    frame = carrier.journal(october(3), october(3))
    assert frame.select("ledger_account", "amount").rows() == [
        ("customer:acme", Decimal(20)),
        ("cash", Decimal(-20)),
    ]


def payments(book: Book) -> list[tuple[str, Decimal]]:
    """(day, amount) of the entries on cash, as the bank's account has them."""
    frame = book.journal(october(1), book_day()).filter(ledger_account="cash")
    return [(str(day), -amount) for day, amount in frame.select("day", "amount").rows()]


def book_day() -> date:
    return datetime.now(UTC).date()


def test_a_refund_goes_through_cash_and_counts_once(carrier: Book) -> None:
    """Journal: customer against cash, not revenue; statement, totals: a payment with a minus."""
    carrier.pay("acme", "100", "r", on(1))
    back, new = carrier.ledger.refund("acme", "40.00", "paid too much", "b", on(2))
    assert (new, back.amount, back.kind) == (True, Decimal(-40), "payment")
    assert carrier.ledger.refund("acme", "40", "paid too much", "b")[1] is False
    assert payments(carrier) == [("2026-10-01", Decimal(100)), ("2026-10-02", Decimal(-40))]
    assert [d.payments for d in carrier.statement("acme", october(1), october(2)).days] == [
        100,
        -40,
    ]
    (total,) = carrier.totals(october(1), october(2))
    assert total.payments == 60
    with pytest.raises(InputError, match="less than the refund of"):
        carrier.ledger.refund("acme", "60.01", "x", "c")
    carrier.ledger.refund("acme", "60.01", "as agreed", "c", force=True)
    assert carrier.balances("acme")[0].balance == Decimal("-0.01")
    assert not any(check.differences for check in carrier.verify())


@pytest.mark.provokes(
    "accounts/payments.py: … was reversed on …, …; use another reference",
    when="A payment is posted under the reference of one that was reversed.",
)
@pytest.mark.provokes(
    "accounts/reversals.py: … of … was reversed on … already, …",
    when="A payment that was reversed is to be reversed for another reason.",
)
def test_a_payment_is_reversed_once_by_its_reference(carrier: Book) -> None:
    """Same words, same reversal; what it undid is not paid again under the same name."""
    carrier.pay("acme", "100", "bank-1", on(1))
    undone, new = carrier.ledger.reverse("bank-1", "bounced", at=on(5))
    again, new_again = carrier.ledger.reverse("bank-1", "bounced")
    assert (new, new_again, undone.id) == (True, False, again.id)
    assert (undone.amount, undone.day, undone.reason) == (
        -100,
        october(5),
        "reversal of 'bank-1': bounced",
    )
    assert payments(carrier) == [("2026-10-01", Decimal(100)), ("2026-10-05", Decimal(-100))]
    for wrong in (
        lambda: carrier.ledger.reverse("bank-1", "another reason"),
        lambda: carrier.pay("acme", "100", "bank-1"),
        lambda: carrier.pay("acme", "100", "bank-1", on(1)),
    ):
        with pytest.raises(InputError, match="was reversed on 2026-10-05"):
            wrong()
    assert carrier.balances("acme")[0].balance == 0
    assert not any(check.differences for check in carrier.verify())


@pytest.mark.provokes(
    "accounts/reversals.py: … is a payment of …; pass account",
    when="Several accounts have a payment of the reference that is to be reversed.",
)
def test_a_reversal_needs_to_know_whose_payment(carrier: Book) -> None:
    """One reference, two customers; an adjustment; nobody's."""
    carrier.pay("acme", "1", "r", on(1))
    carrier.pay("globex", "2", "r", on(1))
    carrier.adjust("acme", "3", "x", "credit", october(1))
    for reference, words in (
        ("r", "acme, globex"),
        ("credit", "is an adjustment"),
        ("R", "no payment"),
    ):
        with pytest.raises(InputError, match=words):
            carrier.ledger.reverse(reference, "x")
    with pytest.raises(InputError, match="is not between"):
        carrier.ledger.reverse("r", "x", "globex", at=on(30, month=9))
    assert carrier.ledger.reverse("r", "x", "globex")[0].account == "globex"
    assert {s.account: s.balance for s in carrier.balances()} == {"acme": 4, "globex": 0}


def test_a_refund_can_be_reversed(carrier: Book) -> None:
    """The bank sent it back."""
    carrier.pay("acme", "10", "r", on(1))
    carrier.ledger.refund("acme", "10", "moved away", "b", on(2))
    assert carrier.ledger.reverse("b", "account closed")[0].amount == 10
    assert not any(check.differences for check in carrier.verify())


@pytest.mark.provokes(
    "accounts/payments.py: …; mend …, or pass force",
    when="The day of a payment or an adjustment is more than 31 days before the account's first, and no month is closed; or it is later than tomorrow.",
)
def test_a_day_that_is_likely_a_slip_needs_force(carrier: Book) -> None:
    """The year mistyped; force takes it."""
    later, earlier = datetime(2062, 10, 1, tzinfo=UTC), datetime(2025, 10, 17, tzinfo=UTC)
    for slip, words in (
        (later, "2062-10-01 is still to come"),
        (earlier, "long before the first day"),
    ):
        with pytest.raises(InputError, match=words):
            carrier.pay("acme", "10", "r", slip)
        with pytest.raises(InputError, match=words):
            carrier.adjust("acme", "10", "x", "r", slip.date())
    assert ledger(carrier) == {}
    carrier.pay("acme", "10", "early", on(20, month=9))
    carrier.pay("acme", "10", "late", later, force=True)
    assert carrier.balances("acme")[0].balance == 20


@pytest.mark.parametrize(
    ("currency", "amount", "words"),
    [
        ("USD", "0.001", "USD has 2 decimals"),
        ("JPY", "10.5", "JPY has no decimals"),
        ("KWD", "1.0001", "KWD has 3"),
    ],
)
def test_no_more_is_paid_than_the_currency_has(
    book: Book, tmp_path: Path, currency: str, amount: str, words: str
) -> None:
    """Nobody can pay the tenth of a cent; an adjustment may be as exact as a charge."""
    declare(
        book,
        tmp_path,
        CARRIER.replace('"USD"', f'"{currency}"').replace('card = "a-z"', 'rate = "1"'),
    )
    with pytest.raises(InputError, match=words):
        book.pay("acme", amount, "r", on(1))
    book.adjust("acme", amount, "exactly that", "r", october(1))


def test_less_than_half_a_cent_suspends_nobody(carrier: Book, tmp_path: Path) -> None:
    """What nobody can pay nobody is suspended for; half a cent is a cent that can be paid."""
    carrier.adjust("globex", "-0.0049", "x", "a", october(1))
    assert carrier.bill(october(1)).status_changes == ()
    carrier.adjust("globex", "-0.0001", "x", "b", october(1))
    assert [c.status for c in carrier.bill(october(2)).status_changes] == ["suspended"]
    carrier.adjust("globex", "0.0001", "x", "c", october(2))
    assert carrier.balances("globex")[0].status == "active"


def test_a_balance_at_a_day_is_the_statement_s(carrier: Book) -> None:
    """At its end; later payments are not in it, and neither is a later status."""
    carrier.pay("acme", "20", "a", on(1))
    carrier.pay("acme", "5", "b", on(3))
    found = [carrier.ledger.balances("acme", october(day))[0].balance for day in (1, 2, 3, 4)]
    days = carrier.statement("acme", october(1), october(4)).days
    assert found == [day.balance for day in days] == [20, 20, 25, 25]
    assert [s.balance for s in carrier.ledger.balances(at=october(2))] == [20, 0]
