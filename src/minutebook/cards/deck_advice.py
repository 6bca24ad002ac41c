"""What to write instead of a cell of a deck that is not understood."""

from __future__ import annotations

import re
import unicodedata

_NO_NUMBER = re.compile(
    r"[-\u2013\u2014\s]+|n\s*/?\s*a\.?|none|null|nil|tb[ad]|on request|\?+", re.IGNORECASE
)
_NEGATIVE = re.compile(r"[-\u2013\u2212]\s*[\d.,]+")
_IN_BRACKETS = re.compile(r"\(\s*[\d.,]+\s*\)")
_CENTS = re.compile(r"[\d.,]+\s*(?:c|ct|cts|cents?|p|pence|\u00a2)", re.IGNORECASE)
_OTHER_PAIR = re.compile(
    r"(\d{1,4})\s*(?:s|sec)?\s*[-:x|\\,;]\s*(\d{1,4})\s*(?:s|sec)?", re.IGNORECASE
)
_MINUTES = re.compile(r"\d\s*(?:m|mins?|minutes?|minuten|minutos?|minuti)\b", re.IGNORECASE)
_EACH = re.compile(
    r"(?:per|pro|por|par|by)?\s*(?:the\s*)?(seconds?|sec|minutes?|min)(?:\s*billing)?",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"=.*")
_MARKED_TEXT = re.compile(r"['\u2019`](\d+)")
_WITH_CURRENCY = re.compile(
    r"(?:[$\u20ac\u00a3\u00a5]|[A-Z]{3})\s*[\d.,]+|[\d.,]+\s*(?:[$\u20ac\u00a3\u00a5]|[A-Z]{3})"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[-. ][A-Za-z]{3,9}|[A-Za-z]{3,9}[-. ]\d{1,2}")
_CHANGES = re.compile(
    r"current|new|changed?|same|unchanged|no change|(?:in|de)creased?|updated?|add(?:ed)?|pending",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"discontinued|withdrawn|deleted?|removed?|expired|ended|closed|terminated", re.IGNORECASE
)
_ANY_DIGITS = re.compile(r"(\+?\d+)[xX*#%]+")
_RANGE = re.compile(r"(\d+)\s*(?:to|through|thru|bis|until|\.\.+)\s*(\d+)", re.IGNORECASE)
_LONGEST = 12
"""Letters of a cell; more are prose."""
_WITH_UNIT = re.compile(r"[\d.,]+\s*(?:/|per\b|pro\b|por\b|par\b|je\b)\s*\w+\.?", re.IGNORECASE)
_MILLISECONDS = re.compile(r"(?<!\d)0*[1-9]\d*000(?!\d)")
"""Thousands, which no increment in seconds is."""
_AS_NUMBER = re.compile(r"(\d+)\.0+")
_LETTERS = re.compile(r"[A-Za-z]{2,3}")


def unseen_advice(cell: str) -> str:
    """What to write instead of a cell with characters that nobody sees; "" where it has none."""
    unseen = [letter for letter in cell if unicodedata.category(letter) in ("Cf", "Cc")]
    if not unseen:
        return ""
    left = "".join(letter for letter in cell if letter not in unseen).strip()
    named = f"has a character that is not seen (U+{ord(unseen[0]):04X})"
    return f"{named}; write {left}" if left else f"{named}, and nothing else"


def price_advice(cell: str, field: str) -> str:
    """Why a cell is no amount of a field, and what to write."""
    if unseen := unseen_advice(cell):
        return unseen
    if _NO_NUMBER.fullmatch(cell):
        blocks = field.startswith("rate")
        return (
            "is no number; give a price, or the status blocked"
            if blocks
            else "is no number; write one, or leave the cell empty"
        )
    if _FORMULA.fullmatch(cell):
        return "is a formula; write its value in its place"
    if _NEGATIVE.fullmatch(cell):
        return "is negative; prices are 0 or more"
    if _IN_BRACKETS.fullmatch(cell):
        return "is in brackets, as a negative amount is in accounts; write the price without them, 0 or more"
    if _CENTS.fullmatch(cell):
        return "has a unit of cents; write numbers alone, all in cents under a heading that says so, as Rate (cents), or none"
    if _WITH_CURRENCY.fullmatch(cell):
        return "has a currency; write the number alone, and the currency into the heading, as Rate (USD)"
    if _WITH_UNIT.fullmatch(cell):
        return "has a unit; write what a minute costs, or what the heading says otherwise, as a number alone"
    if cell.endswith("%"):
        return "is a share, and no price; write the price itself, as 0.0125"
    return "is not an exact price; write a number alone, as 0.0125"


def seconds_advice(cell: str) -> str:
    """Why a cell is no increment, and what to write."""
    if _MINUTES.search(cell):
        return "counts minutes; write seconds, as 60/60 for whole minutes"
    if _DATE.fullmatch(cell):
        return "is a date, as a spreadsheet makes one of an increment; write the increment as text, as 1/1"
    if _MILLISECONDS.search(cell):
        return "may be milliseconds; write seconds, as 60/60"
    if found := _OTHER_PAIR.fullmatch(cell):
        return (
            f"is not MINIMUM/PULSE; write {found[1]}/{found[2]}, if {found[1]} s is the least and {found[2]} s the step, or"
            f" {found[1]}"
        )
    if found := _EACH.fullmatch(cell):
        step = "60/60" if found[1].lower().startswith("min") else "1/1"
        return f"is not MINIMUM/PULSE; write {step}"
    return "is not whole seconds of 1 or more; write MINIMUM/PULSE in seconds, as 60/6"


def status_advice(cell: str, named: str) -> str:
    """Why a cell is no status (`named`: what it is not), and what to write."""
    if _CHANGES.fullmatch(cell):
        return f"{named}, but tells of a change; write open or blocked, or say that the column is not to be read"
    if _GONE.fullmatch(cell):
        return f"{named}; write blocked, or take the row out"
    return f"{named}; write one of these"


def prefix_advice(cell: str) -> str:
    """Why a cell is no prefix, and what to write."""
    text = cell.strip()
    if not text:
        return (
            "is empty; write a prefix into each row, those of merged cells too, or take the row out"
        )
    if unseen := unseen_advice(text):
        return unseen
    if found := _ANY_DIGITS.fullmatch(text):
        return (
            f"has marks for any digits; write {found[1]}, which holds for all numbers that begin so"
        )
    if _FORMULA.fullmatch(text):
        return "is a formula; write its value in its place"
    if found := _MARKED_TEXT.fullmatch(text):
        return f"begins with the mark by which spreadsheets keep a number as text; write {found[1]}"
    if found := _RANGE.fullmatch(text):
        return f"is no range that is read; write {found[1]}-{found[2]}"
    if _LETTERS.fullmatch(text):
        return "is not a prefix of digits, but letters, perhaps of a country; write the code that is dialled, as 44"
    if found := _AS_NUMBER.fullmatch(text):
        return f"is a number with decimals, as a spreadsheet makes one; write {found[1]}"
    if not re.search(r"\d", text) or len(re.findall(r"[^\W\d_]", text)) > _LONGEST:
        return "is not a prefix of digits; write one, or take the row out where it is a footer or a heading"
    return "is not a prefix of digits; write one prefix in digits alone, and others in rows of their own"
