"""Answers: the models that commands print, and what of them a customer is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from minutebook.access.roles import Role
from minutebook.show.for_customers import as_customers_json
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from minutebook.access.key import AccessKey


def answer(result: Any, key: AccessKey | None = None, **more: Any) -> JSONResponse:
    """A model, or a list of them, as the commands print it; `more` keys beside those of a model. To the `key` of a
    customer without what a customer is not told.
    """
    customer = key is not None and key.role is Role.CUSTOMER
    value = as_customers_json(result) if customer else as_json(result)
    return JSONResponse(value | more if more else value)
