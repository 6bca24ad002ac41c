"""The lake, copied while imports go on: one moment of its logs, and the files that they name.

The logs are copied while no commit can come between; the files of calls and cards never change once
written, so they are copied afterwards, while imports go on.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from minutebook.errors import InputError
from minutebook.lake.delta import LakeTable, fsync_path, locked
from minutebook.lake.lake import CHANNEL_DAYS, IDS, Lake
from minutebook.lake.private import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LOG = "_delta_log"
_OF_WORK = ("staging", "locks", IDS, CHANNEL_DAYS)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LakeFileCopy:
    """A file of the lake that was copied: its path in the lake, its size, its SHA-256."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LakeCopy:
    """A lake that was copied: the version of its calls, -1 before any import, and its files."""

    version: int
    files: tuple[LakeFileCopy, ...]


def copy_lake(lake: Path, to: Path, told: Callable[[int, int], None]) -> LakeCopy:
    """Copy the lake in the folder `lake` into `to`, which exists.

    `told` is told of the bytes copied, and of how many. `InputError` where a file is missing that
    the log names.
    """
    if not lake.exists():
        return LakeCopy(-1, ())
    logs: list[LakeFileCopy] = []
    with Lake(lake).writing(), locked(lake / "locks" / "quarantine"):
        quarantine, calls = LakeTable(lake / "quarantine", "quarantine"), Lake(lake).table()
        for table in (quarantine, calls):
            logs += (copied_file(path, lake, to) for path in _below(table.folder / _LOG))
        # a merge removes files of the quarantine, which is small
        waiting = _named(quarantine)
        logs += (copied_file(lake / path, lake, to) for path in waiting if (lake / path).exists())
        needed = _active(calls)
    names = _named(calls) | needed
    files = [path for path in names if path in needed or (lake / path).exists()]
    files += [
        path.relative_to(lake).as_posix()
        for place in lake.iterdir()
        if place.name not in (*_OF_WORK, "calls", "quarantine")
        for path in (_below(place) if place.is_dir() else [place])
        if path.suffix != ".part"
    ]
    found: list[LakeFileCopy] = []
    done, total = 0, sum(_size(lake / path) for path in files)
    for path in sorted(files):
        told(done, total)
        found.append(copied_file(lake / path, lake, to))
        done += found[-1].size_bytes
    told(total, total)
    for folder in {to / file.path for file in (*logs, *found)}:
        fsync_path(folder.parent)
    return LakeCopy(calls.version, (*logs, *found))


def load_lake(
    folder: Path, files: Iterable[LakeFileCopy], to: Path, told: Callable[[int, int], None]
) -> None:
    """Copy what `copy_lake` made of a lake into `to`; `InputError` where a file is not what it was."""
    listed = list(files)
    done, total = 0, sum(file.size_bytes for file in listed)
    for file in listed:
        told(done, total)
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts:
            raise InputError(f"{file.path} of the backup leads out of it; it is no backup of ours")
        try:
            sound = copied_file(folder / path, folder, to) == file
        except FileNotFoundError:
            sound = False
        if not sound:
            raise InputError(
                f"lake/{file.path} of the backup is gone or damaged; restore from another backup"
            )
        done += file.size_bytes
    told(total, total)
    for place in {(to / file.path).parent for file in listed}:
        fsync_path(place)


def copied_file(path: Path, below: Path, to: Path) -> LakeFileCopy:
    """Copy a file that lies below a folder to the same place below another; private, and on the disk."""
    relative = path.relative_to(below)
    target = to / relative
    private_folder(target.parent)
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as new, path.open("rb") as old:
        while chunk := old.read(_CHUNK_BYTES):
            digest.update(chunk)
            new.write(chunk)
            size += len(chunk)
        new.flush()
        os.fsync(new.fileno())
        stamp = os.fstat(old.fileno())
    os.utime(target, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    return LakeFileCopy(relative.as_posix(), size, digest.hexdigest())


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and all that is in it; none where it is not there."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _active(calls: LakeTable) -> set[str]:
    """The files that the newest version of the calls is made of, by their paths in the lake."""
    names = {f"calls/{path}" for path in calls.files()["path"]}
    for name in sorted(names):
        if not (calls.folder.parent / name).is_file():
            raise InputError(
                f"{calls.folder.parent / name} is missing from the lake; see what else differs with"
                " verify, and restore it from an earlier backup first",
                shell=f"{calls.folder.parent / name} is missing from the lake; see what else differs"
                " with minutebook verify, and restore it from an earlier backup first",
            )
    return names


def _named(table: LakeTable) -> set[str]:
    """The files that any version of a table has named, by their paths in the lake."""
    found = set()
    for log in (table.folder / _LOG).glob("*.json"):
        for line in log.read_text("utf-8").splitlines():
            if '"add"' in line and (added := json.loads(line).get("add")):
                found.add(f"{table.folder.name}/{unquote(added['path'])}")
    return found


def _size(path: Path) -> int:
    return path.stat().st_size
