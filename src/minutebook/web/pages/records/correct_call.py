"""A call corrected by a form: shown as it is, what the correction comes to looked at, then done once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook import money
from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.days import instant_text
from minutebook.errors import InputError
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm
from minutebook.web.doing import SentForm, done_once
from minutebook.web.entry import viewing
from minutebook.web.pages.records.correcting import call_page, need_why, tried_correction
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected

router = APIRouter()
Corrector = Annotated[Session, Depends(viewing(Right.CORRECTIONS))]
_ABOVE = [("Corrections", "/corrections")]
_NEW = "/corrections/new"
_PARTS = ("source", "server", "leg")
_ASKED = {"duration": "Lasted (s)", "account": "Account", "called": "Called", "void": "Never was", "reason": "Why"}  # fmt: skip
"""What a filled form says, and how that is called where it is looked at."""


@router.get(_NEW)
def _look(request: Request, book: Served, session: Corrector) -> Response:
    """What correcting a call would come to; or the form, where nothing is said yet."""
    said = {name: value.strip() for name, value in request.query_params.items()}
    if not said.keys() & {"reason", "what"}:
        return _form(request, book, session, said)
    at = f"{_NEW}?{urlencode({k: v for k, v in said.items() if k in ('call_id', *_PARTS)})}"
    try:
        blocks = tried_correction(session, _NEW, "Correct it", said, lambda: _made(book, said, dry_run=True))  # fmt: skip
    except InputError as error:
        return _form(request, book, session, said, error)
    blocks.insert(0, Facts([PageFact(word, said[name]) for name, word in _ASKED.items() if said.get(name)]))  # fmt: skip
    blocks.append(Links([("No, say it otherwise", at), ("The call", call_page(said))]))
    return page(
        request, session, f"Correct {said.get('call_id', '')}: is this right?", blocks, above=[*_ABOVE]
    )  # fmt: skip


@router.post(_NEW)
def _do(request: Request, book: Served, sent: SentForm, session: Corrector) -> Response:
    def do() -> str:
        made = _made(book, sent.fields).correction
        return call_page(sent.fields) if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, book, session, sent.fields, error)


def _made(book: Book, said: Mapping[str, str], *, dry_run: bool = False) -> Corrected:
    """The correction that a filled form asks for."""
    void, given = bool(said.get("void")), {k: said.get(k) or None for k in ("duration", "account", "called")}  # fmt: skip
    if void and any(given.values()):
        raise FieldError("void", "a call that never was has no length, account or number; say one or the other")  # fmt: skip
    if not void and not any(given.values()):
        raise FieldError(
            "duration", "nothing is said to be corrected; say its length, its account or its number, or that it never was"
        )  # fmt: skip
    why, duration = need_why(said.get("reason", "")), given["duration"]
    try:
        length = None if duration is None else money.parse_seconds_ms(duration, "the length")
    except InputError as error:
        raise FieldError("duration", str(error)) from None
    parts = {name: said[name] for name in _PARTS if name in said}
    return book.corrections.correct(
        said.get("call_id", ""), why, duration_ms=length, account=given["account"], called=given["called"],
        void=void, dry_run=dry_run, **parts,
    )  # fmt: skip


def _form(
    request: Request,
    book: Book,
    session: Session,
    said: Mapping[str, str],
    error: InputError | None = None,
) -> Response:
    wrong = {error.field: str(error)} if isinstance(error, FieldError) else {}
    whole = None if error is None or wrong else error.for_shell()
    accounts = [("", "as it is"), *((name, name) for name in sorted(book.carrier().accounts))]
    fields = [
        Field("duration", "It lasted so many seconds, from answer to end", value=said.get("duration", ""), required=False, hint="As 61.5. Left empty: as it was recorded.", error=wrong.get("duration")),
        Field("account", "It is the call of", value=said.get("account", ""), required=False, options=accounts, error=wrong.get("account")),
        Field("called", "It was to this number", value=said.get("called", ""), required=False, hint="As its source writes it.", error=wrong.get("called")),
        Field("void", "It never was, for the bill", "checkbox", said.get("void", ""), required=False, error=wrong.get("void")),
        Field("reason", "Why", value=said.get("reason", ""), hint="Kept with the correction.", error=wrong.get("reason")),
    ]  # fmt: skip
    hidden = {name: said[name] for name in ("call_id", *_PARTS) if name in said}
    form = PageForm(
        _NEW, fields, "See what it would come to", hidden=hidden, get=True, stacked=True, error=whole
    )  # fmt: skip
    call_id = said.get("call_id", "")
    if not call_id:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "no call is named; find it first, and correct it there")  # fmt: skip
    above = [("Calls", "/calls"), (call_id, call_page(said))]
    blocks = [*_as_it_is(book, said), form]
    status = 200 if error is None else 422
    return page(request, session, f"Correct {call_id}", blocks, above=above, status=status)


def _as_it_is(book: Book, said: Mapping[str, str]) -> list[Block]:
    """The call that is meant, as it is billed now; nothing where that cannot be told."""
    try:
        found = book.statements.explain_call(said["call_id"])
    except InputError:
        return []
    same = [
        one.record
        for one in found
        if all((one.record.get(name) or "") == said[name] for name in _PARTS if name in said)
    ]
    if len(same) != 1:
        return []
    (record,) = same
    ms = record.get("duration_ms")
    facts = [
        PageFact("Account", record.get("account") or "nobody's"),
        PageFact("Called", record.get("called") or ""),
        PageFact("Answered (UTC)", instant_text(at) if (at := record.get("answered_at")) else "not answered"),
        PageFact("Lasted", "not answered" if ms is None else f"{ms / 1000:,} s"),
    ]  # fmt: skip
    return [Facts(facts)]
