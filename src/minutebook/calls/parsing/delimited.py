"""Rows of delimited text (CSV and its kin), each with the line that it begins at.

Blocks of clean text go through Arrow. What Arrow cannot be trusted with, it is not: where rows
and lines do not match one to one (newlines in quotes, a quote that never closes, NUL bytes), the
block is read again line by line. A quote that does not close costs the one line it stands in,
never the rest of the file.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from minutebook.calls.parsing.table import Broken
from minutebook.words import HARMLESS_CELL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NEVER_CLOSED = "has a quote that is never closed"
QUOTED_LINES = 100
"""How many lines a quoted value may run over before its quote counts as never closed."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How columns are divided and quoted; `quote` None: quotes mean nothing."""

    delimiter: str = ","
    quote: str | None = '"'


@dataclass(frozen=True, slots=True)
class RowsOfWidth:
    """Rows of one width: `frame` has String columns named "0", "1", …; an empty value is null."""

    frame: pl.DataFrame
    lines: pl.Series

    @property
    def width(self) -> int:
        return self.frame.width

    def named(self, names: list[str]) -> RowsOfWidth:
        """The same rows under the names of their columns."""
        return RowsOfWidth(
            self.frame.rename(dict(zip(self.frame.columns, names, strict=True))), self.lines
        )

    def without_apostrophes(self) -> RowsOfWidth:
        """The same rows; a text that our own CSV made harmless for spreadsheets is as it was."""
        return RowsOfWidth(plain_texts(self.frame), self.lines)


def plain_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame of text with what our own CSV made harmless for spreadsheets as it was."""
    if not any(column.str.starts_with("'").any() for column in frame.iter_columns()):
        return frame
    made = pl.all().str.contains(HARMLESS_CELL)
    return frame.with_columns(pl.when(made).then(pl.all().str.slice(1)).otherwise(pl.all()))


@dataclass(slots=True)
class Parsed:
    """What a block holds: its rows, by width, the lines that are none, and how many lines."""

    rows: list[RowsOfWidth] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    lines: int = 0


def split_lines(lines: list[str], delimiter: str = ",") -> Iterator[list[str]]:
    """The values of lines of CSV, each taken for a row by itself; those that are none give []."""
    for line in lines:
        try:
            yield _fields([line], delimiter)
        except csv.Error:
            yield []


def parsed(
    blocks: Iterable[bytes], dialect: Dialect, accepts: Callable[[int], bool], line: int = 1
) -> Iterator[Parsed]:
    """Each block's rows of a width that `accepts` allows; all other lines as broken.

    `line` is the number of the first block's first line.
    """
    carried = b""  # the beginning of a quoted value whose end is in the next block
    following = filter(None, blocks)
    block = next(following, None)
    while block is not None:
        upcoming = next(following, None)
        block, carried = carried + block, b""
        found = _fast(block, line, dialect, accepts)
        if found is None:
            found, carried = _slow(block, line, dialect, accepts, final=upcoming is None)
        yield found
        line += found.lines
        block = upcoming


def _fast(
    block: bytes, line: int, dialect: Dialect, accepts: Callable[[int], bool]
) -> Parsed | None:
    """The block by Arrow, or None where its rows may not be what its lines say.

    Without quotes every line is a row, or is skipped as one. With quotes, a row may have
    swallowed lines: then there are fewer rows than lines.
    """
    quoted = dialect.quote is not None and dialect.quote.encode() in block
    if b"\0" in block or (quoted and block.count(b'"') % 2):
        return None
    width = _width_of_first_row(block, dialect)
    if not accepts(width):
        return None
    skipped: list[arrow_csv.InvalidRow] = []
    table = _arrow_table(block, dialect, width, skipped)
    if table is None:
        return None
    lines = table.num_rows + len(skipped)
    if quoted and lines != block.count(b"\n"):
        return None
    numbers = pl.int_range(line, line + lines, dtype=pl.Int64, eager=True)
    found = Parsed(lines=lines)
    if skipped:
        texts = block.split(b"\n")
        for row in skipped:
            text = texts[row.number - 1].decode()
            if accepts(row.actual_columns) and text.strip():
                return None  # rows of several widths: line by line
            if text.strip():
                why = _wrong_width(row.actual_columns)
                found.broken.append(Broken(line + row.number - 1, text, why))
        bad = pl.Series([line + row.number - 1 for row in skipped], dtype=pl.Int64)
        numbers = numbers.filter(~numbers.is_in(bad.implode()))
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    found.rows.append(_without_blank(RowsOfWidth(frame, numbers), block, line))
    return found


def _without_blank(rows: RowsOfWidth, block: bytes, line: int) -> RowsOfWidth:
    """The rows without those that are blank lines: of them Arrow makes rows of nulls."""
    if not rows.frame["0"].null_count():
        return rows
    empty = rows.frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    if not empty.any():
        return rows
    texts = block.split(b"\n")
    blank = [number for number in rows.lines.filter(empty) if not texts[number - line].strip()]
    keep = ~rows.lines.is_in(pl.Series(blank, dtype=pl.Int64).implode())
    return RowsOfWidth(rows.frame.filter(keep), rows.lines.filter(keep))


def _arrow_table(
    block: bytes, dialect: Dialect, width: int, skipped: list[arrow_csv.InvalidRow]
) -> pa.Table | None:
    def skip(row: arrow_csv.InvalidRow) -> str:
        skipped.append(row)
        return "skip"

    names = [str(i) for i in range(width)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # with threads it cannot number the rows that it skips
                block_size=len(block) + 1,
                column_names=names,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                double_quote=True,
                newlines_in_values=True,
                ignore_empty_lines=False,  # so that each line is a row, or is skipped,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,  # files.blocks has seen to it
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _width_of_first_row(block: bytes, dialect: Dialect) -> int:
    """The columns of the first line that is not empty."""
    start = len(block) - len(block.lstrip(b"\n"))
    text = block[start : block.find(b"\n", start)].decode()
    return len(_fields([text], dialect.delimiter, dialect.quote))


def _wrong_width(width: int) -> str:
    return f"has {width} column{'s' if width != 1 else ''}, which is no row of this file"


def _slow(
    block: bytes, first_line: int, dialect: Dialect, accepts: Callable[[int], bool], *, final: bool
) -> tuple[Parsed, bytes]:
    """The block line by line, and what of it must wait for the next block."""
    lines = block.decode().removesuffix("\n").split("\n")
    found = Parsed()
    by_width: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    at = 0
    while at < len(lines):
        line = lines[at]
        taken, width = 1, 0
        if line.strip():
            fields, taken, wrong = _record(lines, at, dialect, accepts)
            if taken == 0 and final:
                wrong, taken = NEVER_CLOSED, 1
            if taken == 0:
                found.lines = at
                return _gathered(found, by_width), "\n".join([*lines[at:], ""]).encode()
            width = len(fields)
            if wrong:
                text = line.replace("\0", "\u2400")
                found.broken.append(Broken(first_line + at, text, wrong))
            else:
                by_width[width].append((first_line + at, fields))
        at += taken
    found.lines = at
    return _gathered(found, by_width), b""


def _record(
    lines: list[str], at: int, dialect: Dialect, accepts: Callable[[int], bool]
) -> tuple[list[str], int, str]:
    """The fields that begin at a line, how many lines they take (0: more than there are here),
    and what is wrong with them, if anything."""
    text, quote = lines[at], dialect.quote
    taken = 1
    if quote and text.count(quote) % 2:
        quotes = text.count(quote)
        for following in lines[at + 1 : at + QUOTED_LINES]:
            taken += 1
            quotes += following.count(quote)
            if quotes % 2 == 0:
                break
        else:
            short = at + taken == len(lines) and taken < QUOTED_LINES
            return [], 0 if short else 1, NEVER_CLOSED
    if any("\0" in line for line in lines[at : at + taken]):
        return [], 1, "has NUL bytes: it was never wholly written"
    try:
        fields = _fields(lines[at : at + taken], dialect.delimiter, quote)
    except csv.Error as error:
        return [], 1, NEVER_CLOSED if taken > 1 else str(error)
    if accepts(len(fields)):
        return fields, taken, ""
    return [], 1, NEVER_CLOSED if taken > 1 else _wrong_width(len(fields))


def _fields(lines: list[str], delimiter: str, quote: str | None = '"') -> list[str]:
    """The values of one row, which may run over several lines: then the quotes must be exact, or an
    open one would take the next row, with a quote of its own, into its value."""
    if quote is None:
        return lines[0].split(delimiter)
    ended = (line + "\n" for line in lines[:-1])
    text, strict = [*ended, lines[-1]], len(lines) > 1
    return next(csv.reader(text, delimiter=delimiter, quotechar=quote, strict=strict), [])


def _gathered(found: Parsed, by_width: dict[int, list[tuple[int, list[str]]]]) -> Parsed:
    for width, rows in by_width.items():
        columns = {
            str(i): pl.Series([fields[i] or None for _, fields in rows], dtype=pl.String)
            for i in range(width)
        }
        numbers = pl.Series([line for line, _ in rows], dtype=pl.Int64)
        found.rows.append(RowsOfWidth(pl.DataFrame(columns), numbers))
    return found
