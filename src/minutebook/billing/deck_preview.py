"""What a deck would change, before it is taken in: prices, terms, and the calls of the last days in money
(docs/rules/decks.md, "Preview").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.card_effect import on_card
from minutebook.billing.schedule import Schedule
from minutebook.billing.set_aside import AccountsAside
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.cards.building.changes import compared_prices
from minutebook.cards.countries import sole_countries
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.revision import ALWAYS, Card
from minutebook.cards.tariff import Terms
from minutebook.days import ONE_DAY
from minutebook.errors import InputError
from minutebook.intake.rate_cards import planned_revisions
from minutebook.lake.card_store import PlannedDecks
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.plans.per_minute import due
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from minutebook.cards.decks import Deck
    from minutebook.cards.revision import Revision
    from minutebook.declarations.carrier import Carrier
    from minutebook.intake.deck_parts import DeckOrder
    from minutebook.intake.rate_cards import Taken
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.database import Database

MOST_DAYS = 366
"""Of so many days at most are the calls priced."""


@dataclass(frozen=True, slots=True, repr=False)
class CallsPreview(Shown):
    """The calls of an account in the last days, priced throughout by the one revision and by the other."""

    account: str
    """Its name, as declared; `provider:NAME` of a provider, whose amounts are what it is owed."""
    currency: str
    """Of the amounts."""
    calls: int
    before: Decimal
    """What they come to by the revision that the deck is compared with."""
    after: Decimal
    """What they come to by the deck's."""
    unpriced_before: int
    """Answered calls that the one revision has no price for."""
    unpriced_after: int
    """Answered calls that the deck has no price for."""

    @property
    def difference(self) -> Decimal:
        """What they come to more by the deck; negative: less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, repr=False)
class RevisionPreview(Shown):
    """A revision that a deck would be, and what it changes."""

    revision: Revision
    changes: pl.DataFrame
    """Every prefix, as `cards.building.changes.compared_prices` has them, and its `country`: two letters, `several`,
    or null where it is of none.
    """
    terms_before: Terms
    """What the card says of all rows in the revision that this one is compared with."""
    accounts: tuple[CallsPreview, ...]
    """The accounts and providers that are charged by the card, and have calls in these days."""
    set_aside: Mapping[str, str]
    """Accounts whose calls cannot be priced, and why."""


@dataclass(frozen=True, slots=True, repr=False)
class DeckPreview(Shown):
    """What a deck would change; nothing is kept."""

    card: Card
    """The card with the revisions that the deck would be."""
    taken: Taken
    """What would become of the deck; `added` is false where it is the latest revision already."""
    file: str
    """The deck's name."""
    deck: Deck
    """The deck as it was read."""
    against: Revision | None
    """The revision that the changes are from: that in force at the deck's instant, else the latest; None: none."""
    parts: tuple[RevisionPreview, ...]
    """A revision that the deck would be each, in order of time."""
    first_day: date | None
    """The first UTC day whose calls were priced; None: the book has no calls, or no days were asked for."""
    last_day: date | None
    """The last of them, which is the last day that has calls."""


def preview_deck(
    database: Database,
    lake: Lake,
    store: CardStore,
    order: DeckOrder,
    days: int,
    progress: Callable[[int, int], None] | None = None,
) -> DeckPreview:
    """What a deck would change, were it taken in as it is asked; `days` back from the last day with calls are priced.

    What `add_revision` refuses is refused. `progress` is told of calls (priced, to price).
    """
    if not 0 <= days <= MOST_DAYS:
        raise InputError(
            f"days {days} is not 0 to {MOST_DAYS}", shell=f"--days {days} is not 0 to {MOST_DAYS}"
        )
    planned = PlannedDecks(store)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        taken = planned_revisions(connection, carrier, planned, order)
        known = carrier.cards.get(order.card) or Card(order.card, taken.currency, ())
        against = _against(known, taken, order)
        work = _work(lake, days)
        made = (taken.revision, *taken.later)
        rows = pl.DataFrame(schema=DECK_SCHEMA) if against is None else planned.read(against.sha256)
        effect = _CallsEffect(lake, planned, on_card(carrier, order.card), known, work)
        total = sum(part.rows for part in work)
        was, aside_before = effect.sums(against, _portion(progress, 0, total, len(made) + 1))
        parts = []
        for n, revision in enumerate(made, 1):
            found, aside = effect.sums(revision, _portion(progress, n, total, len(made) + 1))
            changes = compared_prices(rows, planned.read(revision.sha256))
            parts.append(
                RevisionPreview(
                    revision,
                    changes.with_columns(country=sole_countries(changes["prefix"])),
                    Terms() if against is None else against.terms,
                    effect.accounts(was, found, {*aside_before.reasons, *aside.reasons}),
                    aside_before.reasons | aside.reasons,
                )
            )
    card = replace(known, revisions=(*known.revisions, *made)) if taken.added else known
    return DeckPreview(
        card=card, taken=taken, file=order.file, deck=order.deck, against=against, parts=tuple(parts),
        first_day=work[0].day if work else None, last_day=work[-1].day if work else None,
    )  # fmt: skip


def calls_to_preview(lake: Lake, days: int) -> int:
    """How many calls a preview of so many days prices, each by either side."""
    return sum(part.rows for part in _work(lake, days))


def _against(known: Card, taken: Taken, order: DeckOrder) -> Revision | None:
    at = taken.revision.live_at if taken.added else None
    in_force = known.in_force(at or order.now)
    if in_force is not None:
        return in_force
    return next((one for one in reversed(known.revisions) if not one.withdrawn), None)


def _work(lake: Lake, days: int) -> list[DayFiles]:
    """The lake's files of so many days, the last being the last that has calls."""
    files = lake.snapshot().files if days else []
    if not files:
        return []
    last = max(file.day for file in files)
    parts: dict[date, list[LakeFile]] = defaultdict(list)
    for file in files:
        if file.day > last - days * ONE_DAY:
            parts[file.day].append(file)
    return [DayFiles(day, parts[day]) for day in sorted(parts)]


def _portion(
    progress: Callable[[int, int], None] | None, nth: int, rows: int, times: int
) -> Callable[[int, int], None] | None:
    """Progress of one of several passes over the same calls."""
    if progress is None:
        return None
    return lambda done, _: progress(nth * rows + done, times * rows)


@dataclass(slots=True)
class _CallsEffect:
    """Calls priced throughout by one revision of a card, and by another."""

    lake: Lake
    cards: CardStore
    carrier: Carrier
    card: Card
    work: list[DayFiles]

    def sums(
        self, revision: Revision | None, progress: Callable[[int, int], None] | None
    ) -> tuple[dict[tuple[date, str], Sums], AccountsAside]:
        """What the calls of each day and account add up to by a revision, on days that are charged by the card;
        and whose calls cannot be priced.
        """
        aside = AccountsAside()
        if not self.work or not self.carrier.accounts:
            return {}, aside
        one = () if revision is None else (replace(revision, live_at=ALWAYS, lives=()),)
        cards = self.carrier.cards | {self.card.name: replace(self.card, revisions=one)}
        schedule = Schedule(replace(self.carrier, cards=cards))
        found: dict[tuple[date, str], Sums] = defaultdict(Sums)
        sums = tally_parts(self.lake, self.cards, schedule, self.work, progress, aside=aside)
        for (day, account, _, _), some in sums.items():
            plan = schedule.plan_of(account, day)
            if plan is not None and plan.card == self.card.name:
                found[day, account] += some
        return found, aside

    def accounts(
        self,
        before: Mapping[tuple[date, str], Sums],
        after: Mapping[tuple[date, str], Sums],
        without: Collection[str],
    ) -> tuple[CallsPreview, ...]:
        """The calls of each account, `without` some, by the one revision and by the other; each day is rounded as its
        plan says.
        """
        schedule = Schedule(self.carrier)
        found: dict[str, CallsPreview] = {}
        for day, account in sorted(before.keys() | after.keys()):
            plan = schedule.plan_of(account, day)
            if plan is None or account in without:
                continue
            was, now = (of.get((day, account), Sums()) for of in (before, after))
            so_far = found.get(account) or CallsPreview(
                account, plan.currency, 0, Decimal(0), Decimal(0), 0, 0
            )
            found[account] = replace(
                so_far,
                calls=so_far.calls + max(was.calls, now.calls),
                before=so_far.before + due(plan, was.numerator),
                after=so_far.after + due(plan, now.numerator),
                unpriced_before=so_far.unpriced_before + was.unpriced_calls,
                unpriced_after=so_far.unpriced_after + now.unpriced_calls,
            )
        return tuple(found[name] for name in sorted(found))
