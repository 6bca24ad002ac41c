"""Totals as every door shows them. Charges are negative, payments positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Amount, Day, Omitted
from minutebook.words import some_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from minutebook.statements.totals import Total, Totals


@dataclass(frozen=True)
class TotalView:
    """A group in a currency, under the names that `by` says."""

    account: Annotated[str | Omitted, Doc("`--by account`")]
    day: Annotated[str | Omitted, Doc("`--by day`")]
    week: Annotated[str | Omitted, Doc("`--by week`: of ISO 8601, from Monday, as in 2026-W41")]
    month: Annotated[str | Omitted, Doc("`--by month`")]
    destination: Annotated[str | Omitted, Doc("`--by destination`")]
    plan: Annotated[str | Omitted, Doc("`--by plan`")]
    currency: Annotated[str, Doc("of the amounts")]
    calls: Annotated[int, Doc("attempts")]
    answered: Annotated[int, Doc("of the calls")]
    seconds: Annotated[float, Doc("used")]
    minutes: Annotated[float, Doc("used")]
    billed_seconds: Annotated[int, Doc("what the price counts")]
    unpriced_calls: Annotated[int, Doc("of the calls, those without a price")]
    charges: Annotated[Amount, Doc("charges and adjustments, charges negative")]
    payments: Annotated[Amount, Doc("positive; refunds and payments undone negative")]
    asr_percent: Annotated[
        float | None,
        Doc("answer-seizure ratio: of a hundred attempts those answered, at one decimal"),
    ]
    acd_seconds: Annotated[
        float | None, Doc("average call duration: mean of the answered calls, at one decimal")
    ]

    @classmethod
    def of(cls, total: Total, groups: Sequence[str]) -> TotalView:
        """The group, named by what the totals go by."""
        named: dict[str, Any] = dict.fromkeys(
            ("account", "day", "week", "month", "destination", "plan"), OMITTED
        )
        return cls(**named | dict(zip(groups, total.groups, strict=True)), **_figures(total))


@dataclass(frozen=True)
class TotalsSumView:
    """What all groups come to in a currency; ratios are those of the sums."""

    currency: Annotated[str, Doc("of the amounts")]
    calls: Annotated[int, Doc("as of a group, as all that follows")]
    answered: Annotated[int, Doc("as of a group")]
    seconds: Annotated[float, Doc("as of a group")]
    minutes: Annotated[float, Doc("as of a group")]
    billed_seconds: Annotated[int, Doc("as of a group")]
    unpriced_calls: Annotated[int, Doc("as of a group")]
    charges: Annotated[Amount, Doc("as of a group")]
    payments: Annotated[Amount, Doc("as of a group")]
    asr_percent: Annotated[float | None, Doc("as of a group")]
    acd_seconds: Annotated[float | None, Doc("as of a group")]


@dataclass(frozen=True)
class TotalsView:
    """Sums over the days of a period."""

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    by: Annotated[
        str,
        Doc(
            '`"account"`, `"day"`, `"week"`, `"month"`, `"destination"` or `"plan"`; of several,'
            ' with commas, as in `"account,day"`'
        ),
    ]
    totals: Annotated[list[TotalView], Doc("one object for each group and currency")]
    sum: Annotated[
        list[TotalsSumView], Doc("what all of them come to, one object for each currency")
    ]
    only_answered: Annotated[
        list[str],
        Doc(
            "accounts that have calls on these days and none that was not answered: where their"
            " switch does not record attempts, their ratio says nothing"
        ),
    ]

    @classmethod
    def of(cls, first: date, last: date, groups: Sequence[str], totals: Totals) -> TotalsView:
        """The totals of a period, by these groups."""
        return cls(
            first,
            last,
            ",".join(groups),
            [TotalView.of(total, groups) for total in totals],
            [TotalsSumView(**_figures(total)) for total in totals.sums],
            list(totals.only_answered),
        )

    @property
    def notes(self) -> list[str]:
        """What the ratios rest on, in words."""
        if not self.only_answered:
            return []
        return [
            f"No unanswered attempt of {some_of(self.only_answered)} is recorded on these days: where a switch"
            " writes answered calls alone, ASR says nothing."
        ]


def _figures(total: Total) -> dict[str, Any]:
    sums = total.sums
    return {
        "currency": total.currency,
        "calls": sums.calls,
        "answered": sums.answered,
        "seconds": sums.duration_ms / 1000,
        "minutes": round(sums.duration_ms / 60_000, 4),
        "billed_seconds": sums.billed_seconds,
        "unpriced_calls": sums.unpriced_calls,
        "charges": total.charges,
        "payments": total.payments,
        "asr_percent": _number(sums.asr_percent),
        "acd_seconds": _number(sums.acd_seconds),
    }


def _number(value: Decimal | None) -> float | None:
    """A ratio that is rounded already, as JSON's number."""
    return None if value is None else float(value)
