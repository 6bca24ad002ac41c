"""A Delta log, opened: it is whole, or it is refused in one sentence, and never taken for an empty one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def open_delta(folder: Path, version: int | None = None) -> DeltaTable | None:
    """The table in `folder`, in its newest version or the one named; None where none was made yet.

    `InputError` where its log cannot be read, lacks an entry, or has one that was cut.
    """
    try:
        cut = next(cut_entries(folder, _checkpoint(folder)), None)
        if cut is not None:
            raise _unreadable(folder, f"its entry {cut} is cut")
        return DeltaTable(str(folder), version=version)
    except TableNotFoundError:
        if version is None and not any(folder.rglob("*.parquet")):
            return None
        raise _unreadable(folder, "entries of it are missing") from None
    except (DeltaError, OSError) as error:
        if version is None and not folder.exists():
            return None
        raise _unreadable(folder, _what(error)) from error


def cut_entries(folder: Path, after: int = -1) -> Iterator[str]:
    """The names of the log's entries, of those after a version, that do not end as they were written."""
    log = folder / "_delta_log"
    if not log.is_dir():
        return
    for path in sorted(log.glob("*.json")):
        if path.stem.isdigit() and int(path.stem) > after and not _is_whole(path):
            yield path.name


def _is_whole(path: Path) -> bool:
    """Whether an entry's last line is a JSON object: one that was cut lost its end, or all of it."""
    last = path.read_bytes().rstrip().rpartition(b"\n")[2]
    try:
        return isinstance(json.loads(last), dict)
    except ValueError:
        return False


def _checkpoint(folder: Path) -> int:
    """The version of the last checkpoint: no reader replays entries before it."""
    try:
        return int(json.loads((folder / "_delta_log" / "_last_checkpoint").read_text())["version"])
    except FileNotFoundError:
        return -1
    except (ValueError, KeyError, TypeError):  # a pointer that is broken: all entries count
        return -1


def _what(error: Exception) -> str:
    text = str(error)
    if "contiguous" in text or "No table metadata" in text:
        return "entries of it are missing"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return text.splitlines()[0].strip().removeprefix("Kernel error: ")


def _unreadable(folder: Path, why: str) -> InputError:
    return InputError(
        f"{folder}: the log of this table cannot be read, {why}; put the lake back from a backup"
    )
