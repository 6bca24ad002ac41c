"""ConnexCS: exports of calls as CSV with a header, of whatever columns were chosen.

What costs money here, and what this reader does about it (docs/rules/records.md, "ConnexCS"):

- A row has a start and a duration, and no times of its answer and its end. The duration is the talk;
  the start is taken for the answer, and the end is so much later. `Billed Duration` has been rounded by
  the platform and is not used.
- Answered is what the SIP code says, else a duration above 0. A duration of a call whose code is no
  2xx is set aside (`status_disagrees`, by `check`).
- Times of an export are UTC, whatever the portal shows; a source may say another `zone`.

The account code is `customer_id`, the trunk the source's address, the server the `Switch`. `charge` and
what else is unknown is kept in `meta`; a dispute is reconciled by it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import delimited, headers
from minutebook.calls.parsing.columns import USUAL, Columns, plain
from minutebook.calls.parsing.last_line import Lines, row_or_header_taken
from minutebook.calls.parsing.layouts import assembled
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.times import instants_or_epochs
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.source import Source

_USUAL = {
    "setup_at": ("dt", "call_time", "start", "start_time", "setup_time"),
    "duration": ("duration",),
    "server": ("switch", *USUAL["server"]),
    "account_code": ("customer_id", "customer", *USUAL["account_code"]),
    "caller": ("src", "source_number", *USUAL["caller"]),
    "called": ("dst", "destination", "destination_number", *USUAL["called"]),
    "sip_code": ("sip_code",),
    "duration_ms": (),
    "leg": (),
}
_REQUIRED = {"call_id": "callid", "setup_at": "dt", "duration": "duration", "called": "dst"}
"""Fields without which a row is no call, and what they are called in the shorter of the exports."""
_OWN = ("customer_id", "charge", "card_id", "billed_duration", "destination_code", "switch")
_TIME, _ID = ("dt", "call_time"), ("callid", "call_id")
_COPIED = ("call_id", "server", "account", "account_code", "trunk", "direction", "caller", "called",
           "cause")  # fmt: skip


class ConnexcsReader:
    """Exports of the platform's call records."""

    name = "connexcs"
    pairs = False

    def sniff(self, head: bytes) -> bool:
        try:
            names = {plain(name) for name in headers.header(head)[0].names}
        except (InputError, UnicodeDecodeError):
            return False
        return all(names.intersection(some) for some in (_TIME, _ID, _OWN)) and "duration" in names

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        lines = Lines(path, source, row_or_header_taken)
        try:
            header, rest = headers.header(next(lines, b""))
        except InputError as error:
            raise error.at(str(path), error.line) from None
        columns = Columns(header.names, source, _USUAL)
        missing = [name for field, name in _REQUIRED.items() if not columns.has(field)]
        missing += [name for field, name in source.columns.items() if not columns.has(field)]
        if missing:
            raise InputError(
                f"has no column {', '.join(dict.fromkeys(missing))}; it has "
                f"{headers.shown(header.names)}; choose it for the export, or name yours in the "
                "source's options.columns",
                file=str(path),
                line=header.line,
            )
        width = len(header.names)
        parts = delimited.parsed(
            itertools.chain([rest], lines),
            header.dialect,
            lambda found: found == width,
            header.line + 1,
        )
        for part in lines.parts(parts):
            yield assembled([rows.named(header.names) for rows in part.rows], part.broken)
        yield from lines.left()

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        columns, findings = Columns(frame.columns, source, _USUAL), Findings(frame.height)
        texts = columns.text(frame, "setup_at")
        start = findings.time("start", texts, instants_or_epochs(texts, source.zone or "UTC"))
        length_ms = findings.number("duration", columns.text(frame, "duration"), 3)
        code = columns.text(frame, "sip_code")
        answered = pl.select(
            pl.when(pl.lit(code).is_not_null())
            .then(pl.lit(code).str.contains("^2[0-9][0-9]$"))
            .otherwise(pl.lit(length_ms) > 0)
        ).to_series()
        answered = answered.fill_null(value=False)
        findings.add(length_ms.is_null(), Reason.MISSING_VALUE, "no duration")
        talk = pl.when(pl.lit(answered)).then(pl.lit(length_ms.clip(0).cast(pl.Duration("ms"))))
        fields = {field: columns.text(frame, field) for field in _COPIED}
        findings.add(fields["called"].is_null(), Reason.MISSING_VALUE, "no called number")
        fields |= {
            "setup_at": start,
            "answered_at": pl.select(pl.when(pl.lit(answered)).then(pl.lit(start))).to_series(),
            "ended_at": pl.select(pl.lit(start) + talk.otherwise(pl.duration())).to_series(),
            "duration_ms": length_ms,
            "meta": columns.meta(frame, ("id", "callid", "sip_code")),
        }
        return records(frame.height, fields, findings)


READER = ConnexcsReader()
