"""Two sides' records of the same calls, held against each other (contract: `reconcile`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import rated_frame
from minutebook.billing.schedule import Schedule
from minutebook.billing.statement import days_between
from minutebook.calls.lake import as_files
from minutebook.calls.reading import InputFile, Reading
from minutebook.calls.sides import AMOUNT, SIDE_SCHEMA, recorded_calls
from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.review.matching import matched
from minutebook.review.reconciling import UNEXPLAINED, Difference, compared, differences

if TYPE_CHECKING:
    from decimal import Decimal

    from minutebook.calls.lake import Lake
    from minutebook.calls.source import Source
    from minutebook.card_store import CardStore
    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Database

LAKE = "lake"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """Calls, their talk, and their amount; of a difference ours less theirs."""

    calls: int
    duration_ms: int
    units: int

    @property
    def amount(self) -> Decimal:
        return money.decimal_of_units(self.units)

    def to_json(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "seconds": self.duration_ms / 1000,
            "amount": money.text(self.amount),
        }


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What two sides have, and where they differ.

    `calls` are the differing calls, one row a difference, for the other side. `shifts` are runs of
    days on which their clock was ahead: (first day, last day, seconds).
    """

    first: date
    last: date
    ours: Sum
    theirs: Sum
    classes: dict[Difference, Sum]
    unexplained: Sum
    matched_calls: int
    shifts: tuple[tuple[date, date, int], ...]
    priced_by_us: bool
    broken: int
    calls: pl.DataFrame

    @property
    def words(self) -> list[str]:
        """The likely causes, in sentences."""
        said = []
        if not self.matched_calls:
            said.append(
                "The two sides share no call: these are other calls, another period, or numbers and"
                " times that cannot be brought together."
            )
        for begin, end, seconds in self.shifts:
            ahead = "ahead" if seconds > 0 else "behind"
            said.append(f"Their times are {abs(seconds):,} s {ahead} from {begin} to {end}.")
        for what, found in self.classes.items():
            if found.calls:
                amount = money.text(found.amount)
                said.append(_WORDS[what].format(calls=_counted(found.calls), amount=amount))
        if self.unexplained.calls:
            said.append(
                f"Explained by no class: {_counted(self.unexplained.calls)},"
                f" {money.text(self.unexplained.amount)}."
            )
        if self.priced_by_us:
            said.append("Their records carry no amounts: they are priced as the account is.")
        if self.broken:
            said.append(
                f"{self.broken:,} records of the files could not be understood, and are left out."
            )
        return said

    def to_json(self) -> dict[str, Any]:
        """As `minutebook reconcile --format json` prints it (contract)."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "ours": self.ours.to_json(),
            "theirs": self.theirs.to_json(),
            "matched": self.matched_calls,
            "classes": [
                {"class": str(what), **found.to_json()} for what, found in self.classes.items()
            ],
            "unexplained": self.unexplained.to_json(),
            "shifts": [
                {"from": begin.isoformat(), "to": end.isoformat(), "seconds": seconds}
                for begin, end, seconds in self.shifts
            ],
            "not_understood": self.broken,
            "words": self.words,
        }


_WORDS = {
    Difference.MISSING_OURS: "Theirs alone, not in our records: {calls}, {amount}.",
    Difference.MISSING_THEIRS: "Ours alone, not in their records: {calls}, {amount}.",
    Difference.DUPLICATE: "More than once on one side: {calls}, {amount}.",
    Difference.DURATION: "Longer or shorter: {calls}, {amount}.",
    Difference.CLOCK: "At another time of day: {calls}.",
    Difference.DAY_BOUNDARY: "Within these days on one side alone: {calls}, {amount}.",
    Difference.RATE: "By another rate: {calls}, {amount}.",
    Difference.INCREMENT: "Billed by another increment: {calls}, {amount}.",
    Difference.ROUNDING: "Rounded otherwise: {calls}, {amount}.",
    Difference.CONNECT_FEE: "With another connect fee: {calls}, {amount}.",
}


def _counted(calls: int) -> str:
    return f"{calls:,} call{'' if calls == 1 else 's'}"


def reconcile(
    database: Database,
    lake: Lake,
    cards: CardStore,
    ours: str,
    theirs: str,
    first: date,
    last: date,
    *,
    account: str | None = None,
    format: str = "auto",
    source: str | None = None,
    tolerance_s: int = 5,
) -> Reconciliation:
    """Two sides' calls of a period. A side is `lake`, or the path of a file of call records.

    `account` says whose calls of the lake are meant, and prices records without amounts; `source`
    says what files cannot say of themselves.
    """
    days_between(first, last)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    if account is not None:
        carrier.account_named(account)
    declared = None if source is None else carrier.sources.get(source)
    if source is not None and declared is None:
        raise InputError(f"source {source!r} is not declared; declare [source.{source}]")
    schedule = Schedule(carrier)
    sides, broken = [], 0
    for side in (ours, theirs):
        if side == LAKE:
            calls = _of_lake(lake, account, first, last)
        else:
            calls, wrong = _of_file(side, format, declared, carrier, account, first, last)
            broken += wrong
        sides.append(calls.with_row_index("n"))
    priced_by_us = sides[1][AMOUNT].null_count() > 0
    for which, records in zip((ours, theirs), sides, strict=True):
        if records.is_empty():
            raise InputError(f"{which} has no calls from {first} to {last}; choose other days")
    mine, other = (_with_amounts(calls, schedule, cards, first, last) for calls in sides)
    matching = matched(_matchable(mine), _matchable(other), tolerance_s * 1_000_000)
    pairs = compared(matching, mine, other)
    found, _changes = differences(_repriced(pairs, mine, schedule, cards), matching, mine, other)
    classes = {what: _sum(found.filter(pl.col("difference") == what.value)) for what in Difference}
    return Reconciliation(
        first=first,
        last=last,
        ours=_total(mine),
        theirs=_total(other),
        classes=classes,
        unexplained=_sum(found.filter(pl.col("difference") == UNEXPLAINED)),
        matched_calls=matching.pairs.height,
        shifts=_runs(matching.shifts),
        priced_by_us=priced_by_us,
        broken=broken,
        calls=_shown(found, mine, other),
    )


def _of_lake(lake: Lake, account: str | None, first: date, last: date) -> pl.DataFrame:
    """The lake's calls of the period, and of a day around it."""
    begin, end = first - ONE_DAY, last + ONE_DAY
    files = as_files(lake.snapshot().frame.filter(pl.col("day").is_between(begin, end)))
    calls = lake.scan(files)
    if account is not None:
        calls = calls.filter(pl.col("account") == account)
    named = calls.with_columns(pl.lit(None, pl.Int64).alias(AMOUNT)).select(SIDE_SCHEMA.keys())
    return named.collect(engine="streaming")


def _of_file(
    path: str,
    format: str,
    source: Source | None,
    carrier: Carrier,
    account: str | None,
    first: date,
    last: date,
) -> tuple[pl.DataFrame, int]:
    reading = Reading([InputFile.of(Path(path))], format, source, carrier.sources, None)
    calls, broken = recorded_calls(reading, carrier.directory())
    if account is not None:
        calls = calls.with_columns(account=pl.lit(account))
    inside = pl.col("day").is_between(first - ONE_DAY, last + ONE_DAY)
    return calls.filter(inside), broken


def _with_amounts(
    side: pl.DataFrame, schedule: Schedule, cards: CardStore, first: date, last: date
) -> pl.DataFrame:
    """A side with `units` (its own amounts, else by the account's prices), `at` and `inside`."""
    priced = _priced(side.filter(pl.col(AMOUNT).is_null()), schedule, cards)
    ours = side.select("n").join(priced.select("n", "cost_units"), on="n", how="left")
    return side.with_columns(
        at=pl.coalesce("answered_at", "setup_at").dt.epoch("us"),
        inside=pl.col("day").is_between(first, last),
        units=pl.coalesce(AMOUNT, ours.sort("n")["cost_units"], pl.lit(0, pl.Int64)),
        duration_ms=pl.col("duration_ms").fill_null(0),
    ).drop(AMOUNT)


def _priced(calls: pl.DataFrame, schedule: Schedule, cards: CardStore) -> pl.DataFrame:
    length = pl.col("duration_ms")
    needed = ("n", "day", "account", "called", "called_key", "setup_at", "answered_at")
    silent = calls.select(*needed, pl.when(length > 0).then(length).alias("duration_ms"))
    return rated_frame(silent, schedule, cards)


def _matchable(side: pl.DataFrame) -> pl.DataFrame:
    text = [pl.col(name).fill_null("") for name in ("call_id", "caller", "called")]
    return side.select(pl.col("n").cast(pl.UInt32), *text, "at", "duration_ms")


def _repriced(
    pairs: pl.DataFrame, ours: pl.DataFrame, schedule: Schedule, cards: CardStore
) -> pl.DataFrame:
    """The pairs with our price of their duration; where the durations agree, what we have."""
    calls = ours.join(pairs.select("duration_ms_theirs", n="ours"), on="n").with_columns(
        duration_ms="duration_ms_theirs"
    )
    priced = _priced(calls, schedule, cards).select(
        "numerator",
        "rate_units",
        "connect_fee_units",
        "billed_seconds",
        "prefix",
        ours="n",
        repriced="cost_units",
    )
    as_long = pl.col("duration_ms") == pl.col("duration_ms_theirs")
    return pairs.join(priced, on="ours", how="left").with_columns(
        repriced=pl.when(as_long).then("units").otherwise(pl.coalesce("repriced", "units"))
    )


def _sum(found: pl.DataFrame) -> Sum:
    return Sum(found.height, int(found["ms"].sum()), int(found["units"].cast(pl.Int128).sum()))


def _total(side: pl.DataFrame) -> Sum:
    inside = side.filter("inside")
    units = int(inside["units"].cast(pl.Int128).sum())
    return Sum(inside.height, int(inside["duration_ms"].sum()), units)


def _runs(shifts: pl.DataFrame) -> tuple[tuple[date, date, int], ...]:
    """Days in a row on which their clock was as far ahead."""
    runs: list[tuple[date, date, int]] = []
    for number, shift in shifts.select("day", "shift").iter_rows():
        day, seconds = _EPOCH + timedelta(days=number), shift // 1_000_000
        if not seconds:
            continue
        if runs and runs[-1][2] == seconds and runs[-1][1] + ONE_DAY == day:
            runs[-1] = (runs[-1][0], day, seconds)
        else:
            runs.append((day, day, seconds))
    return tuple(runs)


def _shown(found: pl.DataFrame, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The differing calls as both sides have them, amounts as decimals."""
    names = ["call_id", "caller", "called", "setup_at", "answered_at", "ended_at"]

    def side(frame: pl.DataFrame, name: str) -> pl.DataFrame:
        seconds = (pl.col("duration_ms") / 1000).alias("seconds")
        shown = frame.select("n", *names, seconds, amount=money.amounts(pl.col("units")))
        return shown.rename({c: f"{name}_{c}" for c in shown.columns if c != "n"})

    return (
        found.join(side(ours, "our"), left_on="ours", right_on="n", how="left")
        .join(side(theirs, "their"), left_on="theirs", right_on="n", how="left")
        .with_columns(difference_amount=money.amounts(pl.col("units")))
        .drop("ours", "theirs", "ms", "units")
        .sort("difference", "our_answered_at", "their_answered_at", nulls_last=True)
    )
