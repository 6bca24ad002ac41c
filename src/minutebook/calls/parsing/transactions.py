"""Records from rows of transactions, for the proxies that write such rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.check import ROUNDING_MS
from minutebook.calls.parsing import pairing
from minutebook.calls.parsing.mapping import Findings, records
from minutebook.calls.parsing.times import instants_or_epochs
from minutebook.calls.schema import Reason

if TYPE_CHECKING:
    from minutebook.calls.parsing.columns import Columns
    from minutebook.calls.parsing.times import Instants
    from minutebook.calls.source import Source

CORE = ("method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time")
"""The columns of the acc tables, in the order in which a row has them."""
CDR = ("setuptime", "created", "duration", "ms_duration")
"""The columns that follow where OpenSIPS accounts whole calls."""
_COPIED = (
    "call_id", "server", "account", "account_code", "trunk", "direction", "caller", "called",
    "cause",
)  # fmt: skip
_SECOND_MS = 1000
_LOCAL_TIMES = (Reason.NO_ZONE, Reason.AMBIGUOUS_TIME, Reason.NONEXISTENT_TIME)


def records_of(frame: pl.DataFrame, columns: Columns, source: Source) -> pl.DataFrame:
    """The records of transaction rows, `row` being the index in `frame`, with `also_row`.

    The leg is the dialog's two tags, in alphabetical order as either side may end the call, so that
    branches of one Call-ID stay apart. A row that carries the call's own length (`ms_duration`, else
    `duration`, of seconds rounded up by the proxy) needs no BYE. A length of 0 is none: it is what
    the proxy's tables hold by default, and rounding up never comes to it.
    """
    text = {name: columns.text(frame, name) for name in (*CORE, *CDR) if name != "sip_reason"}
    every = Findings(frame.height)
    times = instants_or_epochs(text["time"], source.zone)
    at = every.time("time", text["time"], times)
    created = every.time(
        "created", text["created"], instants_or_epochs(text["created"], source.zone)
    )
    length_ms = _length_ms(text, every)
    method = text["method"].str.to_uppercase()
    rows = pl.DataFrame(
        {
            "row": pl.int_range(frame.height, dtype=pl.UInt32, eager=True),
            "kind": _kinds(method, text["sip_code"], times),
            "method": method,
            "call_id": columns.text(frame, "call_id").fill_null(""),
            "from_tag": text["from_tag"],
            "to_tag": text["to_tag"],
            "at": at,
            "whole": length_ms.is_not_null(),
        }
    )
    found = pairing.paired(rows)
    made = found["row"]
    findings = every.taken(made)
    answered = found["kind"] == pairing.START
    length_ms = length_ms.gather(made)
    begun = found["begun_at"]
    over = pl.select(
        pl.when(pl.lit(length_ms).is_not_null() & pl.lit(answered))
        .then(begun + length_ms.cast(pl.Duration("ms")))
        .otherwise(found["over_at"])
    ).to_series()
    _note(found, rows["method"].gather(made), begun, findings)
    apart_ms = (found["over_at"] - over).dt.total_milliseconds().abs()
    findings.add(
        ((apart_ms >= ROUNDING_MS) & length_ms.is_not_null() & answered).fill_null(value=False),
        Reason.STATUS_DISAGREES,
        pl.format("its length ends it {} ms away from its BYE", pl.lit(apart_ms)),
    )
    alone_start = found["alone"] & answered
    fields = {field: columns.text(frame, field).gather(made) for field in _COPIED}
    created = pl.select(pl.when(answered).then(created.gather(made))).to_series()
    missed = pl.select(pl.when(found["kind"] == pairing.MISSED).then(found["over_at"])).to_series()
    fields |= {
        "row": made,
        "leg": _tags(text["from_tag"], text["to_tag"]).gather(made),
        "setup_at": pl.select(pl.coalesce(created, missed)).to_series(),
        "answered_at": begun,
        "ended_at": pl.select(pl.when(~alone_start).then(over)).to_series(),
        "duration_ms": pl.select(pl.when(answered).then(length_ms)).to_series(),
        "meta": columns.meta(frame, ("id", "callid", "sip_code", "sip_reason")).gather(made),
    }
    also = found["also_row"].cast(pl.UInt32)
    return records(found.height, fields, findings).with_columns(also)


def _kinds(method: pl.Series, sip_code: pl.Series, times: Instants) -> pl.Series:
    """What each row is; of ends whose time only a zone can tell it is known that they have one."""
    kind = pl.select(pairing.kinds(pl.lit(method), pl.lit(sip_code))).to_series()
    timed = times.values.is_not_null()
    if times.reasons is not None:
        timed = timed | times.reasons.is_in(_LOCAL_TIMES).fill_null(value=False)
    timeless = (kind == pairing.END) & ~timed
    return pl.select(pl.when(timeless).then(pl.lit(pairing.TIMELESS)).otherwise(kind)).to_series()


def _tags(one: pl.Series, other: pl.Series) -> pl.Series:
    """The two tags as one text, whichever of them stands first."""
    both = pl.concat_list(pl.lit(one), pl.lit(other)).list.drop_nulls().list.sort()
    return pl.select(both.list.join("/")).to_series()


def _length_ms(text: dict[str, pl.Series], findings: Findings) -> pl.Series:
    """The length that a row itself gives: the milliseconds, where it has them."""
    fine = findings.number("ms_duration", text["ms_duration"], 0)
    coarse = findings.number("duration", text["duration"], 3)
    findings.add(
        ((fine - coarse).abs() >= _SECOND_MS).fill_null(value=False),
        Reason.BAD_VALUE,
        pl.format("duration says {} ms, ms_duration {}", pl.lit(coarse), pl.lit(fine)),
    )
    lengths = (pl.when(pl.lit(length) != 0).then(pl.lit(length)) for length in (fine, coarse))
    return pl.select(pl.coalesce(*lengths)).to_series()


def _note(found: pl.DataFrame, method: pl.Series, begun: pl.Series, findings: Findings) -> None:
    kind, alone = found["kind"], found["alone"]
    words = {
        pairing.START: "no BYE of this call: it is still up, or its end is in another file",
        pairing.END: "a BYE without its INVITE, which may be in another file",
        pairing.PART: "belongs to a call whose INVITE or BYE is not here",
    }
    for which, why in words.items():
        findings.add(alone & (kind == which), Reason.UNPAIRED, why)
    findings.add(
        (kind == pairing.START) & begun.is_null(), Reason.MISSING_VALUE, "no time of its answer"
    )
    findings.add(
        kind == pairing.TIMELESS, Reason.MISSING_VALUE, "a BYE without its time, which ends no call"
    )
    shown = pl.lit("method ") + pl.lit(method).fill_null("missing").str.head(40)
    findings.add(
        kind == pairing.OTHER, Reason.BAD_VALUE, shown + " with this sip_code is no part of a call"
    )
