"""Results as JSON: what a model's fields say of its keys, and the one way from a model to JSON.

A *model* is a frozen dataclass that a door prints: its fields are the keys, in their order, each
`Annotated` with its meaning (`Doc`). `None` is null. A key that is a word of Python has an
underscore after it: `from_` is "from". A key that is not always there may be `OMITTED`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from annotated_doc import Doc

from minutebook import money
from minutebook.days import instant_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

Model = TypeVar("Model")


class Omitted(Enum):
    """A key that is left out."""

    OMITTED = "omitted"


OMITTED = Omitted.OMITTED


@dataclass(frozen=True, slots=True)
class Form:
    """How values of a field are written, where its type alone does not say it; and the name of that."""

    name: str
    text: Callable[[Any], str]


def _rate(value: Decimal) -> str:
    return money.text(value, 0)


def _six_decimals(value: Fraction) -> str:
    return money.text(money.Rounding(money.Method.HALF_EVEN, 6).of(value))


def _month(value: date) -> str:
    return f"{value:%Y-%m}"


Day = Annotated[date, Form("day", date.isoformat)]
"""A UTC day: text as in 2026-10-01."""
Instant = Annotated[datetime, Form("instant", instant_text)]
"""An instant: RFC 3339 in UTC."""
Amount = Annotated[Decimal, Form("amount", money.text)]
"""Money: text with two decimals or as many as there are."""
Rate = Annotated[Decimal, Form("rate", _rate)]
"""A rate, a fee or the cost of one call: text with as many decimals as there are."""
Owed = Annotated[Fraction, Form("amount", _six_decimals)]
"""Money that is not rounded: text with six decimals at most."""
Month = Annotated[date, Form("month", _month)]
"""A month by its first day: text as in 2026-10."""


class ModelRows(list[dict[str, Any]], Generic[Model]):
    """Rows of a frame as JSON, with the keys of a model; for results of many rows."""

    @classmethod
    def of(
        cls, model: type[Model], frame: pl.DataFrame, **ready: Sequence[Any]
    ) -> ModelRows[Model]:
        """A row of each of the frame's, whose columns are named as the model's fields.

        `ready`: values of fields that the frame has not, as JSON.
        """
        keys = keys_of(model)
        columns = [
            ready[key.field] if key.field in ready else key.all_as_json(frame[key.field].to_list())
            for key in keys
        ]
        names = [key.name for key in keys]
        return cls(dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a model: the field, its name in JSON, what it may hold (null and left out apart), its
    form where it has one, and what it means."""

    field: str
    name: str
    types: tuple[Any, ...]
    nullable: bool
    omittable: bool
    form: Form | None
    meaning: str

    def as_json(self, value: Any) -> Any:
        """A value of the field, as JSON."""
        if self.form is None or value is None or value is OMITTED:
            return as_json(value)
        return self.form.text(value)

    def all_as_json(self, values: list[Any]) -> list[Any]:
        """Many values of the field, as JSON."""
        if self.form is None and set(self.types) <= _PLAIN:
            return values
        return list(map(self.as_json, values))


_PLAIN = {bool, int, float, str}
"""What `json` writes as it is."""

_KNOWN: dict[type, tuple[Key, ...]] = {}


def keys_of(model: type) -> tuple[Key, ...]:
    """The keys of a model, in their order; `TypeError` where one has no meaning."""
    if model not in _KNOWN:
        hints = get_type_hints(model, include_extras=True)
        _KNOWN[model] = tuple(_key(model, f.name, hints[f.name]) for f in fields(model))
    return _KNOWN[model]


def _key(model: type, name: str, hint: Any) -> Key:
    notes = getattr(hint, "__metadata__", ())
    meaning = next((note.documentation for note in notes if isinstance(note, Doc)), None)
    if not meaning:
        raise TypeError(f"{model.__name__}.{name} has no Doc that says what it means")
    held = get_args(hint)[0]
    parts = get_args(held) if isinstance(held, UnionType) or get_origin(held) is Union else (held,)
    notes += tuple(note for part in parts for note in getattr(part, "__metadata__", ()))
    return Key(
        field=name,
        name=name.removesuffix("_"),
        types=tuple(part for part in parts if part not in (NoneType, Omitted)),
        nullable=NoneType in parts,
        omittable=Omitted in parts,
        form=next((note for note in notes if isinstance(note, Form)), None),
        meaning=meaning,
    )


def as_json(value: Any) -> Any:
    """A model, or what a field of one holds, as what `json` writes; `TypeError` for anything else.

    Amounts become text, days and instants RFC 3339 in UTC.
    """
    if value is None or type(value) in _PLAIN or isinstance(value, ModelRows):
        return value
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if is_dataclass(value):
        return _model_as_json(value)
    return _scalar(value)


def _model_as_json(value: Any) -> dict[str, Any]:
    made = {}
    for key in keys_of(type(value)):
        item = getattr(value, key.field)
        if item is None or (key.form is None and type(item) in _PLAIN):
            made[key.name] = item  # as most are
        elif item is not OMITTED:
            made[key.name] = key.as_json(item)
    return made


def _scalar(value: Any) -> str:
    match value:
        case StrEnum():
            return value.value
        case Decimal():
            return money.text(value)
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} {value!r} has no form in JSON")
