"""Apply files: the tables of keys within a page that is written by hand.

A table stands under `<!-- keys: CLASS -->`, and is made from that class of the grammar: types, limits
and defaults from Pydantic, the meaning from what stands beneath each field. A last sentence "Left
out: …" is the default, where the grammar itself has none.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import griffe
from docs.generate.tables import table
from pydantic import BaseModel

from minutebook.calls.readers import formats
from minutebook.declarations import (
    band_table,
    card_table,
    document,
    fx_table,
    plan_table,
    provider_table,
    schedule_table,
    short_calls_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo

PAGE = Path(__file__).parents[1] / "reference" / "apply.md"

_MARKED = re.compile(r"(<!-- keys: (\w+) -->\n)(?:\|.*\n)*")
_LEFT_OUT = re.compile(r"^(.*?) ?Left out: (.*)\.$", flags=re.DOTALL)
_TYPES = {
    Decimal: "money",
    date: "day",
    str: "text",
    int: "whole number",
    bool: "`true`, `false`",
    dict: "table",
}
_OF_KEYS = {
    "currency": "three capital letters",
    "grace_seconds": "number in quotes",
    "free_seconds": "number in quotes",
    "percent": "number in quotes",
    "below_seconds": "whole number, or number in quotes, 1 to 3,600",
    "share_over": "number in quotes, 0 to below 1",
    "days": "list of days",
    "weights": "table of numbers in quotes, by card",
    "gateway": 'as `"sip:203.0.113.5:5060"`',
    "increment": 'as `"60/6"`',
    "format": ", ".join(f'`"{name}"`' for name in formats.NAMES)
    + ", or [one of a package](../engineer/own-reader.md)",
}
"""What a type alone does not say."""
_GRAMMAR = (
    plan_table,
    short_calls_table,
    band_table,
    card_table,
    provider_table,
    fx_table,
    schedule_table,
    document,
)


def page() -> str:
    """The page with its tables as the grammar has them."""
    return _MARKED.sub(lambda found: found[1] + _keys(found[2]), PAGE.read_text("utf-8"))


@cache
def _package() -> griffe.Object:
    """The package, read once for all tables of keys."""
    package = griffe.load("minutebook")
    assert isinstance(package, griffe.Module)
    return package


def _keys(name: str) -> str:
    module = next(one for one in _GRAMMAR if hasattr(one, name))
    model: type[BaseModel] = getattr(module, name)
    model.model_rebuild()
    said = _package()[f"{module.__name__.removeprefix('minutebook.')}.{name}"].all_members
    rows = []
    for field, info in model.model_fields.items():
        meaning = said[field].docstring
        assert meaning is not None, f"{name}.{field}: say beneath it what it means"
        left_out = _LEFT_OUT.match(meaning.value)
        text, default = left_out.groups() if left_out else (meaning.value, _default(info))
        text = text.removesuffix(".")
        key = info.alias or field
        rows.append((f"`{key}`", _type(key, info), default, text))
    return table(("key", "type or values", "default", "meaning"), rows)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    default = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, str):
        return f'`"{default}"`'
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return "none" if default is None or default in ([], {}, ()) else str(default)


def _type(key: str, info: FieldInfo) -> str:
    return _OF_KEYS.get(key) or _words(info.annotation, info.metadata)


def _words(annotation: Any, metadata: Iterable[Any]) -> str:
    """A type in words; `metadata` is what Pydantic found around it."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(f'`"{value}"`' for value in arguments)
    if hasattr(annotation, "__metadata__"):
        return _words(arguments[0], _flat(annotation.__metadata__))
    if get_origin(annotation) is list:
        return f"list of {_words(arguments[0], ())}s"
    if get_origin(annotation) in (Union, UnionType):
        return _words(arguments[0], metadata)
    base = get_origin(annotation) or annotation
    if issubclass(base, Enum):
        return ", ".join(f'`"{member.value}"`' for member in base)
    limits = {
        name: getattr(one, name) for one in metadata for name in ("ge", "le") if hasattr(one, name)
    }
    words = "table" if issubclass(base, BaseModel) else _TYPES[base]
    if "le" in limits:
        return f"{words}, {limits['ge']} to {limits['le']:,}"
    return f"{words}, {limits['ge']} or more" if limits else words


def _flat(metadata: Iterable[Any]) -> list[Any]:
    """Annotations, with those within Pydantic's `Field(…)` laid open."""
    return [inner for one in metadata for inner in getattr(one, "metadata", [one])]
