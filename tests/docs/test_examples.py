"""Every example in the documentation runs, and prints what the page says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests import clusters
from tests.docs import pages
from tests.show.validity import command_of, printed_as

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = ("console", "python")
PAGES = [
    page
    for page in sorted([*pages.ROOT.glob("*.md"), *pages.ROOT.glob("docs/**/*.md")])
    if any(block.language in RUN for block in pages.blocks(page.read_text("utf-8")))
]


@pytest.fixture(scope="module", autouse=True)
def _copied() -> Iterator[None]:
    with clusters.copied():
        yield


@pytest.fixture(autouse=True)
def _stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("MINUTEBOOK", raising=False)
    yield
    pages.stop_books(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(pages.ROOT)))
def test_the_examples_of_a_page_print_what_it_says(page: Path, tmp_path: Path) -> None:
    """A reader who types what a page shows, in a fresh folder, gets what the page shows."""
    steps = list(pages.run(page, tmp_path))
    assert steps
    following = [*steps[1:], None]
    for step, after in zip(steps, following, strict=True):
        where = f"{page.name}:{step.line}: {step.source}"
        shown = "\n".join(step.printed)
        if step.checked:
            assert pages.agrees(step.expected, step.printed), f"{where}\nprints\n{shown}"
        asked = after is not None and after.source == "echo $?"
        assert step.status == 0 or asked, f"{where}\nends with status {step.status}\n{shown}"
        if page.name == "json.md" and "--format json" in step.source:
            words = step.source.replace(" --book again", "").split()[3:]
            printed_as(command_of(words), _json(step.printed))


def _json(printed: list[str]) -> Any:
    text = "\n".join(printed)
    begin = min(at for at in (text.find("{"), text.find("[")) if at >= 0)
    return json.JSONDecoder().raw_decode(text[begin:])[0]


def test_an_ellipsis_stands_for_what_differs_from_run_to_run() -> None:
    """`…` matches within a line, alone on one any lines; anything else must be equal."""
    printed = ["Book  made", "at 2026-11-22", "x", "y", "end"]
    assert pages.agrees(["Book made", "at …", "…", "end"], printed)
    assert not pages.agrees(["Book made", "at …", "end"], printed)
    assert not pages.agrees(["Book", "at …", "…", "end"], printed)
