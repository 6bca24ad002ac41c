"""The kind of file that a command writes: by --format, else by the file's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def kind_of_file(file: Path | None, said: str | None, kinds: Sequence[str]) -> str | None:
    """One of `kinds`; None where neither --format nor a file's name says one. `InputError` for another, or where they differ."""
    if said is not None and said not in kinds:
        raise InputError(f"--format {said!r} is none of {some_of(kinds)}")
    if file is None:
        return said
    named = file.suffix.lower().removeprefix(".")
    if named in kinds:
        if said not in (None, named):
            raise InputError(
                f"{file} is named as {named}, and --format says {said}; mend one of them"
            )
        return named
    if said is None:
        raise InputError(
            f"{file}: its name does not say which kind of file; say --format {', '.join(kinds[:-1])} or {kinds[-1]}"
        )
    return said
