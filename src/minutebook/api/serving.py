"""The application on a port."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import uvicorn

from minutebook.api.application import LARGEST_UPLOAD, application
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.book import Book


def serve(
    book: Book,
    host: str,
    port: int,
    tell: Callable[[str], None],
    *,
    works: bool = False,
    largest_upload: int = LARGEST_UPLOAD,
) -> None:
    """Answer requests until the process is told to end; `tell` is told the address, once it answers.

    Port 0 is any that is free. `InputError` where the port cannot be had. `works`: a thread of it does the jobs that are
    asked for. A file of more than `largest_upload` bytes is refused.
    """
    listening = _listening(host, port)
    config = uvicorn.Config(
        application(book, largest_upload),
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    address = f"[{host}]" if ":" in host else host
    tell(f"http://{address}:{listening.getsockname()[1]}")
    with _working(book) if works else nullcontext():
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
