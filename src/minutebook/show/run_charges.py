"""Who was charged what by a run, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount

if TYPE_CHECKING:
    from minutebook.statements.run_charges import RunCharge


@dataclass(frozen=True)
class RunChargeView:
    """What a run posted to an account."""

    account: Annotated[str, Doc("who was charged")]
    currency: Annotated[str, Doc("of the amounts")]
    postings: Annotated[int, Doc("differences posted to it")]
    per_minute: Annotated[Amount, Doc("for minutes: charges negative, what is given back positive")]
    per_channel: Annotated[Amount, Doc("for channels, as for minutes")]
    minimum: Annotated[Amount, Doc("for what is short of the servers' minimum, as for minutes")]
    short_calls: Annotated[Amount, Doc("surcharges on short calls, as for minutes")]
    other: Annotated[Amount, Doc("anything else, as for minutes")]
    total: Annotated[Amount, Doc("the sum of the five")]

    @classmethod
    def of(cls, charge: RunCharge) -> RunChargeView:
        """What the account was charged."""
        return cls(
            account=charge.account,
            currency=charge.currency,
            postings=charge.postings,
            per_minute=charge.per_minute,
            per_channel=charge.per_channel,
            minimum=charge.minimum,
            short_calls=charge.short_calls,
            other=charge.other,
            total=charge.total,
        )
