"""Numbers as people and spreadsheets write them: decimal commas, groups of digits, signs, currencies
(docs/rules/disputes.md, "How numbers are read").

Pure. A figure is read in one way or refused: of `1,234` alone nothing says which it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from minutebook import money
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

_PLAIN: Final = r"^-?\d{1,8}(\.\d{1,10})?$"
_MOST: Final = 10**8
_DOLLARS: Final = frozenset(code for code in money.MINOR_DIGITS if code.endswith("D"))
SIGNS: Final = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "$": _DOLLARS,
    "US$": frozenset({"USD"}),
    "₹": frozenset({"INR"}),
    "¥": frozenset({"JPY", "CNY"}),
}
"""The currencies that a sign may stand for."""
_BY_LENGTH: Final = sorted(SIGNS, key=len, reverse=True)
_GROUPED: Final = re.compile(r"\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*")
_EXPONENT: Final = re.compile(r"(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}")
_AMBIGUOUS: Final = re.compile(r"[1-9]\d{0,2},\d{3}")


@dataclass(frozen=True, slots=True)
class Figures:
    """A column's numbers as plain decimals (String, null where empty), and what their currency may be.

    `currencies` is None where no value names one.
    """

    texts: pl.Series
    currencies: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """A number without its sign and currency."""

    digits: str
    negative: bool
    currencies: frozenset[str] | None


def figures(
    texts: pl.Series, what: str, file: str, beside: Iterable[pl.Series] = (), like: str = "0.0125"
) -> Figures:
    """A column's numbers; `InputError` for what is none, or can be read in two ways.

    `beside` are other columns of the file: which mark stands before its decimals is told by all.
    """
    texts = texts.str.strip_chars().replace("", None)
    odd = texts.filter(~texts.str.contains(_PLAIN)).unique().drop_nulls()
    if not odd.len():
        return Figures(texts)
    written = {text: _written(text) for text in odd}
    wrong = [text for text, found in written.items() if found is None]
    if wrong:
        raise InputError(f"{what}: {min(wrong)!r} is not an amount, as in {like}", file=file)
    known = {text: found for text, found in written.items() if found is not None}
    marks = {mark for found in known.values() if (mark := _mark(found.digits))}
    dotted = texts.filter(texts.str.contains(_PLAIN) & texts.str.contains(".", literal=True))
    marks |= {"."} if any(_mark(text.lstrip("-")) for text in dotted.unique()) else set()
    if len(marks) != 1:
        marks |= _marks(beside)
    if len(marks) > 1:
        raise InputError(
            f"{what}: some decimals stand behind a comma and some behind a point; write all with a point",
            file=file,
        )
    comma = marks == {","}
    if comma and dotted.len():  # these are groups of thousands, then
        known |= {text: _Written(text.lstrip("-"), text[0] == "-", None) for text in dotted}
    plain = {text: _plain(text, found, what, file, marks) for text, found in known.items()}
    named = [found.currencies for found in known.values() if found.currencies is not None]
    if named and not (common := frozenset.intersection(*named)):
        raise InputError(
            f"{what}: its amounts are in several currencies; leave one currency in the file",
            file=file,
        )
    return Figures(texts.replace(plain), common if named else None)


def _written(text: str) -> _Written | None:
    """What of a text is its number, its sign and its currency; None where it is no number."""
    rest = text.replace("\u2212", "-").strip()
    negative = rest.startswith("(") and rest.endswith(")")
    rest = rest[1:-1].strip() if negative else rest
    currencies: frozenset[str] | None = None
    for _ in range(3):  # a sign, a currency and a sign: -$0.02, $-0.02, 0.02- USD
        if rest[:1] in ("-", "+") or rest[-1:] == "-":
            if negative:
                return None
            negative = "-" in (rest[:1], rest[-1:])
            rest = rest.strip("-+").strip()
        code = re.match(r"([A-Z]{3})(?=[\s\d.,-])", rest) or re.search(
            r"(?<=[\s\d.,-])([A-Z]{3})$", rest
        )
        if code is not None and code[1] in money.MINOR_DIGITS and currencies is None:
            currencies = frozenset({code[1]})
            rest = rest.replace(code[1], "", 1).strip()
        sign = next((s for s in _BY_LENGTH if rest.startswith(s) or rest.endswith(s)), None)
        if sign is not None and currencies is None:
            currencies = SIGNS[sign]
            rest = rest.removeprefix(sign).removesuffix(sign).strip()
    if _EXPONENT.fullmatch(rest) or (
        re.fullmatch(r"[0-9.,\s'’]+", rest) and re.search(r"[0-9]", rest)
    ):
        return (
            _Written(rest, negative, currencies) if rest.isascii() or _GROUPED.match(rest) else None
        )
    return None


def _mark(digits: str) -> str | None:
    """The mark before a number's decimals, where the number itself shows it."""
    if _EXPONENT.fullmatch(digits):
        return "." if "." in digits else None
    marks = [mark for mark in digits if mark in ",."]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return None
    if len(set(marks)) > 1:
        return marks[-1]
    whole, _, decimals = digits.partition(marks[0])
    whole = re.sub(r"\D", "", whole)
    shown = len(decimals) != 3 or len(whole) > 3 or whole in ("", "0") or whole.startswith("0")  # noqa: PLR2004 - a group
    return marks[0] if shown else None


def _marks(columns: Iterable[pl.Series]) -> set[str]:
    """The marks that other columns show."""
    found: set[str] = set()
    for column in columns:
        for text in column.drop_nulls().unique():
            written = _written(text)
            if written is not None and (mark := _mark(written.digits)):
                found.add(mark)
    return found


def _plain(text: str, written: _Written, what: str, file: str, marks: set[str]) -> str:
    """The number with a point before its decimals and no groups."""
    digits = written.digits
    if not _EXPONENT.fullmatch(digits):
        if not marks and _AMBIGUOUS.fullmatch(digits):
            raise InputError(
                f"{what}: {text!r}: is that a decimal comma, or does it divide thousands? write 1234 or 1.234",
                file=file,
            )
        mark = "," if marks == {","} else "."
        whole, _, decimals = (
            digits.rpartition(mark) if digits.count(mark) == 1 else (digits, "", "")
        )
        groups = not re.search(r"[^0-9]", whole) or _GROUPED.fullmatch(whole)
        if not groups or re.search(r"[^0-9]", decimals):
            raise InputError(f"{what}: {text!r} is not an amount, as in 0.0125", file=file)
        digits = f"{re.sub(r'[^0-9]', '', whole) or '0'}.{decimals or '0'}"
    amount = Decimal(digits)
    if amount >= _MOST:
        raise InputError(f"{what}: {text!r} is too large", file=file)
    if amount.as_tuple().exponent < -money.SCALE:  # type: ignore[operator]  # finite, by its pattern
        amount = amount.quantize(Decimal(1).scaleb(-money.SCALE))
    return f"{-amount if written.negative else amount:f}"
