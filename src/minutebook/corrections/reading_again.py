"""An import's files, read anew after their source was mended (docs/rules/corrections.md, "An import read
again").
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.calls.readers.formats import AUTO
from minutebook.corrections.imports import import_named
from minutebook.corrections.taking_back import undo_correction, undo_import
from minutebook.errors import InputError
from minutebook.ledger import corrections
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minutebook.calls.source import Source
    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import Desk
    from minutebook.intake.import_result import ImportResult


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of an import are now, by what names it knew them, and how they are read."""

    paths: list[Path]
    names: list[str]
    format: str
    source: str | None
    other_calls: bool


def read_again(
    desk: Desk,
    begin: str,
    reason: str,
    paths: Sequence[Path] | None,
    sources: Mapping[str, Source],
    take_in: Callable[[Files], ImportResult],
) -> ImportResult:
    """Take an import back, and its files in anew; where `take_in` objects, it counts as before.

    Nobody bills in between: the lock of runs is held, and where all ends half-way, the ledger knows.
    """
    with desk.database.held(RUN):
        meant = import_named(desk, begin)
        with desk.database.transaction() as connection:
            corrections.refuse_half_read(connection, beside=meant.id)
            cut_short = corrections.is_read_again(connection, meant.id)
        files = _files(meant, paths, sources)
        made = undo_import(desk, meant.id, reason, to_read_again=True).correction
        try:
            result = take_in(files)
        except BaseException:
            number = made.number if made is not None else meant.undone if cut_short else None
            with suppress(InputError):  # its calls are in anew: run again, it ends
                if number is not None:
                    undo_correction(desk, number, f"could not be read again: {reason}")
            raise
        with desk.database.transaction() as connection:
            corrections.end_reading(connection, meant.id)
        return result


def _files(meant: Import, paths: Sequence[Path] | None, sources: Mapping[str, Source]) -> Files:
    places = list(map(Path, meant.files)) if paths is None else list(paths)
    if len(places) != len(meant.files):
        raise InputError(
            f"import {meant.id[:8]} was of {len(meant.files)} files, and {len(places)} are named;"
            f" name all of them, in this order: {', '.join(meant.files)}"
        )
    gone = [str(path) for path in places if not path.is_file()]
    if gone:
        raise InputError(
            f"{gone[0]} is no file here; name where the files of import {meant.id[:8]} are now,"
            f" in this order: {', '.join(meant.files)}"
        )
    (source, *others) = meant.sources
    format_, named = AUTO, None
    if not others:
        format_, named = (AUTO, source) if source in sources else (source, None)
    return Files(places, list(meant.files), format_, named, meant.other_calls)
