"""One POST to another's server: no redirect is followed, ten seconds are all it has, and what it answers is not read.

The address that was looked at is the one that is connected to, so a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECONDS: Final = 10.0
_PORTS: Final = {"http": 80, "https": 443}


class NoAnswerError(Exception):
    """There was no answer; says why."""


def posted(url: str, headers: Mapping[str, str], body: bytes, *, internal: bool) -> int:
    """The status of the answer to a POST. `internal`: it may be in a private network. `NoAnswerError` where there is none."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _Connection(host, port, _address(host, port, internal=internal))
        with contextlib.closing(connection):
            connection.open(tls=parts.scheme == "https")
            with _cut_off(connection.sock):
                connection.request("POST", path, body, dict(headers))
                return connection.getresponse().status
    except (OSError, HTTPException, UnicodeError) as error:
        why = "no answer within ten seconds" if isinstance(error, TimeoutError) else str(error)
        raise NoAnswerError(why.strip().partition("\n")[0] or type(error).__name__) from None


class _Connection(HTTPConnection):
    """To an address that was looked up before."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=_SECONDS)
        self._address = address

    def open(self, *, tls: bool) -> None:
        """Connect; with TLS by the server's name."""
        self.sock = socket.create_connection((self._address, self.port), _SECONDS)
        if tls:
            self.default_port = _PORTS["https"]
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host
            )


def _address(host: str, port: int, *, internal: bool) -> str:
    """The first address of a host; of none that stand in a private network, unless `internal`."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found if not internal else ():
        if not _is_public(address):
            raise NoAnswerError(f"{host} is {address}, which is no public address")
    return found[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return (inner or ip).is_global and not ip.is_multicast


@contextlib.contextmanager
def _cut_off(sock: socket.socket) -> Iterator[None]:
    """Within it the connection ends after ten seconds, also where the other side sends a byte at a time."""
    timer = Timer(_SECONDS, _shut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # of the socket itself, below TLS
