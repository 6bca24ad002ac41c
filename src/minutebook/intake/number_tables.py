"""Tables of North American numbers, from files: states of offices, routing numbers of ported numbers
(docs/rules/jurisdictions.md, "Tables of numbers").
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import plain_name
from minutebook.cards.countries import country_codes
from minutebook.cards.jurisdictions import OTHER_REGIONS, STATES
from minutebook.cards.number_table import NumberTable, NumberTableKind
from minutebook.errors import InputError
from minutebook.intake.number_rows import LINE, NO_DIGITS, csv_rows, refuse_row
from minutebook.intake.ported_numbers import ported_numbers
from minutebook.lake.number_tables import keep_ported
from minutebook.ledger import number_tables
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from minutebook.lake.card_store import CardStore
    from minutebook.ledger.database import Database

_FIELDS: Final = {
    "office": ("npanxx", "npanxxcode", "nxxcode"),
    "npa": ("npa", "areacode"),
    "nxx": ("nxx", "exchange", "cocode"),
    "state": ("state", "st", "statecode", "stateprovince", "stateabbreviation", "region"),
    "number": ("number", "tn", "phone", "phonenumber", "telephonenumber", "telephone", "portednumber"),
    "lrn": ("lrn", "routingnumber", "locationroutingnumber"),
}  # fmt: skip
_OFFICE: Final = "^[2-9][0-9]{2}[2-9][0-9]{2}$"


@dataclass(frozen=True, slots=True, repr=False)
class TakenNumbers(Shown):
    """What became of a table of numbers."""

    table: NumberTable
    """The table."""
    added: bool
    """False: the newest one of its kind is the same."""
    stateless: int = 0
    """How many of its offices are in no state of the United States: numbers of theirs have none."""


def import_numbers(
    database: Database, store: CardStore, path: Path, *, now: datetime, by: str
) -> TakenNumbers:
    """Take a table of numbers in: CSV, in gzip too. What it says is told by its columns' names.

    Cards that are imported from now on go by it. `InputError` with the line of the first row that is wrong; then
    nothing is kept.
    """
    header, frame = _read(path)
    columns = {
        field: n
        for field, usual in _FIELDS.items()
        for n, heading in enumerate(header)
        if plain_name(heading) in usual
    }
    parts = {field: pl.col(f"column_{n + 1}").fill_null("") for field, n in columns.items()}
    office = parts.get("office")
    if office is None and {"npa", "nxx"} <= parts.keys():
        office = parts["npa"] + parts["nxx"]
    stateless = 0
    if {"number", "lrn"} <= parts.keys():
        kind = NumberTableKind.PORTED
        said = frame.select(LINE, number=parts["number"], lrn=parts["lrn"])
        rows, sha256 = keep_ported(store, *ported_numbers(said, path))
    elif office is not None and "state" in parts:
        kind = NumberTableKind.STATES
        table = _states(frame, office, parts["state"], path)
        stateless = table.filter(~pl.col("state").is_in(STATES)).height
        rows, sha256 = table.height, store.keep_table(table)
    else:
        raise InputError(
            f"its columns are {', '.join(header)}; name them npanxx (or npa and nxx) and state, or number and lrn",
            file=path.name,
            line=1,
        )
    with database.transaction(lock=RUN) as connection:
        before = number_tables.newest(connection, kind)
        if before is not None and before.sha256 == sha256:
            return TakenNumbers(before, added=False, stateless=stateless)
        taken = NumberTable(kind, rows, path.name, sha256, now, by)
        number_tables.add(connection, taken)
    return TakenNumbers(taken, added=True, stateless=stateless)


def _read(path: Path) -> tuple[list[str], pl.LazyFrame]:
    """The headings, and the rows as text, with the line of each."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            first = file.readline().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=path.name) from error
    except UnicodeDecodeError as error:
        raise InputError("is no CSV file in UTF-8; save it as one", file=path.name) from error
    mark = max(",;\t|", key=first.count)
    header = [cell.strip().strip('"') for cell in first.strip().split(mark)]
    frame = pl.scan_csv(
        path,
        separator=mark,
        has_header=False,
        skip_rows=1,
        row_index_name=LINE,
        row_index_offset=2,
        schema={f"column_{n + 1}": pl.String() for n in range(len(header))},
    )
    return header, frame


def _states(frame: pl.LazyFrame, office: pl.Expr, state: pl.Expr, path: Path) -> pl.DataFrame:
    """STATES_SCHEMA, an office once, in order; those outside the United States have no state."""
    cleaned = office.str.replace_all(NO_DIGITS, "").str.replace("^1([0-9]{6})$", "$1")
    rows = csv_rows(
        frame.select(LINE, office=cleaned, state=state.str.strip_chars().str.to_uppercase()), path
    )
    whole = pl.col("office").str.contains(_OFFICE)
    refuse_row(rows, ~whole, "office", path, "is not an area code and an office, as in 201200")
    known = pl.col("state").is_in([*STATES, *OTHER_REGIONS, ""])
    refuse_row(rows, ~known, "state", path, "is not a state's two letters, as in NY")
    area = pl.col("office").str.slice(0, 3)
    areas = rows.select(area.unique()).to_series()
    country = country_codes("1" + areas)[0]
    abroad = areas.filter((country != "US").fill_null(value=True))
    rows = rows.with_columns(
        state=pl.when(~area.is_in(abroad.implode())).then("state").otherwise(pl.lit(""))
    )
    rows = rows.unique(["office", "state"], keep="first", maintain_order=True)
    twice = rows.filter(pl.col("office").is_duplicated())
    if twice.height:
        what = (
            f"{twice['office'][0]} is in {twice['state'][0] or 'no state'} in line {twice[LINE][0]}"
        )
        again = twice.filter(pl.col("office") == twice["office"][0])[LINE][1]
        raise InputError(f"{what}; keep one of them", file=path.name, line=again)
    return rows.select("office", "state").sort("office")
