"""Changes of accounts' statuses, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day, Instant

if TYPE_CHECKING:
    from minutebook.ledger.statuses import StatusChange


@dataclass(frozen=True)
class StatusChangeView:
    """A change of an account's status."""

    date: Annotated[
        Day,
        Doc("the UTC day that showed it: the last one billed, or a payment's; or from which it is"),
    ]
    at: Annotated[Instant | None, Doc("when it was made")]
    status: Annotated[
        str, Doc('what the account is from then: `"active"`, `"suspended"`, `"closed"`')
    ]
    cause: Annotated[str, Doc('`"floor"` or `"hand"`')]
    reason: Annotated[str, Doc("in words")]
    below_floor: Annotated[
        Amount | None, Doc("by how much, positive; null where it was not, or by hand")
    ]
    run: Annotated[int | None, Doc("the run that judged it")]
    by: Annotated[str, Doc("who billed, paid or changed it")]

    @classmethod
    def of(cls, change: StatusChange) -> StatusChangeView:
        """The change, without its account."""
        return cls(
            date=change.day,
            at=change.changed_at,
            status=change.status,
            cause=change.cause,
            reason=change.reason,
            below_floor=change.below_floor,
            run=change.run,
            by=change.changed_by,
        )


@dataclass(frozen=True)
class _OfAccount:
    account: Annotated[str, Doc("its name, as declared")]


@dataclass(frozen=True)
class AccountChangeView(StatusChangeView, _OfAccount):
    """A change of an account's status, with the account."""

    new: Annotated[
        bool, Doc("false: it was so before, said in the same words, and nothing is changed")
    ]

    @classmethod
    def of(cls, change: StatusChange) -> AccountChangeView:
        """The change."""
        said = vars(StatusChangeView.of(change))
        return cls(account=change.account, **said, new=change.new)
