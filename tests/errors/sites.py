"""Where the source makes an error for the user, and which of these places a test has come by."""

from __future__ import annotations

import ast
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import minutebook
from minutebook import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(minutebook.__file__).parent
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


def every() -> list[Site]:
    """All places of the source."""
    found = []
    for file in sorted(set(SOURCE.rglob("*.py")) - {SOURCE / "errors.py"}):
        module = file.relative_to(SOURCE).as_posix()
        kinds = (*_KINDS, "ValueError") if module.startswith("declarations/") else _KINDS
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = ast.unparse(node.func)
            if name.removesuffix(".advised") in kinds:
                message = "; ".join(
                    _template(part) for part in node.args[: 2 if "." in name else 1]
                )
                last = node.end_lineno or node.lineno
                found.append(Site(module, node.lineno, last, message, name == "ValueError"))
    return found


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    if isinstance(node, ast.BinOp):
        return _template(node.left) + _template(node.right)
    return "…"


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
