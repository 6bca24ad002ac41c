"""Which tables of North American numbers were imported: kept with the changes of what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cards.number_table import NumberTable, NumberTableKind
from minutebook.ledger import change_log

if TYPE_CHECKING:
    from minutebook.ledger.connection import Connection

_KIND = "numbering"


def add(connection: Connection, table: NumberTable) -> None:
    """Keep that a table was imported: cards that are imported from now on go by it."""
    said = {"sha256": table.sha256, "rows": table.rows, "file": table.file}
    before = newest(connection, table.kind)
    was = None if before is None else {"sha256": before.sha256, "file": before.file}
    change = (_KIND, str(table.kind), was, said)
    change_log.keep(connection, table.imported_by, [change], "numbering import")


def every(connection: Connection) -> list[NumberTable]:
    """Every table that was imported, in order of time."""
    return [
        NumberTable(NumberTableKind(name), after["rows"], after["file"], after["sha256"], at, by)
        for name, after, at, by in connection.execute(
            "select name, after, declared_at, declared_by from declaration"
            " where kind = %s order by declaration",
            [_KIND],
        )
    ]


def newest(connection: Connection, kind: NumberTableKind) -> NumberTable | None:
    """The last table of a kind that was imported."""
    return next((one for one in reversed(every(connection)) if one.kind is kind), None)
