"""Rate cards: decks taken in, cards built and edited, revisions taken live, withdrawn, gone back to."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.bodies import TriedBody, instant_or_none
from minutebook.api.deck_options import DECK_FIELDS, deck_options
from minutebook.api.effects import effects_for
from minutebook.api.entry import Served, having
from minutebook.api.kept_files import KeptFile, file_form, with_kept_file
from minutebook.api.once import Asked, as_new
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.book.clock import now
from minutebook.days import read_instant
from minutebook.show.card_changes import CardChangeView
from minutebook.show.card_edits import EditedCardView
from minutebook.show.deck_previews import DeckPreviewView
from minutebook.show.decks import ImportedRevisionView
from minutebook.show.declarations.built_cards import BuiltCardView

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.billing.card_change import CardChange
    from minutebook.book import Book

router = APIRouter(tags=["cards"])
Declarer = Annotated[AccessKey, Depends(having(Right.DECLARATIONS))]
_CHANGED: Final = responses(CardChangeView, posts=True)
_DAYS: Final = 30
_WRONG: Final = HTTPStatus.UNPROCESSABLE_ENTITY


class _OverDays(TriedBody):
    reason: str | None = Field(
        None,
        description="Why; it is kept. Needed over billed days, and where a closed month is touched",
    )
    force: bool = Field(False, description="Change billed days without a reason")
    strict: bool = Field(False, description="Refuse what holds sooner than the card's notice")


class AskedLive(_OverDays):
    """From when a revision is in force."""

    at: str = Field(description="From when, in RFC 3339 or a UTC day; may lie in the past")


class AskedWithdrawal(_OverDays):
    """From when a revision is out of force."""

    at: str | None = Field(None, description="From when; left out: now")


class AskedRollback(_OverDays):
    """From when an earlier revision is gone back to."""

    at: str | None = Field(None, description="From when; left out: a draft")


class AskedBuild(TriedBody):
    """When a card that is built goes live."""

    live: str | None = Field(None, description="When; left out: a draft")
    strict: bool = Field(False, description="Refuse what holds sooner than the card's notice")


class AskedStaleBuild(TriedBody):
    """All cards whose parents have newer revisions in force."""


class AskedEdit(TriedBody):
    """What of a revision is changed by hand."""

    rates: dict[str, str] = Field(
        default_factory=dict, description="Rates a minute by prefix, strings of digits"
    )
    block: list[str] = Field(default_factory=list, description="Prefixes to block")
    remove: list[str] = Field(default_factory=list, description="Prefixes whose rows go")
    revision: int | None = Field(
        None, description="From this revision; left out: the one in force, else the last"
    )


@router.post(
    "/cards/{card}/revisions",
    responses=responses(ImportedRevisionView, DeckPreviewView, posts=True),
    openapi_extra=file_form(
        DECK_FIELDS, file="A deck: CSV, XLSX, XLS, ODS or JSON; in gzip or zip too"
    ),
)
async def _import(
    request: Request, book: Served, key: Declarer, once: Asked, card: str
) -> Response:
    """Take a deck in as the card's next revision; as `minutebook card import`. 201 where one was added. With `preview` what it would change."""

    def done(file: KeptFile) -> Response:
        read, profile = deck_options(book, card, file), file.said("save_profile")
        preview, days = file.yes("preview"), file.number("days")
        if days is not None and not preview:
            raise ProblemError(_WRONG, "days is of preview; send that too, or leave it out")
        if preview and profile is not None:
            raise ProblemError(_WRONG, "preview keeps nothing; leave save_profile out, or preview")

        def looked_at() -> DeckPreviewView:
            found = book.cards.preview_deck(
                card, file.path, days=_DAYS if days is None else days, **read
            )
            return DeckPreviewView.of_preview(found)

        def taken_in() -> tuple[HTTPStatus, Any]:
            taken, _ = book.cards.import_deck(card, file.path, save_profile=profile, **read)
            view = ImportedRevisionView.of_taken(book.cards.show(card), taken, now())
            return as_new(taken.added), view

        if preview:
            return once.looked(book, key, file.asked, looked_at)
        return once.answered(book, key, file.asked, taken_in)

    return await with_kept_file(request, book, DECK_FIELDS, done)


@router.post("/cards/{card}/revisions/{revision}/live", responses=_CHANGED)
def _live(
    book: Served,
    key: Declarer,
    once: Asked,
    card: str,
    revision: int,
    asked: Annotated[AskedLive, Body()],
) -> Response:
    """Take a revision live from an instant, until the next one begins; as `minutebook card live`."""
    at = read_instant(asked.at, "at")
    return _changed(
        book, key, once, card, revision, asked,
        lambda: book.cards.take_live(
            card, revision, at, reason=asked.reason, force=asked.force, dry_run=asked.preview, strict=asked.strict
        ),
    )  # fmt: skip


@router.post("/cards/{card}/revisions/{revision}/withdraw", responses=_CHANGED)
def _withdraw(
    book: Served,
    key: Declarer,
    once: Asked,
    card: str,
    revision: int,
    asked: Annotated[AskedWithdrawal, Body()],
) -> Response:
    """Take a revision out of force from an instant on; as `minutebook card withdraw`."""
    at = instant_or_none(asked.at, "at")
    return _changed(
        book, key, once, card, revision, asked,
        lambda: book.cards.withdraw(
            card, revision, at, reason=asked.reason, force=asked.force, dry_run=asked.preview, strict=asked.strict
        ),
    )  # fmt: skip


@router.post("/cards/{card}/revisions/{revision}/rollback", responses=_CHANGED)
def _roll_back(
    book: Served,
    key: Declarer,
    once: Asked,
    card: str,
    revision: int,
    asked: Annotated[AskedRollback, Body()],
) -> Response:
    """Go back to an earlier revision: a new one with its rows and its terms; as `minutebook card rollback`."""
    at = instant_or_none(asked.at, "at")
    return _changed(
        book, key, once, card, revision, asked,
        lambda: book.cards.roll_back(
            card, revision, at, reason=asked.reason, force=asked.force, dry_run=asked.preview, strict=asked.strict
        ),
    )  # fmt: skip


@router.post("/cards/{card}/build", responses=responses(BuiltCardView, posts=True))
def _build(
    book: Served, key: Declarer, once: Asked, card: str, asked: Annotated[AskedBuild, Body()]
) -> Response:
    """Build a card from others, as its recipe says; as `minutebook card build`. 201 where a revision was added."""
    live_at = instant_or_none(asked.live, "live")

    def done() -> tuple[HTTPStatus, Any]:
        _known(book, card)
        built = book.cards.build(card, live_at=live_at, dry_run=asked.preview, strict=asked.strict)
        view = BuiltCardView.of_built(built, now(), dry_run=asked.preview)
        return as_new(built.added, asked.preview), view

    return once.answered(book, key, asked, done)


@router.post("/cards/build-stale", responses=responses(BuiltCardView, many=True, posts=True))
def _build_stale(
    book: Served, key: Declarer, once: Asked, asked: Annotated[AskedStaleBuild, Body()]
) -> Response:
    """Build every card that was built from other revisions than those now in force; as `minutebook card build --stale`."""

    def done() -> tuple[HTTPStatus, Any]:
        built, at = book.cards.build_stale(dry_run=asked.preview), now()
        views = [BuiltCardView.of_built(one, at, dry_run=asked.preview) for one in built]
        return as_new(any(one.added for one in built), asked.preview), views

    return once.answered(book, key, asked, done)


@router.post("/cards/{card}/edit", responses=responses(EditedCardView, posts=True))
def _edit(
    book: Served, key: Declarer, once: Asked, card: str, asked: Annotated[AskedEdit, Body()]
) -> Response:
    """Make a draft of a revision by hand; as `minutebook card edit`. 201 where a revision was added."""

    def done() -> tuple[HTTPStatus, Any]:
        _known(book, card)
        edited = book.cards.edit(
            card, rates=asked.rates, block=asked.block, remove=asked.remove,
            revision=asked.revision, dry_run=asked.preview,
        )  # fmt: skip
        view = EditedCardView.of_edit(edited, now(), dry_run=asked.preview)
        return as_new(edited.added, asked.preview), view

    return once.answered(book, key, asked, done)


def _changed(
    book: Book,
    key: AccessKey,
    once: Asked,
    card: str,
    revision: int,
    asked: TriedBody,
    change: Callable[[], CardChange],
) -> Response:
    """The revision after a change; 201 where it is one."""

    def done() -> tuple[HTTPStatus, Any]:
        if revision not in {one.number for one in _known(book, card).revisions}:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"card {card} has no revision {revision}")
        found = change()
        return as_new(found.done), effects_for(key, CardChangeView.of_change(found, now()))

    return once.answered(book, key, asked, done)


def _known(book: Book, card: str) -> Any:
    for known in book.cards.list():
        if known.name == card:
            return known
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no card {card!r}")
