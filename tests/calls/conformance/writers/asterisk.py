"""Asterisk's rows, in the orders of its backends and of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.calls.conformance.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.calls.conformance.variant import Call, Clock

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


VARIANTS = [
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
