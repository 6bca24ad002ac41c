"""The bytes of a deck's file, unpacked within bounds, and which kind of file they are."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from minutebook.errors import InputError, no_device
from minutebook.words import some_of

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 256 << 20
"""So large may a deck's file be, unpacked: some three million rows of text."""
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0"
_CALC = b"application/vnd.oasis.opendocument.spreadsheet"
_REFUSED = {
    b"%PDF": "is a PDF, which has no rows and columns; ask for the deck as a spreadsheet or as CSV",
    b"BZh": "is compressed by bzip2; unpack it first (gzip and zip are read as they are)",
    b"\xfd7zXZ": "is compressed by xz; unpack it first (gzip and zip are read as they are)",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd; unpack it first (gzip and zip are read as they are)",
    b"7z\xbc\xaf": "is a 7z archive; unpack it first (gzip and zip are read as they are)",
    b"Rar!": "is a RAR archive; unpack it first (gzip and zip are read as they are)",
}
_PASSED_OVER = ("__MACOSX", ".")
"""How folders and files begin that a packer adds of its own accord."""
_DEPTH = 3
"""A zip archive in gzip is opened; what is packed deeper than this is no deck."""


class DeckKind(StrEnum):
    """The kind of a file, by its content and never by its name."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


@dataclass(frozen=True, slots=True)
class DeckBytes:
    """A deck's content, its kind, and the file of an archive that it was."""

    content: bytes
    kind: DeckKind
    inside: str | None
    place: str


def unpacked(path: Path, inside: str | None) -> DeckBytes:
    """The content of a file, of gzip, or of the one file in a zip archive that `inside` names, or that is in it."""
    file = str(path)
    no_device(path)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _too_large(file)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None
    place, name, kind = file, None, None
    for _ in range(_DEPTH):
        if content.startswith(_GZIP):
            content = _from_gzip(content, place)
        elif content.startswith((_ZIP, _EMPTY_ZIP)):
            if (kind := _workbook(content)) is not None:
                break
            content, name = _from_zip(content, inside, place)
            place = f"{place}, {name}"
        else:
            break
    for start, refusal in _REFUSED.items():
        if content.startswith(start):
            raise InputError(refusal, file=place)
    if inside is not None and name is None:
        raise InputError.advised(
            "is no zip archive", "leave inside out", shell="leave --inside out", file=file
        )
    if content.startswith(_OLE):
        kind = DeckKind.XLS
    return DeckBytes(content, kind or DeckKind.TEXT, name, place)


def _too_large(file: str) -> InputError:
    return InputError(
        f"has more than {MOST_BYTES >> 20} MB when it is unpacked, and no deck does; split it",
        file=file,
    )


def _from_gzip(content: bytes, place: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(MOST_BYTES + 1)
    except EOFError:
        raise InputError("is cut: its gzip data ends early; fetch it again", file=place) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"has broken gzip data: {error}; fetch it again", file=place) from None
    if len(found) > MOST_BYTES:
        raise _too_large(place)
    return found


def _workbook(content: bytes) -> DeckKind | None:
    """The kind of workbook that a zip archive is; None: it is another archive, or broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names and any(
                name.startswith("xl/") and name.endswith(".xml") for name in names
            ):
                return None if "xl/workbook.bin" in names else DeckKind.XLSX
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as packed:
                    return DeckKind.ODS if packed.read(len(_CALC)) == _CALC else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return None
    return None


def _from_zip(content: bytes, inside: str | None, place: str) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = _wanted([one.filename for one in archive.infolist()], inside, place)
            entry = archive.getinfo(name)
            if entry.flag_bits & 1:
                raise InputError(
                    f"{name} is locked by a password; unpack it first, and import the deck",
                    file=place,
                )
            with archive.open(entry) as packed:
                found = packed.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise InputError(
            f"is a broken zip archive: {error}; fetch it again, or unpack it first", file=place
        ) from None
    if len(found) > MOST_BYTES:
        raise _too_large(place)
    return found, name


def _wanted(names: list[str], inside: str | None, place: str) -> str:
    """The file of an archive that is the deck: the one in it, or the one that the user names."""
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise InputError(
            "is a document, not a table; save the deck in it as XLSX or CSV", file=place
        )
    files = [name for name in names if not name.endswith("/") and not _is_passed_over(name)]
    if inside is not None:
        found = [n for n in files if inside in (n, PurePosixPath(n).name)]
        if len(found) == 1:
            return found[0]
        what = (
            f"the archive has no file {inside!r}; it has {some_of(files, 10) if files else 'none'}"
        )
        raise InputError(f"inside: {what}", shell=f"--inside: {what}", file=place)
    if not files:
        raise InputError("is a zip archive without a file", file=place)
    if len(files) > 1:
        raise InputError.advised(
            f"holds {len(files)} files: {some_of(files, 10)}",
            "say which is the deck: inside=NAME",
            shell="say which is the deck: --inside NAME",
            file=place,
        )
    return files[0]


def _is_passed_over(name: str) -> bool:
    return any(part.startswith(_PASSED_OVER) for part in PurePosixPath(name).parts)
