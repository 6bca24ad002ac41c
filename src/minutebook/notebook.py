"""How results look at Python's prompt and in a notebook: short, with amounts in their currency.

`Shown` gives a result both, from its fields; `Rows` is a list that a notebook shows as one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from minutebook import money
from minutebook.days import instant_text
from minutebook.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")
_LINE = 60
"""A list is told at the prompt in so many letters; of a longer one, how many things it holds.
A text is cut at twice as many."""
_MOST_ROWS = 500
"""So many rows of a table are shown; a notebook keeps all that it shows."""
_FOUR_DECIMALS = money.Rounding(money.Method.HALF_EVEN, 4)
"""Of what is not rounded, money among it: it never becomes a float."""
_PLAIN = (int, float, Decimal, Fraction, str, date, UUID)
_UNITS = frozenset(("numerator", "units"))
"""Fields that count the ledger's own units: beside them stand the amounts."""


class Shown:
    """A dataclass that says briefly what it holds. It is declared with `repr=False`.

    `_TOLD`: the fields and properties that the prompt tells; where it is empty, all fields.
    `_PARTS`: the field whose parts, which name their whole, are the rows of a list of such results.
    """

    __slots__ = ()
    _TOLD: ClassVar[tuple[str, ...]] = ()
    _PARTS: ClassVar[str] = ""

    def __repr__(self) -> str:
        """What the fields hold, and of a field that holds several things, how many."""
        currency = _currency_of(self)
        told = [
            f"{name}={_word(value, currency)}"
            for name, value in _at_prompt(self).items()
            if value is not None and (hasattr(value, "name") or not _is_result(value))
        ]
        return f"{type(self).__name__}({', '.join(told)})"

    def _repr_html_(self) -> str:
        """A table of what it holds, one for each list of results in it, and its steps numbered."""
        facts = _flat(self)
        steps = list(facts.pop("steps", ()))
        facts = {name: found for name, found in facts.items() if not steps or found != tuple(steps)}
        rows = {name: found for name, found in facts.items() if _is_rows(found)}
        one = [(name, _cell(found)) for name, found in facts.items() if name not in rows]
        return (
            _facts(one)
            + "".join(
                f"<p>{escape(_heading(name))}</p>{_rows(found)}" for name, found in rows.items()
            )
            + _numbered(steps)
        )


class Explained(Shown):
    """A result that is told by its `steps`, numbered, at the prompt and in a notebook."""

    __slots__ = ()
    steps: Any

    def __repr__(self) -> str:
        return "\n".join(f"{n:>3}. {step}" for n, step in enumerate(self.steps, 1))

    def _repr_html_(self) -> str:
        return _numbered(map(str, self.steps))


class Rows(list[T]):
    """A list of results; a notebook shows it as a table."""

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self)) if _are_explained(self) else super().__repr__()

    def _repr_html_(self) -> str:
        if _are_explained(self):
            return "".join(map(Explained._repr_html_, self))  # type: ignore[arg-type]  # all are
        return _rows(self)


def _are_explained(results: Sequence[Any]) -> bool:
    return bool(results) and all(isinstance(each, Explained) for each in results)


def _is_result(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _is_helper(value: object) -> bool:
    """Whether a result only holds together a part of another."""
    return _is_result(value) and not isinstance(value, Shown) and not hasattr(value, "name")


def _is_rows(value: object) -> bool:
    return isinstance(value, (tuple, list)) and bool(value) and all(map(_is_result, value))


def _held(value: Any, *, properties: bool = True) -> dict[str, Any]:
    """A result's fields, and its properties, but for counts of the ledger's own units."""
    names = [field.name for field in fields(value)]
    if properties:
        names += [name for name, of in vars(type(value)).items() if isinstance(of, property)]
    shown = (name for name in names if name not in _UNITS and not name.startswith("_"))
    held = {name: _in_words(getattr(value, name)) for name in shown}
    return {name: each for name, each in held.items() if _is_told(each)}


def _at_prompt(value: Any) -> dict[str, Any]:
    """What the prompt tells of a result."""
    told = type(value)._TOLD
    return {n: _in_words(getattr(value, n)) for n in told} or _held(value, properties=False)


def _in_words(value: Any) -> Any:
    """A fact, or each of several, as its sentence."""
    if isinstance(value, (tuple, list)) and any(isinstance(each, Fact) for each in value):
        return type(value)(map(_in_words, value))
    return str(value) if isinstance(value, Fact) else value


def _is_told(value: Any) -> bool:
    """Whether a value says something to people; machinery within a result does not."""
    if isinstance(value, Mapping):
        return all(map(_is_told, (*value.keys(), *value.values())))
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(map(_is_told, value))
    return value is None or isinstance(value, _PLAIN) or _is_result(value) or _is_frame(value)


def _is_frame(value: Any) -> bool:
    return hasattr(value, "shape")


def _flat(value: Any) -> dict[str, Any]:
    """What a result holds; of helpers in it, what they hold, beside the rest."""
    flat: dict[str, Any] = {}
    for name, found in _held(value).items():
        if _is_helper(found):
            for inner, each in _held(found).items():
                if not (_is_rows(each) or _is_helper(each)):
                    flat.setdefault(inner, each)
        elif isinstance(found, Mapping) and found and all(map(_is_result, found.values())):
            flat[name] = [_Named(_cell(key), each) for key, each in found.items()]
        else:
            flat[name] = found
    return flat


@dataclass(frozen=True)
class _Named:
    """An entry of a mapping, as a row."""

    key: str
    of: Any


def _currency_of(value: Any) -> str | None:
    """The currency of a result's amounts, where it or its account says it."""
    for holder in (value, getattr(value, "account", None), getattr(value, "plan", None)):
        if isinstance(currency := getattr(holder, "currency", None), str):
            return currency
    return None


def _word(value: Any, currency: str | None) -> str:
    """A value in a line of text."""
    if isinstance(value, Decimal) and currency:
        return f"{money.text(value)} {currency}"
    if isinstance(value, Enum):
        return repr(str(value))
    if isinstance(value, str):
        return repr(value if len(value) <= 2 * _LINE else f"{value[: 2 * _LINE]}…")
    if isinstance(value, (tuple, list)) and (_is_rows(value) or len(_cell(value)) > _LINE):
        return f"<{len(value)} {type(value[0]).__name__}>"
    if isinstance(value, Mapping):
        return f"{{{_cell(value)}}}" if len(_cell(value)) <= _LINE else f"<{len(value)} entries>"
    return f"({_cell(value)})" if isinstance(value, (tuple, list)) else _cell(value)


def _cell(value: Any) -> str:
    """A value in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case Decimal():
            return money.text(value)
        case Fraction() | float():
            exact = _FOUR_DECIMALS.of(value) if isinstance(value, Fraction) else value
            return f"{exact:,.4f}".rstrip("0").rstrip(".")
        case datetime():
            return instant_text(value)
        case Mapping():
            return ", ".join(f"{_cell(key)} {_cell(each) or 'none'}" for key, each in value.items())
        case tuple() | list() | set() | frozenset():
            return ", ".join(map(_cell, value))
    if _is_frame(value):
        return f"{value.shape[0]:,} rows"
    return str(value.name) if _is_result(value) and hasattr(value, "name") else str(value)


def _rows(results: Sequence[Any]) -> str:
    """Results of one kind, a row each."""
    if not results:
        return "<p>none</p>"
    if not _is_rows(results):
        return _facts([(str(n), _cell(each)) for n, each in enumerate(results, 1)])
    rows = [row for each in results[:_MOST_ROWS] for row in _of_parts(each)]
    names = list(rows[0])
    head = "".join(f"<th>{escape(_heading(name))}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_td(row.get(name)) for name in names)}</tr>" for row in rows)
    more = len(results) - _MOST_ROWS
    rest = f"<p>… and {more:,} more</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _of_parts(result: Any) -> list[dict[str, Any]]:
    """The row of a result in a list; or of each of its parts, and beside it what holds of all."""
    row = _flat(result)
    parts = row.pop(getattr(result, "_PARTS", ""), None)
    if not parts:
        return [row]
    return [_flat(part) | {key: row[key] for key in row if key != "name"} for part in parts]


def _td(value: Any) -> str:
    value = len(value) if _is_rows(value) else value
    number = isinstance(value, (int, Decimal, Fraction, float)) and not isinstance(value, bool)
    style = ' style="text-align:right"' if number else ""
    return f"<td{style}>{escape(_cell(value))}</td>"


def _numbered(steps: Iterable[str]) -> str:
    """Steps as a numbered list, where there are some."""
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    return items and f"<ol>{items}</ol>"


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = (
        f"<tr><th>{escape(_heading(name))}</th><td>{_lines(cell)}</td></tr>" for name, cell in facts
    )
    return f"<table>{''.join(rows)}</table>"


def _lines(cell: str) -> str:
    """A text of several lines keeps them."""
    return f"<pre>{escape(cell)}</pre>" if "\n" in cell else escape(cell)


def _heading(name: str) -> str:
    return name.replace("_", " ")
