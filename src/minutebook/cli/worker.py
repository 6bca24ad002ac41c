"""`minutebook worker`: does the jobs of the book."""

from __future__ import annotations

import signal
import threading

import typer

from minutebook.cli.context import book_of
from minutebook.cli.output import say


def worker_(context: typer.Context) -> None:
    """Do the jobs of the book, one after the other, until it is stopped with Ctrl-C.

    Each is done by a process of its own. One that is being done when the worker is stopped is
    taken back, and waits for the next worker; so is one whose worker was killed. minutebook serve does
    the same beside answering, unless --no-worker says otherwise. Several do several jobs at once.

    \b
    Example:
      minutebook worker
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with book_of(context) as book:
        say(f"minutebook: a worker of {book.path} is at work")
        book.jobs.work(stop)
