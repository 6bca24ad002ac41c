"""A card that is taken live or withdrawn, as every door shows it: what that changes of billed days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook import money
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.intake.deck_notice import notice_words
from minutebook.plans.provider import is_provider
from minutebook.show.cards import RevisionView, intervals_text, live_text
from minutebook.show.decks import ShortNoticeView
from minutebook.show.serialise import Amount, Day, as_json
from minutebook.words import counted, stretches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from minutebook.billing.card_change import CardChange
    from minutebook.billing.card_effect import AccountChange
    from minutebook.cards.short_notice import ShortNotice


@dataclass(frozen=True)
class BilledChangeView:
    """An account whose billed days come to something else."""

    account: Annotated[str, Doc("its name")]
    currency: Annotated[str, Doc("of the amounts")]
    days: Annotated[int, Doc("how many of its billed days")]
    before: Annotated[Amount, Doc("what these cost as they are priced now")]
    after: Annotated[Amount, Doc("what they cost then")]
    difference: Annotated[Amount, Doc("what the next run charges more; negative: less")]


@dataclass(frozen=True)
class CardChangeView(RevisionView):
    """The revision as it stands then, and what that does to days that are billed."""

    changed: Annotated[bool, Doc("false where it stood so already")]
    done: Annotated[bool, Doc("false where it was only shown, or stood so already")]
    billed_days: Annotated[
        list[Day], Doc("the billed UTC days that are priced by other prices then")
    ]
    accounts: Annotated[
        list[BilledChangeView],
        Doc("for which these days come to something else; minimums left out"),
    ]
    closed_months: Annotated[
        list[str], Doc("closed ones among them: their differences are posted on the first open day")
    ]
    short_notice: Annotated[
        list[ShortNoticeView], Doc("what of it holds sooner than the card's notice")
    ]

    @classmethod
    def of_change(cls, found: CardChange, now: datetime) -> CardChangeView:
        """The change, as it stands at an instant."""
        return cls(
            **vars(RevisionView.of(found.card, found.revision, now)),
            changed=found.changed,
            done=found.done,
            billed_days=list(found.days),
            accounts=[
                BilledChangeView(a.account, a.currency, a.days, a.before, a.after, a.difference)
                for a in found.accounts
            ],
            closed_months=[f"{month:%Y-%m}" for month in found.closed_months],
            short_notice=[ShortNoticeView.of(short) for short in found.short_notice],
        )


def card_change_words(found: CardChange, what: str) -> list[str]:
    """What a change does to billed days, a sentence each; `what` is the change, as in `a-z 2 live`."""
    if not found.changed:
        return [f"{what}: it stands so already; nothing was changed."]
    said = [] if found.done else ["A dry run: nothing was changed."]
    if not found.days:
        return [*said, "No billed day is priced anew."]
    does = "The next run prices" if found.done else "It would price"
    anew = f"{does} {counted(len(found.days), 'billed day')} anew ({stretches(list(found.days))})"
    said.append(
        f"{anew}: {_worth(found.accounts)}."
        if found.accounts
        else f"{anew}, which come to the same."
    )
    if found.closed_months:
        closed = " and ".join(f"{month:%Y-%m}" for month in found.closed_months)
        said.append(f"{closed} is closed: what changes of it is posted on the first open day.")
    return said


def short_notice_words(short: Sequence[ShortNotice]) -> list[str]:
    """What is taken live sooner than is agreed for its card, a sentence each."""
    return [f"sooner than agreed: {notice_words(one, of_deck=False)}" for one in short]


def _worth(accounts: Sequence[AccountChange]) -> str:
    """What is charged more to accounts, and owed more to providers: each side by itself."""
    said = []
    for is_bought, whose in ((False, "account"), (True, "provider")):
        own = [one for one in accounts if is_provider(one.account) is is_bought]
        worth: dict[str, Decimal] = defaultdict(Decimal)
        for one in own:
            worth[one.currency] += one.difference
        sums = " and ".join(
            f"{money.text(abs(amount))} {currency} {'more' if amount > 0 else 'less' if amount else 'in all'}"
            for currency, amount in sorted(worth.items())
        )
        if own:
            said.append(f"{sums} {'owed to' if is_bought else 'for'} {counted(len(own), whose)}")
    return " and ".join(said)


def still_in_force_words(view: CardChangeView, at: datetime) -> list[str]:
    """When a revision that is withdrawn from an instant on is in force still, and how to take it back there too."""
    if not view.in_force or view.in_force[0].from_ >= at:
        return []
    first = view.in_force[0].from_
    stays = f"Before {instant_text(at)} it stays in force: {intervals_text(view.in_force)}"
    if first == ALWAYS:
        return [f"{stays}; for other prices then, import a deck with --live from their first day."]
    back = f"minutebook card withdraw {view.card} {view.revision} --at {live_text(first)}"
    return [f"{stays}; to take it back from its beginning: {back}"]


def change_rows(view: CardChangeView) -> list[dict[str, object]]:
    """The accounts, for a table."""
    return [as_json(account) for account in view.accounts]
