"""Payments and adjustments: posted once by their reference
(docs/rules/credit.md, "Payments and adjustments").
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.judging import judge
from minutebook.errors import InputError
from minutebook.ledger import declarations, months
from minutebook.ledger.journal import Journal, by_reference, journal_id, post, two_lines
from minutebook.ledger.locks import POSTING

if TYPE_CHECKING:
    from decimal import Decimal

    from minutebook.ledger.database import Database


def pay(
    database: Database,
    account: str,
    amount: Decimal,
    reference: str,
    at: datetime | None,
    now: datetime,
    by: str,
) -> tuple[Journal, bool]:
    """Post a payment; gives it, and whether it is new.

    The same reference again is the same payment; with another amount, or another day where `at`
    is given, it is an `InputError`.
    """
    if amount <= 0:
        raise InputError(
            f"a payment is above 0, not {money.text(amount)}; use adjust to take money back"
        )
    return _post_once(
        database,
        "payment",
        account,
        amount,
        reference,
        at and at.astimezone(UTC).date(),
        now,
        "payment",
        by,
    )


def adjust(
    database: Database,
    account: str,
    amount: Decimal,
    reason: str,
    reference: str,
    on: date | None,
    now: datetime,
    by: str,
) -> tuple[Journal, bool]:
    """Post a credit (above 0) or a fee (below 0) by hand; once by its reference, as `pay`."""
    if amount == 0:
        raise InputError("an adjustment of 0 changes nothing; give an amount")
    if not reason.strip():
        raise InputError.advised(
            "an adjustment needs a reason", "pass reason", shell="say --reason TEXT"
        )
    return _post_once(
        database, "adjustment", account, amount, reference, on, now, reason.strip(), by
    )


def _post_once(
    database: Database,
    kind: str,
    account: str,
    amount: Decimal,
    reference: str,
    day: date | None,
    now: datetime,
    reason: str,
    by: str,
) -> tuple[Journal, bool]:
    if not reference.strip():
        raise InputError.advised(
            "a reference names the posting so that it happens once",
            "pass reference",
            shell="say --reference R",
        )
    with database.transaction(lock=POSTING) as connection:
        declared = declarations.load(connection).account_named(account)
        stored = by_reference(connection, kind, account, reference)
        if stored is not None:
            _check_same(stored, amount, day, reason)
            return stored, False
        on = day or now.astimezone(UTC).date()
        open_from = months.first_open_day(connection)
        option = "at" if kind == "payment" else "on"
        if open_from is not None and on < open_from:
            raise InputError.advised(
                f"{on} lies in a closed month",
                f"pass {option}, {open_from} or later",
                shell=f"say --{option} {open_from} or later",
            )
        journal = Journal(
            id=journal_id(kind, account, reference),
            kind=kind,
            account=account,
            day=on,
            corrects=on,
            reason=reason,
            lines=two_lines(kind, account, declared.currency, amount),
            reference=reference,
        )
        post(connection, [journal], by)
        judge(
            connection,
            [declared],
            on,
            now.astimezone(UTC).date(),
            by,
            because=f"{kind} {reference!r}",
        )
        return journal, True


def _check_same(stored: Journal, amount: Decimal, day: date | None, reason: str) -> None:
    what = f"{stored.kind} {stored.reference!r} of {stored.account}"
    if stored.amount != amount:
        raise InputError(
            f"{what} is posted already, with {money.text(stored.amount)} and not {money.text(amount)};"
            " use another reference"
        )
    if day is not None and stored.day != day:
        raise InputError(
            f"{what} is posted already, on {stored.day} and not {day}; use another reference"
        )
    if stored.reason != reason:
        raise InputError(
            f"{what} is posted already, with another reason: {stored.reason}; use another reference"
        )
