"""The clock and the user: read here and nowhere else, and handed to what needs them."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from minutebook.days import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASKING: ContextVar[str | None] = ContextVar("asking", default=None)

_FROM: ContextVar[str | None] = ContextVar("asked_from", default=None)
_PROCESS: dict[str, str] = {}


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The UTC day."""
    return now().date()


def tomorrow() -> date:
    """The next UTC day."""
    return today() + ONE_DAY


def user() -> str:
    """Who types, or in whose name a program asks: kept with what is declared and changed."""
    asking = _ASKING.get() or _PROCESS.get("asks")
    if asking is not None:
        return asking
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


@contextmanager
def in_the_name_of(name: str) -> Iterator[None]:
    """What is done within, in this thread, is done by who has this name."""
    token = _ASKING.set(name)
    try:
        yield
    finally:
        _ASKING.reset(token)


@contextmanager
def asked_over(address: str | None) -> Iterator[None]:
    """What is done within was asked for from a network address; None: from none."""
    token = _FROM.set(address)
    try:
        yield
    finally:
        _FROM.reset(token)


def asked_from() -> str | None:
    """The network address that asks: kept with what is done; None: it is done at the machine itself."""
    return _FROM.get() or _PROCESS.get("from")


def act_for(name: str, address: str | None = None) -> None:
    """From now on the whole process, each of its threads, does what it does in this name, as asked from this address."""
    _PROCESS["asks"] = name
    if address is not None:
        _PROCESS["from"] = address
