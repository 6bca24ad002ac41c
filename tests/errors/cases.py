"""Inputs that provoke errors: what each makes the program say (docs/reference/errors.md).

    python -m tests.errors.cases       writes what is said into the cases, where that differs

A case of a file in `cases` has `run`, the command without its first word; `says`, what it prints on
standard error, where `…` stands for anything; and perhaps

    files       texts by the names of the files that they are written to
    bytes       the same in hexadecimal
    made        expressions that give the bytes of a file; `parquet` of columns gives such a file
    packages    a folder whose packages are installed meanwhile
    uses        an import that `python` needs
    apply       short for an apply file `new.toml`, and `run = "apply new.toml"`
    deck        short for a deck `deck.csv`, and `run = "card import new deck.csv"`
    calls       short for a file `calls.csv`, and `run = "import auto calls.csv"`
    before      commands that must pass first
    python      an expression instead of `run`, of a `book` of the library
    empty       true: in a folder without a book
    why         a sentence for the page, where the message does not say when it comes

All cases share the book that `make_book` makes: an error changes nothing.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import sys
import tempfile
import tomllib
import unittest.mock
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

import minutebook
from minutebook.cli import run as command_line
from minutebook.errors import MinutebookError

if TYPE_CHECKING:
    from datetime import tzinfo

HERE = Path(__file__).parent
FILES = sorted((HERE / "cases").glob("*.toml"))
BOOK = (HERE / "book.toml").read_text("utf-8")

_SHORT = {
    "apply": ("new.toml", "apply new.toml"),
    "deck": ("deck.csv", "card import new deck.csv"),
    "calls": ("calls.csv", "import auto calls.csv"),
}
_CALLS = """\
call_id,account_code,server,caller,called,setup_at,answered_at,ended_at
a,acme,lon-1,442079460999,442079460123,2026-10-01T12:00:00Z,2026-10-01T12:00:02Z,2026-10-01T12:01:02Z
b,globex,nyc-1,442079460999,442079460123,2026-10-01T12:00:00Z,2026-10-01T12:00:02Z,2026-10-01T12:01:02Z
c,eurex,lon-1,442079460999,442079460123,2026-10-01T12:00:00Z,2026-10-01T12:00:02Z,2026-10-01T12:01:02Z
j,nobody,lon-1,442079460999,442079460123,2026-10-01T12:00:00Z,2026-10-01T12:00:02Z,2026-10-01T12:01:02Z
k,nobody,lon-1,442079460999,442079460123,2026-10-01T12:00:00Z,2026-10-01T12:00:02Z,2026-10-01T12:01:02Z
"""
_MAKING = (
    "apply book.toml",
    "card import a-z a-z.csv --currency USD",
    "import minutebook october.csv",
    "bill --through 2026-10-30",
    "pay acme 50.00 --reference bank-1 --at 2026-10-05",
    'adjust acme 5.00 --reason "outage" --reference credit-1 --on 2026-10-06',
    'close 2026-09 --reason "reported"',
)


class _Then(datetime):
    """The clock of the cases: it stands, so that no message changes with the day."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 11, 20, 12, tzinfo=tz)


@dataclass
class Case:
    """A command, what stands in the folder, and what it says."""

    run: str = ""
    python: str = ""
    says: str = ""
    files: dict[str, str] = field(default_factory=dict)
    bytes: dict[str, str] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    packages: str = ""
    uses: str = ""
    empty: bool = False
    why: str = ""


def load(file: Path) -> list[Case]:
    """The cases of a file."""
    return [Case(**_long(said)) for said in tomllib.loads(file.read_text("utf-8"))["case"]]


def _long(said: dict[str, Any]) -> dict[str, Any]:
    for short, (name, command) in _SHORT.items():
        if short in said:
            return {"run": command, "files": {name: said.pop(short)}, **said}
    return said


def make_book(folder: Path) -> None:
    """What the cases' commands work on, in a folder that holds an empty book."""
    (folder / "book.toml.new").write_text(BOOK, "utf-8")
    (folder / "a-z.csv").write_text("prefix,rate\n44,0.01\n1,0.004\n", "utf-8")
    (folder / "october.csv").write_text(_CALLS, "utf-8")
    for command in _MAKING:
        status, printed = run(command.replace("book.toml", "book.toml.new"), folder)
        assert status == 0, f"{command}: {printed}"


def provoke(case: Case, folder: Path) -> tuple[int, str]:
    """The status of a case's command, and what it prints on standard error."""
    bodies = {name: text.encode() for name, text in case.files.items()}
    bodies |= {name: bytes.fromhex(digits) for name, digits in case.bytes.items()}
    bodies |= {name: eval(said, {"parquet": parquet}) for name, said in case.made.items()}
    for name, body in bodies.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    for command in case.before:
        status, printed = run(command, folder)
        assert status == 0, f"{command}: {printed}"
    path = [str(folder / case.packages), *sys.path] if case.packages else sys.path
    with unittest.mock.patch.object(sys, "path", path):
        status, printed = _evaluate(case, folder) if case.python else run(case.run, folder)
    return status, printed.replace(str(folder), "…")


def parquet(**columns: list[object]) -> bytes:
    """A Parquet file of columns; a name's end `_2` is left out, that it may stand twice."""
    table = pa.table(columns)
    file = io.BytesIO()
    pq.write_table(table.rename_columns([name.removesuffix("_2") for name in columns]), file)
    return file.getvalue()


def _evaluate(case: Case, folder: Path) -> tuple[int, str]:
    """2 and the message of the error that an expression raises; 0 where it raises none."""
    names: dict[str, Any] = {"date": date, "datetime": datetime, "UTC": UTC}
    exec(case.uses, names)
    with minutebook.open(folder) as book, _clock_stopped():
        try:
            eval(case.python, names | {"book": book})
        except MinutebookError as error:
            return 2, f"{type(error).__name__}: {error}"
    return 0, ""


def run(command: str, folder: Path) -> tuple[int, str]:
    """The status of a command in a folder, and what it prints on standard error."""
    printed = io.StringIO()
    with (
        contextlib.chdir(folder),
        _clock_stopped(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(printed),
    ):
        status = command_line(shlex.split(command))
    return status, " ".join(printed.getvalue().split())


def _clock_stopped() -> contextlib.AbstractContextManager[object]:
    return unittest.mock.patch("minutebook.book.clock.datetime", _Then)


def agrees(says: str, printed: str) -> bool:
    """Whether it was said, `…` standing for anything."""
    return re.fullmatch(".*?".join(map(re.escape, says.split("…"))), printed) is not None


def _update() -> None:
    """Run all cases, and write what they say into their files."""
    from tests.docs.pages import stop_books

    with tempfile.TemporaryDirectory(prefix="minutebook-errors-") as name:
        book, empty = Path(name) / "carrier", Path(name) / "empty"
        empty.mkdir()
        try:
            assert run(f"init {book}", empty)[0] == 0
            make_book(book)
            for file in FILES:
                _, *texts = re.split(r"^(?=\[\[case\]\]$)", file.read_text("utf-8"), flags=re.M)
                head = _
                for n, case in enumerate(load(file)):
                    status, printed = provoke(case, empty if case.empty else book)
                    if status != 2:
                        print(f"{file.name}: status {status}: {case.run}: {printed}")
                    if not case.says or not agrees(case.says, printed):
                        line = f"says = {json.dumps(printed, ensure_ascii=False)}\n"
                        rest = re.sub(r"^says = .*\n", "", texts[n], flags=re.M).rstrip("\n")
                        texts[n] = f"{rest}\n{line}\n"
                file.write_text((head + "".join(texts)).rstrip("\n") + "\n", "utf-8")
        finally:
            stop_books(Path(name))


if __name__ == "__main__":
    os.environ["COLUMNS"] = "200"
    _update()
