"""The text of an apply file that is sent, instead of a file at the machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from minutebook.errors import InputError

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.declarations.change import Applied

_FILE: Final = "declared.toml"


def applied_text(
    book: Book, text: str, reason: str, force: str | None = None, *, dry_run: bool
) -> Applied:
    """What the text of an apply file declares, applied; an error names its line, and no file of ours."""
    with tempfile.TemporaryDirectory(prefix="minutebook-") as folder:
        file = Path(folder) / _FILE
        file.write_text(text.replace("\r\n", "\n"), "utf-8")
        try:
            return book.apply(file, force, dry_run=dry_run, reason=reason)
        except InputError as error:
            raise InputError(
                error.for_shell().replace(f"{file}:", "line ").replace(str(file), "the text")
            ) from None
