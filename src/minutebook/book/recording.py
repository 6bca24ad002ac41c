"""Calls: taken in, set aside, priced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.opening import OpenBook
from minutebook.ledger import change_log, declarations, memos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import polars as pl

    from minutebook.intake.intake import ImportResult
    from minutebook.intake.intake import Progress as ImportProgress

    PathLike = str | Path
    Progress = Callable[[int, int], None]


TRIED = "quarantine tried under declaration"
"""The memo of the last declaration under which the quarantine was tried."""


class Recording(OpenBook):
    """Take calls in, and see them."""

    def import_calls(
        self,
        files: Sequence[PathLike],
        format: str = "auto",
        source: str | None = None,
        *,
        names: Sequence[str] | None = None,
        progress: ImportProgress | None = None,
    ) -> ImportResult:
        """Take files of call records in; gives what became of every record.

        `names`: what to call the files, where that is not their paths. `progress` is told of
        (bytes read, bytes in all, records read).
        """
        from minutebook.intake.intake import InputFile, import_files

        carrier = self.carrier()
        declared = None if source is None else carrier.source_named(source)
        return import_files(
            self.lake,
            self.quarantined,
            [
                InputFile(Path(file), name)
                for file, name in zip(files, names or map(str, files), strict=True)
            ],
            format=format,
            source=declared,
            sources=carrier.sources,
            directory=carrier.directory(),
            progress=progress,
        )

    def retry(self) -> ImportResult:
        """Try the quarantine again, as things are declared now."""
        from minutebook.intake.intake import retry

        with self.database.transaction() as connection:
            latest = change_log.latest(connection)
            carrier = declarations.load(connection)
        result = retry(
            self.lake, self.quarantined, sources=carrier.sources, directory=carrier.directory()
        )
        with self.database.transaction() as connection:
            memos.remember(connection, TRIED, str(latest))
        return result

    def calls(
        self, account: str | None, first: date, last: date, *, unpriced: bool = False
    ) -> pl.DataFrame:
        """The calls of an account (None: of all) with their prices (billing.rated_calls.RATED_SCHEMA)."""
        import polars as pl

        from minutebook.billing.rated_calls import on_days, rated_calls
        from minutebook.billing.schedule import Schedule
        from minutebook.statements.statement import days_between

        days_between(first, last)
        carrier = self.carrier()
        if account is not None:
            carrier.account_named(account)
        files = on_days(self.lake.snapshot().files, first, last)
        accounts = None if account is None else [account]
        calls = rated_calls(self.lake, self.cards, Schedule(carrier), files, accounts)
        return calls.filter(pl.col("status") != "priced").collect() if unpriced else calls.collect()

    def quarantine(self) -> pl.DataFrame:
        """The records that wait in quarantine, each with its reason."""
        return self.quarantined.open()
