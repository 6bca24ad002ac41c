"""Tables of pages: whatever a cell says stays text, and each cell stands in its column."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import PageTable
from minutebook.web.table_rows import rows_as_html
from minutebook.words import harmless

COLUMNS = (Column("name", "Name"), Column("said", "Said"), Column("calls", "Calls", number=True))


class Read(HTMLParser):
    """The rows of a table as a browser reads them: tag, class, where it leads, text of each cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[list[Any]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([tag, held.get("class"), None, ""])
        elif tag == "a":
            self.rows[-1][-1][2] = held["href"]

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1][3] += data.strip("\n")


def table(rows: list[dict[str, Any]], foot: list[dict[str, Any]] | None = None) -> PageTable:
    leads = {"said": lambda row: f"/x?{row['said']}&y=1"}
    return PageTable(Sheet(COLUMNS, rows, foot=foot or []), leads)


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60), st.integers(0, 9))))
def test_a_cell_is_text_whatever_it_says(given_rows: list[tuple[str, str, int]]) -> None:
    """Tags, quotes, NULs, ends of lines: nothing of it is HTML, and none falls into another cell."""
    rows = [dict(zip(("name", "said", "calls"), row, strict=True)) for row in given_rows]
    made = str(rows_as_html(table(rows)))
    assert (made.count("<td"), made.count("<th")) == (2 * len(rows), len(rows))
    assert made.count("<a ") == sum(1 for row in rows if row["said"])
    for row in rows:
        assert (
            f">{escape(harmless(row['name'])).replace('&#x27;', '&#39;').replace('&quot;', '&#34;')}</th>"
            in made
        )


def test_a_row_is_read_as_it_was_given() -> None:
    """The first cell heads it, numbers are laid out as such, long texts may break, and sums stand apart."""
    long = "a sentence of so many letters that it breaks into lines"
    made = rows_as_html(
        table(
            [{"name": "a<b", "said": "", "calls": 7}], [{"name": long, "said": "c&d", "calls": 12}]
        )
    )
    assert made.index("<tbody>") < made.index("</tbody>") < made.index("<tfoot>")
    assert Read(str(made)).rows == [
        [["th", None, None, "a<b"], ["td", None, None, ""], ["td", "number", None, "7"]],
        [["th", "text", None, long], ["td", None, "/x?c&d&y=1", "c&d"], ["td", "number", None, "12"]],
    ]  # fmt: skip


def test_a_table_without_rows_has_none() -> None:
    assert rows_as_html(table([])) == ""
