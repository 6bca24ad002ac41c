"""`minutebook card why`, `minutebook card assure`: where a sale price comes from, and where it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.errors import InputError
from minutebook.show.listings.assurance import (
    LOSING_CALLS,
    LOSING_PRICES,
    PARENT_PRICES,
    parents_sheet,
)
from minutebook.show.listings.price_classes import with_class_column
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.declarations.assured_calls import CallAssuranceView
    from minutebook.show.declarations.price_origins import CardAssuranceView

_SHOWN = 50
_Card = Annotated[str, typer.Argument(help="The sale card's name.")]
_Revision = Annotated[
    int | None, typer.Option(metavar="REV", help="Of the sale card. Left out: the one in force.")
]


@prints(PARENT_PRICES)
def why(
    context: typer.Context,
    card: _Card,
    number: Annotated[str, typer.Argument(help="A number, or a prefix.")],
    revision: _Revision = None,
) -> None:
    """Say why a built card charges what it charges for a number.

    Which parents, at which prices; what is made of them; which rule of profit holds; and how it is rounded. It is
    computed from the revisions that the card was built from. Of a card with none in force, its last built one.
    Of a card that keeps its parents' classes, a line says how the price of each was made.

    \b
    Examples:
      minutebook card why retail 441481222222
      minutebook card why retail 44 --revision 2
    """
    from minutebook.show.declarations.price_origins import PriceOriginView

    with book_of(context) as book:
        origin = book.cards.why(card, number, revision=revision)
    view = PriceOriginView.of(origin)
    show(format_of(context), view, parents_sheet(view))


@prints(LOSING_PRICES, LOSING_CALLS)
def assure(
    context: typer.Context,
    card: _Card,
    against: Annotated[
        list[str] | None, typer.Option(metavar="CARD", help="A card to buy by; repeat it for more.")
    ] = None,
    seconds: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECONDS", help="How long a call is; repeat it. Left out: 10, 30, 60, 300."
        ),
    ] = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The revisions in force then. Left out: now.")
    ] = None,
    revision: _Revision = None,
) -> None:
    """Show where selling by a card loses: by prefix, with increments, fees and rounding.

    On paper, a call of each duration is priced by the sale card and by each card to buy by; where a card is silent, the
    defaults hold. With --from and --to, or --month, the answered calls of those days are: of the accounts that the card
    charges. What one card does not price is left out. Where prices differ by band, jurisdiction, origin or caller, each
    class is tried by itself. A table shows the 50 largest losses; CSV and JSON show all.

    \b
    Examples:
      minutebook card assure retail --against carrier-a --against carrier-b
      minutebook card assure retail --against carrier-a --seconds 10 --revision 2
      minutebook card assure retail --against carrier-a --month 2026-10
    """
    from minutebook.show.declarations.assured_calls import CallAssuranceView, assured_calls_words
    from minutebook.show.declarations.price_origins import CardAssuranceView, assured_words

    when = None if at is None else arguments.instant(at, "--at")
    on_calls = any(one is not None for one in (first, last, month))
    if on_calls and seconds:
        raise InputError("--seconds is of calls on paper; leave it out, or the days")
    with book_of(context) as book:
        if on_calls:
            days = arguments.period(first, last, month)
            real = book.cards.assure_calls(card, against or [], *days, at=when, revision=revision)
            view = CallAssuranceView.of(real)
            _show_losing(context, view, LOSING_CALLS, assured_calls_words(view))
            return
        lengths = {} if not seconds else {"seconds": seconds}
        found = book.cards.assure(card, against or [], at=when, revision=revision, **lengths)
    paper = CardAssuranceView.of(found)
    _show_losing(context, paper, LOSING_PRICES, assured_words(paper))


def _show_losing(
    context: typer.Context,
    view: CardAssuranceView | CallAssuranceView,
    columns: list[Column],
    notes: list[str],
) -> None:
    from minutebook.cli.output import OutputFormat
    from minutebook.show.serialise import as_json

    is_table = format_of(context).format is OutputFormat.TABLE
    rows = [as_json(one) for one in (view.losing[:_SHOWN] if is_table else view.losing)]
    if is_table and len(view.losing) > _SHOWN:
        notes = [*notes, f"… and {len(view.losing) - _SHOWN:,} more; see --format csv."]
    show(format_of(context), view, Sheet(with_class_column(columns, rows), rows, notes=notes))
