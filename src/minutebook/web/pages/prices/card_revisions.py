"""Revisions of a card: compared, taken live, withdrawn, gone back to; what that does is looked at first, then done, once."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of, now, tomorrow
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.show.card_changes import (
    CardChangeView,
    card_change_words,
    change_rows,
    short_notice_words,
)
from minutebook.show.card_differences import CardDifferenceView
from minutebook.show.cards import revision_row
from minutebook.show.listings.card_changes import BILLED_CHANGES, difference_sheets
from minutebook.show.listings.cards import REVISION_COLUMNS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import viewing
from minutebook.web.rendering import PAGE_HEADERS, page, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.billing.card_change import CardChange
    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.PRICES))]
Declarer = Annotated[Session, Depends(viewing(Right.DECLARATIONS))]
_MOST: Final = 500
_MEDIA: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""By the kind of file, its type."""


@dataclass(frozen=True, slots=True)
class RevisionDeed:
    """What is done with a revision."""

    words: str
    says: str
    needs_day: bool


DEEDS: Final = {
    "live": RevisionDeed("Take it live", "It is in force from then until the next one begins; what was in force before stays so.", needs_day=True),
    "withdraw": RevisionDeed("Withdraw it", "The revision that it replaced is in force instead; if there is none, calls have no price.", needs_day=True),
    "rollback": RevisionDeed("Go back to it", "A new revision with its rows and its terms: a draft, or in force from a day.", needs_day=False),
}  # fmt: skip
"""By the last part of a page's address."""


@router.get("/cards/{card}/file")
def _file(
    book: Served,
    session: Reader,
    card: str,
    kind: Annotated[str, Query()] = "csv",
    revision: Annotated[int | None, Query()] = None,
) -> Response:
    """A card's prices as a deck to take away, which imports to the same prices; of the revision in force, or another."""
    if kind not in _MEDIA:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    try:
        made = book.cards.export(card, kind, revision=revision)
    except InputError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, error.for_shell()) from None
    name = "".join(c if c.isalnum() else "-" for c in f"{card}-{made.revisions[0]}")
    sent = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(made.content, media_type=_MEDIA[kind], headers=PAGE_HEADERS | sent)


@router.get("/cards/{card}/diff")
def _difference(
    request: Request,
    book: Served,
    session: Reader,
    card: str,
    before: Annotated[int, Query()],
    after: Annotated[int, Query()],
) -> Response:
    frame = book.cards.difference(card, before, after)
    known = book.cards.show(card)
    revisions = known.numbered(before), known.numbered(after)
    decks = book.cards.prices(revisions[0]), book.cards.prices(revisions[1])
    view = CardDifferenceView.of(revisions, decks, frame.head(_MOST), known.currency)
    differs, *terms = difference_sheets(view)
    more = f", the first {_MOST}" if frame.height > _MOST else ""
    blocks: list[Block] = [
        PageTable(
            differs, title=f"{frame.height:,} prefixes differ{more}", empty="They price alike."
        ),
        *map(PageTable, terms),
    ]
    title = f"{card}: revision {before} and revision {after}"
    return page(request, session, title, blocks, above=_above(card))


@router.get("/cards/{card}/revisions/{revision}/{what}")
def _asked(
    request: Request, book: Served, session: Declarer, card: str, revision: int, what: str
) -> Response:
    deed = _deed(what)
    said = {name: value.strip() for name, value in request.query_params.items()}
    title, form = f"{deed.words}: {card} {revision}", _form(card, revision, what, said)
    if not said:
        return page(request, session, title, [form], above=_above(card))
    try:
        with in_the_name_of(session.asks_as):
            found = _done(book, card, revision, what, said, dry_run=True)
    except InputError as error:
        return refused(request, session, title, form, error, above=_above(card))
    blocks = _looked_at(found, card, revision, what, said)
    return page(request, session, f"{title}: is this right?", blocks, above=_above(card))


@router.post("/cards/{card}/revisions/{revision}/{what}")
def _do(
    request: Request, book: Served, sent: SentForm, session: Declarer, card: str, revision: int, what: str
) -> Response:  # fmt: skip
    deed = _deed(what)

    def do() -> str:
        _done(book, card, revision, what, sent.fields, dry_run=False)
        return f"/cards/{card}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        form = _form(card, revision, what, sent.fields)
        title = f"{deed.words}: {card} {revision}"
        return refused(request, session, title, form, error, above=_above(card))


def _deed(what: str) -> RevisionDeed:
    if what not in DEEDS:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    return DEEDS[what]


def _above(card: str) -> list[tuple[str, str]]:
    return [("Rate cards", "/cards"), (card, f"/cards/{card}")]


def _done(
    book: Book, card: str, revision: int, what: str, said: Mapping[str, str], *, dry_run: bool
) -> CardChange:
    at = said.get("at", "")
    if not at and DEEDS[what].needs_day:
        raise InputError("from when is missing; say a UTC day, or an instant")
    when = read_instant(at, "from") if at else None
    reason, strict = said.get("reason") or None, said.get("strict") == "yes"
    if what == "rollback":
        return book.cards.roll_back(
            card, revision, when, reason=reason, dry_run=dry_run, strict=strict
        )
    assert when is not None
    do = book.cards.take_live if what == "live" else book.cards.withdraw
    return do(card, revision, when, reason=reason, dry_run=dry_run, strict=strict)


def _form(card: str, revision: int, what: str, said: Mapping[str, str]) -> PageForm:
    deed = DEEDS[what]
    day = str(tomorrow()) if deed.needs_day and not said else said.get("at", "")
    hint = "A day, as 2026-11-01, or an instant, as 2026-11-01T06:00:00Z; may lie in the past."
    if not deed.needs_day:
        hint += " Left empty: a draft."
    fields = [
        Field("at", "From (UTC)", value=day, hint=hint, required=deed.needs_day),
        Field("reason", "Reason", value=said.get("reason", ""), required=False, hint="Kept. Needed over billed days, and where a closed month is touched."),
        Field("strict", "Refuse what holds sooner than the card's notice", "checkbox", said.get("strict", ""), required=False),
    ]  # fmt: skip
    at = f"/cards/{card}/revisions/{revision}/{what}"
    return PageForm(at, fields, "Look at it first", get=True, stacked=True, sentences=[deed.says])


def _looked_at(
    found: CardChange, card: str, revision: int, what: str, said: Mapping[str, str]
) -> list[Block]:
    """The revision as it would stand, what comes too soon, and what billed days would come to; to be confirmed."""
    view = CardChangeView.of_change(found, now())
    soon = [said[:1].upper() + said[1:] for said in short_notice_words(found.short_notice)]
    blocks: list[Block] = [Words(soon, alarming=True)] if soon else []
    blocks += [
        PageTable.of(Sheet(REVISION_COLUMNS, [revision_row(view)]), title="As it would stand"),
        Words(card_change_words(found, f"{card} {revision}")),
    ]
    if view.accounts:
        sheet = Sheet(BILLED_CHANGES, change_rows(view))
        blocks.append(PageTable(sheet, title="Billed days of each account"))
    if found.changed:
        deed, at = DEEDS[what], f"/cards/{card}/revisions/{revision}/{what}"
        told = [
            deed.says,
            "Nothing is changed yet. What it changes of billed days the next run posts.",
        ]
        hidden = {**said, ONCE: new_once()}
        blocks.append(PageForm(at, [], deed.words, hidden=hidden, sentences=told, dangerous=what == "withdraw"))  # fmt: skip
    return [*blocks, Links([("No, back to the card", f"/cards/{card}")])]
