"""What the parts of a book have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minutebook.book.opening import OpenBook


class Part:
    """A part of an opened book: what can be done with one kind of thing."""

    def __init__(self, book: OpenBook) -> None:
        self._book = book

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of the book {self._book.path}>"
