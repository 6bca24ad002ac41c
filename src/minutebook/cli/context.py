"""What every command starts from: the book that is meant, and the format of results."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from minutebook.book import Book
    from minutebook.cli.output import Format


@contextmanager
def book_of(context: typer.Context) -> Iterator[Book]:
    """The book, opened."""
    from minutebook.book import opened

    with opened(context.obj[0]) as book:
        yield book


def format_of(context: typer.Context) -> Format:
    """The format that results are printed in."""
    format_: Format = context.obj[1]
    return format_
