"""Decks taken in by a form: the file is sent, what it would change is looked at, then it is a revision."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.errors import InputError
from minutebook.jobs.kinds import DECK_PREVIEW
from minutebook.jobs.uploads import keep_upload, upload_name
from minutebook.jobs.waiting_files import SentFor, waits_no_longer
from minutebook.show.deck_previews import DeckPreviewView, preview_words
from minutebook.show.deck_rows import bands_priced, deck_rows
from minutebook.show.decks import deck_source_words, deck_taken_words
from minutebook.show.listings.deck_previews import deck_preview_sheets
from minutebook.show.price_columns import price_columns
from minutebook.show.tables import Sheet
from minutebook.web.apply_text import word_said
from minutebook.web.blocks import Block, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.pages.prices.deck_reading import (
    asked_field,
    card_said,
    in_words,
    job_so,
    read_so,
    reading_fields,
    sent_again,
)
from minutebook.web.rendering import page
from minutebook.web.uploading import file_field, file_sent_before, form_with_file
from minutebook.web.waiting_files import leave_form, note_file, waiting_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.billing.deck_preview import DeckPreview
    from minutebook.book import Book

router = APIRouter()
Declarer = Annotated[Session, Depends(viewing(Right.DECLARATIONS))]
_AT: Final = "/decks/new"
_ABOVE: Final = [("Rate cards", "/cards")]
_FIRST_ROWS: Final = 20
_DAYS: Final = 30
_MOST_CALLS: Final = 2_000_000
"""So many calls at most are priced while somebody waits for the page; more are priced by a job."""
_PRICE: Final = "price"
_MORE: Final = "More of how it is read and charged"


@router.get(_AT)
def _asked(request: Request, book: Served, session: Declarer) -> Response:
    return _form(request, book, session, dict(request.query_params))


@router.post(_AT)
async def _send(request: Request, book: Served, session: Declarer) -> Response:
    """Keep the file; the same again is there already."""
    said: Mapping[str, str] = {}
    try:
        async with form_with_file(request, book, session) as sent:
            said, name = sent.form.fields, sent.name
            if name is None:
                raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "no file is chosen; choose one")
            _, digest = await run_in_threadpool(keep_upload, book.path, sent.file, name)
    except (ProblemError, InputError) as error:
        if isinstance(error, ProblemError) and error.status is HTTPStatus.FORBIDDEN:
            raise
        return await run_in_threadpool(_form, request, book, session, said, error)
    await run_in_threadpool(
        note_file, book, session, SentFor.DECK, digest, upload_name(name), sent_again(said)
    )
    asked = urlencode({"name": upload_name(name), **sent_again(said)})
    return RedirectResponse(f"{_AT}/{digest}?{asked}", HTTPStatus.SEE_OTHER)


@router.get(_AT + "/{sha256}")
def _preview(request: Request, book: Served, session: Declarer, sha256: str) -> Response:
    return _looked_at(request, book, session, sha256, dict(request.query_params))


@router.post(_AT + "/{sha256}")
def _import(
    request: Request, book: Served, sent: SentForm, session: Declarer, sha256: str
) -> Response:
    file = file_sent_before(book, sha256, sent["name"])

    def do() -> str:
        card = card_said(sent.fields)
        if sent["what"] == _PRICE:
            asked = {**job_so(sent.fields), "card": card, "file": str(file.relative_to(book.path))}
            return f"/jobs/{book.jobs.add(DECK_PREVIEW, asked).id}"
        kept = word_said(sent.fields, "save_profile")
        book.cards.import_deck(card, file, save_profile=kept, **read_so(book, sent.fields))
        waits_no_longer(book.path, SentFor.DECK, sha256, sent["name"])
        return f"/cards/{card}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _looked_at(request, book, session, sha256, sent.fields, error)


@router.post(_AT + "/{sha256}/leave")
def _leave(
    request: Request, book: Served, sent: SentForm, session: Declarer, sha256: str
) -> Response:
    def do() -> str:
        waits_no_longer(book.path, SentFor.DECK, sha256, sent["name"])
        return _AT

    return done_once(book, sent, request, do)


def _form(
    request: Request,
    book: Book,
    session: Session,
    said: Mapping[str, str],
    error: ProblemError | InputError | None = None,
) -> Response:
    wrong = error.for_shell() if isinstance(error, InputError) else None
    if isinstance(error, ProblemError):
        wrong = error.detail
    hint = "Choose it, or drop it here: CSV, XLSX, XLS, ODS or JSON; in gzip or zip too."
    (card, live, partial, *often), more = reading_fields(book, said)
    fields = [file_field(request, "Deck", hint, wrong), card, live, partial]
    told = "Nothing is taken in yet: what it would change is shown first, and how it is read can be said there."
    form = PageForm(
        _AT, fields, "Send it, and look", sentences=[told], more=[*often, *more], more_title=_MORE
    )
    status = error.status if isinstance(error, ProblemError) else HTTPStatus.UNPROCESSABLE_ENTITY
    blocks = [form, *waiting_table(book, SentFor.DECK, _AT)]
    return page(
        request, session, "Import a deck", blocks, above=_ABOVE, status=status if error else 200
    )


def _looked_at(
    request: Request,
    book: Book,
    session: Session,
    sha256: str,
    said: Mapping[str, str],
    error: InputError | None = None,
) -> Response:
    """What the deck would change, to be read otherwise or confirmed."""
    name = said.get("name", "")
    file, at = file_sent_before(book, sha256, name), f"{_AT}/{sha256}"
    blocks: list[Block] = []
    many = book.cards.calls_to_preview(_DAYS)
    later = many > _MOST_CALLS
    try:
        found = book.cards.preview_deck(
            card_said(said), file, days=0 if later else _DAYS, **read_so(book, said)
        )
    except InputError as wrong:
        error = error or wrong
    else:
        blocks = [*([_price_later(at, name, said, many)] if later else []), *_told(found)]
    asks = None if error is None else error.for_shell().replace(str(file), name)
    whole = asks if asks is not None and asked_field(asks) is None else None
    often, more = reading_fields(book, said, asks)
    otherwise = PageForm(
        at, often, "Look again", title="Read it otherwise", hidden={"name": name}, get=True, stacked=True,
        error=whole and in_words(whole), more=more, more_title=_MORE,
    )  # fmt: skip
    if error is None:
        hidden = {"name": name, **sent_again(said), ONCE: new_once()}
        told = "It is the card's next revision: a draft, unless it is live from a day."
        confirm = PageForm(at, [], "Import it", title="Is this right?", hidden=hidden, sentences=[told])  # fmt: skip
        blocks = [confirm, *blocks, otherwise]
    else:
        blocks = [otherwise]
    blocks += [leave_form(at, name), Links([("No, send another file", _AT)])]
    return page(
        request, session, f"What {name} would change", blocks, above=_ABOVE,
        status=200 if error is None else 422,
    )  # fmt: skip


def _price_later(at: str, name: str, said: Mapping[str, str], calls: int) -> PageForm:
    """What is asked of a worker, as it takes longer than a page may."""
    told = f"The last {_DAYS} days have {calls:,} calls: what they come to by the deck takes a while, and is told as a job."
    hidden = {"name": name, **sent_again(said), "what": _PRICE, ONCE: new_once()}
    return PageForm(at, [], "Price these calls", title="What it does to the bills", sentences=[told], hidden=hidden)  # fmt: skip


def _told(found: DeckPreview) -> list[Block]:
    """What the command says of it, its first rows as they were read, and what it changes."""
    view = DeckPreviewView.of_preview(found)
    words = [
        *deck_source_words(found.deck.source),
        *preview_words(view),
        *deck_taken_words(found.taken),
    ]
    *changes, columns = deck_preview_sheets(view)
    frame, terms = found.deck.frame, found.parts[0].revision.terms
    rows = deck_rows(frame.head(_FIRST_ROWS), terms, found.card.currency)
    headings = price_columns(found.card.currency, bands_priced(frame, terms))
    first = PageTable(Sheet(headings, rows), title=f"The first rows of {frame.height:,}")
    own = (view.card, view.file)  # names stand as they are written
    sentences = [
        in_words(said if said.startswith(own) else said[:1].upper() + said[1:]) for said in words
    ]
    return [Words(sentences), PageTable.of(columns), first, *map(PageTable.of, changes)]
