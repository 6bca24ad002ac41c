"""A table's rows as HTML: column by column, as most of a page is cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.tables import Column
    from minutebook.web.blocks import PageTable, Row

_BETWEEN: Final = "\0"
_SHORT: Final = 40
"""A cell of more letters may break into lines."""


def rows_as_html(table: PageTable) -> Markup:
    """The rows of a table, and its rows of sums where it has any; each row's first cell is its heading."""
    sheet = table.sheet
    columns = [
        _cells(table, column, [*sheet.rows, *sheet.foot], "td" if n else 'th scope="row"')
        for n, column in enumerate(table.columns)
    ]
    rows = [f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True)]
    body = len(sheet.rows)
    parts = (("tbody", rows[:body]), ("tfoot", rows[body:]))
    lines = [line for name, found in parts if found for line in (f"<{name}>", *found, f"</{name}>")]
    return Markup("\n".join(lines))


def _cells(table: PageTable, column: Column, rows: Sequence[Row], tag: str) -> list[str]:
    """A column's cells, in `tag`s."""
    texts, lead = table.texts(column, rows), table.leads.get(column.key)
    safe, end = _escaped(texts), f"</{tag[:2]}>"
    plain = f'<{tag} class="number">' if column.right else f"<{tag}>"
    begins = [
        plain if column.right or len(text) <= _SHORT else f'<{tag} class="text">' for text in texts
    ]
    if lead is None:
        return [begin + text + end for begin, text in zip(begins, safe, strict=True)]
    ways = [lead(row) if text else None for text, row in zip(texts, rows, strict=True)]
    return [
        f'{begin}<a href="{escape(way)}">{text}</a>{end}' if way else begin + text + end
        for begin, text, way in zip(begins, safe, ways, strict=True)
    ]


def _escaped(texts: Sequence[str]) -> list[str]:
    """Texts as HTML has them: escaped all at once, as to escape is little work, and to call for it is much."""
    found = str(escape(_BETWEEN.join(texts))).split(_BETWEEN)
    return found if len(found) == len(texts) else [str(escape(text)) for text in texts]
