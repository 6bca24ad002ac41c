"""An import read again, as it would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.calls import ImportView
from minutebook.show.corrections import ID_DIGITS
from minutebook.show.sentences.notes import set_aside_words
from minutebook.show.serialise import Amount, Day
from minutebook.show.set_aside import AccountAsideView
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.corrections.trying_again import AgainEffect, AgainPreview


@dataclass(frozen=True)
class AgainEffectView:
    """What it would do to an account, or to what a provider is owed."""

    account: Annotated[str, Doc("its name, as declared; `provider:NAME` of a provider")]
    currency: Annotated[str, Doc("of the amounts")]
    calls_out: Annotated[int, Doc("its calls of the import, that would count no longer")]
    calls_in: Annotated[int, Doc("its calls of the files, as they are read now")]
    days: Annotated[int, Doc("billed days that would cost something else")]
    before: Annotated[
        Amount,
        Doc("what these days cost as they are billed; what a provider is owed too is positive"),
    ]
    after: Annotated[Amount, Doc("what they would cost")]
    difference: Annotated[Amount, Doc("what the next run would charge more; negative: less")]

    @classmethod
    def of(cls, effect: AgainEffect) -> AgainEffectView:
        """The account's share."""
        return cls(
            effect.account, effect.currency, effect.calls_out, effect.calls_in, effect.days,
            effect.before, effect.after, effect.difference,
        )  # fmt: skip


@dataclass(frozen=True)
class AgainPreviewView:
    """What an import read again would come to; nothing of it is done."""

    import_: Annotated[str, Doc("the import's id")]
    records: Annotated[ImportView, Doc("what would become of the records of its files")]
    billed_through: Annotated[Day | None, Doc("the last day billed; null: none is")]
    corrected_calls: Annotated[
        int, Doc("its calls that were corrected; the corrections would count no longer")
    ]
    accounts: Annotated[list[AgainEffectView], Doc("whose calls, or whose charges, would change")]
    set_aside: Annotated[
        list[AccountAsideView], Doc("accounts that a run would set aside, as something fails")
    ]

    @classmethod
    def of(cls, found: AgainPreview) -> AgainPreviewView:
        """The preview."""
        return cls(
            import_=found.import_id[:ID_DIGITS],
            records=ImportView.of(found.result),
            billed_through=found.billed_through,
            corrected_calls=found.corrected_calls,
            accounts=[AgainEffectView.of(effect) for effect in found.accounts],
            set_aside=[AccountAsideView.of(one) for one in found.set_aside],
        )


def again_notes(view: AgainPreviewView) -> list[str]:
    """What is not seen in the table."""
    notes = [set_aside_words(one) for one in view.set_aside]
    if view.corrected_calls:
        number = counted(view.corrected_calls, "call")
        notes.append(f"Corrections of {number} of it would count no longer either.")
    billed = f"what is billed through {view.billed_through}"
    tried = f"by {billed}" if view.billed_through else "nothing is billed yet"
    return [*notes, f"Nothing was done; the amounts are those that a run would post, {tried}."]
