"""From when to when the rows of a deck hold, and the revisions that this makes
(docs/rules/cards.md, "Dates of a deck").
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_INSTANT = pl.Datetime("us", "UTC")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII | re.IGNORECASE)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}", re.ASCII | re.IGNORECASE)
_NUMBERS = re.compile(
    rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){_TIME}", re.ASCII | re.IGNORECASE
)
_NAMED = re.compile(
    rf"(\d{{1,2}})[-/. ]([a-z]{{3}})[a-z]*[-/. ](\d{{4}}|\d{{2}}){_TIME}", re.ASCII | re.IGNORECASE
)
_YEAR_DIGITS, _LAST_MONTH, _CENTURY = 4, 12, 2000
_NO_DAY = "is no day of the calendar; write one, as 2026-10-01"
MOST_REVISIONS = 100
"""A deck with more instants than this has dates of past changes, not of changes to come."""


class DateOrder(StrEnum):
    """How dates of numbers alone are written: 31/10/2026 or 10/31/2026."""

    DMY = "dmy"
    MDY = "mdy"


def date_order(word: str) -> DateOrder:
    """How dates are written, by its word; `InputError` for another."""
    try:
        return DateOrder(word)
    except ValueError:
        why = f"{word!r} is neither dmy nor mdy"
        raise InputError(f"dates {why}", shell=f"--dates {why}") from None


def is_day(text: str) -> bool:
    """Whether a cell is written as the dates of decks are."""
    return any(form.fullmatch(text) for form in (_ISO, _COMPACT, _NUMBERS, _NAMED))


def order_of(table: pl.DataFrame, given: DateOrder | None) -> DateOrder | None:
    """How dates of numbers alone are written, by what is `given`, else by all of them; None: they do not tell."""
    columns = [table[field] for field in ("effective", "end")]
    return _order({text for column in columns for text in column.unique()}, given)


def read_dates(table: pl.DataFrame, order: DateOrder | None, file: str) -> pl.DataFrame:
    """`begins` and `ends` (UTC, null: none) instead of the text of `effective` and `end`.

    An end that is a day includes it. `order` is asked for where the columns leave it open.
    """
    columns = [table[field] for field in ("effective", "end")]
    known = order_of(table, order)
    if known is None:
        _refuse_mixed(table, file)
    found = {}
    for column, name in zip(columns, ("begins", "ends"), strict=True):
        instants: dict[str, datetime | None] = {}
        for text in column.unique(maintain_order=True).to_list():
            try:
                instants[text] = _instant(text, known, is_end=name == "ends") if text else None
            except (InputError, ValueError, OverflowError) as error:
                why = _NO_DAY if not isinstance(error, InputError) else error.message
                line = table.filter(pl.col(column.name) == text)["line"][0]
                shell = why.replace('pass dates "dmy" or "mdy"', "say --dates dmy or --dates mdy")
                raise InputError(f"{column.name} {text!r} {why}", file=file, line=line,
                                 shell=f"{column.name} {text!r} {shell}") from None  # fmt: skip
        found[name] = column.replace_strict(instants, return_dtype=_INSTANT)
    table = table.with_columns(**found)
    wrong = table.filter(pl.col("ends") <= pl.col("begins")).head(1)
    if wrong.height:
        row = wrong.row(0, named=True)
        raise InputError(
            f"end {row['end']!r} is not after {row['effective']!r}", file=file, line=row["line"]
        )
    return table


def schedule(
    rows: pl.DataFrame, at: datetime | None, always: datetime
) -> list[tuple[datetime, pl.DataFrame]]:
    """The revisions that dated rows make: each instant at which something begins or ends, and all that holds then.

    `rows` have `prefix`, `begins` and `ends`. What began before `at` holds from `at`, and what ended
    before is left out; without it what has no beginning holds from `always`. Of a prefix's rows the
    one that began last holds.
    """
    since = pl.lit(at or always, _INSTANT)
    begins = pl.max_horizontal(pl.col("begins").fill_null(since), since)
    rows = rows.with_columns(since=begins).filter(
        pl.col("ends").is_null() | (pl.col("ends") > pl.col("since"))
    )
    instants = pl.concat([rows["since"], rows["ends"].drop_nulls().rename("since")]).unique().sort()
    if len(instants) > MOST_REVISIONS:
        raise InputError.advised(
            f"its dates make {len(instants)} revisions, more than {MOST_REVISIONS}",
            "pass live_at: what has begun by then is one revision",
            shell="say --live AT: what has begun by then is one revision",
        )
    found: list[tuple[datetime, pl.DataFrame]] = []
    order = pl.col("begins").fill_null(pl.lit(always, _INSTANT))
    rows = rows.sort(order, maintain_order=True)
    for instant in instants.to_list():
        now = pl.lit(instant, _INSTANT)
        holding = rows.filter(
            (pl.col("since") <= now) & (pl.col("ends").is_null() | (pl.col("ends") > now))
        )
        holding = (
            holding.unique("prefix", keep="last").sort("prefix").drop("since", "begins", "ends")
        )
        if not found or not holding.equals(found[-1][1]):
            found.append((instant, holding))
    return found


def not_begun(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """The prefixes of which no row has begun at an instant."""
    first = rows.group_by("prefix").agg(
        pl.col("begins").fill_null(pl.lit(datetime.min.replace(tzinfo=UTC), _INSTANT)).min()
    )
    return first.filter(pl.col("begins") > pl.lit(at, _INSTANT)).select("prefix")


def _order(texts: Iterable[str], given: DateOrder | None) -> DateOrder | None:
    """Which number is the month, by all dates together."""
    orders = set()
    for text in texts:
        match = _NUMBERS.fullmatch(text)
        if match and (len(match[3]) == _YEAR_DIGITS or given):
            if int(match[1]) > _LAST_MONTH:
                orders.add(DateOrder.DMY)
            if int(match[2]) > _LAST_MONTH:
                orders.add(DateOrder.MDY)
    if given:
        return given
    return orders.pop() if len(orders) == 1 else None


def _refuse_mixed(table: pl.DataFrame, file: str) -> None:
    """`InputError` where some dates of numbers have the day first, and others the month."""
    first: dict[str, tuple[str, str, int]] = {}
    for name in ("effective", "end"):
        for text, line in table.select(name, "line").iter_rows():
            match = _NUMBERS.fullmatch(text)
            if match and len(match[3]) == _YEAR_DIGITS:
                for which, number in (("day", match[1]), ("month", match[2])):
                    if int(number) > _LAST_MONTH:
                        first.setdefault(which, (name, text, line))
    if len(first) > 1:
        (_, text, line), (name, other, last) = sorted(first.values(), key=lambda one: one[2])
        raise InputError(
            f"{name} {other!r} has day and month the other way round than {text!r} in line {line}; write all dates alike,"
            " as 2026-10-01",
            file=file,
            line=last,
        )


def _instant(text: str, order: DateOrder | None, *, is_end: bool) -> datetime | None:
    """The instant of a cell; None for the last year that a date can have, which is no end."""
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = match[1], match[2], match[3]
    elif match := _NAMED.fullmatch(text):
        if match[2].lower() not in _MONTHS:
            raise ValueError(text)
        year, month, day = match[3], str(_MONTHS.index(match[2].lower()) + 1), match[1]
    elif match := _NUMBERS.fullmatch(text):
        if order is None:
            raise InputError('may have the month or the day first; pass dates "dmy" or "mdy"')
        year = match[3]
        month, day = (match[2], match[1]) if order is DateOrder.DMY else (match[1], match[2])
    else:
        raise InputError("is not a date; write it as 2026-10-01")
    full = int(year) if len(year) == _YEAR_DIGITS else _CENTURY + int(year)
    hour, minute, second, zone = match.groups()[3:]
    if is_end and full == datetime.max.year:
        datetime(full, int(month), int(day), tzinfo=UTC)  # a date, which means no end
        return None
    at = datetime(
        full, int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
    )
    if zone and zone[0] in "+-":
        sign = 1 if zone[0] == "+" else -1
        at -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if not is_end:
        return at
    if hour is None:
        return at + timedelta(days=1)
    of_the_day = (int(hour), int(minute)) == (23, 59) and second in (None, "59")
    return at + timedelta(seconds=60 if second is None else 1) if of_the_day else at
