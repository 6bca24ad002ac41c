"""Jobs as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.show.serialise import as_json
from minutebook.show.tables import Column

if TYPE_CHECKING:
    from minutebook.show.jobs import JobView

JOBS = [
    Column("id", "Job", folds=False),
    Column("kind", "What"),
    Column("said", "With", drop=3),
    Column("state", "State"),
    Column("progress", "So far", drop=2),
    Column("asked_by", "Asked by", drop=4),
    Column("made_at", "Asked (UTC)", drop=5),
    Column("started_at", "Begun (UTC)", drop=7),
    Column("ended_at", "Ended (UTC)", drop=6),
    Column("error", "Why not", drop=1),
]

SCHEDULES = [
    Column("schedule", "Schedule"),
    Column("do", "Does"),
    Column("every", "Every"),
    Column("at", "At (UTC)"),
    Column("folder", "Folder", drop=2),
    Column("next_due", "Next (UTC)", drop=4),
    Column("last_due", "Last (UTC)", drop=3),
    Column("last_job", "Its job", folds=False, drop=5),
    Column("last_state", "Which is"),
    Column("error", "Why not", drop=1),
]


def job_row(job: JobView) -> dict[str, Any]:
    """A row of `JOBS`: the keys of the job, and what it is done with and how far it is in words."""
    said = ", ".join(f"{name} {value}" for name, value in job.arguments.items())
    far = "" if job.unit is None else f"{job.done:,} of {job.total:,} {job.unit}"
    return {**as_json(job), "said": said, "progress": far}
