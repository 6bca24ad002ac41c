"""What was declared of something, changed and taken back, as a part of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.show.audit import DeedView
from minutebook.show.listings.deeds import DEEDS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import PageTable

if TYPE_CHECKING:
    from minutebook.book import Book

_SHOWN: Final = [column for column in DEEDS if column.key in ("at", "by", "what", "reason")]


def declared_history(book: Book, kind: str, name: str) -> PageTable:
    """Who declared it, when, why, and what of it changed."""
    views = [DeedView.of(deed) for deed in book.ledger.history(kind, name)]
    empty = "Nobody declared it: it came with a file, or from before this was kept."
    return PageTable.of(Sheet(_SHOWN, views), title="Its history", empty=empty)
