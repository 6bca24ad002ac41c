"""Readers that installed packages bring, by entry points of the group `minutebook.readers`.

A package says `NAME = "module:READER"`, where `READER` is what `base.Reader` asks for. Its
readers are looked up only where a format is not built in, for `auto`, and to list the formats;
a package that is broken stops nothing but its own format.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minutebook.calls.readers.formats import AGAIN, AUTO, LIST, NAMES, UNDO
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.readers.base import Reader
    from minutebook.calls.source import Source

GROUP = "minutebook.readers"
_PARTS = ("name", "pairs", "sniff", "tables", "records")


@dataclass(frozen=True, slots=True)
class PlugIn:
    """A reader that a package announces; `wrong` says why its name cannot be had, if so."""

    name: str
    package: str
    point: EntryPoint
    wrong: str | None

    def reader(self) -> Reader:
        """The reader itself; `InputError`: it cannot be had, and why."""
        if self.wrong is not None:
            raise self._error(self.wrong)
        try:
            made = self.point.load()
        except (Exception, SystemExit) as error:
            raise self._error(f"cannot be imported: {_words(error)}") from error
        lacking = [part for part in _PARTS if not hasattr(made, part)]
        if isinstance(made, type):
            raise self._error("is a class; the entry point must name an object of it")
        if lacking:
            raise self._error(f"lacks {', '.join(lacking)}, which a reader must have")
        if made.name != self.name:
            raise self._error(f"calls itself {made.name!r}, not as its entry point")
        return _Checked(made, self)

    def _error(self, why: str) -> InputError:
        return InputError(
            f"reader {self.name} of {self.package} {why}; mend or uninstall {self.package}"
        )


def found() -> list[PlugIn]:
    """What installed packages announce, by name; nothing is imported yet."""
    return list(_found(tuple(map(_stamp, sys.path))))


def _stamp(folder: str) -> tuple[str, int]:
    """What stands for what is installed in a folder: it changes with that."""
    try:
        return folder, Path(folder).stat().st_mtime_ns
    except OSError:
        return folder, 0


@lru_cache(maxsize=1)
def _found(_: tuple[tuple[str, int], ...]) -> list[PlugIn]:
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, _package(point)))
    plug_ins = []
    for point in points:
        others = [_package(p) for p in points if p.name == point.name and p != point]
        wrong = None
        if point.name in (AUTO, LIST, UNDO, AGAIN, *NAMES):
            wrong = "takes a name that is Minutebook's own"
        elif others:
            wrong = f"has the name of another of {', '.join(others)}"
        plug_ins.append(PlugIn(point.name, _package(point), point, wrong))
    return plug_ins


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _words(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


class _Checked:
    """A package's reader, held to what `base.Reader` promises: what is not so is an `InputError`.

    A built-in reader is held to it by its tests.
    """

    def __init__(self, made: Any, plug_in: PlugIn) -> None:
        self._made, self._plug_in = made, plug_in
        self.name: str = plug_in.name
        self.pairs = bool(made.pairs)
        self.options = tuple(getattr(made, "options", ()))
        self.files = str(getattr(made, "files", ""))

    def sniff(self, head: bytes) -> bool:
        with self._theirs():
            return bool(self._made.sniff(head))

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        import polars as pl

        with self._theirs():
            for table in self._made.tables(path, source):
                other = [n for n, kind in table.frame.schema.items() if kind != pl.String]
                if other:
                    raise self._wrong(f"column {other[0]} of its rows is not of text")
                if len(table.lines) != table.frame.height:
                    raise self._wrong("does not give each row its line")
                yield table

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        from minutebook.calls.schema import RECORD_SCHEMA

        with self._theirs():
            records: pl.DataFrame = self._made.records(frame, source)
            for name, kind in RECORD_SCHEMA.items():
                given = records.schema.get(name)
                if given != kind:
                    raise self._wrong(f"gives records whose {name} is {given}, not {kind}")
            if not self.pairs and records["row"].to_list() != list(range(frame.height)):
                raise self._wrong("does not give one record for each row, in their order")
            return records

    def _wrong(self, why: str) -> InputError:
        return self._plug_in._error(why)

    @contextmanager
    def _theirs(self) -> Iterator[None]:
        """An error that is no `InputError` is the package's own fault."""
        try:
            yield
        except InputError:
            raise
        except Exception as error:
            raise self._wrong(f"fails with {_words(error)}") from error
