"""Signing in and out."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from minutebook.access.session import SignedIn, SignInRefused
from minutebook.api.entry import Served
from minutebook.errors import InputError
from minutebook.web.blocks import Block, Field, Links, PageForm
from minutebook.web.cookies import cookie_of, drop_cookie, set_cookie
from minutebook.web.doing import SentForm, check_own_site
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
_MOST_FIELDS: Final = 20
_LONGEST: Final = 100_000
_LOCAL: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""A path of ours: no other host, no backslash that a browser takes for a slash, no blank."""
_HERE: Final = ("/sign-in", "/sign-out")


async def _form(request: Request) -> FormData:
    """What a form has sent before there is a session."""
    check_own_site(request)
    return await request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=_LONGEST)


SignInForm = Annotated[FormData, Depends(_form)]


@router.get("/sign-in")
def _asked(
    request: Request, book: Served, wanted: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    token = cookie_of(request)
    if token is not None and book.sessions.of(token) is not None:
        return RedirectResponse(way_on(wanted), HTTPStatus.SEE_OTHER)
    return sign_in_page(request, book, wanted)


@router.post("/sign-in")
def _sign_in(request: Request, book: Served, form: SignInForm) -> Response:
    name, wanted = _said(form, "name"), _said(form, "next")
    try:
        found = book.sessions.sign_in(name, _said(form, "password"), **visitor(request))
    except InputError as error:
        return sign_in_page(request, book, wanted, name, error.for_shell())
    if isinstance(found, SignInRefused):
        return sign_in_page(request, book, wanted, name, str(found))
    if found.code_needed:
        response = _code_page(request, wanted)
        set_cookie(request, response, found.token)
        return response
    return entered(request, book, found, wanted)


@router.post("/sign-in/code")
def _enter_code(request: Request, book: Served, form: SignInForm) -> Response:
    wanted, token = _said(form, "next"), cookie_of(request)
    try:
        found: SignedIn | SignInRefused = SignInRefused("late")
        if token is not None:
            found = book.sessions.enter_code(token, _said(form, "code"), **visitor(request))
    except InputError as error:
        return _code_page(request, wanted, error.for_shell())
    if isinstance(found, SignedIn):
        return entered(request, book, found, wanted)
    if found.why == "late":
        return sign_in_page(request, book, wanted, "", str(found))
    return _code_page(request, wanted, "the code is wrong" if found.why == "wrong" else str(found))


@router.post("/sign-out")
def _sign_out(request: Request, book: Served, sent: SentForm) -> Response:
    del sent
    token = cookie_of(request)
    if token is not None:
        book.sessions.end(token)
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_cookie(request, response)
    return response


def entered(request: Request, book: Book, found: SignedIn, wanted: str) -> Response:
    """On to what was wanted, with a session of its own; the one that the browser had before ends."""
    before = cookie_of(request)
    if before is not None and before != found.token:
        book.sessions.end(before)
    way = "/me/password" if found.must_change_password else way_on(wanted)
    response = RedirectResponse(way, HTTPStatus.SEE_OTHER)
    set_cookie(request, response, found.token)
    return response


def visitor(request: Request) -> dict[str, str | None]:
    """Where somebody asks from."""
    address = None if request.client is None else request.client.host
    return {"address": address, "agent": request.headers.get("user-agent")}


def way_on(wanted: str) -> str:
    """Where to go once signed in: to a page of ours, whatever a link says."""
    good = _LOCAL.fullmatch(wanted) and not wanted.startswith(_HERE)
    return wanted if good else "/"


def _said(form: FormData, name: str) -> str:
    said = form.get(name, "")
    return said if isinstance(said, str) else ""


def sign_in_page(
    request: Request, book: Book, wanted: str, name: str = "", error: str | None = None
) -> Response:
    """The form of name and password, with what was wrong; and the way to the issuer, where there is one."""
    fields = [
        Field("name", "Name", value=name, autocomplete="username"),
        Field("password", "Password", type="password", autocomplete="current-password"),
    ]
    form = PageForm("/sign-in", fields, "Sign in", hidden={"next": way_on(wanted)}, error=error)
    blocks: list[Block] = [form]
    if book.settings.open_id is not None:
        way = f"/sign-in/oidc?next={quote(way_on(wanted), safe='')}"
        blocks.append(
            Links([(f"Sign in at {urlsplit(book.settings.open_id.issuer).hostname}", way)])
        )
    return page(request, None, "Sign in", blocks, status=_status(error))


def _code_page(request: Request, wanted: str, error: str | None = None) -> Response:
    field = Field(
        "code", "Code", autocomplete="one-time-code",
        hint="Of your authenticator, or a recovery code.",
    )  # fmt: skip
    form = PageForm(
        "/sign-in/code", [field], "Sign in", hidden={"next": way_on(wanted)}, error=error
    )
    return page(request, None, "The second factor", [form], status=_status(error))


def _status(error: str | None) -> int:
    return HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
