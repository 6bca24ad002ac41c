"""Where a book's folder is: by what it is told from a copy of itself."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.book.clock import user
from minutebook.ledger.homes import Home

if TYPE_CHECKING:
    from minutebook.settings import Settings

_MACHINE_ID = ("/etc/machine-id", "/var/lib/dbus/machine-id")


def home(folder: Path) -> Home:
    """The folder as its database remembers it."""
    path = folder.resolve()
    return Home(
        host=os.uname().nodename,
        path=str(path),
        machine=_machine(),
        inode=str(path.stat().st_ino),
        by=user(),
    )


def worker() -> str:
    """Who is at work, as those are told who wait: a user, a process, a machine; at most 63 bytes."""
    return f"{user()[:20]} (process {os.getpid()} on {os.uname().nodename[:20]})"


def stands_alone(chosen: Settings) -> bool:
    """Whether all that a book writes lies in its folder, so that a copy of it is a book by itself."""
    return chosen.database is None and chosen.lake_folder.resolve().is_relative_to(
        chosen.folder.resolve()
    )


def _machine() -> str:
    """A hash of the machine's own id, as systemd asks of who shows it; "" where it has none."""
    for name in _MACHINE_ID:
        with suppress(OSError):
            if found := Path(name).read_text("ascii").strip():
                return hashlib.sha256(f"minutebook {found}".encode()).hexdigest()[:32]
    return ""
