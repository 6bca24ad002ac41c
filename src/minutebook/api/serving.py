"""The application on a port."""

from __future__ import annotations

import gc
import socket
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

import uvicorn

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from minutebook.book import Book

_LAST_ANSWERS_S: Final = 30
"""So long what is being answered may take once the process is told to end."""
_COLLECTED: Final = (100_000, 20, 20)
"""An answer of ten thousand rows is many objects that all go again: fewer searches for what is in circles."""
_WAITING: Final = 1024
"""So many connections wait to be answered; others are refused."""


def serve(app: FastAPI, listening: socket.socket, *, works_on: Book | None = None) -> None:
    """Answer requests until the process is told to end. `works_on`: a thread of it does the jobs that are asked for of
    this book.
    """
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
    )  # fmt: skip
    gc.set_threshold(*_COLLECTED)
    with nullcontext() if works_on is None else _working(works_on):
        uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def _working(book: Book) -> Iterator[None]:
    """A worker, in a thread; one that is at work at the end hands its job back."""
    book.database.check_writable()
    stop = threading.Event()
    thread = threading.Thread(target=book.jobs.work, args=(stop,), name="minutebook-worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def listen_on(host: str, port: int) -> tuple[socket.socket, str]:
    """A port that is listened on, and its address; port 0 is any that is free. `InputError` where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise InputError.advised(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            "pass another host or port; port 0 is any that is free",
            shell="say another --host or --port; --port 0 is any that is free",
        ) from None
    found.listen(_WAITING)
    address = f"[{host}]" if ":" in host else host
    return found, f"http://{address}:{found.getsockname()[1]}"
