"""Every hot path, measured in one go.

    python benchmarks/run.py [quick|full]

`quick` (the default) takes some minutes; `full` imports and bills 50 million calls and makes a
book of a year, needs some 60 GB of disk, and takes most of an hour.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
QUICK = [
    ["starting.py"],
    ["decks.py"],
    ["rating.py", "--calls", "5000000"],
    ["building.py"],
    ["ported.py", "--numbers", "5000000"],
    ["classes.py", "--rounds", "1"],
    ["preview.py", "--calls", "2000000"],
    ["channels.py", "--calls", "5000000", "--days", "10"],
    ["closing.py", "--accounts", "10000"],
    ["review.py", "--calls", "1000000"],
    ["reconcile.py", "--calls", "1000000"],
    ["importing.py", "--calls", "2000000"],
    ["margin.py", "--calls", "2000000"],
    ["portal.py", "--calls", "2000000", "--accounts", "2000", "--seconds", "5"],
    ["billing.py", "--calls", "2000000", "10000000", "--days", "7", "60", "--daily", "200000"],
]
FULL = [
    ["starting.py"],
    ["decks.py"],
    ["rating.py", "--calls", "10000000"],
    ["building.py"],
    ["ported.py"],
    ["classes.py", "--calls", "10000000"],
    ["preview.py"],
    ["channels.py", "--calls", "50000000"],
    ["closing.py", "--accounts", "100000"],
    ["review.py", "--calls", "10000000"],
    ["reconcile.py", "--calls", "10000000"],
    ["importing.py", "--calls", "1000000", "10000000", "50000000"],
    ["margin.py", "--calls", "5000000"],
    ["portal.py"],
    ["billing.py", "--calls", "5000000", "50000000", "--days", "7", "365", "--daily", "2000000"],
]


def main() -> None:
    chosen = sys.argv[1] if len(sys.argv) > 1 else "quick"
    if chosen not in ("quick", "full"):
        sys.exit(__doc__)
    for words in QUICK if chosen == "quick" else FULL:
        print(f"\n$ python benchmarks/{' '.join(words)}", flush=True)
        subprocess.run([sys.executable, str(HERE / words[0]), *words[1:]], check=True)


if __name__ == "__main__":
    main()
