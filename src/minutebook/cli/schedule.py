"""`minutebook schedule …`: what is done again and again."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.jobs import SCHEDULES
from minutebook.show.tables import Sheet

app = typer.Typer(
    help="What is done again and again, as apply files declare it: list, remove.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
@prints(SCHEDULES)
def list_(context: typer.Context) -> None:
    """List the schedules: when each is due next, and what became of it last.

    They ask for jobs while minutebook serve or minutebook worker is at work.

    \b
    Example:
      minutebook schedule list
    """
    from minutebook.show.jobs import ScheduleView

    with book_of(context) as book:
        views = [ScheduleView.of(standing) for standing in book.jobs.schedules()]
    show(format_of(context), views, Sheet(SCHEDULES, views))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    schedule: Annotated[str, typer.Argument(metavar="NAME", help="The schedule.")],
    reason: options.Reason,
) -> None:
    """Take a schedule back: it asks for no more jobs. What it was stays in the history, with who and why.

    \b
    Example:
      minutebook schedule remove nightly --reason "cron does it"
    """
    with book_of(context) as book:
        show_removal(context, book.jobs.remove_schedule(schedule, reason))
