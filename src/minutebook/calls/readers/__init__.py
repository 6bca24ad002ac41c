"""The formats of call records, by name and by content (formats.md)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.calls.readers.base import Reader

FORMATS = ("minutebook", "asterisk", "freeswitch", "kamailio", "opensips")
"""Names of the formats; each is a module here with a `READER`."""


def reader(format: str) -> Reader:
    """The reader of a format by its name; `InputError` lists the known ones."""
    if format not in FORMATS:
        raise InputError(f"format {format!r} is not known; use auto or one of {', '.join(FORMATS)}")
    return cast("Reader", import_module(f"{__name__}.{format}").READER)


def detect(path: Path) -> Reader:
    """The reader that a file's first bytes ask for, whatever the file is called (`auto`).

    `InputError` where no format fits, where two do, or where the file cannot be read.
    """
    from minutebook.calls.readers.files import head

    first = head(path)
    fitting = [name for name in FORMATS if reader(name).sniff(first)]
    if len(fitting) == 1:
        return reader(fitting[0])
    if fitting:
        raise InputError(f"could be {' or '.join(fitting)}; name the format", file=str(path))
    if not first.strip():
        raise InputError("is empty, so its format cannot be recognised", file=str(path))
    if first.lstrip().startswith(b"<"):
        raise InputError("is XML, which no format here reads; export JSON or CSV", file=str(path))
    raise InputError(f"is of no known format ({', '.join(FORMATS)}); name one", file=str(path))
