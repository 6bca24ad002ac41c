"""Files of calls that were sent to the book: kept in its folder `uploads`, as they came.

A file lies in a folder named after its SHA-256, under the name that it was sent with, so that records in quarantine and
`import again` find it; the same file sent again is there already. None is removed: what an import was made of is evidence.
"""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from minutebook.errors import InputError
from minutebook.lake.private import private_folder, sync_names

if TYPE_CHECKING:
    from typing import IO

UPLOADS: Final = "uploads"
_HASH_LETTERS: Final = 16
_HASH: Final = re.compile("[0-9a-f]{64}")
_MOST_BYTES: Final = 200
_AT_ONCE: Final = 1 << 20
_NO_NAME: Final = "calls"


def keep_upload(book: Path, file: IO[bytes], name: str) -> tuple[str, str]:
    """Keep a file, on the disk before it is said; gives where, from the book's folder, and its SHA-256.

    `name` is a name alone: what of it is a path or cannot be shown is left out. `InputError` where the disk refuses.
    """
    folder = book / UPLOADS
    private_folder(folder)
    digest = sha256()
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="part-", delete=False) as part:
            try:
                while data := file.read(_AT_ONCE):
                    digest.update(data)
                    part.write(data)
                part.flush()
                os.fsync(part.fileno())
                found = digest.hexdigest()
                place = folder / found[:_HASH_LETTERS]
                private_folder(place)
                kept = Path(part.name).replace(place / upload_name(name))
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        sync_names(place)
    except OSError as error:
        raise InputError(
            f"the file cannot be kept in {folder}: {error.strerror or error}; free some space, or mend its rights"
        ) from None
    return str(kept.relative_to(book)), found


def kept_upload(book: Path, sha256: str, name: str) -> Path | None:
    """A file that was kept, by its SHA-256 and the name that it was sent with; None where there is none."""
    if not _HASH.fullmatch(sha256) or upload_name(name) != name:
        return None
    found = book / UPLOADS / sha256[:_HASH_LETTERS] / name
    return found if found.is_file() else None


def upload_name(name: str) -> str:
    """The name of a file as it was sent, without the folders before it and without what cannot be shown."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter if letter.isprintable() else "_" for letter in last).strip()
    if not shown.strip(". "):
        shown = _NO_NAME
    while len(shown.encode()) > _MOST_BYTES:
        shown = shown[1:]  # its end says of which kind it is
    return shown
