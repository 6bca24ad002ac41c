"""What runs parked, let pass by a person, and held back again (docs/rules/runs.md, "Bounds")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.ledger import parked
from minutebook.ledger.locks import RUN
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.ledger.database import Database
    from minutebook.ledger.parked import ParkedCharge


def let_pass(
    database: Database, accounts: Sequence[str] | None, reason: str, by: str
) -> list[ParkedCharge]:
    """Let what is parked of these accounts, or of all (None), be posted by the next run; gives it.

    What may pass already stays so. `InputError` where nothing of one of them is parked.
    """
    why = reason_kept(reason, "letting pass")
    with database.transaction(lock=RUN) as connection:
        waiting = parked.parked_now(connection)
        chosen = _chosen(waiting, accounts)
        barred = {one.account for one in waiting if one.beyond is not None and one.passed is None}
        for name in sorted(chosen & barred):
            parked.add_pass(connection, name, why, by)
        return [one for one in parked.parked_now(connection) if one.account in chosen]


def hold_back(
    database: Database, accounts: Sequence[str] | None, reason: str, by: str
) -> list[ParkedCharge]:
    """Take back that what is parked of these accounts, or of all (None), may pass; gives what is parked of them.

    What nobody let pass stays so. `InputError` where nothing of one of them is parked, as where a run has
    posted it.
    """
    why = reason_kept(reason, "holding back")
    with database.transaction(lock=RUN) as connection:
        waiting = parked.parked_now(connection)
        chosen = _chosen(waiting, accounts)
        for name in sorted({one.account for one in waiting if one.passed is not None} & chosen):
            parked.add_pass(connection, name, why, by, held=True)
        return [one for one in parked.parked_now(connection) if one.account in chosen]


def _chosen(waiting: Sequence[ParkedCharge], accounts: Sequence[str] | None) -> set[str]:
    """The accounts that are meant, of those of which something is parked."""
    every = {one.account for one in waiting}
    for name in accounts or ():
        if name not in every:
            known = f"parked are {', '.join(sorted(every))}" if every else "nothing is parked"
            raise InputError(f"nothing of {name!r} is parked; {known}")
    return every if accounts is None else set(accounts)
