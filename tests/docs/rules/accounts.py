"""Checks of what an account owes and may: minimums, credit, switching, closing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.docs.rules.calls import plain
from tests.docs.rules.tables import each

from minutebook.accounts.attention import is_near_floor
from minutebook.accounts.credit_standings import Standing
from minutebook.accounts.status import Status
from minutebook.billing.bounds import (
    LEAST_DAYS,
    USUAL_DAYS,
    Move,
    is_beyond_usual,
    too_much_back,
    usual_day,
)
from minutebook.billing.judging import is_below
from minutebook.days import ONE_DAY, month_end
from minutebook.declarations.carrier import Carrier
from minutebook.declarations.checks import SWITCH_DAYS
from minutebook.declarations.document import Document
from minutebook.declarations.merge import Merge
from minutebook.declarations.toml_lines import TomlText
from minutebook.errors import InputError
from minutebook.money import Rounding
from minutebook.plans.minimum import (
    MinimumStretch,
    MinimumTerms,
    Prorate,
    free_and_charged,
    required,
    shortfall,
)
from minutebook.plans.terms import Server
from minutebook.settings import Bounds

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row


def servers_of(text: str) -> list[Server]:
    """`a 2026-10-01, b 2026-10-05 to 2026-10-09`."""
    found = []
    for part in text.split(", "):
        name, _, days = part.partition(" ")
        deployed, _, retired = days.partition(" to ")
        last = date.fromisoformat(retired) if retired else None
        found.append(Server(name, "acme", date.fromisoformat(deployed), last))
    return found


def servers_require(row: Row) -> dict[str, str]:
    """What servers owe in a month, from the account's first day to its last."""
    month = date.fromisoformat(row["Month"] + "-01")
    first = date.fromisoformat(row.get("From", str(month)))
    last = date.fromisoformat(row.get("To", str(month_end(month))))
    said = MinimumTerms(
        Decimal(row["Minimum"]),
        Prorate(row.get("prorate", "day")),
        int(row.get("Free", "0")),
        Rounding(),
    )
    found = required([MinimumStretch(first, last, said)], servers_of(row["Servers"]))
    outcome = {
        "Required": plain(found.amount),
        "Days owed": ", ".join(f"{s.server} {s.days}" for s in found.servers),
    }
    return {heading: value for heading, value in outcome.items() if heading in row}


def changed_minimum(row: Row) -> dict[str, str]:
    """A month whose plan changes: each day by its own minimum and free servers."""
    change = date.fromisoformat(row["From"])
    first, last = change.replace(day=1), month_end(change)
    before, then = (
        MinimumTerms(
            Decimal(row[f"Minimum {when}"]),
            Prorate(row[f"prorate {when}"]),
            int(row[f"Free {when}"]),
            Rounding(),
        )
        for when in ("before", "then")
    )
    stretches = [
        MinimumStretch(first, change.replace(day=change.day - 1), before),
        MinimumStretch(change, last, then),
    ]
    return {"Required": plain(required(stretches, servers_of(row["Servers"])).amount)}


def free(row: Row) -> dict[str, str]:
    first, rest = free_and_charged(
        servers_of(row["Servers"]), date.fromisoformat(row["Day"]), int(row["Free servers"])
    )
    return {"Free": ", ".join(first) or "none", "Owe": ", ".join(rest) or "none"}


def short(row: Row) -> dict[str, str]:
    spent = Decimal(row["Usage"]) + Decimal(row["Channels"])
    return {"Charged as minimum": plain(shortfall(Decimal(row["Required"]), spent))}


def refused(values: dict[str, Any], carrier: Carrier, balance: Decimal = Decimal(0)) -> str:
    """Why what `values` declare is refused, or ""."""
    merge = Merge(carrier, frozenset(), None, {"acme": balance})
    document, text = Document.model_validate(values), TomlText("", values, {})
    try:
        merge.plans_and_sources(document, text)
        merge.accounts_and_servers(document, text)
        merge.check([text])
    except InputError as error:
        return error.message
    return ""


def deploying(row: Row) -> dict[str, str]:
    """A server more, on an account that has some."""
    minutes = {
        "model": "per_channel",
        "currency": "USD",
        "minimum_per_server": row["Minimum"],
        "tiers": [{"channels": 10, "price": "1", "free_servers": int(row["Free"])}],
    }
    account = {
        "plan": "p",
        "channels": 1,
        "from": date(2026, 10, 1),
        "debit_limit": row["Debit limit"],
    }
    carrier = Carrier()
    there = {
        f"s{n}": {"account": "acme", "deployed": date(2026, 10, 1)}
        for n in range(int(row["Servers there"]))
    }
    declared = {"plan": {"p": minutes}, "account": {"acme": account}, "server": there}
    assert not refused(declared, carrier, Decimal(10**6))
    one_more = {"server": {"new": {"account": "acme", "deployed": date(2026, 10, 2)}}}
    why = refused(one_more, carrier, Decimal(row["Balance"]))
    needs = re.search(r"needs ([\d.]+) .* and has (-?[\d.]+):", why)
    if needs is None:
        assert not why
        return {"Deployed": "yes"}
    return {"Deployed": f"no: needs {needs[1]}, has {needs[2]}"}


def switching(row: Row) -> dict[str, str]:
    """An account whose terms are its row's: days, and the models from then on."""
    models = {"minutes": {"rate": "1"}, "channels": {"tiers": [{"channels": 9, "price": "1"}]}}
    plans = {
        f"{name}{n}": {
            "model": "per_minute" if name == "minutes" else "per_channel",
            "currency": "USD",
            **said,
        }
        for name, said in models.items()
        for n in ("", " two")
    }
    terms = []
    for part in row["Terms"].split(", "):
        day, _, plan = part.partition(" ")
        name, _, override = plan.partition(" by override")
        more: dict[str, Any] = {"channels": 1} if name.startswith("channels") else {}
        if "by override" in plan:
            more["override"] = override or "a reason"
        terms.append({"from": date.fromisoformat(day), "plan": name, **more})
    why = refused({"plan": plans, "account": {"acme": {"terms": terms}}}, Carrier())
    again = re.search(r"may again from (\S+) on", why)
    assert bool(again) == bool(why), why
    return {"Taken": f"no: from {again[1]} on" if again else "yes"}


def switch_days(row: Row) -> dict[str, str]:
    return {"Days": str(SWITCH_DAYS)} if row["What"] else {}


def near_floor(row: Row) -> dict[str, str]:
    near = is_near_floor(Decimal(row["Available"]), Decimal(row["Charged for the seven days"]))
    return {"Near its floor": "yes" if near else "no"}


def below(row: Row) -> dict[str, str]:
    """Whether a balance is below the floor."""
    balance, floor = Decimal(row["Balance"]), -Decimal(row["Debit limit"])
    return {"Below the floor": "yes" if is_below(balance, floor, row["Currency"]) else "no"}


def standing(row: Row) -> dict[str, str]:
    money = Standing(
        account="acme",
        currency="USD",
        balance=Decimal(row["Balance"]),
        holds=Decimal(0),
        floor=-Decimal(row["Debit limit"]),
        status=Status(row["Status"]),
    )
    return {
        "Floor": plain(money.floor),
        "Available": plain(money.available),
        "New calls": "stop" if money.stopped else "go on",
    }


def bounds(row: Row) -> dict[str, str]:
    """What holds where `book.toml` is silent."""
    found = {
        "times its usual day": Bounds().day_times,
        "percent paid back": Bounds().refund_percent,
        "floor": Bounds().floor,
        "days before": USUAL_DAYS,
        "least of charged days": LEAST_DAYS,
    }
    return {"Default": str(found[row["Bound"]])}


def unusual(row: Row) -> dict[str, str]:
    """Whether a day is parked after so many charged days."""
    day = date(2026, 10, 31)
    before = {
        day - timedelta(days=n + 1): Decimal(row["Their mean"])
        for n in range(int(row["Charged days before"]))
    }
    passed = row.get("Let pass", "")
    usual = usual_day(day, before, {day - ONE_DAY: Decimal(passed)} if passed else {})
    due = Decimal(row["Calls of the day"])
    move = Move("acme", day, "usage", row["Currency"], Decimal(0), due)
    return {"Parked": "yes" if is_beyond_usual(move, usual, Bounds()) else "no"}


def paid_back(row: Row) -> dict[str, str]:
    """Whether a refund is parked."""
    charged, due = Decimal(row["Charged"]), Decimal(row["Due, as calls are gone"])
    move = Move("acme", date(2026, 10, 31), "usage", row["Currency"], charged, due)
    return {"Parked": "yes" if too_much_back([move], Bounds()) else "no"}


CHECKS = {
    "bounds": each(bounds),
    "unusual": each(unusual),
    "paid_back": each(paid_back),
    "servers_require": each(servers_require),
    "changed_minimum": each(changed_minimum),
    "free": each(free),
    "short": each(short),
    "deploying": each(deploying),
    "switching": each(switching),
    "switch_days": each(switch_days),
    "standing": each(standing),
    "below": each(below),
    "near_floor": each(near_floor),
}
