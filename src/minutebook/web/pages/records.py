"""Records that wait in quarantine, as a place of work; and calls that no card prices."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.show.calls import CallsView, QuarantineView, WaitingCountsView
from minutebook.show.listings.calls import calls_sheet
from minutebook.show.listings.quarantine import QUARANTINE, WAITING_COUNTS
from minutebook.show.serialise import as_json
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import (
    Block,
    Code,
    Facts,
    Field,
    Links,
    PageFact,
    PageForm,
    PageTable,
    Words,
)
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.pages.accounts import call_way
from minutebook.web.period import Days
from minutebook.web.rendering import page, refused
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Keeper = Annotated[Session, Depends(viewing(Right.IMPORTS))]
_MOST = 500
_BY = {"reason": "Reason", "source": "Source", "account": "Account", "day": "Day"}


@router.get("/quarantine")
def _quarantine(
    request: Request,
    book: Served,
    session: Reader,
    because: Annotated[str, Query()] = "",
    source: Annotated[str, Query()] = "",
    account: Annotated[str, Query()] = "",
    by: Annotated[str, Query()] = "reason",
) -> Response:
    by = by if by in _BY else "reason"
    fields = [
        Field("because", "Reason", value=because, required=False),
        Field("source", "Source", value=source, required=False),
        Field("account", "Account", value=account, required=False),
        Field("by", "Count by", value=by, options=[*_BY.items()]),
    ]
    form = PageForm("/quarantine", fields, "Show", get=True)
    try:
        waiting = book.calls.quarantine(
            because or None, source or None, None, None, account or None
        )
    except InputError as error:
        return refused(request, session, "Records that wait", form, error)
    counts = WaitingCountsView.of(
        book.calls.with_accounts(waiting) if by == "account" else waiting, by
    )
    names = {"reason": "because", "source": "source", "account": "account"}
    lead = {by: lambda row: f"/quarantine?{names[by]}={row[by]}&by={by}"} if by in names else {}
    view = QuarantineView.of(waiting.head(_MOST))
    first = (
        f"The first {_MOST} of {counted(waiting.height, 'record')}"
        if waiting.height > _MOST
        else None
    )
    rows = PageTable.of(
        Sheet(QUARANTINE, view.quarantine),
        leads={"call_id": call_way, "id": lambda row: f"/quarantine/{row['id']}"},
        title=first or "The records",
        empty="No record waits.",
    )
    blocks: list[Block] = [
        form,
        PageTable.of(Sheet([Column(by, _BY[by]), *WAITING_COUNTS], counts.counts), leads=lead, title="How many wait", empty="None."),
        rows,
    ]  # fmt: skip
    lead_words = "A record waits where it could not be understood, or is nobody's: it is in no bill until somebody mends what it waits for."
    return page(request, session, "Records that wait", blocks, lead=[lead_words])


@router.get("/quarantine/{id}")
def _record(request: Request, book: Served, session: Reader, id: str) -> Response:
    return _shown(request, book, session, id)


@router.post("/quarantine/{id}")
def _mend(request: Request, book: Served, sent: SentForm, session: Keeper, id: str) -> Response:
    def do() -> str:
        if sent["what"] == "discard":
            book.calls.discard(id, sent["reason"])
            return "/quarantine"
        waiting = book.calls.quarantine()
        book.calls.retry(waiting.filter(waiting["id"] == id))
        left = book.calls.quarantine()
        return f"/quarantine/{id}" if id in left["id"] else "/quarantine"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, id, error)


def _shown(
    request: Request, book: Book, session: Session, id: str, error: InputError | None = None
) -> Response:
    waiting = book.calls.quarantine()
    found = QuarantineView.of(waiting.filter(waiting["id"] == id)).quarantine
    if not found:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"no record {id} waits; it may be a call now, or discarded"
        )
    record = as_json(found)[0]
    rows = json.dumps(json.loads(record["raw"]), indent=2, ensure_ascii=False)
    facts = [
        PageFact("Waits for", record["reason"], None, f"/quarantine?because={record['reason']}"),
        PageFact("Source", record["source"]),
        PageFact("File", record["file"], f"line {record['line']}"),
        PageFact("Since (UTC)", record["first_seen"]),
    ]
    blocks: list[Block] = [
        Words([record["detail"]]),
        Facts(facts),
        Code(rows, "The record, as it came"),
    ]
    if may(session, Right.IMPORTS):
        at = f"/quarantine/{id}"
        told = (
            "Once what it waits for is declared, it goes in. Each run tries all of them again, too."
        )
        blocks.append(
            PageForm(
                at,
                [],
                "Try it again",
                title="Try it again",
                sentences=[told],
                hidden={"what": "retry", ONCE: new_once()},
            )
        )
        why = Field(
            "reason",
            "Why",
            hint="Kept; it can be taken back.",
            error=None if error is None else error.for_shell(),
        )
        blocks.append(
            PageForm(
                at,
                [why],
                "Discard it",
                title="Discard it",
                hidden={"what": "discard", ONCE: new_once()},
                dangerous=True,
            )
        )
    status = 200 if error is None else 422
    return page(
        request,
        session,
        f"Record {id[:8]}",
        blocks,
        above=[("Records that wait", "/quarantine")],
        status=status,
    )


@router.get("/unpriced")
def _unpriced(request: Request, book: Served, session: Reader, days: Days) -> Response:
    frame = book.calls.rated(None, days.first, days.last, unpriced=True)
    view = CallsView.of(None, days.first, days.last, frame.head(_MOST))
    sheet = calls_sheet(view, None, unpriced=True)
    leads = {"call_id": call_way, "account": lambda row: f"/accounts/{row['account']}"}
    said = f"{counted(frame.height, 'call')} of these days"
    blocks: list[Block] = [
        days.form("/unpriced"), Links(days.ways), Words([said]),
        PageTable.of(sheet, leads=leads, empty="Every call of these days has a price."),
    ]  # fmt: skip
    return page(
        request, session, "Calls that no card prices", blocks,
        lead=["They are billed once a card covers them; nothing of them is lost."],
    )  # fmt: skip
