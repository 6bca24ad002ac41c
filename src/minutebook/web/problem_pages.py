"""What is wrong with a request of a browser, as a page, in the words of the problem documents."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from minutebook.web.blocks import Block, Links, Words
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_PROGRAMS: Final = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")


def show_problems(app: FastAPI) -> None:
    """Problems of pages are pages; those of the API stay documents."""
    for kind, handler in list(app.exception_handlers.items()):
        if handler.__module__.startswith("minutebook."):
            app.add_exception_handler(kind, _as_page(handler))


def _as_page(handler: Any) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def shown(request: Request, error: Exception) -> Response:
        response: Response = await handler(request, error)
        if request.url.path.startswith(_PROGRAMS) or not hasattr(response, "body"):
            return response
        if response.headers.get("content-type") != "application/problem+json":
            return response
        told = json.loads(bytes(response.body))
        blocks: list[Block] = [
            Words([_sentence(told["detail"], request)], alarming=True),
            Links([("To the first page", "/")]),
        ]
        return page(request, None, told["title"], blocks, status=response.status_code)

    return shown


def _sentence(detail: str, request: Request) -> str:
    """With a capital, unless it begins with the name of what was asked: that stands as it is written."""
    begins = re.split(r"[ =]", detail, maxsplit=1)[0]
    return detail if begins in request.query_params else detail[:1].upper() + detail[1:]
