"""Rate cards: revisions, prices, what differs between them, where a price comes from and where it loses; how decks are read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, file_word, told_as
from minutebook.api.asked import INSTANT, SomeDays
from minutebook.api.entry import OneInstant, Served, having
from minutebook.api.problems import not_there
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm
from minutebook.book.clock import now
from minutebook.cards.deck_profile import profile_named
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.show.card_differences import CardDifferenceView, PriceDifferenceView
from minutebook.show.cards import PriceView
from minutebook.show.deck_profiles import DeckProfileView
from minutebook.show.declarations.assured_calls import CallAssuranceView, LosingCallsView
from minutebook.show.declarations.cards import CardView, ListedCardView, listed_cards
from minutebook.show.declarations.price_origins import (
    CardAssuranceView,
    LosingPriceView,
    ParentPriceView,
    PriceOriginView,
)
from minutebook.show.listings.assurance import losing_sheet, parents_sheet
from minutebook.show.listings.card_changes import difference_sheets
from minutebook.show.listings.cards import cards_sheet
from minutebook.show.listings.deck_previews import PROFILES
from minutebook.show.listings.price_lists import price_table
from minutebook.show.listings.prices import NUMBER_TABLES
from minutebook.show.number_tables import NumberTableView
from minutebook.show.price_columns import deck_sheet
from minutebook.show.price_lists import PriceLineView, PriceListView
from minutebook.show.tables import Sheet

router = APIRouter(route_class=OneInstant, tags=["cards"])
Reader = Annotated[AccessKey, Depends(having(Right.PRICES))]
MoneyReader = Annotated[AccessKey, Depends(having(Right.MONEY))]
Declarer = Annotated[AccessKey, Depends(having(Right.DECLARATIONS))]
At = Annotated[
    str | None,
    Query(description="At an instant or a UTC day; left out: now", json_schema_extra=INSTANT),
]
RevisionNumber = Annotated[
    int | None, Query(ge=1, description="Of this revision; left out: of the one in force")
]


@router.get("/cards", responses=responses(ListedCardView, many=True, tables=True))
def _cards(book: Served, _: Reader, form: AskedForm) -> Response:
    """Every card's revisions, when each is in force, and whether it is now; as `minutebook card list`."""
    by = book.cards.brought_by()
    views = [view for card in book.cards.list() for view in listed_cards(card, now(), by)]
    return told_as(form, views, lambda: cards_sheet(views), ListedCardView, "cards", texts=("in_force",))  # fmt: skip


@router.get("/cards/{card}", responses=responses(CardView, tables=True))
def _card(
    book: Served,
    _: Reader,
    card: str,
    form: AskedForm,
    at: At = None,
    revision: RevisionNumber = None,
) -> Response:
    """The prices of a card in force at an instant, or of a revision, and its terms; as `minutebook card show`. As a table a deck."""
    from minutebook.book.card_decks import revision_at

    with not_there():
        known = book.cards.show(card)
    found = revision_at(known, now() if at is None else read_instant(at, "at"), revision)
    frame = book.cards.prices(found)
    view = CardView.of_revision(known, found, frame, book.cards.brought_by(), now())
    return told_as(
        form, view, lambda: deck_sheet(frame, found.terms, known.currency), PriceView, file_word(card)
    )  # fmt: skip


@router.get("/cards/{card}/revisions", responses=responses(ListedCardView, many=True))
def _revisions(book: Served, _: Reader, card: str) -> JSONResponse:
    """The revisions of a card, and when each is in force, in the past and to come; as `minutebook card list` has them."""
    with not_there():
        known = book.cards.show(card)
    return answer(listed_cards(known, now(), book.cards.brought_by()))


@router.get("/cards/{card}/diff", responses=responses(CardDifferenceView, tables=True))
def _diff(
    book: Served,
    _: Reader,
    card: str,
    form: AskedForm,
    before: Annotated[int, Query(ge=1, description="A revision")],
    after: Annotated[int, Query(ge=1, description="Another one")],
) -> Response:
    """The prefixes that differ between two revisions of a card; as `minutebook card diff`."""
    with not_there():
        known = book.cards.show(card)
    frame = book.cards.difference(card, before, after)
    revisions = known.numbered(before), known.numbered(after)
    decks = book.cards.prices(revisions[0]), book.cards.prices(revisions[1])
    view = CardDifferenceView.of(revisions, decks, frame, known.currency)
    return told_as(
        form, view, lambda: difference_sheets(view)[0], PriceDifferenceView, f"{file_word(card)}-diff"
    )  # fmt: skip


@router.get("/cards/{card}/pricelist", responses=responses(PriceListView, tables=True))
def _price_list(book: Served, _: Reader, card: str, form: AskedForm, at: At = None) -> Response:
    """A card as a price list for a customer, with what changes on which date; as `minutebook card pricelist`. As a table the
    prices alone, with a column `status`."""
    with not_there():
        book.cards.show(card)
    found = book.cards.price_list(card, None if at is None else read_instant(at, "at"))
    return told_as(
        form, PriceListView.of_list(found), lambda: price_table(found), PriceLineView, f"prices-{file_word(card)}"
    )  # fmt: skip


@router.get("/cards/{card}/why", responses=responses(PriceOriginView, tables=True))
def _why(
    book: Served,
    _: Reader,
    card: str,
    form: AskedForm,
    number: Annotated[str, Query(description="A number, or a prefix")],
    revision: RevisionNumber = None,
) -> Response:
    """Why a built card charges what it charges for a number; as `minutebook card why`. As a table the prices of its parents."""
    with not_there():
        book.cards.show(card)
    view = PriceOriginView.of(book.cards.why(card, number, revision=revision))
    return told_as(form, view, lambda: parents_sheet(view), ParentPriceView, "why")


@router.get(
    "/cards/{card}/assure", responses=responses(CardAssuranceView, CallAssuranceView, tables=True)
)
def _assure(
    book: Served,
    _: MoneyReader,
    card: str,
    days: SomeDays,
    form: AskedForm,
    against: Annotated[list[str] | None, Query(description="A card to buy by; several")] = None,
    seconds: Annotated[
        list[str] | None,
        Query(description="How long a call is; several. Left out: 10, 30, 60 and 300"),
    ] = None,
    at: At = None,
    revision: RevisionNumber = None,
) -> Response:
    """Where selling by a card loses: on paper, or with days of the calls that were made then; as `minutebook card assure`."""
    with not_there():
        book.cards.show(card)
    first, last = days
    bought, when = against or [], None if at is None else read_instant(at, "at")
    if first is None or last is None:
        if (first, last) != (None, None):
            raise InputError("say which days: month=YYYY-MM, or from=DATE&to=DATE")
        lengths = {} if not seconds else {"seconds": seconds}
        paper = book.cards.assure(card, bought, at=when, revision=revision, **lengths)
        view = CardAssuranceView.of(paper)
        return told_as(form, view, lambda: losing_sheet(view), LosingPriceView, "losing")
    if seconds:
        raise InputError("seconds is of calls on paper; leave it out, or the days")
    made = book.cards.assure_calls(card, bought, first, last, at=when, revision=revision)
    calls = CallAssuranceView.of(made)
    return told_as(form, calls, lambda: losing_sheet(calls), LosingCallsView, "losing-calls")


@router.get("/deck-profiles", responses=responses(DeckProfileView, many=True, tables=True))
def _profiles(book: Served, _: Declarer, form: AskedForm) -> Response:
    """How the decks of providers are read, kept by name; as `minutebook card profile list`."""
    views = [DeckProfileView.of(profile) for profile in book.cards.profiles()]
    return told_as(form, views, lambda: Sheet(PROFILES, views), DeckProfileView, "deck-profiles")


@router.get("/deck-profiles/{profile}", responses=responses(DeckProfileView))
def _profile(book: Served, _: Declarer, profile: str) -> JSONResponse:
    """Which column of a deck is read as what; as `minutebook card profile show`."""
    with not_there():
        found = profile_named({one.name: one for one in book.cards.profiles()}, profile)
    return answer(DeckProfileView.of(found))


@router.get("/numbering", responses=responses(NumberTableView, many=True, tables=True))
def _numbering(book: Served, _: Reader, form: AskedForm) -> Response:
    """The tables of North American numbers that were imported, the newest last; as `minutebook numbering list`."""
    views = [NumberTableView.of(table) for table in book.numbering.list()]
    return told_as(form, views, lambda: Sheet(NUMBER_TABLES, views), NumberTableView, "numbering")
