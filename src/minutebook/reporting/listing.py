"""A list as a page: rows in groups, for a screen, a phone and paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@dataclass(frozen=True, slots=True)
class ListGroup:
    """Rows under a title of their own."""

    title: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ListPart:
    """A table in groups, with a sentence; `numbers`: the places of columns that stand right."""

    title: str
    sentence: str
    headings: Sequence[str]
    groups: Sequence[ListGroup]
    numbers: Collection[int] = ()


def listing_page(title: str, words: Sequence[str], parts: Sequence[ListPart], foot: str) -> str:
    """The page as HTML text; everything is escaped."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    template = environment.get_template("listing.html.jinja")
    return template.render(title=title, words=words, parts=parts, foot=foot)
