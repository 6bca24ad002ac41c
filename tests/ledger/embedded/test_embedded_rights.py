"""The PostgreSQL inside a book: who may do what, and who may work as whom."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo
from tests.ledger.embedded.books import (
    FILE,
    FOLDER,
    as_user,
    ask,
    connect,
    fallback,
    folder_of,
    host_of,
    keep,
    kept,
    postmaster,
    root_only,
    skip_if_unreachable,
)

from minutebook.errors import DatabaseError
from minutebook.ledger import _unprivileged
from minutebook.ledger.embedded import EmbeddedPostgres


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
