"""A backup is of one moment, whole or refused, and the book that is made of it is the same book."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.carriers import Call, declare, ledger, october, on, take_in, write_calls

import minutebook
from minutebook.book.clock import user
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.show.sentences.deeds import deed_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Cluster

    from minutebook.book import Book

PROGRAM = (sys.executable, "-c", "from minutebook.cli import main; main()")
PG15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def empty(cluster: Cluster) -> Callable[[], dict[str, str]]:
    """Make empty databases: how `restore` is told of one."""

    def make() -> dict[str, str]:
        name = f"empty_{os.urandom(6).hex()}"
        with psycopg.connect(cluster.roles.admin, autocommit=True) as admin:
            owned = sql.SQL("create database {} owner minutebook_owner")
            admin.execute(owned.format(sql.Identifier(name)))
        return {
            "database": make_conninfo(cluster.roles.application, dbname=name),
            "database_owner": make_conninfo(cluster.roles.owner, dbname=name),
        }

    return make


def make_billed(book: Book, folder: Path) -> None:
    """A book with calls, cards, charges, a payment, quarantine, a closed month."""
    declare(book, folder)
    calls = [
        Call(f"{day}-{n}", ["acme", "globex", "nobody"][n % 3], at=on(day, n), seconds=n * 7)
        for day in (1, 2)
        for n in range(12)
    ]
    book.calls.import_files(write_calls(folder / "first.csv", calls), "minutebook")
    book.runs.bill(october(2))
    book.ledger.pay("acme", "50.00", "bank-1")
    book.runs.close_month(october(1).replace(month=9), "told to the bank")


@pytest.fixture
def billed(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


def everything(book: Book) -> dict[str, Any]:
    """Every row of every table of the ledger, every call, and every record that waits."""
    with book.database.transaction() as connection:
        names = connection.execute(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = 'minutebook'::regnamespace order by 1"
        ).fetchall()
        found: dict[str, Any] = {
            name: sorted(
                map(str, connection.execute(sql.SQL("table {}").format(sql.Identifier(name))))
            )
            for (name,) in names
            if name not in ("book_home", "book_copy", "proof")  # each has its own
        }
    found["calls"] = book.lake.scan(book.lake.snapshot().files).collect().sort("call_id").rows()
    found["waiting"] = book.quarantined.open().rows()
    found["files"] = {file.name for file in book.lake.snapshot().files}
    return found


def test_a_restored_book_is_the_book(
    billed: Book, tmp_path: Path, empty: Callable[[], dict[str, str]]
) -> None:
    """Every row, call and waiting record; it is proved, and goes on: late calls, a run, a payment."""
    taken = billed.backup(tmp_path / "backup")
    restored = minutebook.restore(tmp_path / "backup", tmp_path / "new", **empty())
    assert restored.ok
    assert (taken.rows, taken.lake_version, taken.unrecorded) == (restored.backup.rows, 1, None)
    with minutebook.open(tmp_path / "new") as book:
        assert everything(book) == everything(billed)
        (made,) = (deed for deed in book.ledger.audit() if deed.kind == "restore")
        (kept,) = (deed for deed in billed.ledger.audit() if deed.kind == "backup")
        for deed in (made, kept):
            assert (deed.name, deed.said["lake_version"]) == (str(tmp_path / "backup"), 1)
            assert deed.by == user()
            assert f"{tmp_path / 'backup'} on " in deed_words(deed)
        for either in (book, billed):
            take_in(either, tmp_path, Call("late", at=on(1, 3)))
            either.runs.bill(october(2))
            either.ledger.pay("globex", "1.00", "bank-2")
        assert ledger(book) == ledger(billed)
        assert not [check for check in book.runs.verify() if check.differences]
        with book.database.transaction() as connection, pytest.raises(psycopg.Error):
            connection.execute("delete from entry")


def test_a_book_without_calls_is_backed_up_too(
    book: Book, tmp_path: Path, empty: Callable[[], dict[str, str]]
) -> None:
    """The lake is made by the first import."""
    assert book.backup(tmp_path / "backup").lake_version == -1
    assert minutebook.restore(tmp_path / "backup", tmp_path / "new", **empty()).ok
    assert not (tmp_path / "new" / "lake").exists()


def test_a_backup_holds_no_address_and_is_private(billed: Book, tmp_path: Path) -> None:
    """The password of the database stays where it is; nobody else may read the rest."""
    billed.backup(tmp_path / "backup")
    kept = (tmp_path / "backup" / "settings.toml").read_text()
    assert 'currency = "USD"' in kept
    assert "database =" not in kept.replace("# database =", "")
    assert [p for p in (tmp_path / "backup").rglob("*") if p.stat().st_mode & 0o077] == []


@pytest.mark.provokes(
    "ledger/copy_ledger.py: the database holds a book's ledger already; pass an empty one as database",
    when="`minutebook restore --database` names a database that a book has already.",
)
def test_nothing_is_overwritten(
    billed: Book, tmp_path: Path, empty: Callable[[], dict[str, str]]
) -> None:
    """A backup, a book, a folder with something in it, a database that holds a ledger."""
    backup = tmp_path / "backup"
    billed.backup(backup)
    before = {p: p.stat().st_mtime_ns for p in backup.rglob("*")}
    with pytest.raises(InputError, match="is a backup already"):
        billed.backup(backup)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").touch()
    with pytest.raises(InputError, match="with something in it"):
        billed.backup(tmp_path / "mine")
    with pytest.raises(InputError, match="the book's own lake"):
        billed.backup(billed.path / "lake" / "backup")
    with pytest.raises(InputError, match="is a book"):
        minutebook.restore(backup, billed.path)
    with pytest.raises(InputError, match="lies in the backup"):
        minutebook.restore(backup, backup / "new")
    full = {"database": str(billed.settings.database)}
    full["database_owner"] = str(billed.settings.database_owner)
    with pytest.raises(InputError, match="holds a book's ledger already"):
        minutebook.restore(backup, tmp_path / "new", **full)
    assert not (tmp_path / "new").exists()
    assert {p: p.stat().st_mtime_ns for p in backup.rglob("*")} == before


@pytest.mark.provokes(
    "ledger/copy_ledger.py: … of the backup is gone or damaged; restore from another backup",
    when="A file of the ledger in the backup is not what it was.",
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    billed: Book, tmp_path: Path, empty: Callable[[], dict[str, str]]
) -> None:
    """A flipped byte in any file of it; no half of a book is left."""
    billed.backup(tmp_path / "backup")
    urls = empty()
    for part in ("ledger/entry.csv.gz", "lake/cards", "lake/calls", "backup.json"):
        place = tmp_path / "backup" / part
        file = next(path for path in [place, *place.rglob("*.parquet")] if path.is_file())
        whole = file.read_bytes()
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
        with pytest.raises(InputError, match="damaged"):
            minutebook.restore(tmp_path / "backup", tmp_path / "new", **urls)
        assert not (tmp_path / "new").exists()
        file.write_bytes(whole)
    assert minutebook.restore(tmp_path / "backup", tmp_path / "new", **urls).ok


@pytest.mark.provokes(
    "lake/copy_lake.py: … is missing from the lake; see what else differs with verify, and restore it from an earlier backup first",
    when="Somebody deleted a file of calls, and `minutebook backup` finds it gone.",
)
@pytest.mark.provokes(
    "backups/take_backup.py: the lake is at version …, and a run priced from version …: calls are gone from it; restore it from an earlier backup",
    when="The lake was replaced by an older one, and `minutebook backup` finds it.",
)
def test_a_lake_that_lacks_what_was_priced_is_not_backed_up(billed: Book, tmp_path: Path) -> None:
    """Said, rather than a backup that could not be proved."""
    next(billed.lake.calls.rglob("*.parquet")).unlink()
    with pytest.raises(InputError, match="is missing from the lake"):
        billed.backup(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    shutil.rmtree(billed.lake.calls)
    with pytest.raises(InputError, match="calls are gone"):
        billed.backup(tmp_path / "backup")


def test_the_commands_say_what_they_did(
    billed: Book,
    tmp_path: Path,
    empty: Callable[[], dict[str, str]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`backup DIR`, `restore DIR`: into PATH, --book, $MINUTEBOOK or where one stands."""
    words = ["--book", str(billed.path), "--format", "json"]
    assert run([*words, "backup", str(tmp_path / "backup")]) == 0
    taken = json.loads(capsys.readouterr().out)
    monkeypatch.chdir(tmp_path)
    for way in ("here", "book", "environment", "path"):
        place = tmp_path / way
        place.mkdir()
        urls = empty()
        restore = ["restore", str(tmp_path / "backup"), "--format", "json"]
        restore += ["--database", urls["database"], "--database-owner", urls["database_owner"]]
        restore += {"book": ["--book", way], "path": [way]}.get(way, [])
        with monkeypatch.context() as set_up:
            if way == "environment":
                set_up.setenv("MINUTEBOOK", way)
            if way == "here":
                set_up.chdir(place)
            assert run(restore) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["ok"], said["book"], said["rows"]) == (True, str(place), taken["rows"])


@pytest.mark.provokes(
    "settings.py: write … in a line each, as lake = 'lake'",
    when="`database` in `book.toml` is written over several lines, and a backup would keep them.",
)
def test_an_address_over_several_lines_is_no_way_into_a_backup(
    billed: Book, tmp_path: Path
) -> None:
    """It may hold a password: refused, rather than kept."""
    file = billed.path / "book.toml"
    file.write_text(file.read_text() + "lake = '''\nlake'''\n")
    billed.settings = replace(billed.settings, lake="lake")
    with pytest.raises(InputError, match="in a line each"):
        billed.backup(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


@pytest.mark.slow
def test_backups_while_imports_and_runs_go_on_are_each_a_proved_book(
    new_book: Callable[[], Book], tmp_path: Path, empty: Callable[[], dict[str, str]]
) -> None:
    """Each is of one moment; with what came later imported and billed, it is the book again."""
    book = declare(new_book(), tmp_path)
    files = [
        write_calls(
            tmp_path / f"{part}.csv",
            [
                Call(f"{part}-{n}", ["acme", "globex", "nobody"][n % 3], at=on(1 + n % 4, n % 24))
                for n in range(400)
            ],
        )
        for part in range(4)
    ]
    script = " && ".join(
        f"{{program}} import minutebook {file} && {{program}} bill --through 2026-10-04"
        for file in files
    )
    program = f"{sys.executable} -m minutebook_main"
    (tmp_path / "minutebook_main.py").write_text("from minutebook.cli import main; main()\n")
    work = subprocess.Popen(
        ["sh", "-c", script.replace("{program}", program)],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "MINUTEBOOK": str(book.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    taken = []
    while work.poll() is None or not taken:
        taken.append(book.backup(tmp_path / f"backup{len(taken)}"))
        time.sleep(0.8)
    assert work.communicate()[1].count("Traceback") == 0
    assert work.returncode == 0
    at_work = [backup for backup in taken if 0 <= backup.lake_version < len(files) - 1]
    assert len(at_work) > 1
    rng = random.Random(1)
    for number, backup in enumerate(rng.sample(at_work, 2)):
        restored = minutebook.restore(backup.folder, tmp_path / f"new{number}", **empty())
        assert restored.ok, restored.checks
        with minutebook.open(restored.path) as new:
            new.calls.import_files(files, "minutebook")
            new.runs.bill(october(4))
            assert ledger(new) == ledger(book)
            assert new.quarantined.count() == book.quarantined.count()


@pytest.mark.slow
def test_a_backup_killed_at_any_moment_is_refused(
    billed: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that it was cut short; one that was done before the kill is whole."""
    rng = random.Random(20261126)
    cut_short = 0
    for attempt in range(5):
        folder = tmp_path / f"backup{attempt}"
        process = subprocess.Popen(
            [*PROGRAM, "--book", str(billed.path), "backup", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not folder.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.15))
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()
        if (folder / "backup.json").exists():
            continue
        assert run(["restore", str(folder), str(tmp_path / "new")]) == 2
        said = capsys.readouterr().err
        assert "cut short" in said or "has no backup.json" in said
        assert not (tmp_path / "new").exists()
        cut_short += 1
    assert cut_short


@pytest.fixture
def older(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL 15, and an empty database in it."""
    if not PG15.is_dir():
        pytest.skip("no PostgreSQL 15 here")
    folder = Path(f"/tmp/minutebook-15-{os.urandom(4).hex()}")
    folder.mkdir()
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def program(name: str, *words: str) -> None:
        with (folder / "said").open("w") as said:
            subprocess.run(
                [PG15 / name, "-D", "data", *words], cwd=folder, user=user, check=True, stdout=said
            )

    program("initdb", "-A", "trust", "-U", "owner")
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    program("pg_ctl", "-w", "-o", options, "-l", "log", "start")
    try:
        where = make_conninfo(host=str(folder), user="owner", dbname="postgres")
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute("create database book")
        yield make_conninfo(where, dbname="book")
    finally:
        program("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_a_book_moves_to_an_older_postgresql(billed: Book, tmp_path: Path, older: str) -> None:
    """From the embedded version into 15, the oldest that the program works on, without a word."""
    billed.backup(tmp_path / "backup")
    assert minutebook.restore(tmp_path / "backup", tmp_path / "new", database=older).ok
    with minutebook.open(tmp_path / "new") as book:
        assert everything(book) == everything(billed)
        book.ledger.pay("acme", "1.00", "bank-9")
        assert not [check for check in book.runs.verify() if check.differences]
