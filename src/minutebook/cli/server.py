"""`minutebook server`: deploy and retire servers, and see what they owe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.servers import SERVERS
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from datetime import date

    from minutebook.accounts.servers import ListedServer

app = typer.Typer(
    help="Deploy and retire servers, and see their minimums.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("deploy")
@prints(SERVERS)
def deploy(
    context: typer.Context,
    server: Annotated[str, typer.Argument()],
    account: Annotated[str, typer.Option(metavar="A", help="Whose it is.")],
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its first UTC day. Left out: today.")
    ] = None,
    force: Annotated[
        str | None,
        typer.Option(
            metavar="REASON", help="Although the account lacks the means for its minimum."
        ),
    ] = None,
) -> None:
    """Deploy a server: its account must have a month's minimum of all its servers available.

    \b
    Examples:
      minutebook server deploy lon-2 --account acme
      minutebook server deploy lon-2 --account acme --force "paid today"
    """
    day = None if on is None else arguments.day(on, "--on")
    with book_of(context) as book:
        new = book.accounts.deploy_server(server, account, day, force)
        (listed,) = (
            row for row in book.accounts.servers(account, day) if row.server.name == server
        )
    _show_change(context, listed, "deployed", listed.server.deployed, new=new)


@app.command("retire")
@prints(SERVERS)
def retire(
    context: typer.Context,
    server: Annotated[str, typer.Argument()],
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its last UTC day. Left out: today.")
    ] = None,
) -> None:
    """Retire a server; it owes up to its last day, that day included.

    \b
    Examples:
      minutebook server retire lon-2
      minutebook server retire lon-2 --on 2026-10-31
    """
    day = None if on is None else arguments.day(on, "--on")
    with book_of(context) as book:
        new = book.accounts.retire_server(server, day)
        (listed,) = (row for row in book.accounts.servers(None, day) if row.server.name == server)
    _show_change(context, listed, "retired", listed.server.retired, new=new)


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    server: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a server back that was declared by mistake, while nothing leans on it.

    No minimum was charged with it, and no closed month has it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook server remove lon-9 --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.accounts.remove_server(server, reason))


def _show_change(
    context: typer.Context, listed: ListedServer, done: str, on: date | None, *, new: bool
) -> None:
    from minutebook.show.sentences.notes import already_words
    from minutebook.show.servers import ServerChangeView

    view = ServerChangeView.done(listed, new=new)
    notes = []
    if not new and on is not None:
        notes.append(already_words(f"{view.server} was {done}", on))
    show(format_of(context), view, Sheet(SERVERS, [view], notes=notes))


@app.command("list")
@prints(SERVERS)
def list_(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option(metavar="A", help="Of one account. Left out: all.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="As on a UTC day. Left out: today.")
    ] = None,
) -> None:
    """List servers: whose, since when, whether free, what each owes in the month, met so far or not.

    \b
    Examples:
      minutebook server list
      minutebook server list --account acme --at 2026-10-31
    """
    from minutebook.book.clock import today
    from minutebook.show.servers import ServersView

    day = today() if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = ServersView.of(book.accounts.servers(account, day))
    title = f"Servers on {day}, and their minimums of {day:%Y-%m} (UTC)"
    show(format_of(context), view, Sheet(SERVERS, view.servers, title=title))
