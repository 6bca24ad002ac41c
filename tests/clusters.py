"""Clusters for books with a PostgreSQL of their own: initdb makes one, and each further one is its copy.

initdb takes longer than all else that `minutebook init` does, and makes the same files each time but
for the administrator's password.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from minutebook.ledger import _unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOM = 2**30


def room() -> Path | None:
    """A folder in memory, if there is room; None: on the disk, where temporary files are."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return memory if has_room else None


@contextmanager
def copied() -> Iterator[None]:
    """Within it, books made by this process have a copy of one cluster, which is made at first use."""
    by_initdb = _unprivileged.initdb
    with tempfile.TemporaryDirectory(dir=room()) as folder, pytest.MonkeyPatch.context() as patch:
        made = Path(folder) / "made"

        def initdb(rights: _unprivileged.Rights, new: Path, admin: str, keep_open: int) -> None:
            if rights.uid is not None or not made.exists():  # another user's files are his own
                by_initdb(rights, new, admin, keep_open)
            if rights.uid is not None:
                return
            if not made.exists():
                shutil.copytree(new.parent, made)
                return
            shutil.copytree(made / "data", new, dirs_exist_ok=True)
            passwords = new.parent.parent / "passwords"
            _, *others = passwords.read_text("ascii").splitlines()
            passwords.write_text("\n".join([(made / "password").read_text("ascii"), *others]))

        patch.setattr(_unprivileged, "initdb", initdb)
        yield
