"""Addresses of databases as people write them: understood, or refused without a word of what may be a password."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from minutebook.errors import DatabaseError

_HIDDEN = "…"
_SECRET = ("password", "passfile", "sslpassword")
_NO_AT = ("host", "hostaddr", "port", "dbname")


def check_address(address: str) -> None:
    """`DatabaseError` where libpq would not understand an address, or would take a password for another
    part of it: its sign @, / or : is written as %40, %2F, %3A. What is wrong is not repeated.
    """
    try:
        parts = conninfo_to_dict(address)
    except (psycopg.ProgrammingError, UnicodeError):
        parts = {"host": "@"}
    port = str(parts.get("port") or "0").replace(",", "")
    if not port.isdigit() or any("@" in str(parts.get(name) or "") for name in _NO_AT):
        raise DatabaseError(
            "the address of the database cannot be understood; write it as"
            " postgresql://USER@HOST:PORT/NAME, and in a password %40 for @, %2F for /, %3A for :"
        ) from None


def without_password(said: str, *addresses: str) -> str:
    """What a server or libpq said, without the passwords of these addresses."""
    for address in addresses:
        try:
            parts = conninfo_to_dict(address)
        except (psycopg.ProgrammingError, UnicodeError):
            return "what is wrong with it is not repeated, since a password may be in it"
        for name in _SECRET:
            if secret := str(parts.get(name) or ""):
                said = said.replace(secret, _HIDDEN)
    return said
