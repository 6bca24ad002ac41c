"""What every command starts from: the book that is meant, and how results are printed."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from minutebook.show.tables import check_keys, drop_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import typer

    from minutebook.book import Book
    from minutebook.cli.output import Printing
    from minutebook.show.tables import Column

Command = TypeVar("Command", bound="Callable[..., None]")


@contextmanager
def book_of(context: typer.Context) -> Iterator[Book]:
    """The book, opened."""
    from minutebook.book import opened

    with opened(context.obj[0], context.obj[2]) as book:
        yield book


def format_of(context: typer.Context) -> Printing:
    """How results are printed."""
    printing: Printing = context.obj[1]
    return printing


def prints(*tables: Sequence[Column]) -> Callable[[Command], Command]:
    """A command that prints tables of these columns: its help names them, and which go first.

    A key of --columns that is none of them is refused before the command does anything.
    """
    columns = list({column.key: column for table in tables for column in table}.values())
    words = f"Columns: {', '.join(column.key for column in columns)}."
    if first := drop_order(columns):
        words += f" Where a terminal is narrow, these are left out first: {', '.join(first)}."

    def decorated(command: Command) -> Command:
        @functools.wraps(command)
        def checked(context: typer.Context, *args: object, **options: object) -> None:
            check_keys(format_of(context).columns, columns)
            command(context, *args, **options)

        checked.__doc__ = f"{inspect.cleandoc(command.__doc__ or '')}\n\n{words}"
        return checked  # type: ignore[return-value]  # `wraps` gives it the command's own signature

    return decorated
