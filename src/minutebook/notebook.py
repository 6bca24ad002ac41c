"""How results look at Python's prompt and in a notebook: short, with amounts in their currency.

`Shown` gives a result both, from its fields; `Rows` is a list that a notebook shows as one table.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from minutebook import money
from minutebook.days import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

T = TypeVar("T")
_SHORT = 6
"""So many parts of a result that is within another are told at the prompt."""
_MOST_ROWS = 500
"""So many rows of a table are shown; a notebook keeps all that it shows."""


class Shown:
    """A dataclass that says briefly what it holds. It is declared with `repr=False`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The class and what its fields hold; of a field that holds several things, how many."""
        told = [
            f"{name}={_word(value, _currency_of(self))}"
            for name, value in _fields(self)
            if value is not None
        ]
        return f"{type(self).__name__}({', '.join(told)})"

    def _repr_html_(self) -> str:
        """A table of the fields, and one for each field that is a list of results."""
        facts = {name: value for name, value in _fields(self) if not _is_rows(value)}
        parts = [_table([(name, _cell(value)) for name, value in _flat(facts).items()])]
        for name, value in _fields(self):
            if _is_rows(value):
                parts.append(f"<p>{escape(_heading(name))}</p>{_rows(value)}")
        return "".join(parts)


class Rows(list[T]):
    """A list of results; a notebook shows it as a table."""

    def _repr_html_(self) -> str:
        return _rows(self)


def _fields(value: Any) -> list[tuple[str, Any]]:
    return [(f.name, getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_")]


def _currency_of(value: Any) -> str | None:
    found = getattr(value, "currency", None) or getattr(
        getattr(value, "account", None), "currency", None
    )
    return found if isinstance(found, str) else None


def _is_rows(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and bool(value) and all(map(is_dataclass, value))


def _word(value: Any, currency: str | None) -> str:
    """A value in a line of text."""
    if isinstance(value, Decimal):
        return f"{money.text(value)} {currency}" if currency else money.text(value)
    if isinstance(value, (str, Enum)):
        return repr(str(value))
    if isinstance(value, (datetime, date)):
        return _cell(value)
    if is_dataclass(value):
        names = [f.name for f in fields(value)]
        return str(getattr(value, "name", None) or f"<{', '.join(names[:_SHORT])}>")
    if isinstance(value, (tuple, list, dict, frozenset, set)):
        return f"<{len(value)}>" if any(map(is_dataclass, value)) else _cell(value) or "<0>"
    return _brief(value)


def _cell(value: Any) -> str:
    """A value in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return money.text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return instant_text(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return ", ".join(f"{_cell(key)} {_cell(each)}" for key, each in value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return ", ".join(map(_cell, value))
    if is_dataclass(value):
        return str(getattr(value, "name", None) or type(value).__name__)
    return str(value) if isinstance(value, (str, Enum, float)) else _brief(value)


def _brief(value: Any) -> str:
    """What holds more than a line has room for: a Polars frame by its shape, all else as text."""
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"<{' x '.join(f'{size:,}' for size in shape)} {type(value).__name__}>"
    return str(value)


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Parts of a result that are results themselves, with their own fields beside the others."""
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if is_dataclass(value) and not hasattr(value, "name"):
            flat |= {inner: each for inner, each in _fields(value) if not _is_rows(each)}
        else:
            flat[name] = value
    return flat


def _rows(results: Sequence[Any]) -> str:
    """Results of one kind, a row each."""
    if not results:
        return "<p>none</p>"
    if not all(map(is_dataclass, results)):
        return _table([(str(n), _cell(each)) for n, each in enumerate(results)])
    rows = [
        _flat({name: value for name, value in _fields(each) if not _is_rows(value)})
        for each in results[:_MOST_ROWS]
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(_heading(name))}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_td(row.get(name)) for name in names)}</tr>" for row in rows)
    more = len(results) - len(rows)
    rest = f"<p>… and {more:,} more</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _td(value: Any) -> str:
    number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    style = ' style="text-align:right"' if number else ""
    return f"<td{style}>{escape(_cell(value))}</td>"


def _table(facts: Iterable[tuple[str, str]]) -> str:
    rows = (
        f"<tr><th>{escape(_heading(name))}</th><td>{escape(cell)}</td></tr>" for name, cell in facts
    )
    return f"<table>{''.join(rows)}</table>"


def _heading(name: str) -> str:
    return name.replace("_", " ")
