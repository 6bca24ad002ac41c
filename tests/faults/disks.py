"""Disks that fill up, and disks that lose what was not synced when the power fails.

A full disk is a small tmpfs under the book's lake where mounting is allowed, else a bound on the size of a file. Of a power
cut this is played: in the book's folder, bytes of a file that were not synced and names of a folder that was not synced are lost or
there, by chance, each by itself. Not played: blocks written in part, a disk that says yes and lies, the database's own files.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.kills import gone_on, points
from tests.faults.stage import Stage, begun, ended, one_line, same

from minutebook import settings

if TYPE_CHECKING:
    import random

_WRITES = (1, 2, 6, 7)
"""Steps of the story that write into the lake."""


def full(stage: Stage, chance: random.Random) -> str:
    """A command that finds the disk full is refused, or has done its work; with room it is done."""
    step = chance.choice(_WRITES)
    book = stage.at(step)
    lake = settings.read(book).lake_folder
    lake.mkdir(exist_ok=True)
    free = chance.choice([0, 4, 12, 24, 48, 96, 160]) * 1024
    apart = stage.path("apart")
    shutil.copytree(lake, apart)
    used = sum(-(-p.stat().st_size // 4096) * 4096 for p in lake.rglob("*") if p.is_file())
    size = f"size={used + free + 4096}"
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(lake)], check=False, capture_output=True
    ).returncode
    try:
        if mounted:
            shutil.copytree(apart, lake, dirs_exist_ok=True)
        bound = None if mounted else _bound(max(free, 1024))
        ran = one_line(ended(begun(book, *stage.story[step], preexec_fn=bound)))
        if mounted:
            shutil.rmtree(apart)
            shutil.copytree(lake, apart)
    finally:
        if mounted:
            subprocess.run(["umount", str(lake)], check=True)
    if mounted:
        shutil.rmtree(lake)
        shutil.move(apart, lake)
    if ran.status < 2:
        same(book, stage.twin(step + 1))
    else:
        same(book, stage.twin(step))
    gone_on(stage, book, step)
    stage.drop(book)
    return "held" if ran.status < 2 else "refused"


def _bound(size: int) -> Any:
    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return bound


def power(stage: Stage, chance: random.Random) -> str:
    """What was told as done is there after the cut; what was begun is done once more."""
    step = chance.choice(_WRITES)
    book, kept = stage.at(step), stage.path("kept")
    before = stage.path("before")
    shutil.copytree(book, before)
    inodes = {str(p): p.stat().st_ino for p in (book, *book.rglob("*"))}
    fault: dict[str, Any] = {"power": str(kept)}
    if chance.random() < 0.8:
        fault["die_at"] = chance.randint(1, points(stage, step))
    ran = ended(begun(book, *stage.story[step], fault=fault))
    if not kept.exists():  # it ended before that point
        stage.drop(book)
        return "held"
    said = json.loads(kept.read_text())
    _cut(book, before, inodes, said, chance)
    if ran.status in (0, 1):
        same(book, stage.twin(step + 1))
    gone_on(stage, book, step)
    stage.drop(book)
    return "held"


def _cut(
    book: Path, before: Path, inodes: dict[str, int], said: dict[str, Any], chance: random.Random
) -> None:
    """Take from the book's folder what the disk need not have."""
    files = {int(inode): size for inode, size in said["files"].items()}
    folders = said["folders"]
    old = set(inodes.values())
    for path in sorted(book.rglob("*"), key=lambda p: -len(p.parts)):
        if not path.exists():
            continue
        inode = path.stat().st_ino
        if path.is_file() and inode not in old and chance.random() < 0.5:
            os.truncate(path, min(files.get(inode, 0), path.stat().st_size))
        synced = folders.get(str(path.parent), {}).get(path.name) == inode
        if not synced and inodes.get(str(path)) != inode and chance.random() < 0.5:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, inode in inodes.items():  # what was removed, and its folder not synced since
        path = Path(name)
        last = folders.get(str(path.parent))
        removed = not path.exists() and (last is None or last.get(path.name) == inode)
        kept = before / path.relative_to(book)
        if removed and kept.is_file() and path.parent.is_dir() and chance.random() < 0.5:
            shutil.copy2(kept, path)
