"""A payment undone by its reference (docs/rules/credit.md, "Payments and adjustments")."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from minutebook.accounts.payments import check_open
from minutebook.billing.judging import judge
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.ledger.journal import (
    Journal,
    journal_id,
    of_reference,
    post,
    reversal_of,
    two_lines,
)
from minutebook.ledger.locks import POSTING
from minutebook.plans.provider import is_provider
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


def reverse(
    database: Database,
    reference: str,
    reason: str,
    account: str | None,
    at: datetime | None,
    now: datetime,
    by: str,
) -> tuple[Journal, bool]:
    """Undo a payment or a refund by its reference, through cash, once; gives what undoes it, and whether it is new.

    `account` tells whose, where several accounts have a payment of that reference. The same reason
    again is the same reversal. `InputError` where there is no such payment, or it is undone for
    another reason.
    """
    why = reason_kept(reason, "a reversal")
    with database.transaction(lock=POSTING) as connection:
        carrier = declarations.load(connection)
        if account is not None:
            carrier.holder_named(account)
        paid = _payment(connection, reference, account)
        said = f"reversal of {paid.reference!r}: {why}"
        done = reversal_of(connection, paid)
        if done is not None:
            if done.reason != said:
                raise InputError(
                    f"{reference!r} of {paid.account} was reversed on {done.day} already, {done.reason}"
                )
            return done, False
        today = now.astimezone(UTC).date()
        on = today if at is None else at.astimezone(UTC).date()
        if not paid.day <= on <= max(today, paid.day):
            raise InputError.advised(
                f"{on} is not between the day of {reference!r}, {paid.day}, and today",
                "mend at",
                shell="mend --at",
            )
        check_open(connection, on, "at")
        journal = Journal(
            id=journal_id("reversal", paid.account, paid.reference),
            kind=paid.kind,
            account=paid.account,
            day=on,
            corrects=on,
            reason=said,
            lines=two_lines(paid.kind, paid.account, paid.currency, -paid.amount),
            details={"reverses": str(paid.id), "reference": paid.reference},
        )
        post(connection, [journal], by)
        because = f"the reversal of {reference!r}"
        if not is_provider(paid.account):
            judge(connection, [carrier.accounts[paid.account]], on, today, by, because=because)
        return journal, True


def _payment(connection: Connection, reference: str, account: str | None) -> Journal:
    """The one payment of a reference."""
    known = [
        found
        for found in of_reference(connection, reference)
        if account is None or found.account == account
    ]
    paid = [found for found in known if found.kind in ("payment", "paid")]
    paid = [found for found in paid if found.reference == reference] or paid
    if len(paid) == 1:
        return paid[0]
    if paid:
        several = sorted(
            p.account if p.reference == reference else f"{p.account} as {p.reference!r}"
            for p in paid
        )
        raise InputError.advised(
            f"{reference!r} is a payment of {', '.join(several)}",
            "pass account",
            shell="say whose with --account",
        )
    if known:
        raise InputError.advised(
            f"{reference!r} of {known[0].account} is an adjustment",
            "adjust by as much the other way",
            shell="undo it by minutebook adjust with the other sign and a reference of its own",
        )
    whose = "" if account is None else f" of {account}"
    raise InputError.advised(
        f"no payment{whose} has the reference {reference!r}",
        "see book.ledger.journal",
        shell="see: minutebook journal",
    )
