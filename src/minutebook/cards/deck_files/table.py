"""What a deck's file gives: rows of text with their lines, and what it was read as."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from minutebook.cards.deck_files.doubtful_cells import DoubtfulCell


@dataclass(frozen=True, slots=True)
class DeckChoice:
    """What the user says of a deck's file, where it leaves a question; None: it says it itself."""

    inside: str | None = None
    """The file to read inside a zip archive."""
    encoding: str | None = None
    """The encoding of its text."""
    sheet: str | None = None
    """The sheet of a workbook."""
    deck_card: str | None = None
    """The card of an interconnect rate card in JSON."""
    sheet_of: str | None = None
    """The profile that says the sheet; None: the user does."""


@dataclass(frozen=True, slots=True, repr=False)
class DeckSource(Shown):
    """What a deck's file was read as."""

    kind: str
    """The kind of file: "CSV", "XLSX", "XLS", "ODS" or "JSON"."""
    inside: str | None = None
    """The file that was read of a zip archive; None: it is none."""
    encoding: str | None = None
    """The encoding of its text; None: it says it itself."""
    delimiter: str | None = None
    """What stands between its cells; None: it is no text."""
    sheet: str | None = None
    """The sheet that was read of a workbook; None: it is none."""
    sheets: tuple[str, ...] = ()
    """All sheets of the workbook, hidden ones too."""
    deck_card: str | None = None
    """The card that was read of an interconnect rate card in JSON; None: it is none."""
    deck_cards: tuple[str, ...] = ()
    """All cards of the file in JSON."""
    titles: tuple[str, ...] = ()
    """The lines above the header, which are not read as rows."""
    header_line: int | None = None
    """The line of the header, from 1; None: it has none, or is no table of lines."""


@dataclass(frozen=True, slots=True)
class DeckTable:
    """Rows that are not empty, each with its line (0: of no line); `place` names the file, and the part that was read.

    `bands`: the bands that the file says its prices are of, as `cards.bands.bands_body` has them; None: it says none.
    """

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    place: str
    source: DeckSource
    bands: Any = None
    doubtful: Sequence[DoubtfulCell] = ()
    """Cells of the sheet that do not say what they hold, from the header on."""
    leftmost: Callable[[], int | None] | None = None
    """The first column of the sheet that holds anything, from 0, looked for when it is asked; None: it is not known."""

    def headed(self, headings: Sequence[str], taken: range) -> DeckTable:
        """The table from its header on, which are the rows `taken`; what stands above is its titles."""
        above = self.rows[: taken.start]
        titles = tuple(" ".join(c.strip() for c in row if c.strip()) for row in above)
        return replace(
            self,
            rows=[headings, *self.rows[taken.stop :]],
            lines=[self.lines[taken.stop - 1], *self.lines[taken.stop :]],
            source=replace(self.source, titles=titles),
        )
