"""Payments and adjustments: once by their reference, exact, never into a closed month."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare, ledger, october, on

from minutebook.errors import InputError

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
