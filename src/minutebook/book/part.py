"""What the parts of a book have alike."""

from __future__ import annotations

from inspect import isfunction
from typing import TYPE_CHECKING

from minutebook.book import given

if TYPE_CHECKING:
    from minutebook.book.opening import OpenBook


class Part:
    """A part of an opened book: what can be done with one kind of thing.

    Its methods make sure of what they are handed.
    """

    def __init_subclass__(cls) -> None:
        for name, method in vars(cls).copy().items():
            if isfunction(method) and (name == "__call__" or not name.startswith("_")):
                setattr(cls, name, given.checked(method))

    def __init__(self, book: OpenBook) -> None:
        self._book = book

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of the book {self._book.path}>"
