"""Building a sale card from ten cards of 200,000 prefixes each.

    python benchmarks/building.py [--parents 10] [--prefixes 200000] [--alike 0.8] [--keep]

Parents draw their prefixes from a common set, so that they overlap as carriers' decks do: `--alike` is the share of the set
that each has. Prices, increments and blocks differ from row to row. Profit has a rule for all, one for a prefix and one for
countries. With --keep every card has prices for three jurisdictions, and the sale card keeps them. CPU seconds are of all cores, and tell more than the clock where the machine has other work.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from decimal import Decimal

import polars as pl

from measure import table
from minutebook.cards.building.build import all_prefixes, built_deck
from minutebook.cards.building.parent import Parent
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.recipe import Collapse, Combine, ProfitRule, Recipe
from minutebook.cards.tariff import Terms
from minutebook.money import Method, Rounding


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parents", type=int, default=10)
    parser.add_argument("--prefixes", type=int, default=200_000)
    parser.add_argument("--alike", type=float, default=0.8)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    terms = Terms(bands=Jurisdictions(states="as they were")) if options.keep else Terms()
    drawn = random.Random(7)
    pool: set[str] = set()
    while len(pool) < options.prefixes / options.alike:
        pool.add(str(drawn.randint(1, 10 ** drawn.randint(3, 9))))
    common = sorted(pool)
    parents = [
        Parent(
            f"carrier-{n}",
            1,
            _deck(drawn, sorted(drawn.sample(common, options.prefixes)), options.keep),
            terms,
        )
        for n in range(options.parents)
    ]
    names = tuple(parent.card for parent in parents)
    rows = []
    for combine in Combine:
        recipe = Recipe(
            names,
            combine,
            {name: Decimal(n + 1) for n, name in enumerate(names)}
            if combine is Combine.WEIGHTED
            else {},
            2 if combine is Combine.NTH else None,
            profit=(
                ProfitRule(percent=Decimal(20)),
                ProfitRule(prefixes=("44",), add=Decimal("0.01")),
                ProfitRule(countries=("GB", "CU"), percent=Decimal(15)),
            ),
            rounding=Rounding(Method.UP, 5),
            collapse=Collapse.KEEP if options.keep else None,
        )
        clock, cpu = time.perf_counter(), time.process_time()
        made = built_deck(parents, recipe)
        took = time.perf_counter() - clock
        used = time.process_time() - cpu
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows.append([combine, f"{made.rows.height:,}", f"{took:.1f}", f"{used:.1f}", f"{most:.2f}"])
    table(
        f"{options.parents} cards of {options.prefixes:,} prefixes, {len(all_prefixes(parents, recipe)):,} together",
        ["combine", "rows", "s", "CPU s", "GB at most"],
        rows,
    )


def _deck(drawn: random.Random, prefixes: list[str], in_classes: bool) -> pl.DataFrame:
    count = len(prefixes)
    increments = drawn.choices([1, 6, 30, 60], k=count)
    frame = pl.DataFrame(
        {
            "prefix": prefixes,
            "name": [f"Destination {prefix[:3]}" for prefix in prefixes],
            "rate": [drawn.randint(1, 10**9) * 10 for _ in range(count)],
            "status": drawn.choices(["open", "blocked"], [0.98, 0.02], k=count),
            "minimum_s": increments,
            "pulse_s": increments,
        }
    ).with_columns(rate=pl.when(pl.col("status") == "open").then("rate"))
    if in_classes:
        each = [
            pl.struct(
                band=pl.lit(name), rate=pl.col("rate") * (n + 1), connect_fee=pl.lit(None, pl.Int64)
            )
            for n, name in enumerate(Jurisdictions.names)
        ]
        is_open = pl.col("status") == "open"
        frame = frame.with_columns(
            rate=pl.lit(None, pl.Int64), rates=pl.when(is_open).then(pl.concat_list(each))
        )
    missing = [
        pl.lit(None, t).alias(name) for name, t in DECK_SCHEMA.items() if name not in frame.columns
    ]
    return frame.with_columns(missing).select(
        pl.col(name).cast(t) for name, t in DECK_SCHEMA.items()
    )


if __name__ == "__main__":
    main()
