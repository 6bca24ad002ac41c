"""What was once wrong stays mended: the page names tests that there are."""

from __future__ import annotations

import ast
import re

from tests.docs import pages

PAGE = pages.ROOT / "docs" / "REGRESSIONS.md"
_ROW = re.compile(r"^\| (?!what was wrong|---)(.*) \|$", flags=re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _functions(file: str) -> set[str]:
    """The names of a file's functions; none where there is no such file."""
    path = pages.ROOT / file
    tree = ast.parse(path.read_text("utf-8") if path.exists() else "")
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_mended_fault_is_held_by_a_test() -> None:
    """Each line names a test, and whoever renames or removes that test hears of it."""
    rows = _ROW.findall(PAGE.read_text("utf-8"))
    assert len(rows) >= 25
    for row in rows:
        tests = _TEST.findall(row.rsplit(" | ", 1)[1])
        assert tests, f"no test: {row}"
        for file, name in tests:
            assert name in _functions(file), f"{file}::{name} is not there"
