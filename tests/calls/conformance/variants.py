"""Every layout that a reader reads, each with a writer: calls as that switch writes them.

A *variant* is one layout of one format: Asterisk's rows of 18 columns, Kamailio's `acc` as JSON.
Its writer turns the same abstract calls into rows, so that one suite can hold every reader to the
same promises. A new layout is a new entry of `VARIANTS`.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from minutebook.calls.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Clock = Callable[[int], str]
    """How a switch writes an instant, given in epoch seconds."""


@dataclass(frozen=True)
class Call:
    """What happened: set up at `setup_s` (epoch seconds, UTC), rang, was answered or not."""

    number: int
    setup_s: int
    ring_s: int = 5
    talk_s: int | None = 60
    """None: nobody answered."""
    caller: str = "442079460000"
    called: str = "12025550100"
    account: str = "acme"
    name: str = "Ann Lee"

    @property
    def id(self) -> str:
        return f"aaaaaaaa-0000-4000-8000-{self.number:012d}"

    @property
    def answer_s(self) -> int | None:
        return None if self.talk_s is None else self.setup_s + self.ring_s

    @property
    def end_s(self) -> int:
        return self.setup_s + self.ring_s + (self.talk_s or 0)

    @property
    def facts(self) -> dict[str, object]:
        """What a record of it must say."""
        return {
            "call_id": self.id,
            "caller": self.caller,
            "called": self.called,
            "account_code": self.account,
            "setup_at": instant(self.setup_s),
            "answered_at": None if self.answer_s is None else instant(self.answer_s),
            "ended_at": instant(self.end_s),
            "duration_ms": None if self.talk_s is None else self.talk_s * 1000,
        }


def instant(epoch_s: int) -> datetime:
    """An instant of whole seconds."""
    return datetime.fromtimestamp(epoch_s, UTC)


def local(epoch_s: int) -> str:
    """As a switch writes it whose clock shows UTC: without an offset."""
    return f"{instant(epoch_s):%Y-%m-%d %H:%M:%S}"


def east(epoch_s: int) -> str:
    """With an offset of five hours and a half."""
    return instant(epoch_s).astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()


@dataclass(frozen=True)
class Variant:
    """One layout: `rows` gives the texts of one call's rows, without their ends.

    `silent` are facts that it never says, `silent_missed` those that it does not say of a call that
    nobody answered. `clock` is how it writes times.
    """

    name: str
    format: str
    rows: Callable[[Call, Clock], list[str]]
    head: str = ""
    end: str = "\n"
    options: dict[str, Any] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    silent_missed: frozenset[str] = frozenset()
    clock: Clock = local
    unanswered: bool = True
    """It can say that a call was not answered."""
    offsets: bool = False
    """Its times may have an offset."""
    quotes: str = ""
    """What its quoting protects in a name or an account: characters."""
    binary: Callable[[Sequence[Call]], bytes] | None = None

    @property
    def source(self) -> Source:
        return Source("site", zone="UTC", server="lon-1", options=self.options)

    @property
    def local(self) -> bool:
        """Whether its times are those of a clock on a wall."""
        return self.clock is local

    def can(self, calls: Sequence[Call]) -> list[Call]:
        """Those of these calls that the layout can say."""
        return [call for call in calls if self.unanswered or call.talk_s is not None]

    def pieces(self, calls: Sequence[Call], clock: Clock | None = None) -> list[str]:
        """The rows of these calls, each with its end."""
        return [row + self.end for call in calls for row in self.rows(call, clock or self.clock)]

    def content(self, calls: Sequence[Call], clock: Clock | None = None) -> bytes:
        """A file of these calls."""
        if self.binary:
            return self.binary(calls)
        return (self.head + "".join(self.pieces(calls, clock))).encode()

    def said(self, *, answered: bool) -> list[str]:
        """The facts that this layout says of a call."""
        silent = self.silent | (frozenset() if answered else self.silent_missed)
        return [name for name in Call(0, 0).facts if name not in silent]


def _csv(values: Sequence[object], delimiter: str = ",") -> str:
    """A row as most programs write it: quotes where they are needed, and doubled within."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(values)
    return out.getvalue().removesuffix("\n")


# Asterisk

_DISPOSITION = {True: "ANSWERED", False: "NO ANSWER"}


def _asterisk_values(call: Call, clock: Clock) -> dict[str, object]:
    """A row's values by name; numbers stand bare, an answer that never was is empty and bare."""
    answered = call.talk_s is not None
    return {
        "accountcode": call.account,
        "src": call.caller,
        "dst": call.called,
        "dcontext": "out",
        "clid": f'"{call.name}" <{call.caller}>',
        "channel": f"PJSIP/desk-{call.number:08x}",
        "dstchannel": f"PJSIP/carrier-{call.number:08x}",
        "lastapp": "Dial",
        "lastdata": "PJSIP/x,60",
        "start": clock(call.setup_s),
        "calldate": clock(call.setup_s),
        "answer": clock(call.answer_s) if call.answer_s is not None else None,
        "end": clock(call.end_s),
        "duration": call.end_s - call.setup_s,
        "billsec": call.talk_s or 0,
        "disposition": _DISPOSITION[answered],
        "amaflags": "DOCUMENTATION",
        "uniqueid": call.id,
        "userfield": "",
        "peeraccount": "",
        "linkedid": call.id,
        "sequence": call.number + 1000,
        "": "",
    }


def _asterisk_row(names: Sequence[str]) -> Callable[[Call, Clock], list[str]]:
    def rows(call: Call, clock: Clock) -> list[str]:
        values = _asterisk_values(call, clock)
        return [",".join(_asterisk_text(values[name]) for name in names)]

    return rows


def _asterisk_text(value: object) -> str:
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    return '"' + str(value).replace('"', '""') + '"'


_BASE = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
_NEW = ("peeraccount", "linkedid", "sequence")
_CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid",
    "userfield", "sequence",
)  # fmt: skip
_REPORT = (
    "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
    "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
)  # fmt: skip
_ANY_ORDER = ("uniqueid", "sequence", "start", "answer", "end", "billsec", "disposition", "src",
              "dst", "accountcode")  # fmt: skip
_NO_ID = frozenset({"call_id"})
_UNIQUEID = {"column_17": "uniqueid"}


def _asterisk(
    name: str,
    columns: Sequence[str],
    options: dict[str, Any] | None = None,
    silent: frozenset[str] = frozenset(),
    *,
    head: bool = False,
) -> Variant:
    return Variant(
        f"asterisk-{name}",
        "asterisk",
        _asterisk_row(columns),
        head=",".join(columns) + "\n" if head else "",
        options=options or {},
        silent=silent,
        quotes='",\n',
    )


_ASTERISK = [
    _asterisk("16", _BASE, silent=_NO_ID),
    _asterisk("17", (*_BASE, "uniqueid"), _UNIQUEID),
    _asterisk("18", (*_BASE, "uniqueid", "userfield")),
    _asterisk("19", (*_BASE, *_NEW), silent=_NO_ID),
    _asterisk("20", (*_BASE, "uniqueid", *_NEW), _UNIQUEID),
    _asterisk("21", (*_BASE, "uniqueid", "userfield", *_NEW)),
    _asterisk("custom", _CUSTOM),
    _asterisk("fields", _ANY_ORDER, {"fields": list(_ANY_ORDER)}),
    _asterisk("report", _REPORT, head=True),
    _asterisk("table", (*_REPORT, *[""] * 9)),
]


# FreeSWITCH

_PLAIN = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp",
    "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid",
    "accountcode",
)  # fmt: skip
_EXAMPLE = (*_PLAIN, "read_codec", "write_codec")
_FREESWITCH = {
    "default": _PLAIN,
    "sql": _PLAIN,
    "example": _EXAMPLE,
    "linksys": (*_EXAMPLE, "agent", "stat"),
    "snom": (*_EXAMPLE, "agent", "code", "rx", "tx", "file"),
    "asterisk": (
        "accountcode", "caller_id_number", "destination_number", "context", "caller_id_name",
        "channel_name", "bridge_channel", "last_app", "last_arg", "start_stamp", "answer_stamp",
        "end_stamp", "duration", "billsec", "hangup_cause", "amaflags", "uuid", "userfield",
    ),
    "opencdrrate": (
        "uuid", "signal_bond", "direction", "caller_id_number", "destination_number",
        "answer_stamp", "end_stamp", "billsec", "accountcode", "userfield", "network_addr",
        "original_caller_id_name", "sip_gateway_name",
    ),
}  # fmt: skip


def _freeswitch_values(call: Call, clock: Clock) -> dict[str, str]:
    answered = call.answer_s is not None
    return {
        "caller_id_name": call.name,
        "original_caller_id_name": call.name,
        "caller_id_number": call.caller,
        "destination_number": call.called,
        "start_stamp": clock(call.setup_s),
        "answer_stamp": clock(call.answer_s) if call.answer_s is not None else "",
        "end_stamp": clock(call.end_s),
        "duration": str(call.end_s - call.setup_s),
        "billsec": str(call.talk_s or 0),
        "hangup_cause": "NORMAL_CLEARING" if answered else "NO_ANSWER",
        "uuid": call.id,
        "accountcode": call.account,
        "context": "default",
        "direction": "inbound",
        "sip_gateway_name": "carrier",
        "read_codec": "PCMU",
        "write_codec": "PCMU",
    }


def _freeswitch_row(template: str) -> Callable[[Call, Clock], list[str]]:
    names = _FREESWITCH[template]

    def rows(call: Call, clock: Clock) -> list[str]:
        values = _freeswitch_values(call, clock)
        texts = [f'"{values.get(name, "")}"' for name in names]  # nothing is escaped
        if names is _PLAIN:
            texts[-1] = f" {texts[-1]}"
        row = ",".join(texts)
        return [f"INSERT INTO cdr VALUES ({row});" if template == "sql" else row]

    return rows


def _document(indent: int | None, *, encoded: bool) -> Callable[[Call, Clock], list[str]]:
    """One document of mod_json_cdr a call, with both epochs and local stamps."""

    def rows(call: Call, clock: Clock) -> list[str]:
        values = {name: text for name, text in _freeswitch_values(call, clock).items() if text}
        del values["caller_id_number"], values["destination_number"]
        values["start_uepoch"] = f"{call.setup_s}000000"
        values["answer_uepoch"] = "0" if call.answer_s is None else f"{call.answer_s}000000"
        values["end_uepoch"] = f"{call.end_s}000000"
        values["billmsec"] = f"{(call.talk_s or 0) * 1000}"
        values["billusec"] = f"{(call.talk_s or 0) * 1000000}"
        if encoded:
            values = {name: quote(text) for name, text in values.items()}
        profile = {"caller_id_number": call.caller, "destination_number": call.called}
        document = {
            "core-uuid": "c0c0c0c0-1111-2222-3333-444444444444",
            "switchname": "lon-1",
            "channel_data": {"direction": "inbound"},
            "variables": values,
            "callflow": [{"profile_index": "1", "caller_profile": profile}],
        }
        return [json.dumps(document, indent=indent)]

    return rows


def _overruled(epoch_s: int) -> str:
    """The stamps of a document, whose epochs say the same and need no zone."""
    return local(epoch_s)


def _documents(name: str, indent: int | None = None, *, encoded: bool = False) -> Variant:
    rows = _document(indent, encoded=encoded)
    return Variant(
        f"freeswitch-json{name}", "freeswitch", rows, clock=_overruled, quotes='",\n;|%\\{'
    )


_FREESWITCH_VARIANTS = [
    *(
        Variant(
            f"freeswitch-{name}",
            "freeswitch",
            _freeswitch_row(name),
            silent=frozenset({"setup_at"} if name == "opencdrrate" else ()),
            unanswered=name != "opencdrrate",  # without a start, it began at no known time
            quotes='",',
        )
        for name in _FREESWITCH
    ),
    Variant("freeswitch-one-line", "freeswitch", _freeswitch_row("example"), end=";", quotes='",'),
    _documents(""),
    _documents("-indented", 2),
    _documents("-encoded", encoded=True),
]


# Kamailio and OpenSIPS

_CDR = ("id", "start_time", "end_time", "duration", "callid", "src_user", "dst_user", "sip_code",
        "account_code")  # fmt: skip
_TIMED = (*_CDR[:-1], "answer_time", "hangup_time", "account_code")
_ACC = ("id", "method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time",
        "src_user", "dst_user", "account_code")  # fmt: skip


def _cdr_values(call: Call, clock: Clock, *, start_is_setup: bool) -> dict[str, str]:
    """A row of acc_cdrs; of a call that failed the end is its start, and the duration 0."""
    start_s = call.setup_s if start_is_setup or call.answer_s is None else call.answer_s
    end_s = start_s if call.answer_s is None else call.end_s
    return {
        "id": str(call.number + 1),
        "start_time": clock(start_s),
        "end_time": clock(end_s),
        "duration": f"{end_s - start_s}.000000",
        "callid": call.id,
        "src_user": call.caller,
        "dst_user": call.called,
        "sip_code": "486" if call.answer_s is None else "200",
        "answer_time": "" if call.answer_s is None else clock(call.answer_s),
        "hangup_time": clock(call.end_s),
        "account_code": call.account,
    }


def _cdr_row(names: Sequence[str]) -> Callable[[Call, Clock], list[str]]:
    def rows(call: Call, clock: Clock) -> list[str]:
        values = _cdr_values(call, clock, start_is_setup="answer_time" in names)
        return [_csv([values[name] for name in names])]

    return rows


def _cdr_line(call: Call, clock: Clock) -> list[str]:
    values = _cdr_values(call, clock, start_is_setup=False)
    del values["id"], values["answer_time"], values["hangup_time"]
    return [f"Mar  2 10:01:05 edge kamailio[312]: {json.dumps(values)}"]


def _transactions(call: Call, clock: Clock) -> list[dict[str, str]]:
    """INVITE and BYE, the called party hanging up; or the INVITE that was refused."""
    whose = {
        "src_user": call.caller,
        "dst_user": call.called,
        "account_code": call.account,
    }
    tags = {"from_tag": f"f{call.number}", "to_tag": f"t{call.number}"}
    swapped = {"from_tag": tags["to_tag"], "to_tag": tags["from_tag"]}
    ok = {"callid": call.id, "sip_code": "200", "sip_reason": "OK"}
    if call.answer_s is None:
        busy = {"callid": call.id, "sip_code": "486", "sip_reason": "Busy Here"}
        at = {"time": clock(call.setup_s)}
        return [{"id": "7", "method": "INVITE", **tags, **busy, **at, **whose}]
    invite = {"id": "8", "method": "INVITE", **tags, **ok, "time": clock(call.answer_s), **whose}
    bye = {"id": "9", "method": "BYE", **swapped, **ok, "time": clock(call.end_s)}
    return [invite, {**bye, **dict.fromkeys(whose, "")}]


def _acc_rows(call: Call, clock: Clock) -> list[str]:
    return [_csv([row[name] for name in _ACC]) for row in _transactions(call, clock)]


def _acc_lines(call: Call, clock: Clock) -> list[str]:
    found = []
    for row in _transactions(call, clock):
        del row["id"]
        found.append(json.dumps(row))
    return found


def _flat(*extra: str) -> Callable[[Call, Clock], list[str]]:
    """Rows of db_flatstore; `extra` are columns after the time."""
    names = (*_ACC[1:8], *extra)

    def rows(call: Call, clock: Clock) -> list[str]:
        return ["|".join(row.get(n, "") for n in names) for row in _transactions(call, clock)]

    return rows


def _cgrates(call: Call, clock: Clock) -> list[str]:
    found = []
    for row in _transactions(call, clock):
        first = row["method"] == "INVITE"
        more = ["*postpaid", call.account, call.called, call.caller] if first else [""] * 4
        found.append("|".join([*(row[n] for n in _ACC[1:8]), *more, "11:22"]))
    return found


def _whole(call: Call, clock: Clock) -> list[str]:
    """With the flag `cdr`: a call is one row, which says how long it was."""
    row = _transactions(call, clock)[0]
    talked = call.talk_s or 0
    lengths = ["5", clock(call.setup_s), str(talked), str(talked * 1000)]
    if call.answer_s is None:
        lengths = ["0", clock(call.setup_s), "", ""]
    return ["|".join([*(row[n] for n in _ACC[1:8]), call.account, *lengths])]


_EXTRA = ("src_user", "dst_user", "account_code")
_WHOSE = frozenset({"caller", "called", "account_code"})
_SETUP, _ENDED = frozenset({"setup_at"}), frozenset({"ended_at"})
_KAMAILIO = [
    Variant(
        "kamailio-acc_cdrs", "kamailio", _cdr_row(_CDR), head=",".join(_CDR) + "\n",
        silent=_SETUP, silent_missed=_ENDED, offsets=True, quotes='",\n',
    ),
    Variant(
        "kamailio-acc_cdrs-setup", "kamailio", _cdr_row(_TIMED), head=",".join(_TIMED) + "\n",
        options={"start": "setup"}, offsets=True, quotes='",\n',
    ),
    Variant(
        "kamailio-json-cdrs", "kamailio", _cdr_line, silent=_SETUP, silent_missed=_ENDED,
        clock=str, offsets=True, quotes='",\n;|{',
    ),
    Variant(
        "kamailio-acc", "kamailio", _acc_rows, head=",".join(_ACC) + "\n", silent=_SETUP,
        silent_missed=_ENDED, offsets=True, quotes='",\n',
    ),
    Variant(
        "kamailio-json-acc", "kamailio", _acc_lines, silent=_SETUP, silent_missed=_ENDED,
        clock=str, offsets=True, quotes='",\n;|{',
    ),
]  # fmt: skip
_OPENSIPS = [
    Variant(
        "opensips", "opensips", _flat(), silent=_WHOSE | _SETUP, silent_missed=_ENDED, clock=str
    ),
    Variant(
        "opensips-extra", "opensips", _flat(*_EXTRA), options={"extra": list(_EXTRA)},
        silent=_SETUP, silent_missed=_ENDED, clock=str,
    ),
    Variant(
        "opensips-cgrates", "opensips", _cgrates, silent=_SETUP, silent_missed=_ENDED, clock=str
    ),
    Variant(
        "opensips-whole", "opensips", _whole, options={"extra": ["account_code"]},
        silent=frozenset({"caller", "called"}), silent_missed=_ENDED, clock=str,
    ),
]  # fmt: skip


# Our own

_OURS = ("call_id", "server", "caller", "called", "setup_at", "answered_at", "ended_at",
         "account_code")  # fmt: skip


def _own_values(call: Call, clock: Clock) -> list[str]:
    answered = "" if call.answer_s is None else clock(call.answer_s)
    times = [clock(call.setup_s), answered, clock(call.end_s)]
    return [call.id, "lon-1", call.caller, call.called, *times, call.account]


def _zulu(epoch_s: int) -> str:
    return f"{local(epoch_s)}Z".replace(" ", "T")


def _own_rows(delimiter: str) -> Callable[[Call, Clock], list[str]]:
    return lambda call, clock: [_csv(_own_values(call, clock), delimiter)]


def _own_line(call: Call, clock: Clock) -> list[str]:
    return [json.dumps(dict(zip(_OURS, _own_values(call, clock), strict=True)))]


def _own_table(calls: Sequence[Call]) -> bytes:
    rows = [_own_values(call, _zulu) for call in calls]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_OURS, pl.String), orient="row")
    times = ("setup_at", "answered_at", "ended_at")
    typed = frame.with_columns(pl.col(times).replace("", None).str.to_datetime(time_zone="UTC"))
    out = io.BytesIO()
    typed.write_parquet(out)
    return out.getvalue()


_MINUTEBOOK = [
    Variant(
        f"minutebook-csv{name}", "minutebook", _own_rows(delimiter),
        head=delimiter.join(_OURS) + "\n", clock=_zulu, offsets=True, quotes='",;\n',
    )
    for name, delimiter in (("", ","), ("-semicolon", ";"), ("-tab", "\t"))
] + [
    Variant(
        "minutebook-csv-local", "minutebook", _own_rows(","), head=",".join(_OURS) + "\n",
        quotes='",;\n',
    ),
    Variant(
        "minutebook-json", "minutebook", _own_line, clock=_zulu, offsets=True, quotes='",;\n|{'
    ),
    Variant(
        "minutebook-parquet", "minutebook", lambda call, clock: [], clock=_zulu,
        binary=_own_table, quotes='",;\n|{',
    ),
]  # fmt: skip

VARIANTS = [*_ASTERISK, *_FREESWITCH_VARIANTS, *_KAMAILIO, *_OPENSIPS, *_MINUTEBOOK]
TEXT = [variant for variant in VARIANTS if not variant.binary]
"""Those that are text: rows that can be moved, cut and written in other bytes."""
NOT_JSON = [variant for variant in TEXT if "json" not in variant.name]
"""Those whose bytes outside ASCII stand as they are."""
