"""What a page is made of: tables, facts, words, forms, pictures. Templates lay them out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from minutebook.show.cells import amount_places, cell_texts, with_decimals
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from minutebook.show.tables import Column, Sheet

Row = dict[str, Any]
"""A row of a table: an object of JSON."""


@dataclass(frozen=True)
class PageTable:
    """A result's table: the figures are those that its command prints.

    `leads`: by a column's key, where a row's cell leads; None for a row: nowhere. `empty`: what is
    said where there is no row.
    """

    kind = "table"
    sheet: Sheet
    leads: Mapping[str, Callable[[Row], str | None]] = field(default_factory=dict)
    empty: str = "There is none."
    title: str | None = None

    @classmethod
    def of(cls, sheet: Sheet, **more: Any) -> PageTable:
        """A table of a sheet whose rows are models."""
        ready = replace(sheet, rows=as_json(sheet.rows), foot=as_json(sheet.foot))
        return cls(ready, **more)

    @property
    def columns(self) -> list[Column]:
        """Those that are shown."""
        return [column for column in self.sheet.columns if column.shown]

    def texts(self, column: Column, rows: Sequence[Row]) -> list[str]:
        """A column's cells, as people read them."""
        return cell_texts(column, rows, self._places)

    @cached_property
    def heading(self) -> str | None:
        """What stands above the table."""
        said = self.title or self.sheet.title
        return said and with_decimals(said, self._places)

    @property
    def notes(self) -> list[str]:
        """What stands below it."""
        return [with_decimals(note, self._places) for note in self.sheet.notes]

    @cached_property
    def _places(self) -> int:
        return amount_places([self.sheet])


@dataclass(frozen=True, slots=True)
class PageFact:
    """A figure with its name, and perhaps what is said of it and where it leads."""

    name: str
    value: str
    said: str | None = None
    leads_to: str | None = None
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures that stand side by side."""

    kind = "facts"
    facts: Sequence[PageFact]


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences, under a heading where there is one; `steps`: in their order, numbered."""

    kind = "words"
    sentences: Sequence[str]
    title: str | None = None
    steps: bool = False
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Ways on from here."""

    kind = "links"
    links: Sequence[tuple[str, str]]
    """What is said, and where it leads."""
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """Text as it stands in a file."""

    kind = "code"
    text: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An image that stands in the page itself, as a `data:` address; `sentence` says what it shows."""

    kind = "image"
    address: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A line a name over days or hours, drawn in the browser; `table` has its figures for who sees no picture.

    `at`: seconds since 1970, UTC, or with `across` numbers of that; of each line as many values, None where there is none.
    """

    kind = "picture"
    title: str
    at: Sequence[int]
    lines: Mapping[str, Sequence[float | None]]
    unit: str
    sentence: str
    across: str | None = None

    @property
    def data(self) -> dict[str, Any]:
        """For the script that draws it."""
        lines = {name: list(line) for name, line in self.lines.items()}
        return {"at": list(self.at), "lines": lines, "unit": self.unit, "across": self.across}


@dataclass(frozen=True, slots=True)
class Field:
    """What a form asks for. `options`: values and words of a choice; `largest`: so many bytes a file has at most."""

    name: str
    label: str
    type: str = "text"
    value: str = ""
    hint: str | None = None
    required: bool = True
    options: Sequence[tuple[str, str]] = ()
    error: str | None = None
    autocomplete: str = "off"
    rows: int = 3
    multiple: bool = False
    step: str | None = None
    largest: int | None = None
    least: str | None = None
    most: str | None = None
    unit: str = ""
    """Of a slider (`range`): its bounds, and what stands behind its number."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form. `hidden`: what it sends besides; `get`: it asks and does nothing;
    `stacked`: though, a field a line; `live`: what follows it on the page is asked for anew as its sliders move.

    `error`: what was wrong with it as a whole; `dangerous`: what it does is not undone.
    """

    kind = "form"
    action: str
    fields: Sequence[Field]
    submit: str
    title: str | None = None
    sentences: Sequence[str] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    get: bool = False
    stacked: bool = False
    error: str | None = None
    dangerous: bool = False
    live: bool = False
    more: Sequence[Field] = ()
    """What is seldom asked for: closed, until somebody opens it."""
    more_title: str = "More"

    @property
    def more_open(self) -> bool:
        """Whether something of what is seldom asked for is filled, or wrong."""
        return any(one.value or one.error for one in self.more)

    @property
    def uploads(self) -> bool:
        """Whether a file goes with it."""
        return any(one.type == "file" for one in self.fields)


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """The page is asked for again, until it says so no more."""

    kind = "live"
    path: str
    after_s: int = 1


Block = PageTable | Facts | Words | Links | Code | Image | Picture | PageForm | AskedAgain
"""A part of a page."""
