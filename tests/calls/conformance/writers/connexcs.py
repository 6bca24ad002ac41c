"""ConnexCS: the two exports of calls, by the names of the interface and by those of the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.calls.conformance.variant import Variant, csv_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.calls.conformance.variant import Call, Clock

_RAW = ("id", "dt", "src", "dst", "duration", "charge", "customer_id", "callid", "sip_code")
_PORTAL = ("Call ID", "Switch", "Call Time", "Source Number", "Destination", "Duration", "SIP Code",
           "Billed Duration", "Charge", "Customer ID")  # fmt: skip


def _rows(names: Sequence[str]) -> Callable[[Call, Clock], list[str]]:
    def rows(call: Call, clock: Clock) -> list[str]:
        start = clock(call.setup_s if call.answer_s is None else call.answer_s)
        code = "480" if call.answer_s is None else "200"
        length = "0" if call.talk_s is None else f"{call.talk_s}.0"
        values = {
            "id": str(call.number), "dt": start, "Call Time": start, "src": call.caller,
            "Source Number": call.caller, "dst": call.called, "Destination": call.called,
            "duration": length, "Duration": length, "Billed Duration": "60", "charge": "0.0100",
            "Charge": "0.0100", "customer_id": call.account, "Customer ID": call.account,
            "callid": call.id, "Call ID": call.id, "sip_code": code, "SIP Code": code,
            "Switch": "lon-1",
        }  # fmt: skip
        return [csv_row([values[name] for name in names])]

    return rows


VARIANTS = [
    Variant(
        f"connexcs-{name}", "connexcs", _rows(names), head=",".join(names) + "\n", offsets=True,
        silent=frozenset({"setup_at"}), silent_missed=frozenset({"ended_at"}), quotes='",\n',
    )
    for name, names in (("raw", _RAW), ("portal", _PORTAL))
]  # fmt: skip
