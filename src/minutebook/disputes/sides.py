"""Call records of another side: read as an import reads them, not taken in; with their amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.calls.schema import CALL_SCHEMA, Reason
from minutebook.errors import InputError
from minutebook.intake.collecting import understood

if TYPE_CHECKING:
    from minutebook.calls.identify import Directory
    from minutebook.calls.readers.base import Reader
    from minutebook.calls.source import Source
    from minutebook.intake.reading import Reading

_MOST = 10**8
"""Of an amount that a record can say."""
AMOUNT = "amount_units"
"""What the record says that the call costs, in money.UNITS; null where it does not."""

SIDE_SCHEMA: dict[str, pl.DataType] = {
    **{
        name: CALL_SCHEMA[name]
        for name in (
            "day", "account", "call_id", "caller", "called", "called_key", "setup_at",
            "answered_at", "ended_at", "duration_ms",
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

AMOUNT_COLUMNS = (
    "cost", "amount", "charge", "charges", "charged", "billed_amount", "sell", "total", "price",
)  # fmt: skip
"""Names of columns that hold it, whatever their case; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A side's calls (SIDE_SCHEMA), duplicates kept; how many records are none, how many name no zone.

    Times without an offset of a source without a zone are taken as UTC here: the other side tells.
    """

    calls: pl.DataFrame
    broken: int = 0
    without_zone: int = 0


def recorded_calls(reading: Reading, directory: Directory) -> Recorded:
    """The calls of the files. Whose they are is not asked: records that fit no account are calls too."""
    parts: list[Recorded] = []
    broken = 0
    for file, reader, source in reading.plan:
        paired: list[pl.DataFrame] = []
        for table in reading.tables(file, reader, source):
            broken += len(table.broken)
            if table.pairs:
                paired.append(table.frame)
            else:
                parts.append(_understood(table.frame, reader, source, directory, file.name))
        if paired:
            rows = pl.concat(paired, how="diagonal", rechunk=True)
            parts.append(_understood(rows, reader, source, directory, file.name))
    every = pl.concat([pl.DataFrame(schema=SIDE_SCHEMA), *(part.calls for part in parts)])
    broken += sum(part.broken for part in parts)
    return Recorded(every, broken, sum(part.without_zone for part in parts))


def _understood(
    rows: pl.DataFrame, reader: Reader, source: Source, directory: Directory, file: str
) -> Recorded:
    records = reader.records(rows, source)
    without_zone = int((records["reason"] == Reason.NO_ZONE.value).sum())
    if without_zone:
        records = reader.records(rows, replace(source, zone="UTC"))
    found = understood(records.with_columns(account=pl.lit(None, pl.String)), source, directory)
    amounts = _amounts(rows, file)
    calls = (
        found.with_columns(**{AMOUNT: amounts.gather(found["row"])})
        .filter(pl.col("reason").is_null() | pl.col("reason").is_in(_WHOSE))
        .select(SIDE_SCHEMA.keys())
    )
    return Recorded(calls, found.height - calls.height, without_zone)


def _amounts(rows: pl.DataFrame, file: str) -> pl.Series:
    """The amounts of rows, exact; `InputError` for what is no amount."""
    by_name = {name.strip().lower(): name for name in rows.columns}
    column = next((by_name[name] for name in AMOUNT_COLUMNS if name in by_name), None)
    if column is None:
        return pl.Series([None] * rows.height, dtype=pl.Int64)
    text = rows[column].str.strip_chars().replace("", None)
    odd = text.filter(~text.str.contains(r"^-?\d{1,8}(\.\d{1,10})?$")).unique()
    known = {written: _exact(written, column, file) for written in odd}
    text = text.replace(known) if known else text
    units: pl.Series = (text.cast(pl.Decimal(38, money.SCALE)) * money.UNITS).cast(pl.Int64)
    return units


def _exact(written: str, column: str, file: str) -> str:
    """An amount as some programs write it (`.5`, `5e-05`, a float's digits), to the ledger's decimals."""
    try:
        amount = Decimal(written)
        if not amount.is_finite() or abs(amount) >= _MOST:
            raise InvalidOperation
    except InvalidOperation:
        raise InputError(
            f"{column}: {written!r} is not an amount, as in 0.0125", file=file
        ) from None
    return f"{amount.quantize(Decimal(1).scaleb(-money.SCALE)):f}"
