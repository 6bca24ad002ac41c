"""Writes corrections beside the calls that they correct, and reads what they changed."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA, IDENTITY
from minutebook.lake.corrections import CHANGES, CHANGES_SCHEMA, FOLDER, IMPORT_OF_PATH, InForce
from minutebook.lake.delta import fsync_path
from minutebook.lake.lake import PLACE
from minutebook.lake.parquet import write_parquet
from minutebook.lake.private import private_folder
from minutebook.lake.scans import scanned
from minutebook.lake.snapshot import as_files
from minutebook.lake.staging import write_lake_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from minutebook.lake.delta import DataFile
    from minutebook.lake.lake import Lake, LakeFile

TRACED_SCHEMA: dict[str, pl.DataType] = {
    **CALL_SCHEMA,
    "data_file": pl.String(),  # the name of the file that holds the call
    "row": pl.UInt32(),  # its place in that file
    "import": pl.String(),  # the import that it came by; null where another program wrote it
}


def traced(lake: Lake, files: Sequence[LakeFile]) -> pl.LazyFrame:
    """The calls of these files that count, with where each stands (TRACED_SCHEMA)."""
    frames = [pl.LazyFrame(schema=TRACED_SCHEMA)]
    for file in files:
        own = file.path.startswith(f"{lake.location / FOLDER}/")
        more: dict[str, pl.DataType] = {"import": pl.String()} if own else {}
        name = file.path.rpartition("/")[2]
        rows = scanned([file.path], PLACE, more).filter(~pl.col(PLACE).is_in(list(file.left_out)))
        rows = rows.with_columns(data_file=pl.lit(name), row=pl.col(PLACE))
        if not own:
            brought_by = pl.select(path=pl.lit(name)).select(IMPORT_OF_PATH).item()
            rows = rows.with_columns(pl.lit(brought_by, pl.String).alias("import"))
        frames.append(rows.select(TRACED_SCHEMA.keys()))
    return pl.concat(frames)


def as_recorded(lake: Lake, call_id: str) -> pl.DataFrame:
    """Every record of a call id that became a call (TRACED_SCHEMA), whether it counts or not."""
    frame = lake.snapshot().everything.filter(
        pl.col("id_min").is_null() | (pl.col("id_min") <= call_id),
        pl.col("id_max").is_null() | (pl.col("id_max") >= call_id),
    )
    found = traced(lake, as_files(frame)).filter(pl.col("call_id") == call_id)
    return found.collect(engine="streaming").sort("day", *IDENTITY)


def write_correction(location: Path, calls: pl.DataFrame, changes: pl.DataFrame) -> InForce:
    """Write a correction's files, on the disk when this returns; nothing of it is in force yet.

    `calls` (CALL_SCHEMA, `import`, and `change`, the place of their row in `changes`) are as they are
    now; `changes` has the columns of CHANGES_SCHEMA but for the last two.
    """
    name = uuid.uuid4().hex
    folder = location / FOLDER / name
    private_folder(folder)
    files: list[dict[str, Any]] = []
    places = []
    ordered = calls.sort("day", "account", "server", "change")
    for (day,), part in ordered.partition_by("day", as_dict=True, maintain_order=True).items():
        path = folder / f"day={day}" / f"{name}-c{len(files):05}.parquet"
        private_folder(path.parent)
        files.append(_written(part.drop("day", "change"), path, day))
        new = part.select(change="change", new_file=pl.lit(path.name)).with_row_index("new_row")
        places.append(new)
    numbered = changes.with_row_index("change")
    if places:
        where = pl.concat(places)
        numbered = numbered.join(where, on="change", how="left", maintain_order="left")
    full = pl.concat(
        [pl.DataFrame(schema=CHANGES_SCHEMA), numbered.drop("change")], how="diagonal_relaxed"
    )
    path = folder / CHANGES
    write_parquet(full.select(CHANGES_SCHEMA.keys()), path, compression="zstd")
    files.append({"name": CHANGES, "sha256": _sha256(path)})
    for place in (path, folder, folder.parent, location):
        fsync_path(place)
    return InForce(0, None, name, tuple(files))


def hold_files(location: Path, files: Sequence[tuple[Path, DataFile]]) -> InForce:
    """Move files of calls, of a day each, to where a correction has its own; nothing of it is in force yet."""
    name = uuid.uuid4().hex
    folder = location / FOLDER / name
    private_folder(folder)
    kept: list[dict[str, Any]] = []
    for source, file in files:
        path = folder / f"day={file.day}" / f"{name}-c{len(kept):05}.parquet"
        private_folder(path.parent)
        source.rename(path)
        kept.append(_known_of(path, file))
    write_parquet(pl.DataFrame(schema=CHANGES_SCHEMA), folder / CHANGES, compression="zstd")
    kept.append({"name": CHANGES, "sha256": _sha256(folder / CHANGES)})
    return InForce(0, None, name, tuple(kept))


def _written(calls: pl.DataFrame, path: Path, day: date) -> dict[str, Any]:
    """Write a file of corrected calls; gives what the ledger keeps of it."""
    measured = write_lake_file(calls, path, day)
    fsync_path(path.parent)
    return _known_of(path, measured)


def _known_of(path: Path, file: DataFile) -> dict[str, Any]:
    """What the ledger keeps of a file of calls, which is in its place."""
    least, most = file.minimum, file.maximum
    return {
        "name": f"{path.parent.name}/{path.name}",
        "day": str(file.day),
        "rows": file.rows,
        "size_bytes": path.stat().st_size,
        "sha256": _sha256(path),
        "source_min": least.get("source"),
        "source_max": most.get("source"),
        "id_min": least.get("call_id"),
        "id_max": most.get("call_id"),
        "setup_min": least["setup_at"].isoformat() if "setup_at" in least else None,
        "ended_max": most["ended_at"].isoformat() if "ended_at" in most else None,
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def remove_folders(location: Path, *, kept: set[str]) -> None:
    """Remove the folders of corrections that never came into force: all but `kept`."""
    base = location / FOLDER
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def calls_changed(location: Path, folder: str, call_id: str | None = None) -> pl.DataFrame:
    """What a correction changed (CHANGES_SCHEMA), of one call id or of all."""
    found = pl.scan_parquet(location / FOLDER / folder / CHANGES, glob=False)
    if call_id is not None:
        found = found.filter(pl.col("call_id") == call_id)
    return found.collect()
