"""Payments, refunds and adjustments: posted once by their reference
(docs/rules/credit.md, "Payments and adjustments").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.billing.judging import judge
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, months
from minutebook.ledger.journal import (
    Journal,
    by_reference,
    journal_id,
    post,
    reversal_of,
    two_lines,
)
from minutebook.ledger.locks import POSTING
from minutebook.plans.provider import is_provider
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Account

_EARLY = timedelta(days=31)
REFUND: dict[str, Any] = {"refund": True}
"""What the details of a refund say."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be posted, as it was given: `day` None where none was; `force` past doubts of it."""

    kind: str
    account: str
    amount: Decimal
    """On the customer's balance, with its sign."""
    reference: str
    reason: str
    day: date | None
    force: bool = False
    details: dict[str, Any] | None = None

    @property
    def option(self) -> str:
        """The option that says its day."""
        return "on" if self.kind == "adjustment" else "at"


def pay(
    database: Database,
    account: str,
    amount: Decimal,
    reference: str,
    at: datetime | None,
    now: datetime,
    by: str,
    *,
    force: bool = False,
) -> tuple[Journal, bool]:
    """Post a payment; gives it, and whether it is new.

    To a provider, whose `account` is `provider:NAME`, it is what we pay. The same reference again is the same payment; with another amount, or another day where `at`
    is given, it is an `InputError`. So is, without `force`, a day later than tomorrow or long before
    the account's first.
    """
    if amount <= 0:
        raise InputError.advised(
            f"a payment is above 0, not {money.text(amount)}",
            "refund pays back, reverse undoes a payment",
            shell="minutebook refund pays back, minutebook reverse undoes a payment",
        )
    day = at and at.astimezone(UTC).date()
    kind, sign = _payment(account)
    given = Given(kind, account, sign * amount, reference, "payment", day, force)
    return _post_once(database, given, now, by)


def refund(
    database: Database,
    account: str,
    amount: Decimal,
    reason: str,
    reference: str,
    at: datetime | None,
    now: datetime,
    by: str,
    *,
    force: bool = False,
) -> tuple[Journal, bool]:
    """Pay an amount above 0 back to the customer, out of cash; once by its reference, as `pay`.

    Without `force` not more than the balance. Of a provider: what it pays back to us.
    """
    if amount <= 0:
        raise InputError(f"a refund is above 0, not {money.text(amount)}; it pays that amount back")
    why = reason_kept(reason, "a refund")
    day = at and at.astimezone(UTC).date()
    kind, sign = _payment(account)
    given = Given(kind, account, -sign * amount, reference, why, day, force, REFUND)
    return _post_once(database, given, now, by)


def adjust(
    database: Database,
    account: str,
    amount: Decimal,
    reason: str,
    reference: str,
    on: date | None,
    now: datetime,
    by: str,
    *,
    force: bool = False,
) -> tuple[Journal, bool]:
    """Post a credit (above 0) or a fee (below 0) by hand; once by its reference, as `pay`.

    To a provider what it charges besides (above 0), or a credit note of its (below 0).
    """
    if amount == 0:
        raise InputError("an adjustment of 0 changes nothing; give an amount")
    why = reason_kept(reason, "an adjustment")
    given = Given("adjustment", account, amount, reference, why, on, force)
    return _post_once(database, given, now, by)


def _payment(account: str) -> tuple[str, int]:
    """As what a payment is posted, and the sign of its amount: what we pay a provider lessens what we owe."""
    return ("paid", -1) if is_provider(account) else ("payment", 1)


def _post_once(database: Database, given: Given, now: datetime, by: str) -> tuple[Journal, bool]:
    reference = given.reference.strip()
    if not reference:
        raise InputError.advised(
            "a reference names the posting so that it happens once",
            "pass reference",
            shell="say --reference R",
        )
    with database.transaction(lock=POSTING) as connection:
        declared = declarations.load(connection).holder_named(given.account)
        stored = by_reference(connection, given.kind, given.account, given.reference)
        if stored is not None:
            _check_same(connection, stored, given)
            return stored, False
        today = now.astimezone(UTC).date()
        _check_amount(connection, given, declared)
        on = given.day or today
        check_open(connection, on, given.option)
        _check_day(given, declared, today)
        journal = Journal(
            id=journal_id(given.kind, given.account, reference),
            kind=given.kind,
            account=given.account,
            day=on,
            corrects=on,
            reason=given.reason,
            lines=two_lines(given.kind, given.account, declared.currency, given.amount),
            reference=reference,
            details=given.details or {},
        )
        post(connection, [journal], by)
        what = "refund" if given.details == REFUND else given.kind
        if not is_provider(given.account):
            judge(connection, [declared], on, today, by, because=f"{what} {reference!r}")
        return journal, True


def check_open(connection: Connection, day: date, option: str) -> None:
    """`InputError` where a day lies in a closed month."""
    open_from = months.first_open_day(connection)
    if open_from is not None and day < open_from:
        raise InputError.advised(
            f"{day} lies in a closed month",
            f"pass {option}, {open_from} or later",
            shell=f"say --{option} {open_from} or later",
        )


def _check_amount(connection: Connection, given: Given, account: Account) -> None:
    """Cash is paid in whole cents, or what the currency has; and not more is paid back than there is."""
    digits = money.MINOR_DIGITS.get(account.currency, money.SCALE)
    amount = abs(given.amount)
    if given.kind in ("payment", "paid") and amount != round(amount, digits):
        raise InputError(
            f"{money.text(amount)} {account.currency} cannot be paid: {account.currency} has"
            f" {digits or 'no'} decimals; write an amount without more"
        )
    if given.details == REFUND and not given.force and not is_provider(given.account):
        balance = balances.balances(connection, given.account).get(given.account, Decimal(0))
        if amount > balance:
            raise InputError.advised(
                f"{given.account} has {money.text(balance)} {account.currency}, less than the refund of {money.text(amount)}",
                "refund less, or pass force",
                shell="refund less, or say --force",
            )


def _check_day(given: Given, account: Account, today: date) -> None:
    """A day that is given and is likely a slip (docs/rules/credit.md, "Payments and adjustments")."""
    if given.day is None or given.force:
        return
    first = account.terms[0].from_day
    if given.day > today + timedelta(days=1):
        doubt = f"{given.day} is still to come"
    elif not is_provider(account.name) and given.day < first - _EARLY:
        doubt = f"{given.day} is long before the first day of {account.name}, {first}"
    else:
        return
    raise InputError.advised(
        doubt,
        f"mend {given.option}, or pass force",
        shell=f"mend --{given.option}, or say --force",
    )


def _check_same(connection: Connection, stored: Journal, given: Given) -> None:
    named = "refund" if stored.details == REFUND else stored.kind
    what = f"{named} {stored.reference!r} of {stored.account}"
    if stored.amount != given.amount:
        raise InputError(
            f"{what} is posted already, with {money.text(stored.amount)} and not {money.text(given.amount)};"
            " use another reference"
        )
    if given.day is not None and stored.day != given.day:
        raise InputError(
            f"{what} is posted already, on {stored.day} and not {given.day}; use another reference"
        )
    if stored.reason != given.reason:
        raise InputError(
            f"{what} is posted already, with another reason: {stored.reason}; use another reference"
        )
    undone = reversal_of(connection, stored)
    if undone is not None:
        raise InputError(
            f"{what} was reversed on {undone.day}, {undone.reason}; use another reference"
        )
