"""Records that were discarded, and let wait again."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.show.calls import DiscardedRecordsView
from minutebook.show.listings.quarantine import DISCARDED_RECORDS
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Code, Facts, Field, PageFact, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.rendering import page
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Keeper = Annotated[Session, Depends(viewing(Right.IMPORTS))]
_MOST = 500
_ABOVE = [("Records that wait", "/quarantine"), ("Discarded", "/quarantine/discarded")]


@router.get("/quarantine/discarded")
def _discarded(request: Request, book: Served, session: Reader) -> Response:
    records = book.calls.discarded()
    view = DiscardedRecordsView.of(records.reverse().head(_MOST))
    leads = {"id": lambda row: f"/quarantine/discarded/{row['id']}"}
    said = f"{counted(records.height, 'record')}, those that were discarded last first."
    blocks: list[Block] = [
        PageTable.of(
            Sheet(DISCARDED_RECORDS, view.records), leads=leads, empty="None was discarded."
        )
    ]
    return page(
        request, session, "Records that were discarded", blocks, lead=[said], above=_ABOVE[:1]
    )


@router.get("/quarantine/discarded/{id}")
def _record(request: Request, book: Served, session: Reader, id: str) -> Response:
    return _shown(request, book, session, id)


@router.post("/quarantine/discarded/{id}")
def _restore(request: Request, book: Served, sent: SentForm, session: Keeper, id: str) -> Response:
    def do() -> str:
        book.calls.restore(id, sent["reason"])
        return f"/quarantine/{id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, id, error)


def _shown(
    request: Request, book: Book, session: Session, id: str, error: InputError | None = None
) -> Response:
    records = book.calls.discarded()
    found = as_json(DiscardedRecordsView.of(records.filter(records["id"] == id)).records)
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"no record {id} is discarded; it may wait again")
    (record,) = found
    facts = [
        PageFact("Waited for", record["reason"] or ""),
        PageFact("Source", record["source"]),
        PageFact("File", record["file"], f"line {record['line']}"),
        PageFact("Discarded (UTC)", record["discarded_at"], record["by"] and f"by {record['by']}"),
    ]
    rows = json.dumps(json.loads(record["raw"]), indent=2, ensure_ascii=False)
    blocks: list[Block] = [Facts(facts), Words([record["why"] or "It was not said."], "Why")]
    blocks.append(Code(rows, "The record, as it came"))
    if may(session, Right.IMPORTS):
        said = None if error is None else error.for_shell()
        why = Field("reason", "Why", hint="Kept.", error=said)
        blocks.append(
            PageForm(f"/quarantine/discarded/{id}", [why], "Let it wait again", title="Let it wait again", hidden={ONCE: new_once()})
        )  # fmt: skip
    return page(
        request, session, f"Record {id[:8]}, discarded", blocks, above=_ABOVE, status=200 if error is None else 422
    )  # fmt: skip
