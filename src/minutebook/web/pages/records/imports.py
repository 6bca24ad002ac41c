"""Imports that were made: what each added; taken back, or read again, after what that would do was looked at."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import FieldError, ProblemError
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.jobs.uploads import keep_upload, kept_upload, upload_name
from minutebook.show.corrections import CorrectedView, ImportedView, ImportsView
from minutebook.show.imports_again import AgainPreviewView, again_notes
from minutebook.show.listings.corrections import AGAIN_EFFECTS, corrected_sheet
from minutebook.show.listings.imports import COLUMNS, imports_sheet
from minutebook.show.serialise import as_json
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Facts, Field, Links, PageFact, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, seen_effects, viewing
from minutebook.web.rendering import page
from minutebook.web.uploading import FILE, file_field, form_with_file

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.corrections.imports import Import

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Keeper = Annotated[Session, Depends(viewing(Right.IMPORTS))]
_ABOVE = [("Imports", "/imports")]
_UNDO, _AGAIN, _OTHER_CALLS = "undo", "again", "other_calls"
_FORMS = {
    _UNDO: ("Take it back", "Its calls leave the bill, and its files can come in anew. The next run posts the difference."),
    _AGAIN: ("Read it again", "After what is declared of its source was mended: its calls leave the bill, and its files are read anew, as they are declared now."),
}  # fmt: skip
"""Of what can be done with an import: the button, and what it does."""
_OTHERS = Field(
    _OTHER_CALLS, "Its calls are others, though the book has the same ids, times and numbers under another source",
    "checkbox", required=False,
)  # fmt: skip


@router.get("/imports")
def _imports(request: Request, book: Served, session: Reader) -> Response:
    sheet = imports_sheet(ImportsView.of(reversed(book.corrections.imports())))
    leads = {"id": lambda row: f"/imports/{row['id']}"}
    blocks: list[Block] = [PageTable.of(sheet, leads=leads, empty="Nothing was imported yet.")]
    if may(session, Right.IMPORTS):
        blocks.insert(0, Links([("Import a file", "/imports/new")]))
    return page(request, session, "Imports", blocks)


@router.get("/imports/{id}")
def _import(request: Request, book: Served, session: Reader, id: str) -> Response:
    return _shown(request, book, session, _known(book, id))


@router.get("/imports/{id}/{what}")
def _look(
    request: Request,
    book: Served,
    session: Keeper,
    id: str,
    what: str,
    reason: Annotated[str, Query()] = "",
    sha256: Annotated[str, Query()] = "",
    name: Annotated[str, Query()] = "",
    other_calls: Annotated[str, Query()] = "",
) -> Response:
    """What taking it back, or reading it again, would do; nothing is done."""
    meant, why = _known(book, id), reason.strip()
    if what not in _FORMS:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    if not why:
        wrong = FieldError("reason", "the reason is missing; it is kept with the correction")
        return _shown(request, book, session, meant, what, wrong)
    try:
        sent = _sent_again(book, sha256, name)
        blocks, changes = _tried(book, session, meant, what, why, sent, others=bool(other_calls))
    except InputError as error:
        return _shown(request, book, session, meant, what, error, why, others=bool(other_calls))
    at, (button, _) = f"/imports/{_short(meant)}", _FORMS[what]
    if changes:
        told = ["Nothing is done yet. What is done is kept, with who did it and why."]
        file = {"sha256": sha256, "name": name} if sha256 else {}
        others = {_OTHER_CALLS: "yes"} if other_calls else {}
        hidden = {"reason": why, **file, **others, ONCE: new_once()}
        blocks.append(PageForm(f"{at}/{what}", [], button, sentences=told, hidden=hidden, dangerous=True))  # fmt: skip
    blocks.append(Links([("No, leave it as it is", at)]))
    return page(
        request, session, f"{button}: is this right?", blocks, above=[*_ABOVE, (_short(meant), at)]
    )


@router.post("/imports/{id}/file")
async def _send(request: Request, book: Served, session: Keeper, id: str) -> Response:
    """Keep the file of an import that is not where it was, and show what reading it again would do."""
    meant, why = await run_in_threadpool(_known, book, id), ""
    try:
        async with form_with_file(request, book, session) as sent:
            why, name = sent.form["reason"], sent.name
            if name is None:
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "no file is chosen; choose one")
            _, digest = await run_in_threadpool(keep_upload, book.path, sent.file, name)
    except (ProblemError, InputError) as error:
        if isinstance(error, ProblemError) and error.status is HTTPStatus.FORBIDDEN:
            raise
        said = error.detail if isinstance(error, ProblemError) else error.for_shell()
        wrong = FieldError(FILE, said)
        return await run_in_threadpool(_shown, request, book, session, meant, FILE, wrong, why)
    others = {_OTHER_CALLS: "yes"} if sent.form[_OTHER_CALLS] else {}
    asked = urlencode({"reason": why, "sha256": digest, "name": upload_name(name), **others})
    return RedirectResponse(f"/imports/{_short(meant)}/{_AGAIN}?{asked}", HTTPStatus.SEE_OTHER)


@router.post("/imports/{id}/{what}")
def _do(
    request: Request, book: Served, sent: SentForm, session: Keeper, id: str, what: str
) -> Response:
    meant = _known(book, id)
    if what not in _FORMS:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")

    def do() -> str:
        if what == _AGAIN:
            file = _sent_again(book, sent["sha256"], sent["name"])
            named = {} if file is None else {"file": str(file.relative_to(book.path))}
            others = {_OTHER_CALLS: True} if sent[_OTHER_CALLS] else {}
            asked = {"import": meant.id, "reason": sent["reason"], **named, **others}
            return f"/jobs/{book.jobs.add('import again', asked).id}"
        book.corrections.undo_import(meant.id, sent["reason"])
        return f"/imports/{_short(meant)}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, meant, what, error, sent["reason"])


def _sent_again(book: Book, sha256: str, name: str) -> Path | None:
    """The file that was sent to be read instead of the one that was; None: none was."""
    if not sha256:
        return None
    found = kept_upload(book.path, sha256, name)
    if found is None:
        raise FieldError(FILE, "there is no such file; send it again")
    return found


def _tried(
    book: Book,
    session: Session,
    meant: Import,
    what: str,
    why: str,
    sent: Path | None,
    *,
    others: bool,
) -> tuple[list[Block], bool]:
    """What it would come to, and whether that is anything."""
    if what == _UNDO:
        with in_the_name_of(session.asks_as):
            view = CorrectedView.of(book.corrections.undo_import(meant.id, why, dry_run=True))
        return [_table(seen_effects(session, corrected_sheet(view)))], view.correction is not None
    places = [Path(book.path, file) for file in meant.files] if sent is None else [sent]
    there = all(place.is_file() for place in places)
    found = AgainPreviewView.of(
        book.calls.preview_import_again(meant.id, places if there else None, other_calls=others)
    )
    records = as_json(found.records)
    aside = [f"{count:,} {reason}" for reason, count in sorted(records["reasons"].items())]
    return [
        _table(seen_effects(session, Sheet(AGAIN_EFFECTS, found.accounts, notes=again_notes(found)))),
        _table(Sheet(COLUMNS, [found.records], title="What would become of its records", notes=aside)),
    ], True  # fmt: skip


def _table(sheet: Sheet) -> PageTable:
    return PageTable.of(sheet, title=sheet.title or "What it would do", empty="No account changes.")


def _shown(
    request: Request,
    book: Book,
    session: Session,
    meant: Import,
    asked: str = "",
    error: InputError | None = None,
    why: str = "",
    *,
    others: bool = False,
) -> Response:
    """An import, with what can be done with it; or what was wrong with that."""
    row = ImportedView.of(meant)
    facts = [
        PageFact("Taken in (UTC)", f"{meant.at:%Y-%m-%d %H:%M:%S}", row.by and f"by {row.by}"),
        PageFact("Calls added", f"{meant.added:,}", f"from {meant.first} to {meant.last}"),
        PageFact("Sources", ", ".join(meant.sources)),
        PageFact("Is", row.state, f"by correction {meant.undone}" if meant.undone else None),
    ]
    blocks: list[Block] = [Facts(facts), Words(meant.files, "Files")]
    if may(session, Right.IMPORTS) and meant.undone is None:
        at = f"/imports/{row.id}"
        for what, (button, told) in _FORMS.items():
            said = error.for_shell() if error is not None and asked == what else None
            field = Field("reason", "Why", value=why if asked == what else "", hint="Kept with the correction.", error=said)  # fmt: skip
            more = [replace(_OTHERS, value="yes" if others else "")] if what == _AGAIN else []
            blocks.append(
                PageForm(
                    f"{at}/{what}", [field], "See what it would do", title=button, sentences=[told],
                    get=True, stacked=True, more=more,
                )
            )  # fmt: skip
        if len(meant.files) == 1:
            blocks.append(_with_file(request, at, error if asked == FILE else None, why))
    if meant.undone is not None:
        blocks.append(Links([(f"Correction {meant.undone}", f"/corrections/{meant.undone}")]))
    status = 200 if error is None else 422
    return page(request, session, f"Import {row.id}", blocks, above=_ABOVE, status=status)


def _with_file(request: Request, at: str, error: InputError | None, why: str) -> PageForm:
    """Reading it again from its file, sent anew."""
    told = "Where its file is no longer where it was: send it, and it is read in its place."
    fields = [
        file_field(request, "Its file", "Choose it, or drop it here.", None if error is None else str(error)),
        Field("reason", "Why", value=why, hint="Kept with the correction."),
    ]  # fmt: skip
    return PageForm(
        f"{at}/file", fields, "Send it, and see what it would do", title="Read it again from a file that is sent", sentences=[told],
        more=[_OTHERS],
    )  # fmt: skip


def _known(book: Book, id: str) -> Import:
    found = [one for one in book.corrections.imports() if one.id.startswith(id.lower())]
    if len(found) != 1:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no import {id}")
    return found[0]


def _short(meant: Import) -> str:
    return ImportedView.of(meant).id
