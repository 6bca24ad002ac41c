"""`minutebook serve`: the portal and the API of the book."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli.context import book_of
from minutebook.cli.output import say


def serve_(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port; 0: any that is free.")
    ] = 8000,
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Do the jobs that are asked for, too."),
    ] = True,
    upload_mb: Annotated[
        int, typer.Option(metavar="N", min=1, help="The largest file that is taken in, in MB.")
    ] = 1024,
) -> None:
    """Show the book in a browser, and answer requests of programs, until it is stopped with Ctrl-C.

    People sign in with a name and a password: see minutebook user. Programs ask with a key: see minutebook key;
    what they can ask is in /openapi.json. Runs and imports that are asked for are done one after the other, each by
    a process of its own; minutebook worker does them elsewhere.
    Beyond this machine, put a server before it that does TLS.

    \b
    Examples:
      minutebook serve
      minutebook serve --port 8080
      curl -H "Authorization: Bearer KEY" http://127.0.0.1:8000/api/v1/plans
    """
    from minutebook.api.serving import serve
    from minutebook.web.site import site

    with book_of(context) as book:
        serve(
            site(book, upload_mb * 1_000_000),
            host,
            port,
            lambda at: say(f"minutebook: {book.path} answers at {at}"),
            works_on=book if worker else None,
        )
