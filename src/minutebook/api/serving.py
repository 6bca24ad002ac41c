"""The application on a port."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import uvicorn

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from minutebook.book import Book


def serve(
    app: FastAPI,
    host: str,
    port: int,
    tell: Callable[[str], None],
    *,
    works_on: Book | None = None,
) -> None:
    """Answer requests until the process is told to end; `tell` is told the address, once it answers.

    Port 0 is any that is free. `InputError` where the port cannot be had. `works_on`: a thread of it
    does the jobs that are asked for of this book.
    """
    listening = _listening(host, port)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    address = f"[{host}]" if ":" in host else host
    tell(f"http://{address}:{listening.getsockname()[1]}")
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


def _listening(host: str, port: int) -> socket.socket:
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
    found.listen(128)
    return found
