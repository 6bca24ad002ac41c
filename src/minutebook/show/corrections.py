"""Corrections and imports as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.show.serialise import Amount, Day, Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import AccountEffect, Corrected
    from minutebook.ledger.corrections import Correction

ID_DIGITS = 12
"""So many digits of an import's id are shown: enough to tell it from others."""


@dataclass(frozen=True)
class AccountEffectView:
    """What a correction does to an account."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of the amount")]
    calls: Annotated[int, Doc("calls that are or were its own, and change")]
    amount: Annotated[
        Amount | None,
        Doc(
            "with `--dry-run`: what the next run would post because of it; what the account gets back is positive"
        ),
    ]

    @classmethod
    def of(cls, effect: AccountEffect) -> AccountEffectView:
        """The account's share."""
        return cls(effect.account, effect.currency, effect.calls, effect.amount)


@dataclass(frozen=True)
class CorrectedView:
    """What a correction did, or would do."""

    correction: Annotated[int | None, Doc("its number; null: nothing changes")]
    dry_run: Annotated[bool, Doc("true: nothing was done")]
    kind: Annotated[
        str | None, Doc('`"calls"`, `"import"` or `"undo"`, as `correct --list` has it')
    ]
    undoes: Annotated[int | None, Doc("the correction that it takes back")]
    calls: Annotated[int, Doc("how many calls it changes")]
    unchanged: Annotated[int, Doc("calls that were so already")]
    reason: Annotated[str | None, Doc("why, as it was said")]
    by: Annotated[str | None, Doc("who corrected")]
    at: Annotated[Instant | None, Doc("when")]
    billed_through: Annotated[Day | None, Doc("the last day billed; null: none is")]
    nowhere: Annotated[
        dict[str, int],
        Doc("of `rematch`: calls that would be nobody's now, and stay where they are, by reason"),
    ]
    corrected_calls: Annotated[
        int,
        Doc(
            "of `import undo`: its calls that were corrected; the corrections count no longer either"
        ),
    ]
    accounts: Annotated[list[AccountEffectView], Doc("whose calls change")]

    @classmethod
    def of(cls, result: Corrected) -> CorrectedView:
        """The correction."""
        made = result.correction
        return cls(
            correction=None if made is None else made.number,
            dry_run=result.tried,
            kind=None if made is None else made.kind,
            undoes=None if made is None else made.undoes,
            calls=0 if made is None else made.calls,
            unchanged=result.unchanged,
            reason=None if made is None else made.reason,
            by=None if made is None else made.by,
            at=None if made is None else made.at,
            billed_through=result.billed_through,
            nowhere=result.nowhere,
            corrected_calls=result.with_it,
            accounts=[AccountEffectView.of(effect) for effect in result.accounts],
        )


@dataclass(frozen=True)
class CallCorrectionView:
    """A correction, as it was made."""

    correction: Annotated[int, Doc("its number")]
    at: Annotated[Instant | None, Doc("when")]
    by: Annotated[str, Doc("who")]
    kind: Annotated[
        str, Doc('`"calls"`, `"import"` (one was taken back), `"undo"` (of another correction)')
    ]
    said: Annotated[dict[str, Any], Doc("which calls were meant, and what was to become of them")]
    calls: Annotated[int, Doc("how many calls it bears on")]
    from_: Annotated[Day, Doc("the first day that they are on, before or after")]
    to: Annotated[Day, Doc("the last")]
    accounts: Annotated[list[str], Doc("that they are on, before or after")]
    reason: Annotated[str, Doc("why, as it was said")]
    undoes: Annotated[int | None, Doc("the correction that it takes back")]
    undone_by: Annotated[int | None, Doc("the correction that took it back; null: it is in force")]

    @classmethod
    def of(cls, made: Correction) -> CallCorrectionView:
        """The correction."""
        return cls(
            correction=made.number,
            at=made.at,
            by=made.by,
            kind=made.kind,
            said=made.said,
            calls=made.calls,
            from_=min(made.days),
            to=max(made.days),
            accounts=list(made.accounts),
            reason=made.reason,
            undoes=made.undoes,
            undone_by=made.undone_by,
        )


@dataclass(frozen=True)
class CallCorrectionsView:
    """Every correction, in order."""

    corrections: Annotated[list[CallCorrectionView], Doc("those that were undone among them")]

    @classmethod
    def of(cls, every: Iterable[Correction]) -> CallCorrectionsView:
        """The corrections."""
        return cls([CallCorrectionView.of(made) for made in every])


@dataclass(frozen=True)
class ImportedView:
    """An import that added calls."""

    id: Annotated[str, Doc("by which `import undo` knows it; its beginning is enough")]
    at: Annotated[Instant, Doc("when")]
    by: Annotated[str | None, Doc("who; null: it was not kept then")]
    files: Annotated[list[str], Doc("their names, of those that added calls")]
    sources: Annotated[list[str], Doc("of the calls")]
    added: Annotated[int, Doc("calls")]
    from_: Annotated[Day, Doc("the first day of its calls")]
    to: Annotated[Day, Doc("the last")]
    state: Annotated[str, Doc('`"in force"` or `"taken back"`')]
    correction: Annotated[int | None, Doc("the correction that took it back")]

    @classmethod
    def of(cls, one: Import) -> ImportedView:
        """The import."""
        return cls(
            id=one.id[:ID_DIGITS],
            at=one.at,
            by=one.by,
            files=list(one.files),
            sources=list(one.sources),
            added=one.added,
            from_=one.first,
            to=one.last,
            state="in force" if one.undone is None else "taken back",
            correction=one.undone,
        )


@dataclass(frozen=True)
class ImportsView:
    """Every import that added calls, the first first."""

    imports: Annotated[list[ImportedView], Doc("those that were taken back among them")]

    @classmethod
    def of(cls, every: Iterable[Import]) -> ImportsView:
        """The imports."""
        return cls([ImportedView.of(one) for one in every])
