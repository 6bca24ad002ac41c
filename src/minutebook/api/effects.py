"""What corrections came to, as it is answered: what providers are owed by it is told to those alone who may see the carrier's
money (docs/rules/access.md, "The carrier's money").
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from minutebook.access.roles import Right
from minutebook.plans.provider import is_provider
from minutebook.show.card_changes import CardChangeView
from minutebook.show.corrections import CorrectedView
from minutebook.show.imports_again import AgainPreviewView

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel
    from starlette.responses import Response

    from minutebook.access.key import AccessKey
    from minutebook.api.once import Once
    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected

View = TypeVar("View", CorrectedView, AgainPreviewView, CardChangeView)


def effects_for(key: AccessKey, view: View) -> View:
    """A model with its `accounts`, without providers where the key may not see them."""
    if Right.MONEY in key.rights:
        return view
    return replace(view, accounts=[one for one in view.accounts if not is_provider(one.account)])


def corrected_for(
    book: Book, key: AccessKey, once: Once, asked: BaseModel, correct: Callable[[], Corrected]
) -> Response:
    """The answer to a correction: 201 where one is made, 200 where nothing changes, or it was only tried."""

    def done() -> tuple[HTTPStatus, Any]:
        view = CorrectedView.of(correct())
        made = view.correction is not None and not view.dry_run
        return (HTTPStatus.CREATED if made else HTTPStatus.OK), effects_for(key, view)

    return once.answered(book, key, asked, done)
