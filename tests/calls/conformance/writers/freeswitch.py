"""FreeSWITCH: the templates of mod_cdr_csv, and the documents of mod_json_cdr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.calls.conformance.variant import Variant, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.calls.conformance.variant import Call, Clock

_PLAIN = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp",
    "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid",
    "accountcode",
)  # fmt: skip
_EXAMPLE = (*_PLAIN, "read_codec", "write_codec")
_TEMPLATES = {
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


def _values(call: Call, clock: Clock) -> dict[str, str]:
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


def _row(template: str) -> Callable[[Call, Clock], list[str]]:
    names = _TEMPLATES[template]

    def rows(call: Call, clock: Clock) -> list[str]:
        values = _values(call, clock)
        texts = [f'"{values.get(name, "")}"' for name in names]  # nothing is escaped
        if names is _PLAIN:
            texts[-1] = f" {texts[-1]}"
        row = ",".join(texts)
        return [f"INSERT INTO cdr VALUES ({row});" if template == "sql" else row]

    return rows


def _document(indent: int | None, *, encoded: bool) -> Callable[[Call, Clock], list[str]]:
    """One document of mod_json_cdr a call, with both epochs and local stamps."""

    def rows(call: Call, clock: Clock) -> list[str]:
        values = {name: text for name, text in _values(call, clock).items() if text}
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


VARIANTS = [
    *(
        Variant(
            f"freeswitch-{name}",
            "freeswitch",
            _row(name),
            silent=frozenset({"setup_at"} if name == "opencdrrate" else ()),
            unanswered=name != "opencdrrate",  # without a start, it began at no known time
            quotes='",',
        )
        for name in _TEMPLATES
    ),
    Variant("freeswitch-one-line", "freeswitch", _row("example"), end=";", quotes='",'),
    _documents(""),
    _documents("-indented", 2),
    _documents("-encoded", encoded=True),
]
