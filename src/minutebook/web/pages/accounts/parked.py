"""What runs parked, as it is beyond the bounds of what an account is used to: seen, let pass, or held back."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.errors import InputError
from minutebook.show.listings.parked import PARKED
from minutebook.show.parked import ParkedView
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.ACCOUNTS))]
Runner = Annotated[Session, Depends(viewing(Right.RUNS))]
_AT: Final = "/parked"
_PASS: Final = "pass"
_HOLD: Final = "hold"
_LETTERS: Final = 16


@router.get(_AT)
def _parked(request: Request, book: Served, session: Reader) -> Response:
    return _shown(request, book, session)


@router.post(_AT + "/{what}")
def _decide(request: Request, book: Served, sent: SentForm, session: Runner, what: str) -> Response:
    """Let what is parked of an account, or of all, be posted by the next run; or hold it back."""
    if what not in (_PASS, _HOLD):
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")

    def do() -> str:
        if sent["seen"] != _seen(_view(book)):
            raise InputError("what is parked is no longer what was shown; look at it again")
        if not sent["reason"]:
            raise FieldError("reason", "the reason is missing; it is kept with who decided")
        accounts = [sent["account"]] if sent["account"] else None
        decide = book.runs.let_pass if what == _PASS else book.runs.hold_back
        decide(accounts, sent["reason"])
        return _AT

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, error)


def _shown(
    request: Request, book: Book, session: Session, error: InputError | None = None
) -> Response:
    view = _view(book)
    leads = {"account": lambda row: f"/accounts/{row['account']}"}
    table = PageTable.of(Sheet(PARKED, view.parked), leads=leads, empty="Nothing is parked.")
    blocks: list[Block] = [] if error is None else [Words([error.for_shell()], alarming=True)]
    blocks.append(table)
    if may(session, Right.RUNS):
        waiting = sorted({one.account for one in view.parked if one.passed_by is None})
        passed = sorted({one.account for one in view.parked if one.passed_by is not None})
        seen = _seen(view)
        if waiting:
            told = "The next run posts what is listed, and no more; what has changed by then is parked again."
            blocks.append(_form(_PASS, "Let it pass", waiting, seen, told))
        if passed:
            blocks.append(_form(_HOLD, "Hold it back", passed, seen, "No run posts it."))
    lead = "Charges far beyond an account's usual day, and large refunds for calls that are gone: they wait until somebody lets them pass."
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(
        request, session, "Parked charges", blocks, above=[("Overview", "/")], lead=[lead], status=status
    )  # fmt: skip


def _form(what: str, button: str, accounts: list[str], seen: str, told: str) -> PageForm:
    options = [(name, name) for name in accounts]
    if len(accounts) > 1:
        options.append(("", "all of them"))
    fields = [
        Field("account", "Of", options=options),
        Field("reason", "Why", hint="Kept with who decided."),
    ]  # fmt: skip
    hidden = {"seen": seen, ONCE: new_once()}
    return PageForm(f"{_AT}/{what}", fields, button, title=button, sentences=[told], hidden=hidden)


def _view(book: Book) -> ParkedView:
    return ParkedView.of(book.runs.parked())


def _seen(view: ParkedView) -> str:
    """By which it is known whether what is parked is what was shown."""
    return sha256(json.dumps(as_json(view)).encode()).hexdigest()[:_LETTERS]
