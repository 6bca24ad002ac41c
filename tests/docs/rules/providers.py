"""Checks of providers and margin: who carried a call, shares, rates of exchange."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.tables import each

from minutebook import money
from minutebook.calls.carried import carried
from minutebook.cards.tariff import DEFAULT_TERMS, Increment, Tally, Terms
from minutebook.plans.fx import FxRates, converted
from minutebook.plans.provider import Provider, provider_name
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.statements.least_cost import needed
from minutebook.statements.routes import Route, RoutedCall, by_cost

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def carried_by(row: Row) -> dict[str, str]:
    """`vox: trunk vox-1 and server lon-1; tele: …`."""
    providers = []
    for part in row["Tables"].split("; "):
        name, _, keys = part.partition(": ")
        table = dict(key.split(" ") for key in keys.split(" and "))
        providers.append(Provider(name, name, "USD", "buy", None, (table,)))
    call = {
        "trunk": row["Trunk"],
        "called_recorded": row["Called, as recorded"],
        "called": "",
        "server": row["Server"],
    }
    key = pl.DataFrame([call]).select(carried(providers)).item()
    return {"Carried by": "nobody" if key is None else provider_name(key)}


def shared(row: Row) -> dict[str, str]:
    """An amount, shared by weights."""
    total = money.units(Decimal(row["Amount"]))
    shares = money.shared(total, [int(weight) for weight in row["Weights"].split(", ")])
    return {"Shares": ", ".join(money.text(money.decimal_of_units(share)) for share in shares)}


def by_rate(row: Row) -> dict[str, str]:
    """`USD_EUR 0.92 from 2026-10-01, 0.90 from …`."""
    pair, _, said = row["Declared"].partition(" ")
    rates = [part.split(" from ") for part in said.split(", ")]
    fx = {
        pair: FxRates(pair, tuple((date.fromisoformat(day), Decimal(rate)) for rate, day in rates))
    }
    amount = converted(
        fx, Decimal(row["Amount"]), row["In"], row["To"], date.fromisoformat(row["Day"])
    )
    return {"Comes to": "unknown" if amount is None else money.text(amount)}


def in_order(row: Row) -> dict[str, str]:
    """`vox: 0.012 1/1; tele: …`, by calls of some seconds."""
    seconds = [Decimal(one) for one in row["Seconds"].split(", ")]
    routes = []
    for part in row["Buy cards"].split("; "):
        name, rate, increment = part.replace(":", "").split(" ")
        terms = Terms(increment=Increment.parse(increment)).over(DEFAULT_TERMS)
        table = RateTable.flat(Decimal(rate), plan=terms, tally=Tally.CALL)
        calls = tuple(RoutedCall(one, price_one("44", one, table).cost) for one in seconds)
        own = sum((call.cost for call in calls), Decimal(0))
        routes.append(Route(name, name, 1, "44", None, "USD", own, calls))
    found = by_cost(routes)
    return {"Order": ", ".join(f"{one.provider} {money.text(one.cost, 0)}" for one in found)}


def switches(row: Row) -> dict[str, str]:
    """`44: tele, vox; 4470: nobody`."""
    rules = [part.split(": ") for part in row["Prefixes"].split("; ")]
    orders = [order.replace("nobody", "") for _, order in rules]
    frame = needed(pl.DataFrame({"prefix": [prefix for prefix, _ in rules], "order": orders}))
    given = (f"{prefix}: {order or 'nobody'}" for prefix, order in frame.iter_rows())
    return {"The switch is given": "; ".join(given)}


CHECKS = {
    "carried": each(carried_by),
    "shared": each(shared),
    "converted": each(by_rate),
    "routes": each(in_order),
    "switches": each(switches),
}
