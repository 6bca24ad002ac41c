"""`minutebook route`: by whom a number is best sent."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

ROUTES = [
    Column("provider", "Provider"),
    Column("card", "Buy card", drop=3),
    Column("revision", "Revision", number=True, drop=1),
    Column("prefix", "Prefix", drop=5),
    Column("destination", "Destination", drop=4),
    Column("cost", "Cost", money=True),
    Column("own_cost", "Own cost", money=True, drop=7),
    Column("own_currency", "Own currency", drop=6),
    Column("sale", "Sale", money=True, drop=8),
    Column("margin", "Margin", money=True),
    Column("loses", "Loses at"),
]
_SALE = ("sale", "margin", "loses")


@prints(ROUTES)
def route_(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="The number dialled.")],
    seconds: Annotated[
        list[str] | None,
        typer.Option(metavar="SECONDS", help="How long a call is; repeat it. Left out: 60."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="When it is answered. Left out: now.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="A", help="Sold to this account, by its plan of the day.")
    ] = None,
    card: Annotated[str | None, typer.Option(metavar="C", help="Sold by this card.")] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="In this currency. Left out: the book's.")
    ] = None,
) -> None:
    """Show by whom a number is best sent: the providers in order of cost, by their buy cards.

    A call of each duration is priced by each card, with increments, fees and rounding; the order goes by what
    they cost together. With --account or --card it is said what is earned, and who loses. Providers that block
    the number, or have no price for it, are named under the table. Without any route the exit status is 1.

    \b
    Examples:
      minutebook route 442079460123
      minutebook route 442079460123 --seconds 10 --seconds 180 --account acme
      minutebook route 447700900123 --card retail --at 2026-10-02T18:00:00Z
    """
    from minutebook.show.routes import RoutingView, seconds_words
    from minutebook.show.serialise import as_json

    when = None if at is None else arguments.instant(at, "--at")
    lengths = {} if not seconds else {"seconds": arguments.listed(seconds)}
    with book_of(context) as book:
        found = book.providers.route(
            number, at=when, account=account, card=card, currency=currency, **lengths
        )
    view = RoutingView.of(found)
    own = {one.own_currency for one in view.routes} - {view.currency}
    left = {*(() if view.sold_by else _SALE), *(() if own else ("own_cost", "own_currency"))}
    columns = [column for column in ROUTES if column.key not in left]
    rows = [{**as_json(one), "loses": seconds_words(one.loses)} for one in view.routes]
    show(format_of(context), view, Sheet(columns, rows, title=view.title, notes=view.notes))
    if not view.routes:
        raise typer.Exit(1)
