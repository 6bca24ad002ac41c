"""The order of providers as what a switch loads (docs/rules/providers.md, "Switches")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from minutebook.errors import InputError
from minutebook.notebook import Shown
from minutebook.statements.least_cost import least_cost
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.plans.gateway import Gateway
    from minutebook.plans.provider import Provider
    from minutebook.statements.least_cost import LeastCostTerms
    from minutebook.statements.routes import NotRouted
    from minutebook.statements.switch_prices import TakenClass

MOST_GATEWAYS: Final = 60
"""Kamailio keeps a list of them in 255 letters."""
_LCR_DIGITS: Final = 16
_TRANSPORTS: Final = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4}
NOBODY: Final = "none"
"""The attributes of a gateway that stands where nobody takes a prefix."""
_DISCARD: Final = "127.0.0.1:9"


class SwitchFormat(StrEnum):
    """What tables are written for."""

    KAMAILIO_LCR = "kamailio-lcr"
    KAMAILIO_DROUTING = "kamailio-drouting"
    ASTERISK = "asterisk"


def switch_format(name: str) -> SwitchFormat:
    """The switch of a name; `InputError` where tables are written for none of it."""
    try:
        return SwitchFormat(name)
    except ValueError:
        known = ", ".join(SwitchFormat)
        raise InputError(
            f"no tables are written for {name!r}{did_you_mean(name, SwitchFormat)}; name one of {known}"
        ) from None


@dataclass(frozen=True, slots=True, repr=False)
class SwitchTables(Shown):
    """What a switch loads to send calls by the cheapest provider, and by the next where that fails."""

    _TOLD: ClassVar = ("format", "prefixes", "rules")
    format: SwitchFormat
    """The switch that they are for."""
    at: datetime
    """The revisions in force then priced them."""
    currency: str
    """That costs were compared in."""
    prefixes: int
    """How many prefixes the cards have."""
    rules: int
    """How many of them the switch needs: others say what a shorter one says."""
    providers: tuple[str, ...]
    """Those that have a gateway there, by name."""
    without: tuple[NotRouted, ...]
    """The others, by name, each with its reason."""
    files: dict[str, pl.DataFrame]
    """What stands in each file, by the name of the table that it fills."""
    taken: tuple[TakenClass, ...] = ()
    """Of cards whose prices go by the caller, whose stand in them."""


def switch_tables(
    carrier: Carrier, cards: CardStore, terms: LeastCostTerms, format_: SwitchFormat
) -> SwitchTables:
    """The tables of a switch; `InputError` as `least_cost`, and where a table cannot hold them."""
    found = least_cost(carrier, cards, terms)
    if len(found.providers) > MOST_GATEWAYS:
        raise InputError(
            f"{len(found.providers)} providers have a gateway; a switch's tables hold {MOST_GATEWAYS}: take gateway out of others"
        )
    rules = found.rules.with_row_index("id", offset=1)
    match format_:
        case SwitchFormat.KAMAILIO_LCR:
            files = _lcr(found.providers, rules)
        case SwitchFormat.KAMAILIO_DROUTING:
            files = _drouting(found.providers, rules)
        case SwitchFormat.ASTERISK:
            files = {"routes": _plain(found.providers, rules)}
    return SwitchTables(
        format_, terms.at, terms.currency, found.prefixes, rules.height,
        tuple(provider.name for provider in found.providers), found.without, files, found.taken,
    )  # fmt: skip


def _gateways(providers: Sequence[Provider]) -> list[tuple[int, Provider, Gateway]]:
    return [(place, one, one.gateway) for place, one in enumerate(providers, 1) if one.gateway]


def _targets(rules: pl.DataFrame) -> pl.DataFrame:
    """`id` of the rule, `prefix`, `place` of the provider, and `priority` from 0, a row each."""
    return (
        rules.filter(pl.col("order") != "")
        .with_columns(place=pl.col("order").str.split(","))
        .with_columns(priority=pl.int_ranges(pl.col("place").list.len()))
        .explode("place", "priority")
        .with_columns(pl.col("place").cast(pl.Int64))
    )


def _lcr(providers: Sequence[Provider], rules: pl.DataFrame) -> dict[str, pl.DataFrame]:
    longest = rules.filter(pl.col("prefix").str.len_bytes() > _LCR_DIGITS)
    if longest.height:
        raise InputError(
            f"prefix {longest['prefix'][0]} is longer than {_LCR_DIGITS} digits, which Kamailio's lcr cannot hold;"
            " write kamailio-drouting"
        )
    gateways = [
        {
            "id": place,
            "lcr_id": 1,
            "gw_name": one.name,
            "ip_addr": gateway.host if gateway.is_ip else "",
            "hostname": "" if gateway.is_ip else gateway.host,
            "port": gateway.port,
            "params": "",
            "uri_scheme": 2 if gateway.is_sips else 1,
            "transport": _TRANSPORTS[gateway.sent_by],
            "strip": 0,
            "prefix": "",
            "tag": one.name,
            "flags": 0,
            "defunct": None,
        }
        for place, one, gateway in _gateways(providers)
    ]
    empty = pl.lit("")
    one = pl.lit(1)
    return {
        "lcr_gw": pl.DataFrame(gateways, schema_overrides={"port": pl.Int64, "defunct": pl.Int64}),
        "lcr_rule": rules.select(
            "id", one.alias("lcr_id"), "prefix", empty.alias("from_uri"),
            empty.alias("request_uri"), empty.alias("mt_tvalue"),
            one.alias("stopper"), one.alias("enabled"),
        ),
        "lcr_rule_target": _targets(rules).with_row_index("target", offset=1).select(
            pl.col("target").alias("id"), one.alias("lcr_id"), pl.col("id").alias("rule_id"),
            pl.col("place").alias("gw_id"), "priority", one.alias("weight"),
        ),
    }  # fmt: skip


def _drouting(providers: Sequence[Provider], rules: pl.DataFrame) -> dict[str, pl.DataFrame]:
    gateways = [
        (place, 0, _address(gateway), 0, "", one.name, one.name)
        for place, one, gateway in _gateways(providers)
    ]
    nobody = len(providers) + 1
    if (rules["order"] == "").any():
        gateways.append((nobody, 0, _DISCARD, 0, "", NOBODY, "nobody takes the prefix"))
    names = ("gwid", "type", "address", "strip", "pri_prefix", "attrs", "description")
    order = pl.when(pl.col("order") == "").then(pl.lit(str(nobody))).otherwise("order")
    return {
        "dr_gateways": pl.DataFrame(gateways, schema=names, orient="row"),
        "dr_rules": rules.select(
            pl.col("id").alias("ruleid"), pl.lit("1").alias("groupid"), "prefix",
            pl.lit("").alias("timerec"), pl.lit(0).alias("priority"),
            pl.lit("0").alias("routeid"), order.alias("gwlist"), pl.lit("").alias("description"),
        ),
    }  # fmt: skip


def _address(gateway: Gateway) -> str:
    said = gateway.transport or ("tls" if gateway.is_sips else None)
    return gateway.place if said is None else f"{gateway.place};transport={said}"


def _plain(providers: Sequence[Provider], rules: pl.DataFrame) -> pl.DataFrame:
    gateways = pl.DataFrame(
        [(place, one.name, str(gateway)) for place, one, gateway in _gateways(providers)],
        schema={"place": pl.Int64, "provider": pl.String, "gateway": pl.String},
        orient="row",
    )
    taken = _targets(rules).join(gateways, on="place", how="left").select(
        "prefix", (pl.col("priority") + 1).alias("priority"), "provider", "gateway"
    )  # fmt: skip
    nobody = rules.filter(pl.col("order") == "").select(
        "prefix", pl.lit(1, pl.Int64).alias("priority"),
        pl.lit("").alias("provider"), pl.lit("").alias("gateway"),
    )  # fmt: skip
    return pl.concat([taken, nobody]).sort("prefix", "priority")
