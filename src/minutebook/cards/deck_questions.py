"""What the cells of a column say that its heading does not: dates, increments, units, a yes and a no, blocking.

A column that is not read is a question where its cells bear on prices, whatever its heading is
(docs/rules/cards.md, "What a deck may say").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minutebook.cards import deck_words
from minutebook.cards.deck_headings import UNIT_WORDS
from minutebook.cards.deck_words import words
from minutebook.money import MINOR_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

NUMBER = re.compile(r"[^\w\s]?\s*-?\d[\d.,]*\s*[^\w\s]?|-?\.\d+", re.ASCII)
_FRACTION = re.compile(r"[^\w\s]?\s*-?\d*[.,]\d+\s*[^\w\s]?", re.ASCII)
_DIGITS = re.compile(r"[\d\s.,;:/|+()\u2013-]+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)(?: .*)?|\d{4}-(?:\d\d|w\d\d)"
    rf"|\d{{1,2}}[-/. ]?(?:{_MONTHS})[a-z]*[-/., ]*\d{{2,4}}(?: .*)?|(?:{_MONTHS})[a-z]*[-/., ]*(?:\d{{1,2}},?[-/ ]*)?\d{{4}}"
    r"|asap|immediate|immediately",
    re.ASCII | re.IGNORECASE,
)
_DAY = re.compile(r"20[2-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
"""A day in eight digits, where all cells are such."""
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)\d\d", re.ASCII)
"""A date that may look like an increment of three parts."""
_PAIR = re.compile(
    r"\d{1,4}\s*(?:s|secs?)?(?:\s*[/+]\s*\d{1,4}\s*(?:s|secs?)?){1,2}", re.ASCII | re.IGNORECASE
)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?", re.ASCII)
_YES_OR_NO = words("yes no true false ja nein sí oui sim não")
_MARKS = _YES_OR_NO | words("y n t f x si non ✓ ✔ ✗")
"""Letters and marks are a yes or a no where a column holds nothing else."""
_BLOCKING = frozenset((
    *words("block blocked barred closed inactive disabled reject rejected deny denied suspended forbidden deleted delete"
           " removed remove discontinued unavailable withdrawn excluded restricted gesperrt bloqueado bloqué bloccato"),
    "not offered", "no route", "not available", "not allowed", "not active", "not supported", "out of service",
))  # fmt: skip
SAYS_BLOCKED = re.compile(
    r"\b(?:blocked|barred|discontinued|suspended|forbidden|unavailable|gesperrt|bloqueado"
    r"|not (?:available|offered|allowed|supported)|no route)\b"
)
_DIRECTION = re.compile(r"\b(?:inbound|incoming|origination|originating|ingress)\b")
_OTHER_TRAFFIC = words("in did dids mms data messaging")
_TOKEN = re.compile(r"[^\W\d_]+|[$€£¥₹₽₺¢%]")
_LONGEST_UNIT = 24
"""Letters of a unit with its figure; more are prose."""
_NO_UNIT_ALONE = words("per pro each je a")
_PLACES = words(
    "country countryname land pais pays paese continent region area areaname city cityname"
)
_CODES = words("iso isocode isocountrycode countryiso countryisocode iso2 iso3 language") | _PLACES
_OF_OLD = words(
    "createddate modifieddate creationdate modificationdate createdat updatedat updated created lastupdated lastupdate"
    " datecreated dateadded lastmodified datemodified"
)
"""Headings of dates on which no price begins or ends."""


def is_of_old(names: Collection[str]) -> bool:
    """Whether a heading is of dates on which no price begins or ends."""
    return not _OF_OLD.isdisjoint(names)


def question_of(cells: Collection[str], names: Collection[str]) -> tuple[str, str]:
    """Why the cells of a column that is not read are a question, and the cell that is (""; all of them); "" and "" where no price hangs on them.

    `names`: of its heading. A heading that no price hangs on may have numbers below it, and one of places words
    that elsewhere would be a no or a direction (NO is Norway, IN is India).
    """
    found = {cell.lower(): cell for cell in cells}
    is_name = any(name in deck_words.FIELDS["name"] for name in names)
    known = is_name or any(map(deck_words.is_harmless, names))
    if found and (
        all(map(NUMBER.fullmatch, found)) if not known or not _PLACES.isdisjoint(names) else False
    ):
        return " holds numbers, and its heading does not tell what they are", ""
    for what, holds in (
        ("words of blocking", _BLOCKING.__contains__),
        ("increments", lambda cell: _PAIR.fullmatch(cell) and not _DAY.fullmatch(cell)),
        *(() if is_name or not _CODES.isdisjoint(names) else _words_of(found, known=known)),
        *(() if is_of_old(names) else (("dates", _DATE.fullmatch),)),
        *(() if is_of_old(names) or not all(map(_DAY.fullmatch, found)) else (("dates", bool),)),
        *(
            ()
            if known
            else (
                ("times", _TIME.fullmatch),
                ("numbers", _FRACTION.fullmatch),
                ("numbers", _is_list),
            )
        ),
    ):
        for cell, written in found.items():
            if holds(cell):
                return f" holds {what}, as {written!r}, which may bear on prices", written
    return "", ""


def _words_of(
    found: Mapping[str, str], *, known: bool
) -> tuple[tuple[str, Callable[[str], object]], ...]:
    """What the words of a column may be, and how to tell it by one of its cells."""
    yes_or_no = _YES_OR_NO if not known else frozenset[str]()
    if found and found.keys() <= _MARKS:
        yes_or_no = _MARKS
    codes = not known and all(written in MINOR_DIGITS for written in found.values())
    return (
        ("words of blocking", SAYS_BLOCKED.search),
        ("a yes or a no", yes_or_no.__contains__),
        ("directions", _DIRECTION.search),
        ("words of other traffic", _OTHER_TRAFFIC.__contains__),
        ("units", _is_unit),
        ("currencies", lambda cell: codes and cell not in ("all", "top")),
    )


def _is_unit(cell: str) -> bool:
    """A unit, a currency, or a figure with one: `per second`, `USD cents`, `0.05 EUR`, `5%`."""
    if len(cell) > _LONGEST_UNIT:
        return False
    found = _TOKEN.findall(re.sub(r"\bus(?= ?(?:dollar|cent|ct|\$))", "", cell))
    letters = [token for token in found if len(token) == 1 and token.isalpha()]
    return (
        bool(found)
        and all(
            token in UNIT_WORDS or token in _NO_UNIT_ALONE or not token.isalpha() for token in found
        )
        and not _NO_UNIT_ALONE.issuperset(found)
        and all(re.search(rf"\d\s*{letter}\b", cell) for letter in letters)  # 5 c, and not C5
    )


def _is_list(cell: str) -> bool:
    """Digits that something divides: a list or a range of codes."""
    return bool(_DIGITS.fullmatch(cell)) and len(re.findall(r"\d+", cell)) > 1
