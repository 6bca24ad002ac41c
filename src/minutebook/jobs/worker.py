"""A worker: does the jobs of a book, one after the other."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from minutebook.errors import DatabaseError, InputError
from minutebook.jobs.child import Child
from minutebook.jobs.due import ask_what_is_due
from minutebook.jobs.kinds import words_of
from minutebook.ledger.jobs import JobEnd, JobState, end_job, hand_back, let_go_of, take_up, tell

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from minutebook.ledger.database import Database
    from minutebook.ledger.jobs import Job

_LOOKS_EVERY_S: Final = 0.5
_WAITS_S: Final = 0.1
_TELLS_EVERY_S: Final = 0.5
_RESTS_S: Final = 5.0
"""So long after a fault of the database or of the program it looks again."""
_ASKS_EVERY_S: Final = 5.0
"""So often it asks what schedules have done."""
_MOST_TRIES: Final = 3
_log = logging.getLogger("minutebook.jobs")


class Worker:
    """Does the jobs of a book, each as a process of its own, until it is told to stop."""

    def __init__(
        self, database: Database, book: Path, name: str, now: Callable[[], datetime]
    ) -> None:
        """`book` is its folder; `name` is told of who took a job up; `now` tells the time, for schedules and files."""
        self._database, self._book, self._name, self._now = database, book, name, now
        self._asked_s: float | None = None

    def work(self, stop: threading.Event) -> None:
        """Do jobs until `stop` is set: one that is being done then is stopped, and waits for another worker."""
        while not stop.is_set():
            try:
                self._ask_what_is_due()
                rest_s = 0 if self.do_one(stop) else _LOOKS_EVERY_S
            except DatabaseError as error:
                _log.warning("%s", error)
                rest_s = _RESTS_S
            except Exception:
                _log.exception("a worker failed, and goes on")
                rest_s = _RESTS_S
            stop.wait(rest_s)

    def _ask_what_is_due(self) -> None:
        """Have schedules ask, every few seconds."""
        moment_s = time.monotonic()
        if self._asked_s is None or moment_s - self._asked_s >= _ASKS_EVERY_S:
            ask_what_is_due(self._database, self._now())
            self._asked_s = moment_s

    def do_one(self, stop: threading.Event) -> bool:
        """Do the first job that nobody is at work on; False where there is none."""
        with self._database.session() as connection:
            with self._database.transaction():
                job = take_up(connection, self._name)
            if job is None:
                return False
            try:
                end = self._done(job, stop)
                with self._database.transaction():
                    if end is None:
                        hand_back(connection, job.id)
                    else:
                        end_job(connection, job.id, end)
            finally:
                if not connection.closed:
                    let_go_of(connection, job.id)
            return True

    def _done(self, job: Job, stop: threading.Event) -> JobEnd | None:
        """What came of a job; None: it was given up, as the worker is to stop."""
        if job.cancelled_by is not None:  # asked of a worker that was killed
            what = f"stopped by {job.cancelled_by}; what it had kept stays"
            return JobEnd(JobState.CANCELLED, error=what)
        if job.tries > _MOST_TRIES:
            what = f"{_MOST_TRIES} workers ended while they did it; see their logs, then ask for it again"
            return JobEnd(JobState.FAILED, error=what)
        try:
            words = words_of(job.kind, job.arguments, self._book, self._now())
        except InputError as error:
            return JobEnd(JobState.FAILED, error=str(error))
        if not words:
            return JobEnd(JobState.DONE, status=0, notes=["there was nothing to do"])
        with closing(Child(self._book, words, job.asked_by, job.asked_from)) as child:
            told_s = -_TELLS_EVERY_S
            while child.goes_on(_WAITS_S):
                if stop.is_set():
                    child.stop()
                    end = child.end()
                    return end if end.state is JobState.DONE else None
                if time.monotonic() - told_s >= _TELLS_EVERY_S:
                    told_s = time.monotonic()
                    cancelled_by = self._tell(job, child)
                    if cancelled_by is not None:
                        child.stop()
                        return child.end(cancelled_by)
            self._tell(job, child)
            return child.end()

    def _tell(self, job: Job, child: Child) -> str | None:
        """Keep how far it is; gives who asked that it be stopped."""
        with self._database.transaction() as connection:
            return tell(connection, job.id, child.progress)
