"""Calls corrected, and corrections taken back, after what that comes to was looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook import money
from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.corrections import CallCorrectionsView, CallCorrectionView, CorrectedView
from minutebook.show.listings.corrections import CORRECTIONS, corrected_sheet
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, FieldError, SentForm, done_once, new_once
from minutebook.web.entry import may, seen_effects, viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected
    from minutebook.ledger.corrections import Correction

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Corrector = Annotated[Session, Depends(viewing(Right.CORRECTIONS))]
_ABOVE = [("Corrections", "/corrections")]
_NEW = "/corrections/new"
_PARTS = ("source", "server", "leg")
_NOTHING = "Nothing is done yet. What was recorded stays; the next run posts the difference."


@router.get("/corrections")
def _corrections(request: Request, book: Served, session: Reader) -> Response:
    rows = as_json(CallCorrectionsView.of(reversed(book.corrections())).corrections)
    shown = [{**row, "accounts": ", ".join(row["accounts"]), "said": _said(row)} for row in rows]
    leads = {"correction": lambda row: f"/corrections/{row['correction']}"}
    table = PageTable(Sheet(CORRECTIONS, shown), leads, empty="Nothing was corrected yet.")
    lead = "A call is corrected on its own page, an import is taken back on its own."
    return page(
        request, session, "Corrections", [Links([("Find a call", "/calls"), ("Imports", "/imports")]), table], lead=[lead]
    )  # fmt: skip


@router.get(_NEW)
def _look(request: Request, book: Served, session: Corrector) -> Response:
    """What correcting a call would come to; or the form, where nothing is said yet."""
    said = {name: value.strip() for name, value in request.query_params.items()}
    if not said.keys() & {"reason", "what"}:
        return _form(request, book, session, said)
    at = f"{_NEW}?{urlencode({k: v for k, v in said.items() if k in ('call_id', *_PARTS)})}"
    try:
        blocks = _tried(book, session, _NEW, "Correct it", said, lambda: _made(book, said, dry_run=True))  # fmt: skip
    except InputError as error:
        return _form(request, book, session, said, error)
    blocks.append(Links([("No, say it otherwise", at), ("The call", _call(said))]))
    return page(
        request, session, f"Correct {said.get('call_id', '')}: is this right?", blocks, above=[*_ABOVE]
    )  # fmt: skip


@router.post(_NEW)
def _do(request: Request, book: Served, sent: SentForm, session: Corrector) -> Response:
    def do() -> str:
        made = _made(book, sent.fields).correction
        return _call(sent.fields) if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _form(request, book, session, sent.fields, error)


@router.get("/corrections/{number}")
def _correction(request: Request, book: Served, session: Reader, number: int) -> Response:
    return _shown(request, session, _known(book, number))


@router.get("/corrections/{number}/undo")
def _look_at_undo(
    request: Request, book: Served, session: Corrector, number: int, reason: str = ""
) -> Response:
    made, why = _known(book, number), reason.strip()
    try:
        blocks = _tried(
            book, session, f"/corrections/{number}/undo", "Take it back", {"reason": why},
            lambda: book.corrections.undo(number, _why(why), dry_run=True),
        )  # fmt: skip
    except InputError as error:
        return _shown(request, session, made, error, why)
    blocks.append(Links([("No, leave it as it is", f"/corrections/{number}")]))
    return page(request, session, "Take it back: is this right?", blocks, above=_above(number))


@router.post("/corrections/{number}/undo")
def _undo(
    request: Request, book: Served, sent: SentForm, session: Corrector, number: int
) -> Response:
    made = _known(book, number)

    def do() -> str:
        book.corrections.undo(number, _why(sent["reason"]))
        return f"/corrections/{number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, session, made, error, sent["reason"])


@router.get("/quarantine/{id}/accept")
def _look_at_conflict(
    request: Request, book: Served, session: Corrector, id: str, reason: str = ""
) -> Response:
    """What taking a conflict in place of the first record would come to."""
    at, why = f"/quarantine/{id}", reason.strip()
    try:
        blocks = _tried(
            book, session, f"{at}/accept", "Take it instead", {"reason": why},
            lambda: book.corrections.accept(id, _why(why), dry_run=True),
        )  # fmt: skip
    except InputError as error:
        blocks = [Words([error.for_shell()], alarming=True), Links([("The record", at)])]
        return page(request, session, "The record is not taken", blocks, status=422)
    blocks.append(Links([("No, leave it as it is", at)]))
    return page(
        request, session, "Take it instead: is this right?", blocks, above=[("Records that wait", "/quarantine"), (id[:8], at)]
    )  # fmt: skip


@router.post("/quarantine/{id}/accept")
def _accept(
    request: Request, book: Served, sent: SentForm, session: Corrector, id: str
) -> Response:
    def do() -> str:
        made = book.corrections.accept(id, _why(sent["reason"])).correction
        return "/quarantine" if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        blocks: list[Block] = [Words([error.for_shell()], alarming=True), Links([("The record", f"/quarantine/{id}")])]  # fmt: skip
        return page(request, session, "The record is not taken", blocks, status=422)


def _why(reason: str) -> str:
    if not reason:
        raise FieldError("reason", "the reason is missing; it is kept with the correction")
    return reason


def _made(book: Book, said: Mapping[str, str], *, dry_run: bool = False) -> Corrected:
    """The correction that a filled form asks for."""
    void, given = bool(said.get("void")), {k: said.get(k) or None for k in ("duration", "account", "called")}  # fmt: skip
    if void and any(given.values()):
        raise FieldError("void", "a call that never was has no length, account or number; say one or the other")  # fmt: skip
    if not void and not any(given.values()):
        raise FieldError(
            "duration", "nothing is said to be corrected; say its length, its account or its number, or that it never was"
        )  # fmt: skip
    why, duration = _why(said.get("reason", "")), given["duration"]
    try:
        length = None if duration is None else money.parse_seconds_ms(duration, "the length")
    except InputError as error:
        raise FieldError("duration", str(error)) from None
    parts = {name: said[name] for name in _PARTS if name in said}
    return book.corrections.correct(
        said.get("call_id", ""), why, duration_ms=length, account=given["account"], called=given["called"],
        void=void, dry_run=dry_run, **parts,
    )  # fmt: skip


def _tried(
    book: Book, session: Session, action: str, button: str, said: Mapping[str, str], correct: Any
) -> list[Block]:
    """What a correction would come to, and a form that makes it where that is anything."""
    with in_the_name_of(session.asks_as):
        view = CorrectedView.of(correct())
    table = PageTable.of(
        seen_effects(session, corrected_sheet(view)),
        title="What it would come to",
        empty="No account changes.",
    )
    if view.correction is None:
        return [table]
    hidden = {**said, ONCE: new_once()}
    return [table, PageForm(action, [], button, sentences=[_NOTHING], hidden=hidden)]


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
    above = [("Calls", "/calls"), (call_id, _call(said))]
    status = 200 if error is None else 422
    return page(request, session, f"Correct {call_id}", [form], above=above, status=status)


def _shown(
    request: Request, session: Session, made: Correction, error: InputError | None = None, why: str = ""
) -> Response:  # fmt: skip
    row = as_json(CallCorrectionView.of(made))
    facts = [
        PageFact("What", made.kind, _said(row)),
        PageFact("Calls", f"{made.calls:,}", f"of {', '.join(row['accounts'])}"),
        PageFact("Days", f"{row['from']} to {row['to']}"),
        PageFact("By", made.by, row["at"]),
        PageFact("Is", "in force" if made.undone_by is None else f"taken back by {made.undone_by}"),
    ]
    blocks: list[Block] = [Facts(facts), Words([made.reason], "Why")]
    if made.kind != "undo" and made.undone_by is None and may(session, Right.CORRECTIONS):
        said = None if error is None else error.for_shell()
        field = Field("reason", "Why", value=why, hint="Kept with the correction.", error=said)
        blocks.append(
            PageForm(
                f"/corrections/{made.number}/undo", [field], "See what it would come to", title="Take it back",
                sentences=["All is as it was before; the next run posts the difference."], get=True, stacked=True,
            )
        )  # fmt: skip
    status = 200 if error is None else 422
    return page(request, session, f"Correction {made.number}", blocks, above=_ABOVE, status=status)


def _said(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in row["said"].items())  # fmt: skip


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _above(number: int) -> list[tuple[str, str]]:
    return [*_ABOVE, (str(number), f"/corrections/{number}")]


def _call(said: Mapping[str, str]) -> str:
    return f"/calls/{quote(said.get('call_id', ''), safe='')}"


def _known(book: Book, number: int) -> Correction:
    for made in book.corrections():
        if made.number == number:
            return made
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no correction {number}")
