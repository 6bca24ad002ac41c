"""Local time stamps that tools have rewritten: other orders of day and month, no seconds.

The switch itself writes `YYYY-MM-DD hh:mm:ss`. A spreadsheet or a web page makes `1/9/2017
16:33:01` or `2020/2/10 22:41` of it. Options of the source say what such a file cannot:
`dates = "dmy"`, `"mdy"` or `"ymd"`, and `whole_minutes = true` to take times without seconds to
the minute. Without them such a time is `bad_time`: it is not known, and nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.columns import option
from minutebook.calls.parsing.times import instants, without_never
from minutebook.calls.schema import Reason

if TYPE_CHECKING:
    from minutebook.calls.parsing.mapping import Findings
    from minutebook.calls.source import Source

_STAMP = (
    r"^\s*([0-9]{1,4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,4})[ T]+"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?\s*$"
)
_YEAR = 4


def stamps(field: str, texts: pl.Series, source: Source, findings: Findings) -> pl.Series:
    """The instants of local time stamps, in whatever order the source says; notes what is wrong."""
    order = option(source, "dates", ("dmy", "mdy", "ymd", None), None)
    minutes = option(source, "whole_minutes", (True, False), default=False)
    texts = without_never(texts)
    written = texts
    if not (texts.str.slice(4, 1) == "-").all() or not (texts.str.slice(16, 1) == ":").all():
        parts = texts.str.extract_groups(_STAMP).struct.unnest()
        parts.columns = ["a", "b", "c", "hour", "minute", "second"]
        written = _rewritten(texts, parts, order, whole_minutes=bool(minutes))
        shown = pl.lit(f"{field} ") + pl.lit(texts).str.head(80)
        lost = parts["hour"].is_not_null() & (written == texts).fill_null(value=True)
        findings.add(
            lost & parts["second"].is_null(),
            Reason.BAD_TIME,
            shown + " has no seconds; option whole_minutes = true takes it to the minute",
        )
        findings.add(
            lost & (parts["a"].str.len_bytes() != _YEAR),
            Reason.BAD_TIME,
            shown + ": which is the day? say option dates = 'dmy', 'mdy' or 'ymd'",
        )
    return findings.time(field, texts, instants(written, source.zone))


def _rewritten(
    texts: pl.Series, parts: pl.DataFrame, order: object, *, whole_minutes: bool
) -> pl.Series:
    """The stamps as `YYYY-MM-DD hh:mm:ss`, those that cannot be told as they were."""
    a, b, c = pl.col("a"), pl.col("b"), pl.col("c")
    year_first = a.str.len_bytes() == _YEAR
    year_last = c.str.len_bytes() == _YEAR
    short = (a.str.len_bytes() <= 2) & (c.str.len_bytes() == 2)  # noqa: PLR2004 - digits of a day and of a short year
    above_12 = [part.cast(pl.Int32, strict=False) > 12 for part in (a, b)]  # noqa: PLR2004 - months
    day_first = pl.lit(order == "dmy") | (pl.lit(order is None) & (above_12[0] | (a == b)))
    month_first = pl.lit(order == "mdy") | (pl.lit(order is None) & above_12[1])
    second = pl.col("second")
    if whole_minutes:
        second = second.fill_null("00")
    time = pl.format("{}:{}:{}", pl.col("hour").str.zfill(2), "minute", second)
    by_order = {"dmy": (c, b, a), "mdy": (c, a, b), "ymd": (a, b, c)}

    def stamp(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
        return pl.format("{}-{}-{} {}", year, month.str.zfill(2), day.str.zfill(2), time)

    written = (
        pl.when(year_first)
        .then(stamp(a, b, c))
        .when(year_last & day_first)
        .then(stamp(c, b, a))
        .when(year_last & month_first)
        .then(stamp(c, a, b))
    )
    if order is not None:
        year, month, day = by_order[str(order)]
        written = written.when(short).then(stamp(pl.lit("20") + year.str.zfill(2), month, day))
    return parts.select(pl.coalesce(written, pl.lit(texts))).to_series()
