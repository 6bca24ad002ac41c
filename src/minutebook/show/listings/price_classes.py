"""The column that says of which band, jurisdiction, origin or caller's prefix a line is, where prices differ so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from minutebook.show.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

PRICE_CLASS: Final = Column("price_class", "Class", shown=False)
"""CSV always has it; a table where a line says it."""


def with_class_column(columns: list[Column], rows: Iterable[dict[str, Any]]) -> list[Column]:
    """The columns of a table, with that of the class where a row has one."""
    shown = any(row["price_class"] is not None for row in rows)
    return [replace(column, shown=shown) if column == PRICE_CLASS else column for column in columns]
