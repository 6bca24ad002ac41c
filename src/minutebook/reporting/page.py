"""A report's page: self-contained, for a screen, a phone and paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup


_LINE = 40
"""Characters of a cell that are not folded."""
_NUMBER = re.compile(r"-?[0-9][0-9,]*([.][0-9]+)?%?|")


@dataclass(frozen=True, slots=True)
class PagePart:
    """A picture (SVG, or none), what it means in a sentence, and the table behind it."""

    title: str
    sentence: str
    picture: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def kinds(self) -> list[Markup]:
        """Of each column what its cells are marked with: numbers stand right, words left, text is folded."""
        return [self._kind(n) for n in range(len(self.headings))]

    def _kind(self, column: int) -> Markup:
        from markupsafe import Markup

        cells = [row[column] for row in self.rows]
        if column and all(_NUMBER.fullmatch(cell) for cell in cells):
            return Markup("")
        folded = any(len(cell) > _LINE for cell in cells)
        return Markup(' class="text"') if folded else Markup(' class="words"')


def report_page(title: str, words: Sequence[str], parts: Sequence[PagePart], foot: str) -> str:
    """The page as HTML text; everything but the pictures is escaped."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    template = environment.get_template("page.html.jinja")
    return template.render(title=title, words=words, parts=parts, foot=foot)
