"""Whose the records are that wait, as far as the match tables tell (docs/rules/identity.md, "What waits")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls import readers
from minutebook.calls.check import checked
from minutebook.calls.identify import AccountSpan, Directory, identified
from minutebook.calls.numbers import normalised
from minutebook.calls.schema import Reason
from minutebook.calls.source import Source
from minutebook.errors import InputError
from minutebook.intake.raw import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.calls.readers.base import Reader


def with_accounts(
    waiting: pl.DataFrame, sources: Mapping[str, Source], directory: Directory
) -> pl.DataFrame:
    """Records that wait (OPEN_SCHEMA) with `account`: whose each would be by the account that it names or the
    match tables, whatever it waits for and whatever its day; null where none can be told.
    """
    on_any_day = tuple(AccountSpan(span.account, date.min) for span in directory.spans)
    told = replace(directory, spans=on_any_day)
    found = [pl.DataFrame(schema={"id": pl.String, "account": pl.String})]
    legible = waiting.filter(pl.col("reason") != Reason.BROKEN_LINE.value)
    for (name, format_name), group in legible.partition_by(
        "source", "format", as_dict=True
    ).items():
        try:
            reader = readers.reader(format_name)
        except InputError:  # the package that reads them is gone, or broken
            continue
        found.append(_told(group, reader, sources.get(name, Source(name)), told))
    accounts = pl.concat(found).drop_nulls().unique("id", keep="first")
    return waiting.join(accounts, on="id", how="left", maintain_order="left")


def _told(
    waiting: pl.DataFrame, reader: Reader, source: Source, directory: Directory
) -> pl.DataFrame:
    """`id` and `account` of the records of one source that can be read again."""
    rows, record = rows_of(waiting["raw"])
    records = checked(reader.records(rows, source), source)
    whose = identified(
        records.with_columns(
            caller=normalised(pl.col("caller"), source),
            reason=pl.lit(None, pl.String),
            detail=pl.lit(None, pl.String),
        ),
        directory,
    )
    parts = ("row", "also_row") if "also_row" in records.columns else ("row",)
    return pl.concat(
        pl.DataFrame(
            {
                "id": waiting["id"].gather(record.gather(records[part])),
                "account": whose["account"],
            }
        )
        for part in parts
    )
