"""Books with a PostgreSQL of their own, and the processes and users that try them."""

from __future__ import annotations

import codecs
import contextlib
import os
import pwd
import secrets  # noqa: F401  the children that change their user could not load what they use
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import conninfo

from minutebook.ledger import _unprivileged
from minutebook.ledger.embedded import EmbeddedPostgres, Roles

if TYPE_CHECKING:
    from collections.abc import Callable


ROOT = os.geteuid() == 0
GIGABYTE = 1 << 30
FOLDER, FILE = 0o700, 0o600  # modes of what is private
root_only = pytest.mark.skipif(not ROOT, reason="only root can become another user")


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


def sockets(folder: str, names: list[str]) -> list[str]:
    """The names that `copytree` cannot copy."""
    return [name for name in names if Path(folder, name).is_socket()]


def host_of(roles: Roles) -> str:
    """The folder of the socket."""
    return str(conninfo.conninfo_to_dict(roles.application)["host"])


def fallback() -> int:
    """The user that runs the programs for root where user namespaces are refused."""
    users = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    return users.get("postgres", users["nobody"])


def skip_if_unreachable(user: int) -> None:
    """The programs may be in a folder that is root's alone."""
    path = _unprivileged.program("postgres")
    if as_user(user, lambda: os.access(path, os.X_OK)) != "True":
        pytest.skip(f"user {user} cannot reach {path}")
