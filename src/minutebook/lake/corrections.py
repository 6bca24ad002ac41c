"""Corrections beside the calls that they correct: nothing that was recorded is changed.

A correction leaves some calls of some files out, by their place in the file, and adds files of its own
with the calls as they are now. An import that was taken back leaves all of its files out. What is in
force is said by the ledger; `correcting` writes. A file of which calls are left out has another *name*, so that whatever
was worked out from it is worked out again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = "corrections"
"""Where corrected calls are, in the lake's folder: a folder a correction."""
CHANGES = "changes.parquet"
"""Which calls a correction leaves out, and where each is now."""
CHANGES_SCHEMA: dict[str, pl.DataType] = {
    "data_file": pl.String(),  # the name of the file that holds the call left out
    "row": pl.UInt32(),  # its place in that file
    "import": pl.String(),  # the import that the call came by
    "source": pl.String(),
    "server": pl.String(),
    "call_id": pl.String(),
    "leg": pl.String(),
    "before": pl.String(),  # what changes, as JSON: as it was
    "after": pl.String(),  # as it is since; null: the call is void
    "new_file": pl.String(),  # the file that holds the call now; null: void
    "new_row": pl.UInt32(),
}
LEFT_OUT_SCHEMA = {"data_file": pl.String(), "row": pl.UInt32()}
MARK = "~"
"""Stands in a file's name before the digest of what is left out of it."""
_DIGEST_BYTES = 8
_INSTANTS = ("setup_min", "ended_max")
_FILES: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("path", "day"), pl.String),
    "rows": pl.Int64,
    **dict.fromkeys(("source_min", "source_max", "id_min", "id_max", *_INSTANTS), pl.String),
}
"""What the ledger keeps of a file, as text."""
_CORRECTED = re.compile(r"-c\d{5}\.")
IMPORT_OF_PATH = pl.col("path").str.extract(r"([^/-]+)-\d{5}\.[^/]*$", 1)
"""The import that brought a file of the lake, by its path; null where another program wrote it."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A correction that is in force: an import taken back, or calls corrected in `folder`.

    `files` are as `correcting.write_correction` gives them.
    """

    number: int
    import_id: str | None = None
    folder: str | None = None
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What corrections make of a version of the lake: `undone` imports, `left_out` of its files
    (LEFT_OUT_SCHEMA), and files `added` (path, day, rows, and what else the log says of files)."""

    undone: frozenset[str]
    left_out: pl.DataFrame
    added: list[dict[str, Any]]


def file_name(path: str, mark: str | None) -> str:
    """The name of a file of which something is left out, or nothing."""
    own = path.rpartition("/")[2]
    return own if mark is None else f"{own}{MARK}{mark}"


def base_name(name: str) -> str:
    """The name of a file, whatever is left out of it."""
    return name.partition(MARK)[0]


def is_corrected(name: str) -> bool:
    """Whether a file, by its name, holds calls as a correction has them."""
    return _CORRECTED.search(name) is not None


def effect(location: Path, corrections: Sequence[InForce]) -> Effect:
    """What these corrections, in their order, come to.

    `InputError` where the lake does not have what the ledger says it has.
    """
    undone = frozenset(c.import_id for c in corrections if c.import_id is not None)
    left_out = [pl.DataFrame(schema=LEFT_OUT_SCHEMA)]
    added = []
    for correction in corrections:
        if correction.folder is None:
            continue
        folder = location / FOLDER / correction.folder
        for file in correction.files:
            if not _is_sound(folder / file["name"], file["sha256"]):
                raise InputError(
                    f"{folder / file['name']} is gone or changed: correction {correction.number} is in it;"
                    " restore the lake and the ledger from one backup"
                )
            if file["name"] != CHANGES:
                added.append({**file, "path": str(folder / file["name"])})
        changes = pl.read_parquet(folder / CHANGES)
        left_out.append(changes.select(*LEFT_OUT_SCHEMA))
        moot = changes.filter(
            pl.col("import").is_in(list(undone)), pl.col("new_file").is_not_null()
        )
        left_out.append(moot.select(data_file="new_file", row="new_row"))
    return Effect(undone, pl.concat(left_out).unique(), added)


def added_files(corrected: Effect) -> pl.DataFrame:
    """The files that corrections add, with the columns of `Snapshot.recorded`."""
    rows = [{name: file.get(name) for name in _FILES} for file in corrected.added]
    found = pl.DataFrame(rows, schema=_FILES)
    instants = [pl.col(name).str.to_datetime(time_unit="us", time_zone="UTC") for name in _INSTANTS]
    return found.with_columns(*instants, pl.col("day").str.to_date())


def marked(frame: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """Files (path, rows, …) with `left_out`, the places of the calls that are left out, and the `mark`
    of these; null where none is. Files of which nothing is left go.
    """
    if left_out.is_empty():
        return frame.with_columns(
            left_out=pl.lit(None, pl.List(pl.UInt32)), mark=pl.lit(None, pl.String)
        )
    places = left_out.group_by("data_file").agg(left_out=pl.col("row").sort())
    marks = [
        hashlib.blake2b(rows.to_numpy().tobytes(), digest_size=_DIGEST_BYTES).hexdigest()
        for rows in places["left_out"]
    ]
    places = places.with_columns(mark=pl.Series(marks, dtype=pl.String))
    named = frame.with_columns(data_file=pl.col("path").str.extract(r"([^/]+)$", 1))
    joined = named.join(places, on="data_file", how="left", maintain_order="left")
    rest = pl.col("rows") - pl.col("left_out").list.len().fill_null(0)
    joined = joined.with_columns(rows=rest).drop("data_file")
    return joined.filter(pl.col("rows").is_null() | (pl.col("rows") > 0))


def _is_sound(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False
