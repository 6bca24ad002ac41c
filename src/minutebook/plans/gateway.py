"""Where a provider takes calls: the address of its gateway (docs/rules/providers.md, "Switches")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from minutebook.errors import InputError

TRANSPORTS: Final = ("udp", "tcp", "tls", "sctp")
_ADDRESS = re.compile(
    r"(?P<scheme>sips?):(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9.-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:;transport=(?P<transport>[A-Za-z]+))?"
)
_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_LONGEST, _LAST_PORT = 64, 65_535


@dataclass(frozen=True, slots=True)
class Gateway:
    """A SIP address without a user; `str()` writes it as it is declared."""

    host: str
    """A name, or an address of IPv4 or IPv6, without brackets."""
    port: int | None = None
    """None: the transport's own, or what the name's records say."""
    transport: str | None = None
    """Of `TRANSPORTS`; None: nobody said."""
    is_sips: bool = False
    """Whether every hop is to be encrypted."""

    def __str__(self) -> str:
        transport = f";transport={self.transport}" if self.transport else ""
        return f"{'sips' if self.is_sips else 'sip'}:{self.place}{transport}"

    @property
    def is_ip(self) -> bool:
        """Whether the host is an address, and no name."""
        return _is_ip(self.host)

    @property
    def place(self) -> str:
        """Host and port, as in `203.0.113.5:5060` or `[2001:db8::1]`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def sent_by(self) -> str:
        """The transport that is used: of a SIPS address TLS, of another UDP, where nothing else is said."""
        return self.transport or ("tls" if self.is_sips else "udp")


def gateway_of(text: str) -> Gateway:
    """The gateway that an address as `sip:203.0.113.5:5060;transport=tcp` names; `InputError` where it is none."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise InputError(
            f"{text!r} is no address of a gateway; write it as sip:203.0.113.5:5060 or sip:gw.example.com;transport=tcp"
        )
    host = found["ipv6"] or found["host"]
    port = None if found["port"] is None else int(found["port"])
    transport = None if found["transport"] is None else found["transport"].lower()
    if not (_is_ip(host) if found["ipv6"] or host[-1].isdigit() else _is_name(host)):
        raise InputError(f"{text!r}: {host!r} is neither a name nor an address of IPv4 or IPv6")
    if port is not None and not 0 < port <= _LAST_PORT:
        raise InputError(f"{text!r}: {port} is no port; write one from 1 to {_LAST_PORT}")
    if transport is not None and transport not in TRANSPORTS:
        raise InputError(f"{text!r}: transport is one of {', '.join(TRANSPORTS)}")
    is_sips = found["scheme"] == "sips"
    if is_sips and transport == "udp":
        raise InputError(f"{text!r}: sips is encrypted, which udp is not; leave transport out")
    return Gateway(host, port, transport, is_sips)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    return len(host) <= _LONGEST and all(map(_NAME.fullmatch, host.split(".")))
