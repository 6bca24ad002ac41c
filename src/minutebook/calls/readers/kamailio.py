"""Kamailio: the tables `acc_cdrs` and `acc` as CSV with a header, and acc_json's lines.

What costs money here, and what this reader does about it (docs/rules/records.md, "Kamailio"):

- A row of `acc_cdrs` is a call. Its start is the INVITE by the proxy's own default (its duration
  then counts the ringing), and the answer under `cdr_start_on_confirmed=1`. No row says which:
  without a time of the answer (`answered_at`, `answer_time`, or as `options.columns` names it) the
  source must, by `options = { start = "answer" }` or `"setup"`, or the file is refused. Under `setup`
  a row without a time of the answer is set aside.
- A duration that is not what lies between `start_time` and `end_time` is set aside, either way.
- A time of the answer, where a row has one, always wins: a start that is a second or more before
  it is a setup. With a time of the hangup too (`hangup_time`, `ended_at`) the talking is what
  lies between the two; else the row's `duration` prices, if it begins at the answer. (Kamailio
  itself starts to count when the ACK comes, up to some 0.7 s after the answer.)
- A call that failed is written with a duration of 0 and an end equal to its start; one that was
  answered never is, as Kamailio counts microseconds. So 0 means not answered, unless the column
  `sip_code` says 2xx. Its true end is in `hangup_time`, if anywhere.
- The duration is text of seconds; it is truncated to milliseconds, never through a float.
- Call-ID, numbers and account stand in `cdr_extra` columns or nowhere. The usual names are
  recognised; without a Call-ID a row has no identity and is set aside.
- A row of `acc` is a transaction: INVITE and BYE are paired (`pairing`), in any order, across files.

Lines of JSON may stand behind the prefix of a syslog. Times are epochs, RFC 3339, or local in the
source's zone.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.check import ROUNDING_MS
from minutebook.calls.parsing import delimited, headers, jsonlines
from minutebook.calls.parsing.columns import USUAL, Columns, option, plain
from minutebook.calls.parsing.last_line import Lines, row_or_header_taken
from minutebook.calls.parsing.layouts import assembled
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.table import Table
from minutebook.calls.parsing.times import instants_or_epochs
from minutebook.calls.parsing.transactions import CDR, CORE, records_of
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.calls.source import Source

_USUAL = {
    **{name: (name,) for name in (*CORE, *CDR) if name != "sip_reason"},
    "start_time": ("start_time",),
    "end_time": ("end_time",),
    "setup_at": ("setup_at", "setup_time", "invite_time"),
    "answered_at": ("answered_at", "answer_time", "answered_time", "connect_time"),
    "ended_at": ("hangup_time", "ended_at"),
    "account_code": (*USUAL["account_code"], "account"),
    "duration_ms": ("duration_ms",),
    "leg": ("leg",),
}
_CDR_COLUMNS = ("start_time", "end_time", "duration")
_ACC_COLUMNS = ("method", "from_tag", "to_tag", "callid", "sip_code", "time")
_NULLS = ("NULL", "\\N")
_SECOND = pl.duration(seconds=1)
_UNDECIDED = "no time of the answer, and options.start does not say if start_time is it"


class KamailioReader:
    """Tables of the acc module and lines of acc_json."""

    name = "kamailio"
    pairs = True

    def sniff(self, head: bytes) -> bool:
        first = next((line for line in head.split(b"\n") if line.strip()), b"")
        text = first.decode(errors="replace")
        if "{" in text:
            try:
                names = set(jsonlines.decoded(text[text.find("{") :]))
            except ValueError:
                return False
        else:
            block = first + b"\n"
            try:
                names = {plain(name) for name in headers.header(block)[0].names}
            except InputError:
                return False
        return names.issuperset(_CDR_COLUMNS) or names.issuperset({"method", "sip_code", "callid"})

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        lines = Lines(path, source, row_or_header_taken)
        first = next(lines, b"")
        if not first.strip():
            yield from lines.left()
            return
        line = next(line for line in first.split(b"\n") if line.strip())
        blocks = itertools.chain([first], lines)
        tables = (
            self._json(path, blocks) if b"{" in line else self._csv(path, blocks, lines, source)
        )
        for table in tables:
            self._refuse_undecided(path, table, source)
            yield table
        yield from lines.left()

    def _refuse_undecided(self, path: Path, table: Table, source: Source) -> None:
        """`InputError` where calls would be billed, and nobody says from when they count."""
        columns = Columns(table.frame.columns, source, _USUAL)
        if "start" in source.options or columns.has("answered_at") or not table.frame.height:
            return
        if not columns.has("start_time"):
            return
        undecided = self.records(table.frame, source).filter(pl.col("detail") == _UNDECIDED)
        if undecided.height:
            raise InputError(
                "has no time of the answer, and Kamailio by itself counts from the INVITE, ringing "
                f'included: in [source.{source.name}] say options = {{ start = "answer" }} if it runs '
                'with cdr_start_on_confirmed=1, else start = "setup", and let cdr_extra write '
                "answer_time",
                file=str(path),
                line=table.lines[undecided["row"][0]],
            )

    def _json(self, path: Path, blocks: Iterator[bytes]) -> Iterator[Table]:
        for number, table in enumerate(jsonlines.tables(blocks, start=_object_start)):
            found = {plain(name) for name in table.frame.columns}
            pairs = "method" in found
            if number == 0 and not pairs and not found.issuperset(_CDR_COLUMNS):
                raise InputError(
                    "no line is a record of Kamailio: an object with "
                    f"{', '.join(_CDR_COLUMNS)}, or with method",
                    file=str(path),
                    line=1,
                )
            yield Table(table.frame, table.lines, table.broken, pairs)

    def _csv(
        self, path: Path, blocks: Iterator[bytes], lines: Lines, source: Source
    ) -> Iterator[Table]:
        try:
            header, rest = headers.header(next(blocks))
        except InputError as error:
            raise error.at(str(path), error.line) from None
        found = {plain(name) for name in header.names}
        wanted = _ACC_COLUMNS if "method" in found else _CDR_COLUMNS
        columns = Columns(header.names, source, _USUAL)
        missing = [name for name in wanted if not columns.has(name)]
        if not columns.has("call_id"):
            missing.append("callid")
        missing += [name for field, name in source.columns.items() if not columns.has(field)]
        if missing:
            raise InputError(
                f"has no column {', '.join(dict.fromkeys(missing))}; it has "
                f"{headers.shown(header.names)}; name yours in the source's options.columns",
                file=str(path),
                line=header.line,
            )
        width = len(header.names)
        blocks = itertools.chain([rest], blocks)
        parts = delimited.parsed(
            blocks, header.dialect, lambda found: found == width, header.line + 1
        )
        for part in lines.parts(parts):
            table = assembled([rows.named(header.names) for rows in part.rows], part.broken)
            yield Table(table.frame, table.lines, table.broken, pairs="method" in found)

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        if frame.width:
            frame = frame.select(pl.all().cast(pl.String).replace(_NULLS, None))
        columns = Columns(frame.columns, source, _USUAL)
        transactions = columns.text(frame, "method").is_not_null()
        if transactions.all() and frame.height:
            return records_of(frame, columns, source)
        calls = _calls(frame.filter(~transactions), columns, source)
        if not transactions.any():
            return calls
        kinds = []
        for part, mask in (
            (calls, ~transactions),
            (records_of(frame.filter(transactions), columns, source), transactions),
        ):
            rows = mask.arg_true()
            kinds.append(part.with_columns(_at(rows, part["row"]), _at(rows, part["also_row"])))
        return pl.concat(kinds).sort("row")


def _calls(frame: pl.DataFrame, columns: Columns, source: Source) -> pl.DataFrame:
    """Records of rows of `acc_cdrs`, a call each."""
    findings = Findings(frame.height)
    times = {}
    for name in ("start_time", "end_time", "setup_at", "answered_at", "ended_at"):
        texts = columns.text(frame, name)
        times[name] = findings.time(name, texts, instants_or_epochs(texts, source.zone))
    code = columns.text(frame, "sip_code")
    whole_ms = findings.number("duration", columns.text(frame, "duration"), 3)
    talked_ms = findings.number("duration_ms", columns.text(frame, "duration_ms"), 0)
    start = option(source, "start", ("answer", "setup", None), None)
    row = _understood(
        pl.DataFrame({**times, "code": code, "whole_ms": whole_ms, "talked_ms": talked_ms}),
        start_is_setup=start == "setup",
    )
    between_ms = (times["end_time"] - times["start_time"]).dt.total_milliseconds()
    findings.add(
        ((whole_ms - between_ms).abs() >= ROUNDING_MS).fill_null(value=False),
        Reason.STATUS_DISAGREES,
        pl.format(
            "duration is {} ms, and from start_time to end_time it is {}",
            pl.lit(whole_ms),
            pl.lit(between_ms),
        ),
    )
    findings.add(
        row["two_ends"].fill_null(value=False),
        Reason.BAD_VALUE,
        "end_time and the time of the hangup are seconds apart",
    )
    findings.add(
        ~row["failed"] & row["answered_at"].is_null(),
        Reason.MISSING_VALUE,
        "no time of the answer, and start is the setup" if start == "setup" else "no start_time",
    )
    findings.add(
        ~row["failed"] & times["answered_at"].is_null() & (start is None),
        Reason.MISSING_VALUE,
        _UNDECIDED,
    )
    fields = {
        field: columns.text(frame, field)
        for field in (
            "call_id", "server", "leg", "account", "account_code", "trunk", "direction", "caller",
            "called", "cause",
        )
    }  # fmt: skip
    fields |= {name: row[name] for name in ("setup_at", "answered_at", "ended_at", "duration_ms")}
    fields["meta"] = columns.meta(frame, ("id", "callid", "sip_code"))
    found = records(frame.height, fields, findings)
    return found.with_columns(pl.lit(None, dtype=pl.UInt32).alias("also_row"))


def _understood(row: pl.DataFrame, *, start_is_setup: bool) -> pl.DataFrame:
    """The times and the length of calls, and which of them failed, from the columns of a row."""
    start, end, answer = pl.col("start_time"), pl.col("end_time"), pl.col("answered_at")
    ok = pl.col("code").str.contains("^2[0-9][0-9]$").fill_null(value=False)
    failed = (pl.col("whole_ms") == 0).fill_null(value=False) & answer.is_null() & ~ok
    near = ((answer - start).abs() < _SECOND) | answer.is_null()
    start_is_answer = ~failed & near & (not start_is_setup)
    exact = answer.is_not_null() & pl.col("ended_at").is_not_null()
    begun = pl.coalesce("setup_at", pl.when(~start_is_answer).then(start))
    answered = _not_before(pl.coalesce(answer, pl.when(start_is_answer).then(start)), begun)
    ended = pl.coalesce("ended_at", end)
    return row.select(
        failed.alias("failed"),
        (~failed & ((pl.col("ended_at") - end).abs() >= 2 * _SECOND)).alias("two_ends"),
        begun.alias("setup_at"),
        answered.alias("answered_at"),
        _not_before(_not_before(ended, begun), answered).alias("ended_at"),
        pl.coalesce("talked_ms", pl.when(start_is_answer & ~exact).then("whole_ms")).alias(
            "duration_ms"
        ),
    )


def _not_before(time: pl.Expr, floor: pl.Expr) -> pl.Expr:
    """A time of whole seconds, which may have lost the part that puts it after another one."""
    lost = (time < floor) & (floor - time < _SECOND) & (time.dt.microsecond() == 0)
    return pl.when(lost).then(floor).otherwise(time)


def _object_start(line: str) -> int:
    return max(line.find("{"), 0)


def _at(rows: pl.Series, indices: pl.Series) -> pl.Series:
    """Indices in a part of the frame as indices in the frame."""
    return rows.gather(indices).cast(pl.UInt32).alias(indices.name)


READER = KamailioReader()
