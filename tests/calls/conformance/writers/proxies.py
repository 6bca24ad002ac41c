"""Kamailio and OpenSIPS: calls as rows, and calls as an INVITE and a BYE."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.calls.conformance.variant import Variant, csv_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.calls.conformance.variant import Call, Clock

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
        return [csv_row([values[name] for name in names])]

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
    return [csv_row([row[name] for name in _ACC]) for row in _transactions(call, clock)]


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
KAMAILIO = [
    Variant(
        "kamailio-acc_cdrs", "kamailio", _cdr_row(_CDR), head=",".join(_CDR) + "\n",
        options={"start": "answer"}, silent=_SETUP, silent_missed=_ENDED, offsets=True, quotes='",\n',
    ),
    Variant(
        "kamailio-acc_cdrs-setup", "kamailio", _cdr_row(_TIMED), head=",".join(_TIMED) + "\n",
        options={"start": "setup"}, offsets=True, quotes='",\n',
    ),
    Variant(
        "kamailio-json-cdrs", "kamailio", _cdr_line, options={"start": "answer"}, silent=_SETUP, silent_missed=_ENDED,
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
OPENSIPS = [
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
        silent=frozenset({"caller", "called"}), silent_missed=_ENDED, clock=str, instant=False,
    ),
]  # fmt: skip
