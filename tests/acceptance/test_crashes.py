"""Killed at any moment and run again: each call once, each charge once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import Call, declare, ledger, october, on, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

PROGRAM = (sys.executable, "-c", "from minutebook.cli import main; main()")


def command(book: Book, *words: str) -> subprocess.Popen[str]:
    """The program on a book, in a process group of its own."""
    return subprocess.Popen(
        [*PROGRAM, "--book", str(book.path), "--format", "json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def done(book: Book, *words: str) -> Any:
    """Run it to its end."""
    process = command(book, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


def killed(book: Book, after_s: float, *words: str) -> None:
    """Run it, and kill it after so many seconds, if it still runs."""
    process = command(book, *words)
    time.sleep(after_s)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_imports_and_runs_killed_at_random_end_in_the_same_ledger(
    new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """kill -9 at twelve random moments of import and bill, then once more to the end."""
    calls = [
        Call(
            f"{day}-{n}",
            ["acme", "globex"][n % 2],
            "447700900123",
            on(day, n % 24, n % 60),
            n % 200,
        )
        for day in range(1, 6)
        for n in range(2000)
    ]
    files = [
        str(
            write_calls(tmp_path / f"part{part}.csv", calls[part * 3000 : part * 3000 + 4000])
        )  # overlapping
        for part in range(4)
    ]
    honest = declare(new_book(), tmp_path)
    honest.import_calls(files)
    honest.bill(october(5))
    book = declare(new_book(), tmp_path)
    rng = random.Random(20261031)
    for _ in range(4):
        killed(book, rng.uniform(0.3, 2.0), "import", "minutebook", *files)
        killed(book, rng.uniform(0.3, 2.0), "bill", "--through", "2026-10-05")
    result = done(book, "import", "minutebook", *files)
    assert result["read"] == result["added"] + result["duplicates"] + result["quarantined"]
    done(book, "bill", "--through", "2026-10-05")
    assert done(book, "bill", "--through", "2026-10-05")["postings"] == 0
    assert ledger(book) == ledger(honest)
    assert (
        book.calls("acme", october(1), october(5)).height
        == honest.calls("acme", october(1), october(5)).height
    )
    assert done(book, "verify")["ok"] is True


@pytest.mark.slow
def test_two_runs_at_once_charge_once(new_book: Callable[[], Book], tmp_path: Path) -> None:
    """Imports and runs started together wait for each other."""
    book = declare(new_book(), tmp_path)
    file = str(
        write_calls(tmp_path / "c.csv", [Call(str(n), at=on(1, n % 24)) for n in range(1000)])
    )
    together = [command(book, "import", "auto", file) for _ in range(3)]
    results = [json.loads(process.communicate(timeout=120)[0]) for process in together]
    assert sum(result["added"] for result in results) == 1000
    runs = [command(book, "bill", "--through", "2026-10-01") for _ in range(3)]
    postings = [json.loads(process.communicate(timeout=120)[0])["postings"] for process in runs]
    assert sorted(postings) == [0, 0, 1]
    assert ledger(book) == {("acme", "2026-10-01", "usage"): "-5.00"}
