"""A report's page: self-contained, for a screen, a phone and paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Part:
    """A picture (SVG, or none), what it means in a sentence, and the table behind it."""

    title: str
    sentence: str
    picture: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def page(title: str, words: Sequence[str], parts: Sequence[Part], foot: str) -> str:
    """The page as HTML text; everything but the pictures is escaped."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    template = environment.get_template("page.html.jinja")
    return template.render(title=title, words=words, parts=parts, foot=foot)
