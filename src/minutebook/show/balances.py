"""What accounts have to spend, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount

if TYPE_CHECKING:
    from minutebook.accounts.credit_standings import Standing


@dataclass(frozen=True)
class BalanceView:
    """What an account has to spend, now."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    balance: Annotated[Amount, Doc("payments and credits less charges")]
    holds: Annotated[Amount, Doc("0 in this version")]
    available: Annotated[Amount, Doc("balance − floor − holds")]
    floor: Annotated[Amount, Doc("minus the debit limit")]
    status: Annotated[str, Doc('`"active"`, `"suspended"` or `"closed"`')]
    status_reason: Annotated[str | None, Doc("why it is suspended; null where it is not")]
    stopped: Annotated[bool, Doc("false only if active with available above 0")]

    @classmethod
    def of(cls, standing: Standing) -> BalanceView:
        """As it stands."""
        return cls(
            account=standing.account,
            currency=standing.currency,
            balance=standing.balance,
            holds=standing.holds,
            available=standing.available,
            floor=standing.floor,
            status=standing.status,
            status_reason=standing.status_reason,
            stopped=standing.stopped,
        )
