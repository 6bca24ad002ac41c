"""Rate cards in a book: a deck taken in as a revision, and taken live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.bands import Bands
from minutebook.cards.classes import of_parts, parts_of
from minutebook.cards.country_prefixes import country_prefixes
from minutebook.cards.holiday_calendars import holiday_table
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.number_table import NumberTableKind
from minutebook.cards.origins import Origins
from minutebook.cards.revision import ALWAYS, Revision
from minutebook.cards.tariff import Tally, Terms
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.intake.deck_notice import deck_notice
from minutebook.intake.deck_parts import check_one_base, full_parts, partial_parts, said_of_parts
from minutebook.lake.card_store import PlannedDecks
from minutebook.ledger import card_revisions, deck_profiles, declarations, number_tables
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass
    from minutebook.cards.deck_files.table import DeckSource
    from minutebook.cards.decks import Deck
    from minutebook.cards.revision import Card, Interval
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.declarations.carrier import Carrier
    from minutebook.intake.deck_parts import DeckOrder
    from minutebook.lake.card_store import CardStore
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True, repr=False)
class Taken(Shown):
    """What became of a deck: its revision, and whether that is new."""

    revision: Revision
    """The revision that holds the deck."""
    currency: str
    """The card's currency."""
    added: bool
    """False: the card has the same deck already, in that revision."""
    source: DeckSource
    """What the deck's file was read as."""
    later: tuple[Revision, ...] = ()
    """The further revisions that it is, where its rows begin or end at several instants."""
    partial: bool = False
    """Whether the deck was taken for changes of some rows."""
    made_from: tuple[int, ...] = ()
    """The revisions whose other rows each of them has, where it is partial; else that which it replaces, if any."""
    gone: int = 0
    """How many prefixes of the revision that it replaces the last of them has no more."""
    silent: tuple[str, ...] = ()
    """The terms that rows of that revision said, and that neither a row nor the card says now: the plan's hold."""
    absent: tuple[str, ...] = ()
    """Prefixes that a partial deck removes, and that were not there."""
    not_in: tuple[Interval, ...] = ()
    """When later revisions are in force that the changes of a partial deck are not in."""
    short_notice: tuple[ShortNotice, ...] = ()
    """What of it holds sooner than is agreed for the card."""
    holds_before: Revision | None = None
    """The revision before, where it has the same rows and holds from an earlier instant: it stays so."""


def add_revision(database: Database, store: CardStore, order: DeckOrder, by: str) -> Taken:
    """Take a deck in as it is asked; one that is the latest revision already is left as it is.

    `InputError`, and nothing is kept of it: its currency, its dates or its bounds do not suit the card.
    """
    with database.transaction(lock=RUN) as connection:
        planned = PlannedDecks(store)
        taken = planned_revisions(connection, declarations.load(connection), planned, order)
        if taken.added:
            planned.keep_tables(store)
            for revision in (taken.revision, *taken.later):
                store.write(planned.read(revision.sha256))
                card_revisions.add(connection, taken.currency, revision, by)
        if order.profile is not None:
            profile = replace(order.profile, currency=taken.currency)
            deck_profiles.keep_profile(connection, profile, by)
        return taken


def planned_revisions(
    connection: Connection, carrier: Carrier, store: PlannedDecks, order: DeckOrder
) -> Taken:
    """What would become of a deck; its rows are in `store`, and nothing is kept. Errors as `add_revision`."""
    card, deck, file, live_at = order.card, order.deck, order.file, order.live_at
    known = carrier.cards.get(card)
    agreed = _currency(known, order.currency, order.default_currency)
    _check_currency(deck, known, agreed, file)
    for revisions in carrier.plans.values():
        for plan in revisions:
            if plan.card == card and plan.currency != agreed:
                raise InputError(
                    f"plan {plan.name!r} uses card {card!r} in {plan.currency}, not {agreed}; they must agree"
                )
    before = known.revisions if known else ()
    if order.partial:
        parts = partial_parts(deck, known, store, order)
    else:
        terms = order.terms.over(deck.terms).over(before[-1].terms if before else Terms())
        terms = replace(terms, bands=with_tables(connection, store, terms.bands, file))
        parts = full_parts(deck, known, store, order, terms)
    for part in parts:
        check_bounds(carrier, card, part.terms.checked_bounds(), part.rows, file)
    after = card_revisions.last_number(connection, card)
    made = tuple(
        Revision(
            card, n, part.at, store.write(part.rows), part.rows.height, file, part.terms, order.now
        )
        for n, part in enumerate(parts, after + 1)
    )
    said = said_of_parts(parts, known, store, order)
    last = before[-len(made) :]
    alike = [_content(r) for r in last] == [_content(r) for r in made]
    if alike and (live_at is None or last[0].live_at == live_at):
        return Taken(last[0], agreed, added=False, source=deck.source, later=last[1:], **said)
    if order.partial:
        check_one_base(parts, known, file)
    begins = parts[0].at
    if before and len(made) > 1 and live_at is None and begins and begins <= order.now:
        raise InputError.advised(
            f"its dates begin {instant_text(begins)}, and card {card!r} has prices for that time already",
            "pass live_at: what has begun by then holds from then",
            shell="say --live AT: what has begun by then holds from then",
            file=file,
        )
    if alike and live_at and last[0].live_at and ALWAYS < last[0].live_at < live_at:
        said["holds_before"] = last[0]
    said["short_notice"] = deck_notice(parts, known, store, order)
    return Taken(made[0], agreed, added=True, source=deck.source, later=made[1:], **said)


def with_tables(
    connection: Connection, store: CardStore, classes: PriceClasses | None, file: str | None = None
) -> PriceClasses | None:
    """What prices differ by, with the newest tables of numbers where it names none yet
    (docs/rules/jurisdictions.md, "Tables of numbers"; docs/rules/origins.md, "The country of a number"; docs/rules/bands.md, "Holidays of a country");
    `InputError` where one is missing.
    """
    return of_parts(_with_table(connection, store, part, file) for part in parts_of(classes))


def _with_table(
    connection: Connection, store: CardStore, part: PriceClass, file: str | None
) -> PriceClass:
    if isinstance(part, Bands) and part.calendars and not part.calendar:
        return replace(part, calendar=store.keep_table(holiday_table(part.calendars)))
    if isinstance(part, Origins) and not part.countries:
        return replace(part, countries=store.keep_table(country_prefixes()))
    if not isinstance(part, Jurisdictions) or part.states:
        return part
    wanted = {NumberTableKind.STATES: True, NumberTableKind.PORTED: part.lrn}
    found = {kind: number_tables.newest(connection, kind) for kind in wanted if wanted[kind]}
    for kind, table in found.items():
        if table is None:
            what = "states" if kind is NumberTableKind.STATES else "ported numbers"
            raise InputError.advised(
                f"its card goes by a table of {what}, and none is imported",
                "import one with book.numbering.import_file",
                shell="import one: minutebook numbering import FILE",
                file=file,
            )
    named = {kind: table.sha256 for kind, table in found.items() if table is not None}
    return replace(
        part,
        states=named[NumberTableKind.STATES],
        ported=named.get(NumberTableKind.PORTED, ""),
    )


def _content(revision: Revision) -> tuple[str, Terms]:
    return revision.sha256, revision.terms


def _check_currency(deck: Deck, known: Card | None, agreed: str, file: str) -> None:
    """A deck that names a currency names the card's (docs/rules/cards.md, "Currency of a card")."""
    if deck.currencies is None or agreed in deck.currencies:
        return
    what = f"its prices are in {deck.currency_words}, the card in {agreed}"
    if known:
        raise InputError(f"{what}; import it into a card of its own", file=file, line=1)
    one = next(iter(deck.currencies)) if len(deck.currencies) == 1 else None
    raise InputError.advised(
        what,
        "pass the deck's currency" if one is None else f"pass currency={one!r}",
        shell="say the deck's with --currency" if one is None else f"say --currency {one}",
        file=file,
        line=1,
    )


def check_bounds(
    carrier: Carrier, card: str, terms: Terms, deck: pl.DataFrame, file: str | None = None
) -> None:
    """A card that bounds a call's cost, itself or by its rows, is on no plan that rounds the day's sum: `InputError`
    (docs/rules/cost.md, "The least and the most of a call").
    """
    rows = deck.select("minimum_cost", "maximum_cost")
    if not terms.bounds_costs and rows.select(pl.all().is_null().all()).row(0) == (True, True):
        return
    for revisions in carrier.plans.values():
        for plan in revisions:
            if plan.card == card and plan.tally is Tally.DAILY:
                raise InputError(
                    f"it says what a call costs at least or at most, and plan {plan.name!r} uses card {card!r} with"
                    ' tally = "daily", where a call has no cost of its own; give that plan another card',
                    file=file,
                )


def card_named(connection: Connection, name: str) -> Card:
    """A card; `InputError` naming the known ones where there is none of the name."""
    return card_of({card.name: card for card in card_revisions.load(connection)}, name)


def _currency(known: Card | None, given: str | None, default: str) -> str:
    if known is not None and given is not None and given != known.currency:
        raise InputError(
            f"card {known.name!r} is in {known.currency}, not {given}; make another card"
        )
    return known.currency if known else money.currency(given or default)
