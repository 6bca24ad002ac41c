"""Where each call id stands: beside each data file of the lake a small sorted one, so that a call is found without reading
the calls (docs/decisions/0022-call-ids.md).

It is made from the data file, which never changes, and can be made again: a file without it is read whole instead. An entry
is 64 bits: the first 40 of a hash of the id, and in the last 24 the number of the block of rows that it stands in. Entries
are even along their numbers, as hashes are, so one read at the likely place finds one.
"""

from __future__ import annotations

import os
import struct
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.lake.delta import fsync_path
from minutebook.lake.private import file_mode, private_folder

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from minutebook.lake.snapshot import LakeFile

BLOCK_ROWS: Final = 4_096
"""So many rows of a data file are read for an id that stands among them."""
_MOST_BLOCKS: Final = 1 << 24
_BLOCK_BITS: Final = _MOST_BLOCKS - 1
_HEAD: Final = struct.Struct("<8sQQ")
_MAGIC: Final = b"mb-ids-1"
_ENTRY_BYTES: Final = 8
_WINDOW: Final = 4_096
"""An entry lies within so many of its likely place: six deviations, of four million entries."""


class CallIds:
    """The call ids of the data files of a lake, in a folder beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def parts(self, file: LakeFile, hashed: int) -> list[tuple[int, int]] | None:
        """The rows of a file among which a call may stand whose id has a hash (`hash_of_id`), as (first, how many); None: it
        is not known.
        """
        try:
            handle = os.open(self._path(file.own_name), os.O_RDONLY)
        except OSError:
            return None
        try:
            magic, entries, probe = _HEAD.unpack(os.pread(handle, _HEAD.size, 0))
            whole = os.fstat(handle).st_size == _HEAD.size + entries * _ENTRY_BYTES
            if magic != _MAGIC or probe != _probe() or not whole:
                return None
            found = _blocks(handle, entries, hashed)
        except (OSError, struct.error):
            return None
        finally:
            os.close(handle)
        return [(block * BLOCK_ROWS, BLOCK_ROWS) for block in found]

    def keep(self, data: Path) -> None:
        """Write the ids of a data file. Where they cannot be written they are not there: calls are found all the same."""
        import numpy as np

        path = self._path(data.name)
        hashes = pl.scan_parquet(data, glob=False).select(pl.col("call_id").hash()).collect()
        entries = hashes.to_series().to_numpy() & np.uint64(2**64 - _MOST_BLOCKS)
        entries |= np.arange(len(entries), dtype=np.uint64) // np.uint64(BLOCK_ROWS)
        entries.sort()
        draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        with suppress(OSError):
            private_folder(self._folder)
            with draft.open("wb") as out:
                out.write(_HEAD.pack(_MAGIC, len(entries), _probe()))
                out.write(entries.astype("<u8", copy=False).tobytes())
            draft.chmod(file_mode(self._folder))
            fsync_path(draft)
            draft.rename(path)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name.removesuffix('.parquet')}.ids"


def _blocks(handle: int, entries: int, hashed: int) -> list[int]:
    """The numbers of the blocks that stand with a hash, of a file of sorted entries."""
    import numpy as np

    low, high = hashed & ~_BLOCK_BITS, hashed | _BLOCK_BITS
    likely = hashed * entries >> 64
    first, last = max(likely - _WINDOW, 0), min(likely + _WINDOW, entries)
    near = _entries(handle, first, last - first)
    if (first and near[0] >= low) or (last < entries and near[-1] <= high):
        near = _entries(handle, 0, entries)
    begin = int(np.searchsorted(near, np.uint64(low)))
    end = int(np.searchsorted(near, np.uint64(high), side="right"))
    return sorted({int(entry) & _BLOCK_BITS for entry in near[begin:end]})


def _entries(handle: int, first: int, count: int) -> np.ndarray:
    import numpy as np

    raw = os.pread(handle, count * _ENTRY_BYTES, _HEAD.size + first * _ENTRY_BYTES)
    return np.frombuffer(raw, "<u8")


def hash_of_id(call_id: str) -> int:
    """64 bits of a call id, alike wherever ids are hashed alike (`_probe`)."""
    return int(pl.Series([call_id]).hash()[0])


@cache
def _probe() -> int:
    """The hash of a text: another on machines, and in versions of the library, that hash otherwise."""
    return hash_of_id("minutebook")
