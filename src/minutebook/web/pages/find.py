"""An account, a call or a posting found by what is typed on the first page."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.errors import InputError
from minutebook.web.blocks import Field, PageForm
from minutebook.web.entry import viewing

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]
_POSTING: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]*)?", re.IGNORECASE)
"""An id of a posting, or its first part."""


def find_form() -> PageForm:
    """Asks for what is to be found."""
    field = Field("q", "Find an account, a call, a posting", hint="By its name or id.")
    return PageForm("/find", [field], "Show it", get=True)


@router.get("/find")
def _find(book: Served, session: Reader, q: str = "") -> Response:
    """To the page of what is meant; to the accounts whose names have it, where it is nothing else."""
    return RedirectResponse(_way(book, q.strip()), HTTPStatus.SEE_OTHER)


def _way(book: Book, wanted: str) -> str:
    if not wanted:
        return "/"
    accounts, sought = book.carrier().accounts, wanted.casefold()
    named = [
        one.name
        for one in accounts.values()
        if sought in (one.name.casefold(), one.title.casefold())
    ]
    if len(named) == 1:
        return f"/accounts/{named[0]}"
    if _POSTING.fullmatch(wanted) and _there(lambda: book.statements.explain_charge(wanted)):
        return f"/charges/{wanted.lower()}"
    if _there(lambda: book.statements.explain_call(wanted)):
        return f"/calls/{quote(wanted, safe='')}"
    return f"/accounts?{urlencode({'q': wanted})}"


def _there(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except InputError:
        return False
    return True
