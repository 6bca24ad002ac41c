"""A real PostgreSQL for every test: one cluster a worker, one fresh database a book."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.errors import sites

from minutebook import settings
from minutebook.book import Book
from minutebook.ledger import migrate
from minutebook.ledger.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

hypothesis.settings.register_profile("untimed", deadline=None)  # no timing is asserted
hypothesis.settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_TEMPLATE = "minutebook_template"
_ROOM = 2**30
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: begun last, one of them would run alone while the other core waits."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


class Cluster:
    """A PostgreSQL server whose databases are made from one that has the schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = EmbeddedPostgres(folder)
        self.roles = self.server.connection_info()
        self._admin = psycopg.connect(self.roles.admin, dbname="postgres", autocommit=True)
        self._admin.execute(
            sql.SQL("create database {} owner minutebook_owner").format(sql.Identifier(_TEMPLATE))
        )
        migrate.upgrade(make_conninfo(self.roles.owner, dbname=_TEMPLATE), "minutebook_app")

    def new_database(self) -> tuple[str, str]:
        """Conninfo of the application and of the owner, on a database of its own."""
        name = f"book_{next(_numbers)}"
        self._admin.execute(
            sql.SQL(
                "create database {} owner minutebook_owner template {} strategy file_copy"
            ).format(sql.Identifier(name), sql.Identifier(_TEMPLATE))
        )
        self._admin.execute(
            sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(name))
        )
        return (
            make_conninfo(self.roles.application, dbname=name),
            make_conninfo(self.roles.owner, dbname=name),
        )

    def drop(self, conninfo: str) -> None:
        """Drop the database that `conninfo` names."""
        name = str(psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"])
        self._admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def kill(self) -> None:
        """Stop at once, without writing out what nobody needs."""
        os.kill(self._postmaster(), signal.SIGQUIT)
        self.server.stop()

    def _postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def admin(self, conninfo: str) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection to the database that `conninfo` names, to plant errors."""
        name = psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]
        return psycopg.connect(make_conninfo(self.roles.admin, dbname=str(name)), autocommit=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a test to the errors that it claims to provoke."""
    claimed = [str(mark.args[0]) for mark in item.iter_markers("provokes")]
    if not claimed:
        return (yield)
    sites.heard.clear()
    with sites.watched() as seen:
        result = yield
    by_name = {site.name for site in sites.every() if site.come_by(seen, sites.heard)}
    assert set(claimed) <= by_name, f"the test claims to provoke it: {set(claimed) - by_name}"
    return result


@pytest.fixture(autouse=True)
def _no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands print is not folded, however wide the terminal of the tests is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """In memory where there is room: hundreds of databases are made and dropped."""
    in_memory = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > _ROOM
    with tempfile.TemporaryDirectory(dir="/dev/shm" if in_memory else None) as folder:
        made = Cluster(Path(folder) / "postgres")
        yield made
        made.kill()


@pytest.fixture
def new_book(tmp_path: Path, cluster: Cluster) -> Iterator[Callable[[], Book]]:
    """Make books, each with a folder and a database of its own."""
    books: list[Book] = []

    def make() -> Book:
        folder = tmp_path / f"book{len(books)}"
        folder.mkdir()
        application, owner = cluster.new_database()
        settings.write(folder, "USD", application, owner)
        books.append(Book(settings.read(folder)))
        return books[-1]

    yield make
    for book in books:
        book.close()
        cluster.drop(str(book.settings.database))


@pytest.fixture
def book(new_book: Callable[[], Book]) -> Book:
    return new_book()
