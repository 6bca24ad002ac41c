"""Call records of another side: read as an import reads them, not taken in; with their amounts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.calls.schema import CALL_SCHEMA, Reason
from minutebook.disputes.reading.amount_column import amount_column, one_of, said_currencies
from minutebook.disputes.reading.figures import figures
from minutebook.disputes.reading.other_money import refuse_other_money
from minutebook.intake.collecting import understood

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.calls.identify import Directory
    from minutebook.calls.readers.base import Reader
    from minutebook.calls.source import Source
    from minutebook.intake.reading import Reading

AMOUNT = "amount_units"
"""What the record says that the call costs, in money.UNITS; null where it does not."""

SIDE_SCHEMA: dict[str, pl.DataType] = {
    **{
        name: CALL_SCHEMA[name]
        for name in (
            "day", "account", "call_id", "caller", "caller_head", "called", "called_key",
            "setup_at", "answered_at", "ended_at", "duration_ms",
        )
    },
    AMOUNT: pl.Int64(),
}  # fmt: skip
"""What is needed of a call to hold two sides against each other."""

_WHOSE = [
    reason.value
    for reason in (Reason.NO_ACCOUNT, Reason.AMBIGUOUS, Reason.NO_PLAN, Reason.UNKNOWN_ACCOUNT)
]
"""Reasons of records that are calls all the same."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A side's calls (SIDE_SCHEMA), duplicates kept, and what of its file is none of them.

    `broken` records are no calls, `why` says what is wrong with most of them; `without_zone` have times
    without an offset, taken as UTC here: the other side tells. `currencies` may be that of the amounts,
    None: the file does not say. `turned`: it writes what calls cost with a minus sign.
    `own_total` is (what its row of sums says, what its rows add up to), in money.UNITS, where these differ.
    `unended` is the line of a last record that has no end, and was not read.
    """

    calls: pl.DataFrame
    broken: int = 0
    why: str | None = None
    without_zone: int = 0
    currencies: frozenset[str] | None = None
    turned: bool = False
    own_total: tuple[int, int] | None = None
    unended: int | None = None


@dataclass(slots=True)
class _Parts:
    """What is gathered of a side's files, table by table; amounts as they are written."""

    columns: Mapping[str, str]
    calls: list[pl.DataFrame] = field(default_factory=list)
    texts: list[pl.Series] = field(default_factory=list)
    counted: list[pl.Series] = field(default_factory=list)
    decimals: int = 0
    named: str = "amount"
    currencies: list[frozenset[str]] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    without_zone: int = 0

    def add(
        self, rows: pl.DataFrame, reader: Reader, source: Source, directory: Directory, file: str
    ) -> None:
        """The rows that are calls, each with its amount; the others are counted."""
        records = reader.records(rows, source)
        without_zone = int((records["reason"] == Reason.NO_ZONE.value).sum())
        if without_zone:
            records = reader.records(rows, replace(source, zone="UTC"))
        found = understood(records.with_columns(account=pl.lit(None, pl.String)), source, directory)
        sound = pl.col("reason").is_null() | pl.col("reason").is_in(_WHOSE)
        texts = self.amounts(rows, file).gather(found["row"])
        calls = found.with_columns(pl.lit(None, pl.Int64).alias(AMOUNT)).with_columns(sound=sound)
        self.texts.append(texts)
        self.counted.append(calls["sound"])
        self.calls.append(calls.filter("sound").select(SIDE_SCHEMA.keys()))
        bad = found.filter(~sound)
        self.broken += bad.height
        self.without_zone += without_zone
        for detail in bad["detail"].fill_null("").head(_SHOWN):
            self.why[detail] += 1

    def amounts(self, rows: pl.DataFrame, file: str) -> pl.Series:
        """The amounts of rows as they are written; null where the file has none."""
        column = amount_column(rows.columns, self.columns, file)
        if column is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
        refuse_other_money(rows, column, self.columns, file)
        self.decimals, self.named = column.decimals, column.name
        said = said_currencies(rows, self.columns, file)
        self.currencies += [found for found in (column.currencies, said) if found is not None]
        return rows[column.name].cast(pl.String)


_SHOWN = 1_000
"""Records without sense whose reasons are counted."""


def recorded_calls(
    reading: Reading, directory: Directory, columns: Mapping[str, str] | None = None
) -> Recorded:
    """The calls of the files. Whose they are is not asked: records that fit no account are calls too.

    `columns` are the mapped ones, ours → theirs.
    """
    parts = _Parts(columns or {})
    name, footers = "", []
    for file, reader, source in reading.plan:
        name = file.name
        paired: list[pl.DataFrame] = []
        for table in reading.tables(file, reader, source):
            parts.broken += len(table.broken)
            parts.why.update(broken.detail for broken in table.broken[:_SHOWN])
            if table.pairs:
                paired.append(table.frame)
            elif table.frame.height:
                parts.add(table.frame, reader, source, directory, name)
        if paired:
            rows = pl.concat(paired, how="diagonal", rechunk=True)
            parts.add(rows, reader, source, directory, name)
        footers += [
            parts.amounts(rows, name) for rows in getattr(reader, "footers", []) if rows.height
        ]
    found = _valued(parts, footers, name)
    places = [int(place.rpartition(":")[2]) for place in reading.unended]
    return replace(found, unended=places[-1] if places else None)


def _valued(parts: _Parts, footers: list[pl.Series], file: str) -> Recorded:
    """The calls with their amounts in money.UNITS, signs turned where costs are written with a minus."""
    calls = pl.concat([pl.DataFrame(schema=SIDE_SCHEMA), *parts.calls])
    every = pl.concat([pl.Series([], dtype=pl.String), *parts.texts])
    counted = pl.concat([pl.Series([], dtype=pl.Boolean), *parts.counted])
    sums = pl.concat([pl.Series([], dtype=pl.String), *footers])
    found = figures(every.filter(counted), parts.named, file, [sums])
    units = units_of(found.texts, parts.decimals)
    if found.currencies is not None:
        parts.currencies.append(found.currencies)
    turned = bool((units < 0).any()) and not (units > 0).any()
    own: tuple[int, int] | None = None
    if sums.drop_nulls().len() and units.drop_nulls().len():
        said = units_of(
            figures(sums, parts.named, file, [every]).texts, parts.decimals
        ).drop_nulls()
        added = int(units.cast(pl.Int128).sum())
        if said.len() and abs(said[-1]) != abs(added):
            own = (abs(int(said[-1])), abs(added))
    why = parts.why.most_common(1)
    return Recorded(
        calls.with_columns((-units if turned else units).alias(AMOUNT)),
        parts.broken,
        why[0][0] if why else None,
        parts.without_zone,
        one_of(parts.currencies, file),
        turned,
        own,
    )


def units_of(texts: pl.Series, decimals: int) -> pl.Series:
    """Plain decimals, each of 10^-`decimals` of a currency, in money.UNITS, exactly."""
    scaled = texts.cast(pl.Decimal(38, money.SCALE)) * 10 ** (money.SCALE - decimals)
    units: pl.Series = scaled.round().cast(pl.Int64)
    return units
