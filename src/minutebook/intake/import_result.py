"""What an import was, and what became of its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minutebook.lake.sources import ASKED_FROM, OTHER_CALLS
from minutebook.ledger.webhooks import Happening, tell_others
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from minutebook.lake.staging import Staging
    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Who takes records in, when, and from which network address (None: at the machine itself): the lake's log keeps it, and
    lists its imports by it.
    """

    by: str
    at: datetime
    asked_from: str | None = None

    def about(self, staged: Staging, event: int | None, *, other_calls: bool) -> dict[str, Any]:
        """What the log keeps of an import; `event` is the number of what it set aside."""
        return {
            "id": staged.folder.name,
            "by": self.by,
            "at": self.at.isoformat(),
            "files": list(staged.file_order),
            "sources": sorted(staged.sources),
            "event": event,
            **({} if self.asked_from is None else {ASKED_FROM: self.asked_from}),
            **({OTHER_CALLS: True} if other_calls else {}),
        }


@dataclass(frozen=True, slots=True, repr=False)
class ImportResult(Shown):
    """What became of the records: read = added + duplicates + quarantined + discarded, always.

    `rows` counts rows and broken lines of the files, `read` records: fewer, where two rows make
    one. `quarantined` are the records of these files that wait now, also where they waited
    before; `reasons` counts them by reason. `unanswered` and `duration_ms` are of the calls
    added. `unended` are last lines without their end, as `FILE:LINE`: left for later, counted nowhere.
    """

    files: int = 0
    rows: int = 0
    """Rows and broken lines of the files."""
    read: int = 0
    added: int = 0
    duplicates: int = 0
    quarantined: int = 0
    unanswered: int = 0
    duration_ms: int = 0
    """The answered time of the calls added, in milliseconds."""
    reasons: dict[str, int] = field(default_factory=dict)
    unended: tuple[str, ...] = ()
    discarded: int = 0
    """Records that were discarded from quarantine before, and stay so."""
    other_account: int = 0
    """Duplicates that would be another account's now than the calls are in the lake."""
    correction: int | None = None
    """Of an import that was read again: the correction that took it back as it was."""
    taken_back: dict[str, int] = field(default_factory=dict)
    """Of an import that was read again: its calls that this took back, by account."""


def tell_waiting(connection: Connection, files: Sequence[str], result: ImportResult) -> None:
    """Tell others that records of an import wait for a person, if any do."""
    if result.quarantined:
        told = {
            "files": list(files),
            "read": result.read,
            "added": result.added,
            "quarantined": result.quarantined,
            "reasons": result.reasons,
        }
        tell_others(connection, Happening.IMPORT_QUARANTINED, told)
