"""`minutebook provider`: whom calls are bought from."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.providers import PROVIDERS, providers_sheet

app = typer.Typer(
    help="See the providers that calls are bought from, and what is owed to each.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
@prints(PROVIDERS)
def list_(context: typer.Context) -> None:
    """List the declared providers: how their calls are known, what is owed to them.

    \b
    Example:
      minutebook provider list
    """
    from minutebook.show.providers import ProvidersView

    with book_of(context) as book:
        view = ProvidersView.of(book.providers.list())
    show(format_of(context), view, providers_sheet(view))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    provider: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a provider back that was declared by mistake, while nothing leans on it.

    No cost was posted and no call was priced for it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook provider remove vxo --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.providers.remove(provider, reason))
