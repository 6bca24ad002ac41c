"""What the tests of the PostgreSQL inside a book are given."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.ledger.embedded.books import GIGABYTE, folder_of, remove

from minutebook.ledger.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def room() -> Iterator[Path]:
    """A folder for all books, in memory if possible, for a database is a thousand files.

    It is the temporary folder, too, so that no links stay behind in the common one.
    """
    in_memory = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > GIGABYTE
    with (
        tempfile.TemporaryDirectory(dir="/dev/shm" if in_memory else "/tmp") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o1777)
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def place(room: Path) -> Iterator[Path]:
    """A folder for books, whose servers are stopped and whose files are removed in the end."""
    folder = Path(tempfile.mkdtemp(dir=room))
    yield folder
    remove(folder)


@pytest.fixture
def open_place(place: Path) -> Path:
    """A folder that every user can reach."""
    place.chmod(0o755)
    return place


@pytest.fixture
def book(place: Path) -> EmbeddedPostgres:
    """A book without a database as yet."""
    return EmbeddedPostgres(place / "a book" / "postgres")


@pytest.fixture(scope="module")
def stopped(room: Path) -> Iterator[Path]:
    """A database that does not run, to make copies of: quicker than to make another."""
    server = EmbeddedPostgres(room / "stopped" / "postgres")
    server.connection_info()
    server.stop()
    yield folder_of(server)
    remove(room / "stopped")


@pytest.fixture(scope="module")
def shared(room: Path, stopped: Path) -> Iterator[EmbeddedPostgres]:
    """A book with a database that runs, for tests that leave it as it is."""
    server = EmbeddedPostgres(shutil.copytree(stopped, room / "shared" / "postgres"))
    server.connection_info()
    yield server
    remove(room / "shared")


@pytest.fixture
def used(book: EmbeddedPostgres, stopped: Path) -> EmbeddedPostgres:
    """A book with a database that runs."""
    shutil.copytree(stopped, folder_of(book))
    book.connection_info()
    return book
