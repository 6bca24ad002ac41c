"""A card's prices as the file of a deck, which imports to the same prices (docs/rules/cards.md, "A card as a deck")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from minutebook.cards.classes import classes_body, without_tables
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.errors import InputError
from minutebook.notebook import Shown
from minutebook.show.deck_json import deck_json
from minutebook.show.deck_rows import bands_priced, deck_rows
from minutebook.show.price_columns import price_columns
from minutebook.show.tables import Column, Sheet, cell_text, csv_text
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from minutebook.cards.revision import Card, Interval, Revision

_OF_A_DECK: Final = ("attempt_fee", "duration_rounding", "pulse_anchor")
"""What a deck says once, for all of its rows."""
_DATES: Final = (Column("effective", "Effective"), Column("end", "End"))
_TEXTS: Final = (
    "prefix", "name", "increment", "status", "steps", "rounding", "duration_rounding", "pulse_anchor", "currency",
    "effective", "end",
)  # fmt: skip


class DeckForm(StrEnum):
    """The kinds of file that a card is exported as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True, repr=False)
class DeckFile(Shown):
    """A card's prices as the file of a deck."""

    card: str
    """The card's name."""
    revisions: tuple[int, ...]
    """The numbers of the revisions whose rows it has."""
    rows: int
    """How many rows it has."""
    kind: str
    """The kind of file: "csv", "xlsx" or "json"."""
    content: bytes
    """The file's content."""


def deck_file(card: Card, revision: Revision, frame: pl.DataFrame, kind: str) -> DeckFile:
    """One revision as a deck without dates."""
    rows = deck_rows(frame, revision.terms, card.currency)
    columns = price_columns(card.currency, bands_priced(frame, revision.terms))
    return _file(card, [revision], rows, columns, deck_form(kind))


def dated_deck_file(
    card: Card, parts: Sequence[tuple[Interval, pl.DataFrame]], kind: str
) -> DeckFile:
    """Revisions, each with its rows, as one deck whose rows say from when and until when they hold.

    `InputError` where they differ in what a deck says but once, or turn at an instant that a deck cannot say.
    """
    revisions = [part.revision for part, _ in parts if part.revision is not None]
    _check_alike(card, revisions)
    bands = dict.fromkeys(
        name
        for (_, frame), revision in zip(parts, revisions, strict=True)
        for name in bands_priced(frame, revision.terms)
    )
    rows = _dated(
        [
            (part, deck_rows(frame, revision.terms, card.currency))
            for (part, frame), revision in zip(parts, revisions, strict=True)
        ]
    )
    return _file(
        card, revisions, rows, [*price_columns(card.currency, bands), *_DATES], deck_form(kind)
    )


def deck_form(kind: str) -> DeckForm:
    """The kind of file by its word; `InputError` for another."""
    try:
        return DeckForm(kind)
    except ValueError:
        raise InputError(
            f"a card is exported as {some_of([*map(str, DeckForm)])}, not as {kind!r}; say one of them"
        ) from None


def _file(
    card: Card,
    revisions: Sequence[Revision],
    rows: list[dict[str, Any]],
    columns: list[Column],
    kind: DeckForm,
) -> DeckFile:
    last = max(revisions, key=lambda revision: revision.number)
    if kind is DeckForm.XLSX:
        content = _workbook(card, rows, columns, last.imported_at)
    elif kind is DeckForm.JSON:
        content = deck_json(
            rows, card=card.name, currency=card.currency, version=last.number, on=last.imported_at.date(),
            bands=classes_body(without_tables(last.terms.bands)).get("bands"),
        ).encode()  # fmt: skip
    else:
        content = csv_text(Sheet(columns, rows)).encode()
    numbers = tuple(sorted({revision.number for revision in revisions}))
    return DeckFile(card.name, numbers, len(rows), str(kind), content)


def _workbook(
    card: Card, rows: list[dict[str, Any]], columns: list[Column], made_at: datetime
) -> bytes:
    from minutebook.reporting.xlsx import MOST_ROWS, XlsxSheet, xlsx_bytes

    if len(rows) >= MOST_ROWS:
        raise InputError(
            f"card {card.name!r} has {len(rows):,} rows, more than a sheet holds; export it as CSV or JSON"
        )
    keys = [
        column.key
        for column in columns
        if column.key in ("prefix", "rate") or any(row.get(column.key) is not None for row in rows)
    ]
    cells = [[cell_text(row.get(key)) for key in keys] for row in rows]
    numbers = [n for n, key in enumerate(keys) if key not in _TEXTS]
    return xlsx_bytes([XlsxSheet(card.name, keys, cells, numbers)], made_at)


def _check_alike(card: Card, revisions: Sequence[Revision]) -> None:
    """`InputError` where revisions differ in what a deck says once for all of its rows."""
    first = revisions[0]
    for revision in revisions[1:]:
        for name in (*_OF_A_DECK, "bands"):
            if getattr(revision.terms, name) != getattr(first.terms, name):
                raise InputError.advised(
                    f"revisions {first.number} and {revision.number} of card {card.name!r} differ in {name},"
                    " which a deck says for all of its rows",
                    "export each by its number",
                    shell="export each by --revision",
                )


def _dated(parts: Sequence[tuple[Interval, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """The rows of revisions with `effective` and `end`; one that goes on in the next revision is one row."""
    found: list[dict[str, Any]] = []
    begun: dict[str, tuple[datetime, dict[str, Any]]] = {}
    ended: datetime | None = None
    for part, rows in parts:
        now = {row["prefix"]: row for row in rows}
        for prefix, (since, row) in list(begun.items()):
            if ended != part.start or now.get(prefix) != row:
                found.append(row | _held(since, ended, part))
                del begun[prefix]
        for prefix, row in now.items():
            begun.setdefault(prefix, (part.start, row))
        ended = part.end
    last = parts[-1][0]
    found += [row | _held(since, ended, last) for since, row in begun.values()]
    return sorted(found, key=lambda row: (row["prefix"], row["effective"] or ""))


def _held(since: datetime, until: datetime | None, part: Interval) -> dict[str, str | None]:
    """The cells of a row's dates; an end that is a day is included, so it is the one before."""
    effective = None if since == ALWAYS else _date_cell(since, part, is_end=False)
    if until is None:
        return {"effective": effective, "end": None}
    day = timedelta(days=1)
    end = (
        (until - day).date().isoformat()
        if _is_midnight(until)
        else _date_cell(until, part, is_end=True)
    )
    return {"effective": effective, "end": end}


def _date_cell(at: datetime, part: Interval, *, is_end: bool) -> str:
    if _is_midnight(at):
        return at.date().isoformat()
    last_second = at.replace(hour=23, minute=59, second=59, microsecond=0)
    if at.microsecond or (is_end and at == last_second):  # a deck's 23:59:59 ends with the day
        number = part.revision.number if part.revision else 0
        raise InputError.advised(
            f"revision {number} of its card begins or ends at {instant_text(at)}, which a deck cannot say",
            "export it by its number, without dates",
            shell="export it by --revision, without --dates",
        )
    return instant_text(at)


def _is_midnight(at: datetime) -> bool:
    return at == datetime.combine(at.date(), datetime.min.time(), UTC)
