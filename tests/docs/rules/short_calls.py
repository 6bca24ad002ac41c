"""Checks of what short calls cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.tables import each

from minutebook.cards.tariff import DEFAULT_TERMS, Tally
from minutebook.days import ONE_DAY
from minutebook.money import Method, Rounding
from minutebook.plans.holdings import Holdings
from minutebook.plans.plan import Plan
from minutebook.plans.provider import Provider, Surcharge
from minutebook.plans.short_call_dues import short_call_dues
from minutebook.plans.short_calls import AnsweredCalls, ChargedPer, ShortCalls
from minutebook.plans.terms import Account, Term
from minutebook.rating.tally import tallied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.rules.tables import Row

    from minutebook.plans.recurring import Due

_SHOWN = Rounding(Method.HALF_UP, 4)
_LAST = date(2026, 12, 31)


def surcharge(row: Row, fee: str = "1") -> ShortCalls:
    below = int(Decimal(row.get("below_seconds", "6")) * 1000)
    return ShortCalls(below, Decimal(row["share_over"]), Decimal(fee))


def short_share(row: Row) -> dict[str, str]:
    """Calls of so many seconds, tallied; none: not answered."""
    lengths = [
        None if each == "none" else int(Decimal(each) * 1000)
        for each in row["Lengths (s)"].split(", ")
    ]
    said = surcharge(row)
    calls = pl.LazyFrame({"account": "acme", "duration_ms": lengths}).with_columns(
        priced=True, billed_seconds=pl.lit(0), numerator=pl.lit(0), cost_units=pl.lit(0)
    )
    found = tallied(calls, ["account"], Tally.DAILY, said.below_ms).collect().row(0, named=True)
    answered = AnsweredCalls(found["answered"], found["short_calls"])
    return {
        "Answered": str(answered.calls),
        "Short": str(answered.short),
        "Due for": plain(said.due(answered)),
    }


def short_fee(row: Row) -> dict[str, str]:
    answered = AnsweredCalls(int(row["Answered"]), int(row["Short"]))
    share = _SHOWN.of(Fraction(100 * int(row["Short"]), int(row["Answered"])))
    return {
        "Share": f"{plain(share)} %",
        "Due": plain(surcharge(row, row["fee"]).due(answered)),
    }


def short_periods(row: Row) -> dict[str, str]:
    """What days owe at 0.01 each above 15 %, under a plan from a day on; then under another that asks nothing."""
    said = ShortCalls(6000, Decimal("0.15"), Decimal("0.01"), ChargedPer(row["per"]))
    first, _, last = row["Plan"].partition(" to ")
    dialler = Plan("dialler", "USD", Tally.DAILY, DEFAULT_TERMS, rate=Decimal(0), short_calls=said)
    other = Plan("other", "USD", Tally.DAILY, DEFAULT_TERMS, rate=Decimal(0))
    terms = [Term(date.fromisoformat(first), "dialler")]
    if last:
        terms.append(Term(date.fromisoformat(last) + ONE_DAY, "other"))
    account = Account("acme", "Acme", "USD", Decimal(0), tuple(terms))
    held = Holdings.declared({"dialler": (dialler,), "other": (other,)}, account, [])
    return {"Charged": _owed(short_call_dues(held, _answered(row), terms[0].from_day, _LAST))}


def _answered(row: Row) -> dict[date, AnsweredCalls]:
    found = {}
    for counted in row["Calls"].split(", "):
        day, short, _, calls = counted.split()
        found[date.fromisoformat(day)] = AnsweredCalls(int(calls), int(short))
    return found


def _owed(dues: Iterator[Due]) -> str:
    return ", ".join(f"{due.day} {plain(due.amount)}" for due in dues if due.amount) or "none"


def provider_surcharges(row: Row) -> dict[str, str]:
    """What is owed to a provider at 0.01 each above 15 %."""
    per, *days = row["Asked"].split()
    said = dict(zip(days[::2], map(date.fromisoformat, days[1::2]), strict=True))
    asked = ShortCalls(6000, Decimal("0.15"), Decimal("0.01"), ChargedPer(per))
    surcharge = Surcharge(asked, said["from"], said.get("until"))
    vox = Provider("vox", "Vox", "USD", "buy", short_calls=(surcharge,))
    held = Holdings.declared({vox.key: vox.plans()}, vox.account(), [])
    return {"Owed": _owed(short_call_dues(held, _answered(row), date.min, _LAST))}


CHECKS = {
    "short_share": each(short_share),
    "short_fee": each(short_fee),
    "short_periods": each(short_periods),
    "provider_surcharges": each(provider_surcharges),
}
