"""The formats of call records, by name and by content: built in, or of an installed package.

A reader gives tables of a file's text, and makes records of them; what it cannot understand keeps
its reason, and nothing is guessed. Times become instants in UTC by the record's own offset or by the
zone of its source.

The way through it: `formats` is the list, `plug_ins` what packages bring, `base` what a reader is. A
module for each switch (`asterisk`, `freeswitch`, `kamailio`, `opensips`, `connexcs`, and `minutebook`, our own)
stands on what `calls.parsing` has for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from minutebook.calls.readers.formats import AUTO, BUILT_IN, NAMES
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.calls.readers.base import Reader


@dataclass(frozen=True, slots=True)
class Listed:
    """A format that can be asked for: its files in words, the package that brings it (None:
    Minutebook), and what is wrong with it (None: nothing)."""

    name: str
    files: str
    package: str | None = None
    error: str | None = None


def reader(format: str) -> Reader:
    """The reader of a format by its name.

    `InputError`: no format is called so (the message lists those that are), or the package that
    brings it is broken.
    """
    if format in NAMES:
        return cast("Reader", import_module(f"{__name__}.{format}").READER)
    from minutebook.calls.readers import plug_ins

    found = plug_ins.found()
    for plug_in in found:
        if plug_in.name == format:
            return plug_in.reader()
    known = (AUTO, *NAMES, *(plug_in.name for plug_in in found if plug_in.wrong is None))
    raise InputError(
        f"format {format!r} is not known{did_you_mean(format, known)}; use one of {', '.join(known)}, or install the package "
        "that reads it"
    )


def options(format: str | None) -> frozenset[str]:
    """What `options` of a source of this format can say; None: of any built-in format.

    `InputError` as of `reader`.
    """
    named = {
        option for known in BUILT_IN if format in (None, known.name) for option in known.options
    }
    if format is not None and format not in NAMES:
        named = set(getattr(reader(format), "options", ()))
    return frozenset(named | {"columns"})


def listed() -> list[Listed]:
    """All formats; one whose package is broken with its error."""
    from minutebook.calls.readers import plug_ins

    shown = [Listed(format.name, format.files) for format in BUILT_IN]
    for plug_in in plug_ins.found():
        files, error = "", None
        try:
            files = str(getattr(plug_in.reader(), "files", ""))
        except InputError as wrong:
            error = wrong.message
        shown.append(Listed(plug_in.name, files, plug_in.package, error))
    return shown


def detect(path: Path) -> Reader:
    """The reader that a file's first bytes ask for, whatever the file is called (`auto`).

    `InputError` where no format fits, where two do, or where the file cannot be read. A package
    that is broken is passed over, and named where no format fits.
    """
    from minutebook.calls.parsing.files import head
    from minutebook.calls.readers import plug_ins

    first = head(path)
    fitting = [made for made in map(reader, NAMES) if made.sniff(first)]
    names, broken = list(NAMES), []
    for plug_in in plug_ins.found():
        try:
            made = plug_in.reader()
            names.append(made.name)
            if made.sniff(first):
                fitting.append(made)
        except InputError as wrong:
            broken.append(f"; {wrong.message}")
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        could = " or ".join(made.name for made in fitting)
        raise InputError(f"could be {could}; name the format", file=str(path))
    if not first.strip():
        raise InputError("is empty, so its format cannot be recognised", file=str(path))
    if first.lstrip().startswith(b"<"):
        raise InputError("is XML, which no format here reads; export JSON or CSV", file=str(path))
    raise InputError(
        f"is of no known format ({', '.join(names)}); name one{''.join(broken)}", file=str(path)
    )
