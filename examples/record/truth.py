"""Read the times of the calls off the wire: a packet capture in, one row a call out.

    truth.py CAPTURE SHIFT TRUTH_CSV

CAPTURE is a pcap file of loopback, SHIFT the whole seconds that the proxy's clock was
set apart from the machine's; the times written are by the proxy's clock. What counts
is a message's first passage through the proxy's socket:

invite_at    INVITE in from the customer
answered_at  200 to the INVITE in from the gateway; empty if there was none
ended_at     BYE in from either side; without an answer, the final response out to the customer
"""

import csv
import re
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

PROXY = "127.0.0.1"
GATEWAYS = {
    "127.0.0.21": "gw-lon",
    "127.0.0.22": "gw-nyc",
    "127.0.0.23": "gw-fra",
    "127.0.0.24": "gw-backup",
}
COLUMNS = [
    *("call_id", "caller", "called", "account_code", "source_ip", "gateway"),
    *("invite_at", "answered_at", "ended_at", "final_code", "ended_by", "from_domain"),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
ETHERNET_BYTES, UDP_BYTES = 14, 8


def packets(capture: bytes) -> Iterator[tuple[int, str, str, str]]:
    """Time in µs, source address, destination address and text of each UDP packet."""
    assert capture[:24] == PCAP_HEADER, "expected tcpdump's pcap of loopback, in µs, -s 0"
    at = len(PCAP_HEADER)
    while at < len(capture):
        seconds, micros, kept, length = struct.unpack_from("<IIII", capture, at)
        assert kept == length, "a packet was cut short"
        ip = capture[at + 16 + ETHERNET_BYTES : at + 16 + kept]
        at += 16 + kept
        header_bytes = (ip[0] & 15) * 4
        source, destination = (".".join(map(str, ip[i : i + 4])) for i in (12, 16))
        text = ip[header_bytes + UDP_BYTES :].decode()
        yield seconds * 1_000_000 + micros, source, destination, text


def header(message: str, name: str) -> str:
    """The value of a header of the message, or nothing."""
    found = re.search(rf"^{name}:[ \t]*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def take_request(call: dict, micros: int, source: str, destination: str, message: str) -> None:
    """Take a request into the call's row; a repeated one changes nothing."""
    method = message.partition(" ")[0]
    if method == "INVITE" and destination in GATEWAYS:
        call |= {"gateway": GATEWAYS[destination], "refused_by_gateway": False}
    elif method == "INVITE" and "invite_at" not in call:
        user, domain = re.search(r"sip:([^@]+)@([^;>]+)", header(message, "From")).groups()
        call |= {
            "call_id": header(message, "Call-ID"),
            "caller": user,
            "from_domain": domain,
            "called": unquote(re.match(r"INVITE sip:([^@]+)@", message)[1]),
            "account_code": header(message, "X-Account-Code"),
            "source_ip": source,
            "invite_at": micros,
        }
    elif method == "CANCEL" and source == call["source_ip"]:
        call["cancelled"] = True
    elif method == "BYE" and destination == PROXY and "ended_at" not in call:
        by = "caller" if source == call["source_ip"] else "callee"
        call |= {"ended_at": micros, "ended_by": by}


def take_response(call: dict, micros: int, source: str, destination: str, message: str) -> None:
    """Take a final response to the INVITE into the call's row; a repeated one changes nothing."""
    code = message.split(maxsplit=2)[1]
    if not header(message, "CSeq").endswith("INVITE") or code < "200" or "final_code" in call:
        return
    if code < "300":
        if source in GATEWAYS:
            call |= {"answered_at": micros, "final_code": code}
    elif source in GATEWAYS:
        call["refused_by_gateway"] = True
    else:
        by = "callee" if call["refused_by_gateway"] else "proxy"
        by = "caller" if call.get("cancelled") else by
        call |= {"ended_at": micros, "final_code": code, "ended_by": by}


def main() -> None:
    """Read the capture, write the rows in the order of their INVITEs."""
    capture, shift, truth = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    calls: dict[str, dict] = {}
    for micros, source, destination, message in packets(capture.read_bytes()):
        call = calls.setdefault(header(message, "Call-ID"), {})
        take = take_response if message.startswith("SIP/2.0 ") else take_request
        take(call, micros, source, destination, message)
    with truth.open("w", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
        rows.writeheader()
        for call in sorted(calls.values(), key=lambda call: call["invite_at"]):
            for name in ("invite_at", "answered_at", "ended_at"):
                if name in call:
                    at = EPOCH + timedelta(seconds=shift, microseconds=call[name])
                    call[name] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
            rows.writerow(call)


if __name__ == "__main__":
    main()
