"""`serve --processes`: several answer on one port as one does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from minutebook.api.rates import RequestRates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.book import Book

LAST_S = 30.0


def children(process: int) -> set[int]:
    """The processes that a process has begun and that are there."""
    return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def until(holds: Callable[[], bool]) -> None:
    """Wait for it, not for ever."""
    end = time.monotonic() + LAST_S
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ask(address: str, key: str | None = None) -> tuple[int, str]:
    asked = urllib.request.Request(
        address, headers={} if key is None else {"Authorization": f"Bearer {key}"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=LAST_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.fixture
def served(new_book: Callable[[], Book]) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A book that two processes serve: their parent, the address, and a key."""
    with new_book() as book:
        key = book.access.add_key("program", "finance")[1]
        path = book.path
    words = [
        sys.executable,
        "-m",
        "minutebook",
        "--book",
        str(path),
        "serve",
        "--port",
        "0",
        "--processes",
        "2",
    ]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        try:
            assert parent.stderr is not None
            told = re.search(r"answers at (\S+)$", parent.stderr.readline().strip())
            assert told
            yield parent, told[1], key
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)


@pytest.mark.slow
def test_several_processes_answer_as_one(served: tuple[subprocess.Popen[str], str, str]) -> None:
    """They count together; one that is killed is made anew; all end with their parent, told or killed."""
    parent, address, key = served
    until(lambda: len(children(parent.pid)) == 2)
    first = children(parent.pid)
    for _ in range(12):
        assert ask(f"{address}/api/v1/plans", key)[0] == 200
    told = ask(f"{address}/metrics")[1]
    assert re.search(r'minutebook_requests_total\{[^}]*route="/api/v1/plans"[^}]*\} 12\.0', told)
    os.kill(min(first), signal.SIGKILL)
    assert ask(f"{address}/healthz")[0] == 200
    until(lambda: len(children(parent.pid) - first) == 1)
    second = children(parent.pid)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(LAST_S) == 0
    assert not any(map(alive, second))


@pytest.mark.slow
def test_no_process_outlives_its_parent(served: tuple[subprocess.Popen[str], str, str]) -> None:
    """However that ended."""
    parent, address, _ = served
    until(lambda: len(children(parent.pid)) == 2)
    both = children(parent.pid)
    assert ask(f"{address}/healthz")[0] == 200
    parent.kill()
    parent.wait()
    until(lambda: not any(map(alive, both)))


def test_processes_that_share_a_file_count_a_key_together(tmp_path: Path) -> None:
    """What one has let through, the other knows."""
    rates = [RequestRates(Decimal(5), lambda: 0.0, tmp_path / "rates") for _ in range(2)]
    assert [rates[n % 2].wait_s("a") == 0.0 for n in range(12)] == [True] * 10 + [False] * 2
    assert rates[0].wait_s("b") == 0.0
