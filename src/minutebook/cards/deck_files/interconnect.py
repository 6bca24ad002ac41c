"""Decks in JSON: the open interconnect rate card, "Interconnect Made Easy" 1.0, or a list of objects, one a rate.

Its rates are arrays under named fields; what a card says of all of them (increments, fees, rounding, dates)
becomes a column where the rates have none. Numbers are decimals, never floats. Of the rest nothing is
kept or told: such a file may hold the passwords of its endpoints. Of a list the names of its objects are the columns.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from minutebook.cards.deck_files.header import field_of
from minutebook.cards.deck_files.table import DeckSource, DeckTable
from minutebook.errors import InputError
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VOICE = ("termination", "wholesale", "retail")
_OUTBOUND = ("outbound", "out", "both", "bidirectional")
_LARGEST_EXPONENT = 40
"""Beyond it a number is no price, and would be spelt with as many noughts."""
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?")
_ROUNDINGS = ("up", "down", "half_up", "half_down")
"""`nearest` does not say what becomes of a half."""
_OF_THE_CARD = {
    "minimum": ("rate", "default_initial"),
    "increment": ("rate", "default_pulse"),
    "connect_fee": ("rate", "connection"),
    "rounding": ("charge", "rounding"),
    "precision": ("charge", "precision"),
}
"""Our fields that a card may say for all of its rates: its part, and the name there."""
_ALSO = {"increment": "pulse"}
"""Another of our fields that says the same."""


def is_json(text: str) -> bool:
    """Whether text begins as an object or a list of JSON does."""
    return text.lstrip().startswith(("{", "["))


def read_json(text: str, place: str, wanted: str | None) -> DeckTable:
    """The rates of a card, or of a list of objects, as rows below the names of their fields.

    A row's line is its place among the rates, from 1.
    """
    document = _parsed(text, place)
    if isinstance(document, list) and all(isinstance(rate, dict) for rate in document):
        return _listed(document, place, wanted)
    cards = document.get("cards") if isinstance(document, dict) else None
    if not isinstance(cards, dict) or not cards or not all(map(_is_card, cards.values())):
        raise InputError(
            "is JSON, and no interconnect rate card (it has no cards with fields and rates), nor a list of objects, one a rate;"
            " export the deck as CSV",
            file=place,
        )
    return _of_card(document, cards, place, wanted)


def _listed(rates: Sequence[Mapping[str, Any]], place: str, wanted: str | None) -> DeckTable:
    """The rates of a list of objects; what one does not say is an empty cell."""
    if wanted is not None:
        raise InputError.advised(
            "is a list of rates, and no interconnect rate card",
            "leave deck_card out",
            shell="leave --deck-card out",
            file=place,
        )
    names = list(dict.fromkeys(name for rate in rates for name in rate))
    if not names:
        raise InputError("is an empty list, and no deck; fetch it again", file=place)
    rows = [
        [_text(rate.get(name), place, line) for name in names] for line, rate in enumerate(rates, 1)
    ]
    return DeckTable([names, *rows], range(len(rows) + 1), place, DeckSource("JSON"))


def _of_card(
    document: Mapping[str, Any], cards: Mapping[str, Any], place: str, wanted: str | None
) -> DeckTable:
    """The rates of an interconnect rate card, with what it says of all of them."""
    name = _chosen(cards, wanted, place)
    card, place = cards[name], f"{place}, card {name!r}"
    _check_kind(card, place)
    names = [_text(field.get("name"), place) for field in card["fields"]]
    rows = [_row(rate, len(names), n, place) for n, rate in enumerate(card["rates"], 1)]
    fields = [field_of(own) for own in names]
    if "rate" in fields:
        _check_decimals(card, [row[fields.index("rate")] for row in rows], place)
    for field, cell in _of_the_card(document, card, place).items():
        at = next((n for n, own in enumerate(fields) if own in (field, _ALSO.get(field))), None)
        if at is None:
            names, fields = [*names, field], [*fields, field]
            rows = [[*row, cell] for row in rows]
        else:
            rows = [[*row[:at], row[at] or cell, *row[at + 1 :]] for row in rows]
    zone = _zone(document.get("timezone"), place)
    for at, field in enumerate(fields):
        if field in ("effective", "end") and zone is not None:
            for row in rows:
                row[at] = _in_zone(row[at], zone, is_end=field == "end")
    source = DeckSource("JSON", deck_card=name, deck_cards=tuple(cards))
    own = card.get("minutebook")
    bands = own.get("bands") if isinstance(own, dict) else None
    return DeckTable([names, *rows], range(len(rows) + 1), place, source, bands)


def _parsed(text: str, place: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a name stands twice in one object")
        return found

    def no_number(word: str) -> None:
        raise ValueError(f"{word} is no number")

    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=no_number, object_pairs_hook=once
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"is broken JSON: {error.msg}; fetch it again", file=place, line=error.lineno
        ) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"is broken JSON: {why}; fetch it again", file=place) from None


def _is_card(card: object) -> bool:
    if not isinstance(card, dict):
        return False
    fields, rates = card.get("fields"), card.get("rates")
    named = isinstance(fields, list) and all(
        isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields
    )
    return named and isinstance(rates, list)


def _chosen(cards: Mapping[str, Any], wanted: str | None, place: str) -> str:
    if wanted is not None:
        if wanted in cards:
            return wanted
        what = f"the file has no card {wanted!r}; it has {some_of(list(cards), 10)}"
        raise InputError(f"deck_card: {what}", shell=f"--deck-card: {what}", file=place)
    if len(cards) > 1:
        raise InputError.advised(
            f"has {len(cards)} cards: {some_of(list(cards), 10)}",
            "say which is the deck: deck_card=NAME",
            shell="say which is the deck: --deck-card NAME",
            file=place,
        )
    return next(iter(cards))


def _check_kind(card: Mapping[str, Any], place: str) -> None:
    kind, direction = card.get("type") or "termination", card.get("direction") or "outbound"
    if kind not in _VOICE:
        raise InputError(
            f"its type is {kind!r}, which is not priced by what is called; a deck is of {', '.join(_VOICE)}",
            file=place,
        )
    if direction not in _OUTBOUND:
        raise InputError(
            f"its direction is {direction!r}; a deck prices calls that go out", file=place
        )


def _row(rate: object, width: int, line: int, place: str) -> list[str]:
    if not isinstance(rate, list) or len(rate) != width:
        has = len(rate) if isinstance(rate, list) else "no"
        raise InputError(
            f"has {has} values where the card has {width} fields; mend the rate",
            file=place,
            line=line,
        )
    return [_text(value, place, line) for value in rate]


def _text(value: object, place: str, line: int | None = None) -> str:
    """A value as the cell of a deck: a number as its digits, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        exact = value.is_finite() and abs(value.adjusted()) < _LARGEST_EXPONENT
        return f"{value:f}" if exact else str(value)
    if isinstance(value, (str, int)):
        return str(value)
    raise InputError("holds a list or an object where a value belongs", file=place, line=line)


def _check_decimals(card: Mapping[str, Any], rates: Sequence[str], place: str) -> None:
    """A rate with more decimals than the card says would be rounded by who sent it, one cannot know how."""
    most = (card.get("rate") or {}).get("precision")
    if not isinstance(most, int):
        return
    for line, rate in enumerate(rates, 1):
        if len(rate.partition(".")[2].rstrip("0")) > most:
            raise InputError(
                f"rate {rate!r} has more decimals than the {most} of the card's rates; round it, or say more in rate.precision",
                file=place,
                line=line,
            )


def _of_the_card(
    document: Mapping[str, Any], card: Mapping[str, Any], place: str
) -> dict[str, str]:
    """What holds for all rates that do not say it themselves, by our fields."""
    found = {}
    for field, (part, name) in _OF_THE_CARD.items():
        said = card.get(part)
        if isinstance(said, dict) and said.get(name) is not None:
            found[field] = _text(said[name], place)
    if ("rounding" in found) != ("precision" in found):
        raise InputError(
            "charge says one of rounding and precision alone; write both, or none", file=place
        )
    if found.get("rounding", "up") not in _ROUNDINGS:
        raise InputError(
            f"charge.rounding {found['rounding']!r} does not say what becomes of a half; write one of {', '.join(_ROUNDINGS)}",
            file=place,
        )
    whole = {
        "currency": card.get("currency"),
        "effective": document.get("effective_date"),
        "end": document.get("expiry_date"),
    }
    return found | {field: _text(cell, place) for field, cell in whole.items() if cell}


def _zone(name: object, place: str) -> ZoneInfo | None:
    """The zone of its dates; None: UTC."""
    if name in (None, "", "UTC", "Etc/UTC"):
        return None
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"timezone {name!r} is no zone; write it as in Europe/Berlin", file=place
        ) from None


def _in_zone(text: str, zone: ZoneInfo, *, is_end: bool) -> str:
    """A date or time without an offset, with that of its zone; the end of a day is its last second."""
    match = _LOCAL.fullmatch(text)
    if match is None:
        return text
    of_day = match[2] or ("23:59:59" if is_end else "00:00:00")
    try:
        at = datetime.combine(
            datetime.fromisoformat(match[1]), time.fromisoformat(of_day), tzinfo=zone
        )
    except ValueError:
        return text
    return at.isoformat()
