"""How decks are read, by a name: kept with the changes of what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.cards.deck_columns import DeckColumn
from minutebook.cards.deck_dates import DateOrder
from minutebook.cards.deck_decimals import DecimalMark
from minutebook.cards.deck_profile import DeckProfile, profile_named
from minutebook.ledger import change_log
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection

_KIND = "deck profile"


def every_profile(connection: Connection) -> dict[str, DeckProfile]:
    """Every profile as it was last kept, by name; those that were taken back are not among them."""
    rows = connection.execute(
        "select distinct on (name) name, after, declared_at, declared_by from declaration"
        " where kind = %s order by name, declaration desc",
        [_KIND],
    )
    return {row[0]: _profile(*row) for row in rows if row[1] is not None}


def keep_profile(connection: Connection, profile: DeckProfile, by: str) -> bool:
    """Keep a profile, in place of one of its name; False: that says the same, and stays."""
    before = every_profile(connection).get(profile.name)
    if before is not None and before.content == profile.content:
        return False
    was = None if before is None else _body(before)
    change_log.keep(
        connection, by, [(_KIND, profile.name, was, _body(profile))], "card import --save-profile"
    )
    return True


def remove_profile(connection: Connection, name: str, by: str, reason: str) -> DeckProfile:
    """Take a profile back, and why; gives what it was. `InputError` where there is none of the name."""
    why = reason_kept(reason, "taking a profile back")
    found = profile_named(every_profile(connection), name)
    change_log.keep_removed(connection, by, _KIND, name, _body(found), why)
    return found


def _body(profile: DeckProfile) -> dict[str, Any]:
    return profile.content | {"card": profile.card, "file": profile.file}


def _profile(name: str, body: dict[str, Any], at: datetime, by: str) -> DeckProfile:
    dates, decimals = body.get("dates"), body.get("decimals")
    return DeckProfile(
        name=name,
        currency=body["currency"],
        columns=tuple(DeckColumn(*column) for column in body["columns"]),
        ignore=tuple(body.get("ignore", ())),
        headings=tuple(body.get("headings", ())),
        sheet=body.get("sheet"),
        encoding=body.get("encoding"),
        dates=None if dates is None else DateOrder(dates),
        decimals=None if decimals is None else DecimalMark(decimals),
        card=body["card"],
        file=body["file"],
        saved_at=at,
        saved_by=by,
    )
