"""Every example in the documentation runs, and prints what the page says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.docs import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = ("console", "python")
PAGES = [
    page
    for page in sorted([*pages.ROOT.glob("*.md"), *pages.ROOT.glob("docs/**/*.md")])
    if any(block.language in RUN for block in pages.blocks(page.read_text("utf-8")))
]


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
            _assert_keys_are_explained(page, "\n".join(step.expected), where)


def _assert_keys_are_explained(page: Path, printed: str, where: str) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    explained = set(re.findall(r"`(\w+)`", prose))
    begin = min(at for at in (printed.find("{"), printed.find("[")) if at >= 0)
    value = json.JSONDecoder().raw_decode(printed[begin:])[0]
    missing = {key for key in _keys(value) if key not in explained}
    assert not missing, f"{where}: keys without a word: {sorted(missing)}"


def _keys(value: Any) -> Iterator[str]:
    """The keys of objects; not of counts by reason or by currency, nor of a lake's row."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            if key not in ("reasons", "total", "record"):
                yield from _keys(item)


def test_an_ellipsis_stands_for_what_differs_from_run_to_run() -> None:
    """`…` matches within a line, alone on one any lines; anything else must be equal."""
    printed = ["Book  made", "at 2026-11-22", "x", "y", "end"]
    assert pages.agrees(["Book made", "at …", "…", "end"], printed)
    assert not pages.agrees(["Book made", "at …", "end"], printed)
    assert not pages.agrees(["Book", "at …", "…", "end"], printed)
