"""Records: the imports that brought them, the sources that they come from, those that wait or were discarded, and what was corrected."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, told_as
from minutebook.api.asked import SomeDays, row_place
from minutebook.api.cursors import Part
from minutebook.api.entry import Served, having
from minutebook.api.problems import ProblemError, not_there
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, next_page
from minutebook.calls.readers import listed
from minutebook.show.calls import (
    DiscardedRecordsView,
    DiscardedRecordView,
    FormatsView,
    FormatView,
    QuarantineView,
    WaitingCountsView,
    WaitingCountView,
    WaitingView,
)
from minutebook.show.corrections import (
    CallCorrectionsView,
    CallCorrectionView,
    ImportedView,
    ImportsView,
)
from minutebook.show.declarations.sources import (
    KeyInWordsView,
    ListedSourceView,
    SourcesView,
    SourceView,
)
from minutebook.show.listings.corrections import corrections_sheet
from minutebook.show.listings.imports import FORMATS_READ, imports_sheet
from minutebook.show.listings.quarantine import (
    DISCARDED_RECORDS,
    QUARANTINE,
    WaitingGroups,
    counts_sheet,
)
from minutebook.show.listings.sources import SOURCE_WORDS, SOURCES
from minutebook.show.tables import Sheet

router = APIRouter(tags=["records"])
Reader = Annotated[AccessKey, Depends(having(Right.CALLS))]
Because = Annotated[str | None, Query(description="Those that wait for this reason, as no_account")]
OfSource = Annotated[str | None, Query(description="Those of this source")]
OfAccount = Annotated[str | None, Query(description="Those that would be this account's")]


@router.get("/imports", responses=responses(ImportsView, tables=True))
def _imports(request: Request, book: Served, _: Reader, part: Part, form: AskedForm) -> Response:
    """Every import that added calls, those that were taken back among them; as `minutebook import list`."""
    made = book.corrections.imports()
    rows, cursor = part.cut([row_place(one.at), one.id] for one in made)
    view = ImportsView.of(made[rows])
    return told_as(
        form, view, lambda: imports_sheet(view), ImportedView, "imports",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/imports/{id}", responses=responses(ImportedView))
def _import(book: Served, _: Reader, id: str) -> JSONResponse:
    """An import, by its id or the id's beginning; as `minutebook import list` has it."""
    found = [one for one in book.corrections.imports() if one.id.startswith(id.lower())]
    if len(found) != 1:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no import {id}")
    return answer(ImportedView.of(found[0]))


@router.get("/formats", responses=responses(FormatsView, tables=True))
def _formats(_: Reader, form: AskedForm) -> Response:
    """The formats of records that can be imported; as `minutebook import --formats`."""
    view = FormatsView.of(listed())
    return told_as(form, view, lambda: Sheet(FORMATS_READ, view.formats), FormatView, "formats")


@router.get("/sources", responses=responses(SourcesView, tables=True))
def _sources(book: Served, _: Reader, form: AskedForm) -> Response:
    """The declared sources of records; as `minutebook source list`."""
    view = SourcesView.of(book.sources.list())
    return told_as(form, view, lambda: Sheet(SOURCES, view.sources), ListedSourceView, "sources")


@router.get("/sources/{source}", responses=responses(SourceView, tables=True))
def _source(book: Served, _: Reader, source: str, form: AskedForm) -> Response:
    """What a source reads and how; by the name of a format, its defaults; as `minutebook source show`."""
    with not_there():
        view = SourceView.shown(book.sources.show(source))
    return told_as(form, view, lambda: Sheet(SOURCE_WORDS, view.words), KeyInWordsView, "source")


@router.get("/quarantine", responses=responses(QuarantineView, tables=True))
def _quarantine(
    request: Request,
    book: Served,
    _: Reader,
    days: SomeDays,
    part: Part,
    form: AskedForm,
    because: Because = None,
    source: OfSource = None,
    account: OfAccount = None,
) -> Response:
    """The records that wait for a person, each with its reason, those that wait longest first; as `minutebook quarantine`. Days
    are those on which they were set aside."""
    waiting = book.calls.quarantine(because, source, *days, account)
    order = waiting.select("first_seen", "source", "file", "line", "id")
    rows, cursor = part.cut([row_place(at), *more] for at, *more in order.iter_rows())
    view = QuarantineView.of(waiting[rows])
    return told_as(
        form, view, lambda: Sheet(QUARANTINE, view.quarantine), WaitingView, "quarantine",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/quarantine/counts", responses=responses(WaitingCountsView, tables=True))
def _counts(
    book: Served,
    _: Reader,
    days: SomeDays,
    form: AskedForm,
    by: Annotated[WaitingGroups, Query(description="What they are counted by")],
    because: Because = None,
    source: OfSource = None,
    account: OfAccount = None,
) -> Response:
    """How many records wait, by reason, source, day or account; as `minutebook quarantine --by`."""
    waiting = book.calls.quarantine(because, source, *days, account)
    if by is WaitingGroups.ACCOUNT:
        waiting = book.calls.with_accounts(waiting)
    view = WaitingCountsView.of(waiting, by.value)
    return told_as(
        form, view, lambda: counts_sheet(view, by), WaitingCountView, "quarantine-counts"
    )


@router.get("/quarantine/discarded", responses=responses(DiscardedRecordsView, tables=True))
def _discarded(
    request: Request,
    book: Served,
    _: Reader,
    days: SomeDays,
    part: Part,
    form: AskedForm,
    source: OfSource = None,
    account: OfAccount = None,
) -> Response:
    """The records that were discarded, by whom and why, those discarded first, first; as `minutebook quarantine --discarded`. Days
    are those on which they were discarded."""
    records = book.calls.discarded(source, *days, account)
    rows, cursor = part.cut([row_place(at)] for at in records["discarded_at"])
    view = DiscardedRecordsView.of(records[rows])
    return told_as(
        form, view, lambda: Sheet(DISCARDED_RECORDS, view.records), DiscardedRecordView, "discarded",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/quarantine/{id}", responses=responses(WaitingView))
def _waiting(book: Served, _: Reader, id: str) -> JSONResponse:
    """A record that waits, by its id or the id's beginning; as `minutebook quarantine` has it."""
    waiting = book.calls.quarantine()
    found = waiting.filter(waiting["id"].str.starts_with(id.lower()))
    if found.height != 1:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"no record {id} waits; see: quarantine")
    return JSONResponse(QuarantineView.of(found).quarantine[0])


@router.get("/corrections", responses=responses(CallCorrectionsView, tables=True))
def _corrections(
    request: Request, book: Served, _: Reader, part: Part, form: AskedForm
) -> Response:
    """Every correction, in order, those that were undone among them; as `minutebook correct --list`."""
    made = book.corrections()
    rows, cursor = part.cut([one.number] for one in made)
    view = CallCorrectionsView.of(made[rows])
    return told_as(
        form, view, lambda: corrections_sheet(view), CallCorrectionView, "corrections",
        following=next_page(request, cursor),
    )  # fmt: skip


@router.get("/corrections/{number}", responses=responses(CallCorrectionView))
def _correction(book: Served, _: Reader, number: int) -> JSONResponse:
    """A correction: which calls were meant, what was to become of them, who and why; as `minutebook correct --list` has it."""
    for made in book.corrections():
        if made.number == number:
            return answer(CallCorrectionView.of(made))
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no correction {number}")
