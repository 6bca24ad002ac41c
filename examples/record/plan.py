"""Plan the calls: one injection file for SIPp per customer's address.

    plan.py FOLDER [--calls 3400] [--seed 20261031] [--seconds 240]

The same arguments give the same files. All numbers are of ranges that regulators
keep for drama and tests (Ofcom, ARCEP, BNetzA, ACMA, ComReg, PTS, 555-01xx in North
America), or have a subscriber part of zeros, which is assigned to nobody.
"""

import argparse
import random
from pathlib import Path
from urllib.parse import quote

# fmt: off
# Prefix, how many digits follow, weight.
LONDON, NEW_YORK = ("442079460", 3), ("1212555010", 1)
DESTINATIONS = [
    (*LONDON, 14), ("441614960", 3, 6), ("441134960", 3, 4), ("447700900", 3, 14),
    ("448081570", 3, 2), ("449098790", 3, 1), (*NEW_YORK, 8), ("1415555010", 1, 5),
    ("1305555010", 1, 4), ("1416555010", 1, 4), ("1876555010", 1, 1), ("1809555010", 1, 1),
    ("3319900", 4, 5), ("3363998", 4, 4), ("493023125", 3, 5), ("4917139200", 2, 4),
    ("35320910", 4, 3), ("4684650040", 1, 3), ("6125550", 4, 3), ("349100000", 3, 3),
    ("346000000", 3, 2), ("390600000", 3, 3), ("48220000", 3, 2), ("9122000000", 2, 4),
    ("9190000000", 2, 4), ("861000000", 3, 2), ("551100000", 4, 2), ("5255000000", 2, 2),
    ("97140000", 3, 2), ("966110000", 3, 1), ("23410000", 3, 2), ("254200000", 3, 1),
    ("27110000", 3, 2), ("635000000", 3, 1), ("5370000", 3, 1), ("88213000", 3, 1),
]

# How a customer's switch spells a number in E.164 without its plus.
SPELLINGS = {"plus": "+{}", "zeros": "00{}", "bare": "{}", "hash": "9911#{}", "tech": "9911{}"}

# Address, weight, From domain, account codes, where callers are from, spellings of the called
# number, ms until the ACK.
CUSTOMERS = [
    ("127.0.0.11", 40, "sbc.example", ["NS-1001", "NS-1001", "MD-2002"],
     [LONDON, ("447700900", 3)], ["plus", "plus", "zeros"], (1, 40)),
    ("127.0.0.12", 20, "cobalt.example", [""],
     [("353209100", 3), ("441614960", 3)], ["bare", "zeros"], (5, 60)),
    ("127.0.0.13", 20, "delta.example", [""],
     [("1415555010", 1), ("1305555010", 1)], ["hash", "tech"], (120, 260)),
    ("127.0.0.14", 19, "resale.example", [""],
     [LONDON, LONDON, NEW_YORK], ["plus", "tech", "bare"], (1, 30)),
    ("127.0.0.15", 1, "lab.example", [""],
     [("6125550", 4)], ["plus"], (1, 5)),
]

# What becomes of a call: role of the caller's switch, answer of the gateway, weight.
OUTCOMES = [
    ("hangup", "200", 45), ("wait", "200", 18), ("fail", "486", 10), ("cancel", "none", 10),
    ("fail", "480", 6), ("fail", "404", 4), ("fail", "503", 5), ("fail", "603", 1),
    ("fail", "none", 1),
]
# fmt: on

# Seconds of conversation: from, to, weight. Most are short, that the recording be short.
HOLDS = [(0.15, 1, 10), (1, 10, 58), (10, 30, 25), (30, 60, 5), (60, 110, 2)]
LONG_CALLS = 12  # of 2 to 4 minutes, begun at once
LATE_ACKS = 0.01  # so late that the gateway repeats its 200
SAVED = 0.75  # of the calls that a gateway refuses with 503, by the backup gateway


def pick(rng: random.Random, rows: list) -> tuple:
    """A row at random, by the weight in its last place."""
    return rng.choices(rows, [row[-1] for row in rows])[0]


def number(rng: random.Random, prefix: str, digits: int) -> str:
    """A number at random: the prefix and so many digits."""
    return prefix + str(rng.randrange(10**digits)).zfill(digits)


def gateway_plan(answer: str, ring: int, hold: int | None = None) -> str:
    """The X-Plan header of gateway.xml; ring and hold in ms."""
    return f"final={answer}, ring={ring}" + (f", hold={hold}" if hold is not None else "")


def plan_call(
    rng: random.Random, start: float, last_end: float, long: bool
) -> tuple[str, list[str]]:
    """One call: the customer's address, and the fields that caller.xml names."""
    weights = [customer[1] for customer in CUSTOMERS]
    source, _, domain, codes, origins, spellings, ack_range = rng.choices(CUSTOMERS, weights)[0]
    role, answer, _ = OUTCOMES[rng.randrange(2)] if long else pick(rng, OUTCOMES)
    low, high = (120, 240) if long else pick(rng, HOLDS)[:2]
    hold = int(min(rng.uniform(low, high), last_end - start) * 1000)
    ring = int(min(rng.lognormvariate(0.5, 0.6), 10) * 1000)
    plan = backup = gateway_plan(answer, ring)
    if answer == "503":
        plan = gateway_plan(answer, 0)
        if rng.random() < SAVED:
            role, backup = "hangup", gateway_plan("200", ring)
        else:
            backup = gateway_plan(answer, 0)
    elif answer == "404":
        plan = backup = gateway_plan(answer, 0)
    elif role == "wait":
        plan = backup = gateway_plan(answer, ring, hold)
    elif role == "cancel":
        hold = ring + 300
    ack = 700 if rng.random() < LATE_ACKS else rng.randint(*ack_range)
    called = SPELLINGS[rng.choice(spellings)].format(number(rng, *pick(rng, DESTINATIONS)[:2]))
    caller = SPELLINGS["bare" if "tech" in spellings else "plus"].format(
        number(rng, *rng.choice(origins))
    )
    who = [caller, domain, quote(called, safe="+"), rng.choice(codes)]
    return source, [str(f) for f in [int(start * 1000), *who, plan, backup, role, ack, hold]]


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=3400)
    parser.add_argument("--seed", type=int, default=20261031)
    parser.add_argument("--seconds", type=float, default=240, help="when the last call begins")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    rows: dict[str, list[list[str]]] = {customer[0]: [] for customer in CUSTOMERS}
    for i, start in enumerate(sorted(rng.uniform(0, args.seconds) for _ in range(args.calls))):
        source, fields = plan_call(rng, start, args.seconds + 30, long=i < LONG_CALLS)
        rows[source].append(fields)
    for source, calls in rows.items():
        lines = ["SEQUENTIAL", *(";".join(fields) for fields in calls)]
        (args.folder / f"calls-{source}.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
