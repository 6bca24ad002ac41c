"""`minutebook serve`: the portal and the API of the book."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli.context import book_of
from minutebook.cli.output import say

if TYPE_CHECKING:
    from socket import socket


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
    processes: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=64, help="How many answer; each uses a core, and 0.3 GB."
        ),
    ] = 1,
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
      minutebook serve --port 8080 --processes 4
      curl -H "Authorization: Bearer KEY" http://127.0.0.1:8000/api/v1/plans
    """
    from minutebook.api.serving import listen_on

    with book_of(context) as book:
        book.carrier()  # it is there, and its database answers, before anybody is told
        listening, at = listen_on(host, port)
        told = f"minutebook: {book.path} answers at {at}"
    answer = partial(_answer, context, listening, upload_mb * 1_000_000, worker)
    say(told)
    if processes == 1:
        answer(0)
    else:
        from minutebook.api.processes import answer_together

        answer_together(processes, answer)


def _answer(
    context: typer.Context, listening: socket, largest_upload: int, worker: bool, number: int
) -> None:
    """Answer as the process of a number; the first of them works, too."""
    from minutebook.api.serving import serve
    from minutebook.web.site import site

    with book_of(context) as book:
        works_on = book if worker and number == 0 else None
        serve(site(book, largest_upload), listening, works_on=works_on)
