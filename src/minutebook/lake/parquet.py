"""Files of Parquet, written whole, or with an error that says that the disk is full."""

from __future__ import annotations

import errno
import os
import shutil
from typing import IO, TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
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
