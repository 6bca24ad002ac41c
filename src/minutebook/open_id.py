"""`[sign_in.oidc]` of `book.toml`: an issuer of OpenID Connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

_OPEN_ID = (
    "issuer",
    "client_id",
    "address",
    "client_secret_env",
    "client_secret_file",
    "name_claim",
)
_NEEDED = _OPEN_ID[:3]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class OpenId:
    """The issuer of OpenID Connect at which users sign in, and this book as a client of it: `[sign_in.oidc]`."""

    issuer: str
    """As it calls itself."""
    client_id: str
    """What it calls this book."""
    address: str
    """Where browsers reach the book: `https://billing.carrier.example`."""
    client_secret_env: str | None = None
    """The variable of the environment that holds the client's secret."""
    client_secret_file: str | None = None
    """Or the file that does; None: the client has none."""
    name_claim: str = "preferred_username"
    """Which of its claims is the name of a user here."""


def read_open_id(said: Any, path: Path) -> OpenId | None:
    """`[sign_in.oidc]`; None: there is none."""
    if said == {}:
        return None
    told = said.get("oidc") if isinstance(said, dict) and len(said) == 1 else None
    if not isinstance(told, dict):
        raise InputError(
            "sign_in holds a table oidc alone; write it as [sign_in.oidc]", file=str(path)
        )
    for key, value in told.items():
        if key not in _OPEN_ID:
            raise InputError(
                f"unknown key {key!r} of sign_in.oidc{did_you_mean(key, _OPEN_ID)}; known are"
                f" {', '.join(_OPEN_ID)}",
                file=str(path),
            )
        if not isinstance(value, str) or not value:
            raise InputError(f"{key} of sign_in.oidc is a text in quotes", file=str(path))
    for key in _NEEDED:
        if key not in told:
            raise InputError(f"sign_in.oidc has no {key}; add it", file=str(path))
    for key in ("issuer", "address"):
        if not is_sure_address(told[key]):
            raise InputError(
                f"{key} of sign_in.oidc is {told[key]!r}; write an address with https://",
                file=str(path),
            )
    return OpenId(**(told | {"address": told["address"].rstrip("/")}))


def is_sure_address(address: str) -> bool:
    """Whether what is sent to an address is read there alone: over TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        of_this_machine = parts.scheme == "http" and parts.hostname in _LOOPBACK
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or of_this_machine)
