"""The application with its pages: what `minutebook serve` answers."""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from minutebook.api.application import LARGEST_UPLOAD, application
from minutebook.web.entry import SignInNeeded
from minutebook.web.pages import find, overview
from minutebook.web.pages.accounts import (
    account_changes,
    account_list,
    account_prices,
    accounts,
    fit,
    parked,
    payments,
    reversing,
)
from minutebook.web.pages.administration import (
    declare,
    declared_things,
    deeds,
    keys,
    users,
    webhooks,
)
from minutebook.web.pages.books import disputes, earned, money, months, providers
from minutebook.web.pages.prices import card_revisions, decks, prices, routes
from minutebook.web.pages.records import (
    correct_call,
    correct_days,
    correct_file,
    corrections,
    discarded,
    imports,
    new_imports,
    quarantine,
    traces,
    unpriced,
)
from minutebook.web.pages.signing_in import me, open_id, sign_in
from minutebook.web.pages.work import jobs, schedules
from minutebook.web.problem_pages import show_problems

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

    from minutebook.book import Book

_ASKED_MOST: Final = (accounts.router, traces.router, overview.router)
"""Looked at before all others when it is searched which page is asked for; none of their paths is another's."""
_PAGES: Final = (
    find.router,
    fit.router,
    parked.router,
    earned.router,
    deeds.router,
    jobs.router,
    declare.router,
    declared_things.router,
    months.router,
    card_revisions.router,
    decks.router,
    prices.router,
    routes.router,
    providers.router,
    account_changes.router,
    account_prices.router,
    account_list.router,
    money.router,
    new_imports.router,
    imports.router,
    correct_call.router,
    correct_days.router,
    correct_file.router,
    corrections.router,
    discarded.router,
    quarantine.router,
    unpriced.router,
    disputes.router,
    schedules.router,
    sign_in.router,
    open_id.router,
    me.router,
    users.router,
    keys.router,
    webhooks.router,
    reversing.router,
    payments.router,
)


_READY: Final = 4
"""Tables of prices that stay in memory: what pages and requests ask for again and again."""


def site(book: Book, largest_upload: int = LARGEST_UPLOAD) -> FastAPI:
    """The application over an open book: the API, and the pages of the portal. A file of more than `largest_upload` bytes is
    refused.
    """
    book.keep_prices_ready(_READY)
    app = application(book, largest_upload, first=_ASKED_MOST)
    app.mount("/static", _Kept(directory=str(files("minutebook.web") / "static")))
    for router in _PAGES:
        app.include_router(router, include_in_schema=False)
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    show_problems(app)
    return app


class _Kept(StaticFiles):
    """Files that a browser keeps: a new version of the program asks for them by other addresses."""

    def file_response(self, *given: Any, **more: Any) -> Response:
        """As it is, to be kept for a day."""
        response = super().file_response(*given, **more)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


async def _to_sign_in(_: Request, needed: Exception) -> Response:
    assert isinstance(needed, SignInNeeded)
    return RedirectResponse(needed.way, HTTPStatus.SEE_OTHER)
