"""The values that apply files hold: days, prices, names; each refused with what to write instead."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from minutebook.days import FIRST_DAY, LAST_DAY
from minutebook.errors import InputError
from minutebook.money import currency, parse_amount, parse_price, parse_seconds_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def input_error(make: Any) -> Any:
    """A validator from a parser that raises InputError: pydantic wants ValueError."""

    def validate(value: Any) -> Any:
        try:
            return make(value)
        except InputError as error:
            raise ValueError(error.message) from None

    return BeforeValidator(validate)


LIMIT_OF_LIMITS = 10**12
"""No debit limit reaches it: what does is a slip of the keyboard."""
MOST_SECONDS = 999_999
"""Of a step's beginning and a pulse, as of an increment."""
MOST_CHANNELS = 10_000_000
"""No account buys more: what is above is a slip of the keyboard."""


def _day(value: Any) -> date:
    day = _date(value)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is not a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError(
            "is an instant; terms and deployments are whole UTC days: write a date alone"
        )
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{as_written(value)} is not a date, as in 2026-10-01") from None
    if isinstance(value, date):
        return value
    raise ValueError(f"{as_written(value)} is not a date, as in 2026-10-01")


def _digits(value: Any) -> str:
    text = str(value).removeprefix("+")
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"{as_written(value)} is not a number's first digits, as in 4420")
    return text


def _limit(value: Any) -> Decimal:
    amount = parse_amount(value)
    if abs(amount) >= LIMIT_OF_LIMITS:
        raise InputError(
            f"amount {as_written(value)} is out of range; it must be below {LIMIT_OF_LIMITS:,}"
        )
    return amount


def _currency(value: Any) -> str:
    return currency(str(value))


def _zone(value: Any) -> Any:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(str(value))
    except Exception:
        raise ValueError(
            f"{as_written(value)} is not an IANA time zone, as in Europe/Berlin"
        ) from None
    return value


Zone = Annotated[str, BeforeValidator(_zone)]
Day = Annotated[date, BeforeValidator(_day)]
Price = Annotated[Decimal, input_error(parse_price)]
Limit = Annotated[Decimal, input_error(_limit)]
GraceMs = Annotated[int, input_error(partial(parse_seconds_ms, what="grace_seconds"))]
Currency = Annotated[str, input_error(_currency)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Digits = Annotated[str, input_error(_digits)]


_MOST_SHOWN = 40  # characters


class TomlTable(BaseModel):
    """A table of an apply file: unknown keys are errors, and no type is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


def wrong_value(kind: str, value: Any, limits: Mapping[str, Any]) -> str:
    """What is wrong with a value that Pydantic refuses as of a `kind`, and what to write instead."""
    match kind:
        case "dict_type" | "model_type":
            return f"{as_written(value)} is not a table of keys; write it as {{ key = value }}"
        case "list_type":
            return f"{as_written(value)} is not a list; put it in brackets: [ … ]"
        case "int_type":
            return (
                f"{as_written(value)} is not a whole number; write one, without quotes or decimals"
            )
        case "bool_type":
            return (
                f"{as_written(value)} is neither true nor false; write one of them, without quotes"
            )
        case "string_type":
            return f"{as_written(value)} is not a text; write one in quotes"
        case "string_too_short":
            return "is empty; write a text of at least one character"
        case "string_too_long":
            most = limits["max_length"]
            return f"is a text of {len(value)} characters; write at most {most}"
        case "greater_than_equal":
            return f"{as_written(value)} is too little; write {limits['ge']:,} or more"
        case "less_than_equal":
            return f"{as_written(value)} is too much; write {limits['le']:,} or less"
        case _:
            raise AssertionError(f"no words for {kind}")


def as_written(value: Any) -> str:
    """A value for a message, as TOML has it, or the beginning of it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def keys_at(document: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The keys that a document's table may have; `place` is the way to it, without its name."""
    tables = [document]
    for part in place:
        found = [
            inner
            for table in tables
            for name, field in table.model_fields.items()
            if part == (field.alias or name)
            for inner in _tables_of(field.annotation)
        ]
        tables = found or tables  # a number in a list, or which of several tables it could be
    return [field.alias or name for table in tables for name, field in table.model_fields.items()]


def _tables_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _tables_of(argument)
