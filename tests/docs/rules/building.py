"""Checks of cards that are built from others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.tables import Row, each

from minutebook import money
from minutebook.cards.bands import Bands, BandTime
from minutebook.cards.building.build import built_deck
from minutebook.cards.building.parent import Parent
from minutebook.cards.building.rules import holding
from minutebook.cards.countries import country_codes
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.origins import Origins
from minutebook.cards.recipe import EXACT, Collapse, Combine, ProfitRule, Recipe, Require
from minutebook.cards.tariff import DurationRounding, Increment, Tally, Terms
from minutebook.fit.assurance import tables_of_classes
from minutebook.intake.carried_minutes import whole_minutes
from minutebook.money import Method, Rounding
from minutebook.plans.fx import FxRates, exchange_rate
from minutebook.rating.losses import losses, losses_by_class
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable


def _parent(name: str, prices: dict[str, str], terms: Terms | None = None) -> Parent:
    rows = [
        {
            **dict.fromkeys(DECK_SCHEMA),
            "prefix": prefix,
            "status": "blocked" if rate == "blocked" else "open",
            "rate": None if rate == "blocked" else money.units(Decimal(rate)),
        }
        for prefix, rate in prices.items()
    ]
    return Parent(name, 1, pl.DataFrame(rows, schema=DECK_SCHEMA).sort("prefix"), terms or Terms())


def _rates(parents: list[Parent], recipe: Recipe) -> dict[str, str]:
    rows = built_deck(parents, recipe).rows
    return {
        prefix: "blocked" if rate is None else plain(money.decimal_of_units(rate))
        for prefix, rate in rows.select("prefix", "rate").iter_rows()
    }


def built(row: Row) -> dict[str, str]:
    """The two carriers' cards, combined."""
    cards: dict[str, dict[str, str]] = {}
    for given in row.given["parents"]:
        cards.setdefault(given["Card"], {})[given["Prefix"]] = given["Rate"]
    parents = [_parent(name, prices) for name, prices in cards.items()]
    rates = _rates(parents, Recipe(tuple(cards), Combine(row["Combine"])))
    return {
        "441": rates["441"],
        "441481": rates.get("441481", rates["441"]),
        "Rows": ", ".join(rates),
    }


def combined(row: Row) -> dict[str, str]:
    """Three prices of one prefix."""
    combine, more = Combine(row["Combine"]), row["Weights or n"]
    names = ("a", "b", "c")
    weights = (
        dict(zip(names, map(Decimal, more.split(", ")), strict=True))
        if combine is Combine.WEIGHTED
        else {}
    )
    recipe = Recipe(names, combine, weights, int(more) if combine is Combine.NTH else None)
    parents = [_parent(one["Card"], {"44": one["Rate"]}) for one in row.given["prices"]]
    return {"Price": _rates(parents, recipe)["44"]}


def by_minutes(row: Row) -> dict[str, str]:
    """Two cards that weigh as much as was carried by them."""
    names = ("a", "b")
    weights = [whole_minutes(int(row[f"Seconds carried by {name}"]) * 1000) for name in names]
    recipe = Recipe(names, Combine.WEIGHTED, dict(zip(names, map(Decimal, weights), strict=True)))
    parents = [_parent(name, {"44": row[f"Price {name}"]}) for name in names]
    return {
        "Weights": ", ".join(map(str, weights)),
        "Price": _rates(parents, recipe)["44"],
    }


def collapsed(row: Row) -> dict[str, str]:
    """One price of those in bands."""
    names = ("Peak", "Off-peak", "Night")

    def units(text: str) -> int | None:
        return None if text == "none" else money.units(Decimal(text))

    times = (BandTime("Peak", ("mon",)), BandTime("Off-peak", ("tue",)), BandTime("Night"))
    said = [{"band": name, "rate": units(row[name])} for name in names if row[name] != "none"]
    deck = {**dict.fromkeys(DECK_SCHEMA), "prefix": "44", "status": "open", "rates": said}
    rows = pl.DataFrame([deck | {"rate": units(row["Row's rate"])}], schema=DECK_SCHEMA)
    parent = Parent("a", 1, rows, Terms(bands=Bands("UTC", times)))
    return {"Price": _rates([parent], Recipe(("a",), collapse=Collapse(row["Collapse"])))["44"]}


PEAK_AND_NIGHT = Bands("UTC", (BandTime("Peak", ("mon",)), BandTime("Night")))


def _in_bands(name: str, peak: str, night: str) -> Parent:
    """A card whose prices differ by band; by none where both are alike."""
    if peak == night:
        return _parent(name, {"44": peak})
    said = [
        {"band": band, "rate": money.units(Decimal(rate))}
        for band, rate in (("Peak", peak), ("Night", night))
    ]
    row = {**dict.fromkeys(DECK_SCHEMA), "prefix": "44", "status": "open", "rates": said}
    return Parent(name, 1, pl.DataFrame([row], schema=DECK_SCHEMA), Terms(bands=PEAK_AND_NIGHT))


def kept(row: Row) -> dict[str, str]:
    """The prices of a card that keeps its parents' bands."""
    parents = [
        _in_bands(name, row[f"{title}: peak"], row[f"{name}: night"])
        for name, title in (("a", "Parent a"), ("b", "b"))
    ]
    recipe = Recipe(
        ("a", "b"), Combine(row["Combine"]), profit=(_rule(row["Rule"]),), collapse=Collapse.KEEP
    )
    (found,) = built_deck(parents, recipe).rows.iter_rows(named=True)
    rates = {one["band"]: one["rate"] for one in found["rates"] or ()}
    told = {band: rates.get(band, found["rate"]) for band in ("Peak", "Night")}
    return {
        band: "blocked" if rate is None else plain(money.decimal_of_units(rate))
        for band, rate in told.items()
    }


def kept_together(row: Row) -> dict[str, str]:
    """The prices of a card built from one by band and one by origin."""
    origins = Origins(countries="a table")
    each = ((PEAK_AND_NIGHT, "a", ("peak", "night")), (origins, "b", ("local", "international")))
    parents = []
    for classes, name, columns in each:
        said = [
            {"band": band, "rate": money.units(Decimal(row[f"{name}: {column}"]))}
            for band, column in zip(classes.names, columns, strict=True)
        ]
        one = {**dict.fromkeys(DECK_SCHEMA), "prefix": "44", "status": "open", "rates": said}
        rows = pl.DataFrame([one], schema=DECK_SCHEMA)
        parents.append(Parent(name, 1, rows, Terms(bands=classes)))
    recipe = Recipe(("a", "b"), Combine(row["Combine"]), collapse=Collapse.KEEP)
    (found,) = built_deck(parents, recipe).rows.iter_rows(named=True)
    return {one["band"]: plain(money.decimal_of_units(one["rate"])) for one in found["rates"]}


def exchanged(row: Row) -> dict[str, str]:
    """A price in another currency."""
    day = date(2026, 10, 1)
    pairs = {
        pair: FxRates(pair, ((day, Decimal(row[pair])),))
        for pair in ("USD_EUR", "EUR_USD")
        if row[pair]
    }
    rate = exchange_rate(pairs, "USD", "EUR", day)
    assert rate is not None
    parent = replace(_parent("a", {"44": row["Price (USD)"]}), exchange=rate)
    return {"Built (EUR)": _rates([parent], Recipe(("a",)))["44"]}


def taking_part(row: Row) -> dict[str, str]:
    """A prefix that parents price, block or lack; another that all have."""
    parents = [
        _parent(
            name, {"1": "1"} | ({} if (said := row[f"Parent {name}"]) == "none" else {"44": said})
        )
        for name in ("a", "b")
    ]
    recipe = Recipe(("a", "b"), Combine.MAX, require=Require(row["Require"]))
    return {"Built by max": _rates(parents, recipe).get("44", "left out")}


def _rule(words: str) -> ProfitRule:
    said: dict[str, Any] = {}
    for one in words.split(", "):
        key, amount = one.split()
        said[key] = Decimal(amount)
    return ProfitRule(**said)


def profit(row: Row) -> dict[str, str]:
    """A rule put on a combined price."""
    method, *digits = row["Rounding"].split()
    rounding = Rounding(Method(method), int(digits[0])) if digits else EXACT
    recipe = Recipe(("a",), profit=(_rule(row["Rule"]),), rounding=rounding)
    return {"Price": _rates([_parent("a", {"44": row["Combined"]})], recipe)["44"]}


def rule_of(row: Row) -> dict[str, str]:
    """Which of several rules holds."""
    names = row["Rules"].split(", ")
    rules = [
        ProfitRule()
        if name == "all"
        else ProfitRule(countries=(name,))
        if name.isalpha()
        else ProfitRule(patterns=(name,))
        if "?" in name
        else ProfitRule(prefixes=(name,))
        for name in names
    ]
    place = holding(rules, pl.Series([row["Number"]]))[0]
    return {"Holds": names[place]}


def country(row: Row) -> dict[str, str]:
    """The country of a prefix."""
    return {"Country": country_codes(pl.Series([row["Prefix"]]))[0][0] or "none"}


def _terms(term: str, said: str) -> Terms:
    if not said:
        return Terms()
    match term:
        case "Increment":
            return Terms(increment=Increment.parse(said))
        case "Connect fee":
            return Terms(connect_fee=Decimal(said))
        case "Grace":
            return Terms(grace_ms=int(said) * 1000)
        case "Rounding":
            method, digits = said.split()
            return Terms(rounding=Rounding(Method(method), int(digits)))
        case _:
            return Terms(duration_rounding=DurationRounding(said))


def worst(row: Row) -> dict[str, str]:
    """A term of two parents."""
    parents = [
        _parent(name, {"44": "0.01"}, _terms(row["Term"], row[f"Parent {name}"]))
        for name in ("a", "b")
    ]
    terms = built_deck(parents, Recipe(("a", "b"), Combine.MAX)).terms
    rounding = terms.rounding and f"{terms.rounding.method} {terms.rounding.precision}"
    found = {
        "Increment": terms.increment and str(terms.increment),
        "Connect fee": terms.connect_fee and plain(terms.connect_fee),
        "Grace": None if terms.grace_ms is None else str(terms.grace_ms // 1000),
        "Rounding": rounding,
        "Duration rounding": terms.duration_rounding and str(terms.duration_rounding),
    }
    return {"Built": found[row["Term"]] or ""}


def loses(row: Row) -> dict[str, str]:
    """A call bought by one card and sold by another."""
    tables = {}
    for side in ("Buying", "Selling"):
        increment, rounding = row[f"{side} by"].split(", ")
        terms = replace(_terms("Rounding", rounding), increment=Increment.parse(increment))
        one = _parent("a", {"44": row[f"{side} rate"]})
        tables[side] = RateTable.of_card(one.rows, plan=Terms(), card=terms, tally=Tally.CALL)
    seconds = Decimal(row["Duration (s)"])
    cost, sale = (price_one("44", seconds, tables[side]).cost for side in ("Buying", "Selling"))
    found = losses(tables["Selling"], tables["Buying"], [int(seconds * 1000)])
    assert not found.height or found.row(0)[3:] == (money.units(sale), money.units(cost))
    return {"Cost": plain(cost), "Sale": plain(sale), "Loses": "yes" if found.height else "no"}


def loses_in_class(row: Row) -> dict[str, str]:
    """A call of a minute in each band, bought by one card and sold by another."""
    tables = [
        tables_of_classes(parent.rows, parent.terms)
        for side in ("Selling", "Buying")
        for parent in [_in_bands("a", row[f"{side}: peak"], row[f"{side}: night"])]
    ]
    found = losses_by_class(*tables, [60_000])["price_class"].to_list()
    told = ["in each" if name is None else name.lower() for name in found]
    return {"Loses": ", ".join(told) or "nowhere"}


def loses_together(row: Row) -> dict[str, str]:
    """Calls bought by one card and sold by another."""
    said = {
        "Buying rate": "0.005",
        "Buying by": "60/60, up 3",
        "Selling rate": "0.006",
        "Selling by": "1/1, down 4",
    }
    each_call = [
        loses(Row(row.line, said | {"Duration (s)": seconds}, row.given))
        for seconds in row["Calls (s)"].split(", ")
    ]
    sale, cost, losing = (
        [Decimal(one[name]) for one in each_call if of(one)]
        for name, of in (
            ("Sale", bool),
            ("Cost", bool),
            ("Sale", lambda one: one["Loses"] == "yes"),
        )
    )
    lost = sum((Decimal(one["Cost"]) for one in each_call if one["Loses"] == "yes"), Decimal(0))
    return {
        "Sold for": plain(sum(sale)),
        "Cost": plain(sum(cost)),
        "Calls that lose": str(len(losing)),
        "Loss": plain(lost - sum(losing)),
    }


CHECKS = {
    "loses_together": each(loses_together),
    "loses": each(loses),
    "loses_in_class": each(loses_in_class),
    "kept": each(kept),
    "kept_together": each(kept_together),
    "built": each(built),
    "by_minutes": each(by_minutes),
    "combined": each(combined),
    "collapsed": each(collapsed),
    "exchanged": each(exchanged),
    "taking_part": each(taking_part),
    "profit": each(profit),
    "rule_of": each(rule_of),
    "country": each(country),
    "worst": each(worst),
}
