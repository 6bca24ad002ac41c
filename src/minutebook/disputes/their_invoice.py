"""An invoice's totals by day or destination, from a CSV file; its calls are not in it.

A file is an invoice if its header names amounts and days or destinations, but no called number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.calls.parsing import files, headers
from minutebook.calls.parsing.delimited import plain_texts
from minutebook.disputes.sides import AMOUNT_COLUMNS
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_DAY: Final = ("day", "date", "call_date", "usage_date")
_DESTINATION: Final = ("destination", "destination_name", "area", "zone", "description")
_CALLS: Final = ("calls", "call_count", "number_of_calls", "count", "attempts")
_AMOUNT: Final = (*AMOUNT_COLUMNS, "charges")
_LENGTHS: Final = {
    "seconds": 1_000, "duration_seconds": 1_000, "duration_s": 1_000, "minutes": 60_000, "mins": 60_000,
    "duration_minutes": 60_000, "billed_seconds": 1_000, "billed_minutes": 60_000,
}  # fmt: skip
"""Columns of lengths, and what one of them is in milliseconds."""
_OF_CALLS: Final = (
    "called",
    "called_number",
    "call_id",
    "destination_number",
    "dst",
    "to",
    "callee",
)
_TOTAL: Final = re.compile(r"(grand |sub)?totals?|sum", re.IGNORECASE)
_NUMBER: Final = r"-?([0-9]{1,30}([.][0-9]*)?|[.][0-9]+)"
_DIGITS: Final = 8
"""Before the point: what money.UNITS can hold, with room to add up."""
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Invoice:
    """Lines: `day` (Date), `destination` (String), `calls`, `ms`, `units` (Int64), in the file's order.

    A column that the file lacks is null throughout. `length_ms` is what the last decimal of a length is
    worth, `amount_units` that of an amount; `total_units` the amount of its own line of totals.
    """

    lines: pl.DataFrame
    by_day: bool
    by_destination: bool
    length_ms: int
    amount_units: int
    total_units: int | None


def invoice_of(path: Path) -> Invoice | None:
    """The invoice that a file is; None where it is none. `InputError` for a figure that is none."""
    try:
        columns = _columns(headers.header(files.head(path))[0].names)
    except (InputError, UnicodeDecodeError):
        return None  # what reads calls says what is wrong with it
    if columns is None:
        return None
    rows = _rows(path)
    day, where = columns.day, columns.destination
    if day is not None and where is not None:  # merged cells: a day stands on its first line
        rows = rows.with_columns(
            pl.when(pl.col(where).fill_null("") != "")
            .then(pl.col(day).replace("", None).forward_fill())
            .otherwise(day)
            .alias(day)
        )
    none = pl.Series([None] * rows.height, dtype=pl.String)
    lines = pl.DataFrame(
        {
            "day": _days(none if day is None else rows[day], path),
            "destination": none if where is None else rows[where],
            "calls": _figures(rows, columns.calls, 1, path),
            "ms": _lengths(rows, columns, path),
            "units": _figures(rows, columns.amount, money.UNITS, path).fill_null(0),
        }
    )
    totals = _are_totals(rows, day, where)
    own = lines.filter(totals)["units"]
    lines = lines.filter(~totals)
    if (lines["units"] <= 0).all():  # as a statement shows charges
        lines, own = lines.with_columns(-pl.col("units")), -own
    return Invoice(
        lines,
        day is not None,
        where is not None,
        _last_place(rows, columns.length, columns.length_ms),
        _last_place(rows, columns.amount, money.UNITS),
        int(own[-1]) if own.len() else None,
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column says what; `length_ms` is one of its length in milliseconds."""

    day: str | None
    destination: str | None
    calls: str | None
    length: str | None
    length_ms: int
    amount: str


def _columns(header: list[str]) -> _Columns | None:
    """The columns of an invoice; None where the header is not one's."""
    names = _plain(header)

    def column(*wanted: str) -> str | None:
        return next((name for name in wanted if name in names), None)

    amount, day, where = column(*_AMOUNT), column(*_DAY), column(*_DESTINATION)
    if amount is None or (day is None and where is None) or column(*_OF_CALLS) is not None:
        return None
    length = column(*_LENGTHS)
    return _Columns(day, where, column(*_CALLS), length, _LENGTHS.get(length or "", 1), amount)


def _plain(header: list[str]) -> list[str]:
    """Names in small letters, without the unit or currency that stands in brackets behind them."""
    bare = [re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", name) or name for name in header]
    return [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in bare]


def _rows(path: Path) -> pl.DataFrame:
    """The rows of text, blank ones left out."""
    found, rest = headers.header(b"".join(files.blocks(path)))
    try:
        rows = pl.read_csv(
            rest or b"\n",
            has_header=False,
            new_columns=_plain(found.names),
            separator=found.dialect.delimiter,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        named = f"{len(found.names)} columns"
        raise InputError(
            f"its lines do not fit its header, which names {named}", file=str(path)
        ) from None
    missing = [name for name in _plain(found.names) if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    rows = plain_texts(rows.with_columns(pl.all().str.strip_chars()))
    return rows.filter(pl.any_horizontal(pl.all().fill_null("") != ""))


def _lengths(rows: pl.DataFrame, columns: _Columns, path: Path) -> pl.Series:
    """Milliseconds; of `duration` as h:mm:ss."""
    if columns.length is not None or "duration" not in rows.columns:
        return _figures(rows, columns.length, columns.length_ms, path)
    text = rows["duration"].replace("", None)
    parts = text.str.extract_groups(r"^([0-9]+):([0-9]{2}):([0-9]{2})$").struct.unnest()
    whole = parts.select(pl.all().cast(pl.Int64)).to_series
    if text.is_not_null().any() and parts.filter(text.is_not_null()).null_count().row(0)[0]:
        raise InputError(
            "duration: in which unit? name the column seconds or minutes, or write h:mm:ss",
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


def _figures(rows: pl.DataFrame, name: str | None, scale: int, path: Path) -> pl.Series:
    """A column of numbers in whole `1/scale`; null where there is none."""
    if name is None:
        return pl.Series([None] * rows.height, dtype=pl.Int64)
    grouped = r"^-?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?$"
    text = rows[name].replace("", None)
    text = pl.select(
        pl.when(text.str.contains(grouped)).then(text.str.replace_all(",", "")).otherwise(text)
    ).to_series()
    wrong = text.filter(~text.str.contains(f"^{_NUMBER}$"))
    if wrong.len():
        raise InputError(f"{name}: {wrong[0]!r} is not a number, as in 1234.5", file=str(path))
    large = text.filter(text.str.extract(r"^-?0*([0-9]+)").str.len_chars() > _DIGITS)
    if large.len():
        raise InputError(f"{name}: {large[0]!r} is too large", file=str(path))
    exact = text.cast(pl.Decimal(38, money.SCALE), strict=False)
    return (exact * scale).round().cast(pl.Int64)


def _last_place(rows: pl.DataFrame, name: str | None, scale: int) -> int:
    """What the last decimal of a column is worth, in `1/scale`; at least 1."""
    if name is None:
        return 1
    decimals = rows[name].str.extract(r"[.]([0-9]*)$").str.len_chars().max()
    assert decimals is None or isinstance(decimals, int)
    worth: int = scale // 10 ** (decimals or 0)
    return max(1, worth)


def _days(texts: pl.Series, path: Path) -> pl.Series:
    """Days as they are written; `InputError` where day and month cannot be told apart."""
    known = {text: _day(text) for text in texts.unique().drop_nulls() if re.search(r"[0-9]", text)}
    slashed = [match.groups() for text in known if (match := _SLASHED.fullmatch(text))]
    if slashed:
        day_first = any(int(first) > _MONTHS for first, _, _ in slashed)
        if not day_first and not any(int(second) > _MONTHS for _, second, _ in slashed):
            raise InputError(
                f"{next(iter(known))!r}: which is the day, which the month; write days as 2026-10-31",
                file=str(path),
            )
        pattern = "%d/%m/%Y" if day_first else "%m/%d/%Y"
        known = {text: _parsed(text, pattern) or day for text, day in known.items()}
    unknown = [text for text, day in known.items() if day is None]
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a day, as in 2026-10-31", file=str(path))
    return pl.Series([known.get(text) for text in texts], dtype=pl.Date)


_SLASHED: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def _day(text: str) -> date | None:
    text = re.sub(r"[T ][0-9]{2}:[0-9]{2}.*$", "", text)
    patterns = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
    return next((day for pattern in patterns if (day := _parsed(text, pattern))), None)


def _parsed(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None
