"""The program, with a fault that waits in it: `python -m tests.faults.child JSON WORD…`.

`{"count": FILE}` counts the events of a command, `{"die_at": N}` kills it at the n-th, and with `"power": FILE` what the disk
surely has by then is written there first. An event is a sync, a change of a folder, a file opened to be written, or a
statement to the database.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")


class Watch:
    """Counts events, and does at one of them what it is told."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told, self.events = told, 0
        self.files: dict[int, int] = {}
        """Inode → so many bytes of it are on the disk."""
        self.folders: dict[str, dict[str, int]] = {}
        """Folder → its names, with their inodes, when it was synced last."""

    def event(self) -> None:
        self.events += 1
        if self.events == self.told.get("die_at"):
            self.keep()
            os.kill(os.getpid(), signal.SIGKILL)

    def keep(self) -> None:
        """Write down what the disk has."""
        if "power" in self.told:
            said = json.dumps({"files": self.files, "folders": self.folders})
            Path(self.told["power"]).write_text(said, "utf-8")

    def synced(self, handle: int) -> None:
        about = os.fstat(handle)
        if stat.S_ISDIR(about.st_mode):
            path = str(Path(f"/proc/self/fd/{handle}").readlink())
            with os.scandir(path) as entries:
                self.folders[path] = {entry.name: entry.inode() for entry in entries}
        else:
            self.files[about.st_ino] = about.st_size


def watched(watch: Watch) -> None:
    """From here on every event is counted."""
    import psycopg

    real_sync = os.fsync

    def fsync(handle: Any) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        watch.event()
        real_sync(number)
        watch.synced(number)
        watch.event()

    os.fsync = fsync
    for method in ("execute", "executemany"):
        real = getattr(psycopg.Cursor, method)

        def told(*values: Any, _real: Any = real, **named: Any) -> Any:
            watch.event()
            return _real(*values, **named)

        setattr(psycopg.Cursor, method, told)

    def hook(name: str, values: tuple[Any, ...]) -> None:
        flags = values[2] if name == "open" and isinstance(values[2], int) else 0
        if name in CHANGES or flags & (os.O_WRONLY | os.O_RDWR):
            watch.event()

    sys.addaudithook(hook)


def main() -> None:
    told = json.loads(sys.argv[1])
    watch = Watch(told)
    watched(watch)
    from minutebook.cli import run

    status = run(sys.argv[2:])
    sys.stdout.flush()
    total = watch.events
    watch.told.pop("die_at", None)
    watch.keep()
    if "count" in told:
        Path(told["count"]).write_text(str(total), "utf-8")
    os._exit(status)


if __name__ == "__main__":
    main()
