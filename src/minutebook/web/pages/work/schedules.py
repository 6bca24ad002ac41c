"""What is done again and again: when each is due next, what became of it last; taken back here, declared by the form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.errors import InputError
from minutebook.show.jobs import ScheduleView
from minutebook.show.listings.jobs import SCHEDULES
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.web.blocks import Row

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.JOBS))]
Declarer = Annotated[Session, Depends(viewing(Right.DECLARATIONS))]


@router.get("/schedules")
def _schedules(request: Request, book: Served, session: Reader) -> Response:
    return _list(request, book, session)


@router.post("/schedules/remove")
def _remove(request: Request, book: Served, sent: SentForm, session: Declarer) -> Response:
    def do() -> str:
        book.jobs.remove_schedule(sent["schedule"], sent["reason"])
        return "/schedules"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _list(request, book, session, error)


def _list(
    request: Request, book: Book, session: Session, error: InputError | None = None
) -> Response:
    views = [ScheduleView.of(standing) for standing in book.jobs.schedules()]
    leads = {"last_job": _job_way}
    if may(session, Right.DECLARATIONS):
        leads["schedule"] = _declared_way
    table = PageTable.of(Sheet(SCHEDULES, views), leads=leads, empty="None is declared yet.")
    blocks: list[Block] = [table]
    if may(session, Right.DECLARATIONS):
        blocks.append(Links([("Declare one", "/declare/schedule")]))
        if views:
            blocks.append(_form([view.schedule for view in views], error))
    lead = (
        "They ask for jobs at their times, while minutebook serve or minutebook worker is at work."
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    above = [("Jobs", "/jobs")]
    return page(request, session, "Schedules", blocks, above=above, lead=[lead], status=status)


def _form(names: list[str], error: InputError | None) -> PageForm:
    which = Field("schedule", "Schedule", options=[(name, name) for name in names])
    why = Field("reason", "Reason", hint="Kept, and shown in the audit.")
    told = "It asks for no more jobs; those that it asked for stay."
    return PageForm(
        "/schedules/remove", [which, why], "Remove it", title="Remove a schedule",
        sentences=[told], hidden={ONCE: new_once()}, dangerous=True,
        error=None if error is None else error.for_shell(),
    )  # fmt: skip


def _job_way(row: Row) -> str | None:
    return f"/jobs/{row['last_job']}" if row["last_job"] else None


def _declared_way(row: Row) -> str | None:
    return f"/declare?table=schedule.{row['schedule']}"
