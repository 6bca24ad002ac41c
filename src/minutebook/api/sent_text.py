"""Bodies that may be sent as JSON, or as the one text that matters in them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from minutebook.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

Body = TypeVar("Body", bound=BaseModel)

TEXT: Final = "text/plain"
_MOST_BYTES: Final = 16_000_000
"""So many bytes such a body has at most."""


def body_shape(model: type[BaseModel]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that is JSON, or text."""
    json_ = {"schema": model.model_json_schema()}
    said = {"application/json": json_, TEXT: {"schema": {"type": "string"}}}
    return {"requestBody": {"required": True, "content": said}}


async def body_of(
    request: Request, model: type[Body], field: str, beside: Mapping[str, Any]
) -> Body:
    """The body of a request: JSON, or with text/plain the text of `field`, and what was said `beside` it in the address."""
    sent = bytearray()
    async for data in request.stream():
        sent += data
        if len(sent) > _MOST_BYTES:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body has more than {_MOST_BYTES:,} bytes; send it in parts",
            )
    plain = request.headers.get("content-type", "").split(";")[0].strip().lower() == TEXT
    try:
        text = sent.decode("utf-8")
        value = {field: text, **beside} if plain else json.loads(text)
    except UnicodeDecodeError:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "the body is no text in UTF-8; send one"
        ) from None
    except (json.JSONDecodeError, RecursionError):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"the body is no JSON; send an object, or {TEXT}"
        ) from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(wrong) from None
