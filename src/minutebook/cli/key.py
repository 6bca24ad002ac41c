"""`minutebook key …`: what programs ask the book with, over the network."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.people import KEY_SECRET, KEYS
from minutebook.show.tables import Sheet

app = typer.Typer(
    help="Keys that programs ask the API with: add, list, revoke.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The key's name.")]


@app.command("add")
@prints(KEYS, [KEY_SECRET])
def add(
    context: typer.Context,
    name: _Name,
    role: Annotated[
        str,
        typer.Option(
            metavar="R", help="What it may ask: admin, engineer, finance, read-only or customer."
        ),
    ],
    account: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="With --role customer: the account that it is for."),
    ] = None,
    may: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RIGHT",
            help="Of its role's rights only this, as postings; repeated for several. All, if left out.",
        ),
    ] = None,
) -> None:
    """Make a key, and print it: this once, for the book keeps no more than its hash.

    \b
    Examples:
      minutebook key add nightly-report --role read-only
      minutebook key add acme-portal --role customer --account acme
      minutebook key add bank --role finance --may postings
    """
    from minutebook.show.access_keys import AccessKeyView

    with book_of(context) as book:
        made, secret = book.access.add_key(name, role, account, may or None)
    view = AccessKeyView.of(made, secret)
    notes = [f"The key is {secret}", "Keep it where secrets are kept: it is not shown again."]
    show(format_of(context), view, Sheet([*KEYS, KEY_SECRET], [view], notes=notes))


@app.command("list")
@prints(KEYS)
def list_(context: typer.Context) -> None:
    """List the keys that were made, those that were revoked among them; the keys themselves are not kept.

    \b
    Example:
      minutebook key list
    """
    from minutebook.show.access_keys import AccessKeyView

    with book_of(context) as book:
        views = [AccessKeyView.of(key) for key in book.access.list()]
    show(format_of(context), views, Sheet(KEYS, views))


@app.command("revoke")
@prints(KEYS)
def revoke(context: typer.Context, name: _Name, reason: options.Reason) -> None:
    """Revoke a key: from now on it opens nothing. Its name is not given again.

    \b
    Example:
      minutebook key revoke nightly-report --reason "it was in a log"
    """
    from minutebook.show.access_keys import AccessKeyView

    with book_of(context) as book:
        view = AccessKeyView.of(book.access.revoke_key(name, reason))
    show(format_of(context), view, Sheet(KEYS, [view]))
