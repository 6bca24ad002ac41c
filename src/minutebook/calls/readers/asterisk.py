"""Asterisk: `Master.csv` of cdr_csv, cdr_custom, and reports and dumps of the `cdr` table.

What costs money here, and what this reader does about it (docs/rules/records.md, "Asterisk"):

- One call is many rows with one uniqueid. A call is `uniqueid`, its leg `sequence`; where a file
  has no sequence, the leg is `dstchannel@start`; where it has no uniqueid either, the call is
  named by its own content, so that the same row read twice is one call.
- Answered is what the disposition says, 0 seconds included; a row that was not answered and has
  billsec is set aside (`status_disagrees`, by `check`).
- `billsec` prices. Reports without answer and end times have them reckoned from `calldate`,
  `duration` and `billsec`, all of whole seconds.
- Times are local: the source's zone must be named (UTC under `usegmtime=yes`).
- 17 or 20 columns may hold the uniqueid or the userfield: `options = { column_17 = "uniqueid" }`
  or `"userfield"` must say. Any other layout: `options = { fields = ["clid", "src", …] }`.
- `amaflags` OMIT (1; once IGNORE) asks that a row be left out of billing: it waits in
  quarantine, unless `options = { omit = "bill" }`.

The trunk is the peer of `dstchannel`; the account code is `accountcode`, else the peer of
`channel`. Dates that a tool has rewritten: see `dates`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import delimited, headers
from minutebook.calls.parsing.columns import Columns, option, plain
from minutebook.calls.parsing.dates import stamps
from minutebook.calls.parsing.last_line import Lines, row_taken
from minutebook.calls.parsing.layouts import assembled, given_fields, with_some_rows
from minutebook.calls.parsing.mapping import Findings, packed, records
from minutebook.calls.readers.asterisk_layouts import DISPOSITIONS, by_shape, is_header, is_row
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.source import Source

_FIELDS = (
    "accountcode", "src", "dst", "channel", "dstchannel", "calldate", "start", "answer", "end",
    "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount",
    "linkedid", "sequence",
)  # fmt: skip
_MOST_COLUMNS = 40
_FEWEST_COLUMNS = 16
_NULLS = ("NULL", "\\N")
_PEER = r"^[A-Za-z0-9_]+/([^;]+)-[0-9A-Fa-f]+$"  # not Local/…;1, which is no peer


class AsteriskReader:
    """Rows of cdr_csv and of what is made from the same fields."""

    name = "asterisk"
    pairs = False

    def sniff(self, head: bytes) -> bool:
        lines = [line for line in head.decode(errors="replace").split("\n") if line.strip()]
        for line in lines[:5]:
            fields = next(iter(delimited.split_lines([line])), [])
            if is_header(fields) or is_row(fields):
                return True
        return False

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        blocks = Lines(path, source, row_taken)
        first = next(blocks, b"")
        if not first.strip():
            yield from blocks.left()
            return
        try:
            header, rest = headers.header(first)
        except InputError:  # a first row with two equal values is no header
            header, rest = None, first
        if header is not None and is_header(header.names):
            yield from self._with_header(path, header, itertools.chain([rest], blocks), blocks)
        else:
            tables = self._without(path, source, itertools.chain([first], blocks), blocks)
            yield from with_some_rows(tables, "Asterisk", path)
        yield from blocks.left()

    def _with_header(
        self, path: Path, header: headers.Header, blocks: Iterator[bytes], lines: Lines
    ) -> Iterator[Table]:
        names = [plain(name) for name in header.names]
        if "billsec" not in names:
            raise InputError(
                f"has no column billsec, which prices; it has {headers.shown(names)}",
                file=str(path),
            )
        parts = delimited.parsed(
            blocks, header.dialect, lambda width: width == len(names), header.line + 1
        )
        for part in lines.parts(parts):
            yield assembled([rows.named(names) for rows in part.rows], part.broken)

    def _without(
        self, path: Path, source: Source, blocks: Iterator[bytes], lines: Lines
    ) -> Iterator[Table]:
        fields = given_fields(source, ("disposition", "billsec"))
        widths = (len(fields),) if fields else range(_FEWEST_COLUMNS, _MOST_COLUMNS + 1)
        parts = delimited.parsed(blocks, delimited.Dialect(), lambda width: width in widths)
        for part in lines.parts(parts):
            broken = list(part.broken)
            named = []
            for rows in part.rows:
                if fields:
                    named.append(rows.named(list(fields)))
                else:
                    named += by_shape(rows, source, path, broken)
            yield assembled(named, broken)

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        findings = Findings(frame.height)
        columns = Columns(frame.columns, source)
        text = {name: _value(frame, name) for name in _FIELDS}
        start = pl.select(pl.coalesce(text["start"], text["calldate"])).to_series()
        disposition = text["disposition"].str.strip_chars().str.to_uppercase()
        answered = (disposition == "ANSWERED").fill_null(value=False)
        findings.add(disposition.is_null(), Reason.MISSING_VALUE, "no disposition")
        findings.add(
            ~disposition.is_in(DISPOSITIONS).fill_null(value=True),
            Reason.BAD_VALUE,
            "disposition " + pl.lit(text["disposition"]).str.head(80) + " is not known",
        )
        _set_aside_omitted(text["amaflags"], source, findings)
        setup_at = stamps("start", start, source, findings)
        duration_ms = findings.number("billsec", text["billsec"], 3)
        whole_ms = findings.number("duration", text["duration"], 3)
        answer, end = _answer_and_end(text, setup_at, whole_ms, duration_ms, source, findings)
        findings.add(answered & end.is_null(), Reason.MISSING_VALUE, "no end, or no duration")
        findings.add(
            answered & answer.is_null(), Reason.MISSING_VALUE, "answered, and no time of answer"
        )
        fields = {
            **_identity(text, start),
            "account_code": _mapped(
                columns,
                frame,
                source,
                "account_code",
                _coalesced(text["accountcode"], _peer(text["channel"])),
            ),
            "trunk": _mapped(columns, frame, source, "trunk", _peer(text["dstchannel"])),
            "caller": _mapped(columns, frame, source, "caller", text["src"]),
            "called": _mapped(columns, frame, source, "called", text["dst"]),
            "setup_at": setup_at,
            "answered_at": pl.select(pl.when(answered).then(answer)).to_series(),
            "ended_at": end,
            "duration_ms": duration_ms,
            "cause": disposition,
            "meta": packed("meta", [text[n] for n in ("linkedid", "peeraccount", "userfield")]),
        }
        return records(frame.height, fields, findings)


def _value(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, frame.height)
    values = frame.get_column(name).cast(pl.String)
    nothing = values.is_in(["", *_NULLS])
    return pl.select(pl.when(~nothing).then(values).alias(name)).to_series()


def _set_aside_omitted(amaflags: pl.Series, source: Source, findings: Findings) -> None:
    if option(source, "omit", ("quarantine", "bill"), "quarantine") == "quarantine":
        findings.add(
            amaflags.is_in(["OMIT", "IGNORE", "1"]).fill_null(value=False),
            Reason.BAD_VALUE,
            "amaflags " + pl.lit(amaflags) + ": not for billing; option omit = 'bill' bills it",
        )


def _answer_and_end(
    text: dict[str, pl.Series],
    setup_at: pl.Series,
    whole_ms: pl.Series,
    duration_ms: pl.Series,
    source: Source,
    findings: Findings,
) -> tuple[pl.Series, pl.Series]:
    """The times that the row has, else (`calldate` layouts) those that follow from its lengths."""
    answer = stamps("answer", text["answer"], source, findings)
    end = stamps("end", text["end"], source, findings)
    report = text["start"].is_null() & text["end"].is_null()
    ended = setup_at + whole_ms.cast(pl.Duration("ms"))
    begun = ended - duration_ms.cast(pl.Duration("ms"))
    return (
        pl.select(pl.when(report).then(begun).otherwise(answer)).to_series(),
        pl.select(pl.when(report).then(ended).otherwise(end)).to_series(),
    )


def _identity(text: dict[str, pl.Series], start: pl.Series) -> dict[str, pl.Series]:
    """`call_id` and `leg`, from the row's content where it has no ids."""
    content = [start, *(text[n] for n in ("src", "dst", "channel", "dstchannel", "duration",
                                          "billsec", "disposition"))]  # fmt: skip
    named = pl.select(
        call_id=pl.coalesce(
            text["uniqueid"],
            pl.concat_str([pl.lit(c).fill_null("") for c in content], separator="|"),
        ),
        leg=pl.coalesce(
            text["sequence"],
            pl.when(text["uniqueid"].is_not_null()).then(
                pl.lit(text["dstchannel"]).fill_null("") + "@" + pl.lit(start).fill_null("")
            ),
        ),
    )
    return {"call_id": named["call_id"], "leg": named["leg"]}


def _peer(channel: pl.Series) -> pl.Series:
    """The peer in a channel's name: `trunk-1` of `PJSIP/trunk-1-0000002a`."""
    return channel.str.extract(_PEER, 1)


def _coalesced(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(one, other)).to_series()


def _mapped(
    columns: Columns, frame: pl.DataFrame, source: Source, field: str, usual: pl.Series
) -> pl.Series:
    """The column that `options.columns` names for a field, else the usual one."""
    return columns.text(frame, field) if field in source.columns else usual


READER = AsteriskReader()
