"""Records that wait: tried again, discarded, let wait again, taken instead of the call that stands."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import Field
from starlette.responses import Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.asked import DAY
from minutebook.api.bodies import AskedBody, ReasonedBody, TriedBody, day_or_none
from minutebook.api.effects import corrected_for
from minutebook.api.entry import Served, having
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.show.calls import ChosenView, DiscardedView, ImportView, WaitingAgainView
from minutebook.show.corrections import CorrectedView

if TYPE_CHECKING:
    import polars as pl

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected

router = APIRouter(tags=["quarantine"])
Keeper = Annotated[AccessKey, Depends(having(Right.IMPORTS))]
Corrector = Annotated[AccessKey, Depends(having(Right.CORRECTIONS))]
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


class AskedRecords(AskedBody):
    """Which records are meant: those of some ids, or all that are chosen by what is said; all, where nothing is."""

    ids: list[str] | None = Field(None, min_length=1, description="These records, by id")
    because: str | None = Field(None, description="Those that wait for this, as no_account")
    source: str | None = Field(None, description="Those of this source")
    account: str | None = Field(None, description="Those that would be this account's")
    since: str | None = Field(
        None, alias="from", description="Set aside from this UTC day", json_schema_extra=DAY
    )
    until: str | None = Field(
        None, alias="to", description="Set aside up to this UTC day", json_schema_extra=DAY
    )

    @property
    def chosen(self) -> bool:
        """Whether anything is said of which, beside ids."""
        words = (self.because, self.source, self.account, self.since, self.until)
        return any(word is not None for word in words)

    def of_book(self, book: Book) -> pl.DataFrame:
        """The records; `ProblemError` where ids and what chooses are both said, and for an id that waits no longer."""
        if self.ids is not None and self.chosen:
            raise ProblemError(_WRONG, "ids name the records; send them without what chooses them")
        since, until = day_or_none(self.since, "from"), day_or_none(self.until, "to")
        waiting = book.calls.quarantine(self.because, self.source, since, until, self.account)
        if self.ids is None:
            return waiting
        known = set(waiting["id"])
        for one in self.ids:
            if one not in known:
                raise ProblemError(_WRONG, f"no record {one} waits; ask for those that do")
        return waiting.filter(waiting["id"].is_in(self.ids))


class AskedRetry(AskedRecords, TriedBody):
    """Records that are to be tried again."""


class AskedDiscard(AskedRecords, ReasonedBody, TriedBody):
    """Records that are to be discarded."""

    count: int | None = Field(
        None, ge=0, description="So many they are; where others wait by now, nothing is done"
    )


class AskedRestore(ReasonedBody):
    """Records that were discarded."""

    ids: list[str] = Field(min_length=1, description="These records, by id")


class AskedAcceptance(ReasonedBody, TriedBody):
    """Why a record is taken instead of the call that stands."""


@router.post("/quarantine/retry", responses=responses(ImportView, ChosenView, posts=True))
def _retry(
    book: Served, key: Keeper, once: Asked, asked: Annotated[AskedRetry, Body()]
) -> Response:
    """Try records that wait again; as `minutebook quarantine --retry`. With `preview` as with `--dry-run`."""

    def done() -> tuple[HTTPStatus, Any]:
        waiting = asked.of_book(book)
        if asked.preview:
            return HTTPStatus.OK, ChosenView(waiting.height)
        every = asked.ids is None and not asked.chosen
        return HTTPStatus.OK, ImportView.of(book.calls.retry(None if every else waiting))

    return once.answered(book, key, asked, done)


@router.post("/quarantine/discard", responses=responses(DiscardedView, ChosenView, posts=True))
def _discard(
    book: Served, key: Keeper, once: Asked, asked: Annotated[AskedDiscard, Body()]
) -> Response:
    """Discard records that wait; as `minutebook quarantine --discard` or `--discard-all`. With `preview` as with `--dry-run`."""

    def done() -> tuple[HTTPStatus, Any]:
        if asked.ids is None and not asked.chosen:
            raise ProblemError(
                _WRONG, "nothing is chosen; send ids, because, source, account, from or to"
            )
        waiting = asked.of_book(book)
        if asked.count is not None and asked.count != waiting.height:
            raise ProblemError(
                _WRONG, f"{waiting.height} records wait now, not {asked.count}; look at them again"
            )
        if asked.preview:
            return HTTPStatus.OK, ChosenView(waiting.height)
        return HTTPStatus.OK, DiscardedView(book.calls.give_up(waiting, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/quarantine/restore", responses=responses(WaitingAgainView, posts=True))
def _restore(
    book: Served, key: Keeper, once: Asked, asked: Annotated[AskedRestore, Body()]
) -> Response:
    """Let records that were discarded wait again; as `minutebook quarantine --restore`."""

    def done() -> tuple[HTTPStatus, Any]:
        return HTTPStatus.OK, WaitingAgainView(book.calls.restore(asked.ids, asked.reason))

    return once.answered(book, key, asked, done)


@router.post("/quarantine/{record}/accept", responses=responses(CorrectedView, posts=True))
def _accept(
    book: Served,
    key: Corrector,
    once: Asked,
    record: str,
    asked: Annotated[AskedAcceptance, Body()],
) -> Response:
    """Take a conflict that waits instead of the call that stands; as `minutebook correct --accept`."""

    def accept() -> Corrected:
        if record not in set(book.calls.quarantine()["id"]):
            raise ProblemError(HTTPStatus.NOT_FOUND, f"no record {record} waits")
        return book.corrections.accept(record, asked.reason, dry_run=asked.preview)

    return corrected_for(book, key, once, asked, accept)
