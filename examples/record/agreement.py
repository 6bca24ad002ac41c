"""Say how closely Kamailio's records agree with the messages on the wire.

agreement.py OUT_DIR     reads acc_cdrs.csv, acc_json.jsonl and truth.csv there
"""

import csv
import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median

# Our name of a thing that is no time, and Kamailio's.
SAME = {
    "caller": "src_user",
    "called": "dst_user",
    "source_ip": "src_ip",
    "from_domain": "src_domain",
    "gateway": "gateway",
    "final_code": "sip_code",
    "ended_by": "ended_by",
}

# Table, what it records, what is true. A difference of two times is written "later - earlier".
SPAN = "ended_at - answered_at"
ANSWERED = [
    ("csv", "setup_time", "invite_at"),
    ("csv", "answer_time", "answered_at"),
    ("csv", "hangup_time", "ended_at"),
    ("csv", "hangup_time - answer_time", SPAN),
    ("csv", "start_time", "answered_at"),
    ("csv", "end_time", "ended_at"),
    ("csv", "duration", SPAN),
    ("json", "start_time", "answered_at"),
    ("json", "end_time", "ended_at"),
    ("json", "duration", SPAN),
]
FAILED = [
    ("csv", "setup_time", "invite_at"),
    ("csv", "hangup_time", "ended_at"),
    ("csv", "start_time", "invite_at"),
    ("csv", "end_time", "ended_at"),
]


def seconds(row: dict[str, str], name: str) -> float:
    """A time of the row in seconds of the epoch, or the difference of two, or a duration."""
    later, _, earlier = name.partition(" - ")
    if earlier:
        return seconds(row, later) - seconds(row, earlier)
    text = row[later]
    return datetime.fromisoformat(text).timestamp() if text.endswith("Z") else float(text)


def show(name: str, differences: list[float]) -> None:
    """One line: by how many ms the recorded values are too late, or too long."""
    ms = sorted(difference * 1000 for difference in differences)
    if ms:
        shown = (median(ms), ms[len(ms) // 100], ms[-1 - len(ms) // 100], ms[0], ms[-1])
        print(f"{name:<42}{len(ms):>6}", *(f"{value:>11.3f}" for value in shown))


def main() -> None:
    """Print which calls and values differ, and the times by how much."""
    folder = Path(sys.argv[1])
    truth = {row["call_id"]: row for row in csv.DictReader((folder / "truth.csv").open())}
    recorded = list(csv.DictReader((folder / "acc_cdrs.csv").open()))
    rows = {row["callid"]: row for row in recorded}
    objects = [json.loads(line) for line in (folder / "acc_json.jsonl").open()]
    as_json = {row["callid"]: row for row in objects}
    print(f"calls: {len(truth)} in truth, {len(recorded)} in acc_cdrs, {len(objects)} in acc_json")
    for name, found in (("acc_cdrs", rows), ("acc_json", as_json)):
        print(f"{name} lacks {sorted(truth.keys() - found.keys())}", end=", ")
        print(f"has besides {sorted(found.keys() - truth.keys())}")
    for ours, theirs in SAME.items():
        both = truth.keys() & rows.keys()
        pairs = [(truth[key][ours], rows[key][theirs]) for key in both]
        differing = Counter(f"{true} as {recorded}" for true, recorded in pairs if true != recorded)
        print(f"{ours} differs in {differing.total()} calls", dict(differing) or "")

    outcomes = Counter(f"{row['final_code']} {row['ended_by']}" for row in truth.values())
    print("\noutcomes:", ", ".join(f"{key}: {n}" for key, n in sorted(outcomes.items())))
    answered = [
        key for key in truth if truth[key]["answered_at"] and key in rows and key in as_json
    ]
    failed = [key for key in truth if not truth[key]["answered_at"] and key in rows]
    over = [key for key in answered if truth[key]["answered_at"][:10] < truth[key]["ended_at"][:10]]
    print(f"answered {len(answered)}, {len(over)} of them over midnight; unanswered {len(failed)}")

    print(f"\n{'recorded - true, ms':<42}{'calls':>6}", end="")
    print(*(f"{name:>12}" for name in ("median", "1 %", "99 %", "least", "most")), sep="")
    for kind, keys, measures in (("answered", answered, ANSWERED), ("unanswered", failed, FAILED)):
        for table, recorded_time, true_time in measures:
            records = rows if table == "csv" else as_json
            differences = [
                seconds(records[key], recorded_time) - seconds(truth[key], true_time)
                for key in keys
            ]
            show(f"{kind}: {recorded_time} ({table})", differences)


if __name__ == "__main__":
    main()
