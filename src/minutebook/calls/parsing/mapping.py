"""From columns to records: the steps that every reader's mapping shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.quantities import scaled
from minutebook.calls.schema import RECORD_SCHEMA, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.calls.parsing.times import Instants


class Findings:
    """What is wrong with the rows of a frame; of several reasons the first added stands."""

    def __init__(self, height: int) -> None:
        self._height = height
        self._found: list[tuple[pl.Series, pl.Series]] = []

    def add(self, wrong: pl.Series, reason: Reason, detail: pl.Expr | str) -> None:
        """Rows where `wrong` is true; `detail` in words, a text or an expression of literals."""
        if wrong.any():
            words = pl.lit(detail) if isinstance(detail, str) else detail
            mask = pl.lit(wrong)
            self._found.append(
                (
                    pl.select(pl.when(mask).then(pl.lit(reason.value))).to_series(),
                    pl.select(pl.when(mask).then(words)).to_series(),
                )
            )

    def time(self, field: str, texts: pl.Series, found: Instants) -> pl.Series:
        """The instants of a column, its reasons noted with the text that is at fault."""
        if found.reasons is not None:
            shown = pl.lit(f"{field} ") + pl.lit(texts).str.head(80)
            words = {
                Reason.BAD_TIME: " is no time that exists, to the second",
                Reason.NO_ZONE: " has no offset, and the source names no zone",
                Reason.AMBIGUOUS_TIME: " came twice, as the clock was put back",
                Reason.NONEXISTENT_TIME: " never was, as the clock was put forward",
            }
            for reason, why in words.items():
                self.add(
                    (found.reasons == reason.value).fill_null(value=False), reason, shown + why
                )
        return found.values.alias(field)

    def number(self, field: str, texts: pl.Series, decimals: int) -> pl.Series:
        """`scaled` numbers of a column; what is none is a `bad_value`."""
        values = scaled(texts, decimals)
        if values.null_count() > texts.null_count():
            wrong = texts.is_not_null() & values.is_null()
            shown = pl.lit(f"{field} ") + pl.lit(texts).str.head(80) + " is no plain number"
            self.add(wrong, Reason.BAD_VALUE, shown)
        return values.alias(field)

    def taken(self, rows: pl.Series) -> Findings:
        """What is wrong with some of the rows, in the order in which they are taken."""
        some = Findings(len(rows))
        some._found = [(reason.gather(rows), detail.gather(rows)) for reason, detail in self._found]
        return some

    def columns(self) -> tuple[pl.Series, pl.Series]:
        """The columns `reason` and `detail`."""
        if not self._found:
            nothing = pl.Series([None], dtype=pl.String).new_from_index(0, self._height)
            return nothing.alias("reason"), nothing.alias("detail")
        reasons = pl.select(pl.coalesce([reason for reason, _ in self._found])).to_series()
        # a detail belongs to its own reason: a row's first one
        details = pl.select(pl.coalesce([detail for _, detail in self._found])).to_series()
        return reasons.alias("reason"), details.alias("detail")


def packed(name: str, columns: list[pl.Series]) -> pl.Series:
    """A JSON object a row, as text, of the values that are there; null where none is."""
    parts = []
    for column in columns:
        if column.null_count() < len(column):
            pair = column.to_frame().to_struct("pair").struct.json_encode().str.slice(1)
            inner = pair.str.head(-1)
            parts.append(pl.select(pl.when(column.is_not_null()).then(inner)).to_series())
    if not parts:
        nothing = pl.Series(name, [None], dtype=pl.String)
        return nothing.new_from_index(0, len(columns[0]) if columns else 0)
    body = pl.select(pl.concat_str(*parts, separator=",", ignore_nulls=True)).to_series()
    return pl.select(pl.when(body != "").then("{" + pl.lit(body) + "}").alias(name)).to_series()


def records(height: int, fields: Mapping[str, pl.Series], findings: Findings) -> pl.DataFrame:
    """A frame of RECORD_SCHEMA from the fields that a format has; the others are null."""
    reason, detail = findings.columns()
    given = {**fields, "reason": reason, "detail": detail}
    given.setdefault("row", pl.int_range(height, dtype=pl.UInt32, eager=True))
    columns = [
        given[name].alias(name).cast(dtype)
        if name in given
        else pl.Series(name, [None], dtype=dtype).new_from_index(0, height)
        for name, dtype in RECORD_SCHEMA.items()
    ]
    return pl.DataFrame(columns)
