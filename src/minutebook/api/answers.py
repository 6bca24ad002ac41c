"""Answers: the models that commands print, and what of them a customer is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse

from minutebook.access.roles import Role
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from minutebook.access.key import AccessKey

NOT_FOR_CUSTOMERS: Final = {
    "BalanceView": ("status_reason",),
    "StatementView": ("suspension", "status_changes", "set_aside"),
    "CallView": ("source", "file", "line"),
}
"""By model, the keys that a customer is not told: a carrier's reasons, files and people (docs/rules/access.md, "Roles")."""


def answer(result: Any, key: AccessKey | None = None, **more: Any) -> JSONResponse:
    """A model, or a list of them, as the commands print it; `more` keys beside those of a model. To the `key` of a
    customer without `NOT_FOR_CUSTOMERS`.
    """
    value = as_json(result)
    if key is not None and key.role is Role.CUSTOMER:
        hidden = {name for names in NOT_FOR_CUSTOMERS.values() for name in names}
        value = _without(value, hidden)
    return JSONResponse(value | more if more else value)


def _without(value: Any, keys: set[str]) -> Any:
    match value:
        case dict():
            return {key: _without(held, keys) for key, held in value.items() if key not in keys}
        case list():
            return [_without(held, keys) for held in value]
    return value
