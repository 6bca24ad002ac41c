"""Files of Parquet: written whole, or the disk is full; read whole, or one is damaged. Either is said."""

from __future__ import annotations

import errno
import os
import shutil
from typing import IO, TYPE_CHECKING, Any

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CUT_SHORT = "transport error"
"""What Polars says of a file whose last bytes could not be written, and not why."""
_NO_ROOM = os.strerror(errno.ENOSPC)
_FULL_BYTES = 1 << 20
"""With less room than that a write that was cut short met a full disk."""


def write_parquet(
    frame: pl.DataFrame, path: Path, *, file: IO[bytes] | None = None, **options: Any
) -> None:
    """Write a frame to a path, or to the `file` that is open there; a full disk is an `OSError` that
    says so, however Polars tells it.
    """
    try:
        frame.write_parquet(path if file is None else file, **options)
    except pl.exceptions.ComputeError as error:
        full = _NO_ROOM in str(error)
        if not full and _CUT_SHORT not in str(error):
            raise
        full = full or shutil.disk_usage(path.parent).free < _FULL_BYTES
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, os.strerror(number), str(path)) from error


def collected(frame: pl.LazyFrame, paths: Iterable[Path]) -> pl.DataFrame:
    """What is asked of these files; `InputError` names the first of them that is damaged."""
    try:
        return frame.collect()
    except pl.exceptions.PolarsError as error:
        for path in paths:
            try:
                pl.read_parquet(path, glob=False)
            except pl.exceptions.PolarsError:
                raise InputError(
                    f"{path} is damaged; put it back as it was, from a backup"
                ) from error
        raise
