"""Frames kept on the disk while an import needs them, so that memory stays flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.lake.parquet import write_parquet

if TYPE_CHECKING:
    from pathlib import Path


class Spill:
    """Frames of one schema, kept on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []

    def write(self, frame: pl.DataFrame) -> None:
        """Keep a frame, unless it is empty."""
        if frame.height:
            self.folder.mkdir(exist_ok=True)
            path = self.folder / f"{len(self.files):05}.parquet"
            write_parquet(frame, path, compression="lz4")
            self.files.append(path)

    def frames(self) -> list[pl.LazyFrame]:
        """What was kept, a frame a time."""
        return [pl.scan_parquet(path, glob=False) for path in self.files]
