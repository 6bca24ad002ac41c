"""What the lake holds is for its owner alone: folders 0700, files 0600, whatever the umask.

A folder that hands its group on (g+s) was opened to that group by a person: what is made in it is the
group's too, 2770 and 0660. Nothing is for others.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS, _GROUP_AND_OTHERS = 0o007, 0o077


def folder_mode(beside: Path) -> int:
    """The mode of a folder that is, or is made in, the folder `beside`."""
    return 0o2770 if beside.stat().st_mode & stat.S_ISGID else 0o700


def file_mode(folder: Path) -> int:
    """The mode of a file in a folder."""
    return folder_mode(folder) & 0o660


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            folder.chmod(folder_mode(folder.parent))


def sync_names(folder: Path) -> None:
    """Put the names in a folder on the disk, that of its own and that of the one above it; modes stay."""
    for place in (folder, folder.parent, folder.parent.parent):
        with suppress(PermissionError):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def open_private(path: Path) -> IO[str]:
    """A file to be written, or to be locked; made for the owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with suppress(PermissionError):
        os.fchmod(handle, file_mode(path.parent))
    return os.fdopen(handle, "w")


def close_to_others(folder: Path) -> None:
    """Take from others what they could do in a folder from before; looks no further once it is closed."""
    with suppress(FileNotFoundError, PermissionError):
        mode = folder.stat().st_mode
        closed = _OTHERS if mode & stat.S_ISGID else _GROUP_AND_OTHERS
        if not mode & closed:
            return
        for place, _, files in os.walk(folder, topdown=False):
            for path in (*(os.path.join(place, name) for name in files), place):  # noqa: PTH118 - of many
                with suppress(FileNotFoundError, PermissionError):
                    os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) & ~closed)  # noqa: PTH101, PTH116
