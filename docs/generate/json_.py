"""JSON: the keys that commands print, of the models of their results, woven into a text with examples.

The text is `json.md.template`. A line `[[BalanceView]]` in it stands for what prints that model and the
table of its keys. Its examples are mended by: python -m tests.docs.pages docs/generate/json.md.template
"""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from minutebook.show.results import RESULTS
from minutebook.show.serialise import Form, ModelRows, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.show.serialise import Key

TEMPLATE = Path(__file__).parent / "json.md.template"
_PLACE = re.compile(r"^\[\[(\w+)\]\]$", flags=re.MULTILINE)
_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any"}
_HEAD = "| key | type | meaning |\n|---|---|---|\n"


def page() -> str:
    """The whole page."""
    template = TEMPLATE.read_text("utf-8")
    models = {
        printed.model.__name__: printed.model for every in RESULTS.values() for printed in every
    }
    places = {
        name: f"{heading[3:]}"
        for heading, text in re.findall(r"^(## [^\n]*)\n(.*?)(?=^## |\Z)", template, re.M | re.S)
        for name in _PLACE.findall(text)
    }
    if len(places) != len(_PLACE.findall(template)) or set(places) != set(models):
        raise ValueError(f"each of these has one place in {TEMPLATE.name}: {sorted(models)}")
    return _PLACE.sub(lambda place: _described(models[place[1]], places), template)


def _described(model: type, places: dict[str, str]) -> str:
    """Who prints it, what it is, and its keys."""
    said = " ".join((model.__doc__ or "").split())
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(model, "", places, {}))
    return f"Printed by {_printed_by(model)}. {said}\n\n{_HEAD}{rows}".rstrip()


def _printed_by(model: type) -> str:
    return "; ".join(
        f"`{command}`{' ' * bool(printed.when)}{printed.when}{', a list of them' * printed.many}"
        for command, every in RESULTS.items()
        for printed in every
        if printed.model is model
    )


def _rows(
    model: type, path: str, places: dict[str, str], told: dict[type, str]
) -> Iterator[tuple[str, str, str]]:
    """A row a key, with those of objects within it after it, where they are not told elsewhere."""
    for key in keys_of(model):
        meaning = [key.meaning]
        inner = [part for part in map(_model_in, key.types) if part is not None]
        new = []
        for part in inner:
            if part.__name__ in places:
                heading = places[part.__name__]
                meaning.append(f"keys as in [{heading}](#{_anchor(heading)})")
            elif part in told:
                meaning.append(f"keys as in `{told[part]}`")
            else:
                new.append(part)
        here = f"{path}{key.name}"
        yield f"`{here}`", _type(key), "; ".join(dict.fromkeys(meaning))
        below = f"{here}[]." if _is_list(key) else f"{here}."
        keys: dict[str, tuple[str, str, str]] = {}
        for part in new:
            told[part] = below.rstrip(".")
            for row in _rows(part, below, places, told):
                keys.setdefault(row[0], row)
        yield from keys.values()


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _is_list(key: Key) -> bool:
    return any(get_origin(held) in (list, ModelRows) for held in key.types)


def _model_in(held: Any) -> type | None:
    """The model that a type holds: itself, or of its rows."""
    inner = get_args(held)[0] if get_origin(held) in (list, ModelRows) else held
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


def _type(key: Key) -> str:
    words = dict.fromkeys(_word(held, key.form) for held in key.types)
    said = " or ".join(words) + (" or null" if key.nullable else "")
    return f"{said}; or left out" if key.omittable else said


def _plural(word: str) -> str:
    first, *rest = word.split(" of ", 1)
    return " of ".join([first if first == "text" else f"{first}s", *rest])


def _word(held: Any, form: Form | None) -> str:
    form = next(
        (note for note in getattr(held, "__metadata__", ()) if isinstance(note, Form)), form
    )
    if get_origin(held) in (list, ModelRows):
        (item,) = get_args(held)
        return f"list of {'objects' if _model_in(held) else _plural(_word(item, None))}"
    if get_origin(held) is dict:
        value = get_args(held)[1]
        return "object" if value is Any else f"object of {_plural(_word(value, None))}"
    if form is not None:
        return form.name
    return _WORDS.get(held, "object")
