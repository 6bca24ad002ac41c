"""What the lines above a deck's header say of all of its prices: a question, where nothing else says it
(docs/rules/cards.md, "Files of a deck").
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minutebook.cards import deck_words
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from minutebook.cards.deck_headings import Heading

_I = re.IGNORECASE
_CENTS = re.compile(r"\b(?:cents?|pence|eurocents?)\b", _I)
_TAXES = r"(?:vat|mwst|ust|tva|iva|gst|ttc|tax(?:es)?|mehrwertsteuer|umsatzsteuer|ндс|kdv)\b"
_TAX = re.compile(rf"\b{_TAXES}", _I)
_WITH_TAX = re.compile(
    r"(?<!not )\b(?:incl?\b|inclu\w*|inkl\w*|inbegriffen|compris\w*|compres[oa]|ttc|gross|brutto|включая|dahil)"
    rf"|\b(?:with|mit|avec|con|com|с)\s+(?:\d+\s*%?\s*)?{_TAXES}",
    _I,
)
_NET = re.compile(
    r"\b(?:excl?|exclu\w*|exkl\w*|without|before|net|netto|plus|added|add|zzgl|zuz(?:ü|ue)glich|ohne|hors|sans|sin|senza"
    r"|esclus\w*|sem|без|hari[cç]|not|no)\b",
    _I,
)
_NONE = re.compile(
    r"\b(?:no(?![.\s]*\d)|without|free of|keine?|ohne|sans|sin|senza|без)\W+(?:[\w-]+\W+){0,3}?"
    r"(?:fees?|charges?|surcharges?|costs?|discounts?|rebates?|mark-?ups?)\b",
    _I,
)
"""As in no setup fee, which governs nothing."""
_DISCOUNT = re.compile(
    r"\d.*\b(?:discount|rebate|mark-?up|rabatt|remise|descuento|sconto|desconto|скидка)"
    r"|\b(?:discount|rebate|mark-?up|rabatt|remise|descuento|sconto|desconto|скидка).*\d",
    _I,
)
_INCREMENT = re.compile(
    r"\b(?:increments?|pulses?|takt(?:ung)?|abrechnungstakt|per[ -]?(?:second|minute)s? billing)\b"
    r"|\b(?:billing|billed|charged|charging|rounded|rounding|minimum|initial|incremento|incr[eé]ments?|facturation)\b.*?"
    r"(?:(?<![\d/.])\d{1,3}\s*[/+]\s*\d{1,3}(?![\d/.])|\b(?:seconds?|secs?|minutes?)\b)"
    r"|(?<!page )(?<!sheet )(?<!part )(?<![\d/.])(?:1|6|30|60)\s*[/+]\s*(?:1|6|30|60)(?![\d/.])",
    _I,
)
_FEE = re.compile(
    r"\b(?:set-?\s?up|connect(?:ion)?|attempt|answer|access|per[ -]call|call)\W+(?:\w+\W+)?fees?\b|\bfees?\b.*\d|\bflag-?fall\b"
    r"|\b(?:set-?\s?up|connect(?:ion)?|attempt)\W+(?:charge|cost|surcharge|price)s?\b|\bsurcharges?\b.*\d"
    r"|\b(?:verbindungs|einrichtungs)\w*(?:entgelt|geb(?:ü|ue)hr)",
    _I,
)
_DAY = re.compile(
    r"\b(?:effective|effect|valid(?:ity)?|applicable|appl(?:y|ies)|as (?:of|from)|from|since|starting|starts?|until|till|ends?|expir\w*"
    r"|g(?:ü|ue)ltig\w*|ab|bis|[aà] partir|à compter|valable\w*|vigente|vigencia|válid[oa]s?|desde|decorrenza|valid[oae]|с|действ\w*)\b",
    _I,
)
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)\b|\b20\d{6}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[-/. ]*(?:of )?{_MONTHS}[-/., ]*\d{{2,4}}\b|\b{_MONTHS}[-/. ]*\d{{1,2}}(?:st|nd|rd|th)?[-/., ]+\d{{4}}\b",
    _I,
)
DATE_IN_WORDS = re.compile(_DATE.pattern.replace(r"|\b20\d{6}\b", ""), _I)
"""A date anywhere in words, but for eight digits, which may be any number."""
_UNIT = re.compile(
    r"(?:/|\b(?:per|pro|por|par|je|за)\b)\s*"
    r"(?:(?:seconds?|secs?|s|sek|sekunden?|segundos?|secondes?|secondi|secondo|секунд[уы]?|сек|hour|call)\b"
    r"|(?!1\s*m|60\s*s)(?:\d[\d., ]*|thousand|hundred|ten|tausend|mille|mil)\s*(?:min\w*|sec\w*|sek\w*|мин\w*)\b)"
    r"|\bin (?:thousandths?|hundredths?|tenths?|mills?|millicents?|thousands?|hundreds?)\b|\bmillicents?\b",
    _I,
)
_OF_TRAFFIC = re.compile(r"\b(?:calls?|cps|attempts)\s*(?:/|per)\s*(?:s|secs?|seconds?)\b", _I)
"""A limit of calls, which is no price."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A thing that titles may say: what it is, the fields that say it too, and what to do."""

    what: str
    fields: tuple[str, ...]
    do: str
    shell: str


_TELLS = {
    "cents": _Kind("cents", (), "write the unit into the heading of the price, as in Rate (cents)", ""),
    "tax": _Kind("a tax within the prices", (), "write the prices without it", ""),
    "discount": _Kind("a discount or a markup", (), "write the prices with it", ""),
    "increment": _Kind(
        "increments", ("increment", "minimum", "pulse"),
        "pass them in terms, or in a column increment", "say them with --increment M/P, or in a column increment",
    ),
    "fee": _Kind(
        "a fee", ("connect_fee", "attempt_fee"),
        "pass it in terms, or in a column connect_fee",
        "say it with --connect-fee AMOUNT (each attempt's: --attempt-fee), or in a column connect_fee",
    ),
    "day": _Kind(
        "a day from or until which prices hold", ("effective", "end"),
        "pass live_at, or say it in a column effective or end", "say it with --live AT, or in a column effective or end",
    ),
    "unit": _Kind(
        "another unit than a minute", (),
        "write the unit into the heading of the price, as in Rate (per second), or the prices a minute", "",
    ),
}  # fmt: skip


def without_titles(titles: Sequence[str], ignored: Collection[str]) -> tuple[list[str], list[str]]:
    """The lines above the header that the user has not said to leave out, and of what is left out what is no such line."""
    left = {text.strip().casefold() for text in ignored}
    known = {title.casefold() for title in titles}
    return (
        [title for title in titles if title.casefold() not in left],
        [text for text in ignored if text.strip().casefold() not in known],
    )


def refuse_titles(
    titles: Sequence[str], headings: Mapping[str, Heading], said: Collection[str], file: str
) -> None:
    """`InputError` for a line above the header that governs prices, where neither a column nor the user (`said`) does."""
    prices = [headings[name] for name in headings if deck_words.is_price(name)]
    known = {*headings, *said}
    for title in titles:
        for name in told_by(title):
            kind = _TELLS[name]
            if not known.isdisjoint(kind.fields):
                continue
            if name == "cents" and any(heading.minor for heading in prices):
                continue
            if name == "unit" and _says_second(title) and any(h.per == "second" for h in prices):
                continue
            after = "; leave the line out where the prices are right without it: "
            raise InputError.advised(
                f"{title!r} above the header speaks of {kind.what}",
                f"{kind.do}{after}ignore=[{title!r}]",
                shell=f"{kind.shell or kind.do}{after}--ignore {shlex.quote(title)}",
                file=file,
            )


def told_by(title: str) -> list[str]:
    """What words say of prices: "cents", "tax", "discount", "increment", "fee", "day" and "unit" of them."""
    net = _NET.search(title)
    bare = without_none(title)
    found = {
        "cents": _CENTS.search(title),
        "tax": _TAX.search(title) and (_WITH_TAX.search(title) or ("%" in title and not net)),
        "discount": _DISCOUNT.search(bare),
        "fee": _FEE.search(bare),
        "day": _DAY.search(title) and _DATE.search(title),
        "increment": _INCREMENT.search(title),
        "unit": _UNIT.search(_OF_TRAFFIC.sub(" ", title)),
    }
    return [
        name
        for name, holds in found.items()
        if holds and (name != "unit" or not found["increment"])
    ]


def without_none(text: str) -> str:
    """Words without those that say that there is none, as no setup fee."""
    return _NONE.sub(" ", text)


def _says_second(title: str) -> bool:
    """Whether its unit is a second."""
    found = _UNIT.search(_OF_TRAFFIC.sub(" ", title))
    return found is not None and re.search(r"\d|call|hour", found[0], _I) is None
