"""Price lists as every door shows them: a model, rows of tables, a page and a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from annotated_doc import Doc

from minutebook import money
from minutebook.days import instant_text
from minutebook.show.cards import live_text
from minutebook.show.price_classes import class_heading, classes_told
from minutebook.show.serialise import Form, Instant, Rate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from minutebook.cards.price_list import PriceLine, PriceList, PriceTurn

_ELSEWHERE: Final = "Other numbers"
"""Where a prefix is of no country."""
TERM_HEADINGS: Final = {
    "steps": "Steps",
    "minimum_cost": "Least of a call",
    "maximum_cost": "Most of a call",
    "free_call_up_to": "Free up to (s)",
    "free_seconds": "Free seconds",
    "attempt_fee": "Attempt fee",
}
TURN_HEADINGS: Final = {
    "at": "From (UTC)",
    "name": "Destination",
    "country": "Country",
    "prefix": "Prefixes",
    "change": "Change",
    "rate_before": "Rate before",
    "rate_after": "Rate after",
    "increment_before": "Increment before (s)",
    "increment_after": "Increment after (s)",
    "also": "Other terms",
}
_WORDS: Final = {
    "new": "new", "dearer": "increase", "cheaper": "decrease", "changed": "terms", "blocked": "ends", "removed": "ends",
}  # fmt: skip
_SOME_HAVE: Final = ("rate_before", "rate_after", "also")


@dataclass(frozen=True)
class PriceLineView:
    """A destination at one price."""

    country: Annotated[str | None, Doc("two letters, as `GB`; null: of no country")]
    country_name: Annotated[str | None, Doc("in English; null likewise")]
    name: Annotated[str | None, Doc("of the destination")]
    prefixes: Annotated[list[str], Doc("those that have this price, in order")]
    status: Annotated[str, Doc('`"open"` or `"blocked"`')]
    rate: Annotated[Rate | None, Doc("a minute; null: blocked, or priced by steps or bands alone")]
    connect_fee: Annotated[Rate | None, Doc("of an answered call; null: as the plan says")]
    increment: Annotated[str | None, Doc('seconds, `"60/6"`; null likewise')]
    bands: Annotated[dict[str, str], Doc("rates a minute by band, of those that have one")]
    terms: Annotated[
        dict[str, str], Doc("what else the price has: `steps`, `minimum_cost`, `free_seconds` …")
    ]

    @classmethod
    def of_line(cls, line: PriceLine) -> PriceLineView:
        """A line, as doors show it."""
        bands = {band: money.text(rate, 0) for band, rate in line.bands.items()}
        return cls(
            line.country, line.country_name, line.name, list(line.prefixes), line.status, line.rate, line.connect_fee,
            line.increment, bands, line.terms,
        )  # fmt: skip


@dataclass(frozen=True)
class PriceTurnView:
    """A destination whose price changes at an instant."""

    at: Annotated[Instant, Doc("from when")]
    change: Annotated[
        str, Doc('`"new"`, `"dearer"`, `"cheaper"`, `"changed"`, `"blocked"`, `"removed"`')
    ]
    before: Annotated[PriceLineView | None, Doc("the price until then; null: there was none")]
    after: Annotated[PriceLineView | None, Doc("the price from then on; null: there is none")]


@dataclass(frozen=True)
class PriceListView:
    """A card as a price list."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("the revision in force at `at`")]
    currency: Annotated[str, Doc("of all prices")]
    at: Annotated[Instant, Doc("the instant whose prices these are")]
    since: Annotated[
        datetime,
        Form("instant or always", live_text),
        Doc('from when the revision is in force; `"always"`: ever'),
    ]
    prices: Annotated[list[PriceLineView], Doc("by country, destination and prefix")]
    classes: Annotated[
        list[str],
        Doc("which calls have which of the prices in `bands`, in words; empty: there are none"),
    ]
    changes: Annotated[
        list[PriceTurnView],
        Doc("what the revision changed when it came in force, and what those to come change"),
    ]

    @classmethod
    def of_list(cls, found: PriceList) -> PriceListView:
        """A price list, as doors show it."""
        views = [
            [
                None if one is None else PriceLineView.of_line(one)
                for one in (turn.before, turn.after)
            ]
            for turn in found.turns
        ]
        return cls(
            found.card, found.revision, found.currency, found.at, found.since, list(map(PriceLineView.of_line, found.lines)),
            price_notes(found),
            [PriceTurnView(turn.at, turn.change, *both) for turn, both in zip(found.turns, views, strict=True)],
        )  # fmt: skip


def price_headings(found: PriceList) -> dict[str, str]:
    """The columns of a list's prices and their headings: those of few cards where the list has them."""
    lines = found.lines
    said = {"country": "Country", "name": "Destination", "prefix": "Prefixes"}
    bands = dict.fromkeys(band for line in lines for band in line.bands)
    if not bands or any(line.rate is not None or line.status == "blocked" for line in lines):
        said["rate"] = f"Rate ({found.currency} a minute)"
    for band in bands:
        said[f"rate {band}"] = f"Rate {class_heading(band)}"
    if any(line.connect_fee is not None for line in lines):
        said["connect_fee"] = "Connect fee"
    if any(line.increment for line in lines):
        said["increment"] = "Increment (s)"
    told = {key for line in lines for key in line.terms}
    fees = sorted(key for key in told if key.startswith("connect_fee "))
    return said | {key: _heading(key) for key in (*fees, *TERM_HEADINGS) if key in told}


def price_notes(found: PriceList) -> list[str]:
    """Which calls have which of a destination's prices, where there are several."""
    told = classes_told(found.classes)
    if told and any(line.rate is not None for line in found.lines):
        told.append("Where a destination has none of these prices, its rate holds.")
    return told


def price_list_rows(found: PriceList) -> list[dict[str, Any]]:
    """A row a destination at one price; rates with as many decimals as the finest has."""
    least = _decimals(found.lines)
    return [
        {
            **_place(line),
            "rate": "not offered" if line.status == "blocked" else _text(line.rate, least),
            "connect_fee": _text(line.connect_fee, 0),
            "increment": line.increment,
            **{f"rate {band}": _text(rate, least) for band, rate in line.bands.items()},
            **line.terms,
        }
        for line in found.lines
    ]


def price_turn_rows(found: PriceList) -> list[dict[str, Any]]:
    """A row a destination and change."""
    least = _decimals([one for turn in found.turns for one in (turn.before, turn.after) if one])
    return [
        {
            "at": listed_when(turn.at),
            **_place(turn.line),
            "change": _WORDS[turn.change],
            "rate_before": turn.before and _text(turn.before.rate, least),
            "rate_after": turn.after and _text(turn.after.rate, least),
            "increment_before": turn.before and turn.before.increment,
            "increment_after": turn.after and turn.after.increment,
            "also": _others(turn, least),
        }
        for turn in found.turns
    ]


def turn_headings(found: PriceList) -> dict[str, str]:
    """The columns of what changes: other terms where some do, and rates where a row has one for all its calls."""
    rows = price_turn_rows(found)
    left = {key for key in _SOME_HAVE if all(row[key] is None for row in rows)}
    if "rate_before" not in left or "rate_after" not in left or "also" in left:
        left -= {"rate_before", "rate_after"}
    return {key: heading for key, heading in TURN_HEADINGS.items() if key not in left}


def _others(turn: PriceTurn, least: int) -> str | None:
    """What changes beside the rate and the increment: `Connect fee 0.01 → 0.02`; None where nothing does. Of a price
    that is new, or ends, the rates of its classes.
    """
    if turn.before is None or turn.after is None or turn.change in ("new", "blocked", "removed"):
        line = turn.after if turn.change == "new" else turn.before
        rates = {} if line is None else _class_rates(line, least, line.bands)
        return "; ".join(" ".join(one) for one in rates.items()) or None
    bands = dict.fromkeys((*turn.before.bands, *turn.after.bands))
    was, now = (
        _class_rates(line, least, bands) | _other_terms(line) for line in (turn.before, turn.after)
    )
    said = [
        f"{name} {was.get(name, 'none')} → {now.get(name, 'none')}"
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    ]
    return "; ".join(said) or None


def _class_rates(line: PriceLine, least: int, bands: Iterable[str]) -> dict[str, str]:
    """The rates that classes have; the row's own where it says none of one."""
    rates = {band: line.bands.get(band, line.rate) for band in bands}
    return {
        f"Rate {class_heading(band)}": money.text(rate, least)
        for band, rate in rates.items()
        if rate is not None
    }


def _other_terms(line: PriceLine) -> dict[str, str]:
    fee = {} if line.connect_fee is None else {"Connect fee": money.text(line.connect_fee, 0)}
    return fee | {_heading(key): cell for key, cell in line.terms.items()}


def _heading(term: str) -> str:
    if term.startswith("connect_fee "):
        return f"Connect fee {class_heading(term.removeprefix('connect_fee '))}"
    return TERM_HEADINGS.get(term) or term.replace("_", " ").capitalize()


def listed_when(at: datetime) -> str:
    """An instant, as a day where it is the first of one."""
    said = instant_text(at)
    return said.removesuffix("T00:00:00Z")


def _place(line: PriceLine) -> dict[str, Any]:
    return {
        "country": line.country_name or _ELSEWHERE,
        "name": line.name,
        "prefix": "; ".join(line.prefixes),
    }


def _decimals(lines: Iterable[PriceLine]) -> int:
    """As many decimals as the finest rate has, and at least two."""
    rates = [
        rate for line in lines for rate in (line.rate, *line.bands.values()) if rate is not None
    ]
    return max([2, *(len(money.text(rate, 0).partition(".")[2]) for rate in rates)])


def _text(amount: Decimal | None, least: int) -> str | None:
    return None if amount is None else money.text(amount, least)
