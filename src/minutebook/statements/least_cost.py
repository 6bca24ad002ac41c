"""Every prefix's providers in order of cost, as a switch is to try them (docs/rules/providers.md, "Switches")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.cards.tariff import Tally
from minutebook.errors import InputError
from minutebook.plans.fx import converted
from minutebook.rating.calls import rated
from minutebook.statements.routes import NoRoute, NotRouted
from minutebook.statements.switch_prices import switch_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.plans.plan import Plan
    from minutebook.plans.provider import Provider
    from minutebook.rating.table import RateTable
    from minutebook.statements.sold_by import SoldBy
    from minutebook.statements.switch_prices import SwitchPrices, TakenClass


_LACKS: Final = {
    NoRoute.NO_GATEWAY: "no gateway",
    NoRoute.NO_REVISION: "no buy card in force",
    NoRoute.NO_EXCHANGE: "no rate of exchange",
}


@dataclass(frozen=True, slots=True)
class LeastCost:
    """The order of providers by prefix."""

    providers: tuple[Provider, ...]
    """Those that are in the order of some prefix or could be, by name."""
    without: tuple[NotRouted, ...]
    """The others, by name."""
    prefixes: int
    """How many prefixes were priced."""
    rules: pl.DataFrame
    """`prefix` String and `order` String: the places of providers in `providers`, from 1, the cheapest first, with
    commas; empty: none takes it. By prefix; one that says what the next shorter one says is left out.
    """
    taken: tuple[TakenClass, ...]
    """Of cards whose prices go by the caller, whose stand in it."""


@dataclass(frozen=True, slots=True)
class LeastCostTerms:
    """What an order of providers is of."""

    seconds: Sequence[Decimal]
    """A call of each is priced."""
    at: datetime
    """The revisions in force then."""
    currency: str
    """That costs are compared in."""
    sale: SoldBy | None = None
    """What it is sold by: who costs more is left out, and so is what it does not sell."""
    is_instant_said: bool = True
    """Whether somebody chose `at`: prices by the time of the week need it."""
    callers: Sequence[str] = ()
    """Whose prices are taken where they go by the caller: `switch_prices.DEAREST`, or classes, the first that a card has."""


def least_cost(carrier: Carrier, cards: CardStore, terms: LeastCostTerms) -> LeastCost:
    """The order of providers that have a gateway, by prefix.

    `InputError` where none can stand in them, where no revision prices the sale, and where prices go by the time of the week
    or by the caller and nobody said of which.
    """
    without: list[NotRouted] = []
    tables: list[tuple[Provider, SwitchPrices, Callable[[Decimal], Decimal]]] = []
    for name in sorted(carrier.providers):
        provider = carrier.providers[name]
        if provider.gateway is None:
            without.append(_left_out(provider, NoRoute.NO_GATEWAY))
            continue
        table = _prices(carrier, cards, provider.plan(), terms)
        convert = _conversion(carrier, provider.currency, terms)
        if table is None or convert is None:
            reason = NoRoute.NO_REVISION if table is None else NoRoute.NO_EXCHANGE
            without.append(_left_out(provider, reason))
            continue
        tables.append((provider, table, convert))
    if not tables:
        first = f" ({without[0].provider} has {_LACKS[without[0].reason]})" if without else ""
        raise InputError(
            f"no provider can stand in the tables of a switch{first}; declare one with a gateway, a buy card in force"
            " and, in another currency, a rate of exchange"
        )
    sold = _sold(carrier, cards, terms)
    every = [prices for _, prices, _ in tables] + ([] if sold is None else [sold[0]])
    decks = [prices.prefixes for prices in every]
    prefixes = pl.concat(decks).drop_nulls().unique().sort().alias("prefix")
    sales = None if sold is None else _of_classes(sold[0], prefixes, terms, sold[1])
    frames = []
    for place, (_, prices, convert) in enumerate(tables, 1):
        bought = _of_classes(prices, prefixes, terms, convert)
        frame = _most(bought)
        if sold is not None and sales is not None:
            costs = [f"cost_{n}" for n in range(len(terms.seconds))]
            are_alike = prices.by == sold[0].by and len(bought) == len(sales)
            frame = _without_losses(bought, sales, costs, are_alike=are_alike)
        frames.append(frame.select("prefix", pl.lit(place, pl.Int64).alias("place"), "total"))
    order = (
        pl.concat(frames)
        .sort("prefix", "total", "place")
        .group_by("prefix")
        .agg(pl.col("place").cast(pl.String).str.join(",").alias("order"))
    )
    rules = prefixes.to_frame().join(order, on="prefix", how="left").fill_null("")
    providers = tuple(provider for provider, _, _ in tables)
    taken = dict.fromkeys(prices.taken for prices in every if prices.taken is not None)
    return LeastCost(providers, tuple(without), rules.height, needed(rules), tuple(taken))


def _left_out(provider: Provider, reason: NoRoute) -> NotRouted:
    return NotRouted(provider.name, provider.card, reason, None, provider.currency)


def needed(rules: pl.DataFrame) -> pl.DataFrame:
    """The rules, of `prefix` and `order`, without those that say what the longest shorter prefix says. Where there is
    none, nobody takes a number (docs/rules/providers.md, "Switches").
    """
    longest = int(rules["prefix"].str.len_bytes().max() or 0)  # type: ignore[arg-type]  # a length
    parent = pl.lit("")
    frame = rules
    for length in range(1, longest):
        shorter = rules.filter(pl.col("prefix").str.len_bytes() == length)
        if shorter.height:
            name = f"parent_{length}"
            is_longer = pl.col("prefix").str.len_bytes() > length
            frame = frame.with_columns(
                pl.when(is_longer).then(pl.col("prefix").str.slice(0, length)).alias("shorter")
            ).join(
                shorter.select(shorter="prefix", **{name: pl.col("order")}), on="shorter", how="left"
            )  # fmt: skip
            parent = pl.coalesce(pl.col(name), parent)
    return frame.filter(pl.col("order") != parent).select("prefix", "order").sort("prefix")


def _without_losses(
    bought: list[pl.DataFrame], sold: list[pl.DataFrame], costs: list[str], *, are_alike: bool
) -> pl.DataFrame:
    """What is bought of the prefixes by which no call loses: where both sides go by the caller alike (`are_alike`),
    class by class; else the dearest is held against the lowest that it is sold for.
    """
    pairs = list(zip(bought, sold, strict=True)) if are_alike else [(_most(bought), _least(sold))]
    kept = _most(bought)
    for one, sale in pairs:
        both = one.join(sale, on="prefix", suffix="_sold")
        covers = [pl.col(f"{cost}_sold") >= pl.col(cost) for cost in costs]
        kept = kept.join(both.filter(pl.all_horizontal(covers)), on="prefix", how="semi")
    return kept


def _most(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Of each prefix what is dearest of several classes, by each column alone."""
    return frames[0] if len(frames) == 1 else pl.concat(frames).group_by("prefix").max()


def _least(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return frames[0] if len(frames) == 1 else pl.concat(frames).group_by("prefix").min()


def _of_classes(
    prices: SwitchPrices,
    prefixes: pl.Series,
    terms: LeastCostTerms,
    convert: Callable[[Decimal], Decimal],
) -> list[pl.DataFrame]:
    return [_priced(table(), prefixes, terms, convert) for table in prices.tables]


def _priced(
    table: RateTable,
    prefixes: pl.Series,
    terms: LeastCostTerms,
    convert: Callable[[Decimal], Decimal],
) -> pl.DataFrame:
    """`prefix`, `cost_0` … of a call of each duration and their `total`, in money.UNITS; those alone that have a price."""
    durations = [int(one * 1000) for one in terms.seconds]
    found = [pl.DataFrame({"prefix": prefixes})]
    for n, duration_ms in enumerate(durations):
        calls = pl.LazyFrame({"called": prefixes}).with_columns(
            duration_ms=pl.lit(duration_ms, pl.Int64),
            answered_at=pl.lit(terms.at).cast(pl.Datetime("us", "UTC")),
        )
        daily = table.tally is Tally.DAILY
        value = pl.col("numerator" if daily else "cost_units")
        one = rated(calls, table, duration_ms).select("priced", value.alias("value")).collect()
        if daily:
            units = _each(one["value"], lambda value: convert(table.rounding.of_numerator(value)))
        else:
            units = _each(one["value"], lambda value: convert(money.decimal_of_units(value)))
        found.append(pl.DataFrame({f"priced_{n}": one["priced"], f"cost_{n}": units}))
    costs = [f"cost_{n}" for n in range(len(durations))]
    frame = pl.concat(found, how="horizontal")
    frame = frame.filter(pl.all_horizontal(f"priced_{n}" for n in range(len(durations))))
    return frame.select("prefix", *costs, total=pl.sum_horizontal(costs))


def _each(values: pl.Series, make: Callable[[int], Decimal]) -> pl.Series:
    """What is made of each value, in money.UNITS (Int128), exact: many are the same."""
    distinct = values.unique()
    made = pl.Series("made", [money.units(make(int(one))) for one in distinct], pl.Int128)
    table = pl.DataFrame({"value": distinct, "made": made})
    return values.alias("value").to_frame().join(table, on="value", how="left", maintain_order="left")["made"]  # fmt: skip


def _sold(
    carrier: Carrier, cards: CardStore, terms: LeastCostTerms
) -> tuple[SwitchPrices, Callable[[Decimal], Decimal]] | None:
    if terms.sale is None:
        return None
    name, plan = terms.sale.name, terms.sale.plan
    table = _prices(carrier, cards, plan, terms)
    convert = _conversion(carrier, plan.currency, terms)
    if table is None:
        raise InputError.advised(
            f"{name!r} has no revision in force then, so nothing can be said of losses",
            "pass another at, or leave out what it is sold by",
            shell="say another --at, or leave --account and --card out",
        )
    if convert is None:
        raise InputError(
            f"{name!r} is in {plan.currency}, and {terms.at.date()} has no rate of exchange to {terms.currency};"
            " declare it under [fx]"
        )
    return table, convert


def _prices(
    carrier: Carrier, cards: CardStore, plan: Plan, terms: LeastCostTerms
) -> SwitchPrices | None:
    found = switch_prices(carrier, cards, plan, terms.at, terms.callers)
    if found is not None and found.is_by_time and not terms.is_instant_said:
        raise InputError.advised(
            f"card {plan.card!r} has prices by the time of the week, and tables of a switch are of one time",
            "pass at",
            shell="say which, with --at",
        )
    return found


def _conversion(
    carrier: Carrier, own: str, terms: LeastCostTerms
) -> Callable[[Decimal], Decimal] | None:
    """From a currency to that of the comparison, by the rate of the day; None: there is none."""
    day, to = terms.at.date(), terms.currency
    if converted(carrier.fx, Decimal(1), own, to, day) is None:
        return None

    def convert(amount: Decimal) -> Decimal:
        found = converted(carrier.fx, amount, own, to, day)
        assert found is not None
        return found

    return convert
