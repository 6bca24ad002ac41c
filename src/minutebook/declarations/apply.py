"""Apply files, all of them or nothing (contract.md, `apply`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.declarations.document import read
from minutebook.declarations.merge import Change, Merge
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, tallies
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.ledger.database import Database


def apply(database: Database, files: list[Path], by: str, force: str | None = None) -> list[Change]:
    """Merge the files into what is declared; gives each declaration before and after.

    With `force`, a reason that is kept, servers are deployed without the means for their minimum.
    Raises `InputError` with file and line for the first thing refused; then nothing is changed.
    """
    if force is not None and not force.strip():
        raise InputError("--force needs a reason, which is kept")
    documents = [read(file) for file in files]
    with database.transaction(lock=RUN) as connection:
        merge = Merge(
            declarations.load(connection),
            tallies.billed_plans(connection),
            tallies.first_open_day(connection),
            balances.balances(connection),
            force,
        )
        for document, text in documents:
            merge.plans_and_sources(document, text)
        for document, text in documents:
            merge.accounts_and_servers(document, text)
        merge.check([text for _, text in documents])
        declarations.save(connection, merge.changes, by, force)
        return merge.changes
