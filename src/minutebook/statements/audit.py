"""Who did what (docs/rules/runs.md, "Who did what")."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.ledger.deeds import Deed, deeds, doers
from minutebook.notebook import Rows
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.ledger.database import Database


class Audited(Rows[Deed]):
    """What people did, in order; and what is `untold`, as the lake lacks it; None: all is told."""

    def __init__(self, deeds: Iterable[Deed], untold: str | None = None) -> None:
        super().__init__(deeds)
        self.untold = untold


def audit(
    database: Database,
    account: str | None = None,
    first: date | None = None,
    last: date | None = None,
    by: str | None = None,
    imports: Iterable[Deed] = (),
    untold: str | None = None,
) -> Audited:
    """All that people did on the UTC days from `first` to `last`, in order; the lake tells of `imports`, and `untold` is what
    it cannot tell.

    `account` and `by` choose what bears on one account, and what one person did; an import names no account.
    `InputError` for an account that is not declared, and for a person who never did anything here.
    """
    taken_in = list(imports)
    with database.snapshot() as connection:
        if account is not None:
            declarations.load(connection).holder_named(account)
        known = sorted({*doers(connection), *(deed.by for deed in taken_in if deed.by)})
        if by is not None and by not in known:
            names = ", ".join(known) or "nobody yet"
            raise InputError(
                f"nobody named {by!r} did anything here{did_you_mean(by, known)}; these did: {names}"
            )
        begin = None if first is None else datetime.combine(first, time(), UTC)
        end = None if last is None else datetime.combine(last, time(), UTC) + ONE_DAY
        chosen = [
            deed
            for deed in taken_in
            if account is None
            and by in (None, deed.by)
            and (begin is None or deed.at >= begin)
            and (end is None or deed.at < end)
        ]
        found = [*deeds(connection, account, begin, end, by), *chosen]
    return Audited(sorted(found, key=lambda deed: deed.at), untold)
