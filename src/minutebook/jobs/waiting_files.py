"""Files that were sent to be looked at, and of which nobody has said yet what is to become: a note each, beside the files
themselves in the folder `uploads`. A note is gone once its file is imported, or left; the file stays (`jobs.uploads`).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256 as hashed
from typing import TYPE_CHECKING, Any, Final

from minutebook.jobs.uploads import UPLOADS, kept_upload
from minutebook.lake.private import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NOTES: Final = "waiting"


class SentFor(StrEnum):
    """What a file was sent for."""

    CALLS = "calls"
    DECK = "deck"


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that was sent and waits for a person."""

    sent_for: SentFor
    sha256: str
    name: str
    """As it was sent."""
    by: str
    """Who sent it."""
    at: datetime
    """When it was sent last, in UTC."""
    said: Mapping[str, str] = field(default_factory=dict)
    """How it is to be read, as its form said it."""

    def note(self, book: Path) -> None:
        """Keep that it waits; sent again, it waits as it was sent last. `OSError` where the disk refuses."""
        folder = book / UPLOADS / _NOTES
        private_folder(folder)
        place = _place(book, self.sent_for, self.sha256, self.name)
        part = place.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(asdict(self) | {"at": self.at.isoformat()}), "utf-8")
        part.replace(place)


def files_waiting(book: Path, sent_for: SentFor) -> list[WaitingFile]:
    """Files that were sent for this and are still there, the last first."""
    notes = (book / UPLOADS / _NOTES).glob(f"{sent_for}-*.json")
    found = [one for place in notes if (one := _read(place)) is not None]
    there = [one for one in found if kept_upload(book, one.sha256, one.name) is not None]
    return sorted(there, key=lambda one: one.at, reverse=True)


def waits_no_longer(book: Path, sent_for: SentFor, sha256: str, name: str) -> None:
    """It is imported, or left; the file itself stays."""
    _place(book, sent_for, sha256, name).unlink(missing_ok=True)


def _place(book: Path, sent_for: SentFor, sha256: str, name: str) -> Path:
    of = hashed(f"{sha256}/{name}".encode()).hexdigest()
    return book / UPLOADS / _NOTES / f"{sent_for}-{of}.json"


def _read(place: Path) -> WaitingFile | None:
    """None: it is gone meanwhile, or no note."""
    try:
        said: dict[str, Any] = json.loads(place.read_text("utf-8"))
        return WaitingFile(
            SentFor(said["sent_for"]), said["sha256"], said["name"], said["by"],
            datetime.fromisoformat(said["at"]), said["said"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError):
        return None
