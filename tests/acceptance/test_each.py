"""`import --each`: one file that is refused stops none of the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book


@pytest.fixture
def incoming(book: Book, tmp_path: Path) -> Path:
    """A carrier, two good files and between them one that lacks a column; folders to move them to."""
    declare(book, tmp_path)
    for name in ("in", "done", "refused"):
        (tmp_path / name).mkdir()
    write_calls(tmp_path / "in" / "a.csv", [Call("a1"), Call("a2")])
    (tmp_path / "in" / "b.csv").write_text("call_id,server,caller\nx,lon-1,1\n")
    write_calls(tmp_path / "in" / "c.csv", [Call("c1")])
    return tmp_path / "in"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_bad_file_stops_no_good_one(
    minutebook: Callable[..., Ran], incoming: Path, tmp_path: Path
) -> None:
    """The good ones are in, the bad one is listed with its reason, each is moved; status 1."""
    files = [str(incoming / name) for name in ("a.csv", "b.csv", "c.csv")]
    folders = ("--done", str(tmp_path / "done"), "--refused", str(tmp_path / "refused"))
    words = ("--format", "json", "import", "minutebook", *files, "--each", *folders)
    ran = minutebook(*words)
    assert (ran.status, ran.json["files"], ran.json["added"]) == (1, 2, 3)
    (refused,) = ran.json["refused"]
    assert refused["file"] == files[1]
    assert "called" in refused["reason"]
    assert refused["moved_to"] == str(tmp_path / "refused" / "b.csv")
    assert names(incoming) == []
    assert names(tmp_path / "done") == ["a.csv", "c.csv"]


def test_without_a_bad_file_the_status_is_0(
    minutebook: Callable[..., Ran], incoming: Path, tmp_path: Path
) -> None:
    """Without folders nothing is moved; the sums are those of one import of all."""
    files = [str(incoming / name) for name in ("a.csv", "c.csv")]
    ran = minutebook("--format", "json", "import", "auto", *files, "--each")
    assert (ran.status, ran.json["read"], ran.json["added"], ran.json["refused"]) == (0, 3, 3, [])
    assert names(incoming) == ["a.csv", "b.csv", "c.csv"]


def test_what_is_refused_is_a_table_of_its_own(
    minutebook: Callable[..., Ran], incoming: Path
) -> None:
    """A person sees the sums, and below them the files with their reasons."""
    ran = minutebook("import", "minutebook", *map(str, sorted(incoming.iterdir())), "--each")
    assert ran.status == 1
    assert "Refused file" in ran.out
    assert "b.csv" in ran.out


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\1\2" * 99, b"<cdr/>", b"call_id,call_id\n1,2\n", b"call_id,server\n", None],
)
def test_no_kind_of_bad_file_stops_the_others(
    minutebook: Callable[..., Ran], incoming: Path, content: bytes | None
) -> None:
    """Empty, binary, another program's, a column twice, one missing, the file gone."""
    bad = incoming / "b.csv"
    bad.unlink() if content is None else bad.write_bytes(content)
    for format_ in ("auto", "minutebook"):
        words = [str(incoming / name) for name in ("a.csv", "b.csv", "c.csv")]
        ran = minutebook("--format", "json", "import", format_, *words, "--each")
        assert (ran.status, ran.json["files"]) == (1, 2)
        assert [file["file"] for file in ran.json["refused"]] == [str(bad)]


def test_what_is_wrong_with_the_words_moves_no_file(
    minutebook: Callable[..., Ran], incoming: Path, tmp_path: Path
) -> None:
    """An unknown source is no file's fault: nothing is done, nothing moved, status 2."""
    folders = ("--refused", str(tmp_path / "refused"))
    files = [str(file) for file in sorted(incoming.iterdir())]
    ran = minutebook("import", "auto", *files, "--each", *folders, "--source", "nowhere")
    assert (ran.status, ran.out) == (2, "")
    assert names(tmp_path / "refused") == []


def test_a_moved_file_takes_no_others_place(
    minutebook: Callable[..., Ran], incoming: Path, tmp_path: Path
) -> None:
    """A switch that gives every file the same name loses none: the later gets a number."""
    for _ in range(2):
        write_calls(incoming / "a.csv", [Call("again")])
        minutebook(
            "import", "auto", str(incoming / "a.csv"), "--each", "--done", str(tmp_path / "done")
        )
    assert names(tmp_path / "done") == ["a.csv", "a.csv.2"]


def test_a_file_whose_last_line_is_yet_to_come_is_not_moved(
    minutebook: Callable[..., Ran], incoming: Path, tmp_path: Path
) -> None:
    """What the switch still writes is imported again, once its end is there; then it is moved."""
    file = incoming / "a.csv"
    whole = file.read_text()
    words = ("import", "minutebook", str(file), "--each", "--done", str(tmp_path / "done"))
    file.write_text(whole[:-20])
    assert minutebook("--format", "json", *words).json["added"] == 1
    assert (names(tmp_path / "done"), names(incoming)) == ([], ["a.csv", "b.csv", "c.csv"])
    file.write_text(whole)
    assert minutebook("--format", "json", *words).json["added"] == 1
    assert names(tmp_path / "done") == ["a.csv"]


@pytest.mark.slow
def test_killed_between_files_nothing_is_lost_and_nothing_counts_twice(
    minutebook: Callable[..., Ran], book: Book, incoming: Path, tmp_path: Path
) -> None:
    """kill -9 once some files are moved, then again to the end: each call once, each file moved."""
    for n in range(12):
        write_calls(incoming / f"d{n:02}.csv", [Call(f"d{n}-{i}") for i in range(50)])
    files = [str(file) for file in sorted(incoming.iterdir()) if file.name != "b.csv"]
    folder = tmp_path / "done"
    words = ["import", "minutebook", *files, "--each", "--done", str(folder)]
    program = [sys.executable, "-c", "from minutebook.cli import main; main()"]
    process = subprocess.Popen(
        [*program, "--book", str(book.path), *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while len(names(folder)) < 3 and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    left = [str(file) for file in sorted(incoming.iterdir()) if file.name != "b.csv"]
    assert 0 < len(left) < len(files)
    ran = minutebook("--format", "json", "import", "minutebook", *left, *words[-3:])
    assert (ran.status, ran.json["refused"]) == (0, [])
    assert names(incoming) == ["b.csv"]
    lake = book.lake
    calls = lake.scan(lake.snapshot().files).collect()["call_id"]
    assert (calls.len(), calls.n_unique()) == (603, 603)
