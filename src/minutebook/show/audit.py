"""Who did what, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.sentences.deeds import deed_words
from minutebook.show.serialise import Instant

if TYPE_CHECKING:
    from minutebook.ledger.deeds import Deed
    from minutebook.statements.audit import Audited


@dataclass(frozen=True)
class DeedView:
    """Something that a person did."""

    at: Annotated[Instant, Doc("when")]
    by: Annotated[str | None, Doc("who; null: from before it was kept")]
    asked_from: Annotated[
        str | None,
        Doc(
            "the network address that it was asked from; null: at the machine, or from before it was kept"
        ),
    ]
    kind: Annotated[
        str,
        Doc(
            '`"payment"`, `"refund"`, `"reversal"`, `"adjustment"`, `"correction"`, `"undo"`, `"import"`, `"import undo"`,'
            ' `"rematch"`, `"run"`, `"pass"`, `"close"`, `"status"`, `"adopt"`, `"backup"`, `"restore"`; of what was declared `"account"`, `"plan"`,'
            ' `"server"`, `"source"`, `"card"`, `"provider"`, `"fx"`, `"schedule"`, `"key"`, `"user"`'
        ),
    ]
    name: Annotated[
        str, Doc("of what: the name, the number of a correction or run, the month, the folder")
    ]
    accounts: Annotated[list[str], Doc("the accounts that it bears on, as far as it names them")]
    what: Annotated[str, Doc("what was done, in a line")]
    reason: Annotated[str | None, Doc("why, as it was said, or by which command")]

    @classmethod
    def of(cls, deed: Deed) -> DeedView:
        """The deed, in words."""
        return cls(
            at=deed.at,
            by=deed.by or None,
            asked_from=deed.asked_from,
            kind=deed.kind,
            name=deed.name,
            accounts=list(deed.accounts),
            what=deed_words(deed),
            reason=deed.reason,
        )


@dataclass(frozen=True)
class AuditView:
    """All that people did."""

    deeds: Annotated[list[DeedView], Doc("in the order of their instants")]
    untold: Annotated[
        str | None, Doc("which imports are not told, as the lake lacks them; null: all is told")
    ]

    @classmethod
    def of(cls, audited: Audited) -> AuditView:
        """The deeds, in their order."""
        return cls([DeedView.of(deed) for deed in audited], audited.untold)
