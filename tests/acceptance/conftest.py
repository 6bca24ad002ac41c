"""The program as users run it: words in, status, standard output and standard error back."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from minutebook.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Minutebook = "Callable[..., Ran]"


def command(book: Book, *words: str) -> Ran:
    """Run a command on a book; its status, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(["--book", str(book.path), *words])
    assert "Traceback" not in err.getvalue()
    return Ran(status, out.getvalue(), err.getvalue())


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Callable[[Book], Callable[..., Ran]]:
    """Of a book, what runs commands on it."""

    def of(book: Book) -> Callable[..., Ran]:
        def minutebook(*words: str) -> Ran:
            capsys.readouterr()
            status = run(["--book", str(book.path), *words])
            captured = capsys.readouterr()
            assert "Traceback" not in captured.err
            return Ran(status, captured.out, captured.err)

        return minutebook

    return of


@pytest.fixture
def minutebook(book: Book, commands: Callable[[Book], Callable[..., Ran]]) -> Callable[..., Ran]:
    """Run a command on the test's book; its status, output and errors."""
    return commands(book)
