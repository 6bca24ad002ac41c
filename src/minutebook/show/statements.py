"""Statements as every door shows them. Charges are negative, payments positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day, Month
from minutebook.show.set_aside import AccountAsideView
from minutebook.show.statuses import StatusChangeView

if TYPE_CHECKING:
    from minutebook.statements.statement import MonthTotal, Statement, StatementDay


@dataclass(frozen=True)
class CorrectionView:
    """A charge that is for a day of a closed month."""

    date: Annotated[Day, Doc("the day that it is for")]
    kind: Annotated[str, Doc('`"usage"`, `"channels"`, `"short_calls"`, `"minimum"`')]
    amount: Annotated[Amount, Doc("as the charges, negative")]


@dataclass(frozen=True)
class StatementDayView:
    """A UTC day of a statement."""

    date: Annotated[Day, Doc("which day")]
    calls: Annotated[int, Doc("attempts, unpriced ones included")]
    answered: Annotated[int, Doc("of these, those answered")]
    seconds: Annotated[float, Doc("used, with milliseconds")]
    billed_seconds: Annotated[int, Doc("what the price counts")]
    per_minute: Annotated[Amount, Doc("usage charges, negative")]
    per_channel: Annotated[Amount, Doc("charges for channels, negative; a credit is positive")]
    minimum: Annotated[Amount, Doc("what was short of the servers' minimum, negative")]
    short_calls: Annotated[Amount, Doc("surcharges on short calls, negative")]
    other: Annotated[Amount, Doc("setup, package, tax, adjustments")]
    payments: Annotated[Amount, Doc("positive; refunds and payments undone negative")]
    total: Annotated[Amount, Doc("the sum of the six")]
    balance: Annotated[Amount, Doc("at the day's end")]
    corrections: Annotated[
        list[CorrectionView], Doc("of the charges, those for days of closed months")
    ]
    channels_bought: Annotated[
        int | None,
        Doc("as declared, now or at the instant that is asked for; null where none are bought"),
    ]
    peak: Annotated[
        int | None,
        Doc(
            "the most channels that billed calls held; null under a per-minute plan, and for days not billed"
        ),
    ]

    @classmethod
    def of(cls, day: StatementDay) -> StatementDayView:
        """The day."""
        return cls(
            date=day.day,
            calls=day.sums.calls,
            answered=day.sums.answered,
            seconds=day.sums.duration_ms / 1000,
            billed_seconds=day.sums.billed_seconds,
            per_minute=day.per_minute,
            per_channel=day.per_channel,
            minimum=day.minimum,
            short_calls=day.short_calls,
            other=day.other,
            payments=day.payments,
            total=day.total,
            balance=day.balance,
            corrections=[CorrectionView(*correction) for correction in day.corrections],
            channels_bought=day.channels_bought,
            peak=day.peak,
        )


@dataclass(frozen=True)
class StatementMonthView:
    """The sums of a month, over its days that the statement has."""

    month: Annotated[Month, Doc("which month")]
    calls: Annotated[int, Doc("as of a day, as all that follows")]
    answered: Annotated[int, Doc("as of a day")]
    seconds: Annotated[float, Doc("as of a day")]
    billed_seconds: Annotated[int, Doc("as of a day")]
    per_minute: Annotated[Amount, Doc("as of a day")]
    per_channel: Annotated[Amount, Doc("as of a day")]
    minimum: Annotated[Amount, Doc("as of a day")]
    short_calls: Annotated[Amount, Doc("as of a day")]
    other: Annotated[Amount, Doc("as of a day")]
    payments: Annotated[Amount, Doc("as of a day")]
    total: Annotated[Amount, Doc("as of a day")]

    @classmethod
    def of(cls, month: MonthTotal) -> StatementMonthView:
        """The month."""
        return cls(
            month=month.month,
            calls=month.sums.calls,
            answered=month.sums.answered,
            seconds=month.sums.duration_ms / 1000,
            billed_seconds=month.sums.billed_seconds,
            **month.amounts,
        )


@dataclass(frozen=True)
class StatementView:
    """An account, day by day."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    billed_through: Annotated[Day | None, Doc("null: no day is billed yet")]
    opening_balance: Annotated[Amount, Doc("before `from`")]
    closing_balance: Annotated[Amount, Doc("after `to`")]
    days: Annotated[list[StatementDayView], Doc("every day from `from` to `to`")]
    months: Annotated[list[StatementMonthView], Doc("every month that has a day of them")]
    status: Annotated[str, Doc("the account's now, or at the instant that is asked for")]
    suspension: Annotated[
        StatusChangeView | None, Doc("the change that suspended it, where it is suspended")
    ]
    status_changes: Annotated[
        list[StatusChangeView], Doc("the changes that a day from `from` to `to` showed")
    ]
    set_aside: Annotated[
        AccountAsideView | None,
        Doc("why days of it are not billed, where the account is set aside now"),
    ]

    @classmethod
    def of(cls, statement: Statement) -> StatementView:
        """The statement."""
        suspension, aside = statement.suspension, statement.set_aside
        return cls(
            account=statement.account,
            currency=statement.currency,
            from_=statement.first,
            to=statement.last,
            billed_through=statement.billed_through,
            opening_balance=statement.opening_balance,
            closing_balance=statement.closing_balance,
            days=[StatementDayView.of(day) for day in statement.days],
            months=[StatementMonthView.of(month) for month in statement.months],
            status=statement.status,
            suspension=None if suspension is None else StatusChangeView.of(suspension),
            status_changes=[StatusChangeView.of(change) for change in statement.status_changes],
            set_aside=None if aside is None else AccountAsideView.of(aside),
        )
