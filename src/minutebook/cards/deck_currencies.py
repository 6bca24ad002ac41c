"""Which currency the prices of a deck are in (docs/rules/cards.md, "Currency of a card")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards import deck_words
from minutebook.cards.deck_cells import refuse
from minutebook.cards.deck_headings import USUAL_CODES, Heading
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CENTS = 2
_ADJECTIVES = deck_words.words(
    "us american british uk english canadian australian european iso code"
)
_CODE = re.compile(r"\b[A-Z]{3}\b")
_NAMED = re.compile(r"\bcurrency\W+([A-Z]{3})\b", re.IGNORECASE)


def currencies_of(
    table: pl.DataFrame,
    headings: Mapping[str, Heading],
    shown: Sequence[Heading],
    titles: Sequence[str],
    file: str,
) -> tuple[frozenset[str] | None, str]:
    """Which currencies the headings of prices, the column of currencies and the titles leave, and their words.

    `shown`: what the number formats of a sheet say besides.
    """
    said = [headings[name] for name in headings if deck_words.is_price(name)]
    cell = table["currency"][0]
    if cell:
        named = Heading.of(f"({cell})")
        if not named.currencies:
            refuse(
                table,
                pl.col("currency") == cell,
                "currency",
                file,
                "is no currency; write it as in USD",
            )
        if named.minor or named.per or not _ADJECTIVES.issuperset(named.unread):
            refuse(
                table,
                pl.col("currency") == cell,
                "currency",
                file,
                "says more than a currency; write a unit into the heading of the price, as in Rate (cents), and here"
                " the currency alone",
            )
        said.append(named)
    _refuse_mixed(table, headings, file)
    left: frozenset[str] | None = None
    words = ""
    for heading in (*said, *shown):
        found = heading.currencies
        if heading.minor:
            cents = {code for code, digits in money.MINOR_DIGITS.items() if digits == _CENTS}
            found = found & cents if found else frozenset(cents)
        if not found:
            continue
        if left is not None and not left & found:
            now = next(iter(found)) if len(found) == 1 and heading in said else heading.text
            raise InputError(
                f"says two currencies, {' and '.join(sorted([words, now]))}", file=file, line=1
            )
        left = found if left is None else left & found
        words = next(iter(left)) if len(left) == 1 else heading.text
    return _with_titles(left, words, titles, file)


def _with_titles(
    left: frozenset[str] | None, words: str, titles: Sequence[str], file: str
) -> tuple[frozenset[str] | None, str]:
    """The same, once the lines above the header have been asked."""
    said = " ".join(titles)
    codes = {code for code in _CODE.findall(said) if code.lower() in USUAL_CODES}
    codes |= {code.upper() for code in _NAMED.findall(said) if code.upper() in money.MINOR_DIGITS}
    codes |= {"EUR"} if "€" in said else set()
    if not codes:
        return left, words
    if left is not None and not left & codes:
        raise InputError(
            f"says {words} in its headings, and {' and '.join(sorted(codes))} above them; keep one"
            " of them",
            file=file,
            line=1,
        )
    both = frozenset(codes) if left is None else left & codes
    return both, " or ".join(sorted(both))


def _refuse_mixed(table: pl.DataFrame, headings: Mapping[str, Heading], file: str) -> None:
    """`InputError` where one price is in cents and another's heading says neither cents nor a currency."""
    said = {name: headings[name] for name in headings if deck_words.is_price(name)}
    if not any(heading.minor for heading in said.values()):
        return
    for name, heading in said.items():
        nought = table[name].str.strip_chars("0.") == ""
        if not (heading.minor or heading.currencies or nought.all()):
            raise InputError(
                f"{heading.text!r} does not say whether it is in cents too; write its unit or currency in its heading",
                file=file,
                line=1,
            )
