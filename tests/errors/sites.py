"""Where the source makes an error for the user, and which of these places a test has come by.

What no case of `tests.errors.cases` can arrange, a failing disk or server, is provoked by a test of
its own, which claims it with `pytest.mark.provokes(SITE, when=SENTENCE)`: it fails unless it comes
by that place (tests/conftest.py), and the sentence stands in docs/reference/errors.md.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import minutebook
from minutebook import errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCE = Path(minutebook.__file__).parent
TESTS = Path(__file__).parents[1]
_KINDS = ("InputError", "DatabaseError", "LedgerError")


@dataclass(frozen=True)
class Site:
    """A place that makes an error: its lines, and its message with `…` for what is filled in."""

    module: str
    first: int
    last: int
    message: str
    caught: bool  # a ValueError of the grammar, which Pydantic hands on

    @property
    def name(self) -> str:
        """What it is called where it is listed: without a line, which changes."""
        return f"{self.module}: {self.message}"

    def come_by(self, seen: set[tuple[str, int]], said: Iterable[str]) -> bool:
        """Whether an error was made here: in this process, or by what another one has printed."""
        message = ".*?".join(map(re.escape, self.message.split("…")))
        if any(self.module == module and self.first <= n <= self.last for module, n in seen):
            return True
        return any(re.search(message, printed) for printed in said)


@dataclass(frozen=True)
class Claim:
    """A test that provokes the error of a place; `when` says how it arises."""

    site: str
    when: str
    test: str

    @property
    def message(self) -> str:
        """What is said, with `…` for what is filled in."""
        return self.site.partition(": ")[2]


def claims() -> list[Claim]:
    """What the tests claim to provoke, in the order of their files."""
    found = []
    for file in sorted(TESTS.rglob("test_*.py")):
        text = file.read_text("utf-8")
        if "mark.provokes(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.provokes":
                    (site,) = map(ast.literal_eval, mark.args)
                    (when,) = (ast.literal_eval(more.value) for more in mark.keywords)
                    found.append(Claim(site, when, node.name))
    return found


@cache
def every() -> tuple[Site, ...]:
    """All places of the source, read once."""
    found = []
    for file in sorted(set(SOURCE.rglob("*.py")) - {SOURCE / "errors.py"}):
        module = file.relative_to(SOURCE).as_posix()
        kinds = (*_KINDS, "ValueError") if module.startswith("declarations/") else _KINDS
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if any(kind in text for kind in kinds) else ():
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = ast.unparse(node.func)
            if name.removesuffix(".advised") in kinds:
                message = "; ".join(
                    _template(part) for part in node.args[: 2 if "." in name else 1]
                )
                last = node.end_lineno or node.lineno
                found.append(Site(module, node.lineno, last, message, name == "ValueError"))
    return tuple(found)


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    if isinstance(node, ast.BinOp):
        return _template(node.left) + _template(node.right)
    return "…"


heard: list[str] = []
"""What processes that a test started have printed, for the claims of that test."""


@contextlib.contextmanager
def watched() -> Iterator[set[tuple[str, int]]]:
    """Collects the (module, line) of every error that is made meanwhile."""
    seen: set[tuple[str, int]] = set()
    made = errors.MinutebookError.__init__

    def made_and_seen(self: errors.MinutebookError, *args: object, **more: object) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename == errors.__file__:
            frame = frame.f_back
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(SOURCE):
            seen.add((file.relative_to(SOURCE).as_posix(), frame.f_lineno))
        made(self, *args, **more)  # type: ignore[arg-type]

    errors.MinutebookError.__init__ = made_and_seen  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        errors.MinutebookError.__init__ = made  # type: ignore[method-assign]
