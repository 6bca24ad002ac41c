"""The imports of a book: each with when, who, its files and what it added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.errors import InputError
from minutebook.lake.corrections import IMPORT_OF_PATH
from minutebook.lake.lake import as_files
from minutebook.lake.sources import ASKED_FROM, OTHER_CALLS
from minutebook.ledger import corrections
from minutebook.ledger.corrections import IMPORT
from minutebook.ledger.deeds import Deed
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from minutebook.corrections.recording import Desk
    from minutebook.lake.lake import Lake
    from minutebook.lake.snapshot import Snapshot

SHOWN_DIGITS = 12
"""So many digits of an import's id are shown; as many as tell it from others are enough."""


@dataclass(frozen=True, slots=True, repr=False)
class Import(Shown):
    """An import that added calls. `by` is None where it is not known, of imports before it was kept.

    `undone` is the correction that took it back; `event` the number of what it put in quarantine.
    """

    id: str
    at: datetime
    by: str | None
    files: tuple[str, ...]
    sources: tuple[str, ...]
    added: int
    first: date
    """The first UTC day of its calls."""
    last: date
    """The last."""
    undone: int | None = None
    """The correction that took it back; None: it is in force."""
    event: int | None = None
    """The number of what it put in quarantine."""
    asked_from: str | None = None
    """The network address that it was asked from; None: at the machine itself, or from before that was kept."""
    other_calls: bool = False
    """Its calls were said to be others than those that the lake has under other sources."""


def imports(desk: Desk, snapshot: Snapshot | None = None) -> list[Import]:
    """Every import that added calls, the first first; of a version of the lake (None: the newest)."""
    snapshot = snapshot or desk.lake.snapshot()
    files = snapshot.everything.with_columns(id=IMPORT_OF_PATH).drop_nulls("id")
    with desk.database.transaction() as connection:
        undone = {
            c.import_id: c.number for c in corrections.in_force(connection) if c.kind == IMPORT
        }
    kept = snapshot.table.imports()
    found = []
    for (name,), own in files.partition_by("id", as_dict=True).items():
        said = kept.get(str(name)) or _of_old(desk.lake, own)
        found.append(
            Import(
                str(name),
                datetime.fromisoformat(said["at"]),
                said.get("by"),
                tuple(said["files"]),
                tuple(said["sources"]),
                sum(file.rows for file in as_files(own)),
                min(own["day"].to_list()),
                max(own["day"].to_list()),
                undone.get(str(name)),
                said.get("event"),
                said.get(ASKED_FROM),
                said.get(OTHER_CALLS, False),
            )
        )
    return sorted(found, key=lambda one: (one.at, one.id))


def _of_old(lake: Lake, own: pl.DataFrame) -> dict[str, Any]:
    """What the calls themselves say of an import of before it was kept."""
    calls = lake.scan(as_files(own)).select("file", "source").unique().collect(engine="streaming")
    at = datetime.fromtimestamp(max(own["modified_ms"].to_list()) / 1000, UTC)
    return {
        "at": at.isoformat(),
        "files": calls["file"].unique().sort().to_list(),
        "sources": calls["source"].unique().sort().to_list(),
    }


def import_deeds(desk: Desk) -> tuple[list[Deed], str | None]:
    """Every import that added calls as what somebody did, those that were taken back among them; and where the lake
    cannot tell them all, as it is older than the ledger knows or damaged, what is not told.
    """
    try:
        return _as_deeds(imports(desk)), None
    except InputError as error:
        lacking = error.message
    try:
        return _as_deeds(imports(desk, desk.lake.as_it_is())), (
            f"imports are told as far as the lake has them: {lacking}"
        )
    except (InputError, OSError, pl.exceptions.PolarsError):
        return [], f"no imports are told: {lacking}"


def _as_deeds(found: Sequence[Import]) -> list[Deed]:
    return [
        Deed(
            one.at, one.by, "import", one.id, (), None,
            {"files": list(one.files), "sources": list(one.sources), "added": one.added},
            one.asked_from,
        )
        for one in found
    ]  # fmt: skip


def import_named(desk: Desk, begin: str) -> Import:
    """The import whose id begins so."""
    found = [one for one in imports(desk) if begin and one.id.startswith(begin.lower())]
    if len(found) != 1:
        what = "no import's id begins" if not found else "more than one import's id begins"
        raise InputError.advised(
            f"{what} with {begin!r}",
            "see book.calls.imports()",
            shell="see them with: minutebook import list",
        )
    return found[0]
