"""Staged calls as files of the lake: moved into it as they stand, or written anew where some are dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.lake import proving, staging
from minutebook.lake.scans import FILE_SCHEMA
from minutebook.lake.staging import note_placed, sorted_index, write_lake_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from minutebook.lake.delta import DataFile
    from minutebook.lake.lake import Lake
    from minutebook.lake.staging import Span, Staging


def kept_files(staged: Staging, dropped: pl.Series) -> list[tuple[Path, DataFile]]:
    """The staged calls that are not dropped, as files of a day each, written, where they are."""
    ready: list[tuple[Path, DataFile]] = []
    parts: dict[date, list[tuple[Span, pl.Series]]] = {}
    first = 0
    for staged_file in staged.files:
        if staged_file.ready and not dropped.slice(first, staged_file.rows).any():
            ready.append((staged_file.path, staged_file.ready))
            first += staged_file.rows
            continue
        for span in staged_file.spans:
            kept = ~dropped.slice(first, span.rows)
            if kept.any():
                parts.setdefault(span.day, []).append((span, kept))
            first += span.rows
    for day in sorted(parts):
        ready += _merged(staged.folder, day, parts[day])
    return ready


def place(lake: Lake, staged: Staging, dropped: pl.Series) -> list[DataFile]:
    """Move the staged calls that are not dropped into the lake, as files yet to be committed."""
    ready = kept_files(staged, dropped)
    name = staged.folder.name
    placed = []
    for number, (path, file) in enumerate(ready):
        own = proving.digested_name(f"{name}-{number:05}", str(file.digest))
        placed.append((path, replace(file, path=f"day={file.day}/{own}")))
    files = [file for _, file in placed]
    note_placed(staged.folder, [file.path for file in files])
    staged.placed = placed
    for staged_path, file in placed:
        lake.place(staged_path, file.path)
    return files


def take_back(lake: Lake, staged: Staging) -> None:
    """Undo `place`, after a commit that failed."""
    for path, file in staged.placed:
        (lake.calls / file.path).rename(path)
    staged.placed = []


def _merged(
    folder: Path, day: date, parts: list[tuple[Span, pl.Series]]
) -> Iterator[tuple[Path, DataFile]]:
    """What is kept of these calls of one day, as files of `FILE_ROWS` calls at most."""
    waiting: list[pl.DataFrame] = []
    number = 0
    for index, (span, kept) in enumerate(parts):
        scan = pl.scan_parquet(span.path, glob=False, hive_partitioning=False)
        calls = scan.slice(span.offset, span.rows).select(FILE_SCHEMA.keys()).collect()
        waiting.append(calls.filter(kept))
        following = int(parts[index + 1][1].sum()) if index + 1 < len(parts) else staging.FILE_ROWS
        if sum(frame.height for frame in waiting) + following > staging.FILE_ROWS:
            frame = pl.concat(waiting, rechunk=True)
            waiting.clear()
            frame = frame.select(pl.all().gather(sorted_index(frame)))
            path = folder / f"merged-{day}-{(number := number + 1):05}.parquet"
            yield path, write_lake_file(frame, path, day)
