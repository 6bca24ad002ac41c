"""Rate decks as carriers send them: a table of prefixes and prices, read exactly or refused.

A deck is believed as a whole: one bad row refuses it, with its line. Nothing is guessed that
would change a price: an empty price is not 0, an exponent is not a prefix, two columns that could
both be the price are a question to the user (docs/rules/cards.md, "What a deck may say").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial as partial_
from operator import itemgetter
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards import deck_bands, deck_cells, deck_dates, deck_words
from minutebook.cards.classes import classes_body
from minutebook.cards.deck_cells import STEP, filled_cells, refuse
from minutebook.cards.deck_classes import BAND_PRICE
from minutebook.cards.deck_columns import DeckColumn, Layout
from minutebook.cards.deck_currencies import currencies_of
from minutebook.cards.deck_decimals import DecimalMark, with_points, without_apostrophes
from minutebook.cards.deck_files.reading import read_table
from minutebook.cards.deck_files.table import DeckChoice, DeckSource
from minutebook.cards.deck_formats import shown_currencies
from minutebook.cards.deck_places import ColumnsTold
from minutebook.cards.deck_prefixes import prefixes
from minutebook.cards.deck_rows_once import distinct_rows
from minutebook.cards.deck_terms import refuse_unlike, terms_of_all
from minutebook.cards.deck_titles import refuse_titles, without_titles
from minutebook.cards.revision import ALWAYS
from minutebook.cards.tariff import Terms
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.deck_dates import DateOrder
    from minutebook.cards.deck_files.table import DeckTable
    from minutebook.cards.deck_headings import Heading
    from minutebook.cards.deck_profile import DeckProfile

DECK_SCHEMA: dict[str, pl.DataType] = {
    "prefix": pl.String(),  # digits
    "name": pl.String(),
    "rate": pl.Int64(),  # a minute, in units of 1e-10; null where blocked, or priced by steps
    "connect_fee": pl.Int64(),  # units of 1e-10; null: the card or plan says
    "minimum_s": pl.Int32(),
    "pulse_s": pl.Int32(),
    "rounding_method": pl.String(),
    "rounding_precision": pl.Int8(),
    "grace_ms": pl.Int64(),
    "status": pl.String(),  # open or blocked
    "steps": pl.List(STEP),
    "free_ms": pl.Int64(),  # of the beginning of every call
    "minimum_cost": pl.Int64(),  # of a call, in units of 1e-10
    "maximum_cost": pl.Int64(),
    "rates": pl.List(BAND_PRICE),  # of the card's bands; null, or none of a band: the row's own
}
ADDED = ("free_ms", "minimum_cost", "maximum_cost", "rates")
"""Columns that decks kept by earlier versions lack: null in all of their rows."""

_DATED = {"begins": pl.Datetime("us", "UTC"), "ends": pl.Datetime("us", "UTC")}


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck, read.

    `rows`: DECK_SCHEMA, sorted by prefix; with `begins` and `ends` (UTC, null: none) where the deck
    has dates. `currencies`: those that its prices may be in, None where it says nothing, and
    `currency_words` what it says. `terms`: what it says for all of its rows. `source`: what its file
    was read as, `columns` what its columns were, and `headings` all of its header; `decimals`: what stands before those of its prices, and
    `dates` how its dates of numbers alone are written, None where nothing hangs on it.
    """

    rows: pl.DataFrame
    ignored_columns: tuple[str, ...] = ()
    currencies: frozenset[str] | None = None
    currency_words: str = ""
    terms: Terms = field(default_factory=Terms)
    source: DeckSource = field(default_factory=lambda: DeckSource("CSV"))
    columns: tuple[DeckColumn, ...] = ()
    decimals: DecimalMark | None = None
    dates: DateOrder | None = None
    headings: tuple[str, ...] = ()

    @property
    def currency(self) -> str | None:
        """The currency that it is in, where it can be only one."""
        return (
            next(iter(self.currencies)) if self.currencies and len(self.currencies) == 1 else None
        )

    @property
    def is_dated(self) -> bool:
        """Whether rows say from when or until when they hold."""
        return "begins" in self.rows.columns

    @property
    def frame(self) -> pl.DataFrame:
        """The rows that hold first: all of them, where none is dated. In DECK_SCHEMA."""
        return self.schedule(None)[0][1]

    def schedule(self, at: datetime | None) -> list[tuple[datetime, pl.DataFrame]]:
        """From which instants which rows hold; `at`, or from always, where nothing is dated."""
        if not self.is_dated:
            return [(at or ALWAYS, self.rows)]
        return deck_dates.schedule(self.rows, at, ALWAYS)


def read_deck(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    ignore: Collection[str] = (),
    dates: DateOrder | None = None,
    choice: DeckChoice | None = None,
    decimals: DecimalMark | None = None,
    bands: PriceClasses | None = None,
    partial: bool = False,
    said: Collection[str] = (),
    profile: DeckProfile | None = None,
) -> Deck:
    """A deck from a file of any kind that decks are sent as (docs/rules/cards.md, "Files of a deck").

    `columns`: our name → the file's header; `ignore`: headers that are not to be read; `dates`: how
    dates of numbers alone are written; `choice`: what the file leaves open;
    `decimals`: what stands before those of prices; `bands`: what the card's prices differ by, of which the deck may have some;
    `partial`: its rows may be removed too; `said`: fields that the user says for rows that say none; `profile`: what it must suit. Raises `InputError` with file and line for the first row
    that is wrong.
    """
    given = dict(columns or {})
    found = read_table(path, choice or DeckChoice(), [*given.values(), *ignore])
    with ColumnsTold(found) as told:
        return _deck_of(
            found, told, given, ignore, dates, decimals, bands, said, profile, partial=partial
        )


def _deck_of(
    found: DeckTable,
    told: ColumnsTold,
    given: Mapping[str, str],
    ignore: Collection[str],
    dates: DateOrder | None,
    decimals: DecimalMark | None,
    bands: PriceClasses | None,
    said: Collection[str],
    profile: DeckProfile | None,
    *,
    partial: bool,
) -> Deck:
    """The deck of a table; `told` hears which column is what. The rest is as for `read_deck`."""
    rows, lines, file = found.rows, found.lines, found.place
    first = lines[0] or None
    _check_bands(found, bands)
    titles, ignored = without_titles(found.source.titles, ignore)
    if profile is not None:
        ignored = profile.left_out([cell.strip() for cell in rows[0]], ignored, given, file)
    layout = Layout.of(rows, given, ignored, file, first, bands, lines)
    told.known(layout.fields, has_header=layout.has_header)
    source = replace(found.source, header_line=first if layout.has_header else None)
    headings = {name: layout.headings[n] for name, n in layout.fields.items()}
    shown = shown_currencies(found, layout.fields, headings)
    if layout.has_header:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise InputError("the deck has no prices", file=file)
    _refuse_ragged(rows, lines, layout.width, file)
    cells = [
        pl.Series(name, list(map(itemgetter(index), rows)), pl.String).str.strip_chars()
        for name, index in layout.fields.items()
    ]
    absent = [pl.lit("").alias(name) for name in deck_words.FIELDS if name not in layout.fields]
    table = pl.DataFrame(cells).with_columns(*absent, line=pl.Series(lines, dtype=pl.Int64))
    written = without_apostrophes(table, list(layout.fields))
    table = with_points(written, list(layout.fields), decimals, file)
    decimals = decimals if table is written else DecimalMark.COMMA
    refuse_unlike(table, file)
    refuse_titles(titles, headings, said, file)
    currencies, words = currencies_of(table, headings, shown, titles, file)
    terms = replace(terms_of_all(table, headings, file), bands=bands)
    dated = ((table["effective"] != "") | (table["end"] != "")).any()
    if dated:
        dates = deck_dates.order_of(table, dates)
        table = deck_dates.read_dates(table, dates, file)
    frame = _checked(prefixes(table, headings, file), headings, file, bands, partial=partial)
    schema = DECK_SCHEMA | {name: dtype for name, dtype in _DATED.items() if name in frame.columns}
    beside = partial_(layout.differing, rows, lines)
    return Deck(
        distinct_rows(frame, schema, file, beside), layout.unread, currencies, words, terms, source,
        layout.read_columns(), decimals, dates, tuple(h.text for h in layout.headings) if layout.has_header else (),
    )  # fmt: skip


def _refuse_ragged(
    rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, file: str
) -> None:
    """`InputError` for the first row with more or fewer cells than the header."""
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise InputError(
                f"{len(row)} columns where the deck has {width}; mend the row, or take it out if it is a footer",
                file=file,
                line=line,
            )


def _check_bands(found: DeckTable, bands: PriceClasses | None) -> None:
    """`InputError` where a deck's prices are of other times of the week than the card's."""
    if found.bands is not None and found.bands != classes_body(bands).get("bands"):
        raise InputError(
            "its prices are of other bands than the card declares; declare them in [card.NAME.bands], as they stand in"
            ' the file under "minutebook"',
            file=found.place,
        )


def _checked(
    table: pl.DataFrame,
    headings: Mapping[str, Heading],
    file: str,
    classes: PriceClasses | None,
    *,
    partial: bool,
) -> pl.DataFrame:
    """DECK_SCHEMA, dates and `line` from the cells; the first bad one is an error."""
    text = {name: pl.col(name) for name in deck_words.FIELDS}
    table = deck_cells.in_bare_seconds(table)
    table = table.with_columns(status=deck_cells.statuses(table, file, headings, partial=partial))
    is_open = pl.col("status") == "open"
    in_bands = [name for name in headings if name.startswith("rate ")]
    priced = (text["rate"] != "") | (text["steps"] != "")
    if in_bands:  # which of them a row lacks is told by their names
        priced |= pl.any_horizontal(pl.col(name) != "" for name in in_bands)
    refuse(table, is_open & ~priced, "rate", file, "is empty; give a price, or the status blocked")
    both = is_open & (text["rate"] != "") & (text["steps"] != "")
    refuse(table, both, "steps", file, "stand beside a rate; keep one")
    rate = deck_cells.cell_amounts(table, "rate", file, is_open, headings.get("rate"))
    fee = deck_cells.cell_amounts(
        table, "connect_fee", file, pl.lit(value=True), headings.get("connect_fee")
    )
    minimum, pulse = deck_cells.increments(table, file)
    method = _rounding(table, file)
    least, most = deck_cells.cost_bounds(table, file, headings)
    rows = table.select(
        "prefix",
        name=filled_cells(text["name"]),
        rate=pl.when(is_open).then(rate),
        connect_fee=fee,
        minimum_s=minimum,
        pulse_s=pulse,
        rounding_method=filled_cells(method),
        rounding_precision=filled_cells(text["precision"]).cast(pl.Int8),
        grace_ms=deck_cells.milliseconds(table, "grace", file),
        status="status",
        steps=pl.Series(deck_cells.steps(table, file), dtype=pl.List(STEP)),
        free_ms=deck_cells.milliseconds(table, "free_seconds", file),
        minimum_cost=least,
        maximum_cost=most,
        rates=deck_bands.band_rates(table, classes, file, headings),
        line="line",
        **{name: pl.col(name) for name in _DATED if name in table.columns},
        band=deck_bands.named_bands(table, classes, headings, file),
    )
    return deck_bands.whole_rows(rows, classes, file)


def _rounding(table: pl.DataFrame, file: str) -> pl.Expr:
    """The method of rounding, its decimals checked too."""
    method = pl.col("rounding").str.to_lowercase()
    named = f"is none of {', '.join(money.Method)}"
    refuse(table, ~method.is_in([*map(str, money.Method), ""]), "rounding", file, named)
    digits = pl.col("precision").str.contains(r"^([0-9]|10)?$")
    refuse(table, ~digits, "precision", file, "is not 0 to 10")
    return method
