"""The line that names the columns, and how to show names from a file to a person."""

from __future__ import annotations

from dataclasses import dataclass

from minutebook.calls.parsing.delimited import Dialect, split_lines
from minutebook.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
"""What a header may be divided by."""
_SHOWN = 40
"""So many names, and so many characters of each, are shown in a message."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line that is not blank, its number, and how it is divided."""

    names: list[str]
    dialect: Dialect
    line: int


def header(block: bytes) -> tuple[Header, bytes]:
    """The header that a file's first block begins with, and the block without it.

    The delimiter is the one that gives most columns. A name that is empty becomes `column_N`.
    `InputError` (without the file's name): there is no line, or a name comes twice.
    """
    start = len(block) - len(block.lstrip())
    start = block.rfind(b"\n", 0, start) + 1
    end = block.find(b"\n", start) + 1
    if not end:
        raise InputError("is empty; its first line must name the columns")
    text = block[start:end].decode().removesuffix("\n")
    line = 1 + block.count(b"\n", 0, start)
    names, delimiter = max(
        ((next(split_lines([text], d)), d) for d in DELIMITERS), key=lambda found: len(found[0])
    )
    names = [name.strip() or f"column_{i + 1}" for i, name in enumerate(names)]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise InputError(f"names the column {shown([min(repeated)])} twice", line=line)
    return Header(names, Dialect(delimiter), line), block[end:]


def shown(names: list[str]) -> str:
    """Names from a file for a message of one line: not all of a thousand, nothing unprintable."""
    listed = ", ".join(name[:_SHOWN] for name in names[:_SHOWN])
    listed += ", …" if len(names) > _SHOWN else ""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in listed)
