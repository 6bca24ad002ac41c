"""A real PostgreSQL for every test: one cluster a worker, one fresh database a book."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import signal
import tempfile
from collections import Counter
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
from minutebook.book.place import home
from minutebook.ledger import _unprivileged, homes, migrate
from minutebook.ledger.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    Make = Callable[[Book, Path], object]

hypothesis.settings.register_profile("untimed", deadline=None)  # no timing is asserted
hypothesis.settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_TEMPLATE = "minutebook_template"
_ROOM = 2**30
THROWN_AWAY = dict.fromkeys(("fsync", "full_page_writes", "autovacuum"), "off")
"""What a server whose books nobody keeps need not do; books of `init` are tried as users have them."""
_numbers = itertools.count(1)


def pytest_collection_finish() -> None:
    """What was made to collect five thousand tests stays: it need not be looked through each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, then those with many: begun last, one of them would run alone while the other core waits."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -tests[item.path], item.path))


class Cluster:
    """A PostgreSQL server whose databases are made from one that has the schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = EmbeddedPostgres(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_unprivileged, "SETTINGS", _unprivileged.SETTINGS | THROWN_AWAY)
            self.roles = self.server.connection_info()
        self._admin = psycopg.connect(self.roles.admin, dbname="postgres", autocommit=True)
        self._admin.execute(
            sql.SQL("create database {} owner minutebook_owner").format(sql.Identifier(_TEMPLATE))
        )
        migrate.upgrade(make_conninfo(self.roles.owner, dbname=_TEMPLATE), "minutebook_app")

    def new_database(self, template: str = _TEMPLATE) -> tuple[str, str]:
        """Conninfo of the application and of the owner, on a database of its own, a copy of `template`."""
        name = f"book_{next(_numbers)}"
        self._admin.execute(
            sql.SQL(
                "create database {} owner minutebook_owner template {} strategy file_copy"
            ).format(sql.Identifier(name), sql.Identifier(template))
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


class Originals:
    """Books that are made once in a worker, and closed: a test gets a copy of its own."""

    def __init__(self, cluster: Cluster, folders: pytest.TempPathFactory) -> None:
        self._cluster, self._folders = cluster, folders
        self._made: dict[Make, tuple[Path, str]] = {}

    def of(self, make: Make) -> tuple[Path, str]:
        """The folder that `make` worked in, with its book in `book0`, and the name of its database."""
        if make not in self._made:
            folder = self._folders.mktemp("original")
            application, owner = self._cluster.new_database()
            (folder / "book0").mkdir()
            settings.write(folder / "book0", "USD", application, owner)
            with Book(settings.read(folder / "book0")) as book:
                make(book, folder)
            database = psycopg.conninfo.conninfo_to_dict(owner)["dbname"]
            self._made[make] = folder, str(database)
        return self._made[make]


@pytest.fixture(scope="session")
def originals(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Originals:
    return Originals(cluster, tmp_path_factory)


@pytest.fixture
def prepared(
    new_book: Callable[..., Book], originals: Originals, tmp_path: Path
) -> Callable[[Make], Book]:
    """A copy of the book that a function makes of an empty one; what it wrote beside it is in `tmp_path`.

    It is made once for all tests of the worker that ask for it: what is told to a book takes a
    hundred times as long as to copy it.
    """

    def copy(make: Make) -> Book:
        folder, database = originals.of(make)
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        book = new_book(database)
        with psycopg.connect(str(book.settings.database_owner)) as connection:
            homes.settle(connection, home(book.path))
        return book

    return copy


@pytest.fixture
def new_book(tmp_path: Path, cluster: Cluster) -> Iterator[Callable[..., Book]]:
    """Make books, each with a folder and a database of its own."""
    books: list[Book] = []

    def make(template: str = _TEMPLATE) -> Book:
        folder = tmp_path / f"book{len(books)}"
        folder.mkdir(exist_ok=template != _TEMPLATE)
        application, owner = cluster.new_database(template)
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
