"""A book is made whole or not at all, and a person sees what is being done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import make_conninfo

import minutebook
from minutebook import settings
from minutebook.cli import run
from minutebook.errors import DatabaseError, InputError
from minutebook.ledger import memos

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cluster

AWAY = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Path]:
    """Where a book is made; its server ends with the test."""
    yield tmp_path / "made" / "book"
    if (tmp_path / "made" / "book" / settings.FILE).exists():
        minutebook.open(tmp_path / "made" / "book").stop()


def test_a_database_that_is_away_leaves_no_folder(tmp_path: Path) -> None:
    """Neither the book's nor those above it that were made for it."""
    with pytest.raises(DatabaseError, match="cannot be reached"):
        minutebook.init(tmp_path / "a" / "b" / "book", database=AWAY)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_keeps_what_was_in_it(tmp_path: Path) -> None:
    """Only what was made goes again."""
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(DatabaseError):
        minutebook.init(tmp_path, database=AWAY)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("notes", "mine")]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_after_the_database_was_made_takes_it_away_and_a_second_try_works(
    stopped: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """A full disk, or a person who stops it: the server ends, the folder goes, and all begins anew."""

    def failing(*_: Any) -> None:
        raise error

    with monkeypatch.context() as at_work:
        at_work.setattr(settings, "write", failing)
        with pytest.raises(type(error)):
            minutebook.init(stopped)
    assert not stopped.parent.exists()
    with minutebook.init(stopped) as book:
        assert book.accounts.list() == []


def test_a_person_who_stops_it_too_late_has_a_book(
    stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once `book.toml` is written the book is whole, and nothing takes it away."""
    write = settings.write

    def stopped_after(*given: Any) -> None:
        write(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as at_work:
        at_work.setattr(settings, "write", stopped_after)
        with pytest.raises(KeyboardInterrupt):
            minutebook.init(stopped)
    with minutebook.open(stopped) as book:
        assert book.accounts.list() == []


def test_the_ledger_of_another_book_is_left_alone(cluster: Cluster, tmp_path: Path) -> None:
    """Refused: its database stays as it was, and no folder is left."""
    application, owner = cluster.new_database()
    with minutebook.init(tmp_path / "one", database=application, database_owner=owner) as one:
        plan = tmp_path / "plan.toml"
        plan.write_text('[plan.m]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1"\n')
        one.apply(plan)
        with one.database.transaction() as connection:
            name = memos.memo(connection, "book")
        with pytest.raises(InputError, match="another book's ledger"):
            minutebook.init(tmp_path / "two", database=make_conninfo(application))
        assert not (tmp_path / "two").exists()
        assert list(one.carrier().plans) == ["m"]
        with one.database.transaction() as connection:
            assert memos.memo(connection, "book") == name


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_sees_the_steps_and_a_pipe_does_not(
    cluster: Cluster,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
) -> None:
    """What is being made, while it is."""
    application, owner = cluster.new_database()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    words = ["init", str(tmp_path / "book"), "--database", application, "--database-owner", owner]
    assert run(words) == 0
    told = capsys.readouterr().err
    assert ("writing book.toml …" in told) is terminal
    assert "next: cd" in told
