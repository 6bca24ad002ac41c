"""What else than its rate differs in a row of a deck, or in what a card says of all rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.cards import CardTermsView
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from minutebook.cards.tariff import Terms

_DEARER, _CHEAPER = ("connect_fee", "attempt_fee", "minimum_cost", "maximum_cost"), (
    "grace", "free_seconds", "free_call_up_to",
)  # fmt: skip


@dataclass(frozen=True)
class TermChangeView:
    """A term that differs."""

    term: Annotated[str, Doc("its name, as a column of a deck or a term of a card")]
    change: Annotated[str, Doc('`"dearer"`, `"cheaper"`, or `"changed"` where that cannot be said')]
    before: Annotated[str | None, Doc("null: it said none, and the card or the plan did")]
    after: Annotated[str | None, Doc("null likewise")]

    @classmethod
    def between(cls, before: dict[str, Any], after: dict[str, Any]) -> list[TermChangeView]:
        """What differs, by term."""
        found = []
        for term in before | after:
            was, now = (None if (v := of.get(term)) is None else str(v) for of in (before, after))
            if was != now:
                found.append(cls(term, _direction(term, was, now), was, now))
        return found

    @property
    def words(self) -> str:
        """As in `increment 1/1 → 60/60`."""
        return f"{self.term} {self.before or 'none'} → {self.after or 'none'}"


def card_terms(terms: Terms) -> dict[str, Any]:
    """What a card says of all rows, by term."""
    said: dict[str, Any] = as_json(CardTermsView.of(terms))
    if said["bands"] is not None:
        said["bands"] = json.dumps(said["bands"], ensure_ascii=False)
    return said


def _direction(term: str, before: str | None, after: str | None) -> str:
    """Whether a term makes calls dearer or cheaper, where that is plain."""
    if before is None or after is None:
        return "changed"
    try:
        was, now = ([Decimal(part) for part in text.split("/")] for text in (before, after))
    except InvalidOperation:
        return "changed"
    up = len(was) == len(now) and all(a <= b for a, b in zip(was, now, strict=True))
    down = len(was) == len(now) and all(a >= b for a, b in zip(was, now, strict=True))
    if term in _CHEAPER:
        up, down = down, up
    elif not term.startswith((*_DEARER, "rate", "increment", "minimum")):
        return "changed"
    return "dearer" if up else "cheaper" if down else "changed"
