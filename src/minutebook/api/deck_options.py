"""How a deck that is sent is to be read: the options of `minutebook card import`, each a field of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from minutebook.api.bodies import instant_or_none
from minutebook.cards.terms_told import tariff_terms
from minutebook.errors import InputError

if TYPE_CHECKING:
    from minutebook.api.kept_files import KeptFile
    from minutebook.book import Book

_TERMS: Final = {
    "increment": "Of rows that say none, in seconds, as 60/6",
    "connect_fee": "Of rows that say none",
    "attempt_fee": "Of unanswered calls",
    "grace": "Calls of at most so many seconds are free",
    "free_seconds": "Free at the start of every call",
    "pulse_anchor": "Pulses count from: minimum, total",
    "duration_rounding": "How a duration is rounded to seconds",
    "rounding": "How amounts are rounded, of rows that say none",
    "precision": "Decimals kept",
    "minimum_cost": "The least a billed call costs",
    "maximum_cost": "The most a call costs",
}
DECK_FIELDS: Final = {
    "live": "When the revision goes live, an instant or a UTC day; left out: a draft, or of a first one from always",
    "currency": "As USD, where the deck does not say it",
    "map": "A line each: a field of ours, =, the column, as rate = Price; #4 is the fourth column",
    "ignore": "Columns, and lines above the header, that are not to be read, a line each",
    "dates": "Of dates in numbers: dmy or mdy",
    "inside": "The file of a zip archive with several",
    "encoding": "Of the text, as cp1251",
    "sheet": "The sheet of a workbook with several",
    "deck_card": "The card of a file in JSON with several",
    "decimals": "Decimals of prices begin with: comma or point",
    **_TERMS,
    "partial": "true: the deck has changes alone, and the other rows stay",
    "profile": "Read it as the deck that was kept by this name",
    "save_profile": "Keep by this name how it is read",
    "strict": "true: refuse what holds sooner than the card's notice",
    "preview": "true: only say what it would change",
    "days": "With preview: days whose calls are priced; left out: 30",
}
"""What a form may say beside a deck."""


def deck_options(book: Book, card: str, file: KeptFile) -> dict[str, Any]:
    """How `book.cards.import_deck` is to read a deck of a card; `InputError` for what a field cannot say."""
    before = next((known for known in book.cards.list() if known.name == card), None)
    revisions = () if before is None else before.revisions
    say = file.said
    terms = tariff_terms(
        say("increment"), say("connect_fee"), say("attempt_fee"), say("grace"), say("duration_rounding"),
        say("rounding"), file.number("precision"),
        free_seconds=say("free_seconds"), pulse_anchor=say("pulse_anchor"),
        minimum_cost=say("minimum_cost"), maximum_cost=say("maximum_cost"),
        before=revisions[-1].terms if revisions else None,
    )  # fmt: skip
    plain = ("currency", "dates", "inside", "encoding", "sheet", "deck_card", "decimals", "profile")
    return {
        **{name: file.said(name) for name in plain},
        "live_at": instant_or_none(file.said("live"), "live"),
        "columns": columns_said(file.said("map") or ""),
        "ignore": lines_said(file.said("ignore") or ""),
        "terms": terms,
        "partial": file.yes("partial"),
        "strict": file.yes("strict"),
    }


def columns_said(text: str) -> dict[str, str]:
    """Columns by our fields, as lines say them; `InputError` for a line that names none."""
    pairs = {}
    for line in lines_said(text):
        ours, equals, theirs = line.partition("=")
        if not equals or not theirs.strip():
            raise InputError.advised(
                f"{line!r} names no column",
                "write it as rate = Price, each on a line of its own",
                shell="say it at --map as rate = Price, each on a line of its own",
            )
        pairs[ours.strip()] = theirs.strip()
    return pairs


def lines_said(text: str) -> list[str]:
    """The lines of a field that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
