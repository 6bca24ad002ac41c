"""A month of calls, the same for each of three customers: write("october.csv").

Some 150 calls a working day, most of them in the morning and in the afternoon. The same seed gives
the same calls. All numbers are of ranges that Ofcom keeps for drama.
"""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

CUSTOMERS = {"aurora-m": "par-1", "aurora-c": "ams-1", "borealis": "osl-1"}
BY_HOUR = [0, 0, 0, 0, 0, 0, 1, 4, 12, 18, 20, 16, 8, 12, 18, 18, 14, 8, 4, 2, 1, 1, 0, 0]


def write(path: Path | str) -> None:
    """Write the calls as a CSV of the project's own format."""
    chance = random.Random(20261001)
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            [
                "call_id",
                "server",
                "account_code",
                "caller",
                "called",
                "setup_at",
                "answered_at",
                "ended_at",
                "cause",
            ]
        )
        for number, (setup, ring, talk) in enumerate(_calls(chance)):
            answered = setup + timedelta(seconds=ring)
            ended = answered + timedelta(seconds=talk or 0)
            called = f"442079460{chance.randrange(1000):03}"
            for code, server in CUSTOMERS.items():
                times = [setup, answered if talk else None, ended]
                out.writerow(
                    [f"{code}-{number}", server, code, "441134960000", called]
                    + [at.isoformat() if at else "" for at in times]
                    + ["16" if talk else "19"]
                )


def _calls(chance: random.Random) -> list[tuple[datetime, int, int | None]]:
    """(setup, seconds of ringing, seconds of talk or None), in the order of setup."""
    found = []
    for day in range(1, 32):
        dawn = datetime(2026, 10, day, tzinfo=UTC)
        quiet = 1 if dawn.weekday() < 5 else 4
        for hour, usual in enumerate(BY_HOUR):
            for _ in range(usual // quiet):
                setup = dawn + timedelta(hours=hour, seconds=chance.randrange(3600))
                talk = None if chance.random() < 0.2 else 1 + int(chance.expovariate(1 / 300))
                found.append((setup, chance.randrange(2, 25), talk))
    return sorted(found)


if __name__ == "__main__":
    write("october.csv")
