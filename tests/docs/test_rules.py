"""The rules of the house are what is computed: each worked number is run, each citation leads to its rule."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.docs.pages import blocks
from tests.docs.rules.checks import CHECKS
from tests.docs.rules.tables import PAGES, ROOT, RULES, Table, each, tables, update

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

TABLES = [table for page in PAGES for table in tables(page)]
RUN = [table for table in TABLES if table.how == "run"]

NUMBERS_OF_NAMES = re.compile(
    r"\bUTF-(?:8|16)\b|\bWindows-1252\b|\bp95\b|\b95th percentile|\bQ\.850\b"
)
"""Numbers in the text that are a part of a name."""
CONSTANTS = {"1", "60", "0.95"}
"""Numbers that formulas may have: a step, seconds of a minute, the percentile."""

CITED = re.compile(r"docs/rules/(\w+\.md)((?:(?:,|\s+and)\s+\"[^\"]+\")*)")
CODE = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "examples")
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(__file__)
)
READ_BY_NO_CODE = {
    ("disputes.md", "A dispute in numbers"): "an example of the classes",
    ("switching.md", "What a change costs"): "says where other pages rule",
}
"""Headings that no code cites, and why."""


def _prose(page: Path) -> str:
    """A page without its fenced blocks, comments, tables and the targets of links."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    lines = [line for line in text.splitlines() if not line.startswith(("|", "<!--"))]
    return re.sub(r"\]\([^)]*\)", "]", "\n".join(lines))


@cache
def _headings(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#{2,} (.*)$", text, flags=re.MULTILINE)


_COMPUTED: dict[str, list[tuple[Row, dict[str, str]]]] = {}


def _computed(table: Table) -> list[tuple[Row, dict[str, str]]]:
    """The rows with what the program computes of them; once a table, as some take seconds."""
    if table.place not in _COMPUTED:
        rows = CHECKS[table.name](table.rows)
        _COMPUTED[table.place] = list(zip(table.rows, rows, strict=True))
    return _COMPUTED[table.place]


@pytest.mark.parametrize("table", RUN, ids=lambda table: table.place)
def test_worked_numbers_are_what_the_program_computes(table: Table) -> None:
    """Each row of a table, through the functions that bill; and no column goes unread."""
    assert table.name in CHECKS, f"{table.place}: there is no check {table.name}"
    for row, computed in _computed(table):
        where = f"{table.page.name}:{row.line}"
        assert computed, f"{where}: nothing of the row is computed"
        assert computed == {heading: row.cells[heading] for heading in computed}, where
        unread = [h for h, cell in row.cells.items() if h not in row.read and h not in computed]
        assert not any(re.search(r"\d", row.cells[heading]) for heading in unread), where


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_on_a_page_is_run(page: Path) -> None:
    """In the text, in tables that are not run and in formulas there is no number that nobody checks."""
    text = NUMBERS_OF_NAMES.sub("", _prose(page))
    assert not re.findall(r".*\d.*", text)
    for table in (table for table in TABLES if table.page == page and not table.how):
        for row in table.rows:
            assert not re.search(r"\d", "".join(row.cells.values())), f"{page.name}:{row.line}"
    for block in blocks(page.read_text("utf-8")):
        if block.language in ("console", "python") or block.file or block.output:
            continue
        assert set(re.findall(r"[\d.]*\d", "\n".join(block.lines))) <= CONSTANTS, block.line


def test_what_pages_go_by_is_read() -> None:
    """A table that others go by is read by them, all of its columns."""
    for table in RUN:
        _computed(table)
    for table in (table for table in TABLES if table.how == "given"):
        read = {heading for row in table.rows for heading in row.read}
        assert read == set(table.rows[0].cells), table.place


def test_every_check_is_used_and_every_mark_has_a_table() -> None:
    """Nothing that looks checked is not."""
    assert {table.name for table in RUN} == CHECKS.keys()
    marks = sum(len(re.findall("^<!-- ", page.read_text("utf-8"), re.MULTILINE)) for page in PAGES)
    assert marks == sum(bool(table.how) for table in TABLES)


def test_a_wrong_number_is_found_and_can_be_put_right(tmp_path: Path) -> None:
    """A page whose number was changed no longer agrees; `update` writes what is computed."""
    page = tmp_path / "page.md"
    page.write_text("# P\n\n<!-- run: double -->\n\n| n | twice |\n|---|---|\n| 2 | 5 |\n")
    checks = {"double": each(lambda row: {"twice": str(2 * int(row["n"]))})}
    (table,) = tables(page)
    assert checks["double"](table.rows) == [{"twice": "4"}]
    assert table.rows[0].cells["twice"] == "5"
    update(page, checks)
    assert page.read_text().endswith("| 2 | 4 |\n")
    page.write_text(
        "# P\n\n<!-- run: double -->\n\n| of | n | twice |\n|---|---|---|\n| | 3 | |\n| a | 2 | 5 |\n"
    )
    update(page, checks)
    assert page.read_text().endswith("|  | 3 | 6 |\n| a | 2 | 4 |\n")


def _citations() -> list[tuple[Path, int, str, list[str]]]:
    """Each citation in the code: file, line, page, headings."""
    found = []
    for path in CODE:
        text = path.read_text("utf-8")
        for match in CITED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            said = re.findall(r"\"([^\"]+)\"", match[2] or "")
            found.append((path, line, match[1], [re.sub(r"\s+", " ", one) for one in said]))
    return found


def test_every_citation_leads_to_its_rule() -> None:
    """The page is there and has the heading, word for word."""
    citations = _citations()
    assert citations
    for path, line, page, said in citations:
        where = f"{path.relative_to(ROOT)}:{line}"
        assert (RULES / page).exists(), where
        assert said, f"{where}: cites a page and no heading"
        assert not set(said) - set(_headings(RULES / page)), where


def test_every_rule_is_cited() -> None:
    """Whoever reads a rule finds the code that keeps to it; what none cites is listed with its reason."""
    cited = {(page, heading) for _, _, page, said in _citations() for heading in said}
    text = {page: page.read_text("utf-8") for page in PAGES}
    there = {
        (page.name, heading)
        for page in PAGES
        for heading in re.findall(r"^## (.*)$", text[page], flags=re.MULTILINE)
    }
    assert sorted(there - cited) == sorted(READ_BY_NO_CODE)


def test_no_page_is_cited_that_is_not_in_the_project() -> None:
    """Whatever a reader is sent to is there."""
    gone = re.compile(r"\b(domain|contract)\.md\b|(?<!\])\(formats\.md\b|\(contract[):]")
    folders = ("src", "tests", "docs", "benchmarks", "examples")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    for path in [*files, *ROOT.glob("*.md")]:
        if path.suffix in (".py", ".md", ".toml") and path != Path(__file__):
            assert not gone.findall(path.read_text("utf-8")), path


def test_every_page_is_in_the_index() -> None:
    """And says in its first words whom it is for."""
    index = set(re.findall(r"^\| \[(\w+\.md)\]", (RULES / "README.md").read_text(), re.MULTILINE))
    assert index == {page.name for page in PAGES} - {"README.md"}
    for page in PAGES:
        assert page.read_text("utf-8").split("\n\n", 2)[1].startswith("For "), page.name
