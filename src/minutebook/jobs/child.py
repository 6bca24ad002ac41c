"""A command of the program, run for a job as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

from minutebook.jobs.link import VARIABLE, line_of
from minutebook.ledger.jobs import JobEnd, JobState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PATIENCE_S: Final = 10.0
"""So long a process that is told to end may take before it is killed."""
_NOT_DONE: Final = 2
_MOST_NOTES: Final = 50
_UNSET: Final = ("MINUTEBOOK", "MINUTEBOOK_DEBUG", "COLUMNS", VARIABLE)


class Child:
    """A `minutebook` process that does a job, in the name of who asked."""

    def __init__(
        self, book: Path, words: Sequence[str], asked_by: str, asked_from: str | None
    ) -> None:
        self._link, theirs = line_of(asked_by, asked_from)
        self._out: IO[bytes] = tempfile.TemporaryFile(prefix="minutebook-job-")  # noqa: SIM115 - `close` does
        self._said: IO[bytes] = tempfile.TemporaryFile(prefix="minutebook-job-")  # noqa: SIM115
        environment = {name: said for name, said in os.environ.items() if name not in _UNSET}
        environment |= {VARIABLE: str(theirs.fileno()), "PYTHONIOENCODING": "utf-8"}
        try:
            # -P: no module is taken from the book's folder
            program = [sys.executable, "-P", "-m", "minutebook", "--book", str(book)]
            self._process = subprocess.Popen(
                [*program, "--format", "json", *words],
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=self._said,
                cwd=book,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the worker's; it tells the process
            )
        finally:
            theirs.close()
        self.progress: tuple[str, int, int] | None = None
        """How far it is, as it told last."""

    def goes_on(self, wait_s: float) -> bool:
        """Whether it is still at work, after so many seconds, or less; hears how far it is."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(wait_s)
        for told in self._link.told():
            self.progress = told
        return self._process.poll() is None

    def stop(self) -> None:
        """Have it end: what it had begun is taken back. Killed, where it does not obey."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def close(self) -> None:
        """Have it end, and forget what it printed."""
        self.stop()
        self._link.close()
        self._out.close()
        self._said.close()

    def end(self, cancelled_by: str | None = None) -> JobEnd:
        """What came of it, once it has ended; `cancelled_by` is who asked that it be stopped."""
        status, notes = self._process.returncode, self._notes()
        result = self._result()
        if result is not None and status in (0, 1):
            return JobEnd(JobState.DONE, status, result, None, notes)
        if cancelled_by is not None:
            what = f"stopped by {cancelled_by}; what it had kept stays"
            return JobEnd(JobState.CANCELLED, None, None, what, notes)
        if status == _NOT_DONE and notes:
            return JobEnd(JobState.FAILED, status, None, notes[-1], notes[:-1])
        how = f"with status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
        error = f"its process ended {how}; what it had kept stays: ask for it again"
        return JobEnd(JobState.FAILED, status if status >= 0 else None, None, error, notes)

    def _result(self) -> Any:
        """The JSON that it printed; None where that is none."""
        self._out.seek(0)
        try:
            return json.loads(self._out.read().decode("utf-8"))
        except ValueError:
            return None

    def _notes(self) -> list[str]:
        """What it said beside, a line each; the last ones."""
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").replace("\0", "").splitlines()
        return [line.removeprefix("minutebook: ") for line in lines if line.strip()][-_MOST_NOTES:]
