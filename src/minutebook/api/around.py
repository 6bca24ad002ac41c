"""What surrounds every answer: from where it was asked, its headers, how long it took.

Plain ASGI: each of Starlette's middlewares by functions takes a task and two streams of its own a request, more than a small
answer takes.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from minutebook.book.clock import asked_over

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from minutebook.api.metrics import Metrics

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of an answer that says nothing else of them."""


class AroundAnswers:
    """An application whose answers have headers and are counted by `metrics`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is none, as the application's beginning and end, passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        client = scope.get("client")
        try:
            with asked_over(client[0] if client else None):
                await self._app(scope, receive, told)
        finally:
            self._metrics.count(scope, status, time.perf_counter() - begun)
