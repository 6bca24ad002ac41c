"""What the program says when something is wrong: every message has an input that provokes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.errors import cases, sites

from minutebook import settings
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cluster

EVERY = [(file.stem, case) for file in cases.FILES for case in cases.load(file)]


@pytest.fixture(scope="module")
def folders(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path]]:
    """The folder of the book that all cases share, and one without a book."""
    book, empty = (tmp_path_factory.mktemp(name) for name in ("carrier", "empty"))
    application, owner = cluster.new_database()
    settings.write(book, "USD", application, owner)
    cases.make_book(book)
    yield book, empty
    cluster.drop(owner)


def test_every_message_is_said_where_it_should_be(folders: tuple[Path, Path]) -> None:
    """Each input of the cases is refused with status 2 and with the case's message, on one line;
    together they come by every place of the source that makes an error, but for those that tests
    claim: of a disk, a file or a server that fails."""
    book, empty = folders
    wrong, said = [], []
    with sites.watched() as seen:
        for file, case in EVERY:
            status, printed = cases.provoke(case, empty if case.empty else book)
            said.append(printed)
            if status != 2 or not cases.agrees(case.says, printed):
                wrong.append(f"{file}: {case.run or case.python}: {status}: {printed}")
    assert wrong == [], "; python -m tests.errors.cases writes what is said into the cases"
    claimed = {claim.site for claim in sites.claims()}
    heard = {site: said if site.caught else [] for site in sites.every()}
    left = {site.name for site in heard if not site.come_by(seen, heard[site])} - claimed
    assert left == set(), "add a case to tests/errors/cases, or a test that claims it (sites.py)"


def test_what_tests_claim_to_provoke_is_there() -> None:
    """Every place that a test claims is one of the source; that it comes by is seen in the test."""
    known = {site.name for site in sites.every()}
    assert {claim.site for claim in sites.claims()} - known == set()


def test_places_that_make_errors_are_found_and_watched() -> None:
    """The check above sees what it should: the places of the source, and those that are come by."""
    assert len(sites.every()) > 250
    with sites.watched() as seen, pytest.raises(InputError):
        settings.read(cases.HERE)
    assert {module for module, _ in seen} == {"settings.py"}
