"""The Tandem switch: a line a call, `TDM;ID;CALLER;CALLED;SETUP;RING;TALK;ACCOUNT`.

SETUP is epoch seconds. RING and TALK are seconds; TALK is empty where nobody answered, and is
what prices. Lines that begin with `#` are remarks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import delimited
from minutebook.calls.parsing.columns import Columns
from minutebook.calls.parsing.last_line import Lines, row_taken
from minutebook.calls.parsing.layouts import assembled
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.times import epochs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.calls.readers.base import Table
    from minutebook.calls.source import Source

NAMES = ["kind", "call_id", "caller", "called", "setup", "ring", "talk", "account_code"]
OWN = {name: (name,) for name in ("kind", "setup", "ring", "talk")}


class TandemReader:
    """Files of the Tandem switch."""

    name = "tandem"
    pairs = False  # a call's start and end are not rows of their own
    files = "the daily files of a Tandem switch"
    options = ()  # what `options` of a source can say of this format, besides `columns`

    def sniff(self, head: bytes) -> bool:
        return head.startswith((b"TDM;", b"# Tandem"))

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        dialect = delimited.Dialect(";", quote=None)
        lines = Lines(path, source, row_taken)  # a last line without its end is left for later
        for part in delimited.parsed(lines, dialect, lambda n: n == len(NAMES)):
            broken = [one for one in part.broken if not one.text.startswith("#")]
            yield assembled([rows.named(NAMES) for rows in part.rows], broken)
        yield from lines.left()

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        columns, findings = Columns(frame.columns, source, OWN), Findings(frame.height)
        setup = columns.text(frame, "setup")
        setup_at = findings.time("setup", setup, epochs(setup))
        ring_ms = findings.number("ring", columns.text(frame, "ring"), 3)
        talk_ms = findings.number("talk", columns.text(frame, "talk"), 3)
        rung = setup_at + ring_ms.cast(pl.Duration("ms"))
        fields = {
            name: columns.text(frame, name)
            for name in ("call_id", "caller", "called", "account_code")
        }
        fields["setup_at"] = setup_at
        fields["answered_at"] = pl.select(pl.when(talk_ms.is_not_null()).then(rung)).to_series()
        fields["ended_at"] = rung + talk_ms.fill_null(0).cast(pl.Duration("ms"))
        fields["duration_ms"] = talk_ms
        return records(frame.height, fields, findings)


READER = TandemReader()
