"""A carrier's calls, made up: the one workload that all benchmarks share.

Everything follows from a seed, by arithmetic alone (splitmix64), so that the same call comes out
on every machine and in every batch size. Calls are made a piece of a day at a time: memory stays
flat however many are asked for.

Shape: destinations by a power law over the deck's prefixes (the k-th most called has a share of
1/k) or uniform; 1,000 accounts by a power law, each on one to three servers of its own; two busy
hours a day, quiet nights and weekends; 40 % of the attempts unanswered, the others 150 s long in
the mean, exponentially distributed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import polars as pl

from minutebook.calls.schema import CALL_SCHEMA
from minutebook.cards.number_key import number_head, number_key
from minutebook.lake.scans import ROW_GROUP_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 2_000_000
"""Calls in one piece, at most: the size of a file in the lake."""
INCREMENTS = (("1/1", 0.4), ("60/1", 0.2), ("30/6", 0.15), ("60/60", 0.15), ("6/6", 0.1))
"""Increments of a deck's rows, with their shares."""
ANSWERED = 0.6
MEAN_DURATION_MS = 150_000
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 18, 15, 16, 18, 19, 18, 15, 11, 9, 8, 6, 4, 3)
WEEKDAY_WEIGHTS = (10, 11, 11, 11, 10, 5, 4)

_TWO_53 = float(2**53)


@dataclass(frozen=True, slots=True)
class Workload:
    """What to make: `calls` spread over `days` UTC days from `first_day`."""

    calls: int
    days: int = 5
    first_day: date = date(2026, 10, 5)
    accounts: int = 1_000
    destinations: Literal["power", "uniform"] = "power"
    american: bool = False
    """Both numbers are whole ones of North America: by a deck of `american_deck`."""
    seed: int = 1

    def calls_by_day(self) -> list[tuple[date, int]]:
        """Each day with its number of calls, by the weekly shape; they add up to `calls`."""
        days = [self.first_day + timedelta(days=k) for k in range(self.days)]
        weights = [WEEKDAY_WEIGHTS[day.weekday()] for day in days]
        ends = [self.calls * sum(weights[: k + 1]) // sum(weights) for k in range(self.days)]
        return [(d, e - b) for d, e, b in zip(days, ends, [0, *ends], strict=False)]


def random_bits(index: pl.Expr, seed: int, stream: int) -> pl.Expr:
    """The splitmix64 of (seed, stream, index): UInt64, evenly spread."""
    golden, a, b = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
    start = (seed * 0x2545F4914F6CDD1D + stream * 0xD1342543DE82EF95) % 2**64
    x = index.cast(pl.UInt64) * pl.lit(golden, pl.UInt64) + pl.lit(start, pl.UInt64)
    x = (x ^ (x // 2**30)) * pl.lit(a, pl.UInt64)
    x = (x ^ (x // 2**27)) * pl.lit(b, pl.UInt64)
    return x ^ (x // 2**31)


def _share(bits: pl.Expr) -> pl.Expr:
    """Random bits as a number in [0, 1)."""
    return (bits // 2**11).cast(pl.Float64) / _TWO_53


def _rank(bits: pl.Expr, count: int) -> pl.Expr:
    """0 … count - 1 by a power law: k with a share of about 1/(k + 1)."""
    return (_share(bits) * math.log(count + 1)).exp().floor().cast(pl.Int64).clip(1, count) - 1


def _weighted(bits: pl.Expr, weights: tuple[float, ...]) -> pl.Expr:
    """An index into `weights`, each with its share; UInt32."""
    total = sum(weights)
    table: list[int] = []
    for index, weight in enumerate(weights):
        table += [index] * round(weight / total * 4096)
    table = (table + [len(weights) - 1] * 4096)[:4096]
    return pl.lit(pl.Series(table, dtype=pl.UInt32)).gather(bits % 4096)


def deck(prefixes: int = 100_000, *, long_share: float = 0.2, seed: int = 1) -> pl.DataFrame:
    """Rows of a rate deck: prefix, name, rate (text, a minute), increment (text).

    Of the `prefixes` distinct ones a share of `long_share` has 8 to 11 digits, the others 2 to 7;
    they lie as a deck's do: under some 200 country codes, the long ones under shorter ones.
    """
    index = pl.int_range(prefixes * 2, dtype=pl.UInt64)
    bits = [random_bits(index, seed, 100 + k) for k in range(5)]
    short = _weighted(bits[0], (0, 0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.36))
    length = pl.when(_share(bits[1]) < long_share).then(8 + bits[0] % 4).otherwise(short)
    head = (20 + _rank(bits[2], 200) * 7 % 780).cast(pl.String)
    tail = (10**12 + bits[3] % 10**12).cast(pl.String).str.slice(1)
    rows = pl.select(prefix=(head + tail).str.slice(0, length), bits=bits[4])
    rows = rows.unique("prefix", keep="first", maintain_order=True).head(prefixes)
    if rows.height < prefixes:
        raise ValueError(f"only {rows.height} distinct prefixes came out")
    names, shares = zip(*INCREMENTS, strict=True)
    return rows.select(
        "prefix",
        name="Destination " + pl.col("prefix").str.slice(0, 4),
        rate="0." + (10**6 + 1000 + pl.col("bits") % 399_000).cast(pl.String).str.slice(1),
        increment=pl.lit(pl.Series(names)).gather(_weighted(pl.col("bits") // 2**24, shares)),
    )


def american_deck(prefixes: int = 100_000, *, seed: int = 1) -> pl.DataFrame:
    """As `deck`, each prefix 1 and the six digits of an area code and an office."""
    index = pl.int_range(prefixes * 2, dtype=pl.UInt64)
    bits = random_bits(index, seed, 200)
    offices = pl.select(prefix="1" + _offices(bits), bits=bits // 2**24)
    rows = offices.unique("prefix", keep="first", maintain_order=True).head(prefixes)
    return rows.select(
        "prefix",
        name=pl.lit("United States"),
        rate="0.0" + (10**5 + 100 + pl.col("bits") % 9_900).cast(pl.String).str.slice(1),
        increment=pl.lit("6/6"),
    )


def calls(workload: Workload, prefixes: pl.Series) -> Iterator[pl.DataFrame]:
    """The calls in CALL_SCHEMA, at most `PIECE` of one day in a frame, ordered by account and server."""
    first = 0
    for day, count in workload.calls_by_day():
        for start in range(0, count, PIECE):
            size = min(PIECE, count - start)
            yield _piece(workload, prefixes, day, first + start, size)
        first += count


def _piece(work: Workload, prefixes: pl.Series, day: date, first: int, size: int) -> pl.DataFrame:
    """`size` calls of `day`, numbered from `first`."""
    index = pl.int_range(first, first + size, dtype=pl.UInt64)
    bits = (
        pl.select(index=index)
        .lazy()
        .with_columns(
            random_bits(pl.col("index"), work.seed, k).alias(f"bits_{k}") for k in range(8)
        )
    )
    numbers = bits.select(_numbers(work, prefixes)).sort("account", "server")
    return numbers.select(_columns(work, day)).collect()


def _numbers(work: Workload, prefixes: pl.Series) -> list[pl.Expr]:
    """What is random of a call, as numbers; `prefix` and `tail` make the called number."""
    count = len(prefixes)
    if work.destinations == "uniform":
        rank = (pl.col("bits_0") % count).cast(pl.Int64)
    else:  # the k-th most called lies anywhere in the deck
        rank = _rank(pl.col("bits_0"), count) * 7_919 % count
    hour = _weighted(pl.col("bits_2"), HOUR_WEIGHTS).cast(pl.Int64)
    return [
        pl.col("index"),
        pl.lit(prefixes).gather(rank).alias("prefix"),
        pl.col("bits_1").alias("tail"),
        (hour * 3_600_000_000 + (pl.col("bits_2") // 4096 % 3_600_000_000)).alias("time_us"),
        _rank(pl.col("bits_3"), work.accounts).alias("account"),
        (pl.col("bits_3") % (1 + _rank(pl.col("bits_3"), work.accounts).cast(pl.UInt64) % 3)).alias(
            "server"
        ),
        (_share(pl.col("bits_4")) < ANSWERED).alias("answered"),
        (pl.col("bits_4") % 100).cast(pl.Int64).alias("outcome"),
        (pl.col("bits_5") % 30_000 * 1000).cast(pl.Int64).alias("ring_us"),
        (-(1 - _share(pl.col("bits_6"))).log() * MEAN_DURATION_MS).cast(pl.Int64).alias("ms"),
        pl.col("bits_7").alias("caller"),
    ]


def _digits(bits: pl.Expr, count: int) -> pl.Expr:
    return (10**count + bits % 10**count).cast(pl.String).str.slice(1)


def _offices(bits: pl.Expr) -> pl.Expr:
    """Six digits: of 300 area codes and of 800 offices in each."""
    area = (201 + bits % 300 * 2).cast(pl.String)
    return area + (200 + bits // 2**9 % 800).cast(pl.String)


def _caller(work: Workload) -> pl.Expr:
    if work.american:
        return "1" + _offices(pl.col("caller")) + _digits(pl.col("caller") // 2**20, 4)
    return "4420" + _digits(pl.col("caller"), 8)


def _called(work: Workload) -> pl.Expr:
    """The prefix, filled up to 10 to 13 digits, as most of the world's numbers have; at least 3."""
    digits = pl.col("prefix") + _digits(pl.col("tail"), 12)
    if work.american:
        return digits.str.slice(0, 11)
    length = pl.lit(pl.Series([10, 11, 11, 11, 12, 12, 12, 13])).gather(pl.col("tail") // 2**56 % 8)
    return digits.str.slice(0, pl.max_horizontal(length, pl.col("prefix").str.len_bytes() + 3))


def _columns(work: Workload, day: date) -> list[pl.Expr]:
    """The columns of CALL_SCHEMA from `_numbers`."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    setup = pl.lit(midnight) + pl.duration(microseconds=pl.col("time_us"))
    answered = pl.col("answered")
    answer = setup + pl.duration(microseconds=pl.col("ring_us"))
    end = answer + pl.duration(milliseconds=pl.when(answered).then(pl.col("ms")).otherwise(0))
    accounts = pl.Series([f"{n:04}" for n in range(work.accounts)])
    servers = pl.Series([f"sw-{n:04}-{k}" for n in range(work.accounts) for k in (1, 2, 3)])
    server = pl.col("account") * 3 + pl.col("server").cast(pl.Int64)
    causes = pl.Series(["17", "18", "19", "34"])
    made = {
        "account": pl.lit("account-" + accounts).gather(pl.col("account")),
        "server": pl.lit(servers).gather(server),
        "source": pl.lit("switches"),
        "call_id": _digits(pl.col("tail") // 2**16, 9) + "-" + pl.col("index").cast(pl.String),
        "leg": pl.lit(""),
        "caller": _caller(work),
        "called": _called(work),
        "setup_at": setup,
        "answered_at": pl.when(answered).then(answer),
        "ended_at": end,
        "duration_ms": pl.when(answered).then(pl.col("ms")),
        "cause": pl.when(answered)
        .then(pl.lit("16"))
        .otherwise(pl.lit(causes).gather(pl.col("outcome") % 4)),
        "called_key": number_key(_called(work)),
        "caller_head": number_head(_caller(work)),
        "matched_by": pl.lit("server " + servers).gather(server),
        "file": pl.lit("made-up.csv"),
        "line": pl.col("index").cast(pl.Int64) + 2,
    }
    # a call set up late at night is answered, and so billed, on the next day
    made["day"] = pl.coalesce(made["answered_at"], made["setup_at"]).dt.date()
    return [
        made.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in CALL_SCHEMA.items()
    ]


def write_lake(work: Workload, prefixes: pl.Series, folder: Path) -> list[Path]:
    """The calls as Parquet files as the lake keeps them: `day=…/`, ordered by account and server, zstd 1."""
    files = []
    for number, piece in enumerate(calls(work, prefixes)):
        for (day,), part in piece.partition_by("day", as_dict=True).items():
            file = folder / f"day={day}" / f"part-{number:05}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            part.drop("day").write_parquet(
                file, compression="zstd", compression_level=1, row_group_size=ROW_GROUP_ROWS
            )
            files.append(file)
    return files


def write_csv(work: Workload, prefixes: pl.Series, file: Path) -> None:
    """The calls as one CSV file of the format `minutebook`, ordered by time within a piece."""
    names = ["call_id", "server", "caller", "called", "setup_at", "answered_at", "ended_at"]
    names += ["duration_ms", "account", "cause"]
    instants = [pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ") for name in names[4:7]]
    with file.open("wb") as out:
        for number, piece in enumerate(calls(work, prefixes)):
            rows = piece.sort("setup_at").select(names).with_columns(instants)
            rows.write_csv(out, include_header=number == 0)
