"""Calls corrected, and corrections taken back, after what that comes to was looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.show.corrections import CallCorrectionsView, CallCorrectionView
from minutebook.show.listings.corrections import CORRECTIONS
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm, PageTable, Words
from minutebook.web.doing import SentForm, done_once
from minutebook.web.entry import may, viewing
from minutebook.web.pages.records.correcting import call_page, need_why, tried_correction
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.book import Book
    from minutebook.ledger.corrections import Correction

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Corrector = Annotated[Session, Depends(viewing(Right.CORRECTIONS))]
_ABOVE = [("Corrections", "/corrections")]


@router.get("/corrections")
def _corrections(request: Request, book: Served, session: Reader) -> Response:
    rows = as_json(CallCorrectionsView.of(reversed(book.corrections())).corrections)
    shown = [{**row, "accounts": ", ".join(row["accounts"]), "said": _said(row)} for row in rows]
    leads = {"correction": lambda row: f"/corrections/{row['correction']}"}
    table = PageTable(Sheet(CORRECTIONS, shown), leads, empty="Nothing was corrected yet.")
    ways = [("Find a call", "/calls"), ("Imports", "/imports")]
    if may(session, Right.CORRECTIONS):
        ways += [
            ("Correct calls by a file", "/corrections/file"),
            ("Correct the calls of some days", "/corrections/days"),
        ]
    lead = "A call is corrected on its own page, an import is taken back on its own."
    return page(
        request, session, "Corrections", [Links(ways), table], lead=[lead]
    )  # fmt: skip


@router.get("/corrections/{number}")
def _correction(request: Request, book: Served, session: Reader, number: int) -> Response:
    return _shown(request, session, _known(book, number))


@router.get("/corrections/{number}/undo")
def _look_at_undo(
    request: Request, book: Served, session: Corrector, number: int, reason: str = ""
) -> Response:
    made, why = _known(book, number), reason.strip()
    try:
        blocks = tried_correction(
            session, f"/corrections/{number}/undo", "Take it back", {"reason": why},
            lambda: book.corrections.undo(number, need_why(why), dry_run=True),
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
        book.corrections.undo(number, need_why(sent["reason"]))
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
        blocks = tried_correction(
            session, f"{at}/accept", "Take it instead", {"reason": why},
            lambda: book.corrections.accept(id, need_why(why), dry_run=True),
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
        made = book.corrections.accept(id, need_why(sent["reason"])).correction
        return "/quarantine" if made is None else f"/corrections/{made.number}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        blocks: list[Block] = [Words([error.for_shell()], alarming=True), Links([("The record", f"/quarantine/{id}")])]  # fmt: skip
        return page(request, session, "The record is not taken", blocks, status=422)


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
    if row["said"].get("call_id"):
        blocks.append(Links([("The call", call_page(row["said"]))]))
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
    said = {name: value for name, value in row["said"].items() if value not in ("", None, False)}
    return ", ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in said.items())


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _above(number: int) -> list[tuple[str, str]]:
    return [*_ABOVE, (str(number), f"/corrections/{number}")]


def _known(book: Book, number: int) -> Correction:
    for made in book.corrections():
        if made.number == number:
            return made
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no correction {number}")
