"""`book.jobs`: work that is asked for now and done by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.book.clock import now, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from typing import IO

    from minutebook.accounts.removing import Removal
    from minutebook.jobs.due import ScheduleStanding
    from minutebook.ledger.jobs import Job, JobCounts


class Jobs(Part):
    """The jobs of a book. `minutebook serve` and `minutebook worker` do them."""

    def list(
        self, state: str | None = None, kind: str | None = None, most: int | None = None
    ) -> Rows[Job]:
        """Jobs, those first that were asked for last: all, or of a state (`"waiting"`, `"running"`, `"done"`, `"failed"`,
        `"cancelled"`) or kind; at most so many.
        """
        from minutebook.jobs.asking import some_jobs

        return Rows(some_jobs(self._book.database, state, kind, most))

    def add(self, kind: str, arguments: Mapping[str, Any], id: str | None = None) -> Job:
        """Ask for a job, which is done in the name of who asks; gives it.

        `kind` and its `arguments`: `"bill"` with `through` (a UTC day), perhaps `ahead`; `"import"` with `file` (from the
        book's folder), perhaps `format`, `source`, `complete`; `"import folder"` with `folder`, perhaps `format`, `source`, `quiet_seconds`; `"import again"` with `import` (its id), `reason`, perhaps `file`, where its file is now, and `other_calls`; `"deck preview"` with `card`, `file` (from the book's folder), perhaps the options of `card import`;
        `"review"` with `account`, `from`, `to`; `"reviews"` of all accounts, and `"margin"`, with `from`, `to`; `"reconcile"` with `theirs` (from the book's folder), `from`, `to`, and `kept`, a UUID
        by which its files are found in `disputes`, perhaps the options of the command; `"verify"`.
        `id`: a UUID of one's own; asked for again by it, the job is the same.
        """
        from minutebook.jobs.asking import ask

        return ask(self._book.database, kind, arguments, user(), id)

    def upload(
        self,
        file: IO[bytes],
        name: str,
        format: str = "auto",
        source: str | None = None,
        *,
        complete: bool = False,
    ) -> Job:
        """Keep a file of calls in the book's folder `uploads`, and ask for its import; gives the job.

        `file` is open to read bytes; `name` is what it is called, its path left out. The rest is as `import_files` has it.
        """
        from minutebook.jobs.uploads import keep_upload

        kept, _ = keep_upload(self._book.path, file, name)
        asked = {"file": kept, "format": format, "source": source, "complete": complete}
        return self.add("import", asked)

    def show(self, id: str) -> Job:
        """A job: how far it is, or what came of it."""
        from minutebook.jobs.asking import job_named

        return job_named(self._book.database, id)

    def counts(self) -> JobCounts:
        """How many jobs wait, are being done and failed, and how long the oldest one waits."""
        from minutebook.ledger.jobs import count_jobs

        with self._book.database.transaction() as connection:
            return count_jobs(connection)

    def cancel(self, id: str) -> Job:
        """Stop a job: one that waits is not done; one that is running is stopped soon, and what it had kept stays."""
        from minutebook.jobs.asking import cancel

        return cancel(self._book.database, id, user())

    def schedules(self) -> Rows[ScheduleStanding]:
        """What is declared to be done again and again, by name, with the next time and the last job of each."""
        from minutebook.jobs.due import schedule_standings

        return Rows(schedule_standings(self._book.database, now()))

    def remove_schedule(self, schedule: str, reason: str) -> Removal:
        """Take a schedule back: it asks for no more jobs."""
        from minutebook.accounts.removing import remove_declared

        book = self._book
        return remove_declared(
            book.database, book.lake, book.quarantined, "schedule", schedule, reason, user()
        )

    def work(self, stop: threading.Event) -> None:
        """Do jobs, each in a process of its own, until `stop` is set; one that is being done then waits for another worker.
        Meanwhile webhooks are told what is due.

        What schedules ask for is asked for at its time, while anybody does jobs. Any number of threads and processes may do so: each job is done by one.
        """
        from minutebook.book.place import worker
        from minutebook.jobs.worker import Worker
        from minutebook.webhooks.deliver import delivering

        self._book.database.check_writable()
        with delivering(self._book.database, stop):
            Worker(self._book.database, self._book.path, worker(), now).work(stop)
