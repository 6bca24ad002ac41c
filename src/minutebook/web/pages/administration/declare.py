"""Declaring: as the text of an apply file, looked at first, then done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.applied_text import applied_text
from minutebook.api.entry import Served
from minutebook.book.clock import in_the_name_of
from minutebook.errors import InputError
from minutebook.show.books import AppliedView
from minutebook.show.listings.applied import applied_sheet
from minutebook.web.apply_text import FORMS, table_of, text_of
from minutebook.web.blocks import Block, Code, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, FilledForm, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.declarations.change import Applied

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.PRICES))]
Declarer = Annotated[Session, Depends(viewing(Right.DECLARATIONS))]


@router.get("/declared")
def _declared(request: Request, book: Served, session: Reader) -> Response:
    text = book.declared().text
    lead = "All that is declared, as one apply file, which makes an empty book alike."
    return page(request, session, "What is declared", [Code(text)], lead=[lead])


@router.get("/declare")
def _declare(
    request: Request, book: Served, session: Declarer, table: Annotated[str, Query()] = ""
) -> Response:
    text = table_of(book.declared().text, table) if table else ""
    ways = [(words, f"/declare/{kind}") for kind, (words, _) in FORMS.items()]
    blocks: list[Block] = [Links(ways, title="By a form"), _form(text, "")]
    return page(request, session, "Declare", blocks)


@router.get("/declare/{kind}")
def _by_form(request: Request, book: Served, session: Declarer, kind: str) -> Response:
    if kind not in FORMS:
        return _declare(request, book, session)
    words, fields = FORMS[kind]
    form = PageForm(f"/declare/{kind}", fields(book.carrier()), "Look at it first")
    return page(request, session, words, [form], above=[("Declare", "/declare")])


@router.post("/declare/{kind}")
def _from_form(
    request: Request, book: Served, sent: SentForm, session: Declarer, kind: str
) -> Response:
    try:
        text = text_of(kind, sent.fields)
    except InputError as error:
        words, fields = FORMS[kind]
        filled = [_filled(field, sent) for field in fields(book.carrier())]
        form = PageForm(f"/declare/{kind}", filled, "Look at it first", error=str(error))
        return page(request, session, words, [form], above=[("Declare", "/declare")], status=422)
    return _looked_at(request, book, sent, text)


@router.post("/declare")
def _do(request: Request, book: Served, sent: SentForm, session: Declarer) -> Response:
    return _looked_at(request, book, sent, sent["text"])


def _looked_at(request: Request, book: Book, sent: FilledForm, text: str) -> Response:
    """First what it would change; once that is confirmed, what it changed."""
    reason = sent["reason"] or None

    def do() -> str:
        _applied(book, text, reason, dry_run=False)
        return "/audit"

    try:
        if sent.chosen:
            return done_once(book, sent, request, do)
        with in_the_name_of(sent.session.asks_as):
            view = AppliedView.of(_applied(book, text, reason, dry_run=True), dry_run=True)
    except InputError as error:
        blocks: list[Block] = [_form(text, reason or "", error)]
        return page(request, sent.session, "Declare", blocks, status=422)
    if not view.changes:
        blocks = [
            Words(["All of it is declared so already: nothing would change."]),
            _form(text, reason or ""),
        ]
        return page(request, sent.session, "Declare", blocks)
    hidden = {"text": text, "reason": reason or "", "step": "do", ONCE: new_once()}
    blocks = [
        PageTable.of(applied_sheet(view, dry_run=True), title="What it would change"),
        Code(text, "As an apply file"),
        PageForm(
            "/declare", [], "Declare it", hidden=hidden, sentences=["Nothing is changed yet."]
        ),
        Links([("No, change the text", "/declare")]),
    ]
    return page(request, sent.session, "Is this right?", blocks, above=[("Declare", "/declare")])


def _applied(book: Book, text: str, reason: str | None, *, dry_run: bool) -> Applied:
    return applied_text(book, text, reason or "declared in the portal", dry_run=dry_run)


def _form(text: str, reason: str, error: InputError | None = None) -> PageForm:
    said = None if error is None else error.for_shell()
    fields = [
        Field(
            "text", "What to declare, as in an apply file", "textarea", text, rows=16, error=said
        ),
        Field("reason", "Why", value=reason, required=False, hint="Kept with each change."),
    ]
    return PageForm("/declare", fields, "Look at it first", title="As text")


def _filled(field: Field, sent: FilledForm) -> Field:
    from dataclasses import replace

    return replace(field, value=sent[field.name])
