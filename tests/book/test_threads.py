"""One book, shared by threads and by processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.carriers import Call, declare, october, take_in

import minutebook
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

THREADS = 4
CLOSED = r"this book is closed; open it again with minutebook\.open"


def acknowledged(book: Book, account: str, amounts: list[Decimal], prefix: str) -> list[str]:
    """Pay each amount; the ids that the book gave."""
    given = (book.pay(account, amount, f"{prefix}-{n}") for n, amount in enumerate(amounts))
    return [posting.id for posting, _ in given]


def ids_in_ledger(book: Book) -> list[str]:
    with book.database.transaction() as connection:
        return [str(row[0]) for row in connection.execute("select journal from journal")]


def test_every_payment_that_was_acknowledged_is_in_the_ledger(book: Book, tmp_path: Path) -> None:
    """Threads that share a book lose nothing, and post nothing twice."""
    declare(book, tmp_path)
    one = [Decimal(1)] * 10
    with ThreadPoolExecutor(THREADS) as pool:
        work = [pool.submit(acknowledged, book, "acme", one, f"thread-{n}") for n in range(THREADS)]
        told = [id_ for done in work for id_ in done.result()]
    assert sorted(ids_in_ledger(book)) == sorted(map(str, told))
    assert book.balances("acme")[0].balance == 10 * THREADS
    assert not any(check.differences for check in book.verify())


_work = st.one_of(
    st.tuples(st.just("pay"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("adjust"), st.integers(0, 5), st.sampled_from([-2, -1, 1])),
    st.tuples(st.just("bill"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("apply"), st.just(0), st.just(0)),
    st.tuples(st.just("read"), st.just(0), st.just(0)),
    st.tuples(st.just("suspend"), st.just(0), st.just(0)),
    st.tuples(st.just("import"), st.integers(0, 3), st.just(0)),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(_work, min_size=1, max_size=5), min_size=2, max_size=THREADS))
def test_threads_at_any_work_leave_a_sound_book(
    new_book: Callable[[], Book], tmp_path: Path, work: list[list[tuple[str, int, int]]]
) -> None:
    """Whatever they do at once: what was acknowledged is there once, and only inputs are refused."""
    book = declare(new_book(), tmp_path)
    files = [tmp_path / f"{n}.csv" for n in range(4)]
    for n, file in enumerate(files):
        _write(file, [Call(f"{n}-{i}") for i in range(3)])
    posted: dict[str, Decimal] = {}

    def one(what: str, number: int, amount: int) -> None:
        match what:
            case "pay":
                posting, _ = book.pay("acme", Decimal(amount), f"reference-{number}")
                posted[str(posting.id)] = posting.amount
            case "adjust":
                posting, _ = book.adjust("acme", Decimal(amount), "a reason", f"by-hand-{number}")
                posted[str(posting.id)] = posting.amount
            case "bill":
                book.bill(october(number))
            case "apply":
                book.apply([tmp_path / "carrier.toml"])
            case "suspend":
                book.suspend("globex", "a dispute")
                book.resume("globex", "settled")
            case "import":
                book.import_calls([files[number]])
            case _:
                book.statement("acme", october(1), october(3))
                book.balances()
                book.calls("acme", october(1), october(3))

    def all_of(steps: list[tuple[str, int, int]]) -> None:
        for step in steps:
            try:
                one(*step)
            except InputError:  # a reference with another amount, a status that is so already
                continue

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(all_of, steps) for steps in work]:
            done.result()
    with book.database.transaction() as connection:
        rows = connection.execute(
            "select journal, sum(amount) from journal join entry using (journal)"
            " where reference is not null and ledger_account like 'customer:%%' group by 1"
        ).fetchall()
    assert {str(journal): amount for journal, amount in rows} == posted
    book.bill(october(3))
    assert not any(check.differences for check in book.verify())


def _write(file: Path, calls: list[Call]) -> None:
    from tests.carriers import write_calls

    write_calls(file, calls)


_PROCESS = """
import sys
from decimal import Decimal
import minutebook
with minutebook.open(sys.argv[1]) as book:
    for n in range(10):
        print(book.pay("acme", Decimal(1), f"{sys.argv[2]}-{n}")[0].id)
"""


def test_threads_and_processes_at_once(book: Book, tmp_path: Path) -> None:
    """Programs that have opened the same book, and threads within one, post alike."""
    declare(book, tmp_path)
    words = [sys.executable, "-c", _PROCESS, str(book.path)]
    programs = [
        subprocess.Popen([*words, f"process-{n}"], stdout=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    with ThreadPoolExecutor(2) as pool:
        work = [
            pool.submit(acknowledged, book, "acme", [Decimal(1)] * 10, f"thread-{n}")
            for n in range(2)
        ]
        told = [str(id_) for done in work for id_ in done.result()]
    for program in programs:
        out, _ = program.communicate(timeout=60)
        assert program.returncode == 0
        told += out.split()
    assert sorted(ids_in_ledger(book)) == sorted(told)
    assert book.balances("acme")[0].balance == 40


def test_a_fork_has_connections_of_its_own(book: Book, tmp_path: Path) -> None:
    """Parent and child go on with the book that the parent opened; neither disturbs the other."""
    declare(book, tmp_path)
    book.pay("acme", "1", "before")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for n in range(5):
                book.pay("acme", "1", f"child-{n}")
            status = 0
        finally:
            os._exit(status)
    for n in range(5):
        book.pay("acme", "1", f"parent-{n}")
    assert os.waitpid(child, 0)[1] == 0
    assert book.balances("acme")[0].balance == 11


def test_more_threads_than_connections_wait_for_each_other(book: Book, tmp_path: Path) -> None:
    """A crowd of threads opens no more connections than a server has room for."""
    from minutebook.ledger.pool import MOST

    declare(book, tmp_path)
    with ThreadPoolExecutor(3 * MOST) as pool:
        done = [
            pool.submit(acknowledged, book, "acme", [Decimal(1)], str(n)) for n in range(3 * MOST)
        ]
        assert len({work.result()[0] for work in done}) == 3 * MOST
    with book.database.transaction() as connection:
        (open_,) = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and backend_type = 'client backend'"  # the server's own are no connections
        ).fetchone()
    assert open_ <= MOST


def test_a_closed_book_says_so(book: Book, tmp_path: Path) -> None:
    """Whatever is asked of it then; closing again is no error."""
    declare(book, tmp_path)
    take_in(book, tmp_path, Call("a"))
    book.close()
    book.close()
    asked: list[Callable[[], object]] = [
        book.balances,
        book.quarantine,
        lambda: book.bill(october(1)),
        lambda: book.pay("acme", "1", "late"),
        lambda: book.calls("acme", october(1), october(1)),
        lambda: book.import_calls([]),
        lambda: book.lake,
    ]
    for ask in asked:
        with pytest.raises(InputError, match=CLOSED):
            ask()
    with minutebook.open(book.path) as again:
        assert [standing.account for standing in again.balances()] == ["acme", "globex"]
    with pytest.raises(InputError, match=CLOSED):
        again.balances()


def test_closing_lets_work_end(book: Book, tmp_path: Path) -> None:
    """A thread in the middle of a transaction ends it; the next thing that it asks is refused."""
    declare(book, tmp_path)
    begun, closed = threading.Event(), threading.Event()

    def work() -> int:
        with book.database.transaction() as connection:
            begun.set()
            assert closed.wait(30)
            return int(connection.execute("select 1").fetchone()[0])

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        assert begun.wait(30)
        book.close()
        closed.set()
        assert done.result() == 1
        with pytest.raises(InputError, match=CLOSED):
            pool.submit(book.balances).result()
