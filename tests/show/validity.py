"""What is wrong with a JSON value, held against the model that it is said to be of."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, get_args, get_origin

from minutebook.show.results import RESULTS, Printed
from minutebook.show.serialise import Form, Key, ModelRows, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
_FORMS = {
    "amount": re.compile(r"-?\d+\.\d{2,10}"),
    "rate": re.compile(r"-?\d+(\.\d+)?"),
    "month": re.compile(r"\d{4}-\d\d"),
    "instant": re.compile(_INSTANT),
    "instant or always": re.compile(rf"{_INSTANT}|always"),
}


def command_of(words: Sequence[str]) -> str:
    """The command that a line calls, as `RESULTS` names it."""
    named = [word for word in words if not word.startswith("-")]
    for length in (3, 2):
        if " ".join(named[:length]) in RESULTS:
            return " ".join(named[:length])
    return f"{named[0]} show" if f"{named[0]} show" in RESULTS else named[0]


def printed_as(command: str, value: Any) -> Printed:
    """Which of a command's results a value is, exactly; else `AssertionError` with what is wrong."""
    wrong = {}
    for printed in RESULTS[command]:
        if isinstance(value, list) == printed.many:
            found = [
                line
                for item in (value if printed.many else [value])
                for line in faults(item, printed.model, command)
            ]
            if not found:
                return printed
            wrong[printed.model.__name__] = found
    raise AssertionError(f"{command} prints none of its results: {wrong}")


def faults(value: Any, model: type, path: str) -> Iterator[str]:
    """A line each: keys that are missing, too many or out of order, and values of another type."""
    if not isinstance(value, dict):
        yield f"{path} is no object"
        return
    keys = {key.name: key for key in keys_of(model)}
    expected = [name for name, key in keys.items() if name in value or not key.omittable]
    if list(value) != expected:
        yield f"{path} has the keys {list(value)}, not {expected}"
        return
    for name, item in value.items():
        yield from _of_key(item, keys[name], f"{path}.{name}")


def _of_key(value: Any, key: Key, path: str) -> Iterator[str]:
    if value is None and key.nullable:
        return
    wrong = [list(_of_type(value, held, key.form, path)) for held in key.types]
    if all(wrong):
        yield from min(wrong, key=len)


def _of_type(value: Any, held: Any, form: Form | None, path: str) -> Iterator[str]:
    form = next((n for n in getattr(held, "__metadata__", ()) if isinstance(n, Form)), form)
    origin = get_origin(held)
    if origin in (list, ModelRows):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for n, item in enumerate(value):
            yield from _of_type(item, get_args(held)[0], None, f"{path}[{n}]")
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{path} is no object"
        elif get_args(held)[1] is not Any:
            for name, item in value.items():
                yield from _of_type(item, get_args(held)[1], None, f"{path}.{name}")
    elif form is not None:
        if not isinstance(value, str) or not _is_of_form(value, form.name):
            yield f"{path} is {value!r}, no {form.name}"
    elif isinstance(held, type) and is_dataclass(held):
        yield from faults(value, held, path)
    elif held is not Any and not (type(value) is held or (held is float and type(value) is int)):
        yield f"{path} is {value!r}, no {held.__name__}"


def _is_of_form(value: str, name: str) -> bool:
    if name == "day":
        return date.fromisoformat(value).isoformat() == value
    return _FORMS[name].fullmatch(value) is not None
