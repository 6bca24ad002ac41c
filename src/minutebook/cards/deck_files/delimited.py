"""A deck as delimited text: its encoding, what stands between its cells, its rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice

from minutebook.cards.deck_files.table import DeckSource, DeckTable
from minutebook.errors import InputError
from minutebook.words import not_utf8, plain_cell

_DELIMITERS = ",;|\t"
_SAMPLE_ROWS = 200
_FEWEST_CELLS = 2
"""In a row of no more cells a list of codes may look like a row."""
_SHOWN = 30
"""So many letters of a cell are shown."""
_TEXT_FORMULA = re.compile(r'=\s*"((?:[^"]|"")*)"')
_BINARY = re.compile(r"[\x01-\x08\x0e-\x1f]")
"""What no text has."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAMES = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


def read_delimited(text: str, place: str, encoding: str) -> DeckTable:
    """The rows of text that are not empty, each with the line that it ends in."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lstrip().startswith("<"):
        raise InputError(
            "is a page of HTML or XML, no table of rows and columns; open it in a spreadsheet, and save it as XLSX or CSV",
            file=place,
        )
    said = first.strip().lower()  # a spreadsheet's own word, as in sep=;
    is_said = said.startswith("sep=") and len(first.strip()) == len("sep=;")
    mark = first.strip()[-1] if is_said else _delimiter(text, first)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    plain, formulas = "'" in text, '="' in text
    rows, lines = [], []
    whole = 0
    try:
        for row in reader:
            whole = reader.line_num
            if formulas:
                row = [_of_text_formula(cell) for cell in row]  # noqa: PLW2901 - the row as it is meant
            if row and (row[0].strip() or any(map(str.strip, row))):
                rows.append([plain_cell(cell) for cell in row] if plain else row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise _broken(text, mark, whole, str(error), place) from None
    _refuse_swallowed(rows, lines, mark, place)
    if is_said:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise InputError("is empty", file=place)
    _refuse_other_header(rows, lines, mark, place)
    return DeckTable(rows, lines, place, DeckSource("CSV", encoding=encoding, delimiter=mark))


def _of_text_formula(cell: str) -> str:
    """The text of a cell that spreadsheets write as a formula, so that it stays text: `="0044"` is 0044."""
    found = _TEXT_FORMULA.fullmatch(cell.strip())
    return cell if found is None else found[1].replace('""', '"')


def _broken(text: str, mark: str, whole: int, error: str, place: str) -> InputError:
    """What is wrong with the row after the first `whole` lines: the quote that opens, and does not close where it should."""
    rest = "".join(text.splitlines(keepends=True)[whole:])
    at, column, lines, new = 0, 1, 0, True
    while at < len(rest):
        if new and rest[at] == '"':
            end = _closing(rest, at + 1)
            after = rest[end + 1 : end + 2] if end >= 0 else ""
            if end < 0 or after not in ("", mark, "\r", "\n"):
                begin = rest[at + 1 :].partition("\n")[0].rstrip("\r")[:_SHOWN]
                quote = f"the quote before {begin!r}" if begin else "a quote at the end of the line"
                why = "never closes" if end < 0 else f"closes before {after!r}, within its cell"
                return InputError(
                    f"column {column}: {quote} {why}; close it behind the cell, take it away, or"
                    ' write "" for a quote that belongs to the text',
                    file=place,
                    line=whole + lines + 1,
                )
            lines += rest.count("\n", at, end)
            at = end
        column, lines = column + (rest[at] == mark), lines + (rest[at] == "\n")
        new = rest[at] in (mark, "\n")
        column = 1 if rest[at] == "\n" else column
        at += 1
    return InputError(f"is broken CSV: {error}; mend the row", file=place, line=whole + 1)


def _closing(text: str, at: int) -> int:
    """Where the quote stands that closes a cell; -1: nowhere. Two in a row are one of its text."""
    while (at := text.find('"', at)) >= 0 and text[at + 1 : at + 2] == '"':
        at += 2
    return at


def _refuse_other_header(rows: list[list[str]], lines: list[int], mark: str, place: str) -> None:
    """`InputError` for a header whose columns are divided otherwise than the rows below it."""
    if len(rows) < _FEWEST_CELLS or len(rows[0]) > 1 or not rows[1][0].strip().isdigit():
        return
    for other in _DELIMITERS:
        if other != mark and len(rows[0][0].split(other)) == len(rows[1]) > 1:
            raise InputError(
                f"has {other!r} between its headings, and {mark!r} between the cells below; write the same in all lines",
                file=place,
                line=lines[0],
            )


def _refuse_swallowed(rows: list[list[str]], lines: list[int], mark: str, place: str) -> None:
    """`InputError` for a quoted cell that goes on over a line end, and holds what looks like whole rows."""
    before = 0
    for row, line in zip(rows, lines, strict=True):
        if line - before > 1 and len(row) > _FEWEST_CELLS:
            for cell in row:
                for part in cell.splitlines()[1:]:
                    cells = [text.strip() for text in part.split(mark)]
                    if (
                        len(cells) == len(row)
                        and cells[0].isdigit()
                        and not part.replace(mark, "").isdigit()
                    ):
                        raise InputError(
                            f"a quoted cell holds {part!r}, which looks like a row of its own; mend the quotes",
                            file=place,
                            line=line,
                        )
        before = line


def deck_text(content: bytes, place: str, encoding: str | None) -> tuple[str, str]:
    """The name of the encoding that text is in, and the text: UTF-8, UTF-16 by its mark, else Windows' cp1252."""
    if encoding is not None:
        name, text = _decoded_as(content, place, encoding)
    elif content.startswith(_UTF16):
        name, text = _decoded_as(content, place, "utf-16")
    else:
        try:
            name, text = "utf-8", content.decode("utf-8-sig")
        except UnicodeDecodeError:
            name, text = "cp1252", not_utf8(content)
    if (nuls := text.count("\0")) and nuls * 8 < len(text) and not _BINARY.search(text):
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(
            "has a NUL character, as a broken transfer leaves one; fetch it again, or take the character out",
            file=place,
            line=line,
        )
    if nuls:
        raise InputError.advised(
            "is not a text file, or text without a mark of its encoding",
            'export the deck as CSV, or say encoding="utf-16-le"',
            shell="export the deck as CSV, or say --encoding utf-16-le",
            file=place,
        )
    return _NAMES.get(name, name), text


def _decoded_as(content: bytes, place: str, encoding: str) -> tuple[str, str]:
    try:
        name = codecs.lookup(encoding).name
        text = content.decode(name)
    except LookupError:
        what = f"{encoding!r} is no encoding that is known; as in utf-8, cp1251, gb18030"
        raise InputError(f"encoding: {what}", shell=f"--encoding: {what}") from None
    except UnicodeError as error:
        line = content[: getattr(error, "start", 0)].count(b"\n") + 1
        raise InputError.advised(
            f"is not {encoding} text",
            "say another encoding",
            shell="say another --encoding",
            file=place,
            line=line,
        ) from None
    return name, text.removeprefix("\ufeff")


def _delimiter(text: str, first: str) -> str:
    """What the first line has most of, where half of the rows are as wide by it; else what divides most rows alike.

    A title above the header may have no delimiter, or another.
    """
    usual = max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == ","))
    widths = {mark: _widths(text, mark) for mark in _DELIMITERS}
    of_first = next(iter(widths[usual]), 1)
    alike = Counter(widths[usual])[of_first]
    if of_first > 1 and alike * 2 >= len(widths[usual]):
        return usual

    def divided(mark: str) -> tuple[int, int, bool]:
        counts = Counter(width for width in widths[mark] if width > 1)
        width, rows = counts.most_common(1)[0] if counts else (1, 0)
        return rows, width, mark == usual

    return max(_DELIMITERS, key=divided)


def _widths(text: str, mark: str) -> list[int]:
    """How many cells the first rows have by a delimiter."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return [len(row) for row in islice(rows, _SAMPLE_ROWS) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []
