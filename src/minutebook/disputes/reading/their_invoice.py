"""An invoice's totals by day or destination, from a CSV file; its calls are not in it.

A file is an invoice if its header names amounts and days or destinations, but no called number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.calls.parsing import files, headers
from minutebook.disputes.reading.amount_column import (
    amount_column,
    is_amount,
    named,
    one_of,
    said_currencies,
)
from minutebook.disputes.reading.call_columns import CALL_ID, CALLED, CALLER
from minutebook.disputes.reading.figures import figures
from minutebook.disputes.reading.headings import heading, plain_heading
from minutebook.disputes.reading.invoice_rows import invoice_rows
from minutebook.disputes.reading.other_money import refuse_other_money
from minutebook.disputes.reading.sides import units_of
from minutebook.disputes.reading.written_days import written_days
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from minutebook.disputes.reading.amount_column import AmountColumn

_DAY: Final = ("day", "date", "call_date", "usage_date")
_DESTINATION: Final = ("destination", "destination_name", "area", "zone", "description")
_CALLS: Final = ("calls", "call_count", "number_of_calls", "count", "attempts")
_LENGTHS: Final = {
    "seconds": 1_000, "duration_seconds": 1_000, "duration_s": 1_000, "minutes": 60_000, "mins": 60_000,
    "duration_minutes": 60_000, "billed_seconds": 1_000, "billed_minutes": 60_000,
}  # fmt: skip
"""Columns of lengths, and what one of them is in milliseconds."""
_OF_CALLS: Final = frozenset({*CALL_ID, *CALLED, *CALLER}) - {
    "id",
    "number",
    "from",
    "to",
    "origin",
}
_MAYBE_NUMBERS: Final = frozenset({"id", "number", "from", "to", "origin", *_DESTINATION})
_MEANS_CALLS: Final = (
    "called",
    "caller",
    "call_id",
    "start",
    "setup_at",
    "answered_at",
    "ended_at",
)
"""What is mapped for a list of calls alone."""
_TOTAL: Final = re.compile(r"(grand |sub)?totals?|sum", re.IGNORECASE)
_DIGITS: Final = 8
"""Before the point: what money.UNITS can hold, with room to add up."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """Lines: `day` (Date), `destination` (String), `calls`, `ms`, `units` (Int64), in the file's order.

    A column that the file lacks is null throughout. `length_ms` is what the last decimal of a length is
    worth, `amount_units` that of an amount; `total_units` the amount of its own line of totals.
    `currencies` may be that of its amounts, None: it does not say. `turned`: charges have a minus sign.
    `dayless` are how many lines name no day, and their amount; `unended` is a last line that was not read.
    """

    lines: pl.DataFrame
    by_day: bool
    by_destination: bool
    length_ms: int
    amount_units: int
    total_units: int | None
    currencies: frozenset[str] | None = None
    turned: bool = False
    dayless: tuple[int, int] = (0, 0)
    unended: int | None = None


def invoice_of(path: Path, columns: Mapping[str, str], *, asked: bool = False) -> Invoice | None:
    """The invoice that a file is; None where it is none. `InputError` for a figure that is none.

    `columns` are the mapped ones, ours → theirs. `asked`: it is one by the user's word, though its lines
    look like calls.
    """
    try:
        names = headers.header(files.head(path))[0].names
    except (InputError, UnicodeDecodeError):
        return None  # what reads calls says what is wrong with it
    if not asked and any(named(names, columns[ours]) for ours in _MEANS_CALLS if ours in columns):
        return None
    plain_names = {plain_heading(name) for name in names}
    if not asked and (
        plain_names & _OF_CALLS or (not any(map(is_amount, names)) and "amount" not in columns)
    ):
        return None
    known = _columns(names, columns)
    if known is None:
        return None
    rows, unended = invoice_rows(path)
    if not asked and _are_calls(rows, known):
        return None
    money_column = amount_column(names, columns, str(path))
    if money_column is None:
        return None
    refuse_other_money(rows, money_column, columns, str(path))
    return replace(_invoice(rows, known, money_column, columns, path), unended=unended)


def _invoice(
    rows: pl.DataFrame,
    known: _Columns,
    amount: AmountColumn,
    columns: Mapping[str, str],
    path: Path,
) -> Invoice:
    day, where = known.day, known.destination
    if day is not None and where is not None:  # merged cells: a day stands on its first line
        rows = rows.with_columns(
            pl.when(pl.col(where).fill_null("") != "")
            .then(pl.col(day).replace("", None).forward_fill())
            .otherwise(day)
            .alias(day)
        )
    none = pl.Series([None] * rows.height, dtype=pl.String)
    beside = [rows[name] for name in (known.length, amount.name) if name is not None]
    said = figures(rows[amount.name], amount.name, str(path), beside, like="1234.5")
    lines = pl.DataFrame(
        {
            "day": written_days(none if day is None else rows[day], path),
            "destination": none if where is None else rows[where],
            "calls": _counts(rows, known.calls, path),
            "ms": _lengths(rows, known, beside, path),
            "units": units_of(said.texts, amount.decimals),
        }
    )
    totals = _are_totals(rows, day, where)
    empty = lines.select(pl.all_horizontal(pl.col("calls", "ms", "units").is_null())).to_series()
    if (lines["units"].is_null() & ~totals & ~empty).any():
        raise InputError(
            f"{amount.name}: a line has none; write 0 where a line costs nothing", file=str(path)
        )
    own = lines.filter(totals & ~empty)["units"].drop_nulls()
    lines = lines.filter(~totals & ~empty)
    turned = bool((lines["units"] <= 0).all()) and bool((lines["units"] < 0).any())
    if turned:  # as a statement shows charges
        lines, own = lines.with_columns(-pl.col("units")), -own
    dayless = lines.filter(pl.col("day").is_null())["units"] if day is not None else own.clear()
    currency = said_currencies(rows, columns, str(path))
    hints = (amount.currencies, currency, said.currencies)
    return Invoice(
        lines,
        day is not None,
        where is not None,
        _last_place(rows[known.length], known.length_ms) if known.length is not None else 1,
        _last_place(said.texts, 10 ** (money.SCALE - amount.decimals)),
        int(own[-1]) if own.len() else None,
        one_of([hint for hint in hints if hint is not None], str(path)),
        turned,
        (dayless.len(), int(dayless.sum())),
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column says what, by its name in the file; `length_ms` is one of its length in milliseconds."""

    day: str | None
    destination: str | None
    calls: str | None
    length: str | None
    length_ms: int
    clock: str | None


def _columns(header: list[str], columns: Mapping[str, str]) -> _Columns | None:
    """The columns of an invoice; None where it has neither days nor destinations."""
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain_heading(name), name)

    def column(field: str, *wanted: str) -> str | None:
        if field in columns:
            return named(header, columns[field])
        return next((by_plain[name] for name in wanted if name in by_plain), None)

    day, where = column("day", *_DAY), column("destination", *_DESTINATION)
    if day is None and where is None:
        return None
    length, clock = column("duration", *_LENGTHS), by_plain.get("duration")
    if length is None:
        length = next(
            (name for name in header if heading(name).length_ms and not is_amount(name)), None
        )
    length_ms = (
        _LENGTHS.get(plain_heading(length or "")) or (length and heading(length).length_ms) or 0
    )
    if not length_ms:
        length, clock = None, length or clock
    return _Columns(day, where, column("calls", *_CALLS), length, length_ms or 1, clock)


def _are_calls(rows: pl.DataFrame, known: _Columns) -> bool:
    """Whether lines are calls after all: they name telephone numbers, or times within a day."""
    looked_at = [name for name in rows.columns if plain_heading(name) in _MAYBE_NUMBERS]
    for name in looked_at:
        texts = rows[name].replace("", None).drop_nulls()
        numbers = texts.str.contains(r"^\+?[0-9]{6,20}$")
        dates = texts.str.contains(r"^20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$")
        if texts.len() and int((numbers & ~dates).sum()) * 2 > texts.len():
            return True
    if known.day is None:
        return False
    clocks = rows[known.day].str.extract(r"[T ]([0-9]{1,2}:[0-9]{2}.*)$").drop_nulls()
    return clocks.n_unique() > 1


def _lengths(
    rows: pl.DataFrame, columns: _Columns, beside: list[pl.Series], path: Path
) -> pl.Series:
    """Milliseconds; of `duration` as h:mm:ss."""
    if columns.length is not None:
        found = figures(rows[columns.length], columns.length, str(path), beside, like="1234.5")
        exact = found.texts.cast(pl.Decimal(38, money.SCALE))
        return (exact * columns.length_ms).round().cast(pl.Int64)
    if columns.clock is None:
        return pl.Series([None] * rows.height, dtype=pl.Int64)
    text = rows[columns.clock].replace("", None)
    parts = text.str.extract_groups(r"^([0-9]+):([0-9]{2}):([0-9]{2})$").struct.unnest()
    whole = parts.select(pl.all().cast(pl.Int64)).to_series
    if text.is_not_null().any() and parts.filter(text.is_not_null()).null_count().row(0)[0]:
        raise InputError(
            f"{columns.clock}: in which unit? name the column seconds or minutes, or write h:mm:ss",
            file=str(path),
        )
    return whole(0) * 3_600_000 + whole(1) * 60_000 + whole(2) * 1_000


def _are_totals(rows: pl.DataFrame, day: str | None, where: str | None) -> pl.Series:
    """Which lines sum up others: they are named so, or name nothing."""
    names = [rows[name].fill_null("") for name in (day, where) if name is not None]
    labels = [" ".join(part for part in parts if part) for parts in zip(*names, strict=True)]
    return pl.Series(
        [not label or bool(_TOTAL.fullmatch(label)) for label in labels], dtype=pl.Boolean
    )


def _counts(rows: pl.DataFrame, name: str | None, path: Path) -> pl.Series:
    """Whole numbers, perhaps in groups of three digits; null where there are none."""
    if name is None:
        return pl.Series([None] * rows.height, dtype=pl.Int64)
    text = rows[name].replace("", None)
    bare = text.str.replace_all(r"[,.'’\s](\d{3})", "$1").str.replace(r"[.,]0+$", "")
    wrong = text.filter(~bare.str.contains(r"^[0-9]+$"))
    if wrong.len():
        raise InputError(f"{name}: {wrong[0]!r} is not a number, as in 1234", file=str(path))
    large = text.filter(bare.str.len_chars() > _DIGITS)
    if large.len():
        raise InputError(f"{name}: {large[0]!r} is too large", file=str(path))
    return bare.cast(pl.Int64)


def _last_place(texts: pl.Series, scale: int) -> int:
    """What the last decimal of a column is worth, in `1/scale`; at least 1."""
    decimals = texts.str.extract(r"[.]([0-9]*)$").str.len_chars().max()
    assert decimals is None or isinstance(decimals, int)
    worth: int = scale // 10 ** (decimals or 0)
    return max(1, worth)
