"""Imports that are killed, that run at once, or that find the disk full."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest
from tests.imports_support import DAY, Row, Site, read_back, write
from tests.lake import import_child

from minutebook.book.clock import now
from minutebook.errors import InputError
from minutebook.intake import committing
from minutebook.lake import comparing, dedupe, hashes, staging
from minutebook.lake.duplicates import duplicate_identities
from minutebook.lake.lake import Lake
from minutebook.lake.quarantine import Quarantine

ROOT = Path(__file__).resolve().parents[2]
KILLS = 4
ROWS = 6_000
"""In several batches, ranges and files, as `import_child` sets them."""


def child(how: str, folder: Path, *files: Path) -> subprocess.Popen[str]:
    arguments = [
        sys.executable,
        "-m",
        "tests.lake.import_child",
        how,
        str(folder),
        *map(str, files),
    ]
    process = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def files_of_calls(folder: Path) -> list[Path]:
    """Two files that overlap, with conflicts, calls that nobody claims, and a broken line."""
    rows = [
        Row(f"c{n}", server="nyc-1" if n % 50 == 0 else "lon-1", day=DAY.replace(day=1 + n % 9))
        for n in range(ROWS)
    ]
    changed = [row.but(talk_s=61) for row in rows[1 : ROWS // 2 : 300]]
    first = write(folder / "1.csv", rows[: ROWS * 9 // 15])
    second = write(folder / "2.csv", [*changed, *rows[ROWS * 8 // 15 :]])
    second.write_text(second.read_text() + "cut,lon-1\n")
    return [first, second]


def contents(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    waiting = Quarantine(folder, now).open().drop("first_seen").sort("id")
    return read_back(folder), waiting


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in (
        (staging, ("BATCH_ROWS", "OWN_FILE_ROWS", "FILE_ROWS")),
        (hashes, ("RANGE_ROWS",)),
        (dedupe, ("COMPARED_ROWS",)),
        (comparing, ("AT_ONCE_ROWS",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name))
    import_child.small_batches()


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_killed_at_any_moment_and_run_again_an_import_ends_the_same(tmp_path: Path) -> None:
    """Import and retry, `kill -9` at random moments: each commit is whole or not there."""
    files = files_of_calls(tmp_path)
    whole = tmp_path / "whole"
    first = child("run", whole, *files)  # as cold as those that are killed
    began = time.monotonic()
    assert first.communicate()[0] == "done\n"
    seconds = time.monotonic() - began
    expected = contents(whole)
    imported = expected[0].filter(pl.col("server") == "lon-1").height
    counts = {0, imported, expected[0].height}
    seen: set[int] = set()
    chance = random.Random(7)
    for number in range(KILLS):
        folder = tmp_path / f"killed-{number}"
        process = child("run", folder, *files)
        time.sleep(seconds * 1.5 * (number + chance.random()) / KILLS)  # from first to last
        process.kill()
        process.wait()
        height = read_back(folder).height
        assert height in counts
        seen.add(height)
        import_child.work(folder, files, retry=True)
        calls, waiting = contents(folder)
        assert calls.equals(expected[0])
        assert waiting.equals(expected[1])
        listed = {file.path for file in Lake(folder).snapshot().files}
        assert {str(path) for path in (folder / "calls").rglob("day=*/*.parquet")} == listed
        assert list((folder / "staging").iterdir()) == []
    assert len(seen) > 1, "all kills came at the same stage: nothing was tested"


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_two_imports_at_once_add_each_call_once(tmp_path: Path) -> None:
    """Overlapping files, two processes, one lake: as if one had come after the other."""
    first, second = files_of_calls(tmp_path)
    folder = tmp_path / "lake"
    processes = [child("wait", folder, file) for file in (first, second)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        assert process.communicate()[0] == "done\n"
    calls = read_back(folder)
    assert calls.height == ROWS * 49 // 50
    assert calls.select("call_id", "server").is_unique().all()
    assert duplicate_identities(Lake(folder)).is_empty()


def test_an_import_that_is_overtaken_compares_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine commits between comparing and adding, where no lock holds it back."""
    site = Site(tmp_path / "lake")
    rows = [Row(f"{n}") for n in range(6)]
    mine = write(tmp_path / "mine.csv", rows[:4])
    others = write(tmp_path / "others.csv", [rows[2].but(talk_s=1), *rows[3:]])
    real = committing.dedupe

    def overtaken(*arguments: object) -> object:
        verdict = real(*arguments)
        monkeypatch.setattr(committing, "dedupe", real)
        monkeypatch.setattr(Lake, "writing", lambda _: nullcontext())
        Site(site.folder).load(others)
        return verdict

    monkeypatch.setattr(committing, "dedupe", overtaken)
    result = site.load(mine)
    assert (result.added, result.duplicates, result.reasons) == (2, 1, {"conflict": 1})
    assert site.ids == ["0", "1", "2", "3", "4", "5"]
    assert site.lake.missing_files() == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a small disk")
@pytest.mark.parametrize("size_kb", [150, 300, 450])
def test_a_full_disk_is_one_line_and_nothing_is_imported(tmp_path: Path, size_kb: int) -> None:
    """Whatever is written when it fills up; what was there before is still there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("no permission to mount")
    try:
        site = Site(disk / "lake")
        site.load(write(tmp_path / "a.csv", [Row("a")]))
        before = site.lake.snapshot()
        rows = [Row(f"{n * 7919 % 99_991}", called=f"{n * 31}") for n in range(60_000)]
        with pytest.raises(InputError, match="disk of the lake is full; no call was added"):
            site.load(write(tmp_path / "b.csv", rows))
        assert site.lake.snapshot().version == before.version
        assert list((site.folder / "staging").iterdir()) == []
        assert site.ids == ["a"]
        assert site.load(write(tmp_path / "c.csv", [Row("c")])).added == 1
    finally:
        subprocess.run(["umount", str(disk)], check=True)
