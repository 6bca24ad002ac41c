"""Which column holds the amounts, and in which currency they are
(docs/rules/disputes.md, "Which columns are read").

Pure. Where several may be meant the file is refused by their names; `--map` says which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.disputes.reading.headings import (
    MONEY_WORDS,
    TAX_WORDS,
    WITH_OR_WITHOUT,
    heading,
    plain_heading,
)
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

FIELDS: Final = (
    "amount", "currency", "call_id", "caller", "called", "start", "setup_at", "answered_at",
    "ended_at", "duration", "day", "destination", "calls",
)  # fmt: skip
"""What `--map` can name a column for."""
NO_AMOUNT: Final = frozenset(
    [
        "rate",
        "rates",
        "per",
        "percent",
        "pct",
        "discount",
        "duration",
        "seconds",
        "second",
        "sec",
        "secs",
        "minutes",
        "minute",
        "mins",
        "min",
        "ms",
        "time",
        "date",
        "day",
        "calls",
        "call_count",
        "count",
        "number",
        "num",
        "no",
        "id",
        "type",
        "code",
        "currency",
        "band",
        "class",
        "status",
        "name",
        "called",
        "caller",
        "caller_id",
        "account",
        "units",
        "quantity",
        "qty",
        "units",
        "increment",
        "from",
        "to",
        "zone",
        "margin",
        "balance",
        "fee",
        "fees",
        "setup",
        "connection",
        "minimum",
        "flag",
        "party",
        "plan",
    ]
)
"""Words of headings that are of no amount, whatever else they say."""


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """A column of amounts: its name in the file, of which its numbers are 10^-`decimals`, and what their
    currency may be (None: it does not say)."""

    name: str
    decimals: int = 0
    currencies: frozenset[str] | None = None


def is_amount(name: str) -> bool:
    """Whether a heading is of what a call or a line comes to: no rate, tax, share, or count."""
    found = heading(name)
    words = set(found.words)
    tax_apart = bool(words & WITH_OR_WITHOUT) or not words & TAX_WORDS
    return bool(words & MONEY_WORDS) and not words & (NO_AMOUNT | {"%"}) and tax_apart


def amount_column(
    names: Sequence[str], columns: Mapping[str, str], file: str
) -> AmountColumn | None:
    """The one column of amounts; None where the file has none.

    `InputError` where several could be it, where its unit is not known, or the mapped one is not there.
    """
    mapped = columns.get("amount")
    if mapped is not None:
        name = named(names, mapped)
        if name is None:
            return None
        found = heading(name)
        return AmountColumn(name, found.decimals, found.currencies)
    possible = [name for name in names if is_amount(name)]
    if len(possible) > 1:
        raise InputError.advised(
            f"has several columns of amounts, {', '.join(possible)}",
            "pass the one that counts as columns={'amount': …}",
            shell=f"say which counts: --map {mapped_as(possible[0])}",
            file=file,
        )
    if not possible:
        return None
    found = heading(possible[0])
    if found.strange:
        raise InputError.advised(
            f"{possible[0]}: in which unit is it?",
            "if in the currency's own, pass it as columns={'amount': …}",
            shell=f"if in the currency's own, say --map {mapped_as(possible[0])}",
            file=file,
        )
    return AmountColumn(possible[0], found.decimals, found.currencies)


def said_currencies(
    rows: pl.DataFrame, columns: Mapping[str, str], file: str
) -> frozenset[str] | None:
    """What a column of currencies says; None where there is none, `InputError` where it says several."""
    usual = ("currency", "currency_code", "curr", "ccy")
    names = {plain_heading(name): name for name in rows.columns}
    column = named(rows.columns, columns["currency"]) if "currency" in columns else None
    column = column or next((names[name] for name in usual if name in names), None)
    if column is None:
        return None
    said = sorted(rows[column].str.strip_chars().replace("", None).drop_nulls().unique())
    if len(said) > 1:
        raise InputError(
            f"{column}: its amounts are in {' and '.join(said)}; leave one currency in the file",
            file=file,
        )
    return frozenset({said[0].upper()}) if said else None


def one_of(said: Iterable[frozenset[str]], file: str) -> frozenset[str] | None:
    """The currencies that all of a file's hints leave; `InputError` where these contradict each other."""
    hints = list(said)
    left = frozenset.intersection(*hints) if hints else None
    if left is not None and not left:
        names = " and ".join(sorted({min(hint) for hint in hints}))
        raise InputError(f"its amounts are in {names}; leave one currency in the file", file=file)
    return left


def mapped_as(name: str) -> str:
    """What `--map` is told to take a column for the amounts."""
    return f"amount='{name}'" if re.search(r"[^\w.-]", name) else f"amount={name}"


def named(names: Iterable[str], wanted: str) -> str | None:
    """The column of a name, whatever its case; None where there is none."""
    names = list(names)
    exact = [name for name in names if name == wanted]
    alike = [name for name in names if name.strip().lower() == wanted.strip().lower()]
    return next(iter([*exact, *alike]), None)


def checked_columns(columns: Mapping[str, str]) -> None:
    """`InputError` for a word of `--map` that is no field of ours."""
    for ours in columns:
        if ours not in FIELDS:
            raise InputError(
                f"{ours} is no column of ours{did_you_mean(ours, FIELDS)}; they are {', '.join(FIELDS)}"
            )
