"""Calls corrected: one, many of some days, by a file; given to whose they are now; and corrections taken back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Request
from pydantic import Field
from starlette.responses import Response

from minutebook import money
from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.bodies import DaysBody, ReasonedBody, TriedBody
from minutebook.api.effects import corrected_for
from minutebook.api.entry import Served, having
from minutebook.api.kept_files import KeptFile, file_form, with_kept_file
from minutebook.api.once import Asked
from minutebook.api.problems import ProblemError
from minutebook.api.schemas import responses
from minutebook.show.corrections import CorrectedView

router = APIRouter(tags=["corrections"])
Corrector = Annotated[AccessKey, Depends(having(Right.CORRECTIONS))]
_CORRECTED: Final = responses(CorrectedView, posts=True)
_FIELDS: Final = {
    "reason": "Why; it is kept",
    "preview": "true: only say what it would come to, and do nothing",
}


class AskedCorrection(ReasonedBody, TriedBody):
    """What is right of a call."""

    call_id: str = Field(description="The switch's id of the call")
    duration_s: str | None = Field(
        None, description="It lasted so many seconds from answer to end, a string of digits"
    )
    account: str | None = Field(None, description="It is the call of this account")
    called: str | None = Field(None, description="It was to this number, as its source writes it")
    void: bool = Field(False, description="It never was, for the bill")
    source: str | None = Field(None, description="The call of this source")
    server: str | None = Field(None, description="The call of this server")
    leg: str | None = Field(None, description="The leg, where several share the id")


class AskedCorrections(DaysBody, ReasonedBody, TriedBody):
    """What is right of the calls of some days."""

    of: str | None = Field(None, description="The calls of this account")
    source: str | None = Field(None, description="The calls of this source")
    server: str | None = Field(None, description="The calls of this server")
    account: str | None = Field(None, description="They are the calls of this account")
    cap_s: str | None = Field(
        None, description="No call lasts longer than so many seconds, a string of digits"
    )
    void: bool = Field(False, description="They never were, for the bill")


class AskedRematch(DaysBody, ReasonedBody, TriedBody):
    """The days whose calls follow match tables that were mended."""


class AskedUndoing(ReasonedBody, TriedBody):
    """Why a correction, or an import, is taken back."""


@router.post("/corrections", responses=_CORRECTED)
def _correct(
    book: Served, key: Corrector, once: Asked, asked: Annotated[AskedCorrection, Body()]
) -> Response:
    """Correct a call: what was recorded stays, the next run posts the difference; as `minutebook correct CALL_ID`."""
    length = _ms(asked.duration_s, "duration_s")
    return corrected_for(
        book, key, once, asked,
        lambda: book.corrections.correct(
            asked.call_id, asked.reason, duration_ms=length, account=asked.account, called=asked.called,
            void=asked.void, source=asked.source, server=asked.server, leg=asked.leg, dry_run=asked.preview,
        ),
    )  # fmt: skip


@router.post("/corrections/days", responses=_CORRECTED)
def _correct_many(
    book: Served, key: Corrector, once: Asked, asked: Annotated[AskedCorrections, Body()]
) -> Response:
    """Correct the calls of some days; as `minutebook correct --from --to`."""
    days, most = asked.days, _ms(asked.cap_s, "cap_s")
    return corrected_for(
        book, key, once, asked,
        lambda: book.corrections.correct_many(
            *days, asked.reason, of_account=asked.of, source=asked.source, server=asked.server,
            account=asked.account, cap_ms=most, void=asked.void, dry_run=asked.preview,
        ),
    )  # fmt: skip


@router.post("/corrections/rematch", responses=_CORRECTED)
def _rematch(
    book: Served, key: Corrector, once: Asked, asked: Annotated[AskedRematch, Body()]
) -> Response:
    """Give the calls of some days to the accounts that match tables name now; as `minutebook rematch`."""
    days = asked.days
    return corrected_for(
        book, key, once, asked,
        lambda: book.corrections.rematch(*days, asked.reason, dry_run=asked.preview),
    )  # fmt: skip


@router.post(
    "/corrections/file",
    responses=_CORRECTED,
    openapi_extra=file_form(_FIELDS, "reason", file="CSV with a header, a call in a row"),
)
async def _correct_by_file(request: Request, book: Served, key: Corrector, once: Asked) -> Response:
    """Correct the calls that a CSV file names, a call in a row; as `minutebook correct --file`."""

    def done(file: KeptFile) -> Response:
        reason, dry_run = file.need("reason"), file.yes("preview")
        return corrected_for(
            book, key, once, file.asked,
            lambda: book.corrections.correct_by_file(file.path, reason, name=file.name, dry_run=dry_run),
        )  # fmt: skip

    return await with_kept_file(request, book, _FIELDS, done)


@router.post("/corrections/{correction}/undo", responses=_CORRECTED)
def _undo(
    book: Served,
    key: Corrector,
    once: Asked,
    correction: int,
    asked: Annotated[AskedUndoing, Body()],
) -> Response:
    """Take a correction back; as `minutebook correct --undo`."""
    if correction not in {made.number for made in book.corrections()}:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no correction {correction}")
    return corrected_for(
        book, key, once, asked,
        lambda: book.corrections.undo(correction, asked.reason, dry_run=asked.preview),
    )  # fmt: skip


def _ms(seconds: str | None, name: str) -> int | None:
    return None if seconds is None else money.parse_seconds_ms(seconds, name)
