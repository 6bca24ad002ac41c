"""`minutebook job …`: work that was asked for, and is done by workers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.jobs import JOBS, job_row
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.ledger.jobs import Job

app = typer.Typer(
    help="Work that the API, the portal or a schedule asked for: list, show, cancel.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class States(StrEnum):
    """How far jobs are."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_Id = Annotated[str, typer.Argument(metavar="ID", help="The job's id.")]


@app.command("list")
@prints(JOBS)
def list_(
    context: typer.Context,
    state: Annotated[States | None, typer.Option(help="Those of a state alone.")] = None,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 100,
) -> None:
    """List the jobs, those first that were asked for last.

    \b
    Examples:
      minutebook job list
      minutebook job list --state failed
    """
    from minutebook.show.jobs import JobView

    with book_of(context) as book:
        views = [JobView.of(job) for job in book.jobs.list(state, most=most)]
    show(format_of(context), views, Sheet(JOBS, [job_row(view) for view in views]))


@app.command("show")
@prints(JOBS)
def show_job(context: typer.Context, id_: _Id) -> None:
    """Show a job: how far it is, or what came of it. Its result is in the JSON.

    \b
    Examples:
      minutebook job show 0b8f7c1e-9d64-4f0b-8d0e-2a7f5f0f9a11
      minutebook --format json job show 0b8f7c1e-9d64-4f0b-8d0e-2a7f5f0f9a11
    """
    with book_of(context) as book:
        found = book.jobs.show(id_)
    _show(context, found)


@app.command("cancel")
@prints(JOBS)
def cancel(context: typer.Context, id_: _Id) -> None:
    """Stop a job. One that waits is not done; one that is running is stopped soon, and what it had kept stays.

    \b
    Example:
      minutebook job cancel 0b8f7c1e-9d64-4f0b-8d0e-2a7f5f0f9a11
    """
    with book_of(context) as book:
        found = book.jobs.cancel(id_)
    _show(context, found)


def _show(context: typer.Context, job: Job) -> None:
    from minutebook.show.jobs import JobView

    view = JobView.of(job)
    show(format_of(context), view, Sheet(JOBS, [job_row(view)], notes=job.notes))
