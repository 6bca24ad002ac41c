"""What runs parked, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day, Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.ledger.parked import ParkedCharge


@dataclass(frozen=True)
class ParkedChargeView:
    """A charge that waits until a person lets it pass. `charged` and `due` are positive."""

    account: Annotated[str, Doc("whose it is")]
    date: Annotated[Day, Doc("the day that it is for")]
    kind: Annotated[str, Doc('`"usage"`, `"channels"`, `"short_calls"`, `"minimum"`')]
    charged: Annotated[Amount, Doc("what is charged for it, and stays charged")]
    due: Annotated[Amount, Doc("what the run found due")]
    amount: Annotated[Amount, Doc("what posting it would add to the balance; a charge is negative")]
    currency: Annotated[str, Doc("of the amounts")]
    beyond: Annotated[
        str | None,
        Doc(
            '`"day"`: beyond the account\'s usual day; `"refund"`: too much of what was charged would be'
            " paid back; null: it waits with the others of its account"
        ),
    ]
    usual: Annotated[Amount | None, Doc("the account's usual day, where that was asked for")]
    passed_by: Annotated[str | None, Doc("who lets it pass; null: nobody so far")]
    passed_at: Annotated[Instant | None, Doc("when that was said")]
    reason: Annotated[str | None, Doc("why it may pass")]

    @classmethod
    def of(cls, one: ParkedCharge) -> ParkedChargeView:
        """The charge."""
        passed = one.passed
        return cls(
            account=one.account,
            date=one.day,
            kind=one.kind,
            charged=one.charged,
            due=one.due,
            amount=one.amount,
            currency=one.currency,
            beyond=one.beyond,
            usual=one.usual,
            passed_by=None if passed is None else passed.by,
            passed_at=None if passed is None else passed.at,
            reason=None if passed is None else passed.reason,
        )


@dataclass(frozen=True)
class ParkedView:
    """All that waits until a person lets it pass."""

    parked: Annotated[list[ParkedChargeView], Doc("by account, day and kind")]

    @classmethod
    def of(cls, charges: Iterable[ParkedCharge]) -> ParkedView:
        """The charges, in their order."""
        return cls([ParkedChargeView.of(one) for one in charges])
