"""Disputes: the other side's file is sent and held against ours; what differs, why, and which calls."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.dispute_options import dispute_arguments
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.jobs.kept_disputes import differing_calls, dispute_files
from minutebook.jobs.kinds import RECONCILE
from minutebook.jobs.uploads import keep_upload
from minutebook.ledger.jobs import JobState
from minutebook.show.listings.reconciliation import (
    both_days,
    ours_less_theirs,
    reconciliation_sheets,
)
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import (
    AskedAgain,
    Block,
    Facts,
    Links,
    PageFact,
    PageTable,
    Words,
)
from minutebook.web.doing import FilledForm, done_once
from minutebook.web.entry import may, viewing
from minutebook.web.pages.books.dispute_form import dispute_form
from minutebook.web.rendering import PAGE_HEADERS, REPORT_HEADERS, page
from minutebook.web.uploading import form_with_file

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.ledger.jobs import Job

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.MONEY))]
Disputer = Annotated[Session, Depends(viewing(Right.RUNS))]
_ABOVE = [("Disputes", "/disputes")]
_NEW = "/disputes/new"
_MOST = 100
_LESS_LOOKED_AT = ("_caller", "_setup_at", "_ended_at")
"""Columns of what differs that the CSV alone has."""
_LIST = [
    Column("made_at", "Asked (UTC)"),
    Column("theirs", "Theirs"),
    Column("of", "Ours"),
    Column("from", "From"),
    Column("to", "To"),
    Column("state", "Is"),
    Column("asked_by", "Asked by"),
    Column("amount", "Ours less theirs", money=True),
    Column("currency", "Currency"),
]


@router.get("/disputes")
def _disputes(request: Request, book: Served, session: Reader) -> Response:
    rows = [_row(job) for job in book.jobs.list(kind=RECONCILE, most=_MOST)]
    leads = {"made_at": lambda row: f"/disputes/{row['id']}"}
    blocks: list[Block] = [PageTable(Sheet(_LIST, rows), leads, empty="Nothing was disputed yet.")]
    if may(session, Right.RUNS):
        blocks.insert(0, Links([("Hold another side's file against ours", _NEW)]))
    lead = "The calls that we have and those that the other side has: where they differ, and how much money each cause explains."
    return page(request, session, "Disputes", blocks, lead=[lead])


@router.get(_NEW)
def _new(request: Request, book: Served, session: Disputer) -> Response:
    return _asked(request, book, session, {})


@router.post(_NEW)
async def _send(request: Request, book: Served, session: Disputer) -> Response:
    """Keep the file, and have it held against the calls of the lake."""
    said: dict[str, str] = {}
    try:
        async with form_with_file(request, book, session) as sent:
            said = dict(sent.form.fields)

            def asked() -> Response:
                arguments = dispute_arguments(book, said, sent.name)
                kept, digest = keep_upload(book.path, sent.file, sent.name or "")
                form = FilledForm(session, {**said, "sha256": digest}, {})

                def do() -> str:
                    dispute = str(uuid4())
                    named = {**arguments, "theirs": kept, "kept": dispute}
                    return f"/disputes/{book.jobs.add(RECONCILE, named, dispute).id}"

                return done_once(book, form, request, do)

            return await run_in_threadpool(asked)
    except (ProblemError, InputError) as error:
        if isinstance(error, ProblemError) and error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT):  # fmt: skip
            raise
        return await run_in_threadpool(_asked, request, book, session, said, error)


@router.get("/disputes/{id}")
def _dispute(
    request: Request,
    book: Served,
    session: Reader,
    id: str,
    what: Annotated[str, Query(alias="class")] = "",
    first: Annotated[int, Query(alias="from", ge=0)] = 0,
) -> Response:
    job = _known(book, id)
    blocks: list[Block] = [_facts(job)]
    if job.state in (JobState.WAITING, JobState.RUNNING):
        blocks += [AskedAgain(f"/disputes/{job.id}"), Links([("Stop it", f"/jobs/{job.id}")])]
    elif job.result is None:
        blocks.append(Words([job.error or "it ended without a result"], "Why not", alarming=True))
        blocks.append(Links([("Ask again", f"{_NEW}?{_again(job)}")]))
    else:
        blocks += _found(book, job, what, first)
    return page(request, session, f"Dispute: {_theirs(job)}", blocks, above=_ABOVE)


@router.get("/disputes/{id}/differences.csv")
def _differences(book: Served, session: Reader, id: str) -> Response:
    """All that differs, as `reconcile --csv` writes it."""
    del session
    file, _ = _files(book, _known(book, id))
    return FileResponse(
        file, media_type="text/csv", filename="differences.csv", headers=dict(PAGE_HEADERS)
    )


@router.get("/disputes/{id}/report")
def _report(book: Served, session: Reader, id: str) -> Response:
    """A page with pictures, to be sent to the other side."""
    del session
    _, file = _files(book, _known(book, id))
    return HTMLResponse(file.read_text("utf-8"), headers=REPORT_HEADERS)


def _asked(
    request: Request,
    book: Book,
    session: Session,
    said: dict[str, str],
    error: ProblemError | InputError | None = None,
) -> Response:
    form = dispute_form(request, book, {**request.query_params, **said}, _NEW, error)
    status = error.status if isinstance(error, ProblemError) else 422
    return page(
        request, session, "A dispute", [form], above=_ABOVE, status=status if error else 200
    )


def _found(book: Book, job: Job, what: str, first: int) -> list[Block]:
    """The classes, what they say, each day, and the calls that differ."""
    value, at = job.result, f"/disputes/{job.id}"
    title = f"Ours and theirs, {value['from']} to {value['to']}"
    classes, *samples = reconciliation_sheets(value, title)
    own = {part["class"] for part in value["classes"]} | {"unexplained"}
    leads = {"class": lambda row: f"{at}?class={row['class']}" if row["class"] in own else None}
    lacking, words = value["not_compared"], value["words"]
    blocks: list[Block] = []
    if lacking:
        blocks.append(Words(lacking, "What was not compared", alarming=True))
    blocks.append(PageTable(replace(classes, notes=[]), leads))
    blocks.append(Words([said for said in words if said not in lacking], "In words"))
    ways = [("All that differs as CSV", f"{at}/differences.csv"), ("A page with pictures, to be sent", f"{at}/report")]  # fmt: skip
    blocks.append(Links(ways))
    blocks += _calls(book, job, what if what in own else "", first)
    if not what and not first:
        blocks += [PageTable(sheet) for sheet in samples]
        if value["days"]:
            blocks.append(PageTable(both_days(value["days"]), title="Each day on both sides"))
    return blocks


def _calls(book: Book, job: Job, what: str, first: int) -> list[Block]:
    """What differs, a page at a time."""
    file, _ = dispute_files(book.path, UUID(job.arguments["kept"]))
    if not file.is_file():
        gone = "The calls that differ are not here, as this book was made of a backup: have it compared again."
        return [Words([gone]), Links([("Ask again", f"{_NEW}?{_again(job)}")])]
    at = f"/disputes/{job.id}"
    names, rows = differing_calls(file, what or None, first, _MOST + 1)
    shown = [{name: value.replace(".000000Z", "Z") for name, value in row.items()} for row in rows[:_MOST]]  # fmt: skip
    columns = [Column(n, _heading(n), shown=not n.endswith(_LESS_LOOKED_AT)) for n in names]
    sheet = Sheet(columns, shown)
    of = what.replace("_", " ") if what else "All that differs"
    ways = []
    if first:
        ways.append(("← Before", f"{at}?{urlencode({'class': what, 'from': max(first - _MOST, 0)})}"))  # fmt: skip
    if len(rows) > _MOST:
        ways.append(("Further on →", f"{at}?{urlencode({'class': what, 'from': first + _MOST})}"))
    if what or first:
        ways.append(("All of the dispute", at))
    title = f"{of[:1].upper()}{of[1:]}, from the {first + 1:,}."
    blocks: list[Block] = [PageTable(sheet, title=title if first else of.capitalize(), empty="Nothing differs.")]  # fmt: skip
    return [*blocks, Links(ways)] if ways else blocks


def _heading(name: str) -> str:
    for side, word in (("our_", "Ours: "), ("their_", "Theirs: ")):
        if name.startswith(side):
            return word + name.removeprefix(side).replace("_", " ")
    return name.replace("_", " ").capitalize()


def _facts(job: Job) -> Facts:
    row, asked = _row(job), job.arguments
    facts = [
        PageFact("Theirs", row["theirs"]),
        PageFact("Ours", row["of"], f"{asked['from']} to {asked['to']}, UTC days"),
        PageFact("Is", job.state, None, f"/jobs/{job.id}", alarming=job.state is JobState.FAILED),
        PageFact("Asked by", job.asked_by, row["made_at"]),
    ]
    if job.result is not None:
        facts.append(PageFact("Ours less theirs", f"{row['amount']} {row['currency'] or ''}"))
    return Facts(facts)


def _row(job: Job) -> dict[str, Any]:
    from minutebook.days import instant_text

    asked, found = job.arguments, job.result
    provider, account = asked.get("provider"), asked.get("account")
    of = f"what {provider} carried" if provider else account or "all accounts"
    less = None if found is None else ours_less_theirs(found)["amount"]
    return {
        "id": str(job.id),
        "made_at": instant_text(job.made_at),
        "theirs": _theirs(job),
        "of": of,
        "from": asked["from"],
        "to": asked["to"],
        "state": job.state.value,
        "asked_by": job.asked_by,
        "amount": less,
        "currency": None if found is None else found["currency"],
    }


def _theirs(job: Job) -> str:
    return Path(job.arguments["theirs"]).name


def _again(job: Job) -> str:
    said = {name: value for name, value in job.arguments.items() if name not in ("theirs", "kept")}
    return urlencode(said)


def _known(book: Book, id: str) -> Job:
    try:
        job = book.jobs.show(id)
    except InputError:
        job = None
    if job is None or job.kind != RECONCILE:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no dispute {id}")
    return job


def _files(book: Book, job: Job) -> tuple[Path, Path]:
    files = dispute_files(book.path, UUID(job.arguments["kept"]))
    if not all(file.is_file() for file in files):
        raise ProblemError(
            HTTPStatus.NOT_FOUND,
            "what differs is not here: the dispute is not done, or this book was made of a backup; ask again",
        )
    return files
