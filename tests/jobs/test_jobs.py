"""Work that is asked for and done later: once, in the name of who asked, by processes that may die."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tests.carriers import CARRIER, DECK, Call, ledger, on, write_calls

from minutebook import settings
from minutebook.book import Book
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.jobs.kinds import words_of
from minutebook.jobs.link import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Cluster

    from minutebook.ledger.jobs import Job

STARTED = subprocess.Popen
ASLEEP = "import time; time.sleep(600)"
"""In the place of a command: it works until somebody ends it."""

WORKER = """
import sys, threading, minutebook
with minutebook.open(sys.argv[1]) as book:
    book.jobs.work(threading.Event())
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("jobs")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    with Book(settings.read(folder)) as made:
        (folder / "carrier.toml").write_text(CARRIER, "utf-8")
        (folder / "deck.csv").write_text(DECK, "utf-8")
        made.apply(folder / "carrier.toml")
        made.cards.import_deck("a-z", folder / "deck.csv")
        write_calls(folder / "calls.csv", [Call(f"c{n}", at=on(1 + n % 3)) for n in range(9)])
        yield made
    cluster.drop(database)


@contextmanager
def at_work(book: Book, workers: int = 1) -> Iterator[threading.Event]:
    stop = threading.Event()
    threads = [threading.Thread(target=book.jobs.work, args=(stop,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def reached(book: Book, job: Job, holds: Callable[[Job], Any]) -> Job:
    """The job, as soon as something holds of it."""
    for _ in range(1200):
        found = book.jobs.show(str(job.id))
        if holds(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def ended(book: Book, job: Job) -> Job:
    return reached(book, job, lambda found: found.ended_at)


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands of jobs sleep."""
    instead(monkeypatch, ASLEEP)


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Python in the place of the commands of jobs, as a process that the worker starts."""

    def other(words: list[str], **more: Any) -> Any:
        assert "minutebook" in words
        return STARTED([sys.executable, "-c", code], **more)

    monkeypatch.setattr("minutebook.jobs.child.subprocess.Popen", other)


def test_jobs_are_done_as_their_commands_do_them_whoever_dies(book: Book) -> None:
    """In order, in the name of who asked, and with what the command prints. What a worker that is killed had in hand another
    does again; its process does not outlive it, and each call counts once."""
    with in_the_name_of("key:nightly"):
        taken = book.jobs.add("import", {"file": "calls.csv", "format": "minutebook"})
        billed = book.jobs.add("bill", {"through": "2026-10-05"})
    assert (taken.state, taken.asked_by, taken.result) == ("waiting", "key:nightly", None)
    assert [job.id for job in book.jobs.list(state="waiting")] == [billed.id, taken.id]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(book.path)])
    reached(book, taken, lambda found: found.state != "waiting")
    time.sleep(random.uniform(0, 1.2))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    with at_work(book):
        done, run = ended(book, taken), ended(book, billed)
    assert (done.state, done.status, done.error) == ("done", 0, None), done.notes
    assert done.tries + run.tries > 2
    assert done.result["read"] == done.result["added"] + done.result["duplicates"] == 9
    assert (done.unit, done.done) == ("bytes", (book.path / "calls.csv").stat().st_size)
    assert (run.state, run.result["through"], run.result["calls"]) == ("done", "2026-10-05", 9)
    assert sorted(ledger(book).values()) == ["-0.015"] * 3
    assert {deed.by for deed in book.ledger.audit() if deed.kind == "run"} == {"key:nightly"}


def test_a_job_asked_for_again_by_its_id_is_the_same(book: Book) -> None:
    id_ = str(uuid4())
    first = book.jobs.add("verify", {}, id_)
    assert book.jobs.add("verify", {}, id_) == first
    with pytest.raises(InputError, match="is the id of another job"):
        book.jobs.add("bill", {"through": "2026-10-05"}, id_)
    assert book.jobs.cancel(id_).state == "cancelled"
    assert book.jobs.cancel(id_) == book.jobs.show(id_)


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        ("bil", {}, r"there is no job 'bil' \(did you mean bill\?\)"),
        ("bill", {}, "a job bill needs through"),
        ("bill", {"through": "tomorrow"}, "through 'tomorrow' is not a"),
        ("bill", {"through": "2026-10-05", "book": "/"}, "a job bill takes no 'book'"),
        ("bill", {"through": "2026-10-05", "ahead": "yes"}, "ahead is neither true nor false"),
        ("import", {"file": ["a", "b"]}, "file is no text"),
        ("import", {"file": "a" * 5000}, "file is longer than 4096 letters"),
        ("review", {"account": "acme", "from": "2026-10-02", "to": "2026-10-01"}, "comes before"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(
    book: Book, kind: str, arguments: dict[str, Any], said: str
) -> None:
    before = len(book.jobs.list())
    with pytest.raises(InputError, match=said):
        book.jobs.add(kind, arguments)
    assert len(book.jobs.list()) == before


def test_words_of_a_job_are_no_options(book: Book) -> None:
    """Whatever a file, a source or an account is called."""
    job = book.jobs.add("import", {"file": "--retry", "format": "--book", "source": "--book=/x"})
    words = words_of(job.kind, job.arguments, book.path, on(1))
    assert words == ["import", "--source=--book=/x", "--", "--book", "--retry"]
    with at_work(book):
        wrong = ended(book, job)
    assert (wrong.state, wrong.status) == ("failed", 2)
    assert str(wrong.error).startswith("source '--book=/x' is not declared")


@pytest.mark.usefixtures("asleep")
def test_a_job_that_is_running_is_stopped(book: Book) -> None:
    job = book.jobs.add("verify", {})
    with at_work(book):
        running = reached(book, job, lambda found: found.state == "running")
        assert running.worker
        asked = book.jobs.cancel(str(job.id))
        assert asked.state in ("running", "cancelled")
        stopped = ended(book, job)
    assert stopped.state == "cancelled"
    assert stopped.error == f"stopped by {stopped.cancelled_by}; what it had kept stays"


def test_a_process_that_is_killed_takes_nothing_with_it(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its job has failed, and says so; so has one that prints no result. The worker goes on."""
    instead(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with at_work(book):
        killed = ended(book, book.jobs.add("verify", {}))
        instead(monkeypatch, "raise SystemExit(1)")
        silent = ended(book, book.jobs.add("verify", {}))
    assert (killed.state, killed.status) == ("failed", None)
    assert killed.error == "its process ended by SIGKILL; what it had kept stays: ask for it again"
    assert (silent.state, silent.status) == ("failed", 1)


@pytest.mark.usefixtures("asleep")
def test_a_worker_that_is_stopped_hands_its_job_back(book: Book) -> None:
    job = book.jobs.add("verify", {})
    with at_work(book):
        reached(book, job, lambda found: found.state == "running")
    found = book.jobs.show(str(job.id))
    assert (found.state, found.tries) == ("waiting", 0)
    book.jobs.cancel(str(job.id))


def test_a_variable_that_was_left_set_gives_nobodys_name() -> None:
    """Neither without the file that it names, nor with another, nor with a line that is not the parent's."""
    import socket

    from minutebook.jobs.link import to_parent

    ours, theirs = socket.socketpair()
    ours.sendall(b'{"asked_by": "key:admin"}\n')
    for number in ("", "x", "1", "98765", str(theirs.fileno())):
        os.environ[VARIABLE] = number
        assert to_parent() is None
        assert VARIABLE not in os.environ
    theirs.close()
    ours.close()


@pytest.mark.provokes(
    "jobs/asking.py: the job … is …, and cannot be cancelled; leave it",
    when="A job that is done, or failed, is to be cancelled.",
)
def test_a_job_that_ends_its_workers_is_given_up(book: Book) -> None:
    """So that one that takes the machine down does so no more. What has ended cannot be cancelled."""
    job = book.jobs.add("verify", {})
    with book.database.transaction() as connection:
        connection.execute("update job set tries = 3, state = 'running' where job = %s", [job.id])
    with at_work(book):
        found = ended(book, job)
    assert found.state == "failed"
    assert str(found.error).startswith("3 workers ended while they did it")
    with pytest.raises(InputError, match="is failed, and cannot be cancelled"):
        book.jobs.cancel(str(job.id))
