"""Tables of numbers taken in; how decks are read, forgotten."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer
from minutebook.api.entry import Served, having
from minutebook.api.kept_files import KeptFile, file_form, with_kept_file
from minutebook.api.once import Asked, as_new
from minutebook.api.problems import not_there
from minutebook.api.schemas import responses
from minutebook.book.clock import in_the_name_of
from minutebook.cards.deck_profile import profile_named
from minutebook.show.deck_profiles import DeckProfileView
from minutebook.show.number_tables import ImportedNumbersView

router = APIRouter(tags=["cards"])
Declarer = Annotated[AccessKey, Depends(having(Right.DECLARATIONS))]


@router.post(
    "/numbering",
    responses=responses(ImportedNumbersView, posts=True),
    openapi_extra=file_form({}, file="A table of offices (NPA-NXX), or of ported numbers"),
)
async def _import_numbers(request: Request, book: Served, key: Declarer, once: Asked) -> Response:
    """Take a table of numbers in, which cards that are imported from now on go by; as `minutebook numbering import`. 201 where it is new."""

    def asked(file: KeptFile) -> Response:
        def done() -> tuple[HTTPStatus, Any]:
            view = ImportedNumbersView.of_taken(book.numbering.import_file(file.path))
            return as_new(view.added), view

        return once.answered(book, key, file.asked, done)

    return await with_kept_file(request, book, {}, asked)


@router.delete("/deck-profiles/{profile}", responses=responses(DeckProfileView))
def _remove_profile(
    book: Served,
    key: Declarer,
    profile: str,
    reason: Annotated[str, Query(description="Why; it is kept")],
) -> JSONResponse:
    """Forget how decks are read by a name; cards and their revisions stay as they are. As `minutebook card profile remove`."""
    with not_there():
        profile_named({one.name: one for one in book.cards.profiles()}, profile)
    with in_the_name_of(f"key:{key.name}"):
        return answer(DeckProfileView.of(book.cards.remove_profile(profile, reason)))
