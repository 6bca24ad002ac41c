"""Declarations that were taken back, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

if TYPE_CHECKING:
    from minutebook.accounts.removing import Removal


@dataclass(frozen=True)
class RemovalView:
    """A declaration that was taken back."""

    kind: Annotated[
        str,
        Doc(
            '`"account"`, `"server"`, `"plan"`, `"source"`, `"card"`, `"provider"` or `"schedule"`'
        ),
    ]
    name: Annotated[str, Doc("its name")]
    reason: Annotated[str, Doc("why, as it was said")]
    by: Annotated[str, Doc("who took it back")]
    new: Annotated[bool, Doc("false: it was so before, in the same words, and nothing is changed")]

    @classmethod
    def of(cls, removal: Removal) -> RemovalView:
        """The declaration."""
        return cls(removal.kind, removal.name, removal.reason, removal.by, removal.new)
