"""Accounts that a run left aside, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Day

if TYPE_CHECKING:
    from minutebook.billing.set_aside import AccountAside


@dataclass(frozen=True)
class AccountAsideView:
    """An account that waits, as something fails for it, or as it is beyond the bounds."""

    account: Annotated[str, Doc("its name")]
    reason: Annotated[str, Doc("what fails, or what is beyond the bounds")]
    from_: Annotated[Day, Doc("the first day that is not billed")]
    days: Annotated[int, Doc("how many days have calls or charges that are not billed")]
    parked: Annotated[
        bool, Doc("nothing fails, but it is beyond the bounds: `parked list`, `parked pass`")
    ]

    @classmethod
    def of(cls, one: AccountAside) -> AccountAsideView:
        """The account."""
        return cls(one.account, one.reason, one.days[0], len(one.days), one.parked)
