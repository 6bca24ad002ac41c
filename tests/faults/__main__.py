"""`python -m tests.faults`: the campaign, on a server of its own; status 1 if something did not hold."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.conftest import Cluster
from tests.faults import campaign
from tests.faults.stage import Stage


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument(
        "--seconds", type=float, default=180, help="for so long, and every kind once"
    )
    asked.add_argument(
        "--seed", type=int, default=None, help="of the first turn; left out: by chance"
    )
    asked.add_argument(
        "--kind", action="append", choices=sorted(campaign.KINDS), help="these alone"
    )
    asked.add_argument("--once", action="store_true", help="one turn")
    said = asked.parse_args()
    seed = random.SystemRandom().randrange(10**6) if said.seed is None else said.seed
    kinds = said.kind or list(campaign.KINDS)
    print(f"seed {seed}, {0 if said.once else said.seconds:g} s, {len(kinds)} kinds", flush=True)
    with tempfile.TemporaryDirectory(prefix="minutebook-faults-") as name:
        cluster = Cluster(Path(name) / "postgres")
        try:
            (Path(name) / "stage").mkdir()
            stage = Stage(cluster, Path(name) / "stage")
            found = campaign.run(stage, seed, 0 if said.once else said.seconds, kinds)
        finally:
            cluster.kill()
    print(campaign.table(found))
    return int(any(account.not_held for account in found.values()))


if __name__ == "__main__":
    sys.exit(main())
