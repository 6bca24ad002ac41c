"""Which field a column that is not understood may be, for the advice of its question: never read so without the user's word."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from minutebook.cards.deck_dates import is_day
from minutebook.cards.deck_fields import heading_question
from minutebook.cards.deck_words import REFUSED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minutebook.cards.deck_headings import Heading

_PAIR = re.compile(
    r"0*[1-9]\d{0,5}\s*(?:s|secs?)?\s*[/+]\s*0*[1-9]\d{0,5}\s*(?:s|secs?)?",
    re.ASCII | re.IGNORECASE,
)
_SECONDS = re.compile(r"0*[1-9]\d{0,5}", re.ASCII)
_AMOUNT = re.compile(r"\d+([.,]\d+)?|[.,]\d+", re.ASCII)
_OF_STEPS = re.compile(r"incr|interval|pulse|takt|block", re.IGNORECASE)
_OF_MINIMUM = re.compile(r"min|initial|first|1st", re.IGNORECASE)
_OF_FEES = re.compile(r"fee|charge|setup|connect|flag|geb(?:ü|ue)hr|entgelt", re.IGNORECASE)
_NO_FEE = re.compile(r"disconnect|cancel|attempt|min|max|month|vat|tax|incl", re.IGNORECASE)
_OF_PRICES = re.compile(r"rate|price|cost|tarif|preis|precio|prix|prezzo|cena|цена", re.IGNORECASE)
_NO_PRICE = re.compile(
    r"old|previous|prior|current|vat|tax|mwst|tva|iva|ttc|incl|gross|brutto|min\.|max|id|change|diff|increase|%",
    re.IGNORECASE,
)
_OF_ENDS = re.compile(r"end|until|till|expir|bis|\bto\b", re.IGNORECASE)
_USUAL = (
    "name",
    "rate",
    "connect_fee",
    "increment",
    "minimum",
    "pulse",
    "status",
    "effective",
    "end",
)
"""Fields that are told where none is guessed; the others are in the help."""


def mapping_advice(
    heading: Heading, number: int, cells: Sequence[str], taken: Collection[str]
) -> tuple[str, str]:
    """What to write so that a column is read as a field: in the library, and in the shell."""
    theirs = heading.text or f"#{number}"
    if not {heading.name, heading.plain}.isdisjoint(REFUSED):
        return "map it to a field", "map it to a field"
    field = _guessed(heading, cells)
    if field and field not in taken and not heading_question(field, heading):
        return (
            f"if it is the {field}, say columns: {{{field!r}: {theirs!r}}}",
            f"if it is the {field}, say --map {shlex.quote(f'{field}={theirs}')}",
        )
    left = ", ".join(name for name in _USUAL if name not in taken)
    return (
        f"map it to a field, as columns: {{FIELD: {theirs!r}}} (FIELD: {left} or another)",
        f"map it to a field, as --map {shlex.quote(f'FIELD={theirs}')} (FIELD: {left} or another of the help)",
    )


def _guessed(heading: Heading, cells: Sequence[str]) -> str:
    text = heading.text
    if not cells:
        return ""
    if all(map(is_day, cells)):
        return "end" if _OF_ENDS.search(text) else "effective"
    if all(_PAIR.fullmatch(cell) or _SECONDS.fullmatch(cell) for cell in cells):
        if any(map(_PAIR.fullmatch, cells)):
            return "increment"
        if _OF_STEPS.search(text):
            return "minimum" if _OF_MINIMUM.search(text) else "increment"
    if all(map(_AMOUNT.fullmatch, cells)):
        if _OF_FEES.search(text) and not _NO_FEE.search(text):
            return "connect_fee"
        if _OF_PRICES.search(text) and not _NO_PRICE.search(text):
            return "rate"
    return ""
