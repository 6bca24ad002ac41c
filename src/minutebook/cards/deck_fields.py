"""Whether what a heading says of a field beside its name is understood: its unit, its currency, what stands in brackets
(docs/rules/cards.md, "Units of a deck").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minutebook.cards import deck_words
from minutebook.cards.combined import class_words
from minutebook.cards.deck_words import words

if TYPE_CHECKING:
    from minutebook.cards.deck_headings import Heading

_NO_SECONDS = words(
    "ms msec msecs millis millisecond milliseconds minute minutes hour hours day days minuten heures"
)
_OF_PREFIXES = words(
    "e164 e 164 international intl full dial dialled dialed dialing dialling code codes prefix prefixes digit digits number"
    " numbers cc country area ndc with including incl npa nxx npanxx npanxxx npanxxy x y iso alpha 2 3 called destination dst"
)
_OF_DATES = words(
    "utc gmt z inclusive incl included d dd m mm mmm mon yy yyyy hh h ss date time day month year and iso 8601 format"
)
"""What brackets of dates may say: UTC, what is so anyway, and how they are written."""
_ZONES = words(
    "est edt cst cdt mst mdt pst pdt et ct mt pt cet cest eet eest wet bst ist msk sgt hkt jst kst aest aedt gst cat sast"
    " brt local exclusive excl"
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d\d)?\b", re.IGNORECASE)
_OF_YES_AND_NO = words("y n yes no 0 1 true false")
_SCALE = re.compile(
    r"%|[x×*]\s*10+\b|\b10+\s*[x×]|\b1\s*/\s*10+\b|/\s*10+\b|\b(?:percent|prozent|pct|mills?|milli\w*|micro\w*|tenths?|hundredths?"
    r"|thousandths?|thousands?|hundreds?)\b",
    re.IGNORECASE,
)
"""What makes of an amount ten, a hundred or a thousand times another, or no amount."""


def heading_question(field: str, heading: Heading) -> str:
    """What a heading says that its field does not understand; "" where there is nothing."""
    if deck_words.is_price(field):
        usual = ("", "minute", "second") if field.startswith("rate") else ("", "call")
        if heading.per not in usual or (heading.seconds > 1 and 60 % heading.seconds):
            return "its heading says another unit than a minute, a second or, of a fee, a call"
    if field in deck_words.SECONDS:
        if heading.per not in ("", "second") or not _NO_SECONDS.isdisjoint(_words_of(heading)):
            return "its heading says another unit than seconds"
        if heading.currencies or heading.minor:
            return "its heading says an amount, and the field is seconds"
    if field == "currency" and (heading.minor or heading.per):
        return "its heading says a unit, which belongs into the heading of the price"
    found = " ".join(_unread(field, heading))
    return f"its heading says {found!r}, which is not understood" if found else ""


def _unread(field: str, heading: Heading) -> list[str]:
    """Words of a heading that are not understood for a field."""
    within = re.findall(r"[(\[{](.*?)[)\]}]", heading.text)
    if deck_words.is_price(field) or field in deck_words.SECONDS:
        unread = set(heading.unread) - class_words(field.partition(" ")[2])
        scale = () if heading.unread else _SCALE.findall(heading.text)
        return [*(word for word in heading.unread if word in unread), *scale]
    if field == "currency":
        return [word for word in heading.unread if word not in ("iso", "code", "4217", "3")]
    if field in ("prefix", "prefix_to", "country_code", "area_code"):
        return [word for word in heading.unread if word not in _OF_PREFIXES]
    if field in ("effective", "end"):
        zones = [word for word in _words_of(heading) if word in _ZONES]
        odd = set(re.findall(r"\w+", " ".join(within).lower())) - _OF_DATES
        return _OFFSET.findall(heading.text) or zones or sorted(odd)
    if field in ("blocked", "active"):
        said = re.findall(r"\w+|[=:]", " ".join(within).lower())
        return [] if _OF_YES_AND_NO.issuperset(said) else within
    return []


def _words_of(heading: Heading) -> list[str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.text).replace("_", " ")
    return re.findall(r"[^\W\d_]+", parted.lower())
