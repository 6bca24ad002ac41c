"""The application on a port."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from minutebook.api.application import application
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book


def serve(book: Book, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Answer requests until the process is told to end; `tell` is told the address, once it answers.

    Port 0 is any that is free. `InputError` where the port cannot be had.
    """
    listening = _listening(host, port)
    config = uvicorn.Config(
        application(book), log_level="warning", access_log=False, server_header=False
    )
    address = f"[{host}]" if ":" in host else host
    tell(f"http://{address}:{listening.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[listening])


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
