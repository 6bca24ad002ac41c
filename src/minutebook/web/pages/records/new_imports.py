"""Records taken in by a form: the file is sent, how it would be read is looked at, then it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.calls.readers.formats import AUTO
from minutebook.errors import InputError
from minutebook.jobs.uploads import keep_upload, upload_name
from minutebook.jobs.waiting_files import SentFor, waits_no_longer
from minutebook.show.import_previews import ImportPreviewView, import_preview_notes
from minutebook.show.listings.import_previews import preview_sheets
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.rendering import page
from minutebook.web.uploading import file_field, file_sent_before, form_with_file
from minutebook.web.waiting_files import leave_form, note_file, waiting_table
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from minutebook.book import Book

router = APIRouter()
Keeper = Annotated[Session, Depends(viewing(Right.IMPORTS))]
_AT = "/imports/new"
_ABOVE = [("Imports", "/imports")]


@dataclass(frozen=True, slots=True)
class _Meant:
    """How a file is to be read, as a form says it."""

    source: str = ""
    format: str = AUTO
    complete: bool = False

    @classmethod
    def of(cls, said: Mapping[str, str]) -> _Meant:
        return cls(said.get("source", ""), said.get("format") or AUTO, bool(said.get("complete")))

    @property
    def sent(self) -> dict[str, str]:
        """To be asked for again."""
        complete = {"complete": "yes"} if self.complete else {}
        return {"source": self.source, "format": self.format, **complete}

    def fields(self, book: Book, error: str | None = None) -> list[Field]:
        from minutebook.calls.readers import listed

        sources = [("", "none that is declared"), *((n, n) for n in sorted(book.carrier().sources))]
        formats = [
            (AUTO, "as the file shows"),
            *((f.name, f.name) for f in listed() if not f.error),
        ]
        hint = "Its zone, country and server are what the file does not say."
        return [
            Field("source", "Source", value=self.source, options=sources, hint=hint, error=error),
            Field("format", "Format", value=self.format, options=formats),
            Field("complete", "The file is finished: a last line without its end is a record", "checkbox", "yes" if self.complete else ""),
        ]  # fmt: skip


def _meant(source: str = "", format: str = AUTO, complete: str = "") -> _Meant:
    return _Meant(source, format or AUTO, bool(complete))


Meant = Annotated[_Meant, Depends(_meant)]


@router.get(_AT)
def _asked(request: Request, book: Served, session: Keeper) -> Response:
    return _form(request, book, session, _Meant())


@router.post(_AT)
async def _send(request: Request, book: Served, session: Keeper) -> Response:
    """Keep the file; the same again is there already."""
    meant = _Meant()
    try:
        async with form_with_file(request, book, session) as sent:
            meant, name = _Meant.of(sent.form.fields), sent.name
            if name is None:
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "no file is chosen; choose one")
            _, digest = await run_in_threadpool(keep_upload, book.path, sent.file, name)
    except (ProblemError, InputError) as error:
        if isinstance(error, ProblemError) and error.status is HTTPStatus.FORBIDDEN:
            raise
        return await run_in_threadpool(_form, request, book, session, meant, error)
    await run_in_threadpool(
        note_file, book, session, SentFor.CALLS, digest, upload_name(name), meant.sent
    )
    asked = urlencode({"name": upload_name(name), **meant.sent})
    return RedirectResponse(f"{_AT}/{digest}?{asked}", HTTPStatus.SEE_OTHER)


@router.get(_AT + "/{sha256}")
def _preview(
    request: Request,
    book: Served,
    session: Keeper,
    meant: Meant,
    sha256: str,
    name: Annotated[str, Query()] = "",
) -> Response:
    return _looked_at(request, book, session, sha256, name, meant)


@router.post(_AT + "/{sha256}")
def _import(
    request: Request, book: Served, sent: SentForm, session: Keeper, sha256: str
) -> Response:
    name, meant = sent["name"], _Meant.of(sent.fields)
    file = file_sent_before(book, sha256, name)

    def do() -> str:
        _check(book, meant)
        asked = {
            "file": str(file.relative_to(book.path)),
            "format": meant.format,
            "source": meant.source or None,
            "complete": meant.complete,
        }
        job = book.jobs.add("import", asked)
        waits_no_longer(book.path, SentFor.CALLS, sha256, name)
        return f"/jobs/{job.id}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _looked_at(request, book, session, sha256, name, meant, error)


@router.post(_AT + "/{sha256}/leave")
def _leave(
    request: Request, book: Served, sent: SentForm, session: Keeper, sha256: str
) -> Response:
    def do() -> str:
        waits_no_longer(book.path, SentFor.CALLS, sha256, sent["name"])
        return _AT

    return done_once(book, sent, request, do)


def _check(book: Book, meant: _Meant) -> None:
    """`InputError` where nothing is called so: no job is made that could but fail."""
    from minutebook.calls.readers import reader

    if meant.source:
        book.carrier().source_named(meant.source)
    if meant.format != AUTO:
        reader(meant.format)


def _form(
    request: Request,
    book: Book,
    session: Session,
    meant: _Meant,
    error: ProblemError | InputError | None = None,
) -> Response:
    said = error.for_shell() if isinstance(error, InputError) else None
    if isinstance(error, ProblemError):
        said = error.detail
    hint = "Choose it, or drop it here: calls as a switch writes them, compressed or not."
    fields = [file_field(request, "File of call records", hint, said), *meant.fields(book)]
    told = "Nothing is taken in yet: how the first records would be read is shown first."
    form = PageForm(_AT, fields, "Send it, and look", sentences=[told])
    status = error.status if isinstance(error, ProblemError) else 422
    blocks = [form, *waiting_table(book, SentFor.CALLS, _AT)]
    return page(
        request, session, "Import a file", blocks, above=_ABOVE, status=status if error else 200
    )


def _looked_at(
    request: Request,
    book: Book,
    session: Session,
    sha256: str,
    name: str,
    meant: _Meant,
    error: InputError | None = None,
) -> Response:
    """How the file would be read, to be changed or confirmed."""
    file, at = file_sent_before(book, sha256, name), f"{_AT}/{sha256}"
    blocks: list[Block] = []
    try:
        found = book.calls.preview_import(
            file, meant.format, meant.source or None, name=name, complete=meant.complete
        )
    except InputError as wrong:  # the page names the file
        error = error or wrong.at(what=f"line {wrong.line}: " if wrong.line else "")
    else:
        view = ImportPreviewView.of(found)
        blocks = _told(view, name, file.stat().st_size)
    said = None if error is None else error.for_shell()
    again = PageForm(
        at, meant.fields(book, said), "Look again", title="Read it otherwise", hidden={"name": name},
        get=True, stacked=True,
    )  # fmt: skip
    blocks = [*_before(book, file), *blocks]
    if error is None:
        hidden = {"name": name, **meant.sent, ONCE: new_once()}
        told = "A worker takes all of it in; each call counts once, however often its file is sent."
        blocks.append(PageForm(at, [], "Import it", title="Is this right?", hidden=hidden, sentences=[told]))  # fmt: skip
    blocks += [again, leave_form(at, name), Links([("No, send another file", _AT)])]
    return page(
        request, session, f"How {name} would be read", blocks, above=_ABOVE,
        status=200 if error is None else 422,
    )  # fmt: skip


def _told(view: ImportPreviewView, name: str, size_bytes: int) -> list[Block]:
    aside = f"{view.set_aside} of the first {counted(len(view.records), 'record')}"
    facts = [
        PageFact("File", name, f"{size_bytes:,} bytes"),
        PageFact("Read as", view.format),
        PageFact("Source", view.source),
        PageFact("Would be set aside", aside, alarming=view.set_aside > 0),
    ]
    columns, records = preview_sheets(view, import_preview_notes(view))
    return [
        Facts(facts),
        PageTable.of(records, title="The first records, as they would be read", empty="The file has no record."),
        PageTable.of(columns, title="What is read from its columns", empty="It has none."),
    ]  # fmt: skip


def _before(book: Book, file: Path) -> list[Block]:
    """That the same file was taken in before, if it was."""
    named = str(file.relative_to(book.path))
    for one in reversed(book.corrections.imports()):
        if named in one.files:
            state = "is in force" if one.undone is None else "was taken back"
            told = f"This very file was imported at {one.at:%Y-%m-%d %H:%M} (UTC), which {state}: what of it is in the book is not added again."
            return [Words([told], alarming=True), Links([("That import", f"/imports/{one.id}")])]
    return []
