"""What the lake holds is for its owner alone: folders 0700, files 0600, whatever the umask."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER, FILE = 0o700, 0o600
_OTHERS = 0o077


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER, exist_ok=True)


def close_to_others(folder: Path) -> None:
    """Take from others what they could do in a folder from before; looks no further once it is closed."""
    with suppress(FileNotFoundError, PermissionError):
        if not folder.stat().st_mode & _OTHERS:
            return
        for place, _, files in os.walk(folder, topdown=False):
            for name in files:
                with suppress(FileNotFoundError, PermissionError):
                    os.chmod(os.path.join(place, name), FILE)  # noqa: PTH101, PTH118 - a walk of many
            with suppress(FileNotFoundError, PermissionError):
                os.chmod(place, FOLDER)  # noqa: PTH101
