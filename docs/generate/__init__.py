"""The pages of docs/reference that are written from the program itself: a module a page.

    python -m docs.generate [NAME…]      writes the pages, or those that are named

Each module has `page()`, which gives the whole page. What is written is kept in the repository, so
that it can be read without a set-up; a test says where a page is not what its module makes.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "reference"

NAMES = ("apply", "commands", "database", "errors", "json_", "library", "openapi")
"""The pages, by the names of their modules; a module's name may end in `_`."""


def text(name: str) -> str:
    """The page as its module makes it now."""
    made: str = import_module(f"docs.generate.{name}").page()
    return made


def file(name: str) -> Path:
    """Where the page is kept."""
    return FOLDER / ("openapi.json" if name == "openapi" else f"{name.rstrip('_')}.md")
