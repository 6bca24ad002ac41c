"""Imports read again for `book.calls`: done, or tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from minutebook.book.given import PathLike
    from minutebook.book.opening import OpenBook
    from minutebook.corrections.reading_again import Files
    from minutebook.corrections.trying_again import AgainPreview, Instead
    from minutebook.intake.intake import ImportResult, Progress

    Import = Callable[..., ImportResult]


def read_anew(
    book: OpenBook,
    import_: Import,
    id: str,
    reason: str,
    files: PathLike | Iterable[PathLike] | None,
    progress: Progress | None,
    *,
    other_calls: bool,
) -> ImportResult:
    """As `Calls.import_again`."""
    from minutebook.corrections.reading_again import read_again

    def take_in(meant: Files) -> ImportResult:
        return _taken_in(import_, meant, progress)

    paths = None if files is None else given.files(files, "files")
    return read_again(
        book.desk(), id, reason, paths, book.carrier().sources, take_in, other_calls=other_calls
    )


def preview(
    book: OpenBook,
    import_: Import,
    id: str,
    files: PathLike | Iterable[PathLike] | None,
    progress: Progress | None,
    *,
    other_calls: bool,
) -> AgainPreview:
    """As `Calls.preview_import_again`."""
    from minutebook.corrections.trying_again import try_again

    def take_in(meant: Files, instead: Instead) -> ImportResult:
        return _taken_in(import_, meant, progress, instead)

    paths = None if files is None else given.files(files, "files")
    return try_again(
        book.desk(), id, paths, book.carrier().sources, take_in, other_calls=other_calls
    )


def _taken_in(
    import_: Import, meant: Files, progress: Progress | None, instead: Instead | None = None
) -> ImportResult:
    return import_(
        [(path, str(path)) for path in meant.paths], meant.format, meant.source, progress,
        other_calls=meant.other_calls, look=meant.look, instead=instead,
    )  # fmt: skip
