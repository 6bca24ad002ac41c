"""Several processes that answer on one port: a parent that answers nothing, and sees to it that they are there."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where the processes count together; prometheus_client reads it when it is loaded."""
_PAUSE_S: Final = 1.0
"""One that ends by itself is made anew after so long."""


def answer_together(processes: int, answer: Callable[[int], None]) -> None:
    """Run `answer` in so many child processes, each told its number, until this one is told to end; then they are told to.

    To be called before anything has begun a thread. A child ends when its parent is gone.
    """
    with tempfile.TemporaryDirectory(prefix="minutebook-") as folder:
        os.environ[COUNTS] = folder
        ours, theirs = os.pipe()
        parent = _Parent(processes, answer, (ours, theirs))
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, parent.end)
        parent.watch()


class _Parent:
    def __init__(
        self, processes: int, answer: Callable[[int], None], pipe: tuple[int, int]
    ) -> None:
        self._answer, (self._ours, self._theirs) = answer, pipe
        self._ending = False
        self._children = {self._child(number): number for number in range(processes)}

    def end(self, *_: object) -> None:
        """Tell the children to end; they finish what they answer."""
        self._ending = True
        for child in self._children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    def watch(self) -> None:
        """Until all of them have ended."""
        while self._children:
            child, _ = os.wait()
            number = self._children.pop(child, None)
            if number is not None and not self._ending:
                time.sleep(_PAUSE_S)
                if not self._ending:
                    self._children[self._child(number)] = number

    def _child(self, number: int) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            return child
        failed = 1
        try:
            os.close(self._theirs)
            for told in (signal.SIGTERM, signal.SIGINT):
                signal.signal(told, signal.SIG_DFL)
            threading.Thread(target=_end_with_parent, args=(self._ours,), daemon=True).start()
            self._answer(number)
            failed = 0
        except KeyboardInterrupt:
            failed = 0
        except Exception:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(failed)


def _end_with_parent(ours: int) -> None:
    os.read(ours, 1)  # nothing is ever written: it ends when nobody holds the other end
    os.kill(os.getpid(), signal.SIGTERM)


def counted_together() -> Path | None:
    """The folder where processes that answer together keep what they share; None: this one answers alone."""
    folder = os.environ.get(COUNTS)
    return Path(folder) if folder else None
