"""The line between a worker and the process that does its job: who asked, down; how far it is, up; the end of either, to the other.

A pair of sockets that the process inherits. A variable of the environment names its end, and says nothing by itself: the
other end must be held by the parent process, so that a variable that was left set, or copied, gives nobody's name.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE: Final = "MINUTEBOOK_JOB_SOCKET"
"""Names the process's end of the line: the number of a file that it inherits."""
_CREDENTIALS: Final = struct.Struct("3i")
_AT_ONCE: Final = 1 << 16
_EVERY_S: Final = 0.3


class ParentLink:
    """The process's end."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._lock = line, threading.Lock()
        self._told_s: dict[str, float] = {}
        who = json.loads(line.makefile("r", encoding="utf-8").readline())
        self.asked_by: str = who["asked_by"]
        """In whose name the job is done."""
        self.asked_from: str | None = who["asked_from"]
        """The network address that it was asked from."""

    def tell(self, unit: str, done: int, total: int) -> None:
        """Say how far it is, a few times a second at most. Nobody waits for who listens."""
        now = time.monotonic()
        with self._lock:
            if done < total and now - self._told_s.get(unit, -_EVERY_S) < _EVERY_S:
                return
            self._told_s[unit] = now
            with suppress(OSError):
                self._line.send(
                    f"{json.dumps([unit, done, total])}\n".encode(),
                    socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL,
                )

    def end_with_parent(self) -> None:
        """From now on the process is told to end, as by hand, when the worker is gone: another does its job again."""

        def watch() -> None:
            with suppress(OSError):
                while self._line.recv(_AT_ONCE):
                    pass
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, name="minutebook-job", daemon=True).start()


def to_parent() -> ParentLink | None:
    """The line to the worker that started this process; None where none did. Its own children have none."""
    number = os.environ.pop(VARIABLE, "")
    if not number.isdigit():
        return None
    try:
        line = socket.socket(fileno=int(number))
    except OSError:
        return None
    try:
        said = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        if _CREDENTIALS.unpack(said)[0] != os.getppid():
            raise ValueError(number)
        line.set_inheritable(False)
        return ParentLink(line)
    except (OSError, ValueError, KeyError):
        line.detach()  # whatever it is, it is not ours
        return None


class ChildLink:
    """The worker's end."""

    def __init__(self, line: socket.socket, asked_by: str, asked_from: str | None) -> None:
        self._line, self._waiting = line, b""
        who = {"asked_by": asked_by, "asked_from": asked_from}
        line.sendall(f"{json.dumps(who)}\n".encode())
        line.settimeout(0)

    def told(self) -> Iterator[tuple[str, int, int]]:
        """What was told since: (unit, done, total) each."""
        with suppress(OSError):
            while data := self._line.recv(_AT_ONCE):
                self._waiting += data
        *lines, self._waiting = self._waiting.split(b"\n")
        for line in lines:
            unit, done, total = json.loads(line)
            yield str(unit), int(done), int(total)

    def close(self) -> None:
        """The process is told to end, if it has not."""
        self._line.close()


def line_of(asked_by: str, asked_from: str | None) -> tuple[ChildLink, socket.socket]:
    """A new line: the worker's end, and the one to hand to the process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return ChildLink(ours, asked_by, asked_from), theirs
