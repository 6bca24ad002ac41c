"""How often somebody may try to sign in (docs/rules/access.md, "Wrong tries")."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from minutebook.access.session import SignInRefused
from minutebook.errors import InputError
from minutebook.ledger import sign_in_tries, users

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database

MOST_TRIES: Final = 5
"""So many wrong tries of one name"""
MOST_FROM_ADDRESS: Final = 20
"""or so many from one address,"""
WITHIN: Final = timedelta(minutes=15)
"""within this time, lock it for this time."""
_KEPT: Final = timedelta(days=1)
_SHORT: Final = 4


def begin_try(
    database: Database, name: str, address: str | None, at: datetime
) -> int | SignInRefused:
    """The number of a try that counts as wrong until it is forgotten: so many at once are no more tries than one after
    another. Refused where the name or the address is locked; that is no try.
    """
    with database.transaction() as connection:
        sign_in_tries.in_turn(connection)
        subject = _subject(connection, name)
        until = _locked_until(connection, subject, address, at)
        if until is not None:
            return SignInRefused("locked", until)
        sign_in_tries.forget_tries_before(connection, at - _KEPT)
        return sign_in_tries.keep_try(connection, subject, address, at)


def begin_sure_try(database: Database, name: str, address: str | None, at: datetime) -> int:
    """As `begin_try`, of somebody who is signed in; `InputError` where it is refused."""
    tried = begin_try(database, name, address, at)
    if isinstance(tried, SignInRefused):
        raise InputError(str(tried))
    return tried


def _locked_until(
    connection: Connection, subject: str, address: str | None, at: datetime
) -> datetime | None:
    ends = [_end(sign_in_tries.last_tries(connection, MOST_TRIES, name=subject), MOST_TRIES)]
    if address is not None:
        of_address = sign_in_tries.last_tries(connection, MOST_FROM_ADDRESS, address=address)
        ends.append(_end(of_address, MOST_FROM_ADDRESS))
    return max((end for end in ends if end is not None and end > at), default=None)


def _end(tries: list[datetime], most: int) -> datetime | None:
    if len(tries) < most or tries[0] - tries[-1] > WITHIN:
        return None
    return tries[0] + WITHIN


def _subject(connection: Connection, name: str) -> str:
    """A user's name; of another, which may be a password in the wrong field, so little of a hash that nothing follows from it."""
    if users.read_users(connection, name):
        return name
    return "?" + sha256(name.encode()).hexdigest()[:_SHORT]
