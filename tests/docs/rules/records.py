"""Checks of what a switch's record is taken for: laws for all, and what each format says."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from tests import imports_support
from tests.docs.rules.tables import each

from minutebook.calls.check import checked
from minutebook.calls.identify import AccountSpan, Directory, MatchRule
from minutebook.calls.parsing.times import instants
from minutebook.calls.readers import reader
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.calls.source import Source
from minutebook.intake.collecting import understood
from minutebook.lake.dedupe import WINDOW_CALLS
from minutebook.traffic.occupancy import occupancy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docs.rules.tables import Row

_OUTCOME = ("Answered", "Length (ms)", "Comes to")
_USUAL = {
    "asterisk": {
        "start": "2026-10-01 10:00:00",
        "end": "2026-10-01 10:02:00",
        "duration": "120",
        "src": "442079460101",
        "dst": "33123456789",
        "uniqueid": "1.1",
        "sequence": "1",
        "channel": "PJSIP/a-1",
        "dstchannel": "PJSIP/b-2",
    },
    "freeswitch": {
        "uuid": "u",
        "start_stamp": "2026-10-01 10:00:00",
        "end_stamp": "2026-10-01 10:02:00",
        "hangup_cause": "NORMAL_CLEARING",
    },
    "connexcs": {"callid": "c", "src": "442079460101", "dst": "33123456789"},
    "kamailio": {"callid": "k", "end_time": "2026-10-01 10:02:00"},
}


def _of_day(text: str) -> str | None:
    """A time of day of the page, on the first of October; "none" is none."""
    return None if text == "none" else f"2026-10-01 {text}"


def of(format: str) -> Callable[[Row], dict[str, str]]:
    """A row of one switch's fields, by their own names, and what it is taken for."""

    def check(row: Row) -> dict[str, str]:
        fields: dict[str, str | None] = dict(_USUAL[format])
        options: dict[str, Any] = {}
        for name in row.cells:
            if name == "Option":
                options = dict(part.split(" = ") for part in row[name].split(", ") if part)
            elif name not in _OUTCOME:
                value = row[name]
                is_time = name.split("_")[0] in ("start", "answer", "end", "hangup", "dt")
                fields[name] = _of_day(value) if is_time or value == "none" else (value or None)
        source = Source("s", zone="UTC", options=options)
        frame = pl.DataFrame([fields], schema=dict.fromkeys(fields, pl.String))
        found = checked(reader(format).records(frame, source), source).row(0, named=True)
        return outcome(found)

    return check


def outcome(found: dict[str, Any]) -> dict[str, str]:
    """A record in words: whether it is answered, and how long; or why it waits."""
    if found["reason"] is not None:
        return {"Answered": "", "Length (ms)": "", "Comes to": f"waits: {found['reason']}"}
    answered = found["answered_at"] is not None
    length = str(found["duration_ms"]) if answered else "none"
    return {"Answered": "yes" if answered else "no", "Length (ms)": length, "Comes to": "a call"}


def opensips(rows: list[Row]) -> list[dict[str, str]]:
    """Rows of transactions, brought together; each record stands at the row that made it."""
    names = (
        "method",
        "from_tag",
        "to_tag",
        "callid",
        "sip_code",
        "time",
        "ms_duration",
        "duration",
    )
    frame = pl.DataFrame(
        [{n: r.get(n, "") or None for n in names} | {"time": _of_day(r["time"])} for r in rows],
        schema=dict.fromkeys(names, pl.String),
    )
    source = Source("s", zone="UTC")
    records = checked(reader("opensips").records(frame, source), source)
    made = {found["row"]: outcome(found) for found in records.to_dicts()}
    nothing = {"Answered": "", "Length (ms)": "", "Comes to": "no record of its own"}
    return [made.get(n, nothing) for n in range(len(rows))]


def law(row: Row) -> dict[str, str]:
    """A record of the common schema, by the laws for all."""

    def instant(text: str) -> datetime | None:
        if text == "none":
            return None
        at = text if "-" in text else f"2026-10-01T{text}"
        return datetime.fromisoformat(at).replace(tzinfo=UTC)

    said = row.get("duration_ms", "none")
    record = dict.fromkeys(RECORD_SCHEMA) | {
        "row": 0,
        "call_id": "c",
        "setup_at": instant(row["Setup"]),
        "answered_at": instant(row["Answered"]),
        "ended_at": instant(row["Ended"]),
        "duration_ms": None if said == "none" else int(said),
    }
    found = checked(pl.DataFrame([record], schema=RECORD_SCHEMA), Source("s")).row(0, named=True)
    reason = found["reason"]
    return {"Comes to": "a call" if reason is None else f"waits: {reason}"}


def call_day(row: Row) -> dict[str, str]:
    """The day that a call is filed and billed under, and those on which it holds a channel."""
    setup, answered, ended = (
        None if row[h] == "none" else datetime.fromisoformat(row[h]).replace(tzinfo=UTC)
        for h in ("Setup", "Answered", "Ended")
    )
    times = {"setup_at": setup, "answered_at": answered, "ended_at": ended}
    record = dict.fromkeys(RECORD_SCHEMA) | {"row": 0, "call_id": "c", "server": "s", **times}
    everyone = Directory((MatchRule("a", server="s"),), (AccountSpan("a", date(2026, 1, 1)),))
    frame = pl.DataFrame([record], schema=RECORD_SCHEMA)
    call = understood(frame, Source("s"), everyone)
    assert setup is not None
    assert ended is not None
    found = occupancy(call.lazy(), setup.date(), ended.date())
    days = ", ".join(str(day) for day in sorted(found.days["day"]))
    return {"Its day": str(call["day"][0]), "Holds a channel on": days}


def local(row: Row) -> dict[str, str]:
    """A time as a file has it, in a source's zone."""
    found = instants(pl.Series([row["Written"]]), row["Zone"] or None)
    at, reasons = found.values[0], found.reasons
    if at is None:
        assert reasons is not None
        return {"UTC": f"waits: {reasons[0]}"}
    return {"UTC": at.strftime("%Y-%m-%d %H:%M:%S") + (f".{at:%f}" if at.microsecond else "")}


def same_calls(rows: list[Row]) -> list[dict[str, str]]:
    """Records that come one after the other into a lake."""
    found = []
    everyone = Directory((), (AccountSpan("acme", date(2026, 10, 1)),))
    with tempfile.TemporaryDirectory() as name:
        site = imports_support.Site(Path(name) / "lake", everyone)
        for n, row in enumerate(rows):
            at = time.fromisoformat(row["Answered"])
            one = imports_support.Row(
                row["call_id"],
                row["server"],
                row["leg"],
                called=row["Called"],
                setup_s=at.hour * 3600 + at.minute * 60 + at.second - 5,
                talk_s=float(row["Talked (s)"]),
                account="acme",
            )
            result = site.load(imports_support.write(Path(name) / f"{n}.csv", [one]))
            aside = ", ".join(sorted(result.reasons))
            word = "added" if result.added else "duplicate" if result.duplicates else aside
            found.append({"Comes to": word})
    return found


def window(row: Row) -> dict[str, str]:
    return {"Figure": f"{WINDOW_CALLS:,}"} if row["What"] else {}


def longest_call(row: Row) -> dict[str, str]:
    return {"Hours": str(Source("s").max_call_hours)} if row["What"] else {}


CHECKS = {
    "asterisk": each(of("asterisk")),
    "freeswitch": each(of("freeswitch")),
    "kamailio": each(of("kamailio")),
    "connexcs": each(of("connexcs")),
    "opensips": opensips,
    "law": each(law),
    "call_day": each(call_day),
    "local": each(local),
    "same_calls": same_calls,
    "longest_call": each(longest_call),
    "window": each(window),
}
