"""Columns of money beside the amount: fees, discounts, sums with a tax (docs/rules/disputes.md, "Which columns are
read").

Pure. What a call or a line comes to may be the amount, or the amount and these: a file does not say, so it is
refused by their names until `--map` says what counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.disputes.reading.amount_column import NO_AMOUNT, mapped_as
from minutebook.disputes.reading.headings import MONEY_WORDS, TAX_WORDS, WITH_OR_WITHOUT, heading
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from minutebook.disputes.reading.amount_column import AmountColumn

_BESIDE_WORDS: Final = frozenset(
    [
        "fee",
        "fees",
        "surcharge",
        "surcharges",
        "supplement",
        "discount",
        "discounts",
        "rebate",
        "rebates",
        "credit",
        "credits",
        "refund",
        "adjustment",
        "adjustments",
        "levy",
        "levies",
    ]
)
_OF_AMOUNTS: Final = frozenset(["fee", "fees", "discount", "setup", "connection", "minimum"])
"""Words that set a column apart from the amount, and yet may be of money."""


def refuse_other_money(
    rows: pl.DataFrame, amount: AmountColumn, columns: Mapping[str, str], file: str
) -> None:
    """`InputError` where columns beside the amount hold money other than nought, and `columns`, the mapped ones,
    do not say which counts."""
    if "amount" in columns:
        return
    others = [name for name in rows.columns if name != amount.name and _is_money(name)]
    others = [name for name in others if _some(rows[name])]
    if others:
        raise InputError.advised(
            f"has money beside {amount.name}, which may come on top of it: {', '.join(others)}",
            "pass the column that counts as columns={'amount': …}",
            shell=f"say which column counts: --map {mapped_as(amount.name)}",
            file=file,
        )


def _is_money(name: str) -> bool:
    """Whether a heading is of money, but no rate, tax, share, count, limit or balance."""
    found = heading(name)
    words = set(found.words)
    if words & (NO_AMOUNT - _OF_AMOUNTS) or "%" in words:
        return False
    with_tax = bool(words & TAX_WORDS) and bool(words & WITH_OR_WITHOUT)
    in_a_currency = found.currencies is not None and not words & TAX_WORDS
    return bool(words & (MONEY_WORDS | _BESIDE_WORDS)) or with_tax or in_a_currency


def _some(texts: pl.Series) -> bool:
    """Whether a column has a figure other than nought; shares are none."""
    figure = texts.str.contains(r"[1-9]") & ~texts.str.contains(r"%|[A-Za-z]{4}")
    return bool(figure.fill_null(value=False).any())
