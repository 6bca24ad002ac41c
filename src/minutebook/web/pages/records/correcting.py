"""What a correction would come to, looked at before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from minutebook.api.problems import FieldError
from minutebook.book.clock import in_the_name_of
from minutebook.show.corrections import CorrectedView
from minutebook.show.listings.corrections import corrected_sheet
from minutebook.web.blocks import Block, PageForm, PageTable
from minutebook.web.doing import ONCE, new_once
from minutebook.web.entry import seen_effects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.access.session import Session

_NOTHING = "Nothing is done yet. What was recorded stays; the next run posts the difference."


def tried_correction(
    session: Session, action: str, button: str, said: Mapping[str, str], correct: Any
) -> list[Block]:
    """What a correction would come to, and a form that makes it where that is anything."""
    with in_the_name_of(session.asks_as):
        view = CorrectedView.of(correct())
    table = PageTable.of(
        seen_effects(session, corrected_sheet(view)),
        title="What it would come to",
        empty="No account changes.",
    )
    if view.correction is None:
        return [table]
    hidden = {**said, ONCE: new_once()}
    return [table, PageForm(action, [], button, sentences=[_NOTHING], hidden=hidden)]


def need_why(reason: str) -> str:
    """The reason that is said; `FieldError` where none is."""
    if not reason:
        raise FieldError("reason", "the reason is missing; it is kept with the correction")
    return reason


def call_page(said: Mapping[str, str]) -> str:
    """The page of the call that is meant."""
    return f"/calls/{quote(said.get('call_id', ''), safe='')}"
