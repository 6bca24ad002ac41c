"""Bytes of a file in whole lines, whatever its compression, encoding and line ends.

Everything above this module sees UTF-8 text with `\\n` at the end of each line. A line that is
not UTF-8 is taken for Windows' cp1252, each line by itself, so that it reads the same wherever a batch
begins. Line numbers are those that an editor shows: `\\n`, `\\r\\n` and a lone `\\r` end a line.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.words import not_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD_BYTES = 1 << 16
"""How much of a file `head` gives, to recognise it by."""
BLOCK_BYTES = 1 << 24
"""How much of a file is taken at a time (some 125,000 calls); more is slower."""
LINE_BYTES = 1 << 24
"""The longest line that is read; a call record is a few hundred bytes."""

PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"
_ARRAY = re.compile(rb"\s*\[\s*[{\]]")
_UTF8 = codecs.BOM_UTF8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_REFUSED = {
    b"PK\x03\x04": "is a zip archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet; save the sheet as CSV",
    b"BZh": "is compressed by bzip2; unpack it first (gzip is read as it is)",
    b"\xfd7zXZ": "is compressed by xz; unpack it first (gzip is read as it is)",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd; unpack it first (gzip is read as it is)",
}


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Errors of the system and of compression as `InputError`, for work on `path`."""
    try:
        yield
    except EOFError:
        raise InputError("is cut: its gzip data ends early", file=str(path)) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"has broken gzip data: {error}", file=str(path)) from None
    except OSError as error:
        why = " ".join((error.strerror or str(error)).split())  # Arrow's have several lines
        raise InputError(f"cannot be read: {why}", file=str(path)) from None


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with reading(path), path.open("rb") as file:
        return file.read(len(PARQUET)) == PARQUET


def head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """The first `size` bytes or so, as `blocks` would give them; Parquet as it stands.

    `InputError`: the file cannot be read, or is binary.
    """
    if is_parquet(path):
        return PARQUET
    return next(blocks(path, size), b"")[:size]


def blocks(path: Path, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The file in blocks of whole lines, of `size` bytes or so, each line ended by `\\n`.

    `InputError`: the file cannot be read, is cut inside its compression, is binary, or has a
    line longer than `LINE_BYTES`.
    """
    for block, _ in pieces(path, size):
        yield block


def pieces(path: Path, size: int | None = None) -> Iterator[tuple[bytes, bool]]:
    """The blocks, and whether the file itself ends their last line: False of the last block alone,
    which then is that line."""
    size = size or BLOCK_BYTES
    rest = b""
    for chunk in _clean_chunks(path, size):
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield _as_utf8(b"".join((rest, memoryview(chunk)[:cut]))), True
            rest = chunk[cut:]
        else:
            rest += chunk
            if len(rest) > LINE_BYTES:
                raise InputError(f"has a line longer than {LINE_BYTES >> 20} MB", file=str(path))
    if rest:
        yield _as_utf8(rest + b"\n"), False


def _clean_chunks(path: Path, size: int) -> Iterator[bytes]:
    """Chunks without byte order mark, in an encoding that has ASCII, with `\\n` line ends."""
    first, held = True, b""
    for raw in _decoded_chunks(path, size):
        chunk = held + raw
        if first and b"\0" in chunk[:HEAD_BYTES]:
            raise InputError("is binary, or UTF-16 without its mark: no text", file=str(path))
        if first and _ARRAY.match(chunk):
            raise InputError(
                "is a JSON array; write each of its objects on a line of its own, as jq -c '.[]' does",
                file=str(path),
            )
        first = False
        if b"\r" not in chunk:
            held = b""
            yield chunk
            continue
        held = b"\r" if chunk.endswith(b"\r") else b""  # its \n may come with the next chunk
        chunk = chunk[: len(chunk) - len(held)]
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if held:
        yield b"\n"


def _decoded_chunks(path: Path, size: int) -> Iterator[bytes]:
    with reading(path), path.open("rb") as plain:
        magic = plain.read(6)
        for start, refusal in _REFUSED.items():
            if magic.startswith(start):
                raise InputError(refusal, file=str(path))
        plain.seek(0)
        packed = magic.startswith(_GZIP)
        file: IO[bytes] = gzip.GzipFile(fileobj=plain) if packed else plain  # type: ignore[assignment]  # read alike, without a type in common
        begin = file.read(2)
        if begin in _UTF16:
            yield from _from_utf16(file, begin, size, path)
            return
        begin += file.read(1)
        if begin == _UTF8:
            begin = b""
        while chunk := begin + file.read(size):
            begin = b""
            yield chunk


def _from_utf16(file: IO[bytes], mark: bytes, size: int, path: Path) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    decoder.decode(mark)
    try:
        while chunk := file.read(size):
            yield decoder.decode(chunk).encode()
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise InputError("is not the UTF-16 that its mark says", file=str(path)) from None


def _as_utf8(data: bytes) -> bytes:
    if data.isascii():
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        return b"\n".join(_line_as_utf8(line) for line in data.split(b"\n"))
    return data


def _line_as_utf8(line: bytes) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return not_utf8(line).encode()
    return line
