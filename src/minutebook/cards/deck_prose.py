"""What the prose in a column that is not read says of prices: a question, by its column and row
(docs/rules/cards.md, "What a deck may say").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from minutebook.cards.deck_titles import DATE_IN_WORDS, told_by, without_none

if TYPE_CHECKING:
    from collections.abc import Collection

_I = re.IGNORECASE
_MONEY = r"(?:usd|eur|gbp|chf|cents?|ct|pence|ppm|cpm|[$€£¥₹₽₺¢])"
_CALL = r"(?:calls?|anrufe?|llamadas?|appels?|chiamat[ae]|chamadas?|connections?|attempts?|verbindung|звонок|вызов)\b"
_EACH = r"(?:/|\b(?:per|pro|por|par|je|each|a|за)\b)"
_SECONDS = r"(?:s|secs?|seconds?|sek\w*|seg\w*|сек\w*)\b"
_FEE = re.compile(
    rf"\d\s*{_MONEY}?\s*{_EACH}\s*{_CALL}|{_EACH}\s*{_CALL}\s*[:=]?\s*{_MONEY}?\s*[\d.,]*\d"
    rf"|\b(?:plus|extra|additional|add|zzgl\.?|zuz(?:ü|ue)glich|sowie|en sus|más|più|mais|плюс)\s*{_MONEY}?\s*[\d.,]*\d"
    r"|\bsurcharges?\b|\bfees?\b"
    r"|\b(?:set-?\s?up|connect(?:ion)?|flag-?\s?fall|surcharge|fee|charge|establecimiento|scatto|gebühr|entgelt)s?"
    rf"\s*[:=]?\s*{_MONEY}?\s*[\d.,]*\d",
    _I,
)
_INCREMENT = re.compile(
    rf"\b(?:min(?:imum|imo|dest(?:ens|dauer))?|m[ií]n(?:imo)?|initial|first|then|next|erste|мин(?:имум)?)\b\.?:?\s*(?:of\s*)?\d{{1,3}}\s*{_SECONDS}"
    rf"|\b(?:per|pro|por|par|je|за)\s*1\s*min\w*|\bby\s+the\s+(?:second|minute)\b|\b\d{{1,3}}\s*{_SECONDS}\s*(?:increments?|blocks?|pulses?|min)",
    _I,
)
_AMOUNT = re.compile(
    r"(?:\b(?:usd|eur|gbp|chf)|[$€£¥₹₽₺])\s*\d"
    rf"|(?<![\w-])\d+(?:[.,]\d+)?\s*{_MONEY}(?!\w)|(?<![\w.,])0[.,]\d+(?![\w.,])",
    _I,
)
_ORIGIN = re.compile(
    r"\borigin[- ](?:based|dependent)\b|\b(?:non[- ]?)?(?:eu|eea|ewr|intra|inter|domestic|local|foreign)[- ]?origins?\b|\bcalls? from\b|\bby origin\b",
    _I,
)
_COMPANY = re.compile(r"\b[AIKP]/S\b")
"""As in TDC A/S, which is no price a second."""
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MAY = (
    r"(?i)[$€£¥₹₽₺¢]|0[.,]\d|\d ?[-/.+] ?\d|/ ?(?:s|call|min|hour)|\d ?(?:(?:usd|eur|gbp|chf|c?ct|s|min|cpm|%)\b|sec|sek|seg|сек)|\b(?:mills?|tenths?|(?:hundred|thousand)(?:th)?s?|tausend|mille?)\b|\b(?:usd|eur|gbp|chf) ?\d"
    rf"|\d\W*(?:st|nd|rd|th)?\W*(?:of )?(?:{_MONTHS})|(?:{_MONTHS})[a-z]*\W*\d|cents?\b|pen(?:ce|ny)|ppm|cpm"
    r"|\b(?:per|pro|por|par|je|each|за|plus|extra|add|additional|zzgl|zuz|sowie|en sus|más|più|mais|плюс|origin|calls? from|by the|min|min\.|first|initial)\b"
    r"|\b(?:vat|mwst|ust|tva|iva|gst|ttc|tax|ндс|kdv)|steuer|fee|charge|flag|entgelt|geb(?:ü|ue)hr|scatto|establecimiento|set-?\s?up|connect"
    r"|increment|incremento|puls|takt|bill|round|minim|mindest|мин|factur|millicent|discount|rebate|mark-?up|rabatt|remise|descuento|sconto|desconto|скидк|origin"
)
"""What any cell has that is looked at closely; most have none. Asked of all at once, in the dialect of Polars."""

_ROWS = "where it holds for all rows"
_TELLS = {
    "fee": (
        "a fee", f"write it into a column connect_fee, or {_ROWS} into terms",
        f"write it into a column connect_fee, or {_ROWS} say --connect-fee AMOUNT",
    ),
    "increment": (
        "increments", f"write them into a column increment, or {_ROWS} into terms",
        f"write them into a column increment, or {_ROWS} say --increment M/P",
    ),
    "day": ("a date", f"write it into a column effective or end, or {_ROWS} pass live_at",
            f"write it into a column effective or end, or {_ROWS} say --live AT"),
    "unit": ("a unit of prices", "write the prices a minute, or what they are for into their heading, as in Rate (per second)", ""),
    "cents": ("cents", "write the unit into the heading of the price, as in Rate (cents)", ""),
    "tax": ("a tax within the prices", "write the prices without it", ""),
    "discount": ("a discount or a markup", "write the prices with it", ""),
    "origin": ("where calls come from", "declare the origins of the card and give each a column, or write the prices that hold for calls from everywhere", ""),
    "amount": ("an amount of money", "write what is charged into the columns of its row", ""),
}  # fmt: skip


class Prose(NamedTuple):
    """A cell that speaks of prices: what of, and what to do about it, in the library and in the shell."""

    cell: str
    kind: str
    what: str
    do: str
    shell: str


def prose_question(cells: Collection[str], *, dates: bool) -> Prose | None:
    """The first of the cells of a column whose words speak of prices; None where none does. With `dates` a date does too."""
    asked = pl.Series(list(cells), dtype=pl.String)
    for cell in asked.filter(asked.str.contains(_MAY)):
        if kind := _kind_of(cell, dates=dates):
            what, do, shell = _TELLS[kind]
            return Prose(cell, kind, what, do, shell or do)
    return None


def _kind_of(cell: str, *, dates: bool) -> str:
    text = _COMPANY.sub(" ", cell)
    if not any(map(str.isalpha, text)):
        return ""
    kinds = told_by(text)
    if "increment" in kinds or _INCREMENT.search(text):
        return "increment"
    if "fee" in kinds or _FEE.search(without_none(text)):
        return "fee"
    if _ORIGIN.search(text):
        return "origin"
    if dates and ("day" in kinds or DATE_IN_WORDS.search(text)):
        return "day"
    kinds = [kind for kind in kinds if kind != "day"]
    return kinds[0] if kinds else "amount" if _AMOUNT.search(text) else ""
