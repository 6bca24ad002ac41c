"""Files taken in each by itself: one that is refused stops none of the others.

Each file is an import of its own, and is moved only after it: killed between the two, it is imported
again the next time, and its calls are known then. Nothing is lost, nothing counts twice.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.intake.intake import ImportResult
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class RefusedFile(Shown):
    """A file that a person must look at: it was not taken in, or it could not be moved afterwards."""

    file: str
    """As it was named."""
    reason: str
    """What is wrong, and what to do."""
    moved_to: str | None = None
    """Where it is now; None: where it was."""


@dataclass(frozen=True, slots=True, repr=False)
class EachResult(Shown):
    """What became of the files, each taken by itself."""

    imported: ImportResult
    """The sums of the files that were taken in."""
    refused: tuple[RefusedFile, ...]
    """The others, in the order in which they were named."""


def import_each(
    files: Sequence[Path],
    import_one: Callable[[Path], ImportResult],
    *,
    done: Path | None = None,
    refused: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> EachResult:
    """Take each file in by `import_one`; what is wrong with a file refuses that file alone.

    Files that were taken in are moved into the folder `done`, those that were refused into `refused`
    (None: they stay). A file whose last line has no end stays: that line is yet to come. `progress` is told of (files tried, files in all). `InputError`: a folder is none,
    or something is wrong that is no file's, as a full disk; the files before it are in, and stay so.
    """
    for folder in (done, refused):
        if folder is not None and not folder.is_dir():
            raise InputError(
                f"{folder} is no folder to move files into; make it first, or name another"
            )
    imported, wrong = ImportResult(), list[RefusedFile]()
    every = list(dict.fromkeys(files))
    for number, file in enumerate(every):
        if progress is not None:
            progress(number, len(every))
        try:
            one = import_one(file)
        except InputError as error:
            if error.file is None:
                raise error.at(what=_before(imported.files)) from error
            wrong.append(_refused(file, error.for_shell(), refused))
            continue
        imported = _sum(imported, one)
        if done is not None and not one.unended:
            try:
                _moved(file, done)
            except OSError as error:
                wrong.append(RefusedFile(str(file), _unmoved("is imported, but", done, error)))
    return EachResult(imported, tuple(wrong))


def _before(files: int) -> str:
    return f"{files} files were imported before this: " if files else ""


def _refused(file: Path, reason: str, folder: Path | None) -> RefusedFile:
    if folder is None or not file.exists():
        return RefusedFile(str(file), reason)
    try:
        return RefusedFile(str(file), reason, str(_moved(file, folder)))
    except OSError as error:
        return RefusedFile(str(file), f"{reason}; {_unmoved('it', folder, error)}")


def _unmoved(what: str, folder: Path, error: OSError) -> str:
    return f"{what} cannot be moved into {folder}: {error.strerror or error}; move it by hand"


def _moved(file: Path, folder: Path) -> Path:
    """Move a file into a folder, beside what has its name already; where it is then."""
    target, number = folder / file.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.name}.{number}"
    part = (
        folder / f".{target.name}.part"
    )  # on another disk it is copied: never half under its name
    shutil.move(file, part)
    return part.rename(target)


def _sum(one: ImportResult, other: ImportResult) -> ImportResult:
    counts = {
        f.name: getattr(one, f.name) + getattr(other, f.name)
        for f in fields(ImportResult)
        if f.name not in ("reasons", "correction", "taken_back")  # these of files read again alone
    }
    reasons = Counter(one.reasons) + Counter(other.reasons)
    return ImportResult(**counts, reasons=dict(sorted(reasons.items())))
