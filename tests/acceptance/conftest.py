"""The program as users run it: words in, status, standard output and standard error back."""

from __future__ import annotations

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


@pytest.fixture
def minutebook(book: Book, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command on the test's book; its status, output and errors."""

    def command(*words: str) -> Ran:
        capsys.readouterr()
        status = run(["--book", str(book.path), *words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(status, captured.out, captured.err)

    return command
