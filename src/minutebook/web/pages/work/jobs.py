"""Long work: asked for here, done by a worker, looked at while it is done."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.job_rights import right_to_stop, sees_result
from minutebook.access.roles import RIGHTS, Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import today
from minutebook.days import ONE_DAY, instant_text
from minutebook.errors import InputError
from minutebook.jobs.kinds import RECONCILE
from minutebook.ledger.jobs import JobState
from minutebook.show.jobs import JobView
from minutebook.show.listings.imports import COLUMNS, REFUSED
from minutebook.show.listings.jobs import JOBS, job_row
from minutebook.show.tables import Sheet
from minutebook.show.without_cost import job_without_cost
from minutebook.web.blocks import (
    AskedAgain,
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
from minutebook.web.entry import may, unentitled, viewing
from minutebook.web.pages.work.job_results import TOLD
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.ledger.jobs import Job

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.JOBS))]
Runner = Annotated[Session, Depends(viewing(Right.RUNS))]
_MOST = 100
_ASKED: Final = {"bill": ("through",), "reviews": ("from", "to"), "margin": ("from", "to")}
"""What a form says of a kind of job."""
_OF_RECORDS = ("import", "import folder", "import again")
_ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@router.get("/jobs")
def _jobs(request: Request, book: Served, session: Reader) -> Response:
    rows = [job_row(JobView.of(job)) for job in book.jobs.list(most=_MOST)]
    leads = {"id": lambda row: f"/jobs/{row['id']}"}
    blocks: list[Block] = [
        PageTable(Sheet(JOBS, rows), leads, empty="Nothing was asked for yet."),
        Links([("Schedules", "/schedules")]),
    ]
    if may(session, Right.RUNS):
        through = Field("through", "Through (UTC day)", "date", str(today() - ONE_DAY))
        blocks.append(_form("bill", [through], "Bill", "Price, charge and post what is due"))
        blocks.append(_form("verify", [], "Prove the book", "Prove the whole book"))
        blocks.append(_of_days())
    return page(request, session, "Jobs", blocks, lead=[f"Work that workers do; the last {_MOST}."])


@router.post("/jobs")
def _ask(request: Request, book: Served, sent: SentForm, session: Runner) -> Response:
    asked = {name: sent[name] for name in _ASKED.get(sent["kind"], ())}
    return done_once(book, sent, request, lambda: f"/jobs/{book.jobs.add(sent['kind'], asked).id}")


@router.get("/jobs/{id}")
def _job(request: Request, book: Served, session: Reader, id: str) -> Response:
    return page(request, session, "A job", _told(_known(book, id), session))


@router.post("/jobs/{id}")
def _cancel(request: Request, book: Served, sent: SentForm, session: Reader, id: str) -> Response:
    right = right_to_stop(_known(book, id).kind)
    if not may(session, right):
        raise unentitled(session, right)

    def do() -> str:
        book.jobs.cancel(id)
        return f"/jobs/{id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        blocks = [Words([error.for_shell()], alarming=True), *_told(book.jobs.show(id), session)]
        return page(request, session, "A job", blocks, status=422)


def _known(book: Book, id: str) -> Job:
    try:
        return book.jobs.show(id)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None


def _told(job: Job, session: Session) -> list[Block]:
    row = job_row(JobView.of(job))
    worker = None if job.worker is None else f"by {job.worker}"
    facts = [
        PageFact("What", f"{job.kind} {row['said']}".strip()),
        PageFact("Is", job.state, worker, alarming=job.state is JobState.FAILED),
        PageFact("Asked by", job.asked_by, row["made_at"]),
    ]
    if job.unit is not None:
        facts.append(PageFact("So far", row["progress"]))
    if job.ended_at is not None:
        facts.append(PageFact("Ended (UTC)", instant_text(job.ended_at)))
    blocks: list[Block] = [Facts(facts)]
    if job.state not in _ENDED:
        blocks.append(AskedAgain(f"/jobs/{job.id}"))
        if may(session, right_to_stop(job.kind)):
            told = "What it has kept by then stays."
            blocks.append(
                PageForm(
                    f"/jobs/{job.id}",
                    [],
                    "Cancel it",
                    sentences=[told],
                    hidden={ONCE: new_once()},
                    dangerous=True,
                )
            )
    if job.error is not None:
        blocks.append(Words([job.error], "Why not", alarming=True))
    if not sees_result(RIGHTS[session.role], job.kind):
        return blocks
    if job.notes:
        blocks.append(Words(job.notes, "What it said"))
    if job.kind == RECONCILE:
        return [*blocks, Links([("The dispute", f"/disputes/{job.id}")])]
    result = job.result if may(session, Right.MONEY) else job_without_cost(job.result)
    if result is not None and job.kind in _OF_RECORDS:
        blocks += _of_records(result)
    elif result is not None and job.kind in TOLD:
        blocks += TOLD[job.kind](result)
    elif result is not None:
        blocks.append(Code(json.dumps(result, indent=2, ensure_ascii=False), "What came of it"))
    return blocks


def _of_records(result: dict[str, Any]) -> list[Block]:
    """What became of records, as the import prints it."""
    aside = [f"{count:,} {reason}" for reason, count in sorted(result["reasons"].items())]
    blocks: list[Block] = [
        PageTable(Sheet(COLUMNS, [result], notes=aside), title="What came of it"),
    ]
    if result["refused"]:
        blocks.append(PageTable(Sheet(REFUSED, result["refused"])))
    if result["unended"]:
        left = f"A last line has no end, and was left for later: {', '.join(result['unended'])}."
        blocks.append(Words([left]))
    ways = [("Records that wait", "/quarantine")] if result["quarantined"] else []
    return [*blocks, Links([*ways, ("Imports", "/imports")])]


def _of_days() -> PageForm:
    """What is told of days, and takes long where there are many accounts: of the month before, unless others are said."""
    last = today().replace(day=1) - ONE_DAY
    fields = [
        Field("kind", "What", options=[("reviews", "whether every account's plan fits"), ("margin", "what was earned")]),
        Field("from", "From (UTC day)", "date", str(last.replace(day=1))),
        Field("to", "To (UTC day)", "date", str(last)),
    ]  # fmt: skip
    title = "Tell of some days, and keep it here"
    return PageForm("/jobs", fields, "Tell it", title=title, hidden={ONCE: new_once()})


def _form(kind: str, fields: list[Field], submit: str, title: str) -> PageForm:
    return PageForm("/jobs", fields, submit, title=title, hidden={"kind": kind, ONCE: new_once()})
