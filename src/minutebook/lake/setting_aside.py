"""Records handed to the quarantine, beside what it knows of them: which wait, and which events are new."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from minutebook.lake.quarantine_files import (
    ASIDE_SCHEMA,
    DISCARDED,
    OPEN,
    RELEASED,
    WITHDRAWN,
    closed_among,
    last_events,
    record_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from minutebook.lake.delta import LakeTable

_NO_IDS = pl.Series([], dtype=pl.String)


@dataclass(slots=True)
class SettingAside:
    """Batches of records of ASIDE_SCHEMA; how many wait, by reason, and were discarded before, once `events` ran."""

    batches: Sequence[pl.LazyFrame]
    waiting: Counter[str] = field(default_factory=Counter)
    discarded: int = 0

    def events(self, table: LakeTable, unknown: pl.Series = _NO_IDS) -> Iterator[pl.DataFrame]:
        """The new events, over a version of the quarantine; records released, whose ids are `unknown`, are as
        those of an import that was taken back.
        """
        self.waiting.clear()
        self.discarded = 0
        known = last_events(table).select("id", "state", "reason")
        for batch in self.batches:
            rows = batch.collect()
            rows = rows.with_columns(record_ids(rows))
            closed = closed_among(table, rows["id"])
            rows = rows.join(
                pl.concat([known, closed], how="diagonal").unique("id", keep="first"),
                on="id",
                how="left",
                suffix="_known",
                maintain_order="left",
            )
            gone = (pl.col("state") == RELEASED) & pl.col("id").is_in(unknown.implode())
            rows = rows.with_columns(state=pl.when(gone).then(pl.lit(WITHDRAWN)).otherwise("state"))
            self.discarded += int((rows["state"] == DISCARDED).sum())
            rows = rows.filter(pl.col("state").fill_null(OPEN).is_in([OPEN, WITHDRAWN]))
            self.waiting.update(dict(rows["reason"].value_counts().iter_rows()))
            rows = rows.unique("id", keep="first", maintain_order=True)
            new = rows.filter(pl.col("state").is_null()).with_columns(state=pl.lit(OPEN))
            other = (pl.col("reason") != pl.col("reason_known")) | (pl.col("state") == WITHDRAWN)
            changed = rows.filter(other).select(
                "id",
                pl.when(pl.col("state") == WITHDRAWN).then("source").alias("source"),
                pl.lit(OPEN).alias("state"),
                "reason",
                "detail",
            )
            known = pl.concat([known, new.select(known.columns)])
            yield pl.concat([new.select("id", "state", *ASIDE_SCHEMA), changed], how="diagonal")
