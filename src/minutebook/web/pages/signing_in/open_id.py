"""To the issuer of OpenID Connect, and back."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from minutebook.access.session import SignInRefused
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.web.cookies import drop_asking, kept_asking, set_asking
from minutebook.web.open_id import BACK, Asking, issuer_of
from minutebook.web.pages.signing_in.sign_in import entered, sign_in_page, visitor, way_on

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.open_id import OpenId

router = APIRouter()
_LONGEST: Final = 4000


@router.get("/sign-in/oidc")
def _to_issuer(
    request: Request, book: Served, wanted: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    asking = Asking(wanted=way_on(wanted))
    try:
        way = issuer_of(_chosen(book)).way(asking)
    except InputError as error:
        return sign_in_page(request, book, wanted, error=error.for_shell())
    response = RedirectResponse(way, HTTPStatus.SEE_OTHER)
    set_asking(request, response, asking.kept())
    return response


@router.get(BACK)
def _back(
    request: Request,
    book: Served,
    state: Annotated[str, Query(max_length=_LONGEST)] = "",
    code: Annotated[str, Query(max_length=_LONGEST)] = "",
    iss: Annotated[str | None, Query(max_length=_LONGEST)] = None,
) -> Response:
    asking = Asking.of(kept_asking(request))
    try:
        if asking is None or not secrets.compare_digest(asking.state.encode(), state.encode()):
            raise InputError("the answer is to no request of this browser; sign in again")
        if not code:
            raise InputError("the issuer let nobody in; sign in again")
        name = issuer_of(_chosen(book)).name_of(asking, code, iss)
    except InputError as error:
        response = sign_in_page(request, book, "/", error=error.for_shell())
    else:
        found = book.sessions.sign_in_known(name, **visitor(request))
        if isinstance(found, SignInRefused):
            said = f"{name} is no user of this book, or disabled; ask an administrator"
            response = sign_in_page(request, book, "/", error=said)
        else:
            response = entered(request, book, found, asking.wanted)
    drop_asking(request, response)
    return response


def _chosen(book: Book) -> OpenId:
    if book.settings.open_id is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    return book.settings.open_id
