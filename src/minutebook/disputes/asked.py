"""What is to be reconciled, and what its files cannot say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.calls.parsing import files, headers
from minutebook.calls.readers.formats import AUTO
from minutebook.days import days_between
from minutebook.disputes.reading.amount_column import checked_columns, named
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

LAKE = "lake"
INVOICE = "invoice"
"""The format of totals, beside those of an import."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be held against what, and what files cannot say of themselves.

    A side is `lake`, or the path of a file. `account` says whose calls of the lake are meant, `server` and
    `trunk` which of them. The account prices records without amounts, or `card` does, where it is named. `provider` says who carried the calls of the lake that are meant, and its buy
    card prices them.
    `format` is that of files, as in an import; `columns` says which of their columns mean what, ours → theirs.
    """

    ours: str
    theirs: str
    first: date
    last: date
    account: str | None = None
    format: str = AUTO
    source: str | None = None
    tolerance_s: int = 5
    columns: Mapping[str, str] = field(default_factory=dict)
    server: str | None = None
    trunk: str | None = None
    card: str | None = None
    provider: str | None = None

    def check(self) -> None:
        """`InputError` where what is asked means nothing."""
        days_between(self.first, self.last)
        checked_columns(self.columns)
        sides = (self.ours, self.theirs)
        for value, option in ((self.account, "account"), (self.card, "card")):
            if value is not None and self.provider is not None:
                raise InputError(
                    f"{option} and provider: a provider's calls are priced by its own buy card; name one of them"
                )
        for value, option in ((self.server, "server"), (self.trunk, "trunk")):
            if value is not None and LAKE not in sides:
                raise InputError(
                    f"{option} limits the calls of the lake, and neither side is the lake"
                )
        if self.columns and sides == (LAKE, LAKE):
            raise InputError("columns are those of a file, and both sides are the lake")
        self._check_mapped()

    def check_sides(self, accounts: Collection[str]) -> None:
        """`InputError` where a side names one of these accounts, and no file: an account is said beside."""
        for side in (self.ours, self.theirs):
            if side != LAKE and side in accounts and not Path(side).exists():
                raise InputError.advised(
                    f"{side!r} is an account, and no file; its records are those of the lake",
                    f"pass 'lake' for it, and account={side!r}",
                    shell=f"write: minutebook reconcile lake THEIRS --account {side}",
                )

    def _check_mapped(self) -> None:
        """`InputError` for a mapped column that no file has; files without a header of names say so later."""
        names: set[str] = set()
        for path in {self.ours, self.theirs} - {LAKE}:
            try:
                found = headers.header(files.head(Path(path)))[0].names
            except (InputError, UnicodeDecodeError):
                return
            if len(found) == 1:
                return
            names.update(found)
        for ours, theirs in self.columns.items():
            if named(names, theirs) is None:
                raise InputError(
                    f"{ours}={theirs}: no file has the column {theirs!r}{did_you_mean(theirs, names)}; there are"
                    f" {headers.shown(sorted(names))}"
                )
