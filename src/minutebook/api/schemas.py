"""The shapes of answers in the OpenAPI document: those of the models that commands print."""

from __future__ import annotations

import json
import re
from dataclasses import is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from minutebook.api.problems import MEDIA_TYPE
from minutebook.api.tables import MEDIA_TYPES
from minutebook.show.account_prices import AccountPricesView
from minutebook.show.attention import AttentionView
from minutebook.show.for_customers import keys_hidden
from minutebook.show.months import MonthStandingsView, MonthToCloseView
from minutebook.show.results import RESULTS
from minutebook.show.review.offered import OfferedReviewView
from minutebook.show.serialise import ModelRows, keys_of

if TYPE_CHECKING:
    from minutebook.show.serialise import Key

_PLAIN: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}
_FORMS: Final[dict[str, dict[str, Any]]] = {
    "day": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "instant or always": {
        "anyOf": [{"type": "string", "format": "date-time"}, {"const": "always"}]
    },
    "month": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "rate": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong, and what to do"},
    },
}
_TOLD: Final = {
    401: "No key was sent, or it opens nothing",
    403: "The key's role has no right to it",
    404: "There is no such thing that the key may see",
    422: "What was sent is wrong: `detail` says what to send",
    503: "The book's database is away",
}

_OF_REQUESTS: Final = (
    AccountPricesView,
    AttentionView,
    MonthStandingsView,
    MonthToCloseView,
    OfferedReviewView,
)
"""Models that no command prints as they are."""
ROWS: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}},
}
"""Rows of a table whose columns no model says."""
_OF_POSTS: Final = {409: "The ledger refused, or the same request is being done"}


def responses(
    *models: type,
    more: dict[str, Any] | None = None,
    posts: bool = False,
    accepted: bool = False,
    many: bool = False,
    tables: bool = False,
    shape: dict[str, Any] | None = None,
    files: tuple[str, ...] = (),
) -> dict[int | str, dict[str, Any]]:
    """What a route answers, for the OpenAPI document: one of some models; with `more` keys; or a problem.

    `posts`: the route does something, and tells by 201 that it was new. `accepted`: it has something done, and tells so by 202. `many`: a list of them.
    `tables`: as CSV, Arrow and Parquet too. `shape`: JSON that is no model's; `files`: a file of one of these media types instead.
    """
    parts = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    if shape is None:
        shape = parts[0] if len(parts) == 1 else {"anyOf": parts}
    if many:
        shape = {"type": "array", "items": shape}
    if more:
        shape = {"allOf": [shape, {"type": "object", "properties": more, "required": list(more)}]}
    shapes: dict[str, Any] = {"application/json": {"schema": shape}}
    if files:
        shapes = {
            media: {"schema": {} if media == "application/json" else {"type": "string"}}
            for media in files
        }
    if tables:
        shapes |= {media: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()}
    done = {"description": "As the command prints it", "content": shapes}
    wrong: dict[str, Any] = {
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    }
    told = _TOLD | (_OF_POSTS if posts or accepted else {})
    problems: dict[int | str, dict[str, Any]] = {
        status: {"description": what, **wrong} for status, what in sorted(told.items())
    }
    if accepted:
        return {202: done, **problems}
    return {200: done, **({201: done} if posts else {}), **problems}


def models_named(paths: dict[str, Any]) -> list[type]:
    """The models that the paths of a document name."""
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(paths)))
    printed = [one.model for every in RESULTS.values() for one in every]
    known = {model.__name__: model for model in [*printed, *_OF_REQUESTS]}
    return [model for name, model in known.items() if name in named]


def components(models: list[type]) -> dict[str, Any]:
    """The schemas of some models and of all within them, by name."""
    found: dict[str, Any] = {"Problem": _PROBLEM}
    waiting = list(models)
    while waiting:
        model = waiting.pop()
        if model.__name__ in found:
            continue
        keys, hidden = keys_of(model), keys_hidden(model)
        found[model.__name__] = {
            "type": "object",
            "description": " ".join((model.__doc__ or "").split()),
            "required": [key.name for key in keys if not key.omittable and key.name not in hidden],
            "properties": {key.name: _described(key, hidden) for key in keys},
        }
        waiting += [inner for key in keys for held in key.types for inner in _models_in(held)]
    return dict(sorted(found.items()))


def _described(key: Key, hidden: frozenset[str]) -> dict[str, Any]:
    shapes = [dict(_FORMS[key.form.name])] if key.form else [_shape(held) for held in key.types]
    if key.nullable:
        shapes.append({"type": "null"})
    unique = [shape for n, shape in enumerate(shapes) if shape not in shapes[:n]]
    shape = unique[0] if len(unique) == 1 else {"anyOf": unique}
    if {} in unique:  # anything
        shape = {}
    meaning = key.meaning + ("; not told to a customer" if key.name in hidden else "")
    return shape | {"description": meaning}


def _shape(held: Any) -> dict[str, Any]:
    origin, inside = get_origin(held), get_args(held)
    if held in _PLAIN:
        return {"type": _PLAIN[held]}
    if is_dataclass(held) and isinstance(held, type):
        return {"$ref": f"#/components/schemas/{held.__name__}"}
    if origin in (list, tuple, ModelRows):
        return {"type": "array", "items": _shape(inside[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _shape(inside[1])}
    if isinstance(held, type) and issubclass(held, StrEnum):
        return {"type": "string", "enum": [one.value for one in held]}
    return {}


def _models_in(held: Any) -> list[type]:
    if is_dataclass(held) and isinstance(held, type):
        return [held]
    return [model for part in get_args(held) for model in _models_in(part)]
