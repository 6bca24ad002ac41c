"""Files that were sent and wait for somebody to import or to leave them, as a part of the pages that take such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from minutebook.book.clock import now
from minutebook.days import instant_text
from minutebook.jobs.waiting_files import SentFor, WaitingFile, files_waiting
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import Block, PageForm, PageTable
from minutebook.web.doing import ONCE, new_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.access.session import Session
    from minutebook.book import Book

_COLUMNS: Final = [
    Column("name", "File"),
    Column("bytes", "Bytes", number=True),
    Column("by", "Sent by"),
    Column("at", "Sent (UTC)"),
]


def note_file(
    book: Book, session: Session, sent_for: SentFor, sha256: str, name: str, said: Mapping[str, str]
) -> None:
    """Keep that a file waits."""
    WaitingFile(sent_for, sha256, name, session.asks_as, now(), dict(said)).note(book.path)


def waiting_table(book: Book, sent_for: SentFor, at: str) -> list[Block]:
    """Those that wait, each leading to where it was left; nothing where none does."""
    from minutebook.jobs.uploads import kept_upload

    rows, ways = [], {}
    for one in files_waiting(book.path, sent_for):
        file = kept_upload(book.path, one.sha256, one.name)
        shown = {"name": one.name, "by": one.by, "at": instant_text(one.at), "sha256": one.sha256}
        rows.append({**shown, "bytes": file.stat().st_size if file else 0})
        ways[one.sha256, one.name] = (
            f"{at}/{one.sha256}?{urlencode({**one.said, 'name': one.name})}"
        )
    if not rows:
        return []
    leads = {"name": lambda row: ways[row["sha256"], row["name"]]}
    return [PageTable(Sheet(_COLUMNS, rows), leads, title="Sent, and not imported yet")]


def leave_form(at: str, name: str) -> PageForm:
    """To take a file off the list of those that wait."""
    told = "It is on the list of files that wait no longer; the file itself is kept."
    return PageForm(
        f"{at}/leave", [], "Leave it", title="Not to be imported", sentences=[told], hidden={"name": name, ONCE: new_once()}
    )  # fmt: skip
