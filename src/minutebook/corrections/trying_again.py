"""What an import read again would do, tried in a transaction that is undone (docs/rules/corrections.md, "An
import read again").
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.bill import bill
from minutebook.corrections.imports import import_named
from minutebook.corrections.reading_again import files_of
from minutebook.corrections.recording import holders_currencies
from minutebook.corrections.taking_back import (
    drafted_undo,
    recorded_by_import,
    records_accepted,
)
from minutebook.intake.committing import tried
from minutebook.lake.correcting import hold_files
from minutebook.lake.corrections import FOLDER
from minutebook.lake.scans import staged_scan
from minutebook.ledger import balances, corrections, runs
from minutebook.ledger.corrections import CALLS, Correction
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown
from minutebook.plans.provider import is_provider
from minutebook.settings import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from minutebook.billing.run_result import RunResult
    from minutebook.billing.set_aside import AccountAside
    from minutebook.calls.source import Source
    from minutebook.corrections.reading_again import Files
    from minutebook.corrections.recording import Desk
    from minutebook.intake.collecting import Collected
    from minutebook.intake.committing import Committed
    from minutebook.intake.import_result import ImportResult
    from minutebook.intake.reading import Reading
    from minutebook.lake.delta import DataFile
    from minutebook.ledger.connection import Connection

    Instead = Callable[[Collected, Reading], Committed]
    TakeIn = Callable[[Files, Instead], ImportResult]

_NO_BOUNDS = Bounds(day_times=None, refund_percent=None)
_WHY = "tried"


@dataclass(frozen=True, slots=True, repr=False)
class AgainEffect(Shown):
    """What an import read again would do to an account, or to `provider:NAME`; charges, and what a provider is
    owed, are positive.
    """

    account: str
    currency: str
    calls_out: int
    """Calls of the import that are its own, and would count no longer."""
    calls_in: int
    """Calls of the files, as they are read now, that would be its own."""
    days: int = 0
    """How many billed days would cost something else."""
    before: Decimal = Decimal(0)
    """What these days cost as they are billed."""
    after: Decimal = Decimal(0)
    """What they would cost."""

    @property
    def difference(self) -> Decimal:
        """What the next run would charge more for them; negative: less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, repr=False)
class AgainPreview(Shown):
    """What an import read again would come to; nothing of it is done."""

    import_id: str
    """The import that would be taken back and read anew."""
    result: ImportResult
    """What would become of the records of its files."""
    accounts: tuple[AgainEffect, ...]
    """Whose calls, or whose charges, would change; customers have the calls."""
    billed_through: date | None
    """The last day billed; None: none is."""
    corrected_calls: int = 0
    """Its calls that were corrected; the corrections would count no longer either."""
    set_aside: tuple[AccountAside, ...] = ()
    """The accounts that a run would set aside, as something fails for them."""


@dataclass(slots=True)
class _Trial:
    """An import tried again: what its calls are now, in a correction that is never kept."""

    desk: Desk
    connection: Connection
    import_id: str
    calls: Counter[str] = field(default_factory=Counter)
    folder: str | None = None

    def instead(self, collected: Collected, reading: Reading) -> Committed:
        """What committing would come to, with the calls counted."""
        desk = self.desk
        recorded = recorded_by_import(desk, self.import_id).select("source", "file", "line")
        gone = recorded.collect(engine="streaming"), records_accepted(desk, self.import_id)
        return tried(desk.lake, desk.quarantine, collected, reading, gone, self._count)

    def _count(self, files: list[tuple[Path, DataFile]]) -> None:
        """The files are in force until the transaction ends."""
        if not files:
            return
        calls = staged_scan([str(path) for path, _ in files]).group_by("account").len()
        self.calls.update(dict(calls.collect(engine="streaming").iter_rows()))
        held = hold_files(self.desk.lake.location, files)
        self.folder = held.folder
        new = Correction(
            kind=CALLS, reason=_WHY, by=self.desk.by, said={}, calls=self.calls.total(),
            days=tuple({file.day for _, file in files if file.day}), accounts=tuple(self.calls),
            folder=held.folder, files=held.files,
        )  # fmt: skip
        corrections.add(self.connection, new)


def try_again(
    desk: Desk,
    begin: str,
    paths: Sequence[Path] | None,
    sources: Mapping[str, Source],
    take_in: TakeIn,
    *,
    other_calls: bool = False,
) -> AgainPreview:
    """What `read_again` and a run through the last billed day would come to; all is left as it was.

    `InputError` where `read_again` has one. The bounds of runs are left aside: amounts are shown, not parked.
    """
    folder: str | None = None
    try:
        with (
            desk.database.held(RUN),
            desk.lake.writing(),
            desk.database.transaction(lock=RUN, keep=False) as connection,
        ):
            corrections.refuse_half_read(connection)
            meant = import_named(desk, begin)
            files = files_of(desk, meant, paths, sources, other_calls=other_calls)
            through = runs.billed_through(connection)
            _bill(desk, through)  # what is due as things are
            out: Mapping[str, int] = {}
            lost = 0
            if meant.undone is None:
                draft = drafted_undo(desk, connection, meant, _WHY)
                assert draft.correction is not None
                corrections.add(connection, draft.correction)
                out, lost = draft.calls, draft.with_it
            trial = _Trial(desk, connection, meant.id)
            try:
                result = take_in(files, trial.instead)
            finally:
                folder = trial.folder
            run = _bill(desk, through)
            effects = _effects(connection, run, out, trial.calls)
    finally:
        if folder is not None:
            shutil.rmtree(desk.lake.location / FOLDER / folder, ignore_errors=True)
    aside = () if run is None else run.set_aside
    return AgainPreview(meant.id, result, effects, through, lost, aside)


def _bill(desk: Desk, through: date | None) -> RunResult | None:
    if through is None:
        return None
    return bill(
        desk.database, desk.lake, desk.cards, through, by=desk.by, today=desk.today, bounds=_NO_BOUNDS
    )  # fmt: skip


def _effects(
    connection: Connection,
    run: RunResult | None,
    out: Mapping[str, int],
    in_: Mapping[str, int],
) -> tuple[AgainEffect, ...]:
    moved = {} if run is None or not run.postings else balances.beside_run(connection, run.run)
    names = {*(name for name, calls in out.items() if calls), *in_, *moved}
    currencies = holders_currencies(connection, names)
    found = []
    for name in sorted(names):
        days, before, after = moved.get(name, (0, Decimal(0), Decimal(0)))
        if not is_provider(name):
            before, after = 0 - before, 0 - after
        calls = out.get(name, 0), in_.get(name, 0)
        found.append(AgainEffect(name, currencies[name], *calls, days, before, after))
    return tuple(found)
