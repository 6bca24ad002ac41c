"""The laws of prices that differ by several things at once, held against a reference that looks each of them up alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_bands import LONGEST_MS, ZONES, Week
from tests.properties.test_bands import calls as instants
from tests.properties.test_jurisdictions import numbering_of, plainly

from minutebook.cards.bands import DAYS, Bands, BandTime
from minutebook.cards.callers import Callers
from minutebook.cards.classes import of_parts
from minutebook.cards.combined import Combined, check_combined
from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.decks import DECK_SCHEMA, read_deck
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.number_key import number_head
from minutebook.cards.origins import Origins
from minutebook.cards.revision import Card, Revision
from minutebook.cards.tariff import Increment, Tally, Terms
from minutebook.errors import InputError
from minutebook.money import NUMERATOR_UNITS, UNITS, Method, Rounding
from minutebook.rating.calls import described, rated
from minutebook.rating.countries import Countries
from minutebook.rating.lookups import LookUps
from minutebook.rating.single import price_one
from minutebook.rating.steps import CostBefore
from minutebook.rating.table import RateTable
from minutebook.show.deck_export import deck_file

if TYPE_CHECKING:
    from minutebook.cards.combined import PriceClass

STATES = {"201200": "NJ", "212555": "NY", "646555": "NY", "416555": "ON"}
PORTED = {"12012000007": "12125550000", "12125550009": "12012000000"}
COUNTRIES = Countries.of(country_prefixes())
US_NUMBERS = ("12012000007", "12012000100", "12125550009", "12125550100", "16465550100")
NUMBERS = (*US_NUMBERS, "14165550100", "442079460123")
GROUP = Origins(("US", "GB"), ("CA",))
COUNTRY = {"120": "US", "121": "US", "164": "US", "141": "CA", "442": "GB"}
CALLERS = Callers(("1", "1212"))
ROWS = ("1", "1212", "44")
OWN = (5, 11)
"""A row's own rate and fee."""
COLUMNS = {Bands: "band", Jurisdictions: "jurisdiction", Origins: "origin", Callers: "caller_prefix"}  # fmt: skip
CALL_SCHEMA = {
    "caller": pl.String,
    "called": pl.String,
    "answered_at": pl.Datetime("us", "UTC"),
    "duration_ms": pl.Int64,
}
calls = st.builds(
    lambda caller, called, call, ms: (caller, called, call[1], ms),
    st.none() | st.sampled_from(NUMBERS),
    st.sampled_from(NUMBERS),
    instants,
    st.one_of(st.integers(0, 9_000_000), st.integers(0, 400_000), st.none()),
)


@dataclass(frozen=True)
class Kinds:
    """What prices differ by, and how a reference tells the name of each."""

    week: Week | None
    by: tuple[PriceClass, ...]

    @property
    def classes(self) -> Combined:
        found = of_parts(self.by)
        assert isinstance(found, Combined)
        return check_combined(found)

    @property
    def lrn(self) -> bool:
        return any(isinstance(part, Jurisdictions) for part in self.by)

    def names(self, caller: str | None, called: str, at: datetime) -> tuple[str, ...]:
        return tuple(self.name(part, caller, called, at) for part in self.by)

    def name(self, part: PriceClass, caller: str | None, called: str, at: datetime) -> str:
        routed = PORTED.get(called, called) if self.lrn else called
        ours, theirs = (COUNTRY.get((one or "")[:3]) for one in (caller, routed))
        match part:
            case Bands():
                assert self.week is not None
                return self.week.band(at)
            case Jurisdictions():
                return plainly(caller, called, STATES, PORTED)[0]
            case Origins():
                if ours and ours == theirs:
                    return "local"
                return "group" if ours in ("US", "GB") and theirs == "CA" else "international"
            case Callers():
                heads = [p for p in part.prefixes if (caller or "").startswith(p)]
                return max(heads, key=len) if heads else "other"


@st.composite
def kinds(draw: st.DrawFn) -> tuple[Kinds, bool]:
    """Two, three or four things, and whether each second is by its own band."""
    split = draw(st.sampled_from([True, True, False]))
    zone = draw(st.sampled_from(ZONES))
    hours = [(hour, hour + 1, ("peak", "night")[hour % 2]) for hour in range(23)]
    week = Week(zone, {day: hours for day in DAYS if day != "holiday"}, (), "rest")
    every = (week.told(split=split), Jurisdictions(lrn=True), GROUP, CALLERS)
    wanted = draw(st.sets(st.sampled_from(range(4)), min_size=2).filter(lambda s: len(s) > 1))
    parts = tuple(every[n] for n in sorted(wanted))
    return Kinds(week if 0 in wanted else None, parts), split


@st.composite
def priced_rows(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, dict[str, tuple[int, int]]]:
    """By prefix, of some classes a rate and a fee; of the others what the row says."""
    random = Random(draw(st.integers(0, 999)))
    return {
        prefix: {name: (random.choice((0, 7, 10**6, UNITS)), random.choice((0, 123))) for name in names if random.random() < 0.8}
        for prefix in ROWS
    }  # fmt: skip


def deck_of(rows: dict[str, dict[str, tuple[int, int]]]) -> pl.DataFrame:
    base = dict.fromkeys(DECK_SCHEMA) | {"status": "open"}
    base |= {"rate": OWN[0], "connect_fee": OWN[1]}
    fields = ("band", "rate", "connect_fee")
    told = [
        base | {"prefix": p, "rates": [dict(zip(fields, (n, *price), strict=True)) for n, price in rates.items()] or None}
        for p, rates in rows.items()
    ]  # fmt: skip
    return pl.DataFrame(told, schema=DECK_SCHEMA)


@settings(max_examples=14, deadline=None)
@given(kinds(), st.lists(calls, min_size=1, max_size=5), st.data())
def test_a_call_costs_what_its_row_says_of_all_that_it_is(
    made: tuple[Kinds, bool], found: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    """Split by its seconds too, over changes of clocks; alone and among others alike."""
    by, split = made
    rows = data.draw(priced_rows(by.classes.names))
    increment = data.draw(st.sampled_from([Increment(1, 1), Increment(60, 6)]))
    table = RateTable.of_card(
        deck_of(rows),
        plan=Terms(increment=increment, rounding=Rounding(Method.NONE)),
        card=Terms(bands=by.classes),
        tally=Tally.CALL,
        lookups=LookUps(numbering_of(STATES, PORTED) if by.lrn else None, COUNTRIES),
    )
    lazy = pl.LazyFrame(found, schema=CALL_SCHEMA, orient="row")
    priced = described(rated(lazy, table, LONGEST_MS), table).collect(engine="streaming")
    heads = lazy.with_columns(caller_head=number_head(pl.col("caller")), caller=pl.lit("unread"))
    by_head = described(rated(heads, table, LONGEST_MS), table).select(priced.columns)
    assert by_head.drop("caller").collect(engine="streaming").equals(priced.drop("caller"))
    for call, told in zip(found, priced.iter_rows(named=True), strict=True):
        caller, called, at, ms = call
        routed = PORTED.get(called, called) if by.lrn else called
        rates = rows[max((p for p in ROWS if routed.startswith(p)), key=len)]
        billed = 0
        while billed * 1000 < (ms or 0):
            billed += increment.pulse_s if billed else increment.minimum_s
        assert told["billed_seconds"] == billed
        held = by.names(caller, called, at)
        rate, fee = rates.get(" ".join(held), OWN)
        cost = 60 * fee + billed * rate if billed else 0
        if split and by.week is not None:
            seconds = (at + timedelta(seconds=n) for n in range(billed))
            names = (" ".join((by.week.band(second), *held[1:])) for second in seconds)
            cost = (60 * fee if billed else 0) + sum(rates.get(name, OWN)[0] for name in names)
        assert told["numerator"] == cost
        if ms is not None and any(rows.values()):
            assert tuple(told[COLUMNS[type(part)]] for part in by.by) == held
    caller, called, at, ms = found[0]
    alone = price_one(called, None if ms is None else Decimal(ms).scaleb(-3), table, at, caller)
    assert alone.cost == Decimal(priced["cost_units"][0]).scaleb(-10)
    paid = [
        part for step in alone.explanation if isinstance(step, CostBefore) for part in step.parts
    ]
    assert sum(seconds for seconds, _ in paid) == alone.billed_seconds
    if paid:
        whole = sum(seconds * Fraction(rate) for seconds, rate in paid) / 60
        fee_paid = alone.connect_fee if alone.billed_seconds else 0
        assert whole + Fraction(fee_paid or 0) == Fraction(priced["numerator"][0], NUMERATOR_UNITS)


PEAK = Bands("UTC", (BandTime("peak", ("mon",), 0, 3600), BandTime("Off-Peak")))
WRITTEN = (
    check_combined(Combined((PEAK, Jurisdictions()))),
    check_combined(Combined((PEAK, Callers(("1", "12"))))),
    check_combined(Combined((PEAK, Jurisdictions(), Origins(), Callers(("1",))))),
)
FIELD = {Bands: "Time Slot", Jurisdictions: "Jurisdiction", Origins: "Origin", Callers: "ANI"}
Said = dict[tuple[str | None, ...], Decimal]


def holding(classes: Combined, said: Said, own: Decimal | None) -> dict[str, Decimal] | None:
    """By class what a row costs by all that it says; None where nothing does, or two things do."""
    found = {}
    for place in product(*(part.names for part in classes.parts)):
        of = {one: rate for one, rate in said.items() if all(map(_covers, one, place))}
        most = {
            rate
            for one, rate in of.items()
            if not any(one != other and all(map(_covers, one, other)) for other in of)
        }
        most = most or {own} - {None}
        if len(most) != 1:
            return None
        found[" ".join(place)] = most.pop()
    return found


def _covers(one: str | None, other: str | None) -> bool:
    """Whether a name, or a beginning of the caller's number, takes in another."""
    prefixes = (one or "").isdigit() and (other or "").isdigit()
    return one is None or one == other or (prefixes and str(other).startswith(str(one)))


@st.composite
def said_prices(draw: st.DrawFn, classes: Combined) -> tuple[Said, Decimal | None]:
    """What a row says of classes and of parts of them, and its own rate."""
    random = Random(draw(st.integers(0, 9999)))
    names = list(product(*((*part.names, None) for part in classes.parts)))
    few = random.sample(names, random.randint(1, min(len(names), 9)))
    if random.random() < 0.5:  # one of each alike: nothing is open
        part = random.randrange(len(classes.parts))
        few = [one for one in names if sum(n is not None for n in one) == 1 and one[part]]
        few += random.sample(names, 2)
    said = {one: Decimal(random.randint(1, 9)) / 100 for one in few if any(one)}
    own = Decimal("0.5")
    return said, random.choice((None, own)) if said else own


def written(classes: Combined, said: Said, own: Decimal | None, form: str, random: Random) -> str:
    """A deck of one prefix that says so: by columns, by rows, or by rows of the first part and columns of the others."""
    fields = [FIELD[type(part)] for part in classes.parts]
    rows: dict[tuple[str | None, ...], dict[str, str]] = {}
    headings: dict[tuple[str | None, ...], str] = {}
    for one, rate in said.items():
        of_row = {"columns": (), "rows": one, "one": one, "both": one[:1]}[form]
        within = one[len(of_row) :]
        if any(within) and within not in headings:
            words = [name for name in within if name]
            random.shuffle(words)
            headings[within] = random.choice(
                (
                    " ".join(words),
                    f"{words[0]} rate {' '.join(words[1:])}",
                    f"{'_'.join(words)}_rate",
                    f"Rate ({' '.join(words)})",
                )
            )
        rows.setdefault(of_row, {})[headings.get(within, "Rate")] = str(rate)
    named = {"columns": 0, "rows": len(fields), "one": len(fields), "both": 1}[form]
    silent = (None,) * named
    if own is not None:
        rows.setdefault(silent, {})["Rate"] = str(own)
    columns = ["Rate", *headings.values()]
    lines = [
        "Prefix," + ",".join([*(["Band"] if form == "one" else fields[: len(silent)]), *columns])
    ]
    for of_row, cells in rows.items():
        names = [name or "" for name in of_row]
        cells_named = [" ".join(filter(None, names))] if form == "one" else names
        lines.append(",".join(["44", *cells_named, *(cells.get(column, "") for column in columns)]))
    return "\n".join(lines)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(WRITTEN), st.sampled_from(["columns", "rows", "one", "both"]), st.data())
def test_of_what_a_deck_says_of_a_class_that_which_names_most_of_it_holds(
    classes: Combined, form: str, data: st.DataObject
) -> None:
    """However it is written; two that name as much and differ are refused. What is exported goes in again alike."""
    said, own = data.draw(said_prices(classes))
    right = holding(classes, said, own)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "deck.csv"
        file.write_text(written(classes, said, own, form, Random(1)))
        if right is None:
            with pytest.raises(InputError, match=r"prefix 44 has (no price in|one rate for)"):
                read_deck(file, bands=classes)
            return
        deck = read_deck(file, bands=classes)
        assert rates_of(deck.frame, classes) == right, file.read_text()
        one = Revision(
            "a", 1, None, "", 1, "deck.csv", deck.terms, datetime(2026, 10, 1, tzinfo=UTC)
        )
        kind = data.draw(st.sampled_from(["csv", "json", "xlsx"]))
        file = Path(folder) / f"again.{kind}"
        file.write_bytes(deck_file(Card("a", "USD", (one,)), one, deck.frame, kind).content)
        assert read_deck(file, bands=classes).frame.equals(deck.frame)


def rates_of(frame: pl.DataFrame, classes: Combined) -> dict[str, Decimal]:
    """What the first row costs in each class."""
    row = frame.row(0, named=True)
    of = {one["band"]: one["rate"] for one in row["rates"] or ()}
    return {name: Decimal(of.get(name, row["rate"])).scaleb(-10) for name in classes.names}
