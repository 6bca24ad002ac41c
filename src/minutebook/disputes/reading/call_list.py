"""A CSV file of calls from anyone: its columns are recognised by their headings, or named
(docs/rules/disputes.md, "Which columns are read").

It is read to be compared, never taken in: what an import reads is of a declared format. A start and a
length are enough; which of setup and answer a start is, the calls of the other side tell.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.calls.parsing import delimited, files, headers
from minutebook.calls.parsing.dates import stamps
from minutebook.calls.parsing.last_line import Lines, row_or_header_taken
from minutebook.calls.parsing.layouts import assembled
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.quantities import scaled
from minutebook.calls.parsing.times import epochs
from minutebook.calls.schema import Reason
from minutebook.disputes.reading.call_columns import call_columns
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.source import Source
    from minutebook.disputes.reading.call_columns import CallColumns

_CLOCK: Final = r"^\s*(?:([0-9]+):)?([0-9]{1,3}):([0-9]{2})(?:[.]([0-9]+))?\s*$"
_TOTAL: Final = re.compile(r"(grand |sub)?totals?:?|sum:?", re.IGNORECASE)
_DATE: Final = r"^\s*([0-9]{1,4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,4})"
_ROUNDED_MS: Final = 1_000
"""So far whole seconds may set a call's end apart from its start and length."""
_MONTHS: Final = 12
_YEAR: Final = 4
_MILLI_DIGITS: Final = 13
"""Of an epoch in milliseconds."""


@dataclass(slots=True)
class CallList:
    """The reader of one such file. `footers` are the rows of sums that it ended with: not calls."""

    columns: Mapping[str, str]
    footers: list[pl.DataFrame] = field(default_factory=list)
    name: str = "list of calls"
    pairs: bool = False

    def sniff(self, head: bytes) -> bool:
        """It is tried where no format of switches is found."""
        return bool(head.strip())

    def lacking(self, path: Path) -> InputError | None:
        """Why the file cannot be read so; None where it can."""
        try:
            names = headers.header(files.head(path))[0].names
        except InputError as error:
            return error.at(str(path), error.line)
        lacks = call_columns(names, self.columns).lacking
        if not lacks:
            return None
        mapped = ",".join(f"{ours}=THEIRS" for ours in lacks)
        return InputError.advised(
            f"has no column for {', '.join(lacks)}; it has {headers.shown(names)}",
            "pass columns, ours to theirs",
            shell=f"say which they are: --map {mapped}",
            file=str(path),
        )

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        """The rows, footers apart."""
        blocks = Lines(path, source, row_or_header_taken)
        header, rest = headers.header(next(blocks, b""))
        width, known = len(header.names), call_columns(header.names, self.columns)
        text = itertools.chain([rest], blocks)
        parts = delimited.parsed(text, header.dialect, lambda n: n == width, header.line + 1)
        for part in blocks.parts(parts):
            table = assembled([rows.named(header.names) for rows in part.rows], part.broken)
            if table.frame.height:
                footer = _footers(table.frame, known)
                self.footers.append(table.frame.filter(footer))
                table = replace(
                    table, frame=table.frame.filter(~footer), lines=table.lines.filter(~footer)
                )
            yield table
        yield from blocks.left()

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        """The records (RECORD_SCHEMA) of rows; an answered call is one that lasted."""
        known, findings = call_columns(frame.columns, self.columns), Findings(frame.height)
        fields = {
            ours: _text(frame, name)
            for ours, name in (
                ("call_id", known.call_id),
                ("caller", known.caller),
                ("called", known.called),
            )
        }
        times = {
            ours: _times(frame, name, None, source, findings) for ours, name in known.times.items()
        }
        start = _times(frame, known.start, known.time, source, findings)
        length = _length_ms(frame, known, findings)
        if known.length is None:
            begin = pl.select(pl.coalesce(times["answered_at"], start)).to_series()
            length = (times["ended_at"] - begin).dt.total_milliseconds()
        talked = length > 0
        first = pl.select(pl.coalesce(start, times["setup_at"])).to_series()
        rang = (times["ended_at"] - first).dt.total_milliseconds() - length > _ROUNDED_MS
        lasted = pl.duration(milliseconds=pl.lit(length))
        by_end = pl.select(times["ended_at"] - lasted).to_series()
        answer = pl.coalesce(times["answered_at"], pl.when(rang).then(by_end), first)
        begun = pl.select(
            setup=pl.coalesce(times["setup_at"], pl.when(~talked | rang).then(first)),
            answer=pl.when(talked).then(answer),
        )
        fields |= {
            "setup_at": begun["setup"],
            "answered_at": begun["answer"],
            "ended_at": times["ended_at"],
            "duration_ms": pl.select(pl.when(talked).then(length)).to_series(),
        }
        by_length = begun["answer"] + lasted
        ends = pl.coalesce(times["ended_at"], by_length, begun["setup"])  # unanswered: as it began
        fields["ended_at"] = pl.select(ends).to_series()
        if fields["call_id"].null_count():  # one of its own, which is on no other side
            row = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).cast(pl.String)
            own = pl.concat_str(
                pl.lit("no id "), begun["answer"].cast(pl.String).fill_null(""), pl.lit(" "), row
            )
            fields["call_id"] = pl.select(pl.coalesce(fields["call_id"], own)).to_series()
        findings.add(fields["called"].is_null(), Reason.MISSING_VALUE, "no called number")
        findings.add(
            begun["setup"].is_null() & begun["answer"].is_null(),
            Reason.BAD_TIME,
            "no time of its start",
        )
        findings.add(length.is_null(), Reason.MISSING_VALUE, "no length")
        return records(frame.height, fields, findings)


def _text(frame: pl.DataFrame, name: str | None) -> pl.Series:
    if name is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return frame[name].str.strip_chars().replace("", None)


def _footers(frame: pl.DataFrame, known: CallColumns) -> pl.Series:
    """Rows that name themselves totals, or neither a number nor a time."""
    starts = [name for name in (known.start, *known.times.values()) if name is not None]
    called = _text(frame, known.called)
    texts = frame.select(pl.all().str.strip_chars())
    says = texts.select(
        pl.any_horizontal(pl.all().str.contains(f"(?i)^({_TOTAL.pattern})$"))
    ).to_series()
    timeless = [~_text(frame, name).fill_null("").str.contains("[0-9]") for name in starts]
    without = pl.select(pl.all_horizontal(timeless)).to_series()
    return without & (says.fill_null(value=False) | called.is_null())


def _times(
    frame: pl.DataFrame, name: str | None, clock: str | None, source: Source, findings: Findings
) -> pl.Series:
    """Instants of a column, or of a date and the time beside it."""
    texts = _text(frame, name)
    if name is None:
        return texts.cast(pl.Datetime("us", "UTC"))
    if clock is not None and not texts.str.contains(":").any():
        texts = texts + " " + _text(frame, clock)
    if (
        texts.drop_nulls().str.contains(r"^[0-9]{10,13}([.][0-9]+)?$").all()
        and texts.is_not_null().any()
    ):
        milli = (
            texts.str.len_chars().max() == _MILLI_DIGITS
            and not texts.str.contains(".", literal=True).any()
        )
        return findings.time(name, texts, epochs(texts, 3 if milli else 6))
    return stamps(name, texts, _ordered(texts, source), findings)


def _ordered(texts: pl.Series, source: Source) -> Source:
    """The source with the order of days and months that some of the times show."""
    if "dates" in source.options:
        return source
    parts = texts.str.extract_groups(_DATE).struct.unnest()
    numbers = [parts.to_series(n).cast(pl.Int64, strict=False) for n in (0, 1)]
    short = parts.to_series(2).str.len_chars() == _YEAR
    first, second = ((number > _MONTHS) & short for number in numbers)
    if first.any() == second.any():
        return source
    order = "dmy" if first.any() else "mdy"
    return replace(source, options={**source.options, "dates": order})


def _length_ms(frame: pl.DataFrame, known: CallColumns, findings: Findings) -> pl.Series:
    """Milliseconds: of numbers in the heading's unit, or of h:mm:ss and m:ss."""
    texts = _text(frame, known.length)
    if known.length is None:
        return texts.cast(pl.Int64)
    parts = texts.str.extract_groups(_CLOCK).struct.unnest()
    clock = texts.str.contains(_CLOCK).fill_null(value=False)
    hours, minutes, seconds = (parts.to_series(n).cast(pl.Int64).fill_null(0) for n in range(3))
    of_clock = (hours * 3600 + minutes * 60 + seconds) * 1000
    number = pl.select(pl.when(~clock).then(texts)).to_series()
    either = number.str.contains(r"^[1-9][0-9]{0,2},[0-9]{3}$")  # a thousand, or a thousandth
    shown = number.str.replace(r"^([0-9]*),([0-9]+)$", "$1.$2")
    shown = pl.select(pl.when(either).then(number).otherwise(shown)).to_series()
    exact = scaled(shown, 6)
    wrong = shown.is_not_null() & exact.is_null()
    findings.add(
        wrong,
        Reason.BAD_VALUE,
        pl.lit(f"{known.length} ") + pl.lit(texts).str.head(80) + " is no length",
    )
    ms = (exact * known.length_ms + 500_000) // 1_000_000
    return pl.select(pl.when(clock).then(of_clock).otherwise(ms)).to_series()
