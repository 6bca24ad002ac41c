"""What is wrong with a request, as a problem document (RFC 9457), in the words of the commands."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from minutebook.errors import DatabaseError, InputError, LedgerError, MinutebookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE: Final = "application/problem+json"
_log = logging.getLogger("minutebook.api")


class ProblemError(Exception):
    """A request that is not answered: the status, and why, in a sentence."""

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.detail, self.headers = status, detail, dict(headers or {})
        super().__init__(detail)


@contextmanager
def not_there() -> Iterator[None]:
    """What the library does not find by its name is not there, in its words."""
    try:
        yield
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None


class FieldError(InputError):
    """What is wrong with a field of a form."""

    def __init__(self, field: str, what: str) -> None:
        self.field = field
        super().__init__(what)


def handle_problems(app: FastAPI) -> None:
    """Whatever goes wrong in an application is answered by a problem document."""
    app.add_exception_handler(ProblemError, _of_problem)
    app.add_exception_handler(MinutebookError, _of_error)
    app.add_exception_handler(RequestValidationError, _of_words)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _unforeseen)


def problem(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    return JSONResponse(body, status.value, dict(headers or {}), MEDIA_TYPE)


async def _of_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)
    return problem(error.status, error.detail, error.headers)


async def _of_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MinutebookError)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, DatabaseError):  # who asks runs no command again
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if isinstance(error, LedgerError):
        status = HTTPStatus.CONFLICT
    return problem(status, error.for_shell())


async def _of_words(_: Request, error: Exception) -> JSONResponse:
    """What a request says that is no value of its kind, or leaves out."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        what = f"the body is no JSON: {first['ctx']['error'].lower()}; send an object"
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, what)
    where = " ".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    match first["type"]:
        case "missing":
            said = "is missing; add it"
        case "string_type":
            said = "is no string; send it in quotes"
        case "extra_forbidden":
            said = "is nothing that is asked for; leave it out"
        case _:
            said = f"is wrong: {first['msg'].lower()}"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{where} {said}")


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        what = "the body is no text in UTF-8; send an object of JSON"
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, what)
    detail = f"{error.detail}; see /openapi.json for what there is"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = (
            f"{request.method} is not asked of {request.url.path}; see /openapi.json for what is"
        )
    return problem(status, detail, error.headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: told in the log, and of it no more than that to who asks."""
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "the request failed by a fault of the program, which is in its log; nothing was done: please report it",
    )
