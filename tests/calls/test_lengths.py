"""A length that a record's own times deny, in every format that has both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from readers_support import read, written

from minutebook.calls.source import Source

if TYPE_CHECKING:
    from pathlib import Path

UUID = "aaaaaaaa-0000-4000-8000-000000000001"
START, ANSWER, END = "2026-10-05 12:00:00", "2026-10-05 12:00:05", "2026-10-05 12:01:05"


def asterisk(seconds: str) -> str:
    times = f'"{START}","{ANSWER}","{END}",65,{seconds}'
    return f'"","1","2","c","x","PJSIP/a-1","PJSIP/b-2","Dial","",{times},"ANSWERED","","u.1",""\n'


def freeswitch(seconds: str) -> str:
    values = [
        "A",
        "1",
        "2",
        "c",
        START,
        ANSWER,
        END,
        "65",
        seconds,
        "NORMAL_CLEARING",
        UUID,
        "",
        "acme",
    ]
    return ",".join(f'"{value}"' for value in values) + "\n"


def freeswitch_json(seconds: str) -> str:
    times = {"start_uepoch": "1791201600000000", "answer_uepoch": "1791201605000000",
             "end_uepoch": "1791201665000000"}  # fmt: skip
    variables = {"uuid": UUID, "billsec": seconds, **times, "destination_number": "2"}
    return json.dumps({"core-uuid": UUID, "variables": variables}) + "\n"


def kamailio(seconds: str) -> str:
    return f"start_time,end_time,duration,callid\n{ANSWER},{END},{seconds},c1\n"


def acc(seconds: str) -> str:
    head = "method,from_tag,to_tag,callid,sip_code,time,duration\n"
    return f"{head}INVITE,a,b,c1,200,{ANSWER},{seconds}\nBYE,a,b,c1,200,{END},0\n"


def opensips(seconds: str) -> str:
    invite = f"INVITE|a|b|c1|200|OK|1791201605|5|1791201600|{seconds}|{seconds}000\n"
    return f"{invite}BYE|a|b|c1|200|OK|1791201665|0||0|0\n"


def minutebook(seconds: str) -> str:
    head = "call_id,server,caller,called,setup_at,answered_at,ended_at,duration_ms\n"
    return f"{head}c1,lon-1,1,2,{START},{ANSWER},{END},{seconds}000\n"


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("asterisk", asterisk),
        ("freeswitch", freeswitch),
        ("freeswitch", freeswitch_json),
        ("kamailio", kamailio),
        ("kamailio", acc),
        ("opensips", opensips),
        ("minutebook", minutebook),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_length_that_its_times_deny_waits(tmp_path: Path, format: str, content: object) -> None:
    """60 s between answer and end: a second's rounding either way is the call, two seconds are none."""
    options = {"start": "answer"} if format == "kamailio" else {}
    source = Source("s", zone="UTC", server="lon-1", options=options)
    reasons = {}
    for seconds in ("3", "58", "59", "60", "61", "62", "600", "301148"):
        (found,) = read(
            format, written(tmp_path, content(seconds)), source=source
        ).records.to_dicts()  # type: ignore[operator]
        reasons[seconds] = found["reason"]
    assert {s for s, why in reasons.items() if why is None} == {"59", "60", "61"}
    assert set(reasons.values()) == {None, "status_disagrees"}
