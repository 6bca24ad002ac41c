"""The tables of worked numbers in docs/rules, read from the pages and put back into them.

A table whose numbers the tests run has a comment before it that says how:

    <!-- run: NAME -->       each row is computed by the check NAME (see `checks`)
    <!-- given: NAME -->     what the tables after it on the page go by

A check reads some of a row's columns and gives what belongs into others. What it neither reads nor
gives may hold words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "docs" / "rules"
PAGES = sorted(RULES.glob("*.md"))
_MARK = re.compile(r"^<!-- (run|given): (\w+) -->$")

Given = dict[str, list["Row"]]


@dataclass
class Row:
    """A row of a table: its line (1-based), its cells by heading, and which of them were read."""

    line: int
    cells: dict[str, str]
    given: Given
    read: set[str] = field(default_factory=set)

    def __getitem__(self, heading: str) -> str:
        self.read.add(heading)
        return self.cells[heading]

    def __contains__(self, heading: str) -> bool:
        return heading in self.cells

    def get(self, heading: str, default: str) -> str:
        """The cell, or what holds where the table has no such column or the cell is empty."""
        return (heading in self and self[heading]) or default


@dataclass
class Table:
    """A table of a page; `how` is "run", "given", or "" where no comment stands before it."""

    page: Path
    how: str
    name: str
    rows: list[Row]
    lines: range

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.lines.start}"


def each(check: Callable[[Row], dict[str, str]]) -> Callable[[list[Row]], list[dict[str, str]]]:
    """A check of rows that have nothing to do with one another."""
    return lambda rows: [check(row) for row in rows]


def tables(page: Path) -> Iterator[Table]:
    """The tables of a page, outside its fenced blocks."""
    lines = page.read_text("utf-8").splitlines()
    given: Given = {}
    mark, fenced, at = ("", ""), False, 0
    while at < len(lines):
        line = lines[at]
        fenced ^= line.startswith("```")
        found = _MARK.match(line)
        if found:
            mark = found[1], found[2]
        elif not fenced and line.startswith("|"):
            end = next((n for n in range(at, len(lines)) if lines[n][:1] != "|"), len(lines))
            headings = split(lines[at])
            rows = [
                Row(n + 1, dict(zip(headings, split(lines[n]), strict=True)), given)
                for n in range(at + 2, end)
            ]
            if mark[0] == "given":
                given[mark[1]] = rows
            yield Table(page, *mark, rows, range(at + 1, end + 1))
            at = end
            mark = ("", "")
        at += 1


def split(line: str) -> list[str]:
    """The cells of a line, without backquotes."""
    return [cell.replace("`", "").strip() for cell in cells_of(line)]


def cells_of(line: str) -> list[str]:
    """The cells of a line as they stand, empty ones too."""
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def update(page: Path, checks: Mapping[str, Callable[[list[Row]], list[dict[str, str]]]]) -> None:
    """Write what the checks give into the tables of a page."""
    lines = page.read_text("utf-8").splitlines()
    for table in list(tables(page)):
        if table.how != "run":
            continue
        for row, found in zip(table.rows, checks[table.name](table.rows), strict=True):
            headings = list(row.cells)
            cells = cells_of(lines[row.line - 1])
            cells += [""] * (len(headings) - len(cells))
            for heading, value in found.items():
                if row.cells[heading] != value:
                    cells[headings.index(heading)] = value
                    print(f"{page.name}:{row.line}: {heading}: {row.cells[heading]} -> {value}")
            lines[row.line - 1] = f"| {' | '.join(cells)} |"
    page.write_text("\n".join(lines) + "\n", "utf-8")
