"""The terminal: how wide it is, and long results page by page."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from minutebook.cli.tables import widths

if TYPE_CHECKING:
    from collections.abc import Iterator


class UnprintedError(Exception):
    """Standard output takes no more; what the command did stands."""


@contextmanager
def printing() -> Iterator[None]:
    """What is printed within has reached standard output; `UnprintedError` where it could not."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnprintedError(error.strerror or str(error)) from error


def lacking_characters(instead: str) -> None:
    """What is printed for characters that the output's encoding has not: a name of `codecs`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=instead)


def width() -> int | None:
    """How many cells a line may take; None where nobody says: on a pipe without COLUMNS."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return int(said)
    return _size()[0] if sys.stdout.isatty() else None


def _size() -> tuple[int, int]:
    """The columns and lines of the terminal that standard output is; 80 × 24 where it does not say."""
    found = os.get_terminal_size(sys.stdout.fileno())
    return found.columns or 80, found.lines or 24


def paragraph(text: str, hang: int = 2) -> str:
    """A text folded to the terminal, lines after the first `hang` cells in."""
    cells = width()
    return text if cells is None else "\n".join(widths.folded(text, cells, hang))


def write(text: str, *, paged: bool = False, wide: bool = False) -> None:
    """Print a text; on a terminal that it does not fit, by $PAGER, else less.

    LESS says how where it is set; else colours stay, and short texts do not wait for a key.
    """
    pager = _pager() if paged and _is_long(text) else None
    if pager is None:
        with printing():
            sys.stdout.write(text)
        return
    import pydoc

    sys.stdout.flush()
    os.environ.setdefault("LESS", "FRSX" if wide else "FRX")
    pydoc.pipepager(text, pager)


def _is_long(text: str) -> bool:
    """Whether a terminal, read from and written to, has fewer lines than a text."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return text.count("\n") >= _size()[1]


def _pager() -> str | None:
    """The pager's command; None where there is none to run."""
    pager = os.environ.get("PAGER") or "less"
    program = next(iter(shlex.split(pager)), "")
    return pager if shutil.which(program) else None
