"""Who did what (docs/rules/runs.md, "Who did what")."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.ledger.deeds import deeds, doers
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from minutebook.ledger.database import Database
    from minutebook.ledger.deeds import Deed


def audit(
    database: Database,
    account: str | None = None,
    first: date | None = None,
    last: date | None = None,
    by: str | None = None,
) -> list[Deed]:
    """All that people did on the UTC days from `first` to `last`, in order.

    `account` and `by` choose what bears on one account, and what one person did. `InputError` for an account
    that is not declared, and for a person who never did anything here.
    """
    with database.snapshot() as connection:
        if account is not None:
            declarations.load(connection).holder_named(account)
        if by is not None and by not in (known := doers(connection)):
            names = ", ".join(known) or "nobody yet"
            raise InputError(
                f"nobody named {by!r} did anything here{did_you_mean(by, known)}; these did: {names}"
            )
        begin = None if first is None else datetime.combine(first, time(), UTC)
        end = None if last is None else datetime.combine(last, time(), UTC) + ONE_DAY
        return deeds(connection, account, begin, end, by)
