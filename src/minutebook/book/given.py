"""What callers of the library hand in, made sure of: texts, numbers, days, instants, files.

`checked` makes sure of all that a method takes, by its annotations.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import wraps
from os import PathLike as OfSystem
from pathlib import Path
from typing import Any, TypeVar

import minutebook
from minutebook.days import FIRST_DAY, LAST_DAY, in_order
from minutebook.errors import InputError

T = TypeVar("T", bound=Callable[..., Any])
PathLike = str | Path
"""A file's path."""
_LONGEST = 60
"""So many letters of what was handed in are repeated."""


def checked(method: T) -> T:
    """A function that first makes sure of its arguments, as they are annotated.

    None passes where the annotation has it; of `first` and `last`, the earlier day is first.
    """
    signature = inspect.signature(method)
    kinds = {
        name: (check, "None" in alternatives)
        for name, parameter in signature.parameters.items()
        if (alternatives := str(parameter.annotation).split(" | "))
        if (check := _CHECKS.get(" | ".join(a for a in alternatives if a != "None")))
    }

    @wraps(method)
    def sure(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        for name, (check, optional) in kinds.items():
            if name in bound.arguments and not (optional and bound.arguments[name] is None):
                bound.arguments[name] = check(bound.arguments[name], name)
        if {"first", "last"} <= kinds.keys():
            first, last = (bound.arguments.get(name) for name in ("first", "last"))
            if first is not None and last is not None:
                in_order(first, last)
        return method(*bound.args, **bound.kwargs)

    return sure  # type: ignore[return-value]  # it takes and gives what the method does


def text(value: str, name: str) -> str:
    """A name, a reference, a reason."""
    if not isinstance(value, str):
        raise InputError(f"{name} is {_said(value)}, not a text; pass one, in quotes")
    if "\0" in value:
        raise InputError(f"{name} is {_said(value)}; pass it without its NUL character")
    return value


def whole(value: int, name: str) -> int:
    """A count, or the number of a revision."""
    if not isinstance(value, int) or isinstance(value, bool):
        meant = value if isinstance(value, str) and value.isdecimal() else "one, as 1"
        raise InputError(f"{name} is {_said(value)}, not a whole number; pass {meant}")
    return value


def fraction(value: Fraction, name: str) -> Fraction:
    """A share, exact."""
    if not isinstance(value, Fraction | int) or isinstance(value, bool):
        raise InputError(f"{name} is {_said(value)}, not a fraction; pass one, as Fraction(1, 5)")
    return Fraction(value)


def day(value: date, name: str) -> date:
    """A UTC day; `InputError` for a text, an instant, or a day that is a slip of the keyboard."""
    if isinstance(value, datetime):
        raise InputError(f"{name} is an instant, {value}; pass its day: {_day(value)}")
    if not isinstance(value, date):
        raise InputError(f"{name} is {_said(value)}, not a date; pass {_day(_read(value))}")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise InputError(f"{name} is {value}, not a day from {FIRST_DAY} to {LAST_DAY}")
    return value


def instant(value: datetime, name: str) -> datetime:
    """An instant in UTC; `InputError` for a text, a day, or a time without an offset."""
    if not isinstance(value, datetime):
        raise InputError(f"{name} is {_said(value)}, not an instant; pass {_instant(_read(value))}")
    if value.tzinfo is None:
        raise InputError(
            f"{name} is {value}, without an offset from UTC; pass {_instant(value)}, or its own zone"
        )
    return value.astimezone(UTC)


def path(value: PathLike | OfSystem[str], name: str) -> Path:
    """A path of a file or a folder."""
    if not isinstance(value, str | OfSystem):
        raise InputError(f"{name} is {_said(value)}, not a path; pass one, as a text or a Path")
    return Path(text(str(value), name))


def files(value: PathLike | Iterable[PathLike], name: str) -> list[Path]:
    """Paths of files; one path is one file."""
    if isinstance(value, str | OfSystem) or not isinstance(value, Iterable):
        return [path(value, name)]
    return [path(file, name) for file in value]


def texts(value: str | Iterable[str], name: str) -> list[str]:
    """Several texts; one text is one."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [text(value, name)]
    return [text(each, name) for each in value]


def link(value: Any, name: str) -> tuple[int, str]:
    """A link of the book's chain: its number and its hash."""
    if not isinstance(value, tuple) or [type(each) for each in value] != [int, str]:
        raise InputError(f"{name} is {_said(value)}, not a link; pass what book.runs.chain() gave")
    return value[0], value[1]


def waiting_records(value: Any, name: str) -> Any:
    """Records that wait in quarantine."""
    if "id" not in getattr(value, "columns", ()):
        raise InputError(
            f"{name} is {_said(value)}, not records in quarantine; pass rows of book.calls.quarantine()"
        )
    return value


def _mapping(of: Callable[[Any, str], Any]) -> Callable[[Any, str], dict[str, Any]]:
    """Texts with something to each."""

    def mapping(value: Mapping[str, Any], name: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise InputError(f"{name} is {_said(value)}, not a mapping; pass a dict")
        return {text(key, name): of(each, f"{name}[{key!r}]") for key, each in value.items()}

    return mapping


def _result(kind: str, do: str) -> Callable[[Any, str], Any]:
    """An object of a class that the library exports."""

    def result(value: Any, name: str) -> Any:
        if not isinstance(value, getattr(minutebook, kind)):
            raise InputError(f"{name} is {_said(value)}, not of {kind}; pass {do}")
        return value

    return result


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "str": text,
    "By": text,
    "By | Iterable[By]": texts,
    "int": whole,
    "Fraction": fraction,
    "date": day,
    "datetime": instant,
    "PathLike": path,
    "PathLike | Iterable[PathLike]": files,
    "str | Iterable[str]": texts,
    "Sequence[str]": texts,
    "Mapping[str, str]": _mapping(text),
    "Mapping[str, int]": _mapping(whole),
    "Mapping[str, Any]": _mapping(lambda value, _: value),
    "pl.DataFrame": waiting_records,
    "tuple[int, str]": link,
    "Review": _result("Review", "what book.fit.review() gave"),
    "RunResult": _result("RunResult", "what book.runs.bill() gave"),
    "Card": _result("Card", "what book.cards.show() gave"),
    "Revision": _result("Revision", "one of book.cards.show(card).revisions"),
    "Terms": _result("Terms", "minutebook.Terms(…)"),
    "Assumptions": _result("Assumptions", "minutebook.Assumptions(…)"),
}
"""How to make sure of an argument, by its annotation without None."""


def _said(value: object) -> str:
    """What was handed in, on one line."""
    words = " ".join(repr(value).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _read(value: object) -> date:
    """The day or instant that a value was meant to be, for an example of how to pass it."""
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return datetime(2026, 10, 1)


def _day(value: date) -> str:
    return f"date({value.year}, {value.month}, {value.day})"


def _instant(value: date) -> str:
    parts = [value.year, value.month, value.day]
    if isinstance(value, datetime):
        clock = [value.hour, value.minute, value.second]
        while clock and not clock[-1]:
            clock.pop()
        parts += clock
    return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"
