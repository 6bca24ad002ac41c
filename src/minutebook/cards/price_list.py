"""A card as a price list: what its rows say by country and destination, and what changes when
(docs/rules/cards.md, "A price list").

Rows are those of a deck with what its card says in them (`show.deck_rows`): cells of text by the names of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from minutebook.cards.building.changes import PriceChange
from minutebook.cards.countries import country_codes, country_name
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from minutebook.cards.classes import PriceClasses

Row = dict[str, Any]
_NO_PRICE: Final = ("prefix", "name", "currency")
_TERMS: Final = (
    "steps", "minimum_cost", "maximum_cost", "free_call_up_to", "free_seconds", "attempt_fee", "rounding", "precision",
    "duration_rounding", "pulse_anchor",
)  # fmt: skip
"""What few cards say of a price beside its rate, fee and increment."""


@dataclass(frozen=True, slots=True, repr=False)
class PriceLine(Shown):
    """A destination at one price."""

    country: str | None
    """Two letters, as GB; None: of no country."""
    country_name: str | None
    """In English; None likewise."""
    name: str | None
    """The destination's."""
    prefixes: tuple[str, ...]
    """Those that have this price, in order."""
    status: str
    """"open" or "blocked"."""
    rate: Decimal | None
    """A minute; None where blocked, or priced by steps or bands alone."""
    connect_fee: Decimal | None
    """Of an answered call; None: as the plan says."""
    increment: str | None
    """In seconds, as 60/6; None likewise."""
    bands: dict[str, Decimal]
    """Rates a minute by band, of those that have one."""
    terms: dict[str, str]
    """What else the price has, by the names of a deck's columns: `steps`, `minimum_cost`, …"""


@dataclass(frozen=True, slots=True, repr=False)
class PriceTurn(Shown):
    """A destination whose price changes at an instant."""

    at: datetime
    """From when."""
    change: str
    """"new", "dearer", "cheaper", "changed", "blocked" or "removed"."""
    before: PriceLine | None
    """The price until then; None: there was none."""
    after: PriceLine | None
    """The price from then on; None: there is none."""

    @property
    def line(self) -> PriceLine:
        """The destination and the prefixes: those of the price to come, where there is one."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True, repr=False)
class PriceList(Shown):
    """A card as a price list at an instant."""

    card: str
    """The card's name."""
    revision: int
    """The revision in force at `at`."""
    currency: str
    """Of all prices."""
    at: datetime
    """The instant whose prices these are."""
    since: datetime
    """From when the revision is in force; the first instant of all: ever."""
    lines: tuple[PriceLine, ...]
    """The prices, by country, destination and prefix."""
    turns: tuple[PriceTurn, ...]
    """What the revision changed when it came in force, and what those to come change, by date."""
    classes: PriceClasses | None = None
    """What its prices differ by beside the prefix."""


def price_lines(rows: Mapping[str, Row]) -> list[PriceLine]:
    """Rows by prefix as lines: prefixes of one country and destination at one price are one."""
    return [
        _line(place, [row["prefix"] for row in group], group[0])
        for place, group in _grouped(rows.values(), _said)
    ]


def price_turns(
    before: Mapping[str, Row], after: Mapping[str, Row], at: datetime
) -> list[PriceTurn]:
    """What numbers are charged otherwise from an instant on, by destination: of each prefix of either the longest that prices it."""
    turns = []
    for prefix in before.keys() | after.keys():
        was, now = _charged(before, prefix), _charged(after, prefix)
        change = _change(was, now)
        if change is not None:
            own = [row for row in (now, was) if row and row["prefix"] == prefix]
            name = own[0]["name"]
            turns.append({"prefix": prefix, "name": name, "change": change, "was": was, "now": now})
    turns.sort(key=lambda turn: str(turn["prefix"]))

    def alike(turn: Row) -> tuple[Any, ...]:
        return (turn["change"], *(one and _said(one) for one in (turn["was"], turn["now"])))

    found = []
    for place, group in _grouped(turns, alike):
        prefixes, first = [turn["prefix"] for turn in group], group[0]
        both = (
            None if row is None else _line(place, prefixes, row)
            for row in (first["was"], first["now"])
        )
        found.append(PriceTurn(at, str(first["change"]), *both))
    return found


def _line(place: tuple[str | None, str | None], prefixes: list[str], row: Row) -> PriceLine:
    shut = row["status"] == "blocked"
    said = {} if shut else {key: cell for key, cell in row.items() if cell is not None}
    return PriceLine(
        country=place[0],
        country_name=country_name(place[0]),
        name=place[1],
        prefixes=tuple(prefixes),
        status=row["status"],
        rate=_amount(said.get("rate")),
        connect_fee=_amount(said.get("connect_fee")),
        increment=_increment(said),
        bands={
            key.removeprefix("rate "): Decimal(cell)
            for key, cell in said.items()
            if key.startswith("rate ")
        },
        terms={
            key: str(cell)
            for key, cell in said.items()
            if key in _TERMS or key.startswith("connect_fee ")
        },
    )


def _amount(cell: str | None) -> Decimal | None:
    return None if cell is None else Decimal(cell)


def _increment(said: Row) -> str | None:
    found = said.get("increment", said.get("minimum"))
    return None if found is None else str(found)


def _said(row: Row) -> tuple[Any, ...]:
    """All that a row says of its price, to be held against another's; of a blocked one that alone."""
    if row["status"] == "blocked":
        return ("blocked",)
    cells = ((key, cell) for key, cell in row.items() if key not in _NO_PRICE and cell is not None)
    return tuple(sorted((key, str(cell)) for key, cell in cells))


def _charged(rows: Mapping[str, Row], prefix: str) -> Row | None:
    """The row that prices the numbers that a prefix begins; None: none does."""
    for length in range(len(prefix), 0, -1):
        if (found := rows.get(prefix[:length])) is not None:
            return found
    return None


def _change(was: Row | None, now: Row | None) -> PriceChange | None:
    had = was is not None and was["status"] == "open"
    if now is None or now["status"] != "open":
        gone = PriceChange.REMOVED if now is None else PriceChange.BLOCKED
        return gone if had else None
    if was is None or not had:
        return PriceChange.NEW
    if _said(was) == _said(now):
        return None
    ways = _ways(was, now)
    if ways == {1}:
        return PriceChange.DEARER
    return PriceChange.CHEAPER if ways == {-1} else PriceChange.CHANGED


def _ways(was: Row, now: Row) -> set[int]:
    """Whether rates rise (1) or fall (-1), those of each class too, which are the row's own where it says none of it; 0:
    one comes or goes.
    """
    rates = {key for row in (was, now) for key in row if key == "rate" or key.startswith("rate ")}
    ways = set()
    for key in rates:
        before, after = (row.get(key) or row.get("rate") for row in (was, now))
        if before is None or after is None:
            ways |= {0} if before != after else set()
        elif Decimal(before) != Decimal(after):
            ways.add(1 if Decimal(after) > Decimal(before) else -1)
    return ways


def _grouped(
    rows: Iterable[Row], alike: Callable[[Row], tuple[Any, ...]]
) -> list[tuple[tuple[str | None, str | None], list[Row]]]:
    """Rows of one country and destination that are alike, in order of country, destination and prefix."""
    rows = list(rows)
    if not rows:
        return []
    countries = country_codes(pl.Series("prefix", [row["prefix"] for row in rows], pl.String))[0]
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row, country in zip(rows, countries.to_list(), strict=True):
        found.setdefault((country, row["name"], alike(row)), []).append(row)

    def order(one: tuple[tuple[Any, ...], list[Row]]) -> tuple[Any, ...]:
        (country, name, _), group = one
        return (country is None, country_name(country) or "", name or "", group[0]["prefix"])

    return [((key[0], key[1]), group) for key, group in sorted(found.items(), key=order)]
