"""A card's rows changed by hand: prices said, prefixes blocked and taken out
(docs/rules/cards.md, "Changes by hand, and going back").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook import money
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.prefixes import MAX_PREFIX_DIGITS
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CardEdit:
    """What is changed of a card's rows, each prefix once: rates a minute, prefixes that are blocked, and rows that go."""

    rates: Mapping[str, Decimal] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, rates: Mapping[str, str], blocked: Sequence[str], removed: Sequence[str]
    ) -> CardEdit:
        """The edit of words; `InputError` where a prefix or a price is none, or a prefix is said twice."""
        said = [
            (edit_prefix(p), money.parse_price(rate, f"rate of {p}")) for p, rate in rates.items()
        ]
        shut, gone = tuple(map(edit_prefix, blocked)), tuple(map(edit_prefix, removed))
        seen: set[str] = set()
        for prefix in (*(p for p, _ in said), *shut, *gone):
            if prefix in seen:
                raise InputError(f"prefix {prefix} is said twice; say once what becomes of it")
            seen.add(prefix)
        if not seen:
            raise InputError.advised(
                "nothing is to be changed",
                "pass rates, block or remove",
                shell="say --set PREFIX=RATE, --block PREFIX or --remove PREFIX",
            )
        return cls(dict(said), shut, gone)


def edit_prefix(text: str) -> str:
    """A prefix as digits; `InputError` where it is none."""
    digits = "".join(text.split()).removeprefix("+")
    fits = 0 < len(digits) <= MAX_PREFIX_DIGITS and digits.isascii() and digits.isdigit()
    if not fits or digits.startswith("0"):
        raise InputError(
            f"{text!r} is no prefix; write its digits, from the country code on, as in 4420"
        )
    return digits


def edited_rows(rows: pl.DataFrame, edit: CardEdit, where: str) -> pl.DataFrame:
    """The rows (DECK_SCHEMA) after an edit; `where` names the revision.

    A new prefix has all but its rate from the row that priced its numbers until then. `InputError` where a row
    that goes is not there, or a rate would take the place of steps or of prices of bands.
    """
    known = set(rows["prefix"])
    for prefix in edit.removed:
        if prefix not in known:
            raise InputError(f"{where} has no prefix {prefix}{did_you_mean(prefix, known)}")
    made = [
        _priced(_row_of(rows, p), p, money.units(rate), where) for p, rate in edit.rates.items()
    ]
    made += [_shut(_row_of(rows, prefix), prefix) for prefix in edit.blocked]
    touched = [*edit.rates, *edit.blocked, *edit.removed]
    kept = rows.filter(~pl.col("prefix").is_in(touched))
    found = pl.concat([kept, pl.DataFrame(made, schema=DECK_SCHEMA)]).sort("prefix")
    if not found.height:
        raise InputError.advised(
            f"{where} would have no row left",
            "withdraw it where it is to price nothing",
            shell="withdraw it where it is to price nothing: minutebook card withdraw",
        )
    if found.equals(rows):
        raise InputError(f"{where} has these rows already; nothing is to be changed")
    return found


def _row_of(rows: pl.DataFrame, prefix: str) -> dict[str, Any]:
    """The row that prices a prefix's numbers, itself or a shorter one; a row that says nothing, where none does."""
    heads = [prefix[:length] for length in range(1, len(prefix) + 1)]
    own = rows.filter(pl.col("prefix").is_in(heads)).sort(pl.col("prefix").str.len_bytes()).tail(1)
    return own.row(0, named=True) if own.height else dict.fromkeys(rows.columns)


def _priced(row: dict[str, Any], prefix: str, rate: int, where: str) -> dict[str, Any]:
    for key, what in (("steps", "by steps"), ("rates", "in bands")):
        if row[key] is not None and row["status"] == "open":
            of = "" if row["prefix"] == prefix else f", by prefix {row['prefix']},"
            raise InputError.advised(
                f"{where} prices {prefix}{of} {what}, which one rate does not say",
                "export it, change the row, and import it",
                shell="write it with card export, change the row, and import it",
            )
    return row | {"prefix": prefix, "rate": rate, "status": "open", "steps": None, "rates": None}


def _shut(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    return row | {"prefix": prefix, "rate": None, "status": "blocked", "steps": None, "rates": None}
