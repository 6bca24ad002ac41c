"""The PostgreSQL inside a book, killed at any moment: nothing committed is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.ledger.embedded.books import (
    ask,
    assert_in_order,
    at_work,
    connect,
    folder_of,
    keep,
    kept,
    kill,
    postmaster,
    python,
)

if TYPE_CHECKING:
    from minutebook.ledger.embedded import EmbeddedPostgres

    pass


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
