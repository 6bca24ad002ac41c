"""Tables as a terminal shows them: aligned, folded to its width, amounts with one precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cli.tables import widths
from minutebook.show.cells import amount_places, cell_texts, with_decimals
from minutebook.words import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minutebook.show.tables import Column, Sheet

_BOLD = "\x1b[1m{}\x1b[0m"
_EDGE, _HANG = "  ", 2


def tables_text(
    sheets: Sequence[Sheet], width: int | None, *, whole: bool = False, styled: bool = False
) -> str:
    """The sheets as tables, each with its title and notes.

    No line is wider than `width` cells (None: unlimited); `whole` tables are as wide as they are.
    `styled`: titles and headings are bold on a terminal.
    """
    bold = _BOLD if styled else "{}"
    places = amount_places(sheets)
    found: list[str] = []
    for sheet in sheets:
        columns = [column for column in sheet.columns if column.shown]
        texts = [cell_texts(column, [*sheet.rows, *sheet.foot], places) for column in columns]
        kept, sizes, gap = _sizes(columns, texts, None if whole else width)
        gone = [column.key for n, column in enumerate(columns) if n not in kept]
        notes = [with_decimals(note, places) for note in sheet.notes]
        if not columns:
            found += ["", *(line for note in notes for line in _lines(note, width))]
            continue
        if gone:
            notes.insert(
                0,
                f"Not shown, for want of width: {', '.join(gone)}; see them with --wide, or choose"
                f" columns as in --columns {columns[0].key},{gone[-1]}",
            )
        if sheet.title:
            found += map(bold.format, _lines(with_decimals(sheet.title, places), width))
        sizes, rows = _rows([columns[n] for n in kept], [texts[n] for n in kept], sizes)
        edge = _EDGE if gap > widths.GAP else ""
        lines = [[edge + (" " * gap).join(line).rstrip() for line in row] for row in rows]
        rule = "─" * (sum(sizes) + gap * (len(sizes) - 1) + len(edge))
        found += ["", *map(bold.format, lines[0]), edge[1:] + rule]
        ends = len(lines) - len(sheet.foot)
        found += (line for row in lines[1:ends] for line in row)
        if sheet.foot:
            found += [edge[1:] + rule, *(line for row in lines[ends:] for line in row)]
        found += ["", *(line for note in notes for line in _lines(note, width))]
    return "".join(line + "\n" for line in found)


def _lines(text: str, width: int | None) -> list[str]:
    text = harmless(text)
    return [text] if width is None else widths.folded(text, width, _HANG)


def _sizes(
    columns: Sequence[Column], texts: Sequence[Sequence[str]], width: int | None
) -> tuple[list[int], list[int], int]:
    """Which columns are shown, how wide each is, and the gap between them."""
    wholes = [
        max(widths.cells(line) for text in (column.heading, *values) for line in text.split("\n"))
        for column, values in zip(columns, texts, strict=True)
    ]
    kept, gap = list(range(len(columns))), widths.GAP + 1
    if width is None or sum(wholes) + gap * (len(wholes) - 1) + 2 * widths.GAP <= width:
        return kept, wholes, gap
    needs = [
        widths.need(c.heading, values, c.drop, text=not c.right, folds=c.folds)
        for c, values in zip(columns, texts, strict=True)
    ]
    return *widths.fitted(needs, width), widths.GAP


def _rows(
    columns: Sequence[Column], texts: Sequence[Sequence[str]], sizes: Sequence[int]
) -> tuple[list[int], Iterator[list[tuple[str, ...]]]]:
    """The widths that folding leaves, and the heading and the rows, each in lines of cells."""
    folded = [
        [widths.folded(text, size) for text in (column.heading, *values)]
        for column, values, size in zip(columns, texts, sizes, strict=True)
    ]
    tallest = max((len(heading) for heading, *_ in folded), default=0)
    for cells in folded:
        cells[0] = [""] * (tallest - len(cells[0])) + cells[0]  # headings end on one line
    needed = [max(widths.cells(line) for cell in cells for line in cell) for cells in folded]

    def lines_of(row: Sequence[list[str]]) -> list[tuple[str, ...]]:
        height = max(map(len, row))
        cells = (
            [_aligned(line, size, column) for line in (*cell, *[""] * (height - len(cell)))]
            for cell, size, column in zip(row, needed, columns, strict=True)
        )
        return list(zip(*cells, strict=True))

    return needed, map(lines_of, zip(*folded, strict=True))


def _aligned(line: str, size: int, column: Column) -> str:
    blanks = " " * (size - widths.cells(line))
    return blanks + line if column.right else line + blanks
