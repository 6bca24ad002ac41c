"""FreeSWITCH: the CSV templates of mod_cdr_csv, and the documents of mod_json_cdr.

What costs money here, and what this reader does about it (docs/rules/records.md, "FreeSWITCH"):

- Answered is an answer time, whatever the hangup cause. Without one, and with billsec, a row is
  set aside (`status_disagrees`, by `check`).
- The finest length prices: billusec, else billmsec, else billsec, truncated to milliseconds.
  Epoch times in microseconds are taken before local stamps, which need the source's zone.
- A call is its `uuid`; the same uuid again is the same call, whatever its cause. With
  `log-b-leg`, or `legs` of `b` or `ab`, each call is written twice, once a leg, under two
  uuids. B-legs (they have an originator) wait in quarantine, unless the source says
  `options = { legs = "ab" }`, which takes both, or `"b"`, which sets the A-legs aside.
- Values of a document may be percent-encoded: its own `start_stamp` tells.
- Values of a CSV row stand between quotes that nothing escapes: a row is cut at `","`.
- A document's numbers are those of its oldest callflow entry, before any transfer.

CSV rows are named by the template that has their number of columns (`options.template` of the
source settles it, `options.fields` names the columns of another one).
The server is the document's switchname, the trunk sip_gateway_name.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.columns import Columns, option
from minutebook.calls.parsing.dates import stamps
from minutebook.calls.parsing.last_line import Lines
from minutebook.calls.parsing.mapping import Findings, packed, records
from minutebook.calls.parsing.times import epochs
from minutebook.calls.readers import freeswitch_csv, freeswitch_json
from minutebook.calls.schema import Reason
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.calls.parsing.table import Table
    from minutebook.calls.source import Source

_USUAL = {
    "call_id": ("uuid",),
    "server": ("switchname",),
    "account_code": ("accountcode", "account_code"),
    "trunk": ("sip_gateway_name",),
    "direction": ("channel.direction", "direction"),
    "caller": ("profile.caller_id_number", "caller_id_number", "ani"),
    "called": ("profile.destination_number", "destination_number"),
    "cause": ("hangup_cause",),
    "duration_ms": (),
    "leg": (),
    "meta": (),
}
_STAMPS = ("start_stamp", "answer_stamp", "end_stamp")
_KEPT = ("sip_call_id", "bridge_uuid", "bleg_uuid")
_SECOND_MS = 1000


class FreeswitchReader:
    """Rows of CSV templates and JSON documents; both give the same names."""

    name = "freeswitch"
    pairs = False

    def sniff(self, head: bytes) -> bool:
        text = head.decode(errors="replace")
        if text.lstrip().startswith("{"):
            return freeswitch_json.looks_right(text)
        return freeswitch_csv.looks_right(text)

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        documents = False

        def taken(text: str, before: str) -> int:
            whole = documents or text.lstrip().startswith("{")  # what is cut, their own text shows
            return len(text) if whole else freeswitch_csv.taken(text)

        lines = Lines(path, source, taken)
        first = next(lines, b"")
        if first.lstrip().startswith(b"<"):
            raise InputError("is XML, which is not read; let mod_json_cdr write it", file=str(path))
        blocks = itertools.chain([first], lines)
        documents = first.lstrip().startswith(b"{")
        if documents:
            yield from freeswitch_json.tables(blocks, path, lines)
        elif first:
            yield from freeswitch_csv.tables(blocks, path, source)
        yield from lines.left()

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        findings = Findings(frame.height)
        frame = _decoded(frame, source)
        columns = Columns(frame.columns, source, _USUAL)
        fields = {
            field: columns.text(frame, field)
            for field in (
                "call_id", "server", "account", "account_code", "trunk", "direction", "caller",
                "called", "cause",
            )
        }  # fmt: skip
        fields["setup_at"] = _instant("start", frame, source, findings)
        fields["answered_at"] = _instant("answer", frame, source, findings)
        fields["ended_at"] = _instant("end", frame, source, findings)
        fields["duration_ms"] = _duration_ms(frame, findings)
        _set_legs_aside(frame, source, findings)
        fields["meta"] = packed("meta", [_text(frame, name) for name in _KEPT])
        return records(frame.height, fields, findings)


def _text(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column's values without empty ones; nulls where there is no such column."""
    if name not in frame.columns:
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, frame.height)
    values = frame.get_column(name).cast(pl.String)
    return pl.select(pl.when(pl.lit(values) != "").then(values).alias(name)).to_series()


def _decoded(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The frame with percent-encoded rows decoded; `options.encoded` overrules what they show."""
    encoded = option(source, "encoded", (True, False, None), None)
    if encoded is False:
        return frame
    mask = _text(frame, "start_stamp").str.contains("%", literal=True).fill_null(value=False)
    if encoded is True:
        mask = pl.repeat(True, frame.height, eager=True)
    if not mask.any():
        return frame
    wanted = {*itertools.chain(*_USUAL.values()), *_STAMPS, *_KEPT, *source.columns.values()}
    variables = [
        name for name in frame.columns if name in wanted and not name.startswith("profile.")
    ]
    return frame.with_columns(
        pl.when(mask & pl.col(name).str.contains("%", literal=True))
        .then(pl.col(name).map_elements(freeswitch_json.unquoted, return_dtype=pl.String))
        .otherwise(pl.col(name))
        .alias(name)
        for name in variables
    )


def _instant(event: str, frame: pl.DataFrame, source: Source, findings: Findings) -> pl.Series:
    """When an event was: by microseconds, else seconds, else local stamp; epoch 0 is never."""
    found = []
    for name, decimals in ((f"{event}_uepoch", 0), (f"{event}_epoch", 6)):
        texts = _text(frame, name)
        texts = pl.select(pl.when(pl.lit(texts).str.contains(r"[^0.]")).then(texts)).to_series()
        found.append(findings.time(name, texts, epochs(texts, decimals)))
    known = pl.select(pl.coalesce(found)).to_series()
    stamp = _text(frame, f"{event}_stamp")
    stamp = pl.select(pl.when(known.is_null()).then(stamp)).to_series()
    local = stamps(f"{event}_stamp", stamp, source, findings)
    return pl.select(pl.coalesce(known, local)).to_series()


def _duration_ms(frame: pl.DataFrame, findings: Findings) -> pl.Series:
    """The finest length that a row gives; set aside where it and billsec cannot both be true."""
    fine = pl.select(
        pl.coalesce(
            findings.number("billusec", _text(frame, "billusec"), 0) // 1000,
            findings.number("billmsec", _text(frame, "billmsec"), 0),
        )
    ).to_series()
    coarse = findings.number("billsec", _text(frame, "billsec"), 3)
    findings.add(
        ((fine - coarse).abs() >= 2 * _SECOND_MS).fill_null(value=False),
        Reason.BAD_VALUE,
        pl.format("billsec says {} ms, a finer length {} ms", pl.lit(coarse), pl.lit(fine)),
    )
    return pl.select(pl.coalesce(fine, coarse)).to_series()


def _set_legs_aside(frame: pl.DataFrame, source: Source, findings: Findings) -> None:
    legs = option(source, "legs", ("a", "b", "ab"), "a")
    if legs == "ab":
        return
    bonded = _text(frame, "signal_bond").is_not_null() & _text(frame, "callflow").is_null()
    is_b = (
        _text(frame, "profile.originator").is_not_null()
        | _text(frame, "originator").is_not_null()
        | ((_text(frame, "direction") == "outbound").fill_null(value=False) & bonded)
    )
    other = is_b if legs == "a" else ~is_b
    findings.add(
        other,
        Reason.BAD_VALUE,
        f"is a call's {'B' if legs == 'a' else 'A'}-leg, whose other leg is billed; "
        "option legs = 'ab' bills both",
    )


READER = FreeswitchReader()
