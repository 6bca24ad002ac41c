"""Numbers that were called, without their last digits (docs/rules/access.md, "Masked numbers")."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    import polars as pl

    from minutebook.facts import Fact

MASK: Final = "xxx"
"""Instead of the last digits; there are as many of them."""
_NUMBERS: Final = ("called", "recorded", "routing")
"""Fields of facts that hold a number that was called, or was dialled for it."""
Told = TypeVar("Told", bound="Fact")


def masked_number(number: str) -> str:
    """A number without its last digits: as many characters, unless it has fewer than are masked."""
    return number[: -len(MASK)] + MASK


def masked_prefix(prefix: str | None, number: str | None) -> str | None:
    """A prefix, as far as it is no digit of a number that is masked."""
    if prefix is None or number is None or not number.startswith(prefix):
        return prefix
    return prefix[: max(len(number) - len(MASK), 0)]


def masked_fact(fact: Told, numbers: list[str]) -> Told:
    """A fact, and what it holds, without the last digits of numbers; `numbers` are those that prices were found by."""
    told: dict[str, Any] = {}
    for one in fields(fact):  # type: ignore[arg-type]
        value = getattr(fact, one.name)
        if one.name in _NUMBERS and isinstance(value, str):
            told[one.name] = masked_number(value)
        elif one.name == "prefix" and isinstance(value, str):
            for number in numbers:
                value = masked_prefix(value, number)
            told[one.name] = value
        elif is_dataclass(value) and not isinstance(value, type):
            told[one.name] = masked_fact(value, numbers)  # type: ignore[type-var]
    return replace(fact, **told) if told else fact  # type: ignore[type-var]


def masked_calls(frame: pl.DataFrame) -> pl.DataFrame:
    """Rated calls (`billing.rated_calls.RATED_SCHEMA`) without the last digits of what was called."""
    import polars as pl

    def masked(name: str) -> pl.Expr:
        return (pl.col(name).str.head(-len(MASK)) + pl.lit(MASK)).alias(name)

    shown = (pl.col("called").str.len_chars().cast(pl.Int64) - len(MASK)).clip(lower_bound=0)
    within = pl.col("called").str.starts_with(pl.col("prefix"))
    prefix = pl.when(within).then(pl.col("prefix").str.head(shown)).otherwise(pl.col("prefix"))
    return frame.with_columns(masked("called"), masked("called_recorded"), prefix.alias("prefix"))
