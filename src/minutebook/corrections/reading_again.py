"""An import's files, read anew after their source was mended (docs/rules/corrections.md, "An import read
again").
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.readers.formats import AUTO
from minutebook.corrections.imports import SHOWN_DIGITS, import_named
from minutebook.corrections.taking_back import recorded_by_import, undo_correction, undo_import
from minutebook.errors import InputError
from minutebook.lake.sources import shared_with_others
from minutebook.ledger import corrections
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minutebook.calls.source import Source
    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import Desk
    from minutebook.intake.import_result import ImportResult
    from minutebook.lake.staging import Staging


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of an import are now, how they are read, and who looks at what they hold."""

    paths: list[Path]
    format: str
    source: str | None
    other_calls: bool
    look: Callable[[Staging], None]


def read_again(
    desk: Desk,
    begin: str,
    reason: str,
    paths: Sequence[Path] | None,
    sources: Mapping[str, Source],
    take_in: Callable[[Files], ImportResult],
    *,
    other_calls: bool = False,
) -> ImportResult:
    """Take an import back, and its files in anew; where `take_in` objects, it counts as before.

    `InputError`, too, where the files hold none of its calls: they are others'. `other_calls` as in
    `intake.import_files`. Nobody bills in between: the lock of runs is held, and where all ends half-way, the ledger knows.
    """
    with desk.database.held(RUN):
        meant = import_named(desk, begin)
        with desk.database.transaction() as connection:
            corrections.refuse_half_read(connection, beside=meant.id)
            cut_short = corrections.is_read_again(connection, meant.id)
        files = files_of(desk, meant, paths, sources, other_calls=other_calls)
        undone = undo_import(desk, meant.id, reason, to_read_again=True)
        made = undone.correction
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
        if made is None:
            return result
        taken_back = {effect.account: effect.calls for effect in undone.accounts if effect.calls}
        return replace(result, correction=made.number, taken_back=taken_back)


def _refuse_shared(desk: Desk, meant: Import, staged: Staging) -> None:
    """`InputError` where the lake has the calls that are about to come under another source by now."""
    for found in shared_with_others(staged, desk.lake, desk.lake.snapshot()):
        short = meant.id[:SHOWN_DIGITS]
        raise InputError.advised(
            f"of the calls of import {short}, {found.calls:,} ({found.call_id} for one) came under source"
            f" {found.other} too; the import counts as before",
            "take it back with book.corrections.undo_import if they are the same, pass other_calls=True if"
            " they are others",
            shell=f"take it back if they are the same: minutebook import undo {short} --reason TEXT;"
            " say --other-calls if they are others",
        )


def _refuse_others(desk: Desk, meant: Import, paths: Sequence[Path], staged: Staging) -> None:
    """`InputError` where none of an import's calls is among those that are about to come in its place."""
    found = 0
    if staged.files:
        files = [file.path for file in staged.files]
        now = pl.scan_parquet(files, glob=False, hive_partitioning=False).select("call_id")
        own = recorded_by_import(desk, meant.id).select("call_id")
        found = own.join(now, on="call_id", how="semi").head(1).collect(engine="streaming").height
    if not found:
        short = meant.id[:SHOWN_DIGITS]
        raise InputError.advised(
            f"none of the calls of import {short} is in {', '.join(map(str, paths))}, as it is read now;"
            " the import counts as before",
            "pass the files that it came from, or take it back with book.corrections.undo_import",
            shell="name the files that it came from, or take it back:"
            f" minutebook import undo {short} --reason TEXT",
        )


def files_of(
    desk: Desk,
    meant: Import,
    paths: Sequence[Path] | None,
    sources: Mapping[str, Source],
    *,
    other_calls: bool,
) -> Files:
    """Where the files of an import are, how they are read, and what refuses them."""
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

    said = meant.other_calls or other_calls

    def look(staged: Staging) -> None:
        _refuse_others(desk, meant, places, staged)
        if not said:
            _refuse_shared(desk, meant, staged)

    return Files(places, format_, named, said, look)
