"""The calls of some days corrected by a form, as `correct --from --to` and `rematch` do: looked at first, then done once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook import money
from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError
from minutebook.days import in_order, read_day
from minutebook.errors import InputError
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm
from minutebook.web.doing import SentForm, done_once
from minutebook.web.entry import viewing
from minutebook.web.pages.records.correcting import need_why, tried_correction
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected

router = APIRouter()
Corrector = Annotated[Session, Depends(viewing(Right.CORRECTIONS))]
_AT: Final = "/corrections/days"
_ABOVE: Final = [("Corrections", "/corrections")]
_NAMES: Final = ("from", "to", "of", "source", "server", "account", "cap", "void", "rematch", "reason")  # fmt: skip
_CHOSEN: Final = ("of", "source", "server")
_BECOMES: Final = ("account", "cap", "void")


@router.get(_AT)
def _look(request: Request, book: Served, session: Corrector) -> Response:
    """What correcting these calls would come to; or the form, where nothing is said yet."""
    given = {name: request.query_params.get(name, "").strip() for name in _NAMES}
    said = {name: text for name, text in given.items() if text}
    if "reason" not in request.query_params:
        return _form(request, book, session, said)
    try:
        blocks = tried_correction(
            session, _AT, "Correct them", said, lambda: _made(book, said, dry_run=True)
        )
    except InputError as error:
        return _form(request, book, session, said, error)
    labels = {field.name: field.label for field in _fields(book)}
    told = [PageFact(labels[name], "yes" if name in ("void", "rematch") else said[name]) for name in _NAMES if name in said]  # fmt: skip
    blocks = [Facts(told), *blocks, Links([("No, say it otherwise", f"{_AT}?{_query(said)}")])]
    return page(
        request, session, "Correct the calls of these days: is this right?", blocks, above=_ABOVE
    )


@router.post(_AT)
def _do(request: Request, book: Served, sent: SentForm, session: Corrector) -> Response:
    def do() -> str:
        made = _made(book, sent.fields).correction
        return "/corrections" if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, book, session, sent.fields, error)


def _made(book: Book, said: Mapping[str, str], *, dry_run: bool = False) -> Corrected:
    """The correction that a filled form asks for."""
    first, last = _day(said, "from"), _day(said, "to")
    in_order(first, last)
    changes = [name for name in _BECOMES if said.get(name)]
    if not changes and not said.get("rematch"):
        raise FieldError("account", "nothing is said to be corrected; say whose they are, their longest, or that they never were")  # fmt: skip
    why = need_why(said.get("reason", ""))
    if said.get("rematch"):
        if changes or any(said.get(name) for name in _CHOSEN):
            raise FieldError("rematch", "the match tables are asked of all calls of the days; leave the other fields empty")  # fmt: skip
        return book.corrections.rematch(first, last, why, dry_run=dry_run)
    cap = said.get("cap") or None
    try:
        most = None if cap is None else money.parse_seconds_ms(cap, "the longest")
    except InputError as error:
        raise FieldError("cap", str(error)) from None
    return book.corrections.correct_many(
        first, last, why, of_account=said.get("of") or None, source=said.get("source") or None,
        server=said.get("server") or None, account=said.get("account") or None, cap_ms=most,
        void=bool(said.get("void")), dry_run=dry_run,
    )  # fmt: skip


def _day(said: Mapping[str, str], name: str) -> date:
    try:
        return read_day(said.get(name, ""), name)
    except InputError as error:
        raise FieldError(name, str(error)) from None


def _query(said: Mapping[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode({name: text for name, text in said.items() if name != "reason"})


def _fields(book: Book) -> list[Field]:
    carrier = book.carrier()
    accounts = sorted(carrier.accounts)
    all_of = [("", "all"), *((name, name) for name in accounts)]
    sources = [("", "all"), *((name, name) for name in sorted(carrier.sources))]
    return [
        Field("from", "The first UTC day", "date"),
        Field("to", "The last UTC day", "date"),
        Field("of", "Calls of", required=False, options=all_of),
        Field("source", "Of the source", required=False, options=sources),
        Field("server", "Of the server", required=False, hint="As their records name it. Left empty: all."),
        Field("account", "They are the calls of", required=False, options=[("", "as they are"), *((name, name) for name in accounts)]),
        Field("cap", "None lasts longer than (seconds)", required=False, hint="As 7200, of calls whose end was lost."),
        Field("void", "They never were, for the bill", "checkbox", required=False),
        Field("rematch", "Whose they are is asked of the match tables anew, as they are declared now", "checkbox", required=False),
        Field("reason", "Why", hint="Kept with the correction."),
    ]  # fmt: skip


def _form(
    request: Request,
    book: Book,
    session: Session,
    said: Mapping[str, str],
    error: InputError | None = None,
) -> Response:
    wrong = {error.field: str(error)} if isinstance(error, FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()
    fields = [
        replace(field, value=said.get(field.name, ""), error=wrong.get(field.name))
        for field in _fields(book)
    ]
    told = "Nothing is corrected yet: what it comes to is shown first."
    form = PageForm(
        _AT, fields, "See what it would come to", sentences=[told], get=True, stacked=True, error=whole
    )  # fmt: skip
    blocks: list[Block] = [form]
    return page(
        request, session, "Correct the calls of some days", blocks, above=_ABOVE, status=200 if error is None else 422
    )  # fmt: skip
