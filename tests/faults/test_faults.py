"""One fault of each kind, always the same; more, and others: `make faults`."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.carriers import Call, declare, take_in
from tests.faults.campaign import KINDS
from tests.faults.stage import Stage

from minutebook.lake.parquet import write_parquet

if TYPE_CHECKING:
    from tests.conftest import Cluster

    from minutebook.book import Book

APART = {"kill-instant", "kill-backends", "kill-postmaster", "kill-backup", "stories"}
"""Kinds that hurt the tests' own server, take long, or are tests of their own."""


@pytest.fixture(scope="module")
def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(cluster, tmp_path_factory.mktemp("stage"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - APART))
def test_a_fault_loses_doubles_and_changes_nothing(stage: Stage, kind: str) -> None:
    """The book goes on as one that met no fault, or the fault is named."""
    assert KINDS[kind](stage, random.Random(1)) in ("held", "refused")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a small disk")
def test_a_file_that_a_disk_has_no_room_for_is_told_so(tmp_path: Path) -> None:
    """At whichever byte the disk is full: Polars calls some of them a file out of specification."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "x", str(disk)], check=False
    ).returncode:
        pytest.skip("no permission to mount")
    try:
        refused: set[int | None] = set()
        for size in range(12_000, 22_000, 97):
            frame = pl.DataFrame({"text": [random.Random(size).randbytes(size).hex()[:size]]})
            file = disk / "file.parquet"
            try:
                write_parquet(frame, file, compression="uncompressed")
            except OSError as error:
                refused.add(error.errno)
            file.unlink()
        assert refused == {errno.ENOSPC}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_names_of_a_new_lake_are_on_the_disk(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first card and the first calls each folder is synced: a power cut takes no part of the lake away."""
    synced: set[Path] = set()
    real = os.fsync

    def sync(handle: int) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        synced.add(Path(f"/proc/self/fd/{number}").readlink())
        real(number)

    monkeypatch.setattr(os, "fsync", sync)
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    lake = book.settings.lake_folder
    folders = {"calls", "calls/_delta_log", "calls/day=2026-10-01", "cards"}
    assert {book.path, lake, *(lake / name for name in folders)} <= synced
