"""What is earned, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook import money
from minutebook.plans.provider import provider_name
from minutebook.show.serialise import OMITTED, Amount, Day, Omitted
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from minutebook.statements.margin import Margin, MarginLine


@dataclass(frozen=True)
class MarginSumView:
    """Calls, what they are sold for, what they cost, and what is left."""

    calls: Annotated[int, Doc("attempts")]
    answered: Annotated[int, Doc("of the calls")]
    seconds: Annotated[float, Doc("used, with milliseconds")]
    minutes: Annotated[float, Doc("used")]
    asr_percent: Annotated[
        float | None, Doc("of a hundred attempts those answered, at one decimal")
    ]
    acd_seconds: Annotated[float | None, Doc("mean of the answered calls, at one decimal")]
    sale: Annotated[Amount, Doc("charged for calls whose cost is known; positive")]
    cost: Annotated[Amount, Doc("owed for calls whose sale is known; positive")]
    margin: Annotated[Amount, Doc("sale − cost")]
    margin_percent: Annotated[
        float | None, Doc("of a hundred that are charged, at one decimal; null: nothing is")
    ]
    unknown_calls: Annotated[
        int, Doc("answered calls of which the sale or the cost is not known: in neither sum")
    ]
    no_provider: Annotated[int, Doc("of `unknown_calls` those that no declared provider carried")]
    unknown_sale: Annotated[Amount, Doc("charged for calls whose cost is not known")]
    unknown_cost: Annotated[Amount, Doc("owed for calls whose sale is not known")]

    @classmethod
    def of_line(cls, line: MarginLine) -> MarginSumView:
        """The sums of a line, or of several."""
        return cls(**_figures(line))


@dataclass(frozen=True)
class _MarginGroups:
    """The names of a group; null: the calls have none, or there are no calls."""

    account: Annotated[str | Omitted | None, Doc("`--by account`")]
    provider: Annotated[str | Omitted | None, Doc("`--by provider`; null: none carried them")]
    destination: Annotated[str | Omitted | None, Doc("`--by destination`: as the card names it")]
    day: Annotated[str | Omitted | None, Doc("`--by day`: UTC")]
    card: Annotated[str | Omitted | None, Doc("`--by card`: that they are sold by")]


@dataclass(frozen=True)
class MarginLineView(MarginSumView, _MarginGroups):  # the names come first
    """A group, under the names that `by` says."""

    without_calls: Annotated[
        bool, Doc("whether it is what was charged for days without calls, under no other name")
    ]

    @classmethod
    def of(cls, line: MarginLine, groups: Sequence[str]) -> MarginLineView:
        """The group, named by what the margin goes by."""
        named: dict[str, Any] = dict.fromkeys(
            (field.name for field in fields(_MarginGroups)), OMITTED
        )
        for group, name in zip(groups, line.groups, strict=True):
            named[group] = (provider_name(name) if group == "provider" else name) or None
        return cls(**_figures(line), **named, without_calls=line.without_calls)


@dataclass(frozen=True)
class MarginView:
    """What is earned on the days of a period."""

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    by: Annotated[str, Doc("what `rows` go by; of several, with commas")]
    currency: Annotated[str, Doc("of all amounts")]
    rows: Annotated[list[MarginLineView], Doc("one object for each group")]
    total: Annotated[MarginSumView, Doc("what all of them come to")]
    unconverted: Annotated[
        list[str],
        Doc("currencies of which a day has no rate of exchange: those calls count as unknown"),
    ]

    @classmethod
    def of(cls, first: date, last: date, groups: Sequence[str], margin: Margin) -> MarginView:
        """The margin of a period, by these groups."""
        return cls(
            first,
            last,
            ",".join(groups),
            margin.currency,
            [MarginLineView.of(line, groups) for line in margin],
            MarginSumView.of_line(margin.total),
            list(margin.unconverted),
        )

    @property
    def notes(self) -> list[str]:
        """What is not known, and what to do about it, in words."""
        notes = []
        total = self.total
        if total.unknown_calls:
            notes.append(
                f"Of {counted(total.unknown_calls, 'answered call')} the sale or the cost is not known: no declared"
                " provider carried it, or no card prices it. What is known of one side stands apart: charged"
                f" {money.text(total.unknown_sale)} {self.currency}, owed {money.text(total.unknown_cost)} {self.currency}."
            )
        if total.no_provider:
            notes.append(
                f"No provider carried {counted(total.no_provider, 'call')} of these; see: minutebook calls --no-provider"
            )
        notes += [
            f"{currency}: some of these days have no rate of exchange to {self.currency}; declare it under [fx]."
            for currency in self.unconverted
        ]
        return notes


def group_words(groups: Sequence[str], line: MarginLine) -> list[str]:
    """What a line is called by each of its groups, in words where people would see nothing."""
    names = [
        provider_name(name) if group == "provider" else name
        for group, name in zip(groups, line.groups, strict=True)
    ]
    if line.without_calls:
        names[names.index("")] = "days without calls"
        return names
    return [name or f"no {group}" for group, name in zip(groups, names, strict=True)]


def _figures(line: MarginLine) -> dict[str, Any]:
    sums = line.sums
    return {
        "calls": sums.calls,
        "answered": sums.answered,
        "seconds": sums.duration_ms / 1000,
        "minutes": round(sums.duration_ms / 60_000, 4),
        "asr_percent": _number(sums.asr_percent),
        "acd_seconds": _number(sums.acd_seconds),
        "sale": line.sale,
        "cost": line.cost,
        "margin": line.margin,
        "margin_percent": _number(line.margin_percent),
        "unknown_calls": line.unknown_calls,
        "no_provider": line.no_provider,
        "unknown_sale": line.unknown_sale,
        "unknown_cost": line.unknown_cost,
    }


def _number(ratio: Decimal | None) -> float | None:
    return None if ratio is None else float(ratio)
